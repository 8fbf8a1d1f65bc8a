"""One decoding step at a time, opened up: the query, the scores, the weights, the context, the next word.

The numbers are the decoder's own: each step *is* a call of it, and only what it keeps to itself (the
query and the scores) is asked for once more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor

from course_utils.batching import length_mask, pad
from course_utils.decoding import Translator
from course_utils.models import evaluating
from course_utils.replay import Words, attended_tokens, known_tokens
from course_utils.vocab import BOS, BOS_ID, EOS

Likely = tuple[tuple[str, float], ...]  # words with their probabilities, the likeliest first


class Step(NamedTuple):
    """What an attention decoder does to write one word."""

    last: str  # the word before, or <bos>
    query: np.ndarray  # (H,)
    scores: np.ndarray  # (S,)
    weights: np.ndarray  # (S,), the softmax of the scores
    context: np.ndarray  # (H,), the encoder states weighted
    likeliest: Likely  # the next word
    word: str  # the word that is written, or <eos>


@torch.no_grad()
def decoding_steps(
    translator: Translator, source: Words, target: Words | None = None
) -> list[Step]:
    """Return the T + 1 steps in which T words and ``<eos>`` are written.

    The words are the model's own (greedy), or those of `target`, each given the right ones before it.
    (Where its own translation was cut off for its length, the last step has the word that would follow.)
    Raises ValueError for a model without attention, an empty source, and words it does not know.
    """
    source = attended_tokens(translator, source)
    if target is None:
        target, end = translator.translate_tokens([source])[0].target, None
    else:
        target, end = known_tokens(target, translator.target_vocab), EOS
    words = [BOS, *target, end]
    ids = [BOS_ID, *translator.target_vocab.encode(target)]
    decoder = translator.model.decoder
    steps = []
    with _read(translator, source) as (memory, mask, hidden):
        keys = decoder.score.keys(memory)  # (1, S, H)
        for t, input in enumerate(torch.tensor(ids, device=memory.device).split(1)):
            query = decoder.query(decoder.embedding(input), hidden)  # (1, H)
            scores = decoder.score(query, keys)  # (1, S)
            log_probs, hidden, weights = decoder(input, hidden, memory, mask)
            context = weights @ memory[0]  # (1, H)
            numbers = [tensor[0].cpu().numpy() for tensor in (query, scores, weights, context)]
            best = top_words(translator, log_probs[0].exp().cpu().numpy())
            steps.append(Step(words[t], *numbers, best, words[t + 1] or best[0][0]))
    return steps


@torch.no_grad()
def encoder_states(translator: Translator, source: Words) -> np.ndarray:
    """Return what the words of a sentence have to offer, (S, H): of it every context is a weighted sum.

    Raises ValueError for a model without attention, an empty source, and words it does not know.
    """
    with _read(translator, attended_tokens(translator, source)) as (memory, _, _):
        return memory[0].cpu().numpy()


@torch.no_grad()
def next_word_probabilities(
    translator: Translator, source: Words, written: Words, context: ArrayLike
) -> np.ndarray:
    """Return the probability of every English word (V,), if the decoder is given this `context`, (H,).

    It writes the words so far with its own weights; only for the word that comes next it gets the
    context instead. Raises ValueError for a model without attention, an empty source, words that it
    does not know, and a context of another shape.
    """
    source = attended_tokens(translator, source)
    written = known_tokens(written, translator.target_vocab)
    decoder = translator.model.decoder
    ids = [BOS_ID, *translator.target_vocab.encode(written)]
    with _read(translator, source) as (memory, mask, hidden):
        context = torch.as_tensor(np.asarray(context)).to(memory)
        if context.shape != memory.shape[2:]:
            raise ValueError(
                f"a context of shape {tuple(context.shape)}: pass {memory.shape[2]} numbers, "
                "such as weights (S,) @ encoder_states(…) (S, H)"
            )
        inputs = torch.tensor(ids, device=memory.device).split(1)
        for input in inputs[:-1]:
            _, hidden, _ = decoder(input, hidden, memory, mask)
        log_probs, _ = decoder.write(decoder.embedding(inputs[-1]), context[None], hidden)
    return log_probs[0].exp().cpu().numpy()


def top_words(translator: Translator, probabilities: np.ndarray, n: int = 5) -> Likely:
    """Return the `n` likeliest English words, from the probabilities of all, (V,)."""
    best = np.argsort(-probabilities, kind="stable")[:n]
    return tuple((translator.target_vocab.tokens[i], float(probabilities[i])) for i in best)


@contextmanager
def _read(
    translator: Translator, source: Sequence[str]
) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    """Give memory (1, S, H), its mask (1, S) and hidden (1, 1, H), and meanwhile switch dropout off."""
    model = translator.model
    ids, lengths = pad([translator.source_vocab.encode(source)])
    ids, mask = ids.to(model.device), length_mask(lengths).to(model.device)
    with evaluating(model):
        yield model.encode(ids, lengths, mask)
