"""Checks of lesson 5: beams with their log-probabilities, what BLEU counts, and what attention leaves out."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from course_utils.exercises.answers import array, expect, number, parts, same
from course_utils.exercises.checking import checked, given, wrong
from course_utils.text.vocab import BOS, EOS, PAD_ID

if TYPE_CHECKING:
    from torch import Tensor

Model = Callable[[Sequence[str]], Mapping[str, float]]
Beams = Sequence[tuple[Sequence[str], float]]


@checked("A beam of two does better than one of one, and misses the best: that began too modestly.")
def check_widths(my_width_1: str, my_width_2: str, my_log_p: float) -> None:
    """What beams of width 1 and 2 write, two words each, and the log-probability of the second: one number"""
    answers = my_width_1, my_width_2
    one, two = (" ".join(re.findall(r"(?<![<a-z])[a-z]+", str(answer).lower())) for answer in answers)
    for width, (answer, sentence) in enumerate(zip(answers, (one, two)), start=1):
        if given(answer) and len(sentence.split()) != 2:
            wrong(f"Width {width}: two words are asked for, such as “one bus”.")
    if not given(my_width_1):
        one = "the bus"
    if one.startswith("the ") and one != "the bus":
        wrong("Width 1 begins as you say. But at the second step, too, it takes the likeliest word.")
    if one != "the bus":
        wrong("Width 1 keeps a single beginning, the likeliest first word. Yours is another.")
    if two == "one car":
        wrong("No sentence is likelier than yours. But is its beginning still kept after the first step?")
    if two == one:
        wrong("Width 2 keeps a second beginning. Doesn't one of its sentences get ahead in the end?")
    if given(my_width_2) and two != "a train":
        wrong("For width 2, multiply along every path from the two beginnings that are kept.")
    if not given(my_log_p):
        return
    p = 0.35 * 0.6
    mistakes = {
        "That is the sentence's probability. Its log-probability is asked for.": p,
        "No probability is above 1; so what sign must its logarithm have?": -math.log(p),
        "Probabilities of words multiply; it is their logarithms that add up.": 0.35 + 0.6,
        "You took the logarithm of a sum. Sums belong to *either … or*.": math.log(0.35 + 0.6),
        "That is a logarithm to base 10. Nats have base e.": math.log10(p),
        "That is a logarithm to base 2. Nats have base e.": math.log2(p),
        "You divided by the number of words. The plain sum is asked for.": math.log(p) / 2,
    }
    so_far = "Both sentences are right; the" if all(map(given, answers)) else "The"
    otherwise = f"{so_far} log-probability isn't. Give two decimals, in nats."
    expect(number(my_log_p), math.log(p), mistakes, otherwise, within=0.006)


@checked("BLEU does just this for n = 1 to 4, and takes something off for translations that are too short.")
def check_ngram_precision(precision: Callable[[list[str], list[str], int], float]) -> None:
    """precision(hypothesis, reference, n), both lists of words -> fraction of n-grams that match, a number"""

    def ask(hypothesis: str, reference: str, n: int) -> float:
        return number(precision(hypothesis.split(), reference.split(), n))

    mat, shuffled = "the black cat is on the mat", "on the mat is the black cat"
    babble, pairs = ask("the the the the the", mat, 1), ask(shuffled, mat, 2)
    if np.isclose(ask(mat, mat, 1), 100):
        wrong("Give a fraction from 0 to 1, not per cent.")
    if np.isclose(babble, 1):
        wrong("“the the the the the” comes out perfect. A word counts as often as the reference has it.")
    if np.isclose(babble, 1 / 5):
        wrong("The reference has “the” more than once, so it may count more than once. A set forgets that.")
    if np.isclose(ask("the cat", mat, 1), 2 / 7):
        wrong("You divide by the n-grams of the reference. Which fraction of the *hypothesis* is right?")
    if np.isclose(pairs, 1):
        wrong("Shuffled words come out perfect for n = 2. An n-gram is n words side by side, in order.")
    if np.isclose(pairs, 4 / 7):
        wrong("You divide by the number of words. A sentence has fewer pairs than words.")
    for hypothesis, reference, n, expected in (
        (mat, mat, 4, 1), (shuffled, mat, 2, 4 / 6), ("the the the the the", mat, 1, 2 / 5),
        ("the cat is on the mat", mat, 2, 4 / 5), ("a dog", mat, 1, 0), ("cat", mat, 1, 1),
        ("a b a b a b", "a b a b c", 2, 3 / 5), ("a b c a b c", "c a b c", 3, 2 / 4),
        ("to day", "today", 1, 0), ("a bus", "a business", 2, 0), ("to days", "tod ays", 2, 0),
    ):  # fmt: skip
        if not np.isclose(ask(hypothesis, reference, n), expected, atol=1e-4):
            wrong(f"For “{hypothesis}” against “{reference}” and n = {n} it is not the matched fraction.")
    if ask("cat", mat, 2) != 0:
        wrong("A hypothesis with fewer than n words has no n-gram: see the docstring.")


@checked("So length alone explains little of the fall: past 40 words, a word is harder, on average.")
def check_same_chance(my_q: float, my_percent: float) -> None:
    """A word's probability to be right if 95.5 % of 35-word sentences are, and the per cent at 55 words"""
    q = 0.955 ** (1 / 35)
    if given(my_q):
        mistakes = {
            "That is 35 words together, so one word must be right more often than that.": 0.955,
            "You divide by 35, as if probabilities added up. But *all* 35 have to be right.": 0.955 / 35,
            "That is the probability that a word is *wrong*.": 1 - q,
            "That is in per cent. A probability from 0 to 1 is asked for.": 100 * q,
            "You raise it to the power 35. That is for 35 sentences, not for one word of one.": 0.955**35,
        }
        otherwise = "With your q, sentences of 35 words don't come to 95.5 %. Give four decimals."
        expect(number(my_q), q, mistakes, otherwise, within=6e-5)
    if given(my_percent):
        mistakes = {
            "Per cent are asked for, from 0 to 100.": q**55,
            "As many as at 35 words? The further words have to be right as well.": 95.5,
            "You scale the 95.5 by 35/55. But probabilities of words multiply.": 95.5 * 35 / 55,
            "Those are the sentences that go *wrong*.": 100 * (1 - q**55),
            "You took 55 times q. If all of them must be right, probabilities multiply.": 5500 * q,
            "That is what was measured. What would it be with q for every word?": 62.0,
        }
        expect(
            number(my_percent),
            100 * q**55,
            mistakes,
            "It is q for each of the 55 words, all in a row.",
            within=0.15,
        )


