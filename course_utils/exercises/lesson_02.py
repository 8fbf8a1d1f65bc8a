"""Checks of lesson 2: attention by hand, in NumPy. The last of them, the way back, has its own module."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from course_utils.exercises.answers import expect, finite, number, numbers, parts, recognise, same
from course_utils.exercises.checking import checked, given, wrong
from course_utils.numpy_attention import softmax

# The lesson's own sentence; its features are article, noun, colour, link, who/where.
SOURCE = "le chat noir est sur le tapis".split()
KEYS = np.array(
    [
        [1, 0, 0, 0, 1],
        [0, 1, 0, 0, 1],
        [0, 0, 1, 0, 1],
        [0, 0, 0, 1, 1],
        [0, 0, 0, 1, -1],
        [1, 0, 0, 0, -1],
        [0, 1, 0, 0, -1],
    ],
    dtype=float,
)  # (S, D)
ARTICLE = np.array([3.0, 0, 0, 0, 0])  # the first exercise's query: an article, no matter whose


@checked("Two words that fit equally well get equal weights, until one number of the query tells them apart.")
def check_predicted_weights(my_weight: float, my_query: Sequence[float]) -> None:
    """The weight of either *le* for [3, 0, 0, 0, 0], one number; a query (D,) that prefers the second *le*"""
    if given(my_weight):
        _check_weight(finite(my_weight, "The weight").ravel())
    if given(my_query):
        so_far = "The weight is right. " if given(my_weight) else ""
        _check_query(finite(my_query, "The query").ravel(), so_far)


def _check_weight(found: np.ndarray) -> None:
    every = softmax(KEYS @ ARTICLE)
    right = every[0]
    if same(found, every, within=0.05):  # all seven, none of which was asked for
        found = found[[0, 5]]
    if found.size not in (1, 2):
        wrong("One number is asked for: the weight of either *le*.")
    if not np.isclose(found, found[0]).all():
        wrong("Two different numbers? Both *le* have the same score. (And decimals have a point, no comma.)")
    for slip, width, hint in (
        (3, 0.01, "That is the score of a *le*. Its weight is asked for."),
        (np.exp(3), 0.1, "That is the exponential of the score, not yet divided by anything."),
        (1, 0.01, "All of it? There are two *le*, and no word gets nothing."),
        (2 * right, 0.03, "That is what both *le* get together."),
        (0.785, 0.04, "You forgot that the other *le* also gets its part."),
        (0.5, 0.004, "Half each leaves nothing for the other five. Does a score of 0 mean a weight of 0?"),
        (1 / 7, 0.05, "That is for a query that asks nothing, and treats all seven alike."),
        (0.02, 0.01, "That is what a word gets that is no article."),
    ):
        if abs(found[0] - slip) < width:
            wrong(hint)
    if not 0 <= found[0] <= 1:
        wrong("A weight is a number from 0 to 1.")
    if not 0.395 < found[0] < right + 0.01:  # one decimal is enough
        wrong("That is not the weight of a *le*. Write down the seven exponentials, and add them up.")


def _check_query(query: np.ndarray, so_far: str) -> None:
    if query.size != 5:
        wrong(f"{so_far}The query should have five numbers, one for each feature.")
    changed = ~np.isclose(query, ARTICLE)
    if not changed.any():
        wrong(f"{so_far}This query is still the old one; change a number of it.")
    if changed.sum() > 1:
        wrong(f"{so_far}In the query, change one number only; leave the other four.")
    first, second = softmax(KEYS @ query)[[0, 5]]
    if np.isclose(first, second):
        wrong("With this query both *le* still get the same. Which feature tells them apart?")
    if first > second:
        wrong("Your query tells the two *le* apart, but it prefers the *first*.")
    if second < 0.7 - 1e-6:
        wrong(f"Your query prefers the second *le*, but not enough: its weight is {second:.2f}.")


@checked("The difference of 2, divided by this temperature, is the logarithm of 2.")
def check_temperature(my_temperature: float) -> None:
    """The temperature at which a score of 4 gets twice the weight of a score of 2, one number"""
    temperature = number(my_temperature)
    if not np.isfinite(temperature) or temperature <= 0:
        wrong("A temperature is a number above 0.")
    for slip, hint in (
        (np.log(2), "That is what the difference must become. Which temperature turns 2 into that?"),
        (np.log(2) / 2, "That is upside down: scores are *divided* by the temperature."),
        (1.8, "At this temperature *chat* gets half of all the weight. That is not asked for."),
        (2.0, "A difference of 2, divided by 2, is 1. Does that give twice the weight?"),
        (1.0, "That is the temperature at which *chat* gets 7.4 times the weight."),
    ):
        if abs(temperature - slip) < 0.02:
            wrong(hint)
    ratio = np.exp(min(2 / temperature, 9))
    if abs(ratio - 2) > 0.05:
        times = f"{ratio:.1f} times" if ratio < 1000 else "thousands of times"
        wrong(f"Too {'cold' if ratio > 2 else 'hot'}: *chat* then gets {times} the weight of *tapis*.")


@checked("Padding gets exactly nothing, and a row without a real word is all zeros, not NaN.")
def check_masked_softmax(masked_softmax: Callable[[np.ndarray, np.ndarray], Any]) -> None:
    """masked_softmax(scores (T, S), mask (T, S)) -> weights (T, S)"""

    def ask(scores: Any, mask: Any) -> tuple[np.ndarray, np.ndarray]:
        """Return the weights, and what they should be."""
        scores, mask = np.array(scores, dtype=float), np.array(mask, dtype=bool)
        weights = numbers(masked_softmax(scores, mask))
        if weights.shape != scores.shape:
            empty = "" if mask.any(axis=1).all() else " A row without a real word is also a row."
            wrong(
                f"One weight for each score: the shape should be {scores.shape}, and yours is "
                f"{weights.shape}.{empty}"
            )
        return weights, softmax(np.where(mask, scores, -np.inf))

    scores = np.array([[2.0, 1.0, 0.5, 3.0], [0.0, -1.0, 4.0, 1.0], [1.0, 1.0, 2.0, 0.0]])
    mask = np.array([[1, 1, 1, 0], [1, 1, 1, 1], [1, 0, 0, 0]], dtype=bool)
    weights, right = ask(scores, mask)
    _recognise_masking(weights, scores, mask)
    if (weights[~mask] != 0).any() or not np.allclose(weights.sum(axis=1), 1, atol=1e-4):
        wrong("Hidden positions must get exactly 0, and the real ones of each row sum to 1.")
    if not same(weights[1], right[1]):
        wrong("Where nothing is hidden, it should be the plain softmax.")
    if not same(weights, right):
        wrong("The real words should get the same weights as if the hidden ones had never been there.")

    for level in (1000.0, -1000.0):
        large, pair = ask([[level, level - 1, level]], [[1, 1, 0]])
        around = f"With scores around {level:.0f}"
        if np.isnan(large).any():
            wrong(f"{around} you get NaN. What did the lesson subtract before it exponentiated?")
        if not same(large, pair):
            wrong(f"{around} the weights are no longer right. Only differences should count.")
    above, pair = ask([[2.0, 1.0, 1002.0]], [[1, 1, 0]])
    if above[0, 2] > 0:
        wrong("If a hidden score is very high, its position gets weight after all.")
    if not same(above, pair):
        wrong(
            "If a hidden score is far above the real ones, nothing is left of them, and you divide nothing "
            "by nothing. Your exponentials, or the highest score, still see the hidden positions."
        )
    empty, _ = ask([[1.0, 2.0]], [[0, 0]])
    if np.isnan(empty).any():
        wrong("A row without a single real word gives NaN. In this course such a row gets all zeros.")
    if (empty != 0).any():
        wrong("A row without a single real word should get no weight at all, anywhere.")
    mixed, right = ask([[1000, 999, 0], [1, 2, 3], [2, 1, 0], [-1000, -999, 5], [4, 4, 4]],
                       [[1, 1, 0], [1, 1, 1], [0, 0, 0], [1, 1, 0], [0, 0, 0]])  # fmt: skip
    if np.isnan(mixed).any():
        wrong("Each kind of row is right by itself; but in a table that mixes them there is NaN.")
    if not mixed.any():
        wrong("If one row of a table has no real word, you return zeros for all its rows.")
    if not same(mixed, right):
        wrong("Each row is right by itself, but not beside others: something looks beyond its own row.")


def _recognise_masking(weights: np.ndarray, scores: np.ndarray, mask: np.ndarray) -> None:
    """Call `wrong` if the weights are those of a known mistake. One row of the mask hides nothing."""
    if np.allclose(weights.sum(axis=0), 1) and not np.allclose(weights.sum(axis=1), 1):
        wrong("Your weights sum to 1 over the wrong axis: down the columns, not along each row.")
    recognise(weights, {
        "The mask changes nothing: hidden positions still get their full weight.": softmax(scores),
        "Your rows no longer sum to 1. It looks as if you masked after the softmax.": softmax(scores) * mask,
        "A hidden position still has weight. A score of 0 is a score like any other: e to the 0 is 1.": (
            softmax(scores * mask)
        ),
    })  # fmt: skip
    partly = np.any(~mask, axis=1, keepdims=True)
    read = np.nan_to_num(weights) * partly
    if read.any() and not read[mask].any():
        wrong("True is a real word: you hide those and read the padding.")
    if np.isnan(weights[~partly[:, 0]]).any():
        wrong(
            "You get NaN already, and even in a row in which nothing is hidden. Do you multiply by "
            "infinity? 0 times infinity is not a number. Let the mask choose instead of multiplying."
        )
    if np.isnan(weights).any():
        wrong(
            "You get NaN already, in rows that have real words. NaN does not hide a position: it gets into "
            "the sum, and so into the whole row. Which score has an exponential of exactly 0?"
        )


@checked(
    "The weights of each query sum to 1. With `queries[:6]` the buggy shapes would also have been right: "
    "only the sums reveal it."
)
def check_corrected_attention(corrected_attention: Callable[..., Any]) -> None:
    """corrected_attention(query (T, D), keys (S, D), values (S, Dv)) -> contexts (T, Dv), weights (T, S)"""
    rng = np.random.default_rng(3)
    for T, S, D, Dv in ((4, 6, 3, 5), (5, 5, 4, 2), (1, 4, 2, 3)):
        query, keys, values = (rng.standard_normal(shape) for shape in ((T, D), (S, D), (S, Dv)))
        answer = parts(
            corrected_attention(query, keys, values), 2, "Return two things, contexts and weights."
        )
        contexts, weights = map(numbers, answer)
        if (contexts.shape, weights.shape) == ((T, S), (T, Dv)):
            wrong("The contexts come first, then the weights.")
        if weights.shape == (7, 7):
            wrong("These are weights of the lesson's sentence. Use what the function is given.")
        if weights.shape == (S, T) != (T, S):
            wrong("Your weights lie on their side. Each query should have a row.")
        scores = query @ keys.T
        right, old = softmax(scores), softmax(scores, axis=0)
        mistakes = {
            "That is still the bug. Add up the weights of one query: what should come out, and what does?": (
                old
            ),
            "Your rows sum to 1, but only because you divide once more. Its axis is still wrong.": (
                old / old.sum(axis=1, keepdims=True)
            ),
            "All your weights together sum to 1. Each query should have a total of its own.": (
                softmax(scores.ravel()).reshape(T, S)
            ),
            "These are scores, not yet weights.": scores,
            "These are exponentials, not yet divided by their total.": np.exp(scores),
            "You scale the scores. The lesson's attention does not, and that is not the bug.": (
                softmax(scores / np.sqrt(D))
            ),
        }
        otherwise = "The weights are not the softmax of each query's scores."
        expect(weights, right, mistakes, otherwise, "The weights")
        mistakes = {"The weights are corrected, but the contexts are made with the old ones.": old @ values}
        otherwise = "The weights are right, but the contexts are not the values mixed by them."
        expect(contexts, right @ values, mistakes, otherwise, "The contexts")


@checked("A query may ask for one thing and find another: W says what goes with what.")
def check_general_matrix(my_W: np.ndarray) -> None:
    """W (5, 5), with which a query for a noun looks most at the colour of that noun"""
    W = finite(my_W, "W")
    if W.shape != (5, 5):
        wrong(f"W has a row and a column for each feature, (5, 5). Yours is {W.shape}.")
    if not W.any():
        wrong("W is all zeros, and so is every score.")
    words, noir, vert = [*SOURCE, "vert"], 2, 7

    def looks_at(W: np.ndarray) -> list[set[int]]:
        """Return the best word, or all the best, for "a noun, about who" and "a noun, about where"."""
        queries, keys = np.array([[0, 3, 0, 0, 1], [0, 3, 0, 0, -1]]), np.vstack([KEYS, [0, 0, 1, 0, -1]])
        scores = finite(queries @ W @ keys.T, "What W gives")  # (2, 8)
        near = 1e-6 * min(1, np.abs(W).max())  # a tiny W is as good
        return [{*np.flatnonzero(row >= row.max() - near).tolist()} for row in scores]

    right, found = [{noir}, {vert}], looks_at(W)
    for mistake, hint in (
        ([{noir, vert}] * 2, "Both queries find the colours, but can't choose: nothing asks *whose* colour."),
        ([{vert}, {noir}], "Each query finds the colour of the *other* noun."),
        ([{1}, {6}], "Each query still finds the noun itself, as a dot product does."),
        ([{noir}] * 2, "Both queries look at *noir*: whose colour it is should depend on the query."),
        ([{vert}] * 2, "Both queries look at *vert*: whose colour it is should depend on the query."),
    ):
        if found == mistake:
            wrong(hint)
    if found != right and looks_at(W.T) == right:
        wrong("Your W is transposed: its rows stand for what the query asks, its columns for the keys.")
    for about, best, wanted in zip(("who", "where"), found, right):
        if len(best) > 1:
            names = ", ".join(f"*{words[word]}*" for word in sorted(best))
            wrong(f"For “a noun, about {about}”, {len(best)} words score highest together: {names}.")
        if best != wanted:
            wrong(f"“A noun, about {about}” looks most at word {min(best)}, *{words[min(best)]}*.")
