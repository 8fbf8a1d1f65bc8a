"""The corpora's grammar: how words change beside others. (What it makes: test_open_corpus.py.)"""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.usefixtures("corpus_tools")


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("le ami", "l'ami"), ("de le parc", "du parc"), ("à les enfants", "aux enfants"),
        ("ce oiseau", "cet oiseau"),
        ("ma amie", "mon amie"), ("je aime", "j'aime"), ("si il", "s'il"), ("de onze", "de onze"),
        ("je y vais", "j'y vais"),
    ],
)  # fmt: skip
def test_elision_and_contraction(words: str, text: str) -> None:
    from fragment.text import Phrase, Word, realise

    articles = {"le": "article", "les": "article", "ce": "det", "ma": "det"}
    phrase = Phrase(tuple(Word(w, frozenset([i]), articles.get(w, "")) for i, w in enumerate(words.split())))
    assert realise(phrase)[0] == text


def test_the_object_pronoun_does_not_contract() -> None:
    from fragment.text import Phrase, Word, realise

    phrase = Phrase(tuple(Word(w) for w in "avant de le manger".split()))
    assert realise(phrase)[0] == "avant de le manger"
