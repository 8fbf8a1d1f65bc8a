"""Checks of lesson 7: shares of attention on the evidence, ROUGE, sentences looked at, names copied."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from itertools import product, takewhile
from typing import Any

import numpy as np

from course_utils.exercises.answers import number, shown
from course_utils.exercises.checking import checked, given, wrong

Tokens = Sequence[str]
UNK = "<unk>"


@checked("A share means little without its chance: here a blind model would have 3 of 10.")
def check_evidence_shares(my_share_of_under: float, my_share_of_both: float, my_chance: float) -> None:
    """Of the table of exercise 1: the share of “under”, the mean of both, and that of equal weights."""
    asked = {
        "my_share_of_under": (my_share_of_under, 0.7),
        "my_share_of_both": (my_share_of_both, 0.8),
        "my_chance": (my_chance, 0.3),
    }
    hints = {
        "my_share_of_under": "Add up what “under” spends on its evidence, not only on the same word.",
        "my_share_of_both": "A share for each of the two words, then their mean.",
        "my_chance": "Equal weights on all tokens of the source: what part of them is the evidence?",
    }
    mistakes = {
        "my_share_of_under": {
            0.4: "Only *under* itself. The evidence is a phrase; each of its tokens counts."
        },
        "my_share_of_both": {
            1.6: "You added the two shares up. The mean, please.",
            0.9: "That is the share of “bed” alone. The mean of both words, please.",
        },
        "my_chance": {
            0.1: "That is the chance of hitting one certain token. The evidence has more than one.",
            0.5: "Chance is about tokens of the *source*, not about the two words that answer.",
        },
    }
    for name, (answer, right) in asked.items():
        if not given(answer):
            continue
        found = number(answer)
        if np.isclose(found, 100 * right):
            wrong(f"`{name}`: as a number from 0 to 1, please, not in per cent.")
        for mistake, hint in mistakes[name].items():
            if np.isclose(found, mistake):
                wrong(f"`{name}`: {hint}")
        if not np.isclose(found, right, atol=1e-6):
            wrong(f"`{name}`: {hints[name]}")


def f_score(common: float, hypothesis: Tokens, reference: Tokens) -> float:
    """Return the harmonic mean of precision and recall, for so many words in common."""
    return 2 * common / (len(hypothesis) + len(reference))


def clipped(hypothesis: Tokens, reference: Tokens) -> int:
    """Return how many words are in common, each counted as often as both sides have it."""
    return (Counter(hypothesis) & Counter(reference)).total()


def longest_common(hypothesis: Tokens, reference: Tokens) -> int:
    """Return the length of the longest common subsequence."""
    from course_utils.analysis.evaluation import matched_words

    return sum(matched_words(hypothesis, reference))


PAIRS = (
    ("storm closes old bridge", "storm closes old bridge"),
    ("storm storm storm storm", "a storm closes the bridge"),
    ("a storm closes the bridge", "storm storm storm storm storm storm"),
    ("bridge old closes storm", "storm closes old bridge in selby"),
    ("fire", "storm closes old bridge"),
    ("the fire closes the bridge in the town", "the storm in the night closes the bridge"),
    ("police in selby arrest thief", "police arrest thief in selby , trial in two weeks"),
    ("in selby two two two thieves", "fire fire fire two thieves thieves two thieves"),
)
RANDOM = [
    tuple(
        " ".join(np.random.default_rng([7, k, side]).choice(list("abcd"), 3 + (k + 3 * side) % 6))
        for side in (0, 1)
    )
    for k in range(12)
]


def _judge_rouge(
    score: Callable[[Tokens, Tokens], Any],
    common: Callable[[Tokens, Tokens], float],
    mistakes: dict[str, Callable[[Tokens, Tokens], float]],
) -> None:
    """Call `wrong` unless `score` is right for all pairs: with the hint of a mistake that explains it all."""
    pairs = [(a.split(), b.split()) for a, b in (*PAIRS, *RANDOM)]
    found = np.array([number(score(*pair)) for pair in pairs])
    right = np.array([f_score(common(*pair), *pair) for pair in pairs])
    if np.allclose(found, right, atol=1e-6):
        return
    first = int(np.flatnonzero(~np.isclose(found, right, atol=1e-6))[0])
    texts = " against ".join(f"“{' '.join(words)}”" for words in pairs[first])
    told = f"For {texts} you return {shown(round(float(found[first]), 3))}."
    if np.allclose(found, 100 * right):
        wrong(f"From 0 to 1, please, not in per cent. {told}")
    for hint, mistake in mistakes.items():
        if np.allclose(found, [mistake(*pair) for pair in pairs], atol=1e-6):
            wrong(f"{hint} {told}")
    wrong(f"{told} How many words are in common, out of how many on each side?")


PRECISION = (
    "That is the precision, the share of what was *written*. Count what was left out, too: harmonic mean."
)
RECALL = (
    "That is the recall, the share of the *reference*. Count what was written too much, too: harmonic mean."
)


@checked("A word counts as often as both sides have it, and no oftener: clipping, as in BLEU.")
def check_rouge_1(rouge_1: Callable[[Tokens, Tokens], float]) -> None:
    """rouge_1(hypothesis, reference) -> the F score of single words, 0 to 1"""

    def unclipped(h: Tokens, r: Tokens) -> float:
        return f_score(sum(word in r for word in h), h, r)

    def both_ways(h: Tokens, r: Tokens) -> float:
        precision, recall = sum(w in r for w in h) / len(h), sum(w in h for w in r) / len(r)
        return 2 * precision * recall / (precision + recall) if precision + recall else 0.0

    mistakes = {
        "A word that is written four times counts four times, though the reference has it once.": unclipped,
        "A repeated word still counts each time, on either side.": both_ways,
        "Each word counts only once, even where both sides have it twice.": lambda h, r: f_score(
            len({*h} & {*r}), h, r
        ),
        "Two sets of words lose how often each word is there.": lambda h, r: f_score(
            len({*h} & {*r}), [*{*h}], [*{*r}]
        ),
        PRECISION: lambda h, r: clipped(h, r) / len(h),
        RECALL: lambda h, r: clipped(h, r) / len(r),
        "Here the *order* seems to matter; ROUGE-1 does not look at it.": lambda h, r: f_score(
            longest_common(h, r), h, r
        ),
    }
    _judge_rouge(rouge_1, clipped, mistakes)


@checked("The words need not be neighbours, but must come in the same order.")
def check_rouge_l(rouge_l: Callable[[Tokens, Tokens], float]) -> None:
    """rouge_l(hypothesis, reference) -> the F score of the longest common subsequence, 0 to 1"""

    def substring(h: Tokens, r: Tokens) -> float:
        starts = product(range(len(h)), range(len(r)))
        runs = (len(list(takewhile(lambda ab: ab[0] == ab[1], zip(h[i:], r[j:])))) for i, j in starts)
        return f_score(max(runs), h, r)

    def same_places(h: Tokens, r: Tokens) -> float:
        return f_score(sum(a == b for a, b in zip(h, r)), h, r)

    def greedy(h: Tokens, r: Tokens) -> float:
        at = n = 0
        for word in h:
            if word in r[at:]:
                at, n = at + r[at:].index(word) + 1, n + 1
        return f_score(n, h, r)

    mistakes = {
        "You ask for words that stand side by side. There may be others in between.": substring,
        "You compare word 1 with word 1, word 2 with word 2 … A word may have moved.": same_places,
        "You take each word as soon as it fits, and so step over others. Try leaving it, too.": greedy,
        "You take the longest run of neighbours first, and can't take it back: another way finds more.": (
            lambda h, r: SequenceMatcher(None, h, r).ratio()
        ),
        "The order does not seem to matter: that is ROUGE-1.": lambda h, r: f_score(clipped(h, r), h, r),
        PRECISION: lambda h, r: longest_common(h, r) / len(h),
        RECALL: lambda h, r: longest_common(h, r) / len(r),
    }
    _judge_rouge(rouge_l, longest_common, mistakes)


def _text(answer: Any, hint: str) -> tuple[str, ...]:
    try:
        found = tuple(answer.split() if isinstance(answer, str) else answer)
    except TypeError:
        wrong(hint)
    if not all(isinstance(word, str) for word in found):
        wrong(hint)
    return found


SOURCE = tuple("the cat sleeps . a storm in selby closed the bridge today . anna has a hat .".split())


@checked("No word was written: to point at a sentence is the oldest way to summarise.")
def check_sentence_looked_at(sentence_looked_at: Callable[[np.ndarray, Tokens], Tokens]) -> None:
    """sentence_looked_at(weights (T, S), source) -> the words of the sentence with the most weight in all"""
    sentences = (SOURCE[:4], SOURCE[4:13], SOURCE[13:])
    starts = (0, 4, 13)
    hint = "Return the words of one sentence of the source, as a list or a tuple."

    def ask(weights: np.ndarray) -> tuple[str, ...]:
        return _text(sentence_looked_at(weights, list(SOURCE)), hint)

    spread = np.full((2, len(SOURCE)), 0.0)
    spread[0, 4:13], spread[1, 0] = 1 / 9, 0.4
    spread[1, 4:13] = 0.6 / 9  # in all the second sentence; the heaviest word is in the first
    dense = np.zeros((2, len(SOURCE)))
    dense[:, 13:] = 0.45 / 5
    dense[:, 4:13] = 0.55 / 9  # in all the second; on average, the third
    for weights, hints in (
        (
            spread,
            {
                0: "You take the sentence of the single heaviest weight. Add up all of a sentence's.",
                2: "That sentence got nothing.",
            },
        ),
        (
            dense,
            {
                2: "You take a mean over words, or each row's largest weight. Add up all of a sentence.",
                0: "That sentence got nothing.",
            },
        ),
    ):
        found = ask(weights)
        if found in (sentences[1][:-1],):
            wrong("The full stop belongs to its sentence: return it, too.")
        for k, text in hints.items():
            if found in (sentences[k], sentences[k][:-1]):
                wrong(text)
        if found != sentences[1]:
            wrong(f"Not a whole sentence of the source, or not the right one: {shown(' '.join(found))}.")
    rng = np.random.default_rng(7)
    for _ in range(20):
        weights = rng.dirichlet(np.full(len(SOURCE), 0.3), size=3)
        totals = [weights[:, a : a + len(s)].sum() for a, s in zip(starts, sentences)]
        if ask(weights) != sentences[int(np.argmax(totals))]:
            wrong(
                "Right for two examples, but not for random weights: is every word, and every row, counted?"
            )


@checked(
    "The model can't spell a word that it never met, but it can point at it, and now only at such words."
)
def check_copied_names(copied_names: Callable[[Tokens, np.ndarray, Tokens, set[str]], Tokens]) -> None:
    """copied_names(target, weights (T, S), source, known) -> the target with each <unk> replaced"""
    source = "kelva is in the hall . dorni is in bed . who is in bed ?".split()
    known = {"is", "in", "the", "hall", "bed", "who", ".", "?", UNK}
    target = [UNK, "is", "in", "bed", "."]
    weights = np.full((5, len(source)), 0.01)
    weights[0, [0, 6, 7]] = 0.1, 0.3, 0.4
    weights[1, [0, 6]] = 0.5
    hint = "Return all words of the target, as a list or a tuple."
    found = _text(copied_names(target, weights / weights.sum(axis=1, keepdims=True), source, known), hint)
    if found == ("is", *target[1:]):
        wrong("“is” is a word that the model knows: it would have written it. Look at unknown words only.")
    if found == ("kelva", *target[1:]):
        wrong("You take the first unknown word. Of the unknown ones, take that with the most weight.")
    if found == tuple(target):
        wrong("The <unk> is still there. Of the source's *unknown* words, take the one with the most weight.")
    if len(found) != len(target):
        wrong(f"The target has {len(target)} words, and yours {len(found)}. {hint}")
    if found[0] == "dorni" and found != ("dorni", *target[1:]):
        wrong("Leave every word but <unk> as it is.")
    rng = np.random.default_rng(7)
    names = ["kelva", "dorni", "muvi", "tasso"]
    for _ in range(20):
        there = list(rng.permutation([*names[: rng.integers(1, 5)], "is", "in", "bed", "."]))
        said = [UNK if rng.random() < 0.5 else "is" for _ in range(4)]
        w = rng.dirichlet(np.full(len(there), 0.4), size=4)
        right = tuple(
            max(((row[s], x) for s, x in enumerate(there) if x not in known))[1] if word == UNK else word
            for word, row in zip(said, w)
        )
        if _text(copied_names(list(said), w, list(there), known), hint) != right:
            wrong("Right for one example, but not for others: does each <unk> use its own row of weights?")
    nobody = ["the", "cat", "is", "in", "bed"]
    row = np.array([[0.1, 0.1, 0.1, 0.1, 0.6]])
    if _text(copied_names([UNK], row, nobody, {*nobody, UNK}), hint) != (UNK,):
        wrong("Where the source has no unknown word there is nothing to copy: leave <unk> there.")
