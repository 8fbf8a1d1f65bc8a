"""Checks of lesson 6: links, coverage and entropy, all read off the attention weights, and other weights."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from course_utils.exercises.answers import expect, link_set, numbers, parts, places, recognise, same
from course_utils.exercises.checking import checked, wrong

if TYPE_CHECKING:
    from torch import Generator, Tensor

Links = Iterable[tuple[int, int]]
VOTES = {(0, 0), (2, 1), (1, 2), (3, 3), (3, 4)}  # of the weights that exercise 1 shows


@checked("Each row votes once; a French word may get two votes, and words that cross make links that cross.")
def check_votes(links: Links) -> None:
    """The links (i, j) for which the rows of the exercise's weights (5, 4) vote."""
    found = link_set(links)
    if found == {(j, i) for i, j in VOTES}:
        wrong("Each pair is the wrong way round: French i comes first, English j second.")
    if found == {(i + 1, j + 1) for i, j in VOTES}:
        wrong("You count from 1. The first word has number 0.")
    if found == {(0, 0), (1, 2), (2, 1), (3, 4)}:
        wrong("You let each French word vote, down its column. It is the English words that vote.")
    if len({j for _, j in found}) < len(found):
        wrong("Some English word votes more than once: only its largest weight counts.")
    if {j for _, j in found} != {j for _, j in VOTES}:
        wrong("Five English words, 0 to 4, have one vote each, however faint the row.")
    if found != VOTES:
        wrong("One vote for each English word, yes; but at least one row is largest elsewhere.")


@checked("With a threshold, an English word may link to two French ones, or to none.")
def check_links_above(links_above: Callable[[np.ndarray, float], Links]) -> None:
    """links_above(weights (T, S), threshold) -> the links (s, t) whose weight is at least the threshold"""

    def links(large: np.ndarray) -> set[tuple[int, int]]:
        return {(int(s), int(t)) for t, s in np.argwhere(large)}

    weights = np.array([[0.75, 0.125, 0.0625, 0.0625], [0.0, 0.25, 0.5, 0.25], [0.25] * 4])
    found, right = link_set(links_above(weights, 0.25)), links(weights >= 0.25)
    if found == {(t, s) for s, t in right}:
        wrong("Each pair is the wrong way round: s (French) first, t (English) second.")
    if len(found) == 3 == len({t for _, t in found}):
        wrong("Each row makes one link. Here every weight that is large enough makes one.")
    if found == links(weights > 0.25):
        wrong("*At least* the threshold: a weight that equals it also makes a link.")
    if found in (links(weights < 0.25), links(weights <= 0.25)):
        wrong("You keep the small weights and drop the large ones.")
    if found != right:
        wrong("These are not exactly the links (s, t) whose weight is at least the threshold.")
    rng = np.random.default_rng(6)
    for (T, S), threshold in product(((3, 5), (6, 2), (4, 4), (1, 6)), (0.1, 0.3, 0.9)):
        weights = rng.dirichlet(np.ones(S), size=T)
        if link_set(links_above(weights, threshold)) != links(weights >= threshold):
            wrong(f"Right for one example, but not for weights {(T, S)} and threshold {threshold}.")


@checked("Coverage shows what no single row can: which words the whole translation passed by.")
def check_coverage(coverage: Callable[[np.ndarray, float, float], Any]) -> None:
    """coverage(weights (T, S), low, high) -> what each source word got (S,), the missed, the overused"""
    example = np.array([[0.9, 0.1, 0, 0, 0], [0, 0, 0.8, 0.1, 0.1], [0, 0.1, 0.9, 0, 0], [0, 0, 0, 0.9, 0.1]])
    halves = np.array([[0, 0.5, 0.5, 0], [0, 0, 0.5, 0.5], [0, 0, 0.5, 0.5], [0, 0, 0, 1]])  # 0, 0.5, 1.5, 2
    others = [np.random.default_rng(S).dirichlet([0.2] * S, size=7) for S in (4, 7, 9)]
    limits = (0.3, 1.5), (0.05, 0.8), (0.5, 1.5)
    for weights, (low, high) in product((example, *others, halves), limits):
        total = weights.sum(axis=0)
        hint = "Return three things: what each word got, the positions of the missed, those of the overused."
        got, *lists = parts(coverage(weights, low, high), 3, hint)
        got = numbers(got)
        if np.allclose(got, 1):
            wrong("You add up each row, which makes 1 every time. How much did each *French* word get?")
        if got.shape != total.shape:
            wrong(f"One number for each source word, {total.shape}. Your shape is {got.shape}.")
        mistakes = {
            "You take a mean. Coverage is all that a word got, of all steps together.": weights.mean(axis=0),
            "You take the largest weight. Two looks at a word should count as two.": weights.max(axis=0),
        }
        otherwise = "A word's coverage is what all target words together spent on it. Yours isn't."
        expect(got, total, mistakes, otherwise)
        hint = "Return the positions of the words, 0 to S − 1, not "
        values, truth_values = f"{hint}what they got.", f"{hint}a truth value for each."
        missed, twice = (places(part, values, truth_values) for part in lists)
        few, many = ({*np.flatnonzero(those).tolist()} for those in (total < low, total > high))
        if (missed, twice) == (many, few) and few != many:
            wrong("You swapped what was missed and what was looked at twice.")
        equal = {*np.flatnonzero((total == low) | (total == high)).tolist()}
        if (missed, twice) != (few, many) and (missed - equal, twice - equal) == (few, many):
            wrong("A word that got exactly `low`, or `high`, is neither below the one nor above the other.")
        if (missed, twice) != (few, many):
            wrong(f"low = {low}, high = {high}: not the words below the one and above the other.")


