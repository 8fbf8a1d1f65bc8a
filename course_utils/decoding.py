"""From a model to a translation: greedy and beam search over a whole batch, and the `Translator`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from course_utils.batching import length_mask, pad
from course_utils.models import Seq2Seq, evaluating
from course_utils.vocab import BOS_ID, EOS_ID, PAD_ID, UNK, Vocab, detokenize

# Sentences × source words × words that may be written: what the weights of one batch may take up.
MOST_WEIGHTS = 1_000_000


class Hypothesis(NamedTuple):
    """One decoded sentence: its T words, what each looked at, and how likely the model finds it."""

    ids: list[int]  # T words, without <bos> and <eos>
    weights: Tensor  # (T, S): a row for each word
    log_prob: float  # the sum over the words and, if the sentence came to its end, <eos>


@torch.no_grad()
def greedy_decode(
    model: Seq2Seq, source: Tensor, lengths: Tensor, max_length: int | None = None
) -> list[Hypothesis]:
    """Translate `source` (B, S), of which ``lengths[b]`` tokens are real; always take the likeliest word.

    A sentence ends at its ``<eos>``, at the latest after `max_length` words (by default, 10 more
    than twice its own length).
    """
    B, S = source.shape
    limits = _limits(lengths, max_length).to(source.device)
    memory, mask, hidden = model.encode(source, lengths, length_mask(lengths, S).to(source.device))
    input = torch.full((B,), BOS_ID, device=source.device)
    running = torch.ones(B, dtype=torch.bool, device=source.device)
    log_prob = torch.zeros(B, dtype=_sum_dtype(source.device), device=source.device)
    words, weights = [], _room(int(limits.max()), memory, mask)
    while running.any():
        log_probs, hidden, attn_weights = model.decoder(input, hidden, memory, mask)
        best, input = log_probs.max(dim=1)
        log_prob += best * running
        input = input.where(running, PAD_ID)
        weights[len(words)] = attn_weights
        words.append(input)
        running &= (input != EOS_ID) & (len(words) < limits)
    words, weights = torch.stack(words, dim=1).tolist(), weights.transpose(0, 1)
    return [_hypothesis(*row) for row in zip(words, weights, log_prob.tolist(), limits.tolist())]


@torch.no_grad()
def beam_search(
    model: Seq2Seq,
    source: Tensor,
    lengths: Tensor,
    beam_size: int,
    max_length: int | None = None,
    on_step: Callable[[Tensor, Tensor], None] | None = None,
) -> list[list[Hypothesis]]:
    """Translate `source` (B, S), following the `beam_size` likeliest beginnings at every step.

    Returns, for each sentence, its `beam_size` hypotheses, likeliest first (fewer if `max_length`
    allows fewer sentences). Log-probabilities are summed, not divided by the length (Sutskever et
    al. 2014, section 3.2). With ``beam_size=1`` this is `greedy_decode`. `on_step` is called after
    every step with the beginnings that are kept: their words (B K, n) and log-probabilities (B, K).
    Raises ValueError for a beam size below 1.
    """
    if beam_size < 1:
        raise ValueError(f"beam_size must be at least 1, not {beam_size}")
    (B, S), K, V = source.shape, beam_size, model.decoder.out.out_features
    limits = _limits(lengths, max_length).to(source.device).repeat_interleave(K)  # (B K,)
    memory, mask, hidden = model.encode(source, lengths, length_mask(lengths, S).to(source.device))
    # Row b * K + k is beam k of sentence b.
    memory, mask = memory.repeat_interleave(K, dim=0), mask.repeat_interleave(K, dim=0)
    hidden = hidden.repeat_interleave(K, dim=1)
    input = torch.full((B * K,), BOS_ID, device=source.device)
    # All K beams begin alike: only the first counts, or we would find each hypothesis K times.
    log_prob = torch.full((B, K), -torch.inf, dtype=_sum_dtype(source.device), device=source.device)
    log_prob[:, 0] = 0.0
    running = torch.ones(B * K, dtype=torch.bool, device=source.device)
    longest, n = int(limits.max()), 0
    words = torch.full((B * K, longest), PAD_ID, device=source.device)
    parents = words.new_empty(longest, B * K)
    weights = _room(longest, memory, mask)
    first_row = torch.arange(B, device=source.device).unsqueeze(1) * K
    ended = hidden.new_full((V,), -torch.inf)
    ended[PAD_ID] = 0.0  # an ended hypothesis goes on with padding, which costs nothing
    while running.any():
        log_probs, hidden, attn_weights = model.decoder(input, hidden, memory, mask)
        log_probs = torch.where(running.unsqueeze(1), log_probs, ended)  # (B K, V)
        candidates = (log_prob.view(B * K, 1) + log_probs).view(B, K * V)
        log_prob, choice = candidates.topk(K, dim=1)  # (B, K)
        parent = (first_row + choice // V).flatten()  # (B K): the row each new beam continues
        input = (choice % V).flatten()
        words = words[parent]
        words[:, n], parents[n], weights[n] = input, parent, attn_weights
        n += 1
        hidden = hidden[:, parent]
        running = running[parent] & (input != EOS_ID) & (n < limits)
        if on_step:
            on_step(words[:, :n], log_prob)
    weights = _follow(weights[:n], parents[:n])  # (B K, T, S)
    rows = [
        _hypothesis(*row)
        for row in zip(words[:, :n].tolist(), weights, log_prob.flatten().tolist(), limits.tolist())
    ]
    # A beam that was never filled has log-probability -inf.
    return [
        [row for row in rows[b * K : (b + 1) * K] if row.log_prob > -torch.inf] for b in range(B)
    ]


def _room(longest: int, memory: Tensor, mask: Tensor) -> Tensor:
    """Return room for the weights of all steps, (T, B, S), in one piece.

    Kept as one small tensor a step, they scatter over the memory, which then grows many times over.
    """
    return memory.new_empty(longest, *mask.shape)


def _follow(weights: Tensor, parents: Tensor) -> Tensor:
    """Return what each beam looked at, (B K, T, S), from the steps' weights and parents (T, B K).

    Backwards, from each last row to the one it continues: to carry all weights along from step to
    step would copy them T times.
    """
    row = torch.arange(weights.shape[1], device=weights.device)
    looked_at = torch.empty_like(weights)
    for t in reversed(range(len(parents))):
        row = parents[t][row]
        looked_at[t] = weights[t, row]
    return looked_at.transpose(0, 1)


def _sum_dtype(device: torch.device) -> torch.dtype:
    """Return double precision, as a float would round the sum at every word; Apple's GPUs have none."""
    return torch.float32 if device.type == "mps" else torch.float64


