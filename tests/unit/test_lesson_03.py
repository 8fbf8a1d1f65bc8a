"""Lesson 3's own classes, taken out of the notebook, against the package's: the same numbers."""

from __future__ import annotations

import inspect
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from lesson_code import definitions

from course_utils.figures.curves import plot_learning_curves
from course_utils.figures.diagrams import plot_decoder_step
from course_utils.model.decoders import AttnDecoderRNN
from course_utils.model.scores import make_score, masked_softmax

H, V, S, B, T = 6, 11, 5, 3, 4
SCORES = {
    "dot": "DotScore",
    "general": "GeneralScore",
    "additive": "AdditiveScore",
}


@pytest.fixture(scope="module")
def lesson() -> dict[str, Any]:
    """The lesson's imports, functions and classes, without anything else that its cells do."""
    return definitions("03_attention_decoder")


@pytest.fixture(autouse=True)
def double_precision() -> Any:
    """Random numbers from a fixed start, in float64."""
    torch.manual_seed(1)
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def assert_close(first: tuple[torch.Tensor, ...], second: tuple[torch.Tensor, ...]) -> None:
    """Compare (log_probs, hidden, attn_weights) with the same of another decoder."""
    for a, b in zip(first, second, strict=True):
        torch.testing.assert_close(a, b, rtol=0, atol=1e-12)


def test_version_1_has_the_known_interface(lesson: dict[str, Any]) -> None:
    decoder = lesson["AttnDecoderRNN"]
    options = inspect.signature(decoder).parameters
    assert list(options) == ["hidden_size", "output_size", "dropout_p", "max_length"]
    assert (options["dropout_p"].default, options["max_length"].default) == (0.1, 10)
    forward = list(inspect.signature(decoder.forward).parameters)
    assert forward == ["self", "input", "hidden", "encoder_outputs"]

    log_probs, hidden, weights = decoder(H, V)(
        torch.tensor([[2]]), torch.randn(1, 1, H), torch.randn(1, 10, H)
    )
    assert (log_probs.shape, hidden.shape, weights.shape) == ((1, V), (1, 1, H), (1, 10))
    torch.testing.assert_close(log_probs.exp().sum(), torch.tensor(1.0))
    torch.testing.assert_close(weights.sum(), torch.tensor(1.0))


def test_version_1_is_the_packages_location_score(lesson: dict[str, Any]) -> None:
    """The package's makes a query first: two linear layers where the lesson's class has one."""
    theirs = AttnDecoderRNN(H, V, score="location").eval()
    positions = theirs.score.weight
    state = theirs.state_dict()
    state["attn.weight"] = positions.weight @ theirs.attn.weight
    state["attn.bias"] = positions.weight @ theirs.attn.bias + positions.bias
    ours = lesson["AttnDecoderRNN"](H, V, max_length=positions.out_features).eval()
    ours.load_state_dict({k: v for k, v in state.items() if not k.startswith("score.")})
    word, hidden = torch.tensor([[2]]), torch.randn(1, 1, H)
    encoder_outputs = torch.randn(1, positions.out_features, H)
    mask = torch.ones(1, positions.out_features, dtype=torch.bool)
    assert_close(ours(word, hidden, encoder_outputs), theirs(word[0], hidden, encoder_outputs, mask))


@pytest.mark.parametrize("name", SCORES)
def test_version_2_is_the_packages_decoder(lesson: dict[str, Any], name: str) -> None:
    ours = lesson["AttnDecoderRNN_v2"](H, V, score=lesson[SCORES[name]]).eval()
    theirs = AttnDecoderRNN(H, V, score=name).eval()
    theirs.load_state_dict(ours.state_dict())
    for size, length in ((1, 1), (1, 17), (B, S)):
        words, hidden = torch.randint(V, (size,)), torch.randn(1, size, H)
        encoder_outputs = torch.randn(size, length, H)
        mask = torch.ones(size, length, dtype=torch.bool)
        assert_close(ours(words, hidden, encoder_outputs), theirs(words, hidden, encoder_outputs, mask))