@checked("All on one word makes 1, evenly on n words makes n, and whatever lies between has its number.")
def check_words_looked_at(words_looked_at: Callable[[np.ndarray], Any]) -> None:
    """words_looked_at(weights (T, S)) -> 2 to the power of each row's entropy in bits (T,)"""
    half, quarter, faint = [0.5, 0.5, 0, 0], [0.5, 0.25, 0.25, 0], [0.97, 0.01, 0.01, 0.01]
    example = np.array([[1, 0, 0, 0], half, [0.25] * 4, quarter, faint])
    for weights in (example, np.random.default_rng(8).dirichlet(np.ones(7), size=1)):
        found = numbers(words_looked_at(weights))
        bits = -(weights * np.log2(np.where(weights > 0, weights, 1))).sum(axis=1)
        nats = bits * np.log(2)
        if found.shape != bits.shape:
            wrong(f"One number for each row: the shape should be {bits.shape}, and yours is {found.shape}.")
        if np.isnan(found).any():
            wrong("A weight of 0 gives NaN: its logarithm is −inf. How does the lesson avoid that?")
        if same(found, 2**bits, within=1e-3):
            continue
        if same(found, bits) or same(found, nats):
            wrong("That is the entropy itself. Evenly on four words should make four.")
        if same(found, np.exp(bits)) or same(found, 2**nats):
            wrong("The entropy is counted to one base, and you raise another to its power.")
        mistakes = {
            "A sign is lost: who looks at more words should get the larger number.": 1 / 2**bits,
            "You count every weight above 0. A faint one should count for less.": (weights > 0).sum(axis=1),
            "You square the weights: a measure of its own, but not entropy.": 1 / (weights**2).sum(axis=1),
            "You look at the largest weight alone; the entropy sees all of them.": 1 / weights.max(axis=1),
        }
        recognise(found, mistakes)
        wrong("Not 2 to the power of the entropy (in bits) of each row.")


@checked("Changed weights must still be weights: what is left adds up to 1 again, if anything is left.")
def check_one_to_the_left(change: Callable[[Tensor, Tensor, Generator], Any]) -> None:
    """change(weights (B, S), mask (B, S), dice) -> weights (B, S), each moved one position to the left"""
    import torch

    weights = torch.tensor(
        [
            [0.1, 0.2, 0.3, 0.15, 0.25],
            [0.4, 0.6, 0, 0, 0],
            [0.999, 0.0002, 0.0008, 0, 0],
            [1.0, 0, 0, 0, 0],
        ]
    )
    mask = torch.arange(5) < torch.tensor([[5], [2], [3], [1]])
    found = numbers(change(weights, mask, torch.Generator().manual_seed(0)))
    moved = numbers(torch.cat((weights[:, 1:], torch.zeros(4, 1)), dim=1))
    if found.shape != moved.shape:
        wrong(f"As many weights as before, {moved.shape}. Your shape is {found.shape}.")
    if np.isnan(found[3]).any():
        wrong("A row that has lost everything gives NaN, nothing divided by nothing. It should be all zeros.")
    if found[0, 0] == 0 and same(found[0, 1:] / found[0, 1:].sum(), weights[0, 1:] / weights[0, 1:].sum()):
        wrong("What was on the first word is gone, but the other weights have stayed where they were.")
    if found[0, 0] == 0 and found[0, 1] > 0:
        wrong("Your weights move to the right.")
    if same(found, weights):
        wrong("Nothing has moved.")
    if same(found[0], weights[0].roll(-1)):
        wrong("What falls off on the left comes back on the right. It should be lost.")
    flat = weights.roll(-1)[0]
    if same(found[0], flat) or same(found[0], flat / flat.sum()):
        wrong("What falls off one row turns up in another. Along which dimension do you roll?")
    if same(found, moved):
        wrong("Your rows no longer add up to 1: divide what is left by its sum.")
    if (found[3] != 0).any():
        wrong("A row with all its weight on the first word has nothing left, so it should be all zeros.")
    right = moved / np.maximum(moved.sum(axis=1, keepdims=True), 1e-9)
    if same(found[:2], right[:2]) and not same(found, right):
        wrong("However little is left of a row, it adds up to 1 again; your third row doesn't.")
    if not same(found, right):
        wrong("Each position gets its right neighbour's weight, and then each row is divided by its own sum.")