def _limits(lengths: Tensor, max_length: int | None) -> Tensor:
    """Return how many words each translation may have (B,), by default ample for any real one.

    It follows from the sentence's own length, not the padded one: its company must not matter.
    """
    if max_length is None:
        return 2 * lengths + 10
    if max_length < 1:
        raise ValueError(f"max_length must be at least 1, not {max_length}")
    return torch.full_like(lengths, max_length)


def _chunks(lengths: Sequence[int], beam_size: int, batch_size: int) -> Iterator[list[int]]:
    """Cut sentences of these lengths into batches, short ones first; yield the places of each batch."""
    chunk: list[int] = []
    for i in sorted(range(len(lengths)), key=lambda i: lengths[i]):
        weights = lengths[i] * (2 * lengths[i] + 10) * beam_size * (len(chunk) + 1)
        if chunk and (len(chunk) == batch_size or weights > MOST_WEIGHTS):
            yield chunk
            chunk = []
        chunk.append(i)
    if chunk:
        yield chunk


def _hypothesis(words: list[int], weights: Tensor, log_prob: float, limit: int) -> Hypothesis:
    length = words.index(EOS_ID) if EOS_ID in words else min(len(words), limit)
    # A copy: a view would keep the whole batch's weights in memory.
    return Hypothesis(words[:length], weights[:length].clone(), log_prob)


@dataclass(frozen=True)
class Translation:
    """A translated sentence, and what the model looked at for each word."""

    text: str
    source: tuple[str, ...]  # S words
    target: tuple[str, ...]  # T words
    attn_weights: np.ndarray | None  # (T, S), each row sums to 1; None without attention
    log_prob: float  # of the whole sentence, in nats

    def __str__(self) -> str:
        return self.text


