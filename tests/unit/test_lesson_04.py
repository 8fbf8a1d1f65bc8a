"""Lesson 4: what it writes out is what the package holds, and what it breaks is broken."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from lesson_code import definitions

from course_utils.model.encoder import Encoder
from course_utils.model.scores import masked_softmax
from course_utils.model.seq2seq import mean_word_loss
from course_utils.text.batching import length_mask, pad


@pytest.fixture(scope="module")
def lesson() -> dict[str, Any]:
    """The lesson's imports, functions and classes, without anything that it computes."""
    return definitions("04_padding_masks")


def encoder(direction: str = "both") -> Encoder:
    torch.manual_seed(5)
    return Encoder(20, 6, direction=direction).double().eval().requires_grad_(False)


ragged = st.lists(st.lists(st.integers(4, 19), min_size=1, max_size=8), min_size=1, max_size=6)


@settings(deadline=None, derandomize=True, database=None)
@given(sequences=ragged, more=st.integers(0, 5))
def test_the_lesson_builds_the_package(lesson: dict[str, Any], sequences: list[list[int]], more: int) -> None:
    ids, lengths = lesson["pad"](sequences)
    expected_ids, expected_lengths = pad(sequences)
    assert torch.equal(ids, expected_ids) and torch.equal(lengths, expected_lengths)

    mask = lesson["length_mask"](lengths, ids.shape[1] + more)
    assert torch.equal(mask, length_mask(lengths, ids.shape[1] + more))

    scores = torch.randn(mask.shape)
    mask = torch.cat((mask, torch.zeros_like(mask[:1])))  # and a row without a real token
    scores = torch.cat((scores, scores[:1]))
    weights = lesson["masked_softmax"](scores, mask)
    assert torch.equal(weights, masked_softmax(scores, mask))

    reader = encoder()
    states, hidden = lesson["packed_encode"](reader, ids, lengths)
    expected_states, expected_hidden = reader(ids, lengths)
    joined = hidden.transpose(0, 1).reshape(1, len(ids), -1)
    torch.testing.assert_close(states, expected_states, rtol=0, atol=1e-12)
    torch.testing.assert_close(joined, expected_hidden, rtol=0, atol=1e-12)


def test_the_lessons_loss_is_the_packages(lesson: dict[str, Any]) -> None:
    torch.manual_seed(1)
    log_probs = torch.randn(3, 5, 7).double().log_softmax(2)
    target = torch.tensor([[4, 5, 2, 0, 0], [6, 2, 0, 0, 0], [4, 6, 5, 4, 2]])
    expected = mean_word_loss(log_probs, target)
    torch.testing.assert_close(lesson["words_count"](log_probs, target), expected)
    real = (target != 0).double().mean()
    torch.testing.assert_close(lesson["diluted"](log_probs, target), expected * real)
    assert lesson["padding_counts"](log_probs, target) != expected


def test_the_leaky_encoder_leaks_and_nothing_else_differs(lesson: dict[str, Any]) -> None:
    sound = encoder()
    leaky = lesson["LeakyEncoder"](20, 6).double().eval()
    leaky.load_state_dict(sound.state_dict())
    full = torch.randint(4, 20, (3, 6), generator=torch.Generator().manual_seed(1))
    whole = torch.full((3,), 6)
    for ours, theirs in zip(leaky(full, whole), sound(full, whole), strict=True):
        torch.testing.assert_close(ours, theirs)
    short = torch.tensor([6, 4, 2])
    full[~length_mask(short)] = 0
    assert (leaky(full, short)[1] - sound(full, short)[1])[0, 1:].abs().max() > 0.01


def test_the_bugs_of_the_exercises_bite(lesson: dict[str, Any]) -> None:
    lengths = torch.tensor([4, 1, 2, 3])
    wrong = lesson["suspicious_mask"](lengths, 4)
    right = lesson["length_mask"](lengths)
    assert wrong.shape == right.shape and not torch.equal(wrong, right)
    assert torch.equal(wrong.sum(1), lengths) is False and torch.equal(right.sum(1), lengths)
    # What saves the forward half saves no backward half.
    ids, lengths = pad([[5, 6, 7, 8], [9, 10]])
    for direction in ("forward", "backward"):
        reader = encoder(direction)
        states, _ = lesson["unpacked"](reader, ids)
        last = lesson["solution_last_states"](states, lengths)
        assert torch.allclose(last, reader(ids, lengths)[1][0]) is (direction == "forward")


def test_a_mask_the_wrong_way_round_is_loud_only_where_weights_are_asked_for() -> None:
    heads = torch.nn.MultiheadAttention(4, num_heads=1, batch_first=True)
    states, everything = torch.randn(1, 3, 4), torch.ones(1, 3, dtype=torch.bool)
    assert heads(states, states, states, key_padding_mask=everything)[0].isnan().all()
    found, _ = heads(states, states, states, key_padding_mask=everything, need_weights=False)
    assert found.isfinite().all()


@pytest.mark.parametrize("mask_by, finite", [("fill", True), ("add", False)])
def test_the_bandage_of_exercise_5_hides_nan_in_one_of_two_cases(mask_by: str, finite: bool) -> None:
    real = torch.tensor([[True, True, False], [False, False, False]])
    scores = torch.tensor([[2.0, 1.0, 3.0]] * 2, requires_grad=True)
    if mask_by == "fill":
        masked = scores.masked_fill(~real, -torch.inf)
    else:
        masked = scores + torch.zeros(2, 3).masked_fill(~real, -torch.inf)
    masked.softmax(1).nan_to_num(0.0)[0, 0].backward()
    assert bool(scores.grad.isfinite().all()) is finite
