"""The grammar of the corpus's second edition: one English for each French, and closed under its own rules."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from course_utils.text.tokens import tokenize

TOOLS = Path(__file__).resolve().parents[2] / "tools" / "corpus"


@pytest.fixture(scope="module", autouse=True)
def _tools() -> Iterator[None]:
    """tools/corpus can be imported from."""
    before = list(sys.path)
    sys.path.insert(0, str(TOOLS))
    yield
    sys.path[:] = before


@pytest.fixture(scope="module")
def made(_tools: None) -> list[tuple[str, str, list[tuple[int, int]]]]:
    """Sentences of one to four clauses, as the builder draws them."""
    from fragment.sentences import sentence
    from fragment.text import realise
    from fragment.words import Dice

    return [realise(sentence(Dice(f"test/{i}"), 1 + i % 4)) for i in range(34_000)]


@pytest.fixture(scope="module")
def texts(made: list[tuple[str, str, list[tuple[int, int]]]]) -> list[str]:
    return [" ".join(tokenize(source)) + " " for source, _, _ in made]


@pytest.fixture(scope="module")
def counts(texts: list[str]) -> Counter[str]:
    return Counter(token for text in texts for token in text.split())


@pytest.mark.slow
def test_one_english_for_each_french(made: list[tuple[str, str, list[tuple[int, int]]]]) -> None:
    english: dict[str, str] = {}
    for source, target, _ in made:
        assert english.setdefault(source, target) == target, source
    assert len(english) > 30_000


@pytest.mark.slow
def test_links_are_of_tokens_and_every_token_has_one(
    made: list[tuple[str, str, list[tuple[int, int]]]],
) -> None:
    unlinked: Counter[str] = Counter()
    for source, target, links in made:
        S, T = tokenize(source), tokenize(target)
        assert all(0 <= i < len(S) and 0 <= j < len(T) for i, j in links)
        unlinked.update(S[i] for i in {*range(len(S))} - {i for i, _ in links})
        unlinked.update(T[j] for j in {*range(len(T))} - {j for _, j in links})
    # What has no counterpart: articles ("du pain", "j'aime le pain"), "est-ce que", the hours of half past.
    articles = {"de", "du", "des", "le", "la", "les", "l'", "d'"}
    assert set(unlinked) <= articles | {"en", "-en", "est", "-ce", "que", "qu'", "heure", "heures"}, unlinked


@pytest.mark.slow
def test_every_verb_in_every_person_of_every_tense(counts: Counter[str]) -> None:
    from fragment.words import VERBS, fr_verb

    rare = []
    for verb in [*VERBS, "être", "avoir", "pouvoir", "devoir"]:
        forms = {
            fr_verb(verb, form, person, number) for form in "pif" for person in (1, 2, 3) for number in "sp"
        }
        forms |= {fr_verb(verb, "b"), fr_verb(verb, "pp")} - {
            "été",
            "pu",
            "dû",
            "avoir",
            "eu",
            "devoir",
            "pouvoir",
        }
        rare += [form for form in forms if counts[form] < 1]
    assert rare == []


@pytest.mark.slow
def test_every_noun_in_both_numbers_and_every_adjective_in_four_forms(counts: Counter[str]) -> None:
    from fragment.phrases import MASS, UNSEEN
    from fragment.words import ADJECTIVES, NAMES, NOUNS, fr_adjective, fr_noun

    words = [*NAMES]
    for noun in NOUNS.values():
        numbers = "s" if noun.kind in (*MASS, *UNSEEN) else "sp"
        words += [word for number in numbers for word in fr_noun(noun, number).split()]
    words += [fr_adjective(a, g, n) for a in ADJECTIVES.values() for g in "mf" for n in "sp"]
    assert [word for word in words if counts[word] < 1] == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "construction",
    [
        "est -ce que", "-t-il", "où ", "qui ", "quand ", "pourquoi ", "combien ", "ne ", " pas", " jamais",
        " plus", " rien", "il pleut", "il fait ", "il est ", "il y a", "c' est", "ce sont", "parce que",
        "pendant que", "si ", "avant de", "pour ", "sans ",
        " y ", " en ", "lui ", "leur ", " aussi ", " moins ", "-moi",
        "chez ", "avec moi", "hier", "demain", "onze", "douze",
        "va ", "allons ", "vont ", "se ", "notre ", "leurs ", "est -elle",
    ],
)  # fmt: skip
def test_constructions_occur_alone_and_together(construction: str, texts: list[str]) -> None:
    alone = sum(construction in text for text in texts[::4])
    together = sum(construction in text for i, text in enumerate(texts) if i % 4)
    question = construction in ("est -ce que", "-t-il", "où ", "qui ", "pourquoi ", "combien ", "est -elle")
    joins = construction in ("parce que", "pendant que", "si ")
    assert joins or alone >= 1, alone
    assert question or together >= 10, together


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


def test_the_builder_fills_every_length() -> None:
    import edition2

    wanted = edition2.quotas()
    total = Counter()
    for quota in wanted.values():
        assert all(n >= 0 for n in quota.values())
        total.update(quota)
    assert all(abs(total[name] - n) <= 40 for name, n in edition2.SPLITS.items())
    short = sum(quota["train"] for length, quota in wanted.items() if length <= 8)
    assert short / total["train"] == pytest.approx(0.2, abs=0.01)
