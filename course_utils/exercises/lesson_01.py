"""Checks of lesson 1: shapes, teacher forcing, decoding and measuring."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from course_utils.exercises.answers import expect, number, numbers, parts, shown, whole_numbers
from course_utils.exercises.checking import checked, given, wrong
from course_utils.text.corpus import load_corpus
from course_utils.text.vocab import BOS_ID, EOS_ID, PAD_ID, Vocab

if TYPE_CHECKING:
    from torch import Tensor


@checked("`states` grows with the sentence, `final` does not: there is the bottleneck, in two shapes.")
def check_encoder_shapes(my_states_shape: Sequence[int], my_final_shape: Sequence[int]) -> None:
    """The shapes of the encoder's `states` and `final`, for 10 words and hidden size 200."""
    S, H = 10, 200
    if given(my_states_shape):
        one_state = "That is a single state, but `states` holds one for each word."
        hints = {
            (S, H): "In `states` a dimension is missing: the lesson's encoder reads a batch.",
            (S, 1, H): "The batch stands in the wrong place of `states`. What does `batch_first=True` do?",
            (1, H): one_state,
            (1, 1, H): one_state,
            (1, S, 64): "The last number of `states` is the embedding's. That is what goes *into* the GRU.",
            (1, S, H // 2): "Your states are too short. This encoder's hidden size? And both directions?",
            (1, S, 2 * H): "Your states are too long. How many numbers does *each* direction get?",
        }
        states, otherwise = _shape(my_states_shape, "states"), "how many words, how many numbers in a state?"
        if states != (1, S, H):
            wrong(hints.get(states, f"`states`: how many sentences, {otherwise}"))
    if given(my_final_shape):
        so_far = "`states` is right, `final` isn't." if given(my_states_shape) else "`final` isn't right."
        hints = {
            (2, 1, H // 2): "So `nn.GRU` returns it. What does the encoder's last line make of it?",
            (1, S, H): "Your `final` grows with the sentence. Would a longer sentence have a longer one?",
            (1, H): "The numbers of `final` are right, but the decoder's GRU needs one dimension more.",
        }
        final = _shape(my_final_shape, "final")
        if final != (1, 1, H):
            wrong(hints.get(final, f"{so_far} The decoder's GRU will start from it."))


def _shape(answer: Any, name: str) -> tuple[int, ...]:
    """Return an answer that is a shape as a tuple of ints."""
    hint = f"Give the shape of `{name}` as a tuple of whole numbers, not {shown(answer)}."
    return whole_numbers(answer, hint)


@checked("Given one word, asked for the next. A loss too good to be true is often a shift gone wrong.")
def check_shift(shift: Callable[[list[int]], tuple[Sequence[int], Sequence[int]]]) -> None:
    """shift(target (T - 1,), a list of ids) -> given (T,), wanted (T,)"""
    for target in ([5, 8, 6, 8, 7], [9], [4, 3, 4, 4, 11, 6, 10]):
        pair = parts(shift(target), 2, "Return two things: `given` and `wanted`.")
        fed, wanted = (_ids(words, "`given` and `wanted`") for words in pair)
        words = (BOS_ID, *target, EOS_ID)
        if fed == wanted:
            wrong("`given` and `wanted` are the same: to repeat what it was just handed is all it has to do.")
        if (fed, wanted) == (words[1:], words[:-1]):
            wrong("The wrong way round: the model is given a word and asked for the one *before* it.")
        if len(fed) != len(wanted):
            wrong("`given` and `wanted` have different lengths, and `zip` would quietly drop the rest.")
        if fed[:1] != (BOS_ID,):
            wrong("When it writes on its own, the model begins with `<bos>`. It never learns how.")
        if wanted[-1:] != (EOS_ID,):
            wrong("Nobody ever asks the model to stop: at the end, what should it say?")
        if (fed, wanted) != (words[:-1], words[1:]):
            wrong("At every step: given one word, asked for its successor, and each of them once.")


@checked("A sentence is as likely as all its decisions together, and to stop is one of them.")
def check_decode(decode: Callable[[Callable[..., Any], Any, int], tuple[Sequence[int], float]]) -> None:
    """decode(step, state, max_length) -> words (n,), log_prob; step(word, state) -> log_probs (V,), state"""
    import torch

    # The likeliest next word and its probability, by state and last word.
    likeliest = {(0, BOS_ID): (4, 0.30), (1, 4): (5, 0.25), (2, 5): (4, 0.35), (3, 4): (EOS_ID, 0.40)}
    fed: list[tuple[int, int]] = []

    def step(word: Any, state: int) -> tuple[Tensor, int]:
        fed.append((state, int(word)))
        if len(fed) > 50:
            wrong("It does not end. When should the loop stop, at the latest?")
        best, p = likeliest.get(fed[-1], (6, 0.3))
        probabilities = torch.full((7,), (1 - p) / 6)
        probabilities[best] = p
        return probabilities.log(), state + 1

    def ask(max_length: int) -> tuple[tuple[int, ...], float]:
        hint = "Return two things: `words` and `log_prob`."
        words, log_prob = parts(decode(step, 0, max_length), 2, hint)
        return _ids(words, "`words`"), number(log_prob)

    words, log_prob = ask(9)
    states_fed, words_fed = zip(*fed) if fed else ((), ())
    if words_fed[:1] != (BOS_ID,):
        wrong("The first word that the decoder is fed should be `<bos>`.")
    if len(fed) > 1 and set(words_fed) == {BOS_ID}:
        wrong("You feed `<bos>` at every step. The decoder must be told what it wrote last.")
    if len(fed) > 1 and set(states_fed) == {0}:
        wrong("You begin every step with the same state, but each step returns a new one.")
    if EOS_ID in words_fed:
        wrong("You go on after `<eos>`.")
    if words[:1] == (BOS_ID,) or words[-1:] == (EOS_ID,):
        wrong("`<bos>` and `<eos>` say where a sentence starts and ends; they are no words of it.")
    if words != (4, 5, 4):
        wrong("These words are not the likeliest at each step.")
    *_, p_end = p = np.array([0.30, 0.25, 0.35, 0.40])
    total = np.log(p).sum()
    mistakes = {
        "The words are right. But to stop there was a decision, too.": total - math.log(p_end),
        "That is a mean over the steps. Asked for is the whole sentence.": total / 4,
        "The sign is turned over: can the logarithm of a probability be above 0?": -total,
        "That is the probability. Asked for is its logarithm.": p.prod(),
        "Probabilities of decisions that follow one another multiply; they don't add up.": p.sum(),
    }
    expect(log_prob, total, mistakes, "The words are right, log_prob isn't: it sums over the steps.")
    words, log_prob = ask(2)
    if len(words) > 2:
        wrong("You write more than `max_length` words.")
    if words != (4, 5) or not np.isclose(log_prob, np.log(p[:2]).sum(), atol=1e-4):
        wrong("With `max_length` 2 it should write two words, and count no decision after them.")


def _ids(answer: Any, name: str) -> tuple[int, ...]:
    """Return an answer that is a row of ids as a tuple of ints."""
    return whole_numbers(answer, f"{name}: a row of ids is asked for, whole numbers.")


@checked(
    "Some 30 BLEU can be had without one rare word. Look again at the curves of BLEU: where are those 30?"
)
def check_cheats(my_next_bleu: float, my_thing_bleu: float) -> None:
    """BLEU of the next sentence's translation, and of the true one with rare words replaced: two numbers"""
    answers = my_next_bleu, my_thing_bleu
    following, thing = (number(answer) if given(answer) else math.nan for answer in answers)

    def is_next(score: float) -> bool:
        return abs(score - _cheat("next")) < 0.15

    def is_thing(score: float) -> bool:
        """Say whether 60 words were kept, not 61; "the commonest" may be counted in the test sentences."""
        return -0.35 < score - _cheat("rare") < 0.2

    if np.nanmax([following, thing]) < 1 or is_next(100 * following) or is_thing(100 * thing):
        wrong("BLEU goes from 0 to 100 in this course. Don't divide it.")
    if np.nanmax([following, thing]) > 99:
        wrong("A perfect score: there you have compared the translations with themselves.")
    if is_thing(following) and is_next(thing):
        wrong("Both are right, in the wrong order.")
    if given(my_next_bleu) and not is_next(following):
        wrong("The first number is not the BLEU of what the list has for the *next* sentence, each time.")
    if not given(my_thing_bleu) or is_thing(thing):
        return
    if abs(thing - _cheat("rare, specials counted")) < 0.1:
        wrong("The first four entries of the vocabulary are no English words; you count them among the 60.")
    if abs(thing - _cheat("common")) < 0.1:
        wrong("You have replaced the common words and kept the rare ones.")
    if abs(thing - _cheat("rare left out")) < 0.1:
        wrong("You have left the rare words out. Each should become a thing.")
    so_far = "The first number is right. " if given(my_next_bleu) else ""
    wrong(f"{so_far}The second, with all but the 60 commonest words replaced, isn't.")


@cache
def _cheat(kind: Literal["next", "rare", "rare, specials counted", "common", "rare left out"]) -> float:
    """Return the BLEU of one way of cheating: whose translation it gives, or what it writes "thing" for."""
    from course_utils.analysis.evaluation import bleu

    references, words = _references()
    if kind == "next":
        return bleu([*references[1:], references[0]], references)
    kept = set(words[:60] if kind == "rare, specials counted" else words[4:64])
    if kind == "rare left out":
        return bleu([[word for word in reference if word in kept] for reference in references], references)
    things = [["thing" if (word in kept) == (kind == "common") else word for word in reference]
              for reference in references]  # fmt: skip
    return bleu(things, references)


@cache
def _references() -> tuple[list[tuple[str, ...]], tuple[str, ...]]:
    """Return the references of the test sentences, and the English vocabulary, commonest words first."""
    corpus = load_corpus()
    return [pair.target for pair in corpus.test], Vocab.build(pair.target for pair in corpus.train).tokens


@checked("Each sentence is cut by its own length. Now measure the model: is there a step?")
def check_accuracy_by_fifth(accuracy_by_fifth: Callable[[Tensor, Tensor], Sequence[float]]) -> None:
    """accuracy_by_fifth(predicted (B, T), wanted (B, T)) -> (5,) fractions, padding left out"""
    import torch

    for lengths, seed in (((13, 7, 5), 1), ((5, 9, 16, 8), 2), ((12,), 3)):
        rng = np.random.default_rng(seed)
        size, n, place = (len(lengths), max(lengths)), np.array(lengths)[:, None], np.arange(max(lengths))
        real, part, same_part = place < n, 5 * place // n, np.broadcast_to(5 * place // size[1], size)
        right, blank = rng.random(size) < 0.6, rng.random(size) < 0.3
        wanted = np.where(real, rng.integers(4, 40, size), PAD_ID)
        predicted = np.where(right, wanted, np.where(real & blank, PAD_ID, 41))
        found = numbers(accuracy_by_fifth(torch.from_numpy(predicted), torch.from_numpy(wanted)))
        if found.shape != (5,):
            wrong("Five fractions are asked for, one for each fifth.")
        expected = _by_part(right, real, part)
        so_far = (right | ~real).cumprod(axis=1) > 0
        each = np.mean([_by_part(*row) for row in zip(right, real, part)], axis=0)
        mistakes = {
            "Fractions from 0 to 1 are asked for, not per cent.": 100 * expected,
            "That is the fraction of *wrong* words.": 1 - expected,
            "You count padding as if it were words.": _by_part(right, real | True, same_part),
            "You cut all rows at the same places, whatever their length.": _by_part(right, real, same_part),
            "You ask the *model* what is padding.": _by_part(right, real & (predicted > 0), part),
            "You average over sentences, so that a word in a short one counts for more.": each,
            "After a first mistake you count nothing more.": _by_part(so_far, real, part),
        }
        expect(found, expected, mistakes, "It isn't the fraction right of all real words, cut as above.")


def _by_part(right: np.ndarray, counted: np.ndarray, part: np.ndarray) -> np.ndarray:
    """Return the fraction of `right` among the `counted` positions of each of five parts."""
    return np.array([right[counted & (part == k)].mean() for k in range(5)])