@pytest.mark.parametrize("name", SCORES)
def test_steps_of_version_2_are_what_the_package_trains(lesson: dict[str, Any], name: str) -> None:
    ours = lesson["AttnDecoderRNN_v2"](H, V, score=lesson[SCORES[name]]).eval()
    theirs = AttnDecoderRNN(H, V, score=name).eval()
    theirs.load_state_dict(ours.state_dict())
    inputs = torch.randint(V, (B, T))
    first, encoder_outputs = torch.randn(1, B, H), torch.randn(B, S, H)
    mask = torch.ones(B, S, dtype=torch.bool)

    hidden, steps = first, []
    for t in range(T):
        step = ours(inputs[:, t], hidden, encoder_outputs)
        hidden = step[1]
        steps.append(step)
    log_probs, weights = theirs.teacher_forced(inputs, first, encoder_outputs, mask)
    torch.testing.assert_close(log_probs, torch.stack([s[0] for s in steps], 1), rtol=0, atol=1e-12)
    torch.testing.assert_close(weights, torch.stack([s[2] for s in steps], 1), rtol=0, atol=1e-12)


def test_version_2_of_one_sentence_is_version_1_but_for_the_weights(lesson: dict[str, Any]) -> None:
    """With one state there is nothing to choose: then the two classes give the same."""
    old, new = lesson["AttnDecoderRNN"](H, V, max_length=1).eval(), lesson["AttnDecoderRNN_v2"](H, V).eval()
    new.load_state_dict(
        {k: v for k, v in old.state_dict().items() if not k.startswith("attn.")}, strict=False
    )
    word, hidden, state = torch.tensor([[2]]), torch.randn(1, 1, H), torch.randn(1, 1, H)
    assert_close(old(word, hidden, state), new(word[0], hidden, state))


def test_only_version_1_is_blind(lesson: dict[str, Any]) -> None:
    word, hidden = torch.tensor([[2]]), torch.randn(1, 1, H)
    states = torch.randn(1, 10, H)
    blind, seeing = lesson["AttnDecoderRNN"](H, V).eval(), lesson["AttnDecoderRNN_v2"](H, V).eval()
    assert torch.equal(blind(word, hidden, states)[2], blind(word, hidden, states.flip(1))[2])
    weights, turned = (seeing(word[0], hidden, s)[2] for s in (states, states.flip(1)))
    assert (weights - turned).abs().max() > 1e-3
    torch.testing.assert_close(turned, weights.flip(1))


def test_the_scaled_dot_product_is_torchs_own() -> None:
    query, states = torch.randn(B, H), torch.randn(B, S, H)
    mask = torch.rand(B, S) < 0.7
    mask[:, 0] = True
    score = make_score("scaled-dot", H)
    weights = masked_softmax(score(query, score.keys(states)), mask)
    context = torch.bmm(weights.unsqueeze(1), states)
    expected = F.scaled_dot_product_attention(query.unsqueeze(1), states, states, attn_mask=mask.unsqueeze(1))
    torch.testing.assert_close(context, expected)


@pytest.mark.parametrize("content_based", [False, True])
def test_the_step_is_drawn_with_the_letters_of_pedals(content_based: bool) -> None:
    (ax,) = plot_decoder_step(content_based).axes
    letters = {text.get_text() for text in ax.texts} & set("PEDALS")
    assert letters == set("PEDALS") - (set() if content_based else {"E"})


def test_learning_curves_are_drawn_as_measured() -> None:
    history = {
        "valid_update": [10, 20],
        "valid_accuracy": [30.0, 60.0],
        "loss": [2.0] * 50 + [1.0] * 50,
    }
    histories = {"dot": history, "mine": history}
    (ax,) = plot_learning_curves(histories, "Both learn").axes
    assert [line.get_label() for line in ax.lines] == list(histories)
    assert [list(data) for data in ax.lines[0].get_data()] == [[10, 20], [30, 60]]
    (ax,) = plot_learning_curves(histories, "Both learn", "loss").axes
    assert [list(data) for data in ax.lines[0].get_data()] == [[50, 100], [2, 1]]
    with pytest.raises(ValueError, match="'bleu'.*valid_accuracy"):
        plot_learning_curves(histories, "Both learn", "bleu")
