"""From a model to a translator: text goes in, text and attention weights come out."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from course_utils.model.search import Hypothesis, beam_search, greedy_decode
from course_utils.model.seq2seq import Seq2Seq, evaluating
from course_utils.text.batching import pad
from course_utils.text.tokens import detokenize
from course_utils.text.vocab import UNK, Vocab

# Sentences × source words × words that may be written: what the weights of one batch may take up.
MOST_WEIGHTS = 1_000_000
ENDS = (".", "!", "?")


def to_numpy(tensor: torch.Tensor) -> np.ndarray:
    """Return the numbers as an array; those of half precision as floats, as NumPy has no bfloat16."""
    return (tensor.float() if tensor.dtype in (torch.bfloat16, torch.float16) else tensor).cpu().numpy()


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


def _starts(sizes: Sequence[int]) -> np.ndarray:
    """Return where each of some neighbouring groups of these sizes begins."""
    return np.cumsum([0, *sizes])[:-1]


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
    """A trained model with its two vocabularies: text in, text out, of whatever it has learnt.

    A model that has learnt ``<unk>`` from rare words `reads_unknown` words as that. Where it then
    writes ``<unk>``, the unknown source word that it looked at most stands in its place (of those that it
    knows, if all are known; after Luong, Sutskever et al. 2015, https://arxiv.org/abs/1410.8206);
    without attention ``<unk>`` stays.

    `ends`: of ``ENDS``, the marks with which the sentences that it has learnt may end (those that it knows).
    """

    def __init__(
        self,
        model: Seq2Seq,
        source_vocab: Vocab,
        target_vocab: Vocab,
        reads_unknown: bool = False,
        ends: Collection[str] | None = None,
    ) -> None:
        self.model = model
        self.source_vocab = source_vocab
        self.target_vocab = target_vocab
        self.reads_unknown = reads_unknown
        self.ends = frozenset(mark for mark in ENDS if mark in (source_vocab if ends is None else ends))

    @property
    def vocabs(self) -> tuple[Vocab, Vocab]:
        return self.source_vocab, self.target_vocab

    def translate(self, text: str, beam_size: int = 1) -> Translation:
        """Translate one sentence. Raises ValueError for an empty one, and for words it can't read."""
        return self.translate_batch([text], beam_size)[0]

    def translate_batch(self, texts: Sequence[str], beam_size: int = 1) -> list[Translation]:
        """Translate several sentences at once; each as if it were alone.

        Raises ValueError as `translate` does, and for one text instead of a list.
        """
        if isinstance(texts, str):
            raise ValueError("translate_batch takes a list of sentences; for one, use translate")
        sentences = [self.read(text) for text in texts]
        return self.translate_tokens(sentences, beam_size)

    def translate_tokens(
        self, sentences: Sequence[Sequence[str]], beam_size: int = 1, batch_size: int = 128
    ) -> list[Translation]:
        """Translate tokenised sentences, in their order; an unknown word is read as ``<unk>``.

        Sentences of like length are decoded together, at most `batch_size`, fewer if they are long.
        Raises ValueError for a batch size or a beam size below 1, an empty sentence, sentences that are text,
        and if the model's numbers are infinite.
        """
        for name, size in (("batch_size", batch_size), ("beam_size", beam_size)):
            if size < 1:
                raise ValueError(f"{name} must be at least 1, not {size}")
        results: dict[int, Translation] = {}
        encoded = [self.source_vocab.encode(tokens) for tokens in sentences]
        if [] in encoded:
            raise ValueError(f"sentence {encoded.index([])} is empty; leave it out or give it a word")
        with evaluating(self.model):
            for chunk in _chunks([len(ids) for ids in encoded], beam_size, batch_size):
                source, lengths = pad([encoded[i] for i in chunk])
                source = source.to(self.model.device)
                if beam_size == 1:
                    best = greedy_decode(self.model, source, lengths)
                else:
                    best = [beams[0] for beams in beam_search(self.model, source, lengths, beam_size)]
                if any(math.isnan(found.log_prob) for found in best):
                    raise ValueError(
                        "the model's weights are too large to compute with; train it again, with a lower "
                        "learning rate"
                    )
                for i, found in zip(chunk, best):
                    results[i] = self._translation(sentences[i], found)
        return [results[i] for i in range(len(sentences))]

    def _translation(self, words: Sequence[str], found: Hypothesis) -> Translation:
        read = self.source_vocab.cut(words)
        written = [self.target_vocab.tokens[i] for i in found.ids]
        target = tuple(self.target_vocab.join(written))
        weights: np.ndarray | None = None
        if self.model.decoder.has_attention:
            looked_at = found.weights[:, : len(read)]  # without the columns of padding
            weights = self.weights_of_words(to_numpy(looked_at), read, written)
            if self.reads_unknown:
                new = np.array([word not in self.source_vocab for word in words])
                target = tuple(
                    words[(row * new if new.any() else row).argmax()] if word == UNK else word
                    for word, row in zip(target, weights)
                )
        return Translation(detokenize(target), tuple(words), target, weights, found.log_prob)

    def weights_of_words(
        self, weights: np.ndarray, read: Sequence[str], written: Sequence[str]
    ) -> np.ndarray:
        """Return what words look at, from what their tokens do.

        A source word gets what its tokens get together; a target word looks where its tokens do on average:
        weights (…, tokens written, tokens read) -> (…, T, S), each row sums to 1 again.
        """
        sources = [len(group) for group in self.source_vocab.groups(read)]
        targets = [len(group) for group in self.target_vocab.groups(written)]
        columns = np.add.reduceat(weights, _starts(sources), axis=-1)
        rows = np.add.reduceat(columns, _starts(targets), axis=-2)
        return rows / np.array(targets, dtype=rows.dtype)[:, None]

    def read(self, words: str | Sequence[str]) -> list[str]:
        """Return the tokens of a sentence, text or tokens, without a mark at its end that the model has not.

        Raises ValueError for an empty sentence, and, unless it `reads_unknown` words, for them: with
        the nearest known ones.
        """
        tokens = self.source_vocab.read(words) if isinstance(words, str) else list(words)
        while tokens and tokens[-1] in ENDS and tokens[-1] not in self.ends:
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
