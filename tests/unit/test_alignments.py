"""Attention against gold alignments, and words chosen with other weights."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from toy import toy_model, toy_pairs, toy_vocabs

from course_utils.analysis.alignments import (
    alignment_error_rate,
    best_single_links,
    diagonal_links,
    gold_links,
    gold_weight,
    reference_weights,
)
from course_utils.analysis.interventions import OWN, chosen_words
from course_utils.analysis.trace import decoding_steps, encoder_states, next_word_probabilities, top_words
from course_utils.model.translator import Translator
from course_utils.text.corpus import Pair
from course_utils.text.vocab import EOS

PAIRS = toy_pairs(30)


def toy(name: str = "attention-additive") -> Translator:
    torch.manual_seed(0)
    vocabs = toy_vocabs(PAIRS)
    return Translator(toy_model(name, *map(len, vocabs)), *vocabs)


@st.composite
def aligned(draw) -> Pair:
    S, T = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    links = draw(st.sets(st.tuples(st.integers(0, S - 1), st.integers(0, T - 1)), max_size=6))
    return Pair(("f",) * S, ("e",) * T, tuple(sorted(links)))


@pytest.mark.parametrize("training", [True, False])
def test_reference_weights_are_those_of_each_sentence_alone(training: bool) -> None:
    translator = toy()
    translator.model.train(training)
    found = reference_weights(translator, PAIRS, batch_size=7)
    assert translator.model.training is training
    for weights, pair in zip(found, PAIRS, strict=True):
        alone = [step.weights for step in decoding_steps(translator, pair.source, pair.target)]
        assert weights.shape == (len(pair.target), len(pair.source))
        assert np.allclose(weights, alone[:-1], atol=1e-12)  # the last is the row of <eos>


def test_every_pair_is_looked_at_once_among_pairs_of_like_length() -> None:
    translator, met = toy(), []
    encode = translator.model.encode

    def watched(source, lengths, mask):
        met.append(lengths.tolist())
        return encode(source, lengths, mask)

    translator.model.encode = watched
    reference_weights(translator, PAIRS, batch_size=7)
    assert [len(lengths) for lengths in met] == [7, 7, 7, 7, 2]
    assert sum(met, []) == sorted(len(pair.source) for pair in PAIRS)


def test_what_needs_attention_or_alignments_says_so() -> None:
    with pytest.raises(ValueError, match="no attention"):
        reference_weights(toy("vanilla-every_step"), PAIRS)
    with pytest.raises(ValueError, match="no attention"):
        chosen_words(toy("vanilla-every_step"), PAIRS, {})
    with pytest.raises(ValueError, match="no gold alignment"):
        gold_links(PAIRS[0])


def test_the_diagonal_counts_along() -> None:
    assert diagonal_links(3, 3) == [(0, 0), (1, 1), (2, 2)]
    assert diagonal_links(6, 3) == [(1, 0), (3, 1), (5, 2)]
    assert diagonal_links(1, 2) == [(0, 0), (0, 1)]


@given(st.integers(1, 60), st.integers(1, 60))
def test_the_diagonal_stays_inside_and_never_goes_back(S: int, T: int) -> None:
    places = [i for i, _ in diagonal_links(S, T)]
    assert places == sorted(places) and 0 <= places[0] and places[-1] < S


@given(aligned())
def test_no_other_single_links_beat_the_floor(pair: Pair) -> None:
    S, T = len(pair.source), len(pair.target)
    floor = alignment_error_rate([best_single_links(pair)], [pair.alignment])
    for places in itertools.product(range(S), repeat=T):
        links = [(i, j) for j, i in enumerate(places)]
        assert alignment_error_rate([links], [pair.alignment]) >= floor


@given(aligned())
def test_single_links_are_gold_where_there_is_gold(pair: Pair) -> None:
    links = best_single_links(pair)
    assert [j for _, j in links] == list(range(len(pair.target)))
    for i, j in links:
        gold = [source for source, target in pair.alignment if target == j]
        assert i in gold if gold else i == 0


@given(aligned(), st.integers(0, 99))
def test_gold_weight_is_the_weight_on_gold(pair: Pair, seed: int) -> None:
    S, T = len(pair.source), len(pair.target)
    weights = np.random.default_rng(seed).dirichlet(np.ones(S), T)
    found = gold_weight(weights, pair)
    for j in range(T):
        gold = [weights[j, i] for i, target in pair.alignment if target == j]
        assert found[j] == pytest.approx(sum(gold)) if gold else np.isnan(found[j])


def test_gold_weight_wants_weights_that_fit() -> None:
    with pytest.raises(ValueError, match=r"pass \(1, 2\)"):
        gold_weight(np.ones((2, 1)), Pair(("a", "b"), ("c",), ((0, 0),)))


# --- other weights ---------------------------------------------------------------------------


def keep(weights, mask, dice):
    return weights


def last_real(weights, mask, dice):
    return torch.nn.functional.one_hot(mask.sum(dim=1) - 1, weights.shape[1])


@pytest.mark.parametrize("name", ["attention-additive", "attention-dot"])
def test_chosen_words_are_those_of_single_steps(name: str) -> None:
    translator = toy(name)
    for pair in PAIRS[:6]:
        chosen = chosen_words(translator, [pair], {"keep": keep, "last": last_real})
        assert chosen["keep"] == chosen[OWN]
        steps = decoding_steps(translator, pair.source, pair.target)
        assert chosen[OWN] == [step.likeliest[0][0] for step in steps[:-1]]
        at_last = encoder_states(translator, pair.source)[-1]
        for t, word in enumerate(chosen["last"]):
            found = next_word_probabilities(translator, pair.source, pair.target[:t], at_last)
            assert word == top_words(translator, found, 1)[0][0]


def test_a_batch_chooses_as_its_sentences_do_alone() -> None:
    translator = toy()
    changes = {"last": last_real}
    together = chosen_words(translator, PAIRS, changes, batch_size=8)
    alone = [chosen_words(translator, [pair], changes) for pair in PAIRS]
    for name in together:
        assert sorted(together[name]) == sorted(word for one in alone for word in one[name])
    assert len(together[OWN]) == sum(len(pair.target) for pair in PAIRS)


def test_a_step_stands_for_a_word_even_where_the_model_would_end() -> None:
    translator = toy()
    chosen = chosen_words(translator, PAIRS, {})
    assert EOS in chosen[OWN]  # an untrained model ends at once, now and then


def test_chance_is_the_same_every_time() -> None:
    def by_chance(weights, mask, dice):
        return torch.rand(weights.shape, generator=dice)

    first, again = (chosen_words(toy(), PAIRS, {"chance": by_chance}, seed=3) for _ in range(2))
    assert first == again
    other = chosen_words(toy(), PAIRS, {"chance": by_chance}, seed=4)
    assert other["chance"] != first["chance"] and other[OWN] == first[OWN]


def test_a_change_that_writes_into_what_it_is_given_changes_nothing_else() -> None:
    def hide(weights, mask, dice):
        weights[:] = 0
        mask[torch.arange(len(mask)), weights.argmax(1)] = False
        return mask / mask.sum(1, keepdim=True).clamp_min(1)

    changes = {"hide": hide, "keep": keep}
    assert chosen_words(toy(), PAIRS, changes)[OWN] == chosen_words(toy(), PAIRS, {})[OWN]
    assert chosen_words(toy(), PAIRS, changes)["keep"] == chosen_words(toy(), PAIRS, {})[OWN]


def test_a_change_may_not_take_the_name_of_the_unchanged_weights() -> None:
    with pytest.raises(ValueError, match="give your change another"):
        chosen_words(toy(), PAIRS, {OWN: keep})


def test_a_change_must_return_as_many_weights() -> None:
    with pytest.raises(ValueError, match="'short' made weights of shape"):
        chosen_words(toy(), PAIRS, {"short": lambda weights, mask, dice: weights[:, :1].repeat(2, 1)})
