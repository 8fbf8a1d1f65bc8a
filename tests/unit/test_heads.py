"""A Transformer head by head: the weights are the model's own, and the sliders show them."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch
from toy import CONFIGS, toy_model, toy_pairs, toy_vocabs

from course_utils.analysis.alignments import reference_weights
from course_utils.analysis.heads import cross_weights, sentence_weights
from course_utils.analysis.interventions import chosen_words
from course_utils.analysis.trace import decoding_steps, encoder_states, next_word_probabilities
from course_utils.model.translator import Translator
from course_utils.widgets.heads import heads_explorer, heads_view
from course_utils.widgets.steps import stepper

PAIRS = toy_pairs(12)
LAYERS, HEADS = CONFIGS["transformer"].layers, CONFIGS["transformer"].heads


def translator(name: str = "transformer") -> Translator:
    torch.manual_seed(0)
    vocabs = toy_vocabs(PAIRS)
    return Translator(toy_model(name, *map(len, vocabs)), *vocabs)


def test_there_is_a_table_for_every_head_of_every_layer() -> None:
    found = cross_weights(translator(), PAIRS, batch_size=5)
    for weights, pair in zip(found, PAIRS, strict=True):
        assert weights.shape == (LAYERS, HEADS, len(pair.target), len(pair.source))
        assert weights.sum(axis=3) == pytest.approx(1)
    some = next(weights for weights in found if weights.shape[3] > 2)
    assert not np.allclose(some[0, 0], some[0, 1]) and not np.allclose(some[0], some[1])


def test_what_the_model_shows_is_the_mean_over_the_heads_of_a_layer() -> None:
    shown = reference_weights(translator(), PAIRS)
    for ours, theirs in zip(cross_weights(translator(), PAIRS), shown, strict=True):
        assert ours[-1].mean(axis=0) == pytest.approx(theirs)


def test_one_sentence_alone_or_among_others() -> None:
    pair = PAIRS[3]
    alone = sentence_weights(translator(), pair.source, " ".join(pair.target))
    assert alone == pytest.approx(cross_weights(translator(), PAIRS)[3], abs=1e-10)


def test_only_a_transformer_has_heads() -> None:
    for name in ("attention-dot", "vanilla-every_step"):
        with pytest.raises(ValueError, match="this model is no Transformer"):
            cross_weights(translator(name), PAIRS)
    with pytest.raises(ValueError, match="does not know “zwei”"):
        sentence_weights(translator(), "un deux", "one zwei")


@pytest.mark.parametrize(
    "ask",
    [
        lambda model: decoding_steps(model, "un deux"),
        lambda model: encoder_states(model, "un deux"),
        lambda model: next_word_probabilities(model, "un deux", "one", np.zeros(6)),
        lambda model: chosen_words(model, PAIRS, {}),
        lambda model: stepper(model, "un deux"),
    ],
)
def test_what_needs_one_query_and_one_context_says_so(ask) -> None:
    with pytest.raises(
        ValueError, match="one query and one context a step, and a Transformer has one in every"
    ):
        ask(translator())


def test_the_sliders_show_the_weights_of_a_layer_at_a_step() -> None:
    source, target = "un deux trois", "one two three"
    weights = sentence_weights(translator(), source, target)
    explorer = heads_explorer(translator(), source, target)
    for layer in range(LAYERS):
        for step in (1, 2, 3):
            html = explorer.view(layer=layer, step=step)
            assert html == heads_view(
                source.split(), weights[layer, :, step - 1], layer + 1, target.split()[: step - 1],
                target.split()[step - 1],
            )  # fmt: skip
            numbers = [float(n) for n in re.findall(r">(\d\.\d\d)<", html)]
            assert numbers == pytest.approx(weights[layer, :, step - 1].T.flatten(), abs=0.006)
    assert "So far: nothing" in explorer.view(0, 1) and "“two”. So far: one." in explorer.view(1, 2)
