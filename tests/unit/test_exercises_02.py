"""Exercises of lesson 2: every named mistake gets its own hint, and every right answer passes."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from exercise_cases import Case, each_case

from course_utils import exercises

# --- right answers, each in another way than the lesson's solution ----------------------------


def softmax(scores, axis=-1):
    with np.errstate(all="ignore"):
        exponentials = np.exp(scores - scores.max(axis=axis, keepdims=True))
        return exponentials / exponentials.sum(axis=axis, keepdims=True)


def by_loops(scores, mask):
    rows = []
    for row, real in zip(scores.tolist(), mask.tolist()):
        top = max((s for s, r in zip(row, real) if r), default=0)
        exponentials = [2.718281828459045 ** (s - top) if r else 0.0 for s, r in zip(row, real)]
        rows.append([e / (sum(exponentials) or 1) for e in exponentials])
    return rows


def in_float32(scores, mask):
    top = scores.max(1, keepdims=True, where=mask, initial=-1e30)
    exponentials = np.exp(np.where(mask, scores - top, -np.inf).astype(np.float32))
    return exponentials / np.maximum(exponentials.sum(1, keepdims=True), 1e-30)


def lowest_number(scores, mask):
    return np.nan_to_num(softmax(np.where(mask, scores, -1e30))) * mask.any(1, keepdims=True)


def attention_by_loops(query, keys, values):
    contexts, weights = [], []
    for q in query.tolist():
        powers = [math.exp(sum(a * b for a, b in zip(q, k))) for k in keys.tolist()]
        shares = [power / sum(powers) for power in powers]
        weights.append(shares)
        contexts.append([sum(w * v for w, v in zip(shares, column)) for column in values.T.tolist()])
    return [contexts, weights]


def attention_by_einsum(query, keys, values):
    powers = np.exp(np.einsum("td,sd->ts", query, keys).astype(np.float32))
    weights = powers / np.einsum("ts->t", powers)[:, None]
    return np.einsum("ts,sd->td", weights, values), weights


def attention_on_its_side(query, keys, values):
    weights = softmax(keys @ query.T, axis=0)
    return (values.T @ weights).T, weights.T


def backward_by_loops(query, keys, values, g):
    (S, D), Dv = keys.shape, len(g)
    powers = [math.exp(sum(query[d] * keys[s, d] for d in range(D))) for s in range(S)]
    alpha = [power / sum(powers) for power in powers]
    a = [sum(g[d] * values[s, d] for d in range(Dv)) for s in range(S)]
    e = [sum(a[s] * alpha[s] * ((s == r) - alpha[r]) for s in range(S)) for r in range(S)]
    return [
        [sum(e[s] * keys[s, d] for s in range(S)) for d in range(D)],
        [[e[s] * query[d] for d in range(D)] for s in range(S)],
        [[alpha[s] * g[d] for d in range(Dv)] for s in range(S)],
    ]


def backward_by_einsum(query, keys, values, g):
    query, keys, values, g = (part.astype(np.float32) for part in (query, keys, values, g))
    weights = softmax(keys @ query)
    jacobian = np.diag(weights) - np.outer(weights, weights)
    e = np.einsum("rs,sd,d->r", jacobian, values, g)
    return np.einsum("s,sd->d", e, keys), np.einsum("s,d->sd", e, query), np.einsum("s,d->sd", weights, g)


def backward_by_context(query, keys, values, g):
    weights = softmax(query @ keys.T)
    e = weights * ((values - weights @ values) @ g)
    return keys.T @ e, e[:, None] * query, weights[:, None] * g


# --- mistakes ---------------------------------------------------------------------------------


def zero_then_divide(total_of):
    """Zero the hidden weights after the softmax, then divide by the sum: the same on paper, but fragile."""

    def weights(scores, mask):
        zeroed = softmax(scores) * mask
        return zeroed / total_of(zeroed.sum(1, keepdims=True))

    return weights


def highest_of_all(scores, mask):
    exponentials = np.exp(np.where(mask, scores, -np.inf) - scores.max(1, keepdims=True))
    total = exponentials.sum(1, keepdims=True)
    return exponentials / np.where(total == 0, 1, total)


def no_shift(scores, mask):
    with np.errstate(all="ignore"):
        exponentials = np.where(mask, np.exp(scores), 0)
        return exponentials / np.maximum(exponentials.sum(1, keepdims=True), 1e-30)


def in_place(scores, mask):
    scores[~mask] = -np.inf
    return softmax(scores)


def mask_turned_in_place(scores, mask):
    np.logical_not(mask, out=mask)
    return softmax(np.where(mask, -np.inf, scores))


def all_zeros_if_a_row_is_empty(scores, mask):
    return by_loops(scores, mask) if mask.any(1).all() else 0 * scores


def empty_rows_dropped(scores, mask):
    """By a loop that leaves them out; from a table of several rows only."""
    found = np.array(by_loops(scores, mask))
    return found[mask.any(1)] if len(mask) > 1 else found


def stops_at_an_empty_row(scores, mask):
    weights = 0 * scores
    for row, real, to_fill in zip(scores, mask, weights):
        if not real.any():
            break
        to_fill[real] = softmax(row[real])
    return weights


def nan_beside_others(scores, mask):
    weights = np.array(by_loops(scores, mask))
    return weights if len(mask) < 4 else np.where(mask.any(1, keepdims=True), weights, np.nan)


def even_where_masked(scores, mask):
    even = mask / np.maximum(mask.sum(1, keepdims=True), 1)
    return np.where(mask.all(1, keepdims=True), softmax(scores), even)


def divided_again(scores):
    weights = softmax(scores, axis=0)
    return weights / weights.sum(1, keepdims=True)


def one_context(query, keys, values):
    contexts, weights = attention_by_einsum(query, keys, values)
    return contexts.sum(0), weights


def attention_with(weigh, mix=None):
    """Attention whose weights and contexts come from these functions of the scores."""

    def attend(query, keys, values):
        weights = weigh(query @ keys.T)
        return (mix or weigh)(query @ keys.T) @ values, weights

    return attend


def of_the_lesson(query, keys, values):
    weights = np.full((7, 7), 1 / 7)
    return weights @ np.ones((7, 6)), weights


def backward(step=None, value=None, query_=None, keys_=None, out=lambda q, k, v: (q, k, v)):
    """The right gradients with one thing different.

    `step(w, a)` makes the gradient of the scores of the weights and theirs; `value(x, w, g)` that of the
    values; `query_` and `keys_` (e, query, keys) the other two; and `out` puts all three together.
    """

    def gradients(query, keys, values, g):
        w, a = softmax(keys @ query), values @ g
        e = (step or (lambda w, a: w * (a - w @ a)))(w, a)
        grad_query = query_(e, query, keys, w) if query_ else e @ keys
        grad_keys = keys_(e, query, keys, w) if keys_ else np.outer(e, query)
        grad_values = value(keys @ query, w, g, e) if value else np.outer(w, g)
        return out(grad_query, grad_keys, grad_values)

    return gradients


def grad_context_lost(query, keys, values, g):
    _, _, grad_values = backward()(query, keys, values, g)
    return *backward()(query, keys, values, np.ones_like(g))[:2], grad_values


def weighted_values(query, keys, values, g):
    return *backward()(query, keys, values, g)[:2], softmax(keys @ query)[:, None] * values


def scaled(query, keys, values, g):
    return backward()(query / len(query) ** 0.5, keys, values, g)


def all_rows_empty_or_none(scores, mask):
    return softmax(np.where(mask, scores, -np.inf)) if mask.any() else 0 * scores


def highest_of_all_rows(scores, mask):
    exponentials = np.exp(np.where(mask, scores - scores[mask].max(initial=-1e30), -np.inf))
    return exponentials / np.maximum(exponentials.sum(1, keepdims=True), 1e-300)


def highest_or_0(scores, mask):
    highest = scores.max(1, keepdims=True, where=mask, initial=0)
    exponentials = np.exp(np.where(mask, scores - highest, -np.inf))
    return exponentials / np.maximum(exponentials.sum(1, keepdims=True), 1e-300)


def in_torch(scores, mask):
    scores = torch.tensor(scores, requires_grad=True)
    return scores.masked_fill(~torch.tensor(mask), -torch.inf).softmax(1).nan_to_num(0)


def squeezed(query, keys, values):
    return [part.squeeze() for part in attention_by_einsum(query, keys, values)]


def rows_of_tensors(query, keys, values):
    contexts, weights = attention_by_einsum(query, keys, values)
    return list(torch.tensor(contexts, requires_grad=True)), list(torch.tensor(weights))


def W(*entries, size=5):
    """A matrix of zeros but for these entries: (row, column, number)."""
    matrix = np.zeros((size, size))
    for row, column, number in entries:
        matrix[row, column] = number
    return matrix


GOOD = [3, 0, 0, 0, -1]

CASES = [
    Case(
        exercises.check_predicted_weights,
        right={
            "one decimal, a list": (0.4, GOOD),
            "both, a row": ([0.4, 0.4], np.array([GOOD], dtype=np.float32)),
            "all seven, exactly": (softmax(np.array([3, 0, 0, 0, 0, 3, 0])), np.array([3, 0, 0, 0, -900])),
            "by e cubed": (np.float32(math.e**3 / (2 * math.e**3 + 5)), (3, 0, 0, 0, -0.8)),
        },
        wrong={
            "a comma": (((0, 4), GOOD), "a point, no comma"),
            "the score": ((3, GOOD), "That is the score"),
            "the exponential": ((20, GOOD), "not yet divided by anything"),
            "everything": ((1, GOOD), "All of it"),
            "both together": ((0.9, GOOD), "what both"),
            "the other forgotten": ((0.8, GOOD), "also gets its part"),
            "half each": ((0.5, GOOD), "Half each"),
            "evenly": ((0.14, GOOD), "treats all seven alike"),
            "another word": ((0.02, GOOD), "no article"),
            "per cent": ((44, GOOD), "from 0 to 1"),
            "a guess": ((0.6, GOOD), "Write down the seven"),
            "NaN": ((math.nan, GOOD), "The weight should be made of finite"),
            "three weights": (([0.4, 0.4, 0.2], GOOD), "One number is asked for"),
            "a word": (("much", GOOD), "this is a text: 'much'"),
            "the old query": ((0.4, [3, 0, 0, 0, 0]), "This query is still the old one"),
            "two changed": ((0.4, [4, 0, 0, 0, -1]), "one number only"),
            "another feature": ((0.4, [3, 0, 0, -1, 0]), "still get the same"),
            "the first": ((0.4, [3, 0, 0, 0, 1]), "prefers the *first*"),
            "too weak": ((0.4, [3, 0, 0, 0, -0.5]), "but not enough"),
            "four numbers": ((0.4, [3, 0, 0, -1]), "have five numbers"),
            "infinite": ((0.4, [3, 0, 0, 0, -math.inf]), "The query should be made of finite"),
        },
        nearly={
            "seven alike": (([0.44] * 7, GOOD), "One number is asked for"),
            "bytes": ((b"0.4", GOOD), "this is a text: b'0.4'"),
        },
    ),
    Case(
        exercises.check_temperature,
        right={
            "one decimal": 2.9,
            "exactly": 2 / math.log(2),
            "in a tensor": torch.tensor([2.885]),
        },
        wrong={
            "the logarithm": (0.693, "what the difference must become"),
            "upside down": (0.35, "upside down"),
            "half of all": (1.8, "half of all the weight"),
            "two": (2, "divided by 2, is 1"),
            "as it was": (1.0, "7.4 times the weight."),
            "too cold": (2.5, "Too cold: *chat* then gets 2.2 times"),
            "too hot": (4, "Too hot: *chat* then gets 1.6 times"),
            "below 0": (-2.9, "a number above 0"),
            "a word": ("warm", "this is none: 'warm'"),
        },
        nearly={
            "zero": (0, "a number above 0"),
            "infinite": (math.inf, "a number above 0"),
            "two of them": ([2.9, 2.9], "yours has the shape (2,)"),
            "tiny": (1e-9, "thousands of times"),
        },
    ),
    Case(
        exercises.check_masked_softmax,
        right={
            "loops": by_loops,
            "float32": in_float32,
            "a very low number": lowest_number,
            "torch": in_torch,
        },
        wrong={
            "wrong axis": (lambda s, m: softmax(s, axis=0), "wrong axis"),
            "no mask": (lambda s, m: softmax(s), "changes nothing"),
            "masked after the softmax": (lambda s, m: softmax(s) * m, "after the softmax"),
            "masked by multiplication": (lambda s, m: softmax(s * m), "e to the 0"),
            "the other way round": (
                lambda s, m: softmax(np.where(m, -np.inf, s)),
                "you hide those and read the padding",
            ),
            "times infinity": (lambda s, m: softmax(s + (1 - m) * -np.inf), "0 times infinity is not"),
            "NaN for padding": (lambda s, m: softmax(np.where(m, s, np.nan)), "does not hide a position"),
            "zeros for a whole table": (all_zeros_if_a_row_is_empty, "zeros for all its rows"),
            "empty rows dropped": (
                lambda s, m: np.array(by_loops(s, m))[m.any(1)],
                "A row without a real word is also a row",
            ),
            "NaN in a mixed table": (nan_beside_others, "in a table that mixes them"),
            "zero, then divide": (zero_then_divide(lambda x: np.maximum(x, 1e-30)), "far above the real"),
            "empty row": (lambda s, m: softmax(np.where(m, s, -np.inf)), "gives NaN"),
            "empty row, evenly": (lambda s, m: softmax(np.where(m, s, -1e9)), "no weight at all, anywhere"),
            "not low enough": (lambda s, m: softmax(s - 1000 * ~m), "gets weight after all"),
            "overflow": (no_shift, "With scores around 1000 you get"),
            "clipped": (lambda s, m: by_loops(s.clip(-9, 9), m), "no longer right"),
            "in place": (in_place, "You change `scores` in place"),
            "mask in place": (mask_turned_in_place, "You change `mask` in place"),
            "no row": (lambda s, m: softmax(s[m]), "and yours is (8,)"),
            "even shares": (lambda s, m: m / np.maximum(m.sum(1, keepdims=True), 1), "the plain softmax"),
            "even where masked": (even_where_masked, "had never been there"),
            "nearly nothing": (lambda s, m: softmax(s - 20.0 * ~m), "must get exactly 0"),
        },
        nearly={
            "empty rows only alone": (all_rows_empty_or_none, "in a table that mixes them"),
            "the other way round, finite": (lambda s, m: softmax(s - 1e9 * m), "read the padding"),
            "the other way round, behind": (lambda s, m: softmax(s) * ~m, "read the padding"),
            "infinity times the mask": (lambda s, m: softmax(s - np.inf * ~m), "0 times infinity"),
            "stops at an empty row": (stops_at_an_empty_row, "beyond its own row"),
            "empty rows dropped beside others": (empty_rows_dropped, "(5, 3), and yours is (3, 3). A row"),
            "highest of all rows": (highest_of_all_rows, "beyond its own row"),
            "highest, at least 0": (highest_or_0, "around -1000 the weights are no longer right"),
        },
    ),
    Case(
        exercises.check_corrected_attention,
        right={
            "loops, lists": attention_by_loops,
            "einsum, float32": attention_by_einsum,
            "on its side": attention_on_its_side,
            "rows of tensors": rows_of_tensors,
        },
        wrong={
            "the given one": (attention_with(lambda x: softmax(x, 0)), "still the bug"),
            "divided again": (attention_with(divided_again), "only because you divide once more"),
            "one whole": (attention_with(lambda x: softmax(x, None)), "All your weights together sum"),
            "no softmax": (attention_with(lambda x: x), "not yet weights"),
            "not divided": (attention_with(np.exp), "divided by their total"),
            "scaled": (attention_with(lambda x: softmax(x / 3**0.5)), "You scale the scores"),
            "plain shares": (attention_with(lambda x: x / x.sum(1, keepdims=True)), "of each query's scores"),
            "old contexts": (attention_with(softmax, lambda x: softmax(x, 0)), "made with the old ones"),
            "sharper contexts": (attention_with(softmax, lambda x: softmax(2 * x)), "values mixed by them"),
            "transposed": (lambda *a: (attention_by_einsum(*a)[0], attention_by_einsum(*a)[1].T), "on their"),
            "other order": (lambda *a: attention_by_einsum(*a)[::-1], "The contexts come first"),
            "contexts only": (lambda *a: attention_by_einsum(*a)[0], "Return two things"),
            "of the lesson": (of_the_lesson, "Use what the function is given"),
            "one context": (one_context, "The contexts should have the shape"),
            "an error": (lambda q, k, v: softmax(q @ k) @ v, "It stopped with ValueError"),
        },
        nearly={
            "squeezed": (squeezed, "The weights should have the shape (1, 4), and yours is (4,)"),
        },
    ),
    Case(
        exercises.check_general_matrix,
        right={
            "a list": [[0] * 5, [0, 0, 1, 0, 0], [0] * 5, [0] * 5, [0, 0, 0, 0, 1]],
            "float32": W((1, 2, 0.5), (4, 4, 0.25)).astype(np.float32),
            "on top of the dot product": np.eye(5) + W((1, 2, 40)),
            "a product of two": np.outer([0, 1, 0, 0, 0], [0, 2, 9, -1, 0]) + np.diag([5.0, 0, 0, 0, 2]),
            "large": W((1, 2, 1e9), (4, 4, 1)),
            "tiny": W((1, 2, 1e-8), (4, 4, 1e-8)),
        },
        wrong={
            "zeros": (np.zeros((5, 5)), "all zeros"),
            "the identity": (np.eye(5), "still finds the noun itself"),
            "transposed": (W((2, 1, 1), (4, 4, 1)), "Your W is transposed"),
            "whose is missing": (W((1, 2, 1)), "nothing asks *whose*"),
            "a sign": (W((1, 2, 1), (4, 4, -1)), "of the *other* noun"),
            "always who": (W((1, 2, 1), (1, 4, 1)), "Both queries look at *noir*"),
            "always where": (W((1, 2, 1), (1, 4, -1)), "Both queries look at *vert*"),
            "whose only": (W((4, 4, 1)), "score highest together: *le*, *chat*, *noir*, *est*."),
            "an article": (W((1, 0, 1), (4, 4, 1)), "looks most at word 0, *le*"),
            "who only": (W((1, 1, 1), (1, 2, 1), (1, 4, 2), (4, 1, -3), (4, 2, 3)), "at word 1, *chat*"),
            "a vector": ([0, 0, 1, 0, 1], "Yours is (5,)"),
            "NaN": (np.full((5, 5), math.nan), "no NaN"),
        },
        nearly={
            "too large": (np.full((5, 5), 1e308), "What W gives should be made of finite numbers"),
        },
    ),
    Case(
        exercises.check_attention_backward,
        right={
            "loops, lists": backward_by_loops,
            "einsum, float32": backward_by_einsum,
            "by the context": backward_by_context,
        },
        wrong={
            "product only": (backward(lambda w, a: w * a), "forgot to compare"),
            "one word alone": (backward(lambda w, a: w * (1 - w) * a), "Softmax couples the words"),
            "no softmax": (backward(lambda w, a: a), "as if they were scores"),
            "plain average": (backward(lambda w, a: w * (a - a.mean())), "with the plain average"),
            "weights forgotten": (backward(lambda w, a: a - w @ a), "how much each word is read"),
            "average added": (backward(lambda w, a: w * (a + w @ a)), "you add the average"),
            "Jacobian's sign": (
                backward(lambda w, a: (np.diag(w - 2 * w**2) + np.outer(w, w)) @ a),
                "all the weights rise",
            ),
            "grad_context lost": (grad_context_lost, "has got lost"),
            "keys downhill": (backward(keys_=lambda e, q, k, w: -e[:, None] * q), "grad_keys: the sign"),
            "downhill": (backward(out=lambda *grads: [-grad for grad in grads]), "grad_values: the sign"),
            "scores for weights": (backward(value=lambda x, w, g, e: np.outer(x, g)), "by the scores"),
            "exponentials": (
                backward(value=lambda x, w, g, e: np.outer(np.exp(x), g)),
                "exponentials, not yet weights",
            ),
            "read alike": (backward(value=lambda x, w, g, e: np.tile(g, (len(w), 1))), "You treat all alike"),
            "no say": (backward(value=lambda x, w, g, e: w[:, None] * np.ones(len(g))), "has no say"),
            "too far back": (backward(value=lambda x, w, g, e: np.outer(e, g)), "go back too far"),
            "swapped": (
                backward(query_=lambda e, q, k, w: e.sum() * q, keys_=lambda e, q, k, w: e[:, None] * k),
                "grad_query is all zeros",
            ),
            "context of keys": (backward(query_=lambda e, q, k, w: w @ k), "forget what the loss says"),
            "a mean": (backward(query_=lambda e, q, k, w: e @ k / len(k)), "that is a mean"),
            "paths": (backward(query_=lambda e, q, k, w: e[:, None] * k), "a row for each score"),
            "keys by keys": (backward(keys_=lambda e, q, k, w: e[:, None] * k), "by its own key"),
            "weights in keys": (
                backward(keys_=lambda e, q, k, w: np.outer(w, q)),
                "you use the weights where",
            ),
            "all keys alike": (backward(keys_=lambda e, q, k, w: 0 * k + e @ k), "its own score only"),
            "keys and query swapped": (backward(out=lambda q, k, v: (k, q, v)), "in another order"),
            "keys transposed": (backward(out=lambda q, k, v: (q, k.T, v)), "grad_keys is transposed"),
            "values transposed": (backward(out=lambda q, k, v: (q, k, v.T)), "grad_values is transposed"),
            "two": (backward(out=lambda q, k, v: (q, k)), "Return three gradients"),
            "values only": (
                backward(out=lambda q, k, v: (None, ..., v)),
                "Right so far. Still missing: grad_query, grad_keys.",
            ),
            "none yet": (lambda *a: (..., None, ...), "All three gradients are still missing"),
            "summed up": (backward(out=lambda q, k, v: (q, k.sum(0), v)), "grad_keys should have the shape"),
            "half": (backward(out=lambda q, k, v: (q / 2, k, v)), "grad_query is not what nudging"),
            "another attention": (scaled, "grad_values: you scale the scores"),
            "weighted values": (weighted_values, "what each word adds to the context"),
            "other deltas": (backward(lambda w, a: a**2), "Step 4 is right; your δ_s are not"),
            "other deltas, and the query": (
                backward(lambda w, a: a**2, query_=lambda e, q, k, w: (e @ k) ** 2),
                "Step 4 is right in grad_keys; your δ_s",
            ),
            "NaN": (backward(lambda w, a: w * np.log(0 * a - 1)), "where a number should be there is NaN"),
        },
        nearly={
            "product only, and the query": (
                backward(lambda w, a: w * a, query_=lambda e, q, k, w: (e @ k) ** 2),
                "In grad_keys step 4 is right. Step 2 or 3: that is a product",
            ),
            "keys wrong beside a gap": (
                backward(lambda w, a: w * a, out=lambda q, k, v: (..., k, v)),
                "Step 2 or 3: that is a product only",
            ),
            "query right, deltas of the keys not": (
                backward(keys_=lambda e, q, k, w: np.outer(e**2, q)),
                "Step 4 is right in grad_keys; your δ_s",
            ),
            "values are still missing": (
                backward(out=lambda q, k, v: (q, -k, ...)),
                "grad_keys: the sign is wrong",
            ),
            "zeros": (backward(lambda w, a: 0 * a, query_=lambda e, q, k, w: q), "grad_query is not what"),
            "NaN in the keys": (backward(keys_=lambda e, q, k, w: k * np.nan), "grad_keys: where a number"),
            "ragged": (backward(out=lambda q, k, v: (q, [[1], [2, 3]], v)), "in rows of the same length"),
        },
    ),
]


@pytest.mark.parametrize("case, kind, name", each_case(CASES))
def test_exercise(case: Case, kind: str, name: str) -> None:
    case.test(kind, name)


@pytest.mark.parametrize(
    "fragile",
    [
        zero_then_divide(lambda total: total),
        zero_then_divide(lambda total: np.where(total == 0, 1, total)),
        zero_then_divide(lambda total: total + 1e-30),
        highest_of_all,
    ],
)
def test_high_padding(fragile) -> None:
    """What breaks only if padding scores far above the words is rejected for that, however it is written."""
    assert "far above the real ones" in exercises.check_masked_softmax(fragile).message


def test_gradients_in_another_order() -> None:
    for order in ((0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)):
        answer = backward(out=lambda *grads, order=order: [grads[i] for i in order])
        assert "in another order" in exercises.check_attention_backward(answer).message


def test_no_number_is_taken_for_a_right_one_beside_it() -> None:
    done = [w / 100 for w in range(101) if exercises.check_predicted_weights(w / 100, GOOD).state == "done"]
    assert done == [0.40, 0.41, 0.42, 0.43, 0.44, 0.45]


def test_what_is_said_of_six_queries_is_so() -> None:
    rng = np.random.default_rng(1)
    query, keys, values = rng.random((6, 5)), rng.random((7, 5)), rng.random((7, 6))
    buggy = attention_with(lambda scores: softmax(scores, 0))(query, keys, values)
    corrected = attention_with(softmax)(query, keys, values)
    assert [part.shape for part in buggy] == [part.shape for part in corrected] == [(6, 6), (6, 7)]
    assert np.allclose(corrected[1].sum(1), 1) and not np.isclose(buggy[1].sum(1), 1).all()
    done = exercises.check_corrected_attention(attention_by_einsum).message
    assert "With `queries[:6]` the buggy shapes would also have been right" in done
