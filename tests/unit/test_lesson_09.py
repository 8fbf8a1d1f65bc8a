"""Lesson 9: its pieces make up the word, its joins are the commonest, its last cell takes any corpus."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lesson_code import code_cells, definitions
from toy import toy_pairs

from course_utils.model.pretrained import load_translator
from course_utils.text import public
from course_utils.text.corpus import Corpus
from course_utils.training.recipes import own_recipe

words = st.text("abc", min_size=1, max_size=6)
counts = st.dictionaries(words.filter(lambda word: len(word) > 1), st.integers(1, 5), min_size=1, max_size=5)


@pytest.fixture(scope="module")
def lesson() -> dict[str, Any]:
    found = definitions("09_your_own_corpus")
    assert {"join", "learn_joins", "cut", "describe", "exactly_right"} <= found.keys()
    return found


@given(counts, words)
def test_pieces_make_up_the_word(lesson: dict[str, Any], count: dict[str, int], word: str) -> None:
    joins = lesson["learn_joins"](count, 1)
    pieces = lesson["cut"](word, joins)
    assert "".join(pieces) == word
    left, right = joins[0]
    together: Counter[tuple[str, str]] = Counter()
    for known, n in count.items():
        for pair in zip(known, known[1:]):
            together[pair] += n
    assert together[left, right] == max(together.values())
    assert (left, right) not in [*zip(pieces, pieces[1:])]


def test_its_numbers_are_german_and_english(lesson: dict[str, Any]) -> None:
    known = lesson | number_words()
    german, english = known["german"], known["english"]
    for n, one, other in (
        (2, "zwei", "two"),
        (17, "siebzehn", "seventeen"),
        (74, "vierundsiebzig", "seventy four"),
        (130, "einhundertdreißig", "one hundred and thirty"),
        (1005, "eintausendfünf", "one thousand and five"),
        (23_074, "dreiundzwanzigtausendvierundsiebzig", "twenty three thousand and seventy four"),
        (99_999, "neunundneunzigtausendneunhundertneunundneunzig",
         "ninety nine thousand nine hundred and ninety nine"),
    ):  # fmt: skip
        assert (german(n), english(n)) == (one, other)
    assert len({german(n) for n in range(1, 5000)}) == len({english(n) for n in range(1, 5000)}) == 4999


def number_words() -> dict[str, Any]:
    """Run the cell that makes the file."""
    found: dict[str, Any] = {}
    (cell,) = [cell for cell in code_cells("09_your_own_corpus") if "def german(" in cell.source]
    exec(cell.source, found)
    return found


@pytest.fixture
def by_name(monkeypatch: pytest.MonkeyPatch) -> Corpus:
    """A public corpus that is there."""
    pairs = tuple(toy_pairs(40))
    corpus = Corpus("toy", pairs[:30], pairs[30:35], pairs[35:])
    monkeypatch.setitem(public.PUBLIC, "toy", public.PUBLIC["multi30k-fr-en"])
    monkeypatch.setattr(public, "load_public", lambda name, max_length: corpus)
    return corpus


@pytest.mark.parametrize("mine", ["mine.tsv", "toy"])
def test_its_last_cell_trains_on_what_is_yours(
    lesson: dict[str, Any],
    mine: str,
    by_name: Corpus,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    lines = [f"{' '.join(pair.source)}\t{' '.join(pair.target)}" for pair in toy_pairs(40)]
    Path("mine.tsv").write_text("\n".join(lines), encoding="utf-8")
    (cell,) = [cell for cell in code_cells("09_your_own_corpus") if "MINE = None" in cell.source]
    namespace = dict(lesson)
    exec(cell.source.replace("MINE = None", f"MINE = {mine!r}"), namespace)
    assert namespace["recipe"] == own_recipe(namespace["mine"])
    assert f"BLEU on {len(namespace['mine'].test)} test sentences: " in capsys.readouterr().out
    found = load_translator("mine.safetensors").translate_tokens([pair.source for pair in by_name.test])
    assert len(found) == len(by_name.test)
