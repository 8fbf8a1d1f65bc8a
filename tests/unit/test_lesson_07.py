"""Lesson 7: its ROUGE, its share on the evidence and its copying are the package's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lesson_code import definitions

from course_utils.analysis import evidence
from course_utils.analysis.evaluation import rouge
from course_utils.model.pretrained import load_translator
from course_utils.model.translator import Translator
from course_utils.text.corpus import DIALOGUES, Pair, load_corpus
from course_utils.text.vocab import UNK

texts = st.lists(st.sampled_from("abc"), min_size=1, max_size=7)


@pytest.fixture(scope="module")
def lesson() -> dict[str, Any]:
    return definitions("07_three_tasks")


@pytest.fixture(scope="module")
def pairs() -> tuple[Pair, ...]:
    return load_corpus(DIALOGUES).test


@given(texts, texts)
def test_its_rouge_is_the_packages(lesson: dict[str, Any], written: list[str], reference: list[str]) -> None:
    found = rouge([written], [reference])
    for n in (1, 2):
        assert 100 * lesson["rouge_n"](written, reference, n) == pytest.approx(found[f"ROUGE-{n}"], abs=1e-4)


def test_its_share_is_the_packages(lesson: dict[str, Any], pairs: tuple[Pair, ...]) -> None:
    dice = np.random.default_rng(7)
    some = pairs[:50]
    weights = [dice.dirichlet(np.ones(len(pair.source)), len(pair.target)) for pair in some]
    assert lesson["evidence_share"](weights, some) == pytest.approx(evidence.evidence_share(weights, some))


def test_its_copying_is_the_translators(lesson: dict[str, Any], pairs: tuple[Pair, ...]) -> None:
    copying = load_translator("dialogues")
    plain = Translator(copying.model, *copying.vocabs)
    new = [pair.source for pair in pairs if any(word not in copying.target_vocab for word in pair.target)][
        :40
    ]
    found = [plain.translate_tokens(new), copying.translate_tokens(new)]
    assert sum(UNK in t.target for t in found[0]) > 20
    for raw, copied in zip(*found):
        assert lesson["copied"](raw.target, raw.attn_weights, raw.source) == copied.target


def test_the_fact_that_is_taken_away_is_the_one_that_answers(
    lesson: dict[str, Any], pairs: tuple[Pair, ...]
) -> None:
    for pair in pairs[:200]:
        rest = lesson["without_the_fact"](pair)
        facts = " ".join(pair.source).split(" . ")
        left = " ".join(rest).split(" . ")
        (gone,) = [fact for fact in facts if facts.count(fact) > left.count(fact)]
        assert {pair.source[i] for i, _ in pair.alignment or ()} <= {*gone.split()}
