"""Exercises of lesson 1: every named mistake gets its own hint, and every right answer passes."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from exercise_cases import Case, each_case

from course_utils import exercises
from course_utils.analysis.evaluation import bleu
from course_utils.text.corpus import load_corpus
from course_utils.text.vocab import BOS_ID, EOS_ID, PAD_ID, Vocab

STATES, FINAL = (1, 10, 200), (1, 1, 200)


def shift_by_zip(target):
    words = torch.tensor([BOS_ID, *target, EOS_ID])
    pairs = list(zip(words, words[1:]))
    return torch.stack([a for a, _ in pairs]), torch.stack([b for _, b in pairs])


def shift_in_place(target):
    target.append(EOS_ID)
    return [BOS_ID, *target[:-1]], target


def decode(
    step, state, limit, first=BOS_ID, choose=torch.argmax, feed=True, move=True, stop=True, count_eos=True
):
    """Greedy decoding, with a switch for every mistake."""
    word, words, total = first, [], 0.0
    while len(words) < limit:
        log_probs, new_state = step(word, state)
        best = int(choose(log_probs))
        word, state = (best if feed else word), (new_state if move else state)
        if best != EOS_ID or count_eos:
            total += float(log_probs[best])
        if best == EOS_ID and stop:
            break
        words.append(best)
    return words, total


def decode_for(step, state, max_length):
    probability, words = torch.ones(()), torch.empty(0, dtype=torch.long)
    for _ in range(max_length):
        log_probs, state = step(words[-1] if len(words) else torch.tensor(BOS_ID), state)
        p, word = log_probs.exp().max(dim=0)
        probability = probability * p
        if word.item() == EOS_ID:
            return words, probability.log()
        words = torch.cat([words, word[None]])
    return words, probability.log()


def decode_recursively(step, state, max_length, word=BOS_ID):
    if max_length == 0:
        return [], 0.0
    log_probs, state = step(word, state)
    log_probs = log_probs.tolist()
    word = log_probs.index(max(log_probs))
    if word == EOS_ID:
        return [], log_probs[word]
    words, rest = decode_recursively(step, state, max_length - 1, word)
    return [word, *words], log_probs[word] + rest


def changed(function):
    """A decoder whose answer is changed by `function(words, log_prob)`."""
    return lambda *arguments: function(*decode(*arguments))


def endless(step, state, max_length):
    word = BOS_ID
    while True:
        log_probs, state = step(word, state)
        word = int(log_probs[3:].argmax()) + 3


def without_limit(step, state, max_length):
    return decode(step, state, 20)


def by_fifth(predicted, wanted, right=None, real=None, part=None, percent=1):
    real = wanted != PAD_ID if real is None else real
    length = real.sum(dim=1, keepdim=True)
    part = torch.arange(wanted.shape[1]) * 5 // length if part is None else part
    right = predicted == wanted if right is None else right
    return [percent * right[real & (part == k)].double().mean().item() for k in range(5)]


def by_fifth_loops(predicted, wanted):
    right, total = [0] * 5, [0] * 5
    for row, truth in zip(predicted.tolist(), wanted.tolist()):
        truth = [word for word in truth if word != PAD_ID]
        for i, (word, wish) in enumerate(zip(row, truth)):
            right[5 * i // len(truth)] += word == wish
            total[5 * i // len(truth)] += 1
    return np.array(right) / np.array(total)


def same_cut(wanted):
    return (torch.arange(wanted.shape[1]) * 5 // wanted.shape[1]).expand(wanted.shape)


def first_mistake(predicted, wanted):
    return ((predicted == wanted) | (wanted == PAD_ID)).long().cumprod(dim=1).bool()


def mean_over_sentences(predicted, wanted):
    return np.mean([by_fifth(predicted[b : b + 1], wanted[b : b + 1]) for b in range(len(wanted))], axis=0)


def array_split(predicted, wanted):
    chunks = [[], [], [], [], []]
    for row, truth in zip(predicted.numpy(), wanted.numpy()):
        for chunk, places in zip(chunks, np.array_split(np.flatnonzero(truth), 5)):
            chunk.extend(row[places] == truth[places])
    return [np.mean(chunk) for chunk in chunks]


CASES = [
    Case(
        exercises.check_encoder_shapes,
        right={
            "values of a dictionary": ({"B": 1, "S": 10, "H": 200}.values(), FINAL),
            "keys of a dictionary": (dict.fromkeys(STATES).keys(), FINAL),
            "tuples": (STATES, FINAL),
            "lists and sizes": (list(STATES), torch.Size(FINAL)),
            "arrays": (np.array(STATES), torch.tensor(FINAL)),
            "halves of 400": ((1, 10, 400 / 2), FINAL),
        },
        wrong={
            "no batch": (((10, 200), FINAL), "a dimension is missing"),
            "batch second": (((10, 1, 200), FINAL), "batch_first"),
            "one state": (((1, 1, 200), FINAL), "a single state"),
            "embedding": (((1, 10, 64), FINAL), "into* the GRU"),
            "one direction": (((1, 10, 100), FINAL), "too short"),
            "doubled": (((1, 10, 400), FINAL), "too long"),
            "something else": (((2, 10, 300), FINAL), "how many sentences"),
            "the GRU's final": ((STATES, (2, 1, 100)), "last line"),
            "final grows": ((STATES, (1, 10, 200)), "Would a longer sentence"),
            "flat final": ((STATES, (1, 200)), "one dimension more"),
            "half a final": ((STATES, (1, 1, 100)), "`final` isn't"),
            "no shape": ((STATES, 200), "a tuple of whole numbers"),
        },
        nearly={
            "no whole number": (((1, 10.7, 200), FINAL), "a tuple of whole numbers"),
            "the states themselves": ((torch.zeros(STATES), FINAL), "not tensor([[[0., 0., 0., ..., 0.,"),
        },
    ),
    Case(
        exercises.check_shift,
        right={
            "pairs": shift_by_zip,
            "list": lambda t: ([BOS_ID] + t, t + [EOS_ID]),
            "arrays": lambda t: (np.r_[BOS_ID, t], tuple(np.r_[t, EOS_ID])),
            "one array": lambda t: np.array([[BOS_ID, *t], [*t, EOS_ID]]),
            "one tensor": lambda t: torch.stack(shift_by_zip(t)),
        },
        wrong={
            "as given": (lambda t: ([*t, EOS_ID], [*t, EOS_ID]), "repeat what"),
            "backwards": (lambda t: ([*t, EOS_ID], [BOS_ID, *t]), "*before*"),
            "lengths": (lambda t: ([BOS_ID, *t], t), "different lengths"),
            "no beginning": (lambda t: (t, [*t[1:], EOS_ID]), "begins with"),
            "no end": (lambda t: ([BOS_ID, *t[:-1]], t), "asks the model to stop"),
            "by two": (lambda t: ([BOS_ID, *t, EOS_ID], [*t, EOS_ID, EOS_ID]), "its successor"),
            "in place": (shift_in_place, "change `target`"),
            "one thing": (lambda t: [BOS_ID, *t, EOS_ID], "Return two things"),
        },
        nearly={
            "no whole numbers": (lambda t: [words + 0.4 for words in shift_by_zip(t)], "a row of ids"),
            "a batch of one": (lambda t: [words[None] for words in shift_by_zip(t)], "a row of ids"),
            "a set": (lambda t: {(BOS_ID, *t), (*t, EOS_ID)}, "Return two things"),
            "a frozenset": (lambda t: frozenset({(BOS_ID, *t), (*t, EOS_ID)}), "Return two things"),
            "a dictionary": (lambda t: {"given": [BOS_ID, *t], "wanted": [*t, EOS_ID]}, "Return two things"),
        },
    ),
    Case(
        exercises.check_decode,
        right={"for, with tensors": decode_for, "recursive": decode_recursively},
        wrong={
            "starts with the end": (lambda *a: decode(*a, first=EOS_ID), "is fed should be `<bos>`"),
            "feeds <bos>": (lambda *a: decode(*a, feed=False), "told what it wrote"),
            "old state": (lambda *a: decode(*a, move=False), "the same state"),
            "no stop": (lambda *a: decode(*a, stop=False), "You go on after"),
            "endless": (endless, "does not end"),
            "no limit": (without_limit, "more than `max_length`"),
            "<bos> is a word": (changed(lambda w, p: ([BOS_ID, *w], p)), "no words of it"),
            "unlikeliest": (lambda *a: decode(*a, choose=torch.argmin), "not the likeliest"),
            "<eos> is free": (lambda *a: decode(*a, count_eos=False), "to stop there"),
            "mean": (changed(lambda w, p: (w, p / (len(w) + 1))), "a mean over the steps"),
            "sign": (changed(lambda w, p: (w, -p)), "The sign"),
            "probability": (changed(lambda w, p: (w, math.exp(p))), "is the probability"),
            "sum": (changed(lambda w, p: (w, 1.3)), "multiply"),
            "base 10": (changed(lambda w, p: (w, p / math.log(10))), "sums over the steps"),
            "counts after the limit": (
                lambda s, h, n: (decode(s, h, n)[0], decode(s, h, n + 1)[1]),
                "no decision after",
            ),
            "words only": (lambda *a: decode(*a)[0], "`words` and `log_prob`"),
        },
        nearly={
            "a batch of one": (changed(lambda w, p: ([w], p)), "a row of ids"),
        },
    ),
    Case(
        exercises.check_cheats,
        right={
            "measured": (2.9029112247, 31.302265970),
            "rounded": (2.9, 31.3),
            "commonest of the test sentences": (np.float32(2.9), torch.tensor(31.152)),
            "lists of one": ([2.9], np.array([[31.3]])),
        },
        wrong={
            "swapped": ((31.3, 2.9), "wrong order"),
            "share": ((0.029, 0.313), "Don't divide"),
            "itself": ((100.0, 31.3), "with themselves"),
            "another first": ((25.6, 31.3), "The first number is not"),
            "special entries": ((2.9, 29.78), "no English words"),
            "rare kept": ((2.9, 3.96), "kept the rare"),
            "left out": ((2.9, 29.32), "left the rare words out"),
            "another second": ((2.9, 45.0), "with all but"),
            "text": (("3", [31.3, 2]), "this is none"),
        },
        nearly={
            "one a share": ((0.029, 31.3), "Don't divide"),
            "the other a share": ((2.9, 0.313), "Don't divide"),
            "no share of it": ((0.5, 31.3), "The first number is not"),
            "61 words": ((2.9, 31.61), "with all but"),
            "complex": ((2.9 + 50j, 31.3 - 7j), "this is none: (2.9+50j)"),
            "a complex array": ((np.array(2.9 + 50j), 31.3), "this is none: array(2.9+50.j)"),
        },
    ),
    Case(
        exercises.check_accuracy_by_fifth,
        right={
            "masks": by_fifth,
            "loops": by_fifth_loops,
            "a tensor": lambda *a: torch.tensor(by_fifth(*a)),
            "a generator": lambda *a: (share for share in by_fifth(*a)),
        },
        wrong={
            "per cent": (lambda p, w: by_fifth(p, w, percent=100), "per cent"),
            "wrong words": (lambda p, w: by_fifth(p, w, right=p != w), "*wrong* words"),
            "padding counts": (
                lambda p, w: by_fifth(p, w, real=torch.ones_like(w).bool(), part=same_cut(w)),
                "as if it were words",
            ),
            "same places": (lambda p, w: by_fifth(p, w, part=same_cut(w)), "whatever their length"),
            "padding of the model": (
                lambda p, w: by_fifth(
                    p, w, real=(w != 0) & (p != 0), part=torch.arange(w.shape[1]) * 5 // (w != 0).sum(1, True)
                ),
                "what is padding",
            ),
            "mean over sentences": (mean_over_sentences, "average over sentences"),
            "to the first mistake": (
                lambda p, w: by_fifth(p, w, right=first_mistake(p, w)),
                "After a first mistake",
            ),
            "cut elsewhere": (array_split, "fraction right of all"),
            "four": (lambda p, w: by_fifth(p, w)[:4], "Five fractions"),
        },
    ),
]


@pytest.mark.parametrize("case, kind, name", each_case(CASES))
def test_exercise(case: Case, kind: str, name: str) -> None:
    case.test(kind, name)


@pytest.mark.slow
def test_what_the_cheats_score() -> None:
    corpus = load_corpus()
    references = [pair.target for pair in corpus.test]
    common = set(Vocab.build(pair.target for pair in corpus.train).tokens[4:64])

    def score(change):
        return bleu([change(i) for i in range(len(references))], references)

    def thing(i, common=common):
        return [word if word in common else "thing" for word in references[i]]

    following = score(lambda i: references[(i + 1) % len(references)])
    assert exercises.check_cheats(following, score(thing)).state == "done"
    assert abs(following - 2.9) < 0.05 and abs(score(thing) - 31.3) < 0.05
    for answers in ((math.nan, 31.3), (2.9, math.nan)):
        assert exercises.check_cheats(*answers).state == "wrong"
    first_60 = set(Vocab.build(pair.target for pair in corpus.train).tokens[:60])
    slips = {
        "kept the rare": score(lambda i: [w if w not in common else "thing" for w in references[i]]),
        "no English words": score(lambda i: thing(i, first_60)),
        "left the rare words out": score(lambda i: [w for w in references[i] if w in common]),
    }
    for hint, slip in slips.items():
        assert hint in exercises.check_cheats(following, slip).message
