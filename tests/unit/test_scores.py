from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st

from course_utils.model.scores import (
    SCORES,
    AdditiveScore,
    DotScore,
    GeneralScore,
    LocationScore,
    make_score,
    masked_softmax,
)
from course_utils.numpy_attention import dot_product_attention
from course_utils.text.batching import length_mask

ragged_lengths = st.lists(st.integers(1, 7), min_size=1, max_size=5)


@given(ragged_lengths, st.integers(0, 2), st.integers(0, 2**20))
def test_masked_softmax_is_softmax_of_the_real_ones(lengths: list[int], more: int, seed: int) -> None:
    mask = length_mask(torch.tensor(lengths), max(lengths) + more)
    scores = 5 * torch.randn(mask.shape, generator=torch.Generator().manual_seed(seed))
    weights = masked_softmax(scores, mask)
    for row, values, length in zip(weights, scores, lengths):
        torch.testing.assert_close(row[:length], values[:length].softmax(0))
        assert (row[length:] == 0).all()


def test_masked_softmax_without_a_mask_is_softmax() -> None:
    scores = torch.randn(2, 3, 4)
    for dim in (0, 1, 2, -1):
        torch.testing.assert_close(masked_softmax(scores, dim=dim), scores.softmax(dim))


def test_masked_softmax_along_another_dimension() -> None:
    scores, mask = torch.randn(4, 3), torch.rand(4, 3) < 0.6
    torch.testing.assert_close(masked_softmax(scores, mask, dim=0), masked_softmax(scores.T, mask.T).T)


def test_a_row_without_a_real_token_gets_zeros_and_harms_no_gradient() -> None:
    scores = torch.randn(3, 4, requires_grad=True)
    mask = torch.tensor([[True, True, False, False], [False] * 4, [True] * 4])
    weights = masked_softmax(scores, mask)
    assert (weights[1] == 0).all()
    torch.testing.assert_close(weights.sum(1), torch.tensor([1.0, 0.0, 1.0]))
    (weights * torch.randn(3, 4)).sum().backward()
    assert scores.grad.isfinite().all()
    assert (scores.grad[1] == 0).all() and (scores.grad[0, 2:] == 0).all()
    assert (scores.grad[0, :2] != 0).all()


def test_no_nan_arises_on_the_way_to_the_gradient_either() -> None:
    """Otherwise torch's own search for the origin of a NaN stops here, whatever it looks for."""
    scores = torch.randn(2, 3, requires_grad=True)
    mask = torch.tensor([[False] * 3, [True, True, False]])
    with torch.autograd.set_detect_anomaly(True):
        masked_softmax(scores, mask)[:, 0].sum().backward()
    assert (scores.grad[0] == 0).all() and scores.grad[1].any()


@pytest.mark.parametrize("dtype", [torch.float16, torch.float32, torch.float64])
def test_masked_softmax_stands_extreme_scores(dtype: torch.dtype) -> None:
    scores = torch.tensor([[6e4, -6e4, 6e4]], dtype=dtype)
    mask = torch.tensor([[False, True, False]])
    assert masked_softmax(scores, mask).tolist() == [[0, 1, 0]]
    assert masked_softmax(scores, mask).dtype == dtype


def test_masked_softmax_leaves_its_arguments_alone() -> None:
    scores, mask = torch.randn(2, 3), torch.tensor([[True, False, True], [False] * 3])
    before = scores.clone(), mask.clone()
    masked_softmax(scores, mask)
    assert torch.equal(scores, before[0]) and torch.equal(mask, before[1])


def test_masked_softmax_broadcasts_its_mask() -> None:
    scores, mask = torch.randn(2, 5, 4), torch.rand(2, 4) < 0.5
    expected = masked_softmax(scores, mask.unsqueeze(1).expand(2, 5, 4))
    torch.testing.assert_close(masked_softmax(scores, mask.unsqueeze(1)), expected)
    one_row = torch.tensor([True, False, True, True])
    torch.testing.assert_close(
        masked_softmax(scores, one_row), masked_softmax(scores, one_row.expand(2, 5, 4))
    )


@pytest.mark.parametrize("shape", [(2, 4), (4,), (1, 2, 3), (3, 2)])
def test_masked_softmax_names_shapes_that_do_not_fit(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError) as caught:
        masked_softmax(torch.randn(2, 3), torch.ones(shape, dtype=torch.bool))
    assert str(shape) in str(caught.value) and "(2, 3)" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("dtype", [torch.float32, torch.long, torch.uint8])
def test_masked_softmax_takes_boolean_masks_only(dtype: torch.dtype) -> None:
    with pytest.raises(ValueError, match="boolean, True at a real token"):
        masked_softmax(torch.randn(2, 3), torch.ones(2, 3, dtype=dtype))


