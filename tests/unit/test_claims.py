"""The claims of the README and the lessons hold in every run, and by more than runs differ by chance."""

from __future__ import annotations

import pytest

import claims
from course_utils.analysis.experiments import Experiment

BINS = ("1–9", "10–19", "20–29", "30–40")
FIVE_TIMES = 7700


def test_the_readme_has_the_tables_of_today() -> None:
    readme = claims.README.read_text(encoding="utf-8")
    assert claims.with_tables(readme) == readme, "put them there: python tools/claims.py --write"
    for name in claims.TABLES:
        assert all(readme.count(mark.format(name)) == 1 for mark in claims.MARKS)


def test_a_mean_is_told_with_its_range() -> None:
    assert claims.told([43.7, 45.0, 44.72], 1) == "44.5 (43.7 to 45.0)"
    assert claims.told([99.6], 0) == "100"


def test_who_did_not_get_there_or_too_late_has_no_ratio() -> None:
    updates = {"ours, additive": 10, "joeynmt, early, our recipe": 7, "joeynmt, late, our recipe": 40}
    updates |= {"joeynmt, early, its defaults": 41, "joeynmt, late, its defaults": 5}
    found = {
        "goal": 95.0,
        "cap": 4.0,
        "searched": {
            name: {
                "rate": 0.1,
                "updates": made,
                "reached": made != 5,
                "tried": [{"rate": 0.1, "updates": made, "bleu": 96.0}],
            }
            for name, made in updates.items()
        },
        "timed": [{"name": name, "updates": 2, "seconds": 6.0} for name in updates],
    }
    assert [row.split(" | ")[1:] for row in claims.waits(found, ["early", "late"])] == [
        ["0.70", "4.00 |"],
        ["not within 4 times ours", "not within 0.5 times ours |"],  # the last was watched no longer
    ]
    assert "our additive (30 s)" in claims.waits(found, ["early", "late"])[0]


def test_a_claim_on_other_sizes_needs_both_of_them() -> None:
    claim = claims.in_other_sizes("It is ahead", "none", "additive", 40, "05")
    low, high, wide_low, wide_high = claim.measured().values()
    assert claim.holds(low, high, wide_low, wide_high)
    assert not claim.holds(high, low, wide_low, wide_high)
    assert not claim.holds(low, high, wide_high, wide_low)


@pytest.mark.parametrize("claim", claims.CLAIMS, ids=lambda claim: claim.says)
def test_a_claim_holds_and_would_not_of_other_numbers(claim: claims.Claim) -> None:
    measured = [*claim.measured().values()]
    assert all(measured) and claim.holds(*measured)
    assert not claim.holds(*([0.0] * len(runs) for runs in measured))
    (lesson,) = (claims.README.parent / "notebooks").glob(f"{claim.lesson[:2]}_*.ipynb")
    assert lesson.is_file()


def test_without_attention_quality_falls_with_length_in_every_run() -> None:
    for updates, drop in ((1540, 20), (FIVE_TIMES, 40)):
        runs = Experiment("none", updates=updates)
        for rows in runs.by_length():
            scores = [row["bleu"] for row in rows]
            assert scores == sorted(scores, reverse=True) and scores[0] - scores[-1] > drop


def test_five_times_the_training_lifts_every_bin_beyond_chance() -> None:
    once, five = Experiment("none"), Experiment("none", updates=FIVE_TIMES)
    for words in BINS:
        assert min(five.values("bleu", words)) > max(once.values("bleu", words)) + 5


def test_with_attention_every_run_is_far_above_every_run_without() -> None:
    attention, none = Experiment("additive"), Experiment("none", updates=FIVE_TIMES)
    assert len(attention) >= 5 and len(none) >= 3
    assert min(attention.values("bleu", "30–40")) > max(none.values("bleu", "30–40")) + 40
    for rows in attention.by_length():
        scores = [row["bleu"] for row in rows]
        assert max(scores) - min(scores) < 4  # up to 40 tokens
    longest = attention.values("bleu", "51–60", "test_long")
    assert max(longest) < min(attention.values("bleu", "30–40")) - 10  # past that it falls


def test_which_scores_differ_beyond_chance() -> None:
    location, dot, scaled, general, additive = (
        Experiment(name) for name in ("location", "dot", "scaled-dot", "general", "additive")
    )
    for words in BINS:
        assert min(scaled.values("bleu", words)) > max(dot.values("bleu", words)) + 5
        assert min(dot.values("bleu", words)) > max(general.values("bleu", words)) + 10
    # Five runs each: these two are not to be told apart on the test split …
    assert abs(sum(scaled.values("bleu")) - sum(additive.values("bleu"))) / 5 < 1.5
    # … but past the trained length additive is ahead in every run.
    ahead = [one.values("bleu", "51–60", "test_long") for one in (additive, scaled)]
    assert min(ahead[0]) > max(ahead[1]) + 3
    none = Experiment("none")
    short, long = (
        [location.values("bleu", words), none.values("bleu", words)] for words in (BINS[0], BINS[-1])
    )
    assert min(short[0]) - max(short[1]) > max(long[0]) - min(long[1])  # location: short sentences most
