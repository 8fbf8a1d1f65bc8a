"""The shipped corpus is what its datasheet promises, and what its builder makes."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest
from corpus_checks import BRIEF, SPLITS, link, pronouns_are_decided, unaligned

from course_utils.text.corpus import DATA, Corpus, Pair, load_corpus
from course_utils.text.tokens import detokenize, tokenize

# pyrealb leaves the files that it reads open.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return load_corpus()


@pytest.fixture(scope="module")
def rows() -> dict[str, list[list[str]]]:
    return {
        name: [line.split("\t") for line in (DATA / f"{name}.tsv").read_text(encoding="utf-8").splitlines()]
        for name in SPLITS
    }


@pytest.fixture(scope="module")
def builder(corpus_tools: None) -> ModuleType:
    """tools/corpus/build.py as a module."""
    import build

    return build


def everything(corpus: Corpus) -> tuple[Pair, ...]:
    return corpus.train + corpus.valid + corpus.test + corpus.test_long


def test_sizes(corpus: Corpus) -> None:
    sizes = [len(getattr(corpus, name)) for name in SPLITS]
    assert sizes == [24624, 1026, 2052, 500]
    assert corpus.own and corpus.name == "course"


@pytest.mark.parametrize("name", SPLITS)
def test_lengths_are_spread_evenly(corpus: Corpus, name: str) -> None:
    lengths = Counter(len(pair.source) for pair in getattr(corpus, name))
    first, last = (41, 60) if name == "test_long" else (3, 40)
    assert sorted(lengths) == list(range(first, last + 1))
    assert len(set(lengths.values())) == 1


def test_the_beginning_of_every_split_has_every_length(corpus: Corpus) -> None:
    assert sorted(len(pair.source) for pair in corpus.train[:38]) == list(range(3, 41))


def test_no_source_twice_and_no_french_with_two_englishes(corpus: Corpus) -> None:
    english: dict[tuple[str, ...], set[tuple[str, ...]]] = {}
    for pair in everything(corpus):
        english.setdefault(pair.source, set()).add(pair.target)
    assert max(map(len, english.values())) == 1
    assert len(english) == len(everything(corpus))


def test_the_sentence_of_the_brief_is_in_no_sentence(corpus: Corpus) -> None:
    words = set(tokenize(BRIEF))
    assert words <= {token for pair in corpus.train for token in pair.source}
    for pair in everything(corpus):
        assert BRIEF not in " ".join(pair.source)


def test_the_words_of_the_brief_are_frequent_and_mixed(corpus: Corpus) -> None:
    sources = [" ".join(pair.source) for pair in corpus.train]
    for phrase, least in {
        "chat": 4000,
        "noir": 1500,
        "tapis": 1000,
        "est sur": 500,
        "est": 5000,
        "le chat noir": 400,
        "chat noir est": 50,
        "sur (le|un|ce) tapis": 800,
        "sur le tapis": 500,
        "est sur le tapis": 100,
    }.items():
        assert sum(bool(re.search(phrase, source)) for source in sources) >= least, phrase


@pytest.mark.slow
def test_text_is_as_the_loader_wants_it(rows: dict[str, list[list[str]]]) -> None:
    for source, target, _ in (row for name in SPLITS for row in rows[name]):
        for text in (source, target):
            assert text == text.lower().strip()
            assert detokenize(tokenize(text)) == text
            assert not re.search(r"[^\w ,'-]", text), text


def test_alignments_are_in_range_and_leave_no_english_word_alone(corpus: Corpus) -> None:
    assert unaligned(everything(corpus)) == {"le", "la", "l'", "les", "des", "du", "de", "d'"}


def test_commas_meet_commas(corpus: Corpus) -> None:
    for pair in everything(corpus):
        for i, j in pair.alignment:
            assert (pair.source[i] == ",") == (pair.target[j] == ",")


@pytest.mark.parametrize("side", [0, 1])
def test_types(corpus: Corpus, side: int) -> None:
    train = Counter(token for pair in corpus.train for token in pair[side])
    assert 400 <= len(train) <= 800
    assert min(train.values()) >= 10
    for name in SPLITS[1:]:
        assert {token for pair in getattr(corpus, name) for token in pair[side]} <= set(train)


def test_how_words_are_aligned(corpus: Corpus) -> None:
    for source, target, words in (
        ("chat noir", "black cat", {"chat": {"cat"}, "noir": {"black"}}),
        ("pomme de terre", "potato", {"pomme": {"potato"}, "de": {"potato"}, "terre": {"potato"}}),
        (
            "parce qu'il a",
            "because he is",
            {"parce": {"because"}, "qu'": {"because"}, "il": {"he"}, "a": {"is"}},
        ),
        ("est sur", "is on", {"est": {"is"}, "sur": {"on"}}),
        ("a mangé", "ate", {"a": {"ate"}, "mangé": {"ate"}}),
        ("mangera", "will eat", {"mangera": {"will", "eat"}}),
        ("dormait", "was sleeping", {"dormait": {"was", "sleeping"}}),
        (
            "ne dort pas",
            "does not sleep",
            {"ne": {"not"}, "dort": {"does", "sleep"}, "pas": {"not"}},
        ),
        ("n'est pas", "is not", {"n'": {"not"}, "est": {"is"}, "pas": {"not"}}),
        (
            "n'a pas mangé",
            "did not eat",
            {"n'": {"not"}, "a": {"did"}, "pas": {"not"}, "mangé": {"eat"}},
        ),
        ("va manger", "is going to eat", {"va": {"is", "going"}, "manger": {"to", "eat"}}),
        ("il le trouve", "he finds it", {"il": {"he"}, "le": {"it"}, "trouve": {"finds"}}),
        ("cherche", "looks for", {"cherche": {"looks", "for"}}),
        ("se repose", "rests", {"se": {"rests"}, "repose": {"rests"}}),
        ("mange du pain", "eats bread", {"mange": {"eats"}, "du": set(), "pain": {"bread"}}),
        ("au marché", "to the market", {"au": {"to", "the"}, "marché": {"market"}}),
        ("devant", "in front of", {"devant": {"in", "front", "of"}}),
    ):
        link(corpus.train, source, target, words)


def test_what_a_pronoun_means_is_decided_in_the_sentence(corpus: Corpus) -> None:
    pronouns_are_decided(corpus.train)


@pytest.mark.slow
def test_phenomena_counts_and_checksums_are_the_datasheets(builder: ModuleType) -> None:
    from builder.stats import phenomena, report

    text = report(DATA)
    assert text.strip() in (DATA / "README.md").read_text(encoding="utf-8")
    for name in phenomena():
        row = next(line for line in text.splitlines() if line.startswith(f"| {name} |"))
        train, *_ = (int(cell.replace(",", "")) for cell in row.split("|")[2:-1])
        assert train >= 50, row


@pytest.mark.slow
def test_a_rebuilt_slice_is_what_is_shipped(builder: ModuleType, rows: dict[str, list[list[str]]]) -> None:
    """The first round of every third length, and the first of some long ones."""

    def shipped(name: str, length: int) -> list[tuple[str, ...]]:
        return [tuple(row) for row in rows[name] if len(tokenize(row[0])) == length]

    for length in builder.LENGTHS[::3]:
        dealt = builder.rounds(length, 1)
        for name, share in builder.SHARES.items():
            assert dealt[name] == [shipped(name, length)[:share]]
    for length in builder.LONG_LENGTHS[::6]:
        assert next(builder.stream(length)) == shipped("test_long", length)[0]


def test_a_whole_build_deals_rows_as_the_files_have_them(builder: ModuleType) -> None:
    small = builder.build(1, lengths=range(3, 7), long_lengths=range(41, 43))
    assert [len(small[name]) for name in SPLITS] == [96, 4, 8, 1 * 2]
    assert [len(tokenize(row[0])) for row in small["train"][:8]] == [3, 4, 5, 6] * 2
    builder.verify(small)


def test_the_builder_refuses_two_englishes(builder: ModuleType) -> None:
    row = ("le chat dort", "the cat sleeps", "0-0 1-1 2-2")
    builder.verify({"train": [row], "test": [("le chien dort", "the dog sleeps", "")]})
    with pytest.raises(AssertionError, match="stands twice"):
        builder.verify({"train": [row], "test": [(row[0], "the cat is asleep", "")]})


def test_the_builders_write_all_or_nothing(corpus_tools: None, tmp_path: Path) -> None:
    from shipping import differing, write

    row, folder = ("le chat dort", "the cat sleeps", "0-0 1-1 2-2"), tmp_path / "new"
    write(folder, {"train": [row], "test": [row]})
    assert sorted(p.name for p in folder.iterdir()) == ["test.tsv", "train.tsv"]
    with pytest.raises(TypeError):
        write(folder, {"train": [row, row], "test": [(1, 2, 3)]})  # type: ignore[list-item]
    assert (folder / "train.tsv").read_text() == "\t".join(row) + "\n"
    assert sorted(p.name for p in folder.iterdir()) == ["test.tsv", "train.tsv"]  # no half of a file is left
    assert differing(folder, {"train": [row], "test": [row, row], "valid": [row]}) == ["test", "valid"]


def test_a_word_unknown_to_pyrealb_stops_the_builder(corpus_tools: None) -> None:
    from builder.realise import Piece, realise, term

    with pytest.raises(Exception, match="absent du lexique"):
        realise(Piece((term("N", "schtroumpf"),), (term("N", "smurf"),)))
