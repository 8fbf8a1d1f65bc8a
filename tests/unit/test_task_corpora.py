"""The corpora of lesson 7 are what their datasheets promise: all is parsed again, without the builder."""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from course_utils.text.corpus import DIALOGUES, REPORTS, Corpus, Pair, load_corpus
from course_utils.text.tokens import detokenize, tokenize

SPLITS = ("train", "valid", "test")
FOLDERS = pytest.mark.parametrize("folder", [REPORTS, DIALOGUES], ids=lambda path: path.name)
TODAY = re.compile(r"\b(today|this (morning|afternoon)|(an hour|a few hours) ago)\b")
OTHER_TIME = re.compile(
    r"\b((last|next) (week|month|year|summer)|(a|ten|a few) years? ago|on sunday|in the (spring|autumn)|"
    r"in a few weeks|in two years)\b"
)


@pytest.fixture(scope="module")
def corpora() -> dict[Path, Corpus]:
    return {folder: load_corpus(folder) for folder in (REPORTS, DIALOGUES)}


def everything(corpus: Corpus) -> list[Pair]:
    return [pair for split in SPLITS for pair in getattr(corpus, split)]


def evidence(pair: Pair) -> dict[int, list[int]]:
    """Return for each target token that has evidence its source tokens, in order."""
    found: dict[int, list[int]] = defaultdict(list)
    for i, j in pair.alignment or ():
        found[j].append(i)
    return dict(found)


def sentences(pair: Pair) -> list[tuple[int, tuple[str, ...]]]:
    """Return the source's sentences, each with the place where it begins."""
    found, start = [], 0
    for i, word in enumerate(pair.source):
        if word in (".", "?"):
            found.append((start, pair.source[start:i]))
            start = i + 1
    assert start == len(pair.source)
    return found


# Lowest and highest number of source tokens: equal shares.
LONG_REPORTS = ((60, 79), (80, 99), (100, 119))
ANY_REPORTS = ((10, 19), (20, 29), (30, 59), (60, 89), (90, 119))
ANY_DIALOGUES = ((10, 19), (20, 29), (30, 44), (45, 69), (70, 114))
SPANS = {"reports": (ANY_REPORTS, LONG_REPORTS), "dialogues": (ANY_DIALOGUES, ANY_DIALOGUES)}


