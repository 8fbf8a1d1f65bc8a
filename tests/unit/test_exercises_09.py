"""Exercises of lesson 9: every named mistake gets its own hint, and every right answer passes."""

from __future__ import annotations

import pytest
import torch
from exercise_cases import Case, each_case
from torch.nn import functional as F

from course_utils import exercises


def by_source(pairs, share=5, least=0):
    sources = sorted({source for source, _ in pairs})
    held_back = set(sources[: max(least, len(sources) // share)])
    return [p for p in pairs if p[0] not in held_back], [p for p in pairs if p[0] in held_back]


def by_last_sources(pairs):
    sources = list(dict.fromkeys(source for source, _ in pairs))
    known = sources[: -(len(sources) // 5)]
    return tuple(p for p in pairs if p[0] in known), tuple(p for p in pairs if p[0] not in known)


def by_pair(pairs):
    return pairs[len(pairs) // 5 :], pairs[: len(pairs) // 5]


def a_fifth_of_the_pairs(pairs):
    pairs, n = sorted(pairs), len(pairs) // 5
    while pairs[n][0] == pairs[n - 1][0]:
        n += 1
    return pairs[n:], pairs[:n]


def filled(lengths, most, fits=lambda batch, n, most: (len(batch) + 1) * n <= most):
    batches = []
    for n in lengths:
        if batches and fits(batches[-1], n, most):
            batches[-1].append(n)
        else:
            batches.append([n])
    return batches


def filled_by_slices(lengths, most):
    i = 0
    while i < len(lengths):
        j = i + 1
        while j < len(lengths) and (j + 1 - i) * lengths[j] <= most:
            j += 1
        yield tuple(lengths[i:j])
        i = j


def stopped(losses, patience, better=lambda loss, losses, best, i: loss < losses[best], late=0):
    best = 0
    for i, loss in enumerate(losses):
        if better(loss, losses, best, i):
            best = i
        if i - best == patience + late:
            return i + 1, best + 1
    return len(losses), best + 1


def stopped_in_all(losses, patience):
    best, without = 0, 0
    for i, loss in enumerate(losses[1:], start=1):
        if loss < losses[best]:
            best = i
        else:
            without += 1
        if without == patience:
            return i + 1, best + 1
    return len(losses), best + 1


def against_an_older_best(losses, patience):
    for i in range(len(losses)):
        if i >= patience and losses[i] >= min(losses[: i - patience + 1]):
            break
    trained = losses[: i + 1]
    return i + 1, trained.index(min(trained)) + 1


def stopped_by_windows(losses, patience):
    for n in range(1, len(losses) + 1):
        best = losses.index(min(losses[:n])) + 1
        if n - best >= patience:
            return [n, best]
    return [len(losses), losses.index(min(losses)) + 1]


def smoothed(log_probs, target, s):
    return -((1 - s) * log_probs[torch.arange(len(target)), target] + s * log_probs.mean(1)).mean()


def smoothed_by_shares(log_probs, target, s):
    V = log_probs.shape[1]
    shares = (1 - s) * F.one_hot(target, V) + s / V
    return [float(-(shares * log_probs).sum(1).mean())]


def smoothed_among_the_others(log_probs, target, s):
    V = log_probs.shape[1]
    right = F.one_hot(target, V)
    return -(((1 - s) * right + s * (1 - right) / (V - 1)) * log_probs).sum(1).mean()


CASES = [
    Case(
        exercises.check_pieces_of_words,
        right={"numbers": (1, 2, 6), "floats": (1.0, [2], 6.0)},
        wrong={
            "lo and ng": ((2, 2, 6), "that is the fourth join"),
            "another": ((3, 2, 6), "my_pieces_of_long: "),
            "longer whole": ((1, 1, 6), "No join puts"),
            "long apart": ((1, 3, 6), "“e” and “r” are joined, and"),
            "another longer": ((1, 5, 6), "my_pieces_of_longer: "),
            "st once": ((1, 2, 7), "joined wherever they stand"),
            "ong": ((1, 2, 5), "There is no “lo” in this word"),
            "another strongest": ((1, 2, 3), "my_pieces_of_strongest: "),
        },
        nearly={
            "letters": ((4, 2, 6), "Those are its letters"),
            "letters of longer": ((1, 6, 6), "Those are its letters"),
            "letters of strongest": ((1, 2, 9), "Those are its letters"),
        },
    ),
    Case(
        exercises.check_train_and_test,
        right={"by source": by_source, "the last": by_last_sources, "lists": lambda p: [*by_source(p)]},
        wrong={
            "by pair": (by_pair, "is in both lists: its other translation"),
            "all twice": (lambda pairs: (pairs, pairs), "Some pairs are in both lists"),
            "dropped": (lambda pairs: (by_source(pairs)[0], []), "are left. Each belongs in one"),
            "the wrong way round": (
                lambda pairs: by_source(pairs)[::-1],
                "The larger part should come first",
            ),
            "a tenth": (lambda pairs: by_source(pairs, 10), "It should be about a fifth"),
            "one": (lambda pairs: pairs[:1], "Return two lists"),
            "sources": (
                lambda pairs: [[source for source, _ in part] for part in by_source(pairs)],
                "should hold pairs (source, target)",
            ),
        },
        nearly={
            "nothing for testing": (lambda pairs: (pairs, []), "It should be about a fifth"),
            "a fifth of the pairs": (
                lambda pairs: by_source(pairs, least=len({s for s, _ in pairs[: len(pairs) // 5]})),
                "It should be about a fifth",
            ),
            "a fifth of the pairs, in order": (a_fifth_of_the_pairs, "1 of 21 different sources"),
            "made up": (lambda pairs: ([*pairs, ("x", "y")], []), "should hold pairs (source, target)"),
        },
    ),
    Case(
        exercises.check_fill_batches,
        right={"greedy": filled, "slices": lambda lengths, most: [*filled_by_slices(lengths, most)]},
        wrong={
            "without padding": (
                lambda lengths, most: filled(lengths, most, lambda b, n, most: sum(b) + n <= most),
                "Padding counts, too",
            ),
            "one too many": (
                lambda lengths, most: filled(lengths, most, lambda b, n, most: len(b) * n <= most),
                "A batch is too large",
            ),
            "singles": (lambda lengths, most: [[n] for n in lengths], "The batches could be larger"),
            "dropped": (lambda lengths, most: filled(lengths[1:], most), "All lengths should be there"),
            "the last": (lambda lengths, most: filled(lengths, most)[:-1], "The last batch is missing"),
            "an empty one": (lambda lengths, most: [[], *filled(lengths, most)], "There is an empty batch"),
            "flat": (lambda lengths, most: lengths, "A list of lists of lengths"),
        },
        nearly={
            "below most": (
                lambda lengths, most: filled(lengths, most, lambda b, n, most: (len(b) + 1) * n < most),
                "The batches could be larger",
            ),
        },
    ),
    Case(
        exercises.check_stop_early,
        right={"loop": stopped, "windows": stopped_by_windows},
        wrong={
            "late": (lambda losses, p: stopped(losses, p, late=1), "You stop a round late"),
            "early": (lambda losses, p: stopped(losses, max(1, p - 1)), "You stop a round early"),
            "against the one before": (
                lambda losses, p: stopped(losses, p, lambda x, xs, best, i: i == 0 or x < xs[i - 1]),
                "compared with the best so far",
            ),
            "in all": (stopped_in_all, "A new best starts the count anew"),
            "as good": (
                lambda losses, p: stopped(losses, p, lambda x, xs, best, i: x <= xs[best]),
                "As good as the best is not better",
            ),
            "exchanged": (
                lambda losses, p: stopped(losses, p)[::-1],
                "The two numbers are the wrong way round",
            ),
            "from 0": (
                lambda losses, p: (stopped(losses, p)[0], stopped(losses, p)[1] - 1),
                "counted from 1",
            ),
            "best of all": (
                lambda losses, p: (stopped(losses, p)[0], losses.index(min(losses)) + 1),
                "The best round is another one",
            ),
            "one": (lambda losses, p: stopped(losses, p)[0], "Two whole numbers are asked for"),
            "against an older best": (against_an_older_best, "Count the rounds since the newest best"),
        },
        nearly={
            "never": (lambda losses, p: (len(losses), losses.index(min(losses)) + 1), "You stop a round late")
        },
    ),
    Case(
        exercises.check_smoothed_loss,
        right={
            "as taught": smoothed,
            "shares": smoothed_by_shares,
            "torch": lambda lp, t, s: F.cross_entropy(lp, t, label_smoothing=s),
        },
        wrong={
            "sign": (lambda lp, t, s: -smoothed(lp, t, s), "The sign is the other way round"),
            "s to each": (
                lambda lp, t, s: (1 - s) * F.nll_loss(lp, t) - s * lp.sum(1).mean(),
                "You give s to each",
            ),
            "the others": (smoothed_among_the_others, "its part of s as well"),
            "all of the right": (lambda lp, t, s: F.nll_loss(lp, t) - s * lp.mean(), "you give it 1"),
            "exchanged": (lambda lp, t, s: smoothed(lp, t, 1 - s), "The two shares are exchanged"),
            "sum": (lambda lp, t, s: len(t) * smoothed(lp, t, s), "and not the sum"),
            "columns": (
                lambda lp, t, s: -((1 - s) * lp[:, t] + s * lp.mean(1, keepdim=True)).mean(),
                "Of each row, one is the right word's",
            ),
            "plain": (lambda lp, t, s: F.nll_loss(lp, t), "Nothing is smoothed here yet"),
            "another": (lambda lp, t, s: smoothed(lp, t, s) + 1, "would be right"),
        },
    ),
]


@pytest.mark.parametrize("case, kind, name", each_case(CASES))
def test_exercise(case: Case, kind: str, name: str) -> None:
    case.test(kind, name)
