"""Attention against gold alignments: which source word belongs to which target word, and who looked there.

Links are (source i, target j), as a `Pair` holds them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np
import torch
from torch import Tensor

from course_utils.model.seq2seq import evaluating
from course_utils.model.translator import Translator, to_numpy
from course_utils.text.batching import Batch, make_batch
from course_utils.text.corpus import Pair

Links = list[tuple[int, int]]


def reference_weights(
    translator: Translator, pairs: Sequence[Pair], batch_size: int = 128
) -> list[np.ndarray]:
    """Return what the model looks at while it is given each pair's own translation, word by word.

    One array (T, S) a pair, in the pairs' order, cut to its real words; the row of ``<eos>`` is left
    out. Raises ValueError for a model without attention.
    """
    if not translator.model.decoder.has_attention:
        raise ValueError("this model has no attention, so there are no weights to compare")
    return weights_by_pair(translator, pairs, lambda batch: translator.model(batch)[1], batch_size)


@torch.no_grad()
def weights_by_pair(
    translator: Translator, pairs: Sequence[Pair], look: Callable[[Batch], Tensor], batch_size: int = 128
) -> list[np.ndarray]:
    """Return what `look` finds for a batch, (B, …, T, S), pair by pair: (…, T, S), cut to its real words.

    Pairs of like length are looked at together; the results are in the pairs' order, without the row of
    ``<eos>``, and the weights of a word's tokens put together.
    """
    order = sorted(range(len(pairs)), key=lambda i: len(pairs[i].source))
    found: dict[int, np.ndarray] = {}
    with evaluating(translator.model):
        for start in range(0, len(order), batch_size):
            chunk = order[start : start + batch_size]
            batch = make_batch([pairs[i] for i in chunk], *translator.vocabs).to(translator.model.device)
            for i, weights in zip(chunk, to_numpy(look(batch))):
                read = translator.source_vocab.cut(pairs[i].source)
                written = translator.target_vocab.cut(pairs[i].target)
                found[i] = translator.weights_of_words(
                    weights[..., : len(written), : len(read)], read, written
                )
    return [found[i] for i in range(len(pairs))]


def gold_links(pair: Pair) -> Links:
    """Return a pair's gold links. Raises ValueError if it has no alignment."""
    if pair.alignment is None:
        raise ValueError("this pair has no gold alignment; those of the course's own test split have")
    return list(pair.alignment)


def diagonal_links(source_length: int, target_length: int) -> Links:
    """Link each target word to the source word that stands as far along: it knows no word at all."""
    return [(int((j + 0.5) * source_length / target_length), j) for j in range(target_length)]


def best_single_links(pair: Pair) -> Links:
    """Return the best that one link a target word can do: each to one of its gold source words.

    A word without a gold link is linked all the same (wrongly, to the first word): so it is for
    attention, which must look somewhere.
    """
    gold = {j: i for i, j in sorted(gold_links(pair), reverse=True)}
    return [(gold.get(j, 0), j) for j in range(len(pair.target))]


def gold_weight(weights: np.ndarray, pair: Pair) -> np.ndarray:
    """Return how much of each target word's attention, `weights` (T, S), lies on its gold links: (T,).

    NaN for a word that has none. Raises ValueError unless the weights fit the pair.
    """
    shape = (len(pair.target), len(pair.source))
    if weights.shape != shape:
        raise ValueError(f"weights of shape {weights.shape} do not fit this pair: pass {shape}")
    gold = np.zeros(shape, dtype=bool)
    for i, j in gold_links(pair):
        gold[j, i] = True
    return np.where(gold.any(axis=1), (weights * gold).sum(axis=1), np.nan)


def alignment_error_rate(
    predicted: Iterable[Iterable[tuple[int, int]]], gold: Iterable[Iterable[tuple[int, int]]]
) -> float:
    """Return AER = 1 − 2 |A ∩ G| / (|A| + |G|), from 0 (perfect) to 1, over all sentences together.

    Och and Ney (2003), with every gold link a sure one. Links are (source i, target j).
    """
    both = size = 0
    for links, gold_links in zip(predicted, gold, strict=True):
        links, gold_links = set(links), set(gold_links)
        both += len(links & gold_links)
        size += len(links) + len(gold_links)
    return 1 - 2 * both / max(size, 1)


def attention_links(weights: np.ndarray) -> list[tuple[int, int]]:
    """Link each target word to the source word that it looked at most. weights (T, S) -> [(s, t), …]"""
    return [(int(s), t) for t, s in enumerate(weights.argmax(axis=1))]