@checked("A reader without the reference can see it too: where nobody looked, something is missing.")
def check_longest_gap(gap: Callable[[np.ndarray], int]) -> None:
    """gap(attn_weights (T, S)) -> how long the longest run of source words is that are no row's largest"""

    def ask(chosen: Sequence[int], S: int, peak: float = 0.6) -> float:
        weights = np.full((len(chosen), S), (1 - peak) / (S - 1))
        weights[np.arange(len(chosen)), chosen] = peak
        return number(gap(weights))

    if ask([0, 1, 2], 3) == 1 or ask([0, 3], 4) == 3:
        wrong("Between two neighbours that are both chosen nothing is missing. Count words, not steps.")
    if ask([0, 2, 4], 5) == 2:
        wrong("You count all the words that nobody has chosen. They should be neighbours.")
    if ask([2, 1, 0], 3) == 0 and ask([0, 3, 1, 2], 4) == 2:
        wrong("Here the third target word goes back for what the second has jumped over.")
    if ask([0, 1], 6) != 4 and ask([0, 5], 6) == 4:
        wrong("The gap at the end of the sentence is missed: nothing follows that would close it.")
    if ask([4, 5], 6) != 4 and ask([0, 5], 6) == 4:
        wrong("The gap at the beginning of the sentence is missed.")
    if ask([1, 1, 1, 1], 2) == 3:
        wrong("Rows are target words, columns source words: you look for gaps among the rows.")
    if ask([0, 1, 5, 6, 8], 9) == 1:
        wrong("That is the last gap of the sentence, or its shortest. The longest is asked for.")
    if ask([0, 3], 4, peak=0.3) == 4 and ask([0, 3], 4) == 2:
        wrong("A row's largest weight may be small: it is the largest that counts, not a threshold.")
    rng = np.random.default_rng(5)
    for _ in range(60):
        T, S = rng.integers(1, 9), rng.integers(2, 14)
        weights = rng.dirichlet([0.5] * S, size=T)
        chosen = sorted({-1, *weights.argmax(axis=1).tolist(), int(S)})
        expected = max(b - a - 1 for a, b in zip(chosen, chosen[1:]))
        if number(gap(weights)) != expected:
            wrong("It is not always the longest run of source words that no row has for its largest.")


