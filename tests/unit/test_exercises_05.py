"""Exercises of lesson 5: every named mistake gets its own hint, and every right answer passes."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest
import torch
from exercise_cases import Case, each_case

from course_utils import exercises
from course_utils.text.vocab import PAD_ID


def grams(words, n):
    return [tuple(words[i : i + n]) for i in range(len(words) - n + 1)]


def by_striking_out(hypothesis, reference, n):
    left, found, mine = grams(reference, n), 0, grams(hypothesis, n)
    for gram in mine:
        if gram in left:
            left.remove(gram)
            found += 1
    return found / len(mine) if mine else 0


def by_counting(hypothesis, reference, n):
    mine = [" ".join(gram) for gram in grams(hypothesis, n)]
    theirs = Counter(" ".join(gram) for gram in grams(reference, n))
    return np.float32(sum(min(mine.count(gram), theirs[gram]) for gram in set(mine)) / max(len(mine), 1))


def unclipped(hypothesis, reference, n):
    return sum(gram in grams(reference, n) for gram in grams(hypothesis, n)) / len(grams(hypothesis, n))


def only_different_ones(hypothesis, reference, n):
    return len({*grams(hypothesis, n)} & {*grams(reference, n)}) / max(len(grams(hypothesis, n)), 1)


def recall(hypothesis, reference, n):
    return by_striking_out(hypothesis, reference, n) * len(grams(hypothesis, n)) / len(grams(reference, n))


def over_words(hypothesis, reference, n):
    return by_striking_out(hypothesis, reference, n) * len(grams(hypothesis, n)) / len(hypothesis)


def gap_by_strings(weights):
    chosen = {int(np.argmax(row)) for row in weights}
    signs = "".join("x" if s in chosen else " " for s in range(len(weights[0])))
    return max(map(len, signs.split("x")))


def gap_in_torch(weights):
    weights = torch.tensor(weights)
    looked = torch.zeros(weights.shape[1] + 2).bool()
    looked[weights.argmax(dim=1) + 1] = looked[0] = looked[-1] = True
    return looked.nonzero().flatten().diff().max() - 1


def gaps_of(chosen, size):
    """The gaps before, between and after the words that are chosen."""
    edges = [-1, *sorted({*np.asarray(chosen).tolist()}), size]
    return [b - a - 1 for a, b in zip(edges, edges[1:])]


def largest(weights):
    return weights.argmax(axis=1)


def step_by_loops(log_probs, next_log_probs, ended):
    candidates = []
    for k, (past, over) in enumerate(zip(log_probs.tolist(), ended.tolist())):
        if over:
            candidates.append((past, k, PAD_ID))
        else:
            candidates += [(past + p, k, v) for v, p in enumerate(next_log_probs[k].tolist())]
    best = sorted(candidates, reverse=True)[: len(log_probs)]
    return tuple(map(list, zip(*best)))


def step_with_an_empty_candidate(log_probs, next_log_probs, ended, cost=0.0, word=PAD_ID, heirs=1):
    table = next_log_probs.clone()
    table[ended] = -torch.inf
    table[ended, word : word + heirs] = cost
    scores, place = (log_probs[:, None] + table).view(-1).sort(descending=True)
    K, V = table.shape
    return scores[:K], torch.div(place[:K], V, rounding_mode="floor"), place[:K].remainder(V)


def step_of(table, log_probs, largest=True):
    scores, place = table.flatten().topk(len(log_probs), largest=largest)
    return scores, place // table.shape[1], place % table.shape[1]


def growing(p, n, e):
    return step_of(p[:, None] + n, p)


def one_heir(p, n, e):
    best, words = (p[:, None] + n).max(dim=1)
    order = best.argsort(descending=True)
    return best[order], order, words[order]


def in_place(p, n, e):
    n[e] = -torch.inf
    n[e, PAD_ID] = 0
    n += p[:, None]
    return step_of(n, p)


def lost(p, n, e):
    return step_of((p[:, None] + n).masked_fill(e[:, None], -torch.inf), p)


def swapped(p, n, e):
    scores, parents, words = step_by_loops(p, n, e)
    return scores, words, parents


def flat(p, n, e):
    scores, parents, words = map(np.array, step_by_loops(p, n, e))
    return scores, parents, parents * n.shape[1] + words


def unsorted(p, n, e):
    return tuple(part[::-1] for part in step_by_loops(p, n, e))


def nan_at_the_start(p, n, e):
    if p.isneginf().any():
        return p * 0, torch.zeros(3).long(), torch.zeros(3).long()
    return step_by_loops(p, n, e)


def of_joined_words(hypothesis, reference, n):
    mine, theirs = (Counter("".join(gram) for gram in grams(words, n)) for words in (hypothesis, reference))
    return (mine & theirs).total() / max(mine.total(), 1)


def within_the_text(hypothesis, reference, n):
    mine, text = Counter(" ".join(gram) for gram in grams(hypothesis, n)), " ".join(reference)
    found = sum(min(mine[gram], sum(text.startswith(gram, i) for i in range(len(text)))) for gram in mine)
    return found / max(mine.total(), 1)


def with_floor(p, n, e):
    scores, parents, words = map(torch.tensor, step_by_loops(p, n, e))
    return scores, (parents / 1).floor(), words


def out_of_the_table(p, n, e):
    scores, parents, words = map(torch.tensor, step_by_loops(p, n, e))
    return scores, parents + 7 * e.any(), words


def search(add, when_ended):
    """A beam search that scores with `add`, and treats what has ended as `when_ended` says."""

    def run(model, k, max_length):
        beams = [(("<bos>",), 0.0)]
        for _ in range(max_length):
            candidates = []
            for words, score in beams:
                if words[-1] == "<eos>" and when_ended != "grow":
                    candidates += [(words, score)] * {"keep": 1, "lose": 0, "repeat": 2}[when_ended]
                else:
                    candidates += [((*words, w), add(score, p)) for w, p in model(words).items()]
            beams = sorted(candidates, key=lambda beam: beam[1], reverse=True)[:k]
        return beams

    return run


def add_logs(score, p):
    return score + math.log(p)


def search_with_products(model, k, max_length):
    beams, done = [(1.0, [])], []
    for _ in range(max_length):
        grown = [(p * q, [*words, w]) for p, words in beams for w, q in model(["<bos>", *words]).items()]
        best = sorted(grown + done, reverse=True)[:k]
        done = [beam for beam in best if beam[1][-1] == "<eos>"]
        beams = [beam for beam in best if beam not in done]
    return [(words, np.log(p)) for p, words in best]


right_search = search(add_logs, "keep")


def always_stays(log_probs, next_log_probs, ended):
    K, V = next_log_probs.shape
    over = [(log_probs[k].item(), k, 0) for k in range(K) if ended[k]]
    going = [
        ((log_probs[k] + next_log_probs[k, v]).item(), k, v)
        for k in range(K)
        if not ended[k]
        for v in range(V)
    ]
    best = sorted(over + sorted(going, reverse=True)[: K - len(over)], reverse=True)
    return tuple(map(torch.tensor, zip(*best)))


CASES = [
    Case(
        exercises.check_widths,
        right={
            "text": ("the bus", "a train", -1.56),
            "lists, more digits": (["the", "bus"], ("A", "train"), np.float32(-1.5606)),
            "with the end": ("the bus <eos>", "a train <eos>", [-1.56]),
            "other separators": ("<bos>the_bus<eos>", "A-train.", -1.56),
        },
        wrong={
            "likeliest second word of all": (("one car", "a train", -1.56), "single beginning"),
            "wrong second word": (("the car", "a train", -1.56), "at the second step, too"),
            "the best of all": (("the bus", "one car", -1.49), "still kept after the first step"),
            "no better": (("the bus", "the bus", -1.71), "get ahead in the end"),
            "another": (("the bus", "a bus", -2.4), "multiply along every path"),
            "no logarithm": (("the bus", "a train", 0.21), "Its log-probability is asked for"),
            "no sign": (("the bus", "a train", 1.56), "what sign"),
            "summed probabilities": (("the bus", "a train", 0.95), "logarithms that add up"),
            "logarithm of the sum": (("the bus", "a train", -0.05), "logarithm of a sum"),
            "base 10": (("the bus", "a train", -0.68), "base 10"),
            "base 2": (("the bus", "a train", -2.25), "base 2"),
            "mean": (("the bus", "a train", -0.78), "divided by the number of words"),
            "off": (("the bus", "a train", -1.7), "Give two decimals"),
            "no number": (("the bus", "a train", "-1.56 nats"), "One number is asked for"),
            "one word": (("the", "a train", -1.56), "Width 1: two words are asked for"),
            "one word for width 2": (("the bus", "train", -1.56), "Width 2: two words are asked for"),
        },
        nearly={
            "NaN": (("the bus", "a train", math.nan), "there is NaN"),
            "three words": (("the bus", "a train car", -1.56), "Width 2: two words are asked for"),
        },
    ),
    Case(
        exercises.check_ngram_precision,
        right={"striking out": by_striking_out, "counting": by_counting},
        wrong={
            "not clipped": (unclipped, "comes out perfect. A word"),
            "sets": (only_different_ones, "A set forgets that"),
            "recall": (recall, "the n-grams of the reference"),
            "n ignored": (lambda h, r, n: by_striking_out(h, r, 1), "Shuffled words"),
            "over words": (over_words, "fewer pairs than words"),
            "per cent": (lambda h, r, n: 100 * by_striking_out(h, r, n), "per cent"),
            "at most pairs": (lambda h, r, n: by_striking_out(h, r, min(n, 2)), "it is not the matched"),
            "too short": (lambda h, r, n: by_striking_out(h, r, n) if len(h) >= n else 1, "the docstring"),
            "too short: 0/0": (lambda h, r, n: by_striking_out(h, r, n) / (len(h) >= n), "ZeroDivisionError"),
            "a pair": (lambda h, r, n: (1, 2), "yours has the shape (2,)"),
        },
        nearly={
            "joined": (of_joined_words, "against “tod ays”"),
            "within the text": (within_the_text, "it is not the matched fraction"),
        },
    ),
    Case(
        exercises.check_same_chance,
        right={
            "rounded": (0.9987, 93.0),
            "exact": (0.955 ** (1 / 35), 100 * 0.955 ** (55 / 35)),
            "of the rounded one": ([0.9987], np.float32(93.1)),
        },
        wrong={
            "the sentences' own": ((0.955, 93.0), "must be right more often"),
            "added": ((0.955 / 35, 93.0), "You divide by 35"),
            "wrong words": ((1 - 0.955 ** (1 / 35), 93.0), "that a word is *wrong*"),
            "q in per cent": ((100 * 0.955 ** (1 / 35), 93.0), "from 0 to 1 is asked for"),
            "to the power": ((0.955**35, 93.0), "the power 35"),
            "two decimals": ((0.99, 93.0), "don't come to 95.5"),
            "a fraction": ((0.9987, 0.93), "from 0 to 100"),
            "the same": ((0.9987, 95.5), "further words"),
            "scaled": ((0.9987, 60.8), "by 35/55"),
            "those that fail": ((0.9987, 7.0), "that go *wrong*"),
            "55 times": ((0.9987, 5500 * 0.955 ** (1 / 35)), "You took 55 times q"),
            "measured": ((0.9987, 62), "That is what was measured"),
            "another": ((0.9987, 90.0), "all in a row"),
            "no number": (("0.9987!", 93.0), "One number is asked for"),
        },
        nearly={"NaN": ((0.9987, math.nan), "there is NaN")},
    ),
    Case(
        exercises.check_longest_gap,
        right={"strings": gap_by_strings, "torch": gap_in_torch},
        wrong={
            "steps": (lambda w: max(gaps_of(largest(w), w.shape[1])) + 1, "Count words, not steps"),
            "all of them": (lambda w: w.shape[1] - len({*largest(w).tolist()}), "They should be neighbours"),
            "jumps": (lambda w: max([0, *np.diff(largest(w)) - 1]), "goes back for what"),
            "end missed": (lambda w: max(gaps_of(largest(w), w.shape[1])[:-1]), "at the end of the sentence"),
            "start missed": (lambda w: max(gaps_of(largest(w), w.shape[1])[1:]), "at the beginning of"),
            "rows": (lambda w: max(gaps_of(w.argmax(axis=0), len(w))), "among the rows"),
            "the last": (
                lambda w: (
                    next(g for g in gaps_of(largest(w), w.shape[1])[::-1] if g)
                    if len({*largest(w).tolist()}) < w.shape[1]
                    else 0
                ),
                "its shortest",
            ),
            "threshold": (
                lambda w: max(gaps_of(np.flatnonzero(w.max(axis=0) > 0.5), w.shape[1])),
                "not a threshold",
            ),
            "positions": (lambda w: largest(w), "One single number, please"),
        },
        nearly={
            "never": (lambda w: w.shape[1], "It is not always"),
            "S of two": (lambda w: 0, "It is not always"),
        },
    ),
    Case(
        exercises.check_beam_step,
        right={
            "loops": step_by_loops,
            "table": step_with_an_empty_candidate,
            "one array": lambda *a: [*map(np.array, step_by_loops(*a))],
            "bytes": lambda *a: (step_by_loops(*a)[0], *map(np.uint8, step_by_loops(*a)[1:])),
        },
        wrong={
            "in place": (in_place, "in place"),
            "past forgotten": (lambda p, n, e: step_of(n, p), "forget their past"),
            "one heir each": (one_heir, "exactly one heir"),
            "least likely": (lambda p, n, e: step_of(p[:, None] + n, p, largest=False), "the least likely"),
            "unsorted": (unsorted, "but not in order"),
            "swapped": (swapped, "Parents and words are swapped"),
            "flat places": (flat, "the flattened table"),
            "multiplied": (lambda p, n, e: step_of(p[:, None] * n, p), "With nothing ended yet"),
            "growing": (growing, "goes on growing"),
            "lost": (lost, "gets lost"),
            "several places": (
                lambda *a: step_with_an_empty_candidate(*a, heirs=3),
                "takes several positions",
            ),
            "waiting costs": (lambda *a: step_with_an_empty_candidate(*a, cost=-0.1), "must cost"),
            "another word": (lambda *a: step_with_an_empty_candidate(*a, word=2), "The word of an ended"),
            "two things": (lambda p, n, e: step_by_loops(p, n, e)[:2], "Return three things"),
            "first step": (nan_at_the_start, "At the first step"),
            "always stays": (always_stays, "an unlikely one drops out"),
        },
        nearly={
            "floats": (with_floor, "of an integer type"),
            "out of the table": (out_of_the_table, "gets lost"),
            "one thing": (lambda *a: 3, "Return three things"),
            "three triples": (lambda *a: [(1.0, 0, 2)] * 3, "Return three things"),
            "a triple for each beam": (lambda *a: [*zip(*step_by_loops(*a))], "Return three things"),
        },
    ),
    Case(
        exercises.check_fixed_search,
        right={
            "candidates": right_search,
            "products": search_with_products,
            "a generator": lambda *a: (beam for beam in right_search(*a)),
        },
        wrong={
            "as given": (search(lambda s, p: s + p, "grow"), "is above 0"),
            "grows": (search(add_logs, "grow"), "Words stand after"),
            "lost": (search(add_logs, "lose"), "gets lost"),
            "twice": (search(add_logs, "repeat"), "stands twice"),
            "probabilities": (
                lambda *a: [(words, math.exp(p)) for words, p in right_search(*a)],
                "Their logarithms are asked for",
            ),
            "greedy": (lambda m, k, n: right_search(m, 1, n), "whatever k is"),
            "base 2": (search(lambda s, p: s + math.log2(p), "keep"), "they should be in nats"),
            "least likely first": (lambda *a: right_search(*a)[::-1], "the likeliest of them first"),
            "not the best": (lambda m, k, n: right_search(m, k + 3, n)[1 : k + 1], "does not always keep"),
        },
        nearly={
            "max_length ignored": (lambda m, k, n: right_search(m, k, 6), "more than `max_length`"),
            "probabilities that grow": (
                lambda *a: [(words, math.exp(p)) for words, p in search(add_logs, "grow")(*a)],
                "Their logarithms are asked for",
            ),
            "one more than k": (lambda m, k, n: right_search(m, k + 1, n), "The k likeliest are asked for"),
            "words only": (lambda *a: [words for words, _ in right_search(*a)], "a list of pairs"),
        },
    ),
]


@pytest.mark.parametrize("case, kind, name", each_case(CASES))
def test_exercise(case: Case, kind: str, name: str) -> None:
    case.test(kind, name)


def test_mistakes_half_fixed_are_still_wrong() -> None:
    for half in (search(lambda s, p: s + p, "keep"), search(lambda s, p: s - p, "keep")):
        assert exercises.check_fixed_search(half).state == "wrong"
