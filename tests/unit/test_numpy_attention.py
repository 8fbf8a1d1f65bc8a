"""Attention in NumPy: its algebra, its edges, and its agreement with PyTorch's."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_utils.numpy_attention import dot_product_attention, softmax

FAST = settings(deadline=None, max_examples=60)
dtypes = st.sampled_from([np.float32, np.float64])


@st.composite
def problems(draw, dtype=None, masked=True):
    """Random query (B, T, D), keys (B, S, D), values (B, S, Dv) and mask (B, T, S) or (B, 1, S)."""
    B, T, S, D, Dv = (draw(st.integers(1, high)) for high in (3, 4, 6, 5, 4))
    dtype = dtype or draw(dtypes)
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    query, keys, values = (
        (2 * rng.standard_normal(shape)).astype(dtype) for shape in ((B, T, D), (B, S, D), (B, S, Dv))
    )
    mask = rng.random((B, draw(st.sampled_from([1, T])), S)) < draw(st.floats(0, 1))
    return query, keys, values, (mask if masked else None)


def full(mask, weights):
    return np.broadcast_to(mask, weights.shape)


@FAST
@given(problems())
def test_weights_are_shares_of_the_real_tokens(problem):
    query, keys, values, mask = problem
    context, weights = dot_product_attention(query, keys, values, mask)
    real = full(mask, weights)
    assert (weights[~real] == 0).all()
    assert (weights >= 0).all()
    np.testing.assert_allclose(weights.sum(-1), real.any(-1), atol=1e-5)
    assert weights.dtype == context.dtype == query.dtype
    empty = ~real.any(-1)
    assert (context[empty] == 0).all()
    assert np.isfinite(context).all()


@FAST
@given(problems())
def test_what_is_masked_does_not_matter(problem):
    query, keys, values, mask = problem
    mask = mask[:, :1]
    dropped = ~mask[:, 0]
    other_keys, other_values = keys.copy(), values.copy()
    other_keys[dropped], other_values[dropped] = 1e3, -1e3
    for one, other in zip(
        dot_product_attention(query, keys, values, mask),
        dot_product_attention(query, other_keys, other_values, mask),
        strict=True,
    ):
        np.testing.assert_array_equal(one, other)


@FAST
@given(problems(np.float64), st.integers(0, 1000))
def test_shuffled_words_have_shuffled_weights_and_the_same_context(problem, seed):
    query, keys, values, mask = problem
    order = np.random.default_rng(seed).permutation(keys.shape[1])
    context, weights = dot_product_attention(query, keys, values, mask)
    shuffled_context, shuffled_weights = dot_product_attention(
        query, keys[:, order], values[:, order], mask[..., order]
    )
    np.testing.assert_allclose(shuffled_weights, weights[..., order], atol=1e-12)
    np.testing.assert_allclose(shuffled_context, context, atol=1e-12)


@FAST
@given(problems(np.float64), st.floats(-1e4, 1e4))
def test_softmax_sees_only_differences(problem, shift):
    scores = problem[0]
    np.testing.assert_allclose(softmax(scores + shift), softmax(scores), atol=1e-10)
    np.testing.assert_allclose(
        softmax(scores, axis=0), np.moveaxis(softmax(np.moveaxis(scores, 0, -1)), -1, 0)
    )


@FAST
@given(problems())
def test_arguments_are_left_alone(problem):
    copies = [array.copy() for array in problem]
    dot_product_attention(*problem)
    for array, copy in zip(problem, copies, strict=True):
        np.testing.assert_array_equal(array, copy)


@FAST
@given(problems())
def test_equals_torch(problem):
    torch = pytest.importorskip("torch")
    query, keys, values, mask = problem
    # As one-hot values, the words themselves: then torch's context is torch's weights.
    words = np.broadcast_to(np.eye(keys.shape[1], dtype=keys.dtype), (len(keys), *2 * keys.shape[1:2]))
    query = query / 2  # of size 1, as the 1e-6 is
    _, weights = dot_product_attention(query, keys, mask=mask)
    real = full(mask, weights)
    rows = real.any(-1)  # what torch makes of a row without a real token is its own affair
    for contents in (words, values):
        context, _ = dot_product_attention(query, keys, contents, mask)
        theirs = torch.nn.functional.scaled_dot_product_attention(
            *(torch.from_numpy(array.copy()) for array in (query, keys, contents)),
            attn_mask=torch.from_numpy(real.copy()),
            scale=1.0,
        ).numpy()
        size = np.abs(contents).max()
        np.testing.assert_allclose(context[rows] / size, theirs[rows] / size, atol=1e-6)


@FAST
@given(problems(np.float64))
def test_equals_loops(problem):
    query, keys, values, mask = problem
    context, weights = dot_product_attention(query, keys, values, mask)
    real = full(mask, weights)
    for b, t in np.ndindex(query.shape[:2]):
        exponentials = [
            np.exp(sum(q * k for q, k in zip(query[b, t], key, strict=True))) if real[b, t, s] else 0.0
            for s, key in enumerate(keys[b])
        ]
        expected = np.array(exponentials) / (sum(exponentials) or 1)
        np.testing.assert_allclose(weights[b, t], expected, atol=1e-9)
        np.testing.assert_allclose(context[b, t], expected @ values[b], atol=1e-9)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_large_scores_neither_overflow_nor_warn(dtype):
    query, keys = np.array([1e2], dtype), np.array([[1e2], [-1e2], [99.0]], dtype)  # ±10,000
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        _, weights = dot_product_attention(query, keys)
    np.testing.assert_allclose(weights, [1, 0, 0], atol=1e-6)
    assert weights.dtype == dtype


def test_a_row_without_a_real_token_is_zero_without_a_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        context, weights = dot_product_attention(
            np.ones((2, 3)), np.ones((4, 3)), mask=np.array([[True] * 4, [False] * 4])
        )
    assert weights.tolist() == [[0.25] * 4, [0.0] * 4]
    assert context.tolist() == [[1.0] * 3, [0.0] * 3]


def test_one_query_is_a_row_of_many():
    rng = np.random.default_rng(0)
    queries, keys, values = (rng.standard_normal(shape) for shape in ((4, 5), (7, 5), (7, 6)))
    mask = np.array([True] * 5 + [False] * 2)
    contexts, weights = dot_product_attention(queries, keys, values, mask)
    assert contexts.shape == (4, 6) and weights.shape == (4, 7)
    for t in range(4):
        context, row = dot_product_attention(queries[t], keys, values, mask)
        assert context.shape == (6,) and row.shape == (7,)
        np.testing.assert_allclose(context, contexts[t])
        np.testing.assert_allclose(row, weights[t])


def test_one_query_over_a_batch_of_keys():
    rng = np.random.default_rng(0)
    query, keys, values = (rng.standard_normal(shape) for shape in ((5,), (2, 7, 5), (2, 7, 6)))
    mask = np.array([[True] * 7, [True] * 3 + [False] * 4])
    context, weights = dot_product_attention(query, keys, values, mask)
    assert context.shape == (2, 6) and weights.shape == (2, 7)
    np.testing.assert_allclose(context[1], dot_product_attention(query, keys[1, :3], values[1, :3])[0])


def test_values_default_to_the_keys_and_numbers_may_be_integers():
    context, weights = dot_product_attention([1, 0], [[2, 0], [0, 2]])
    np.testing.assert_allclose(weights, [np.e**2 / (np.e**2 + 1), 1 / (np.e**2 + 1)])
    np.testing.assert_allclose(context, 2 * weights)


def test_small_integers_do_not_run_over():
    query, keys = np.array([100, 3], np.int8), np.array([[100, 0], [1, 100], [100, 1]], np.int8)
    found = dot_product_attention(query, keys)
    for ours, expected in zip(found, dot_product_attention(query.astype(float), keys.astype(float))):
        np.testing.assert_allclose(ours, expected)
    np.testing.assert_allclose(softmax(np.array([127, -128], np.int8)), [1, 0], atol=1e-9)


def test_every_row_has_a_highest_score_of_its_own():
    np.testing.assert_allclose(softmax([[0, 1], [1e4, 1e4 + 1]]), [softmax([0, 1])] * 2)


KEYS = np.ones((7, 5))


@pytest.mark.parametrize(
    "arguments, words",
    [
        ((np.ones(4), KEYS), [r"\(4,\)", r"\(7, 5\)", "features"]),
        ((np.ones(5), np.ones(5)), [r"\(5,\)", "give a query"]),
        ((1.0, KEYS), [r"\(\)", "give a query"]),
        ((np.ones(5), KEYS, np.ones(7)), [r"\(7,\)", "give a query"]),
        ((np.ones(5), KEYS, np.ones((6, 2))), [r"\(7, 5\)", r"\(6, 2\)", "one value for each key"]),
        ((np.ones((2, 1, 5)), np.ones((3, 7, 5))), [r"\(2, 1, 5\)", r"\(3, 7, 5\)", "batch"]),
        ((np.ones((2, 1, 5)), np.ones((3, 7, 5)), np.ones((2, 7, 5))), [r"\(3, 7, 5\)", "batch"]),
        ((np.ones((2, 1, 5)), np.ones((2, 7, 5)), np.ones((3, 7, 5))), [r"\(3, 7, 5\)", "batch"]),
        ((np.ones(5), np.ones((0, 5))), [r"\(0, 5\)", "at least one"]),
        ((np.ones(5), KEYS, None, np.ones(7)), ["float64", "True", "!= 0"]),
        ((np.ones(5), KEYS, None, np.ones(7, np.int8)), ["int8", "True"]),
        ((np.ones(5), KEYS, None, np.ones(6, bool)), [r"\(6,\)", r"\(7,\)"]),
        (
            (np.ones((2, 3, 5)), np.ones((2, 7, 5)), None, np.ones((2, 7), bool)),
            [r"\(2, 7\)", r"\(2, 3, 7\)", r"mask\[:, None, :\]"],
        ),
    ],
)
def test_bad_arguments_get_one_clear_sentence(arguments, words):
    with pytest.raises(ValueError) as caught:
        dot_product_attention(*arguments)
    for word in words:
        assert caught.match(word)
