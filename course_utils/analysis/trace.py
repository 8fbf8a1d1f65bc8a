"""What a model computes step by step: where it looks, what it asks for, which beginnings a beam keeps.

The numbers are the model's own: each step *is* a call of it, and only what it keeps to itself (the
query and the scores) is asked for once more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple, cast

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import ArrayLike
from torch import Tensor

from course_utils.model.decoders import AttnDecoderRNN, DecoderRNN
from course_utils.model.search import beam_search, greedy_decode
from course_utils.model.seq2seq import evaluating
from course_utils.model.translator import Translator, to_numpy
from course_utils.text.batching import length_mask, pad
from course_utils.text.tokens import Words, as_tokens
from course_utils.text.vocab import BOS_ID, EOS, EOS_ID, PAD_ID, Vocab


class Look(NamedTuple):
    """The T + 1 steps in which `target` and its end are written, each given the right words before it."""

    source: tuple[str, ...]  # S words
    target: tuple[str, ...]  # T words, and <eos>
    weights: np.ndarray  # (T + 1, S + pads)
    likeliest: tuple[str, ...]  # T + 1: the word that the model would have written


@torch.no_grad()
def look(translator: Translator, source: Words, target: Words, pads: int = 0, masked: bool = True) -> Look:
    """Return where an attention model looks while it writes `target`, teacher-forced.

    `pads` places of padding follow the source; if not `masked`, the model may look at them.
    Raises ValueError for a model without attention, an empty source, and unknown words.
    """
    model = translator.model
    source = attended_tokens(translator, source)
    target = known_tokens(target, translator.target_vocab)
    ids, lengths = pad([translator.source_vocab.ids(source)])
    ids = torch.nn.functional.pad(ids, (0, pads), value=PAD_ID).to(model.device)  # (1, S + pads)
    inputs = torch.tensor([[BOS_ID, *translator.target_vocab.ids(target)]], device=model.device)
    mask = length_mask(lengths, ids.shape[1]) if masked else torch.ones_like(ids, dtype=torch.bool)
    with evaluating(model):
        memory, mask, hidden = model.encode(ids, lengths, mask.to(model.device))
        log_probs, weights = model.decoder.teacher_forced(inputs, hidden, memory, mask)
    likeliest = tuple(translator.target_vocab.tokens[i] for i in log_probs[0].argmax(dim=1).tolist())
    return Look(tuple(source), (*target, EOS), to_numpy(weights[0]), likeliest)


class Beam(NamedTuple):
    """One beginning that a beam search keeps."""

    words: tuple[str, ...]  # with <eos> if it has come to its end
    log_prob: float
    parent: int  # its rank, from 0, among those kept one step earlier


def beam_steps(translator: Translator, source: Words, beam_size: int) -> list[list[Beam]]:
    """Return, for each step of `beam_search`, the beginnings that it keeps, likeliest first.

    The first of the last step is what `Translator.translate` writes. Raises ValueError as it does.
    """
    source = translator.source_vocab.cut(translator.read(source))
    tokens, steps = translator.target_vocab.tokens, []
    ranks: dict[tuple[str, ...], int] = {(): 0}  # of those kept one step earlier

    def keep(words: Tensor, log_prob: Tensor) -> None:
        nonlocal ranks
        beams = []
        for ids, total in zip(words.tolist(), log_prob[0].tolist()):
            if total == -np.inf:
                continue  # a beam that is not filled yet
            ended = EOS_ID in ids
            said = tuple(tokens[i] for i in (ids[: ids.index(EOS_ID) + 1] if ended else ids))
            beams.append(Beam(said, total, ranks[said if said in ranks else said[:-1]]))
        ranks = {beam.words: rank for rank, beam in enumerate(beams)}
        steps.append(beams)

    model = translator.model
    ids, lengths = pad([translator.source_vocab.ids(source)])
    with evaluating(model):
        beam_search(model, ids.to(model.device), lengths, beam_size, on_step=keep)
    return steps


def attended_tokens(translator: Translator, source: Words) -> list[str]:
    """Return the tokens of what `Translator.read` returns; raises ValueError also without attention."""
    if not translator.model.decoder.has_attention:
        raise ValueError("this model has no attention, so there are no weights to show")
    return translator.source_vocab.cut(translator.read(source))


def rnn_decoder(translator: Translator) -> AttnDecoderRNN:
    """Return the decoder of a model that attends once a step, with one query and one context.

    Raises ValueError for a Transformer, whose every layer and head has its own.
    """
    decoder = translator.model.decoder
    if not isinstance(decoder, DecoderRNN):
        raise ValueError(
            "this needs a decoder with one query and one context a step, and a Transformer has one in every "
            "layer and head; see course_utils.analysis.heads"
        )
    return cast(AttnDecoderRNN, decoder)  # as it has attention


def known_tokens(words: Words, vocab: Vocab) -> list[str]:
    """Return the tokens; raises ValueError for one that is not in `vocab`."""
    tokens = as_tokens(words)
    for token in tokens:
        if token not in vocab:
            raise ValueError(f"the model does not know “{token}”; choose a sentence of known words")
    return vocab.cut(tokens)


Likely = tuple[tuple[str, float], ...]  # words with their probabilities, the likeliest first


class Step(NamedTuple):
    """What an attention decoder does to write one word."""

    last: str  # the token before, or <bos>
    id: int  # its number
    query: np.ndarray  # (H,)
    scores: np.ndarray  # (S,)
    weights: np.ndarray  # (S,), the softmax of the scores
    context: np.ndarray  # (H,), the encoder states weighted
    likeliest: Likely  # the next word
    word: str  # the word that is written, or <eos>


@torch.no_grad()
def decoding_steps(translator: Translator, source: Words, target: Words | None = None) -> list[Step]:
    """Return the T + 1 steps in which T tokens and ``<eos>`` are written: words, or their pieces.

    They are the model's own (greedy; one that copies new words writes ``<unk>`` itself), or those of
    `target`, each given the right ones before it. (Where its own translation was cut off for its length, the
    last step has the word that would follow.)
    Raises ValueError for a model without attention, a Transformer, an empty source, and words that it
    does not know.
    """
    tokens = attended_tokens(translator, source)
    decoder, vocab = rnn_decoder(translator), translator.target_vocab
    end = EOS if target is not None else None
    if target is None:
        written = _greedy(translator, tokens)
    else:
        written = vocab.ids(known_tokens(target, vocab))
    ids = [BOS_ID, *written]
    steps = []
    with _read(translator, tokens) as (memory, mask, hidden):
        keys = decoder.score.keys(memory)  # (1, S, H)
        inputs = torch.tensor(ids, device=memory.device).split(1)
        for id, input, word in zip(ids, inputs, [*(vocab.tokens[i] for i in written), end], strict=True):
            query = decoder.query(decoder.embedding(input), hidden)  # (1, H)
            scores = decoder.score(query, keys)  # (1, S)
            log_probs, hidden, weights = decoder(input, hidden, memory, mask)
            context = weights @ memory[0]  # (1, H)
            likeliest = top_words(translator, _only_row(log_probs.exp()))
            steps.append(
                Step(
                    last=vocab.tokens[id],
                    id=id,
                    query=_only_row(query),
                    scores=_only_row(scores),
                    weights=_only_row(weights),
                    context=_only_row(context),
                    likeliest=likeliest,
                    word=word or likeliest[0][0],
                )
            )
    return steps


@torch.no_grad()
def encoder_states(translator: Translator, source: Words) -> np.ndarray:
    """Return what the words of a sentence have to offer, (S, H): of it every context is a weighted sum.

    Raises ValueError for a model without attention, a Transformer, an empty source, and words that it
    does not know.
    """
    source = attended_tokens(translator, source)
    rnn_decoder(translator)
    with _read(translator, source) as (memory, _, _):
        return _only_row(memory)


@torch.no_grad()
def next_word_probabilities(
    translator: Translator, source: Words, written: Words, context: ArrayLike
) -> np.ndarray:
    """Return the probability of every target word (V,), if the decoder is given this `context`, (H,).

    It writes the words so far with its own weights; only for the word that comes next it gets the
    context instead. Raises ValueError for a model without attention, a Transformer, an empty source, words
    that it does not know, and a context of another shape.
    """
    written = known_tokens(written, translator.target_vocab)
    return probabilities_after(translator, source, translator.target_vocab.ids(written), context)


@torch.no_grad()
def probabilities_after(
    translator: Translator, source: Words, ids: Sequence[int], context: ArrayLike
) -> np.ndarray:
    """Return what `next_word_probabilities` does, of a beginning in numbers: the `id` of steps, say."""
    tokens, decoder = attended_tokens(translator, source), rnn_decoder(translator)
    with _read(translator, tokens) as (memory, mask, hidden):
        context = torch.as_tensor(np.asarray(context)).to(memory)
        if context.shape != memory.shape[2:]:
            raise ValueError(
                f"a context of shape {tuple(context.shape)}: pass {memory.shape[2]} numbers, "
                "such as weights (S,) @ encoder_states(…) (S, H)"
            )
        inputs = torch.tensor([BOS_ID, *ids], device=memory.device).split(1)
        for input in inputs[:-1]:
            _, hidden, _ = decoder(input, hidden, memory, mask)
        log_probs, _ = decoder.write(decoder.embedding(inputs[-1]), context[None], hidden)
    return _only_row(log_probs.exp())


@torch.no_grad()
def next_word_parts(translator: Translator, source: Words) -> dict[str, Any]:
    """Return what it takes to compute the next word from weights by hand, at each step of its translation.

    Of the T + 1 steps in which the model writes its own translation: ``embedded`` (H,), the last word's part
    of `attn_combine` with its bias; ``hidden`` (H,), the state before; ``gates`` (3 H,), that state's part of
    the GRU's gates. Of all steps: ``states``, S times (H,), each encoder state's part of `attn_combine`; the
    rest of the weights; ``words``, V of them. Raises ValueError as `decoding_steps` does.
    """
    steps = decoding_steps(translator, source)
    decoder = rnn_decoder(translator)
    ids = [step.id for step in steps]
    from_word, from_context = decoder.attn_combine.weight.split(
        [decoder.embedding_size, decoder.hidden_size], dim=1
    )
    into, recurrent, into_bias, recurrent_bias = decoder.gru.all_weights[0]
    embedded, hiddens, gates = [], [], []
    with _read(translator, attended_tokens(translator, source)) as (memory, mask, hidden):
        for input in torch.tensor(ids, device=memory.device).split(1):
            word = decoder.embedding(input)
            embedded.append(_only_row(F.linear(word, from_word, decoder.attn_combine.bias)))
            hiddens.append(_only_row(hidden[0]))
            gates.append(_only_row(F.linear(hidden[0], recurrent, recurrent_bias)))
            _, hidden, _ = decoder(input, hidden, memory, mask)
        states = list(to_numpy(F.linear(memory[0], from_context)))
    weights = {"gru": into, "gruBias": into_bias, "out": decoder.out.weight, "outBias": decoder.out.bias}
    return {
        "embedded": embedded,
        "hidden": hiddens,
        "gates": gates,
        "states": states,
        "words": list(translator.target_vocab.tokens),
        **{name: to_numpy(tensor) for name, tensor in weights.items()},
    }


def _greedy(translator: Translator, tokens: Sequence[str]) -> list[int]:
    """Return the numbers of the tokens that the model writes, without the end."""
    ids, lengths = pad([translator.source_vocab.ids(tokens)])
    with evaluating(translator.model):
        return [*greedy_decode(translator.model, ids.to(translator.model.device), lengths)[0].ids]


def top_words(translator: Translator, probabilities: np.ndarray, n: int = 5) -> Likely:
    """Return the `n` likeliest target words, from the probabilities of all, (V,)."""
    best = np.argsort(-probabilities, kind="stable")[:n]
    return tuple((translator.target_vocab.tokens[i], float(probabilities[i])) for i in best)


def _only_row(batch: Tensor) -> np.ndarray:
    return to_numpy(batch[0])


@contextmanager
def _read(translator: Translator, source: Sequence[str]) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    """Give memory (1, S, H), its mask (1, S) and hidden (1, 1, H), and meanwhile switch dropout off."""
    model = translator.model
    ids, lengths = pad([translator.source_vocab.ids(source)])
    ids, mask = ids.to(model.device), length_mask(lengths).to(model.device)
    with evaluating(model):
        yield model.encode(ids, lengths, mask)
