"""The check of lesson 2's last exercise: attention, backwards, in NumPy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from course_utils.exercises.answers import expect, numbers, parts, same
from course_utils.exercises.checking import checked, given, wrong
from course_utils.numpy_attention import softmax

NAMES = "grad_query", "grad_keys", "grad_values"
Gradients = dict[str, np.ndarray]  # by their NAMES


@checked("Back through all the pedals. From lesson 3 on, PyTorch does this for you.")
def check_attention_backward(attention_backward: Callable[..., Any]) -> None:
    """attention_backward(query (D,), keys (S, D), values (S, Dv), grad_context (Dv,)) -> three gradients"""
    rng, missing = np.random.default_rng(6), set()
    for S, D, Dv in ((4, 3, 5), (2, 6, 3)):
        query, keys, values, g = (rng.standard_normal(shape) for shape in (D, (S, D), (S, Dv), Dv))
        right = dict(zip(NAMES, _slopes(query, keys, values, g)))
        found = _gradients(attention_backward(query, keys, values, g), right)
        missing |= {*NAMES} - {*found}

        weights, a = softmax(keys @ query), values @ g
        delta, deltas = weights * (a - weights @ a), _wrong_deltas(weights, a, values)
        mistakes = {
            "grad_values": _wrong_values(query, keys, values, g),
            "grad_query": {
                "grad_query is all zeros. All δ_s sum to 0; but what does each meet on its way?": 0 * query,
                "grad_query: you mix the keys by their weights, and forget what the loss says.": (
                    weights @ keys
                ),
                "grad_query: that is a mean. Over several paths effects add up.": delta @ keys / S,
                **{hint: wrong_delta @ keys for hint, wrong_delta in deltas.items()},
            },
            "grad_keys": {
                "grad_keys: you multiply δ_s by its own key. What is a key held against?": (
                    delta[:, None] * keys
                ),
                "grad_keys: you use the weights where the δ_s should be.": np.outer(weights, query),
                "grad_keys: every word has the same. But each key moves its own score only.": (
                    np.tile(right["grad_query"], (S, 1))
                ),
                **{hint: np.outer(wrong_delta, query) for hint, wrong_delta in deltas.items()},
            },
        }
        step_4 = _step_4(found, query, keys, {"": delta, **deltas})
        for name in ("grad_values", "grad_query", "grad_keys"):  # the way back
            if name not in found:
                continue
            hints = {f"{name}: the sign is wrong.": -right[name], **mistakes[name]}
            otherwise = f"{name} is not what nudging each number gives. Its shape is right."
            if name != "grad_values" and step_4:
                otherwise = step_4
            expect(found[name], right[name], hints, otherwise, name)
    if missing:
        wrong(f"Right so far. Still missing: {', '.join(name for name in NAMES if name in missing)}.")


def _gradients(answer: Any, right: Gradients) -> Gradients:
    """Return those of the three gradients that are there, by their names."""
    answer = parts(answer, 3, "Return three gradients: grad_query, grad_keys, grad_values.")
    found = {name: numbers(part, name) for name, part in zip(NAMES, answer) if given(part)}
    if not found:
        wrong("All three gradients are still missing.")
    shapes, wanted = [part.shape for part in found.values()], [part.shape for part in right.values()]
    if shapes != wanted and sorted(shapes) == sorted(wanted):
        wrong("You return the three in another order than the one asked for.")
    for name, part in found.items():
        if name == "grad_query" and part.shape == right["grad_keys"].shape:
            wrong("grad_query has a row for each score. What do effects do over several paths?")
        if name != "grad_query" and part.shape == right[name].shape[::-1]:
            wrong(f"{name} is transposed: a row for each word is asked for.")
    return found


def _wrong_values(
    query: np.ndarray, keys: np.ndarray, values: np.ndarray, g: np.ndarray
) -> dict[str, np.ndarray]:
    """Return known mistakes of step 1, by their hints."""
    x, a = keys @ query, values @ g
    weights, scaled = softmax(x), softmax(x / len(query) ** 0.5)
    delta = weights * (a - weights @ a)
    mistakes = {
        "you multiply by the scores. How far does the context follow?": np.outer(x, g),
        "these are exponentials, not yet weights.": np.outer(np.exp(x), g),
        "a word that is hardly read hardly counts. You treat all alike.": np.outer(np.ones(len(x)), g),
        "grad_context has no say in it.": np.outer(weights, np.ones(len(g))),
        "you go back too far. The scores have no part in this path.": np.outer(delta, g),
        "that is what each word adds to the context. The loss enters by grad_context.": (
            weights[:, None] * values
        ),
        "you scale the scores. The lesson's attention does not.": np.outer(scaled, g),
    }
    return {f"grad_values: {hint}": mistake for hint, mistake in mistakes.items()}


def _wrong_deltas(weights: np.ndarray, a: np.ndarray, values: np.ndarray) -> dict[str, np.ndarray]:
    """Return known mistakes of steps 2 and 3, by their hints."""
    average, total = weights @ a, values.sum(axis=1)
    mistakes = {
        "that is a product only. You forgot to compare each word with the average word.": weights * a,
        "you move each weight by its own score alone. Softmax couples the words: one rises, the others "
        "fall.": weights * (1 - weights) * a,
        "you treat weights as if they were scores: the step back through the softmax is missing.": a,
        "you compare with the plain average. Attention has its own.": weights * (a - a.mean()),
        "you compare with the average, but forget how much each word is read.": a - average,
        "you add the average. If one weight rises, do the others rise with it?": weights * (a + average),
        "in your softmax all the weights rise together. A sign is lost.": (
            weights * (a + average - 2 * weights * a)
        ),
        "on the way grad_context has got lost.": weights * (total - weights @ total),
    }
    return {f"Step 2 or 3: {hint}": mistake for hint, mistake in mistakes.items()}


def _step_4(found: Gradients, query: np.ndarray, keys: np.ndarray, deltas: Mapping[str, np.ndarray]) -> str:
    """Return a hint if grad_keys is made in the right way, but not of the right deltas, which come first."""
    if "grad_keys" not in found or found["grad_keys"].shape != keys.shape:
        return ""
    own = found["grad_keys"] @ query / (query @ query)  # what they are if each is multiplied by the query
    if not own.any() or not np.isfinite(own).all() or not same(found["grad_keys"], np.outer(own, query)):
        return ""
    for hint, delta in deltas.items():
        if same(own, delta):
            return hint and f"In grad_keys step 4 is right. {hint}"
    here = "" if "grad_query" in found and same(found["grad_query"], own @ keys) else " in grad_keys"
    return f"Step 4 is right{here}; your δ_s are not: look at step 3, and at step 2."


def _slopes(query: np.ndarray, keys: np.ndarray, values: np.ndarray, g: np.ndarray) -> list[np.ndarray]:
    """Nudge every number of query, keys and values up and down: how fast does the loss change?"""
    inputs, nudge = [query.copy(), keys.copy(), values.copy()], 1e-5

    def loss(part: np.ndarray, place: tuple[int, ...], by: float) -> float:
        before = part[place]
        part[place] += by
        query, keys, values = inputs
        result = softmax(keys @ query) @ values @ g
        part[place] = before
        return result

    slopes = [np.zeros(part.shape) for part in inputs]
    for part, slope in zip(inputs, slopes):
        for place in np.ndindex(*part.shape):
            slope[place] = (loss(part, place, nudge) - loss(part, place, -nudge)) / (2 * nudge)
    return slopes
