"""Decoding steps opened up: the numbers are the decoder's own, and what is shown of them is true."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from toy import CONFIGS, toy_model, toy_pairs, toy_vocabs

from course_utils.analysis.trace import (
    Step,
    decoding_steps,
    encoder_states,
    next_word_probabilities,
    top_words,
)
from course_utils.figures.texts import signed
from course_utils.model.translator import Translator
from course_utils.numpy_attention import softmax
from course_utils.text.batching import length_mask, pad
from course_utils.text.vocab import BOS, BOS_ID, EOS
from course_utils.widgets.hand_weights import normalised, weights_explorer
from course_utils.widgets.steps import likeliest_view, step_view, stepper, strip_view

PAIRS = toy_pairs(30)
WITH_ATTENTION = [name for name in CONFIGS if name.startswith("attention")]
NASTY = "<script>alert(1)</script>"


def toy(name: str = "attention-additive") -> Translator:
    torch.manual_seed(0)
    vocabs = toy_vocabs(PAIRS)
    return Translator(toy_model(name, *map(len, vocabs)), *vocabs)


def text_of(html: str) -> str:
    return "".join(ET.fromstring(f"<div>{html}</div>").itertext())


@torch.no_grad()
def decoded(translator: Translator, source: list[str], target: list[str]):
    """Return log_probs (T + 1, V) and weights (T + 1, S), by calls of the decoder and nothing else."""
    ids, lengths = pad([translator.source_vocab.encode(source)])
    memory, mask, hidden = translator.model.encode(ids, lengths, length_mask(lengths))
    rows = []
    for word in [BOS_ID, *translator.target_vocab.encode(target)]:
        log_probs, hidden, weights = translator.model.decoder(torch.tensor([word]), hidden, memory, mask)
        rows.append((log_probs[0].numpy(), weights[0].numpy()))
    return map(np.array, zip(*rows))


# --- the numbers -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", WITH_ATTENTION)
def test_steps_are_the_decoders(name: str) -> None:
    translator = toy(name)
    for pair in PAIRS[:8]:
        steps = decoding_steps(translator, pair.source, pair.target)
        log_probs, weights = decoded(translator, pair.source, pair.target)
        assert [step.word for step in steps] == [*pair.target, EOS]
        assert [step.last for step in steps] == [BOS, *pair.target]
        for step, expected, row in zip(steps, log_probs, weights, strict=True):
            assert np.allclose(step.weights, row, atol=1e-12)
            assert np.allclose(softmax(step.scores), row, atol=1e-12)
            likely = dict(step.likeliest)
            assert list(likely.values()) == pytest.approx(sorted(np.exp(expected), reverse=True)[:5])
            for word, p in likely.items():
                assert p == pytest.approx(np.exp(expected[translator.target_vocab.encode([word])[0]]))


def test_query_scores_and_context_follow_from_one_another() -> None:
    translator = toy("attention-dot")
    source = PAIRS[3].source
    ids, lengths = pad([translator.source_vocab.encode(source)])
    with torch.no_grad():
        states, hidden = translator.model.encoder(ids, lengths)
    states = states[0].numpy()  # (S, H): with the dot score, also the keys
    first = decoding_steps(translator, source)[0]
    assert np.allclose(states @ first.query, first.scores, atol=1e-10)
    assert np.allclose(first.weights @ states, first.context, atol=1e-10)
    with torch.no_grad():
        embedded = translator.model.decoder.embedding(torch.tensor([BOS_ID]))
        asked = translator.model.decoder.attn(torch.cat((embedded, hidden[0]), dim=1))
    assert np.allclose(asked[0].numpy(), first.query, atol=1e-10)


def test_steps_without_a_target_are_the_models_own_translation() -> None:
    translator = toy()
    for pair in PAIRS[:8]:
        steps = decoding_steps(translator, pair.source)
        found = translator.translate_tokens([pair.source])[0]
        assert tuple(step.word for step in steps[:-1]) == found.target
        for step, row in zip(steps, found.attn_weights):
            assert np.allclose(step.weights, row)
        assert all(step.word == step.likeliest[0][0] for step in steps)
        assert steps[-1].word == EOS or len(found.target) == 2 * len(pair.source) + 10


@pytest.mark.parametrize("name", WITH_ATTENTION)
def test_own_weights_by_hand_give_the_models_own_word(name: str) -> None:
    translator = toy(name)
    for pair in PAIRS[:6]:
        log_probs, weights = decoded(translator, pair.source, pair.target)
        states = encoder_states(translator, pair.source)
        for t, (expected, row) in enumerate(zip(log_probs, weights)):
            found = next_word_probabilities(translator, pair.source, pair.target[:t], row @ states)
            assert np.allclose(found, np.exp(expected), atol=1e-12)


def test_zero_weights_fetch_nothing_of_the_source() -> None:
    """Given the same first state, a context of zeros must not depend on the sentence."""
    translator = toy()
    translator.model.encoder.gru.register_forward_hook(
        lambda module, inputs, result: (result[0], torch.zeros_like(result[1]))
    )
    nothing = np.zeros(encoder_states(translator, PAIRS[0].source).shape[1])
    found = [next_word_probabilities(translator, pair.source, "", nothing) for pair in PAIRS[:3]]
    assert np.allclose(found[0], found[1]) and np.allclose(found[0], found[2])
    assert found[0].sum() == pytest.approx(1)


@pytest.mark.parametrize("training", [True, False])
def test_asking_uses_no_dropout_and_restores_the_mode(training: bool) -> None:
    translator = toy()
    context = encoder_states(translator, "un deux").mean(axis=0)
    quiet = next_word_probabilities(translator, "un deux", "one", context)
    translator.model.train(training)
    assert np.array_equal(encoder_states(translator, "un deux").mean(axis=0), context)
    assert np.array_equal(next_word_probabilities(translator, "un deux", "one", context), quiet)
    decoding_steps(translator, "un deux")
    assert translator.model.training is training


def test_it_says_what_it_cannot_do() -> None:
    with pytest.raises(ValueError, match="no attention"):
        decoding_steps(toy("vanilla-every_step"), "un deux")
    with pytest.raises(ValueError, match="does not know “onze”"):
        decoding_steps(toy(), "un onze")
    with pytest.raises(ValueError, match="nothing to translate"):
        decoding_steps(toy(), "")
    with pytest.raises(ValueError, match=r"a context of shape \(3,\): pass \d+ numbers"):
        next_word_probabilities(toy(), "un deux", "", [1, 0, 0])
    with pytest.raises(ValueError, match="there is no step 0"):
        weights_explorer(toy(), "un deux", step=0)


def test_top_words_are_the_likeliest_first() -> None:
    translator = toy()
    probabilities = np.zeros(len(translator.target_vocab))
    probabilities[[5, 7, 9]] = 0.2, 0.5, 0.3
    tokens = translator.target_vocab.tokens
    assert top_words(translator, probabilities, 2) == ((tokens[7], 0.5), (tokens[9], 0.3))


# --- what is shown ---------------------------------------------------------------------------


@given(st.lists(st.floats(-3, 3), min_size=1, max_size=20), st.just(0.0) | st.floats(0.01, 4))
def test_a_strip_shows_signs_and_sizes(numbers: list[float], limit: float) -> None:
    html = strip_view("query", numbers, limit)
    up, down = re.findall(r'd="((?:M\d+ 21v-?\d+)*)" stroke="#', html)
    drawn = {int(x) // 5: -int(v) for path in (up, down) for x, v in re.findall(r"M(\d+) 21v(-?\d+)", path)}
    assert "v-" not in down and up.count("v") == up.count("v-")
    for i, number in enumerate(numbers):
        height = round(20 * max(-1, min(1, number / (limit or 1))))
        assert drawn.get(i, 0) == height
    assert f"from {signed(min(numbers), 1)} to {signed(max(numbers), 1)}" in text_of(html)


def nasty_steps() -> list[Step]:
    likely = ((NASTY, 0.7), ("&", 0.3))
    vector = np.array([0.5, -1.0])
    return [
        Step(BOS, BOS_ID, vector, np.array([2.0, -3.0]), np.array([0.9, 0.1]), vector, likely, NASTY),
        Step(NASTY, 4, vector, np.array([0.0, 0.0]), np.array([0.5, 0.5]), vector, likely, EOS),
    ]


def test_step_view_shows_every_number_and_escapes_every_word() -> None:
    shown = text_of(step_view([NASTY, "b"], nasty_steps(), 1))
    assert all(part in shown for part in (NASTY, "2.0", "−3.0", "0.90", "0.10", "70.0 %", "Step 1 of 2"))
    assert NASTY not in step_view([NASTY, "b"], nasty_steps(), 1)
    with pytest.raises(ValueError, match="from 1 to 2"):
        step_view([NASTY, "b"], nasty_steps(), 3)


def test_scores_start_at_the_same_zero_line_left_and_right() -> None:
    html = step_view(["a", "b"], nasty_steps(), 1)  # scores 2 and −3: the line stands at 60 %
    assert "60.0%/1px" in html
    assert "margin-left:60.0%;width:40.0%" in html and "margin-left:0.0%;width:60.0%" in html


def test_the_written_word_is_marked_and_small_probabilities_are_not_zero() -> None:
    html = likeliest_view("next", (("one", 0.9999), ("two", 0.0001)), "two")
    assert re.search(r"✓</td><td[^>]*>two<", html) and html.count("✓") == 1
    assert "&lt; 0.1 %" in html


def test_stepper_moves() -> None:
    translator = toy()
    source = talkative(translator)
    explorer, steps = stepper(translator, source), decoding_steps(translator, source)
    assert explorer.controls["step"].max == len(steps) > 2
    for t in range(1, len(steps) + 1):
        explorer.controls["step"].value = t
        assert step_view(source, steps, t) in explorer.html.value
    assert "Step 1 of" in explorer.still._repr_html_()
    assert "Step 3 of" in stepper(translator, source).at(step=3).still._repr_html_()


# --- weights by hand -------------------------------------------------------------------------


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_normalised_weights_sum_to_one_or_are_all_zero(weights: list[float]) -> None:
    found = normalised(weights)
    if max(weights) > 1e-300:
        assert found.sum() == pytest.approx(1)
    else:
        assert found.sum() in (0, pytest.approx(1))


@pytest.mark.parametrize("weights", [[-0.1, 1], [np.nan, 1]])
def test_weights_below_zero_are_no_weights(weights: list[float]) -> None:
    with pytest.raises(ValueError, match="from 0 up"):
        normalised(weights)


def talkative(translator: Translator) -> tuple[str, ...]:
    """Return a source of some words that the model answers in some words."""
    sources = [pair.source for pair in PAIRS if len(pair.source) >= 3]
    return next(s for s in sources if len(translator.translate_tokens([s])[0].target) >= 3)


def test_weights_explorer_starts_every_step_with_the_models_own() -> None:
    translator = toy()
    source = talkative(translator)
    explorer = weights_explorer(translator, source)
    steps = decoding_steps(translator, source)
    for t in (1, 3, 2):
        explorer.controls["step"].value = t
        assert [s.value for s in explorer.sliders] == [round(float(w), 2) for w in steps[t - 1].weights]


def test_weights_explorer_draws_once_a_move_and_shows_what_follows() -> None:
    translator = toy()
    source = talkative(translator)
    explorer = weights_explorer(translator, source)
    drawn: list[str] = []
    explorer.html.observe(lambda change: drawn.append(change["new"]), names="value")
    explorer.controls["step"].value = 2
    assert len(drawn) == 1 and f"Written so far: {decoding_steps(translator, source)[1].last}." in drawn[0]
    for slider, value in zip(explorer.sliders, [0.2, 0.6] + [0.0] * len(source)):
        slider.value = value
    own = decoding_steps(translator, source)
    context = np.array([0.25, 0.75] + [0] * (len(source) - 2)) @ encoder_states(translator, source)
    expected = next_word_probabilities(translator, source, [own[1].last], context)
    likely = top_words(translator, expected)
    assert likeliest_view("The next word, with yours", likely, own[1].likeliest[0][0]) in drawn[-1]
    for slider in explorer.sliders:
        slider.value = 0
    assert "the context is all zeros" in drawn[-1]
