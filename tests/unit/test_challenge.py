"""The challenge split is what it says, and how it is marked."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from course_utils.analysis.challenge import (
    CHALLENGE,
    is_right,
    load_challenge,
    plain_english,
    summary,
    try_challenge,
)
from course_utils.model.pretrained import load_results, load_translator
from course_utils.text.corpus import Corpus, load_corpus
from course_utils.text.tokens import tokenize
from course_utils.training.recipes import measure, results_table

ROOT = Path(__file__).resolve().parents[2]
TAGS = set(
    "present past-compound imperfect future near-future imperative person-je person-tu person-on person-nous "
    "person-vous person-ils negation question weather time there-is it-is coord-clauses coord-subjects "
    "coord-objects coord-verbs relative subordinate object-pronoun place-pronoun comparative possessive "
    "front-adverbial end-adverbial bare-verb number name adjective plural short".split()
)


def test_it_has_enough_of_everything_and_nothing_twice() -> None:
    challenge = load_challenge()
    assert len(challenge) >= 300
    sources = [" ".join(tokenize(one.source)) for one in challenge]
    assert len(set(sources)) == len(sources)
    counts = Counter(tag for one in challenge for tag in one.tags)
    assert set(counts) == TAGS and min(counts.values()) >= 8
    assert max(len(source.split()) for source in sources) <= 16


def test_nothing_is_trained_on_it() -> None:
    def words(tokens: list[str] | tuple[str, ...]) -> str:
        return " ".join(token for token in tokens if token not in {".", "!", "?"})

    corpus = load_corpus()
    seen = {words(pair.source) for split in (corpus.train, corpus.valid) for pair in split}
    assert not [one.source for one in load_challenge() if words(tokenize(one.source)) in seen]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Don't cry!", "do not cry"),
        ("she can't swim", "she cannot swim."),
        ("it's raining", "it is raining"),
        ("we won't eat, and they'll sleep", "we will not eat and they will sleep"),
        ("a gray mouse", "a grey mouse"),
    ],
)
def test_the_same_english_in_two_ways(one: str, other: str) -> None:
    assert plain_english(one) == plain_english(other) and is_right(one, ("x", other))


@pytest.mark.parametrize(("one", "other"), [("marie's cat", "marie is cat"), ("he eats", "he ate")])
def test_what_is_not_the_same(one: str, other: str) -> None:
    assert not is_right(one, (other,))


def test_every_accepted_english_is_right_and_all_differ() -> None:
    for one in load_challenge():
        assert all(is_right(text, one.accepted) for text in one.accepted)
        assert len(set(one.accepted)) == len(one.accepted), one.source


@pytest.mark.slow
@pytest.mark.parametrize("name", ["attention", "bottleneck", "open"])
def test_the_readme_tells_what_the_models_make_of_it(name: str) -> None:
    stored = load_results(name)["challenge"]
    found = summary(try_challenge(load_translator(name)))
    assert found == pytest.approx(stored, abs=2)  # a word that another machine rounds
    readme = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    right, wrong, refused = stored.values()
    told = {
        "attention": f"{right} come out right, {wrong} wrong, and {refused} are refused",
        "bottleneck": f"(Without attention: {right}, {wrong} and {refused}.)",
        "open": f"of the 392 sentences {right} come out right, {wrong} wrong, and none is refused",
    }
    assert name != "open" or refused == 0
    assert told[name] in readme and f"Of the {sum(stored.values())} sentences" in readme


def test_a_line_that_is_not_so_is_named(tmp_path: Path) -> None:
    path = tmp_path / "mine.tsv"
    path.write_text(CHALLENGE.read_text(encoding="utf-8").splitlines()[0] + "\nil dort\tshort\n", "utf-8")
    with pytest.raises(ValueError, match="line 2 of mine.tsv is not French, tab, Englishes, tab, tags"):
        load_challenge(path)


def test_a_translator_is_right_wrong_or_refuses() -> None:
    translator = load_translator()
    challenge = [
        load_challenge()[0]._replace(source="le chat dort", accepted=("the cat sleeps",)),
        load_challenge()[0]._replace(source="le chat dort", accepted=("the dog barks",)),
        load_challenge()[0]._replace(source="le xylophone dort", accepted=("the xylophone sleeps",)),
    ]
    answers = try_challenge(translator, challenge)
    assert summary(answers) == {"right": 1, "wrong": 1, "refused": 1}
    assert "xylophone" in answers[2].refusal and answers[1].text == "the cat sleeps"


def test_the_courses_models_are_measured_on_it_and_no_others() -> None:
    translator = load_translator("bottleneck-tiny")
    found = measure(translator, Corpus("course", (), (), (), own=True))
    assert set(found) == {"challenge"} and sum(found["challenge"].values()) == len(load_challenge())
    assert measure(translator, Corpus("course", (), (), ())) == {}


def test_the_table_tells_it() -> None:
    line = results_table({"challenge": {"right": 40, "wrong": 78, "refused": 274}}).splitlines()[-2]
    assert line == "of 392 sentences as people type them: 40 right, 78 wrong, 274 refused"
