"""The open corpus is what its datasheet promises, and what its builder makes."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from course_utils.text.corpus import DATA, OPEN_CORPUS, Corpus, Pair, load_corpus
from course_utils.text.tokens import detokenize, tokenize

SPLITS = ("train", "valid", "test", "test_long")
# pyrealb leaves the files that it reads open.
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")]

BRIEF = "le chat noir est sur le tapis"


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return load_corpus(OPEN_CORPUS)


@pytest.fixture(scope="module")
def everything(corpus: Corpus) -> list[Pair]:
    return [pair for name in SPLITS for pair in getattr(corpus, name)]


@pytest.fixture(scope="module", autouse=True)
def _tools() -> Iterator[None]:
    """tools/corpus can be imported from."""
    before = list(sys.path)
    sys.path.insert(0, str(DATA.parent / "tools" / "corpus"))
    yield
    sys.path[:] = before


@pytest.fixture(scope="module")
def builder(_tools: None) -> ModuleType:
    import build_open

    return build_open


@pytest.fixture(scope="module")
def counts(corpus: Corpus) -> Counter[str]:
    """How often each French token is in training."""
    return Counter(token for pair in corpus.train for token in pair.source)


def test_sizes(corpus: Corpus) -> None:
    assert corpus.name == "course, open"
    assert [len(getattr(corpus, split)) for split in SPLITS] == [129999, 992, 1990, 500]


def test_lengths(corpus: Corpus) -> None:
    for split in SPLITS[:3]:
        lengths = Counter(len(pair.source) for pair in getattr(corpus, split))
        assert sorted(lengths) == list(range(2, 41))
        assert sum(lengths[length] for length in range(2, 9)) >= 0.2 * lengths.total()
    long = Counter(len(pair.source) for pair in corpus.test_long)
    assert long == dict.fromkeys(range(41, 61), 25)
    # Short and long are mixed: the first thousand stand for all.
    assert {len(pair.source) for pair in corpus.train[:1000]} == set(range(2, 41))


def test_no_source_twice_and_no_french_with_two_englishes(everything: list[Pair]) -> None:
    english: dict[tuple[str, ...], tuple[str, ...]] = {}
    for pair in everything:
        assert english.setdefault(pair.source, pair.target) == pair.target
    assert len(english) == len(everything)


def test_the_sentence_of_the_brief_is_in_no_sentence(everything: list[Pair], counts: Counter[str]) -> None:
    assert min(counts[word] for word in tokenize(BRIEF)) >= 800
    assert not any(BRIEF in " ".join(pair.source) for pair in everything)


def test_nobody_learns_what_people_type(everything: list[Pair], builder: ModuleType) -> None:
    """No sentence of the challenge split is there, or of the cases, whatever its marks."""
    ours = {builder._plain(" ".join(pair.source)) for pair in everything}
    for file in builder.ASKED:
        for line in file.read_text(encoding="utf-8").splitlines():
            assert builder._plain(line.split("\t")[0]) not in ours, line


def test_text_is_as_the_loader_wants_it() -> None:
    for name in SPLITS:
        for line in (OPEN_CORPUS / f"{name}.tsv").read_text(encoding="utf-8").splitlines():
            for text, language in zip(line.split("\t"), ("fr", "en")):
                assert text == text.lower().strip()
                assert detokenize(tokenize(text), language) == text
                assert not re.search(r"[^\w ,'?-]", text), text


def test_alignments_are_in_range_and_leave_no_english_word_alone(everything: list[Pair]) -> None:
    unaligned: Counter[str] = Counter()
    for pair in everything:
        assert pair.alignment == tuple(sorted(set(pair.alignment or ())))
        linked = {i for i, _ in pair.alignment}
        assert {j for _, j in pair.alignment} == set(range(len(pair.target))), pair
        assert max(linked) < len(pair.source)
        unaligned.update(w for i, w in enumerate(pair.source) if i not in linked)
    # What has no counterpart: articles ("du pain", "j'aime le pain"), "est-ce que", "en" with a number, the
    # hours of "half past", the verb of "a dix ans".
    articles = {"de", "du", "des", "le", "la", "les", "l'", "d'"}
    assert set(unaligned) <= articles | {"en", "-en", "est", "-ce", "que", "qu'", "heure", "heures"}


@pytest.mark.parametrize(("side", "most"), [(0, 2000), (1, 1000)])
def test_every_type_of_the_other_splits_is_in_training(corpus: Corpus, side: int, most: int) -> None:
    train = {token for pair in corpus.train for token in pair[side]}
    assert len(train) <= most
    others = {token for split in SPLITS[1:] for pair in getattr(corpus, split) for token in pair[side]}
    assert others <= train, others - train


# The fragment is closed under its own grammar.


def test_every_verb_in_every_person_of_every_tense(counts: Counter[str]) -> None:
    from fragment.words import VERBS, fr_verb

    persons = [(person, number) for person in (1, 2, 3) for number in "sp"]
    missing = []
    for verb in [*VERBS, "être", "avoir", "pouvoir", "devoir"]:
        forms = {fr_verb(verb, tense, *who) for tense in "pif" for who in persons} | {fr_verb(verb, "b")}
        missing += [form for form in forms if not counts[form]]
    assert set(missing) <= {"avoir", "devoir", "pouvoir"}
    assert not [verb for verb in VERBS if not counts[fr_verb(verb, "pp")]]


def test_every_noun_in_both_numbers_and_every_adjective_in_four_forms(counts: Counter[str]) -> None:
    from fragment.phrases import MASS, UNSEEN
    from fragment.words import ADJECTIVES, NAMES, NOUNS, fr_adjective, fr_noun

    forms = [fr_adjective(adjective, g, n) for adjective in ADJECTIVES.values() for g in "mf" for n in "sp"]
    for noun in NOUNS.values():
        for number in "s" if noun.kind in (*MASS, *UNSEEN) else "sp":
            forms += fr_noun(noun, number).split()
    assert [form for form in forms if counts[form] < 5] == []
    assert [name for name in NAMES if counts[name] < 500] == []


def test_every_construction_is_there_alone_and_combined(corpus: Corpus) -> None:
    from constructions import count
    from stats import ALONE

    sources = [pair.source for pair in corpus.train]
    alone, together = (count(s for s in sources if (len(s) <= ALONE) == short) for short in (True, False))
    assert {name: n for name, n in together.items() if n < 200} == {}
    # It seldom fits into so few words.
    assert {name for name, n in alone.items() if n < 200} == {"où (relative)"}
    assert min(alone.values()) > 80


def link(corpus: Corpus, source: str, target: str, words: dict[str, set[str]]) -> None:
    """Assert that `source` ~ `target` stands somewhere in train, aligned as `words` says."""
    french, english = tokenize(source), tokenize(target)
    for pair in corpus.train:
        for a in range(len(pair.source) - len(french) + 1):
            if list(pair.source[a : a + len(french)]) != french:
                continue
            got: dict[str, set[str]] = {word: set() for word in french}
            for i, j in pair.alignment or ():
                if a <= i < a + len(french):
                    got[pair.source[i]].add(pair.target[j])
            if set().union(*got.values()) == set(english):
                assert got == words, (pair.source, got)
                return
    raise AssertionError(f"{source} ~ {target} is not in train")


def test_how_words_are_aligned(corpus: Corpus) -> None:
    for source, target, words in (
        ("chat noir", "black cat", {"chat": {"cat"}, "noir": {"black"}}),
        ("pomme de terre", "potato", {"pomme": {"potato"}, "de": {"potato"}, "terre": {"potato"}}),
        ("parce qu'il est", "because he is",
         {"parce": {"because"}, "qu'": {"because"}, "il": {"he"}, "est": {"is"}}),
        ("est sur", "is on", {"est": {"is"}, "sur": {"on"}}),
        ("a mangé", "ate", {"a": {"ate"}, "mangé": {"ate"}}),
        ("mangera", "will eat", {"mangera": {"will", "eat"}}),
        ("dormait", "was sleeping", {"dormait": {"was", "sleeping"}}),
        ("ne dort pas", "does not sleep", {"ne": {"not"}, "dort": {"does", "sleep"}, "pas": {"not"}}),
        ("n'est pas", "is not", {"n'": {"not"}, "est": {"is"}, "pas": {"not"}}),
        ("va manger", "is going to eat", {"va": {"is", "going", "to"}, "manger": {"eat"}}),
        ("il le trouve", "he finds it", {"il": {"he"}, "le": {"it"}, "trouve": {"finds"}}),
        ("cherche", "looks for", {"cherche": {"looks", "for"}}),
        ("se repose", "rests", {"se": {"rests"}, "repose": {"rests"}}),
        ("mange du pain", "eats bread", {"mange": {"eats"}, "du": set(), "pain": {"bread"}}),
        ("au village", "to the village", {"au": {"to", "the"}, "village": {"village"}}),
        ("devant", "in front of", {"devant": {"in", "front", "of"}}),
    ):  # fmt: skip
        link(corpus, source, target, words)


def test_what_a_pronoun_means_is_decided_in_the_sentence(corpus: Corpus) -> None:
    words: dict[str, Counter[str]] = {}
    for pair in corpus.train:
        for i, j in pair.alignment or ():
            words.setdefault(pair.source[i], Counter())[pair.target[j]] += 1
    assert words["il"]["he"] > 1000 and words["il"]["it"] > 300
    assert words["son"]["his"] > 300 and words["son"]["her"] > 300
    assert words["le"]["it"] > 300


# The builder.


def test_the_counts_are_the_datasheets(_tools: None) -> None:
    from stats import report

    assert report(OPEN_CORPUS).strip() in (OPEN_CORPUS / "README.md").read_text(encoding="utf-8")


def test_a_rebuilt_part_is_what_is_shipped(builder: ModuleType) -> None:
    for name, rows in builder.build(attempts=3000)["open"].items():
        shipped = (OPEN_CORPUS / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
        assert {"\t".join(row) for row in rows} <= set(shipped)
        assert len(rows) > 5


def test_a_plan_has_the_sizes_and_shares_that_it_says(builder: ModuleType) -> None:
    for plan in builder.PLANS.values():
        total: Counter[str] = Counter()
        for quota in plan.quotas().values():
            assert all(n >= 0 for n in quota.values())
            total.update(quota)
        assert all(abs(total[name] - n) <= 40 for name, n in plan.sizes.items())


def test_the_builder_refuses_two_englishes(builder: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = iter([("le chat dort", "the cat sleeps", ""), ("le chat dort", "the cat is asleep", "")])
    monkeypatch.setattr(builder, "stream", lambda *_: rows)
    with pytest.raises(AssertionError, match="has two Englishes: 'the cat sleeps', 'the cat is asleep'"):
        builder.build()


def test_the_builder_writes_all_or_nothing(builder: ModuleType, tmp_path: Path) -> None:
    first, second = tmp_path / "train.tsv", tmp_path / "open" / "train.tsv"
    builder.write({first: b"one\n", second: b"two\n"})
    assert (first.read_bytes(), second.read_bytes()) == (b"one\n", b"two\n")
    with pytest.raises(TypeError):
        builder.write({first: b"three\n", second: "no bytes"})
    assert first.read_bytes() == b"one\n"