@checked("Beams compete: one may have several heirs, another none, and what has ended keeps its position.")
def check_beam_step(beam_step: Callable[[Tensor, Tensor, Tensor], Any]) -> None:
    """beam_step(log_probs (K,), next_log_probs (K, V), ended (K,)) -> log_probs, parents, words: each (K,)"""
    import torch

    V = 7

    def ask(log_probs: list[float], ended: list[bool]) -> tuple[list[np.ndarray], np.ndarray, np.ndarray]:
        K = len(log_probs)
        table = torch.randn(K, V, generator=torch.Generator().manual_seed(3)).mul(2).log_softmax(dim=1)
        hint = "Return three things, each of shape (K,): log-probabilities, parents and words."
        answer = beam_step(torch.tensor(log_probs), table, torch.tensor(ended))
        scores, parents, words = found = [array(part) for part in parts(answer, 3, hint)]
        if [part.shape for part in found] != [(K,)] * 3:
            wrong(hint)
        if parents.dtype.kind not in "iu" or words.dtype.kind not in "iu":
            wrong("Parents and words are places to look something up, so they should be of an integer type.")
        past = np.array(log_probs)
        return found, past, past[:, None] + table.double().numpy()

    # Not three, or a triple for each beam would look like the three things.
    (scores, parents, words), past, total = ask([-1.0, -1.3, -2.5, -4.0], [False] * 4)
    best, parent, word = _best(total)
    if same(scores, _best(total - past[:, None])[0]):
        wrong("Your beams forget their past: the log-probability of the beginning counts, too.")
    if same(np.sort(scores), np.sort(total.max(axis=1))):
        wrong("Each beam has exactly one heir. But all K · V candidates compete with each other.")
    if same(scores, -_best(-total)[0]):
        wrong("These are the least likely candidates.")
    if same(np.sort(scores), np.sort(best)) and not same(scores, best):
        wrong("The right candidates, but not in order: the likeliest comes first.")
    if same(parents, word) and same(words, parent):
        wrong("Parents and words are swapped: a row of the table is a beam, a column a word.")
    if max(words) >= V or max(parents) >= len(past):
        wrong("You return a place in the flattened table of K · V. Which row is that, and which column?")
    if not (same(scores, best) and same(parents, parent) and same(words, word)):
        wrong("With nothing ended yet, these are not the K likeliest of all candidates, parents and words.")

    for log_probs, ended in (([-1.0, -1.1, -9.0], [False, True, False]), ([-0.5, -1.0, -1.5], [True] * 3)):
        (scores, parents, words), past, total = ask(log_probs, ended)
        over, waiting = np.array(ended), np.full(total.shape, -np.inf)
        waiting[:, PAD_ID] = past
        best, parent, word = _best(np.where(over[:, None], waiting, total))
        if same(scores, _best(total)[0]):
            wrong("A hypothesis that has ended goes on growing, and pays for words that nobody will read.")
        if np.isin(parents, np.flatnonzero(over)).sum() > over.sum():
            wrong("A hypothesis that has ended takes several positions. It is one candidate: itself.")
        if 1 not in parents or np.isneginf(scores).any():
            wrong("A hypothesis that has ended gets lost, though it is among the likeliest.")
        if not same(scores[parents == 1], past[[1]]):
            wrong("Waiting must cost an ended hypothesis nothing.")
        if (words[parents == 1] != PAD_ID).any():
            wrong("The word of an ended hypothesis should be `<pad>`.")
        if not (same(scores, best) and same(parents, parent) and same(words, word)):
            wrong("Where some hypotheses have ended, these are not the K likeliest candidates.")
    (scores, parents, _), past, total = ask([-1.0, -9.0, -1.3], [False, True, False])
    if 1 in parents:
        wrong("A hypothesis that has ended competes with the others: an unlikely one drops out.")
    if not same(scores, _best(total)[0]):
        wrong("Where the hypothesis that has ended drops out, these are not the K likeliest candidates.")
    (scores, parents, _), past, total = ask([0.0, -math.inf, -math.inf], [False] * 3)
    if not same(scores, _best(total)[0]) or parents.any():
        wrong("At the first step one beam is real, the others have −inf: all winners should be its heirs.")
    (scores, parents, words), _, total = ask([-0.7], [False])
    if not all(map(same, (scores, parents, words), _best(total))):
        wrong("A beam of width 1 should go on with the likeliest word.")


