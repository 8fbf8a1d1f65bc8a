"""Where did the answer come from? How much attention lies on the gold evidence, against chance and position.

Evidence is what a `Pair` of a task holds as its alignment: link (i, j) says that source token i carries what
target token j says. A model with attention divides a weight of 1 among the source tokens for each word; so
does each of the baselines here, which know nothing of what the words mean.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from course_utils.analysis.alignments import gold_weight, reference_weights
from course_utils.model.translator import Translator
from course_utils.text.corpus import Pair
from course_utils.text.tokens import STOPS

Weights = Sequence[np.ndarray]  # for each pair (T, S), each row adding up to 1
PLACES = 20  # into so many parts of equal length `by_place` cuts a source


def evidence_share(weights: Weights, pairs: Sequence[Pair]) -> float:
    """Return the share of the weight, 0 to 1, on the evidence: the mean over all words that have some."""
    return float(np.nanmean(np.concatenate([gold_weight(w, p) for w, p in zip(weights, pairs, strict=True)])))


def same_word(pair: Pair) -> Pair:
    """Return the pair with the strictest evidence: of "the old bridge", for "bridge", only *bridge*."""
    links = pair.alignment or ()
    return pair._replace(alignment=tuple((i, j) for i, j in links if pair.source[i] == pair.target[j]))


def whole_sentence(pair: Pair) -> Pair:
    """Return the pair with the mildest evidence: all tokens of the sentence that holds it, its stop too."""
    number = np.cumsum([0, *(word in STOPS for word in pair.source)])[:-1]  # of each token's sentence
    links = {(int(k), j) for i, j in pair.alignment or () for k in np.flatnonzero(number == number[i])}
    return pair._replace(alignment=tuple(sorted(links)))


def uniform(pairs: Sequence[Pair], weights: Weights) -> Weights:
    """Chance: the same weight on every source token."""
    return [np.full_like(w, 1 / w.shape[1]) for w in weights]


def of_another(pairs: Sequence[Pair], weights: Weights) -> Weights:
    """The model's own weights, but of another source, the next longer one (for the longest, the shortest)."""
    order = sorted(range(len(pairs)), key=lambda k: (len(pairs[k].source), k))
    found = dict(zip(order, order[1:] + order[:1]))
    return [_stretch(weights[found[k]], w.shape) for k, w in enumerate(weights)]


def _stretch(weights: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Return `weights` in another shape: each row and column from the same relative place."""
    rows, columns = (np.arange(n) * m // n for n, m in zip(shape, weights.shape))
    moved = weights[np.ix_(rows, columns)]
    return moved / moved.sum(axis=1, keepdims=True).clip(1e-9)


def by_place(pairs: Sequence[Pair], weights: Weights) -> Weights:
    """What the model's weights are on average at this place in the source, at this word of the target."""
    most = max(len(w) for w in weights)
    total = np.zeros((most, PLACES))
    for w in weights:
        places = np.arange(w.shape[1]) * PLACES // w.shape[1]
        for t, row in enumerate(w):
            np.add.at(total[t], places, row)
    found = []
    for w in weights:
        rows = total[: len(w), np.arange(w.shape[1]) * PLACES // w.shape[1]]
        found.append(rows / rows.sum(axis=1, keepdims=True))
    return found


def first_sentence(pairs: Sequence[Pair], weights: Weights) -> Weights:
    """The same weight on each token of the first sentence: in newspapers, the news."""
    return [_only(w, 0, pair.source.index(".") + 1) for pair, w in zip(pairs, weights, strict=True)]


def last_statement(pairs: Sequence[Pair], weights: Weights) -> Weights:
    """The same weight on each token of the last sentence that is no question."""
    found = []
    for pair, w in zip(pairs, weights, strict=True):
        stops = [-1, *(i for i, word in enumerate(pair.source) if word == ".")]
        found.append(_only(w, stops[-2] + 1, stops[-1] + 1))
    return found


def _only(weights: np.ndarray, start: int, end: int) -> np.ndarray:
    there = np.zeros_like(weights)
    there[:, start:end] = 1 / (end - start)
    return there


BASELINES: dict[str, Callable[[Sequence[Pair], Weights], Weights]] = {
    "uniform": uniform,
    "of another": of_another,
    "by place": by_place,
    "first sentence": first_sentence,
    "last statement": last_statement,
}


def evidence_of(translator: Translator, pairs: Sequence[Pair]) -> dict[str, float]:
    """Return the shares on the evidence, 0 to 1, while the model is given the right words.

    The model's own, on the evidence and on a stricter and a milder one, and those of the `BASELINES`.

    Raises ValueError for a model without attention, and for pairs without evidence or a full stop.
    """
    if bare := next((pair for pair in pairs if not pair.alignment or "." not in pair.source), None):
        raise ValueError(
            f"“{' '.join(bare.source[:9])} …” has no evidence, or no sentence that ends: take pairs of a "
            "task, load_corpus(REPORTS).test, say"
        )
    weights = reference_weights(translator, pairs)
    found = {"model": evidence_share(weights, pairs)}
    for name, change in (("same word", same_word), ("whole sentence", whole_sentence)):
        found[name] = evidence_share(weights, [change(pair) for pair in pairs])
    found |= {name: evidence_share(make(pairs, weights), pairs) for name, make in BASELINES.items()}
    return found
