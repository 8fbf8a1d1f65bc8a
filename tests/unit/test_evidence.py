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
    same_word,
    uniform,
    whole_sentence,
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


def test_stricter_and_milder_evidence() -> None:
    assert same_word(PAIR).alignment == ((2, 2), (3, 3))
    assert whole_sentence(PAIR).alignment == tuple((i, j) for i in range(5) for j in (2, 3))
    elsewhere = PAIR._replace(alignment=((7, 2), (9, 3)))
    assert whole_sentence(elsewhere).alignment == (
        *((i, 2) for i in range(5, 9)),
        *((i, 3) for i in range(9, 13)),
    )


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


def test_pairs_without_evidence_or_sentences_are_refused() -> None:
    translator, pairs = load_translator("dialogues"), load_corpus(DIALOGUES).test[:3]
    for bare in (pairs[0]._replace(alignment=()), pairs[0]._replace(source=("no", "stop"))):
        with pytest.raises(
            ValueError, match="has no evidence, or no sentence that ends: take pairs of a task"
        ):
            evidence_of(translator, [*pairs, bare])


def test_a_model_without_attention_has_no_share() -> None:
    with pytest.raises(ValueError, match="no attention"):
        evidence_of(load_translator("dialogues-bottleneck"), load_corpus(DIALOGUES).test[:3])


SEEDS = [f"{task}{seed}" for task in ("reports", "dialogues") for seed in ("", "-seed2", "-seed3")]


@pytest.mark.parametrize("name", SEEDS)
def test_the_models_look_at_the_sentence_with_the_evidence(name: str) -> None:
    """More than five sixths of the weight, in three seeds of both tasks; no baseline comes near."""
    found = load_results(name)["test"]["evidence"]
    assert found["whole sentence"] >= 0.85
    assert max(found[baseline] for baseline in BASELINES) < min(0.35, found["model"] / 2)


@pytest.mark.parametrize("name", [name for name in SEEDS if name != "dialogues-seed3"])
def test_and_at_its_phrase(name: str) -> None:
    """Four fifths and more; in the third seed of the dialogues it is half, as the lesson says."""
    assert load_results(name)["test"]["evidence"]["model"] >= 0.8