@FOLDERS
def test_sizes_and_lengths(corpora: dict[Path, Corpus], folder: Path) -> None:
    corpus = corpora[folder]
    assert corpus.own and corpus.name == f"course, {folder.name}"
    train, others = SPANS[folder.name]
    for split, n, spans in (("train", 10000, train), ("valid", 500, others), ("test", 1000, others)):
        lengths = [len(pair.source) for pair in getattr(corpus, split)]
        counts = [sum(low <= length <= high for length in lengths) for low, high in spans]
        assert set(counts) == {n // len(spans)} and sum(counts) == len(lengths)
        assert all(4 <= len(pair.target) <= 12 for pair in getattr(corpus, split))


@FOLDERS
def test_no_source_twice(corpora: dict[Path, Corpus], folder: Path) -> None:
    pairs = everything(corpora[folder])
    assert len({pair.source for pair in pairs}) == len(pairs)


@FOLDERS
def test_text_is_as_the_loader_wants_it(folder: Path) -> None:
    for split in SPLITS:
        for line in (folder / f"{split}.tsv").read_text(encoding="utf-8").splitlines():
            for text in line.split("\t")[:2]:
                assert text == " ".join(tokenize(text)) and re.fullmatch(r"[a-z ,.?]+", text), text
                assert tokenize(detokenize(text.split())) == text.split()


@FOLDERS
def test_evidence_is_a_stretch_of_the_source(corpora: dict[Path, Corpus], folder: Path) -> None:
    for pair in everything(corpora[folder]):
        found = evidence(pair)
        assert found
        for places in found.values():
            assert places == list(range(places[0], places[-1] + 1)), pair


@FOLDERS
def test_the_datasheet_has_the_checksums(folder: Path) -> None:
    datasheet = (folder / "README.md").read_text(encoding="utf-8")
    for split in SPLITS:
        digest = hashlib.sha256((folder / f"{split}.tsv").read_bytes()).hexdigest()
        assert digest[:16] in datasheet, split


@FOLDERS
def test_new_names_are_in_one_pair_only(corpora: dict[Path, Corpus], folder: Path) -> None:
    """A word that is rare is in one pair, and of the targets of each split 2 to 20 in a hundred have one."""
    corpus = corpora[folder]
    pairs = everything(corpus)
    among = Counter(word for pair in pairs for word in {*pair.source, *pair.target})
    rare = {word for word, n in among.items() if n < 20}
    assert {among[word] for word in rare} == {1}
    for split in SPLITS:
        share = [any(word in rare for word in pair.target) for pair in getattr(corpus, split)]
        assert 0.02 < sum(share) / len(share) < 0.2
    # With min_count=5 they are <unk>, and nothing else is.
    train = Counter(word for pair in corpus.train for word in (*pair.source, *pair.target))
    assert {word for word, n in train.items() if n < 5} <= rare
    assert all(train[word] < 5 for word in rare)
    copied = [word for pair in corpus.test for word in pair.target if word in rare]
    assert copied and all(word in pair.source for pair in corpus.test for word in pair.target if word in rare)


# Reports


def test_the_headline_is_about_today(corpora: dict[Path, Corpus]) -> None:
    """One event is of today, and all evidence is in it, or in the outcome told right after."""
    for pair in everything(corpora[REPORTS]):
        parts = sentences(pair)
        today = [k for k, (_, words) in enumerate(parts) if TODAY.search(" ".join(words))]
        assert len(today) == 1, pair.source
        text = " ".join(parts[today[0]][1])
        assert not OTHER_TIME.search(text)
        start, words = parts[today[0]]
        places = {i for i, _ in pair.alignment or ()}
        outside = {i for i in places if not start <= i < start + len(words)}
        if outside:
            after, said = parts[today[0] + 1]
            assert outside == set(range(after, after + len(said))), pair.source


def test_every_other_event_has_another_time(corpora: dict[Path, Corpus]) -> None:
    verbs = re.compile(
        r"\b(arrested|blocked|bought|caught|closed|damaged|destroyed|(?<!were )found|opened|questioned|"
        r"raided|reopened|repaired|rescued|robbed|saved|sold|stopped|will)\b"
    )
    for pair in everything(corpora[REPORTS]):
        for _, words in sentences(pair):
            text = " ".join(words)
            if verbs.search(text) and not TODAY.search(text) and "bicycles were found" not in text:
                assert OTHER_TIME.search(text), text


def test_headlines_say_what_the_evidence_says(corpora: dict[Path, Corpus]) -> None:
    """Nouns and names are taken over; the verb changes from past to present, or from passive to active."""
    for pair in everything(corpora[REPORTS]):
        comma = pair.target.index(",") if "," in pair.target else len(pair.target)
        place = comma - 1
        assert pair.target[place - 1] == "in"
        for j, places in evidence(pair).items():
            said, word = [pair.source[i] for i in places], pair.target[j]
            if j < comma and word not in said:  # the verb
                stem = word.rstrip("s").removesuffix("e")[:3]
                irregular = {"buy": "bought", "catch": "caught", "sell": "sold", "find": "found"}
                past = irregular.get(re.sub(r"(?<=ch)es$|s$", "", word), said[-1])
                assert past == said[-1] and (past in irregular.values() or past.startswith(stem)), pair
            if j == place:
                assert said == ["in", word]
        linked = set(evidence(pair))
        assert set(range(len(pair.target))) - linked == {
            place - 1,
            *([comma] if comma < len(pair.target) else []),
        }


def test_nothing_in_a_report_can_be_read_off_its_place(corpora: dict[Path, Corpus]) -> None:
    first, last, n = 0, 0, 0
    for pair in corpora[REPORTS].test:
        parts = sentences(pair)
        where = [bool(TODAY.search(" ".join(words))) for _, words in parts]
        first, last, n = first + where[0], last + where[-1], n + 1
    assert 0.08 < first / n < 0.25 and 0.08 < last / n < 0.25


# Dialogues

FACT = re.compile(r"(the \w+ \w+|\w+) (\w+s (?:in|on|under|behind|near) the \w+)")


def read_facts(pair: Pair) -> tuple[dict[str, str], list[str]]:
    """Return who is where in a dialogue, and what is said after the facts."""
    parts = [" ".join(words) for _, words in sentences(pair)]
    first = next(k for k, text in enumerate(parts) if text.startswith("where is "))
    found = [FACT.fullmatch(text) for text in parts[:first]]
    facts = {fact[1]: fact[2] for fact in found if fact}
    assert len(facts) == first, "not facts, or two about the same"
    return facts, parts[first:]


def meant(first: str, second: str) -> str:
    """Return whom the second question means, after a first one about `first`."""
    other = second.removeprefix("and ")
    return f"{other.removesuffix(' one')} {first.split()[-1]}" if other.endswith(" one") else other


def test_the_answer_follows_from_the_facts(corpora: dict[Path, Corpus]) -> None:
    """Facts do not contradict each other; one sentence answers, and it is the target."""
    for pair in everything(corpora[DIALOGUES]):
        facts, said = read_facts(pair)
        who = said[0].removeprefix("where is ")
        if len(said) == 3:
            assert said[1] == f"{who} {facts[who]}"
            who = meant(who, said[2])
        else:
            assert len(said) == 1
        assert " ".join(pair.target) == f"{who} {facts[who]} .", pair.source


def test_the_evidence_is_what_answers(corpora: dict[Path, Corpus]) -> None:
    """The evidence is in one fact, it says the same words, and the last question has none of them."""
    for pair in everything(corpora[DIALOGUES]):
        found = evidence(pair)
        ((start, end),) = {(places[0], places[-1]) for places in found.values()}
        span = pair.source[start : end + 1]
        assert "." not in span and "?" not in span
        words = {pair.target[j] for j in found}
        assert words == set(span) - {"the"} and len(words) == 3
        last = max(i for i, word in enumerate(pair.source) if word == ".")
        assert not words & set(pair.source[last:])


def test_second_questions_lean_on_the_first(corpora: dict[Path, Corpus]) -> None:
    """“and the white one ?” means whatever animal the first question was about."""
    pairs = [read_facts(pair)[1] for pair in everything(corpora[DIALOGUES])]
    turns = [said for said in pairs if len(said) == 3]
    assert len(turns) > 0.3 * len(pairs)
    ones: dict[str, set[str]] = defaultdict(set)
    for said in turns:
        if said[2].endswith(" one"):
            ones[said[2]].add(said[0].split()[-1])
    assert len(ones) == 3 and all(len(animals) == 5 for animals in ones.values())
    assert sum(said[2].endswith(" one") for said in turns) > 0.1 * len(turns)


def test_a_fact_is_asked_for_wherever_it_stands(corpora: dict[Path, Corpus]) -> None:
    """By relative place, in fifths, no part of the facts has the answer much more often than another."""
    fifths: Counter[int] = Counter()
    for pair in everything(corpora[DIALOGUES]):
        facts, _ = read_facts(pair)
        if len(facts) >= 5:
            starts = [start for start, _ in sentences(pair)][: len(facts)]
            at = min(i for i, _ in pair.alignment or ())
            fifths[5 * sum(start <= at for start in starts[1:]) // len(facts)] += 1
    assert max(fifths.values()) < 1.6 * min(fifths.values()), fifths


def test_colour_and_noun_both_matter(corpora: dict[Path, Corpus]) -> None:
    """In most dialogues with two animals or more, two of them share the noun or the colour."""
    shared = n = 0
    for pair in everything(corpora[DIALOGUES]):
        named = [who.split()[1:] for who in read_facts(pair)[0] if " " in who]
        if len(named) >= 2:
            n += 1
            shared += any(len({side[k] for side in named}) < len(named) for k in (0, 1))
    assert shared > 0.7 * n
