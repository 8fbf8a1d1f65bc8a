"""Lesson 5: the beam search that it writes out finds what the package's finds."""

from __future__ import annotations

from typing import Any

import pytest
from lesson_code import definitions
from toy import toy_model, toy_pairs, toy_vocabs

from course_utils.model.translator import Translator


@pytest.fixture(scope="module")
def lesson() -> dict[str, Any]:
    return definitions("05_open_book_exam")


@pytest.mark.parametrize("beam_size", [1, 2, 4])
@pytest.mark.parametrize("config", ["attention-additive", "vanilla-every_step"])
def test_beam_search_is_the_packages(lesson: dict[str, Any], config: str, beam_size: int) -> None:
    pairs = toy_pairs(12)
    vocabs = toy_vocabs(pairs)
    translator = Translator(toy_model(config, *map(len, vocabs)).eval(), *vocabs)
    for pair in pairs:
        limit = 2 * len(pair.source) + 10
        words, log_prob = lesson["beam_search"](translator, pair.source, beam_size, limit)[0]
        expected = translator.translate_tokens([pair.source], beam_size)[0]
        assert tuple(words) == tuple(vocabs[1].decode(vocabs[1].encode(expected.target)))
        assert log_prob == pytest.approx(expected.log_prob, abs=1e-4)
