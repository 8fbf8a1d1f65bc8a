"""The open corpus is what its datasheet promises, and what its builder makes."""

from __future__ import annotations

import re
from collections import Counter
from types import ModuleType

import pytest
from corpus_checks import BRIEF, SPLITS, link, pronouns_are_decided, unaligned

from course_utils.text.corpus import OPEN_CORPUS, Corpus, Pair, load_corpus
from course_utils.text.tokens import detokenize, tokenize

# pyrealb leaves the files that it reads open.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning"),
    pytest.mark.usefixtures("corpus_tools"),
]


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return load_corpus(OPEN_CORPUS)


@pytest.fixture(scope="module")
def everything(corpus: Corpus) -> list[Pair]:
    return [pair for name in SPLITS for pair in getattr(corpus, name)]


@pytest.fixture(scope="module")
def builder(corpus_tools: None) -> ModuleType:
    """tools/corpus/build_open.py as a module."""
    import build_open

    return build_open


@pytest.fixture(scope="module")
def counts(corpus: Corpus) -> Counter[str]:
    """How often each French token is in training."""
    return Counter(token for pair in corpus.train for token in pair.source)


def test_sizes(corpus: Corpus) -> None:
    assert corpus.own and corpus.name == "course, open"
    assert [len(getattr(corpus, split)) for split in SPLITS] == [129999, 992, 1990, 500]


def test_lengths(corpus: Corpus) -> None:
    for split in SPLITS[:3]:
        lengths = Counter(len(pair.source) for pair in getattr(corpus, split))
        assert sorted(lengths) == list(range(2, 41))
        assert sum(lengths[length] for length in range(2, 9)) >= 0.4 * lengths.total()
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
    ours = {builder.words(" ".join(pair.source)) for pair in everything}
    for file in builder.ASKED:
        for line in file.read_text(encoding="utf-8").splitlines():
            assert builder.words(line.split("\t")[0]) not in ours, line


@pytest.mark.weekly
def test_text_is_as_the_loader_wants_it() -> None:
    for name in SPLITS:
        for line in (OPEN_CORPUS / f"{name}.tsv").read_text(encoding="utf-8").splitlines():
            for text, language in zip(line.split("\t"), ("fr", "en")):
                assert text == text.lower().strip()
                assert detokenize(tokenize(text), language) == text
                assert not re.search(r"[^\w ,'?!-]", text), text


def test_alignments_are_in_range_and_leave_no_english_word_alone(everything: list[Pair]) -> None:
    # What has no counterpart: articles ("du pain", "j'aime le pain"), "est-ce que", "en" with a number, the
    # hours of "half past".
    articles = {"de", "du", "des", "le", "la", "les", "l'", "d'"}
    assert unaligned(everything) <= articles | {"en", "-en", "est", "-ce", "que", "qu'", "heure", "heures"}


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
    assert {name: n for name, n in alone.items() if n < 200} == {"où (relative)": 79}


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
        link(corpus.train, source, target, words)


def test_what_a_pronoun_means_is_decided_in_the_sentence(corpus: Corpus) -> None:
    pronouns_are_decided(corpus.train)


# The builder.


@pytest.mark.weekly
def test_the_counts_and_the_fragment_are_the_datasheets() -> None:
    import fragment
    from fragment.words import ADJECTIVES, NOUNS, VERBS
    from stats import report

    datasheet = (OPEN_CORPUS / "README.md").read_text(encoding="utf-8")
    assert report(OPEN_CORPUS).strip() in datasheet
    assert re.findall(r"^\|.*$", fragment.__doc__ or "", re.MULTILINE) == re.findall(
        r"^\|.*$", datasheet.partition("## The fragment")[2].partition("\n## ")[0], re.MULTILINE
    )
    more = "être avoir pouvoir devoir falloir pleuvoir neiger".split()
    said = f"{len(VERBS) + len(more)} verbs, {len(NOUNS)} nouns, {len(ADJECTIVES)} adjectives"
    assert said in datasheet and not set(more) & set(VERBS)


def test_a_rebuilt_part_is_what_is_shipped(builder: ModuleType) -> None:
    for name, rows in builder.build(attempts=3000).items():
        shipped = (OPEN_CORPUS / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
        assert {"\t".join(row) for row in rows} <= set(shipped)
        assert len(rows) > 5


def test_the_quotas_have_the_sizes_that_they_should(builder: ModuleType) -> None:
    total: Counter[str] = Counter()
    for quota in builder.quotas().values():
        assert all(n >= 0 for n in quota.values())
        total.update(quota)
    assert all(abs(total[name] - n) <= 40 for name, n in builder.SIZES.items())


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("mais le lait est bon", {"mais, donc, puis, ou"}),  # no imparfait
        ("il dort quand elle chante ?", {"quand, pendant que"}),
        ("ils sont là", {"ils, elles"}),  # no "son"
        ("quand il dort , où est -il ?", {"inversion", "où ?", "quand, pendant que"}),  # not asked when
        ("qui dort ?", {"qui ?"}),
        ("le chat qui dort est -il noir ?", {"inversion", "qui (relative)"}),
        ("la plus grande maison que j' ai vue", {"le plus … (superlative)", "que (relative)",
         "passé composé with avoir", "je, tu, nous, vous"}),
    ],
)  # fmt: skip
def test_a_construction_is_found_where_it_is_and_nowhere_else(text: str, names: set[str]) -> None:
    from constructions import found

    assert found(text.split()) == names


def test_the_builder_refuses_two_englishes(builder: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = iter([("le chat dort", "the cat sleeps", ""), ("le chat dort", "the cat is asleep", "")])
    monkeypatch.setattr(builder, "stream", lambda *_: rows)
    with pytest.raises(AssertionError, match="has two Englishes: 'the cat sleeps', 'the cat is asleep'"):
        builder.build()
