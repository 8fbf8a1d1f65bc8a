"""Lesson 4: what it writes out is what the package holds, and what it breaks is broken."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from lesson_code import definitions
from toy import toy_pairs

from course_utils.analysis.evaluation import teacher_forced_scores
from course_utils.model.encoder import Encoder
from course_utils.model.scores import masked_softmax
from course_utils.model.seq2seq import ModelConfig, mean_word_loss
from course_utils.text.batching import length_mask, make_batches, pad
from course_utils.training.settings import TrainingConfig
from course_utils.training.trainer import Trainer


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
    assert lesson["padding_counts"](log_probs, target) != expected


@pytest.mark.parametrize("attention", [True, False])
@pytest.mark.parametrize(
    "updates, batch_size, seed",
    [(11, 5, 1), (12, 5, 2), (3, 5, 1), (1, 20, 3), (9, 7, 1)],  # within an epoch, at its end, before it
)
def test_the_lessons_loop_is_the_trainer(
    lesson: dict[str, Any], attention: bool, updates: int, batch_size: int, seed: int
) -> None:
    """The same losses, the same weights at the end, to the last bit: with dropout, in float32."""
    config = ModelConfig(hidden_size=16, embedding_size=8, attention=attention)
    settings = TrainingConfig(updates=updates, batch_size=batch_size, learning_rate=1e-2, seed=seed)
    pairs, valid = toy_pairs(20), toy_pairs(6, seed=1)
    trainer = Trainer(config, settings, pairs, valid)
    expected, vocabs = trainer.run().model, trainer.vocabs
    model, losses = lesson["train"](config, settings, pairs, make_batches(valid, *vocabs, 128), vocabs)
    assert [round(loss, 4) for loss in losses] == trainer.history.loss
    assert not model.training
    for (name, weight), other in zip(model.state_dict().items(), expected.state_dict().values(), strict=True):
        assert torch.equal(weight, other), name
    batches = make_batches(valid, *vocabs, 4)
    loss = lesson["validation_loss"](model, batches)
    assert loss == teacher_forced_scores(expected, batches)[0]


def test_the_lessons_loop_keeps_the_best_weights_and_not_the_last(lesson: dict[str, Any]) -> None:
    """Trained on one language and validated on another, the first epoch's weights are the best."""
    config = ModelConfig(hidden_size=16, embedding_size=8)
    settings = TrainingConfig(updates=40, batch_size=5, learning_rate=3e-2)
    pairs, valid = toy_pairs(20), toy_pairs(6, seed=1)
    other = [pair.__class__(pair.source, pair.target[::-1] * 2, None) for pair in valid]
    trainer = Trainer(config, settings, pairs, other)
    trainer.run()
    batches = make_batches(other, *trainer.vocabs, 128)
    model, _ = lesson["train"](config, settings, pairs, batches, trainer.vocabs)
    assert trainer.history.valid_loss[-1] > min(trainer.history.valid_loss)
    for name, weight in model.state_dict().items():
        assert torch.equal(weight, trainer.best[1][name]), name


def test_the_suspicious_update_is_wrong_in_two_ways(lesson: dict[str, Any]) -> None:
    """Undoing one of the two is not enough, and the check says so; undoing both is."""
    check = lesson["check_update"]
    assert "Two things" in check(lesson["suspicious_update"]).message
    assert check(lesson["solution_update"]).state == "done"

    def emptied(model: Any, batch: Any, optimizer: Any, clip: float) -> float:
        optimizer.zero_grad()
        return lesson["suspicious_update"](model, batch, optimizer, clip)

    assert check(emptied).state == "wrong" and "Two things" not in check(emptied).message


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
