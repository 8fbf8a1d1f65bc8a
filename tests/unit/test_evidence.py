"""How much attention lies on the evidence: shares, chance and the baselines of position."""

from __future__ import annotations

import numpy as np
import pytest

from course_utils.analysis.evidence import (
    BASELINES,
    by_place,
    evidence_of,
    evidence_share,
    first_sentence,
    last_statement,
    of_another,
    same_word_share,
    uniform,
)
from course_utils.model.pretrained import load_results, load_translator
from course_utils.text.corpus import DIALOGUES, Pair, load_corpus

# anna is in bed . ben is ill . where is anna ?  ->  anna is in bed .
SOURCE = tuple("anna is in bed . ben is ill . where is anna ?".split())
PAIR = Pair(SOURCE, tuple("anna is in bed .".split()), ((2, 2), (3, 2), (2, 3), (3, 3)))


def some_weights(seed: int = 0, pair: Pair = PAIR) -> np.ndarray:
    return np.random.default_rng(seed).dirichlet(np.ones(len(pair.source)), len(pair.target))


def one_hot(*places: int) -> np.ndarray:
    return np.eye(len(SOURCE))[list(places)]


def test_only_words_with_evidence_count_and_every_token_of_it() -> None:
    assert evidence_share([one_hot(0, 0, 2, 2, 0)], [PAIR]) == 1
    assert evidence_share([one_hot(0, 0, 3, 4, 0)], [PAIR]) == 0.5
    assert evidence_share([one_hot(2, 2, 0, 0, 2)], [PAIR]) == 0


def test_the_mean_is_over_words_not_pairs() -> None:
    one_word = PAIR._replace(alignment=((2, 2),))
    assert evidence_share(
        [one_hot(0, 0, 2, 3, 0), one_hot(0, 0, 0, 0, 0)], [PAIR, one_word]
    ) == pytest.approx(2 / 3)


def test_the_strict_share_wants_the_same_word() -> None:
    assert same_word_share([one_hot(0, 0, 2, 3, 0)], [PAIR]) == 1
    assert same_word_share([one_hot(0, 0, 3, 2, 0)], [PAIR]) == 0
    w = [some_weights()]
    assert same_word_share(w, [PAIR]) < evidence_share(w, [PAIR])


def test_chance_is_the_evidence_s_part_of_the_source() -> None:
    assert evidence_share(uniform([PAIR], [some_weights()]), [PAIR]) == pytest.approx(2 / len(SOURCE))


def test_sentences() -> None:
    first, last = (make([PAIR], [some_weights()])[0] for make in (first_sentence, last_statement))
    assert np.allclose(first[:, :5], 0.2) and not first[:, 5:].any()
    assert np.allclose(last[:, 5:9], 0.25) and not last[:, 9:].any() and not last[:, :5].any()
    assert evidence_share([first], [PAIR]) == pytest.approx(0.4)


def test_of_another_is_another_s() -> None:
    pairs = [PAIR, PAIR, PAIR]
    weights = [some_weights(seed) for seed in range(3)]
    for own, other in zip(weights, of_another(pairs, weights)):
        assert not np.allclose(own, other) and any(np.allclose(other, w) for w in weights)


def test_by_place_is_the_mean_of_what_stands_there() -> None:
    """Where all pairs have the same weights at the same places, the baseline is the model."""
    weights = [one_hot(0, 1, 2, 3, 4)] * 4
    assert all(np.allclose(found, weights[0]) for found in by_place([PAIR] * 4, weights))
    half = by_place([PAIR] * 2, [one_hot(0, 0, 2, 2, 0), one_hot(0, 0, 9, 9, 0)])[0]
    assert half[2, 2] == pytest.approx(0.5) == half[2, 9]


@pytest.mark.parametrize("name", BASELINES)
def test_a_baseline_gives_weights_for_each_pair(name: str) -> None:
    pairs = load_corpus(DIALOGUES).valid[:40]
    weights = [some_weights(seed, pair) for seed, pair in enumerate(pairs)]
    before = [w.copy() for w in weights]
    for pair, found in zip(pairs, BASELINES[name](pairs, weights), strict=True):
        assert found.shape == (len(pair.target), len(pair.source))
        assert (found >= 0).all() and np.allclose(found.sum(axis=1), 1)
    assert all(np.array_equal(a, b) for a, b in zip(before, weights))


def test_a_model_without_attention_has_no_share() -> None:
    with pytest.raises(ValueError, match="no attention"):
        evidence_of(load_translator("dialogues-bottleneck"), load_corpus(DIALOGUES).test[:3])


@pytest.mark.parametrize("task", ["reports", "dialogues"])
@pytest.mark.parametrize("seed", ["", "-seed2", "-seed3"])
def test_the_models_look_at_the_evidence(task: str, seed: str) -> None:
    """Four fifths of the weight and more, in three seeds; no baseline has a third."""
    found = load_results(f"{task}{seed}")["test"]["evidence"]
    assert found["model"] >= 0.8
    assert max(found[name] for name in BASELINES) < 0.35