B, S, H = 3, 5, 4


def test_dot_score() -> None:
    query, states = torch.randn(B, H), torch.randn(B, S, H)
    score = DotScore(H)
    expected = [[sum(query[b] * states[b, s]) for s in range(S)] for b in range(B)]
    torch.testing.assert_close(score(query, score.keys(states)), torch.tensor(expected))
    assert not list(score.parameters())


def test_scaled_dot_score_is_torchs_default() -> None:
    query, states, score = torch.randn(B, H), torch.randn(B, S, H), make_score("scaled-dot", H)
    weights = score(query, score.keys(states)).softmax(1)
    torch.testing.assert_close(
        torch.bmm(weights.unsqueeze(1), states),
        F.scaled_dot_product_attention(query.unsqueeze(1), states, states),
    )


def test_general_score() -> None:
    query, states, score = torch.randn(B, H), torch.randn(B, S, H), GeneralScore(H)
    (W,) = score.parameters()
    expected = torch.einsum("bi,ij,bsj->bs", query, W, states)
    torch.testing.assert_close(score(query, score.keys(states)), expected)


def test_additive_score() -> None:
    query, states, score = torch.randn(B, H), torch.randn(B, S, H), AdditiveScore(H)
    W, v = score.weight.weight, score.v.weight[0]
    assert len(list(score.parameters())) == 2
    expected = [[v @ torch.tanh(query[b] + W @ states[b, s]) for s in range(S)] for b in range(B)]
    torch.testing.assert_close(
        score(query, score.keys(states)), torch.stack([torch.stack(row) for row in expected])
    )


def test_location_score_sees_no_state() -> None:
    query, score = torch.randn(B, H), LocationScore(H, max_length=7)
    W, bias = score.parameters()
    for states in (torch.randn(B, S, H), torch.zeros(B, S, H)):
        expected = torch.stack([W[s] @ query.T + bias[s] for s in range(S)], dim=1)
        torch.testing.assert_close(score(query, score.keys(states)), expected)
    assert score(query, score.keys(torch.randn(B, 7, H))).shape == (B, 7)
    with pytest.raises(ValueError, match="weights for 7 source words.*has 8"):
        score.keys(torch.randn(B, 8, H))


def test_location_score_knows_forty_places_unless_told() -> None:
    """As many as the course's training sentences have, and no more."""
    LocationScore(H).keys(torch.randn(B, 40, H))
    with pytest.raises(ValueError, match="weights for 40 source words.*has 41"):
        LocationScore(H).keys(torch.randn(B, 41, H))


@pytest.mark.parametrize("name", SCORES)
def test_every_score_by_name(name: str) -> None:
    score = make_score(name, H)
    scores = score(torch.randn(B, H), score.keys(torch.randn(B, S, H)))
    assert scores.shape == (B, S)


def test_an_unknown_score_lists_the_known_ones() -> None:
    with pytest.raises(ValueError, match="'cosine'.*dot, general, additive, location"):
        make_score("cosine", H)


@given(ragged_lengths, st.integers(0, 2**20))
def test_dot_attention_equals_torch_and_numpy(lengths: list[int], seed: int) -> None:
    """Ours, torch's own, and the NumPy function of lesson 2: within 1e-6, masks included."""
    generator = torch.Generator().manual_seed(seed)
    mask = length_mask(torch.tensor(lengths))
    query = torch.randn(len(lengths), H, generator=generator)
    states = torch.randn(*mask.shape, H, generator=generator)

    score = DotScore(H)
    weights = masked_softmax(score(query, score.keys(states)), mask)
    context = torch.bmm(weights.unsqueeze(1), states)  # (B, 1, H)

    by_torch = F.scaled_dot_product_attention(
        query.unsqueeze(1), states, states, attn_mask=mask.unsqueeze(1), scale=1.0
    )
    torch.testing.assert_close(context, by_torch, atol=1e-6, rtol=0)

    by_numpy, numpy_weights = dot_product_attention(
        query.numpy()[:, None], states.numpy(), mask=mask.numpy()[:, None]
    )
    np.testing.assert_allclose(context.numpy(), by_numpy, atol=1e-6, rtol=0)
    np.testing.assert_allclose(weights.numpy()[:, None], numpy_weights, atol=1e-6, rtol=0)


def test_masked_softmax_takes_whole_numbers() -> None:
    scores, mask = torch.tensor([[1, 2, 3]]), torch.tensor([[True, True, False]])
    assert torch.equal(masked_softmax(scores, mask), masked_softmax(scores.float(), mask))
