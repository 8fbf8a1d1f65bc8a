"""Exercises of lesson 6: every named mistake gets its own hint, and every right answer passes."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from exercise_cases import Case, each_case

from course_utils import exercises


def above_by_loops(weights, threshold):
    found = []
    for t, row in enumerate(weights.tolist()):
        for s, weight in enumerate(row):
            if weight >= threshold:
                found.append([s, t])
    return found


def above_by_nonzero(weights, threshold):
    t, s = np.nonzero(~(weights < threshold))
    return set(zip(s, t))


def coverage_by_loops(weights, low, high):
    got = [sum(row[s] for row in weights.tolist()) for s in range(weights.shape[1])]
    return got, [s for s, c in enumerate(got) if c < low], {s for s, c in enumerate(got) if c > high}


def coverage_in_torch(weights, low, high):
    got = torch.tensor(weights).sum(0)
    return got, (got < low).nonzero(), np.where(got.numpy() > high)


def coverage_of(got, low, high):
    return got, np.flatnonzero(got < low), np.flatnonzero(got > high)


def changed(weights, low, high):
    got, missed, twice = coverage_by_loops(weights, low, high)
    return got, twice, missed


def values_of(got, low, high):
    return got, got[got < low], got[got > high]


def at_the_limits(weights, low, high):
    got = weights.sum(axis=0)
    return got, np.flatnonzero(got <= low), np.flatnonzero(got >= high)


def keys_of(places):
    return dict.fromkeys(places).keys()


def bits(weights, log=np.log2):
    return -(weights * log(np.maximum(weights, 1e-12))).sum(axis=1)


def looked_at_by_loops(weights):
    return [math.prod(w**-w for w in row if w > 0) for row in weights.tolist()]


def looked_at_in_float32(weights):
    weights = torch.tensor(weights, dtype=torch.float32)
    return torch.special.entr(weights).sum(1).exp()


def by_row(w):
    return [(s, t) for t, s in enumerate(w.argmax(axis=1).tolist())]


def left_by_loops(weights, mask, dice):
    moved = []
    for row in weights.tolist():
        rest = sum(row[1:])
        moved.append([w / rest if rest else 0.0 for w in row[1:]] + [0.0])
    return torch.tensor(moved)


def left_by_roll(weights, mask, dice):
    moved = weights.double().roll(-1, dims=1)
    moved[:, -1] = 0
    return (moved / moved.sum(dim=1, keepdim=True)).nan_to_num(0)


def left_in_place(weights, mask, dice):
    weights[:, :-1] = weights[:, 1:].clone()
    weights[:, -1] = 0
    return weights / weights.sum(dim=1, keepdim=True).clamp_min(1e-9)


def shared_out(moved):
    return moved / moved.sum(dim=1, keepdim=True).clamp_min(1e-9)


def to_the_left(weights):
    return torch.nn.functional.pad(weights[:, 1:], (0, 1))


def to_the_right(weights):
    return torch.nn.functional.pad(weights[:, :-1], (1, 0))


def uniform_if_empty(weights, mask, dice):
    moved = left_by_loops(weights, mask, dice)
    return torch.where(moved.sum(dim=1, keepdim=True) > 0, moved, mask / mask.sum(dim=1, keepdim=True))


VOTES = [(0, 0), (2, 1), (1, 2), (3, 3), (3, 4)]

CASES = [
    Case(
        exercises.check_votes,
        right={
            "list": VOTES,
            "array, another order": np.array(VOTES[::-1]),
            "set": set(VOTES),
            "floats": [(float(i), j) for i, j in VOTES],
        },
        wrong={
            "swapped": ([(j, i) for i, j in VOTES], "the wrong way round"),
            "from 1": ([(i + 1, j + 1) for i, j in VOTES], "count from 1"),
            "columns": ([(0, 0), (1, 2), (2, 1), (3, 4)], "down its column"),
            "two votes": ([*VOTES, (2, 2)], "more than once"),
            "a word without": (VOTES[:4], "however faint"),
            "the diagonal": ([(0, 0), (1, 1), (2, 2), (3, 3), (3, 4)], "largest elsewhere"),
            "no pairs": ([0, 2, 1, 3, 3], "Pairs of whole numbers"),
        },
        nearly={
            "no whole numbers": ([(i + 0.5, j) for i, j in VOTES], "Pairs of whole numbers"),
        },
    ),
    Case(
        exercises.check_links_above,
        right={"loops": above_by_loops, "nonzero": above_by_nonzero},
        wrong={
            "swapped": (lambda w, c: [(t, s) for s, t in above_by_loops(w, c)], "the wrong way round"),
            "the largest": (lambda w, c: by_row(w), "Each row makes one link"),
            "more than": (lambda w, c: above_by_loops(w, c + 1e-9), "equals it"),
            "the small ones": (lambda w, c: [(s, t) for t, s in np.argwhere(w < c)], "keep the small"),
            "always a quarter": (lambda w, c: above_by_loops(w, 0.25), "Right for one example"),
            "nothing": (lambda w, c: [], "not exactly the links"),
            "truth values": (lambda w, c: w >= c, "Pairs of whole numbers"),
        },
        nearly={
            "the small ones and the equal": (
                lambda w, c: [(s, t) for t, s in np.argwhere(w <= c)],
                "keep the small",
            ),
        },
    ),
    Case(
        exercises.check_coverage,
        right={
            "loops": coverage_by_loops,
            "torch": coverage_in_torch,
            "sets, from a generator": lambda *a: (part for part in coverage_by_loops(*a)),
            "frozensets": lambda *a: [coverage_by_loops(*a)[0], *map(frozenset, coverage_by_loops(*a)[1:])],
            "keys": lambda *a: [coverage_by_loops(*a)[0], *map(keys_of, coverage_by_loops(*a)[1:])],
        },
        wrong={
            "rows": (lambda w, *c: coverage_of(w.sum(axis=1), *c), "add up each row"),
            "mean": (lambda w, *c: coverage_of(w.mean(axis=0), *c), "take a mean"),
            "largest": (lambda w, *c: coverage_of(w.max(axis=0), *c), "take the largest"),
            "one number": (lambda w, *c: coverage_of(w.sum(), *c), "One number for each source word"),
            "double": (lambda w, *c: coverage_of(2 * w.sum(axis=0), *c), "Yours isn't"),
            "truth values": (lambda w, a, b: (w.sum(0), w.sum(0) < a, w.sum(0) > b), "a truth value"),
            "values": (lambda w, a, b: values_of(w.sum(axis=0), a, b), "not what they got"),
            "limits as well": (at_the_limits, "neither below the one"),
            "swapped": (changed, "You swapped"),
            "own thresholds": (lambda w, a, b: coverage_by_loops(w, 0.3, 1.5), "not the words below"),
        },
        nearly={
            "two things": (lambda *a: coverage_by_loops(*a)[:2], "Return three things"),
            "the lower limit as well": (
                lambda *a: (*at_the_limits(*a)[:2], coverage_by_loops(*a)[2]),
                "neither below the one",
            ),
            "the upper limit as well": (
                lambda *a: (*coverage_by_loops(*a)[:2], at_the_limits(*a)[2]),
                "neither below the one",
            ),
        },
    ),
    Case(
        exercises.check_words_looked_at,
        right={"a product": looked_at_by_loops, "float32, by way of nats": looked_at_in_float32},
        wrong={
            "entropy": (bits, "the entropy itself"),
            "sign": (lambda w: 2 ** -bits(w), "A sign is lost"),
            "e to the bits": (lambda w: np.exp(bits(w)), "counted to one base"),
            "columns": (lambda w: 2 ** bits(w.T), "One number for each row"),
            "NaN": (lambda w: 2 ** -(w * np.log2(w)).sum(axis=1), "gives NaN"),
            "all above 0": (lambda w: (w > 0).sum(axis=1), "every weight above 0"),
            "squares": (lambda w: 1 / (w**2).sum(axis=1), "square the weights"),
            "the largest": (lambda w: 1 / w.max(axis=1), "the largest weight alone"),
            "one more": (lambda w: 1 + bits(w), "Not 2 to the power"),
        },
        nearly={
            "squeezed": (lambda w: np.squeeze(looked_at_by_loops(w)), "(1,), and yours is ()"),
        },
    ),
    Case(
        exercises.check_one_to_the_left,
        right={"loops": left_by_loops, "roll, double": left_by_roll},
        wrong={
            "in place": (left_in_place, "in place"),
            "cut off": (lambda w, m, d: w[:, 1:], "As many weights"),
            "NaN": (lambda w, m, d: to_the_left(w) / to_the_left(w).sum(1, keepdim=True), "gives NaN"),
            "right": (lambda w, m, d: shared_out(to_the_right(w)), "to the right"),
            "only the first is gone": (
                lambda w, m, d: shared_out(w * (torch.arange(w.shape[1]) > 0)),
                "the other weights have stayed where they were",
            ),
            "unmoved": (lambda w, m, d: w.clone(), "Nothing has moved"),
            "comes back": (lambda w, m, d: w.roll(-1, dims=1), "comes back"),
            "rolled flat": (lambda w, m, d: shared_out(w.roll(-1)), "Along which dimension"),
            "not shared out": (lambda w, m, d: to_the_left(w), "no longer add up to 1"),
            "uniform if empty": (uniform_if_empty, "has nothing left"),
            "softmax": (lambda w, m, d: (to_the_left(w) * 9).exp() * (to_the_left(w) > 0), "its own sum"),
            "little is left": (
                lambda w, m, d: to_the_left(w) / to_the_left(w).sum(1, keepdim=True).clamp_min(0.1),
                "However little",
            ),
        },
        nearly={
            "rolled flat, not shared out": (lambda w, m, d: w.roll(-1), "Along which dimension"),
            "rolled flat, then masked": (lambda w, m, d: shared_out(w.roll(-1) * m), "Along which dimension"),
            "softmax of all": (lambda w, m, d: to_the_left(w).softmax(1), "has nothing left, so it"),
        },
    ),
]


@pytest.mark.parametrize("case, kind, name", each_case(CASES))
def test_exercise(case: Case, kind: str, name: str) -> None:
    case.test(kind, name)