class Translator:
    """A trained model with its two vocabularies: French text in, English text out.

    A model that has learnt ``<unk>`` from rare words `reads_unknown` words as that. Where it then
    writes ``<unk>``, the source word it looked at most stands in its place (as in Luong, Sutskever
    et al. 2015, https://arxiv.org/abs/1410.8206); without attention ``<unk>`` stays.
    """

    def __init__(
        self,
        model: Seq2Seq,
        source_vocab: Vocab,
        target_vocab: Vocab,
        reads_unknown: bool = False,
    ) -> None:
        self.model = model
        self.source_vocab = source_vocab
        self.target_vocab = target_vocab
        self.reads_unknown = reads_unknown

    @property
    def vocabs(self) -> tuple[Vocab, Vocab]:
        return self.source_vocab, self.target_vocab

    def translate(self, text: str, beam_size: int = 1) -> Translation:
        """Translate one sentence. Raises ValueError for an empty one, and for words it can't read."""
        return self.translate_batch([text], beam_size)[0]

    def translate_batch(self, texts: Sequence[str], beam_size: int = 1) -> list[Translation]:
        """Translate several sentences at once; each as if it were alone."""
        sentences = [self.read(text) for text in texts]
        return self.translate_tokens(sentences, beam_size)

    def translate_tokens(
        self, sentences: Sequence[Sequence[str]], beam_size: int = 1, batch_size: int = 128
    ) -> list[Translation]:
        """Translate tokenised sentences, in their order; an unknown word is read as ``<unk>``.

        Sentences of like length are decoded together, at most `batch_size`, fewer if they are long.
        Raises ValueError for a batch size or a beam size below 1.
        """
        if batch_size < 1:
            raise ValueError(f"batch_size must be at least 1, not {batch_size}")
        results: dict[int, Translation] = {}
        with evaluating(self.model):
            for chunk in _chunks([len(tokens) for tokens in sentences], beam_size, batch_size):
                source, lengths = pad([self.source_vocab.encode(sentences[i]) for i in chunk])
                source = source.to(self.model.device)
                if beam_size == 1:
                    best = greedy_decode(self.model, source, lengths)
                else:
                    best = [beams[0] for beams in beam_search(self.model, source, lengths, beam_size)]
                for i, found in zip(chunk, best):
                    results[i] = self._translation(sentences[i], found)
        return [results[i] for i in range(len(sentences))]

    def _translation(self, tokens: Sequence[str], found: Hypothesis) -> Translation:
        target = tuple(self.target_vocab.tokens[i] for i in found.ids)
        weights = None
        if self.model.decoder.has_attention:
            weights = found.weights[:, : len(tokens)].cpu()
            if weights.dtype in (torch.bfloat16, torch.float16):
                weights = weights.float()  # NumPy has no bfloat16
            weights = weights.numpy().copy()  # without the columns of padding
            if self.reads_unknown:
                target = tuple(
                    tokens[row.argmax()] if word == UNK else word for word, row in zip(target, weights)
                )
        return Translation(detokenize(target), tuple(tokens), target, weights, found.log_prob)

    def read(self, words: str | Sequence[str]) -> list[str]:
        """Return the tokens of a sentence, text or tokens, without a full stop that the model has not.

        Raises ValueError for an empty sentence, and, unless it `reads_unknown` words, for them: with
        the nearest known ones.
        """
        tokens = self.source_vocab.read(words) if isinstance(words, str) else list(words)
        while tokens and tokens[-1] in ".!?" and tokens[-1] not in self.source_vocab:
            tokens.pop()  # the course's own sentences have no full stop
        if not tokens:
            raise ValueError("there is nothing to translate; type a sentence")
        unknown = sorted({t for t in tokens if t not in self.source_vocab}, key=tokens.index)
        if unknown and not self.reads_unknown:
            raise ValueError("; ".join(map(self._explain_unknown, unknown)))
        return tokens

    def _explain_unknown(self, word: str) -> str:
        near = " or ".join(f"“{known}”" for known in self.source_vocab.nearest(word))
        return f"the model does not know “{word}”" + (f", but it knows {near}" if near else "")