def _best(total: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the scores, rows and columns of the K largest of (K, V), largest first."""
    places = np.argsort(-total, axis=None, kind="stable")[: len(total)]
    return total.flatten()[places], places // total.shape[1], places % total.shape[1]


@checked("Logarithms of probabilities add up, and a sentence that has ended waits as it is.")
def check_fixed_search(search: Callable[[Model, int, int], Beams]) -> None:
    """search(model, k, max_length) -> the k likeliest (words, log p), likeliest first"""
    runs = []
    for seed, k in ((seed, k) for seed in range(8) for k in (1, 2, 3)):
        rows = np.random.default_rng(seed).dirichlet([0.4] * 4, size=5) * 0.96 + 0.01  # never 0
        model = {word: dict(zip(("the", "bus", "train", EOS), row.tolist()))
                 for word, row in zip((BOS, "the", "bus", "train", EOS), rows)}  # fmt: skip
        length = 4 + seed % 3
        words, scores = _sentences(search(partial(_next, model), k, length))
        best, expected = map(list, zip(*_search(model, k, length)))
        if any(len(sentence) > length for sentence in words):
            wrong("Some sentence has more than `max_length` words.")
        runs.append((k, length, words, scores, best, expected))
    every = [score for _, _, _, scores, *_ in runs for score in scores]
    if every and min(every) > 0 and max(every) <= 1:
        wrong("Your numbers lie between 0 and 1, as probabilities do. Their logarithms are asked for.")
    if any(score > 0 for score in every):
        wrong("A log-probability is above 0, as if a probability could be above 1. What do you add up?")
    if len({len(words) for _, _, words, *_ in runs}) == 1:
        wrong("You return the same number of sentences, whatever k is.")
    if any(EOS in sentence[:-1] for _, _, words, *_ in runs for sentence in words):
        wrong("Words stand after `<eos>`: a hypothesis goes on growing after its end.")
    if not any(w[-1:] == [EOS] and len(w) < length for _, length, words, *_ in runs for w in words):
        wrong("A sentence that has ended gets lost. The beam should keep it while it is likely enough.")
    for k, _, words, scores, best, expected in runs:
        if len(set(map(tuple, words))) < len(words):
            wrong("The same sentence stands twice in the beam. One that has ended is a single candidate.")
        if len(words) != k or scores != sorted(scores, reverse=True):
            wrong("The k likeliest are asked for, and the likeliest of them first.")
        if words == best and not np.allclose(scores, expected, atol=1e-4):
            wrong("The sentences are right, their log-probabilities aren't: they should be in nats.")
        if words != best:
            wrong("It does not always keep the k likeliest of all candidates.")


def _next(model: Mapping[str, Mapping[str, float]], words: Sequence[str]) -> dict[str, float]:
    """Return what may follow, with its probability: here only the last word matters."""
    return dict(model[words[-1]])


def _sentences(answer: Any) -> tuple[list[list[str]], list[float]]:
    """Return the words of each beam, without `<bos>`, and the log-probabilities."""
    hint = "Return a list of pairs, (words, log p) for each sentence."
    try:
        beams = [parts(beam, 2, hint) for beam in answer]
        return [[w for w in words if w != BOS] for words, _ in beams], [number(p) for _, p in beams]
    except TypeError:
        wrong(hint)


def _search(model: Mapping[str, Mapping[str, float]], k: int, max_length: int) -> Beams:
    """Return what a beam search finds, as it should be. `model` gives what follows a word."""
    beams: list[tuple[list[str], float]] = [([], 0.0)]
    for _ in range(max_length):
        ended = [beam for beam in beams if beam[0][-1:] == [EOS]]
        going = [beam for beam in beams if beam[0][-1:] != [EOS]]
        grown = [([*w, n], p + math.log(q)) for w, p in going for n, q in model[[BOS, *w][-1]].items()]
        beams = sorted(ended + grown, key=lambda beam: -beam[1])[:k]
    return beams
