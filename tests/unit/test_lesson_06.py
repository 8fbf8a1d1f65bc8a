"""Lesson 6: its error rate is the package's, and its changes of the weights are what it says they are."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from lesson_code import definitions

from course_utils.analysis.alignments import alignment_error_rate, attention_links
from course_utils.text.batching import length_mask

CHANGES = ("uniform", "without_the_favourite", "another_word")
links = st.sets(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=8)


@pytest.fixture(scope="module")
def lesson() -> dict[str, Any]:
    return definitions("06_reading_attention")


@given(st.lists(st.tuples(links, links), min_size=1, max_size=5).filter(lambda r: any(a or g for a, g in r)))
def test_its_error_rate_is_the_packages(lesson: dict[str, Any], rows) -> None:
    predicted, gold = zip(*rows)
    found = lesson["alignment_error_rate"](predicted, gold)
    assert found == pytest.approx(alignment_error_rate(predicted, gold))


def test_its_links_are_the_packages(lesson: dict[str, Any]) -> None:
    weights = np.random.default_rng(0).dirichlet(np.ones(6), 5)
    assert lesson["attention_links"](weights) == attention_links(weights)


def test_its_entropy_counts_bits(lesson: dict[str, Any]) -> None:
    rows = np.array([[1, 0, 0, 0], [0.5, 0.5, 0, 0], [0.25] * 4])
    assert lesson["entropy"](rows) == pytest.approx([0, 1, 2], abs=1e-6)


def test_model_1_learns_which_words_belong_together(lesson: dict[str, Any]) -> None:
    """*le chat* – the cat, *le chien* – the dog, *un chat* – a cat: each finds its own."""
    le, chat, chien, un = range(4)
    the, cat, dog, a = range(4)
    sentences = [([le, chat], [the, cat]), ([le, chien], [the, dog]), ([un, chat], [a, cat])]
    first = lesson["model_1"](sentences, (4, 5), rounds=1)
    assert first[:, le].tolist() == pytest.approx([0.5, 0.25, 0.25, 0])
    last = lesson["model_1"](sentences, (4, 5), rounds=30)
    assert last[:, :4].sum(axis=0).tolist() == pytest.approx([1] * 4) and not last[:, 4].any()
    assert last.argmax(axis=0)[:4].tolist() == [the, cat, dog, a] and last.max(axis=0)[:4].min() > 0.9


def some_weights(seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    torch.manual_seed(seed)
    mask = length_mask(torch.tensor([2, 5, 4, 5, 3]))
    weights = torch.rand(mask.shape).masked_fill(~mask, 0)
    return weights / weights.sum(dim=1, keepdim=True), mask


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize("seed", range(5))
def test_changed_weights_are_weights(lesson: dict[str, Any], name: str, seed: int) -> None:
    weights, mask = some_weights(seed)
    before = weights.clone()
    changed = lesson[name](weights, mask, torch.Generator().manual_seed(seed)).double()
    assert torch.equal(weights, before)
    assert changed.shape == weights.shape and (changed >= 0).all()
    assert (changed[~mask] == 0).all()
    assert changed.sum(dim=1).tolist() == pytest.approx([1] * len(weights))
    assert not torch.allclose(changed, weights.double())


def test_each_change_does_what_its_name_says(lesson: dict[str, Any]) -> None:
    weights, mask = some_weights(1)
    dice = torch.Generator().manual_seed(1)
    rows, favourite = torch.arange(len(weights)), weights.argmax(dim=1)
    assert torch.allclose(lesson["uniform"](weights, mask, dice)[1], torch.tensor(0.2))
    assert (lesson["without_the_favourite"](weights, mask, dice)[rows, favourite] == 0).all()
    seen = sum(lesson["another_word"](weights, mask, dice) for _ in range(200))
    assert (seen[rows, favourite] == 0).all() and ((seen > 0) == mask).sum() == seen.numel() - len(seen)
    assert not lesson["nothing"](weights, mask, dice).any()
