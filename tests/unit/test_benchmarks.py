"""The benchmarks' own arithmetic, on made-up numbers; no time is measured here."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from toy import toy_pairs, toy_vocabs

from course_utils.figures.tables import table
from course_utils.model.seq2seq import ModelConfig, build_model
from course_utils.text.batching import make_batches
from course_utils.text.vocab import EOS_ID

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True, scope="module")
def benchmarks() -> Iterator[None]:
    """What is in tests/benchmarks can be imported."""
    before = list(sys.path)
    sys.path.insert(0, str(ROOT / "tests" / "benchmarks"))
    yield
    sys.path[:] = before


def run(name: str, seconds: float, updates: int, seed: int = 1, **more: float) -> dict:
    return {"name": name, "seconds": seconds, "updates": updates, "seed": seed, **more}


def searched(updates: int, reached: bool, best: float, last: float | None = None) -> dict:
    """A search whose `best` came on the way to the `last`, if that is given."""
    tried = [
        {"rate": 0.2, "updates": updates, "bleu": 99.0 if reached else 1.0},  # another rate's
        {"rate": 0.1, "updates": updates // 2, "bleu": best},
        {"rate": 0.1, "updates": updates, "bleu": best if last is None else last},
    ]
    return {"rate": 0.1, "updates": updates, "reached": reached, "tried": tried}


def test_ratios_are_of_medians_and_who_did_not_get_there_has_a_lower_bound() -> None:
    import good_model

    found = {
        "goal": 95.0,
        "cap": 4.0,
        "searched": {
            good_model.OURS: searched(1000, True, 95.5),
            "quick peer": searched(2000, True, 95.1),
            "slow peer": searched(3000, False, 40.0, last=30.0),
            "hopeless": searched(9000, False, 2.0),
            "untimed": searched(1500, True, 97.0, last=95.2),
        },
        "timed": [
            run(good_model.OURS, 50.0, 770),  # its pace alone
            *(run(good_model.OURS, 60.0 + seed, 1000, seed, bleu=94.0 + seed) for seed in (-1, 0, 9)),
            *(run("quick peer", 150.0, 2000, seed, bleu=95.0) for seed in (1, 2, 3)),
            run("slow peer", 7.0, 100),
            run("hopeless", 5.0, 100),
            run("untimed", 6.0, 100),
        ],
    }
    standings = {row.name: row for row in good_model.standings(found)}
    assert standings[good_model.OURS].seconds == 60.0 and standings[good_model.OURS].bleu == 94.0
    assert standings["slow peer"].seconds == pytest.approx(210.0)
    assert (standings["slow peer"].bleu, standings["slow peer"].best) == (30.0, 40.0)
    assert standings["untimed"].bleu == 95.2  # after its updates, not after another number of them
    ratios = {row[0]: row[4] for row in good_model.tables(found)[0].rows}
    # 150/60; 210/60 = 3.5, at least; and 450/60 = 7.5, of which no more than the cap was asked for.
    assert ratios == {
        good_model.OURS: "1.00",
        "quick peer": "2.50",
        "slow peer": "> 3.5",
        "hopeless": "> 4.0",
        "untimed": "1.50",
    }


class Learner:
    """A contender whose BLEU after each update is made up, and of which an update takes a second."""

    def __init__(self, scores: list[float]) -> None:
        self.scores, self.made = scores, 0

    def updates(self) -> Iterator[None]:
        while True:
            self.made += 1
            yield

    @property
    def score(self) -> float:
        return self.scores[min(self.made, len(self.scores)) - 1]


@pytest.fixture
def learners(monkeypatch: pytest.MonkeyPatch) -> dict[float, Learner]:
    """Three rates of "the peer", ours needing ten seconds: which is ahead at first falls apart."""
    import search

    found = {
        0.1: Learner([*range(60, 90), *[0.0] * 9]),
        0.2: Learner([n * 96 / 25 for n in range(25)] + [96.0]),
        0.3: Learner([1.0]),
    }

    def start(corpus: object, vocabs: object, rate: float, seed: int) -> object:
        return search.Run(found[rate].updates(), list, found[rate])

    toy = SimpleNamespace(train=toy_pairs(9), test=toy_pairs(5))
    monkeypatch.setattr(search, "FREE", {"the peer": (start, tuple(found))})
    monkeypatch.setattr(search, "corpus_of", lambda plan: toy)
    monkeypatch.setattr(search, "score_of", lambda run, *about: run.model.score)
    monkeypatch.setattr(search, "our_pace", lambda *about: 1.0)
    monkeypatch.setattr(search.Search, "scheduled", lambda self: (0.004, 10, True))
    clock = SimpleNamespace(process_time=lambda: sum(learner.made for learner in found.values()))
    monkeypatch.setattr(search, "time", clock)
    return found


def test_a_rate_that_starts_slowly_may_still_get_there(
    learners: dict[float, Learner], tmp_path: Path
) -> None:
    import search

    found = search.search("the peer", search.Plan(tmp_path, sample=2))
    assert (found["rate"], found["reached"]) == (0.2, True) and 25 <= found["updates"] < 30
    learners[0.2].scores[20:] = [90.0]  # now it does not, and all have had four times our seconds
    for learner in learners.values():
        learner.made = 0
    found = search.search("the peer", search.Plan(tmp_path / "again", sample=2))
    assert (found["rate"], found["reached"]) == (0.2, False)
    assert min(learner.made for learner in learners.values()) >= 44 <= found["updates"]


def test_a_search_is_made_anew_where_its_data_are_others(
    learners: dict[float, Learner], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import search

    plan = search.Plan(tmp_path, sample=2)
    first, made = search.search("the peer", plan), [learner.made for learner in learners.values()]
    assert search.search("the peer", plan) == first
    assert [learner.made for learner in learners.values()] == made
    other = SimpleNamespace(train=toy_pairs(8), test=toy_pairs(5))
    monkeypatch.setattr(search, "corpus_of", lambda plan: other)
    search.search("the peer", plan)
    assert sum(learner.made for learner in learners.values()) > sum(made)


def test_a_page_has_every_cell_and_numbers_at_the_right() -> None:
    import report

    page = report.page(
        {"machine": {"cores": 2}}, [("Title", "What it is.", [table(("who", "n"), [("we", 1.25)])], "a.png")]
    )
    assert "| who | n |\n| --- | ---: |\n| we | 1.2 |" in page
    assert "cores 2" in page and "![Title](a.png)" in page


def test_results_of_another_machine_do_not_stay_beside_new_ones(tmp_path: Path) -> None:
    import report

    path = tmp_path / "benchmarks.json"
    report.store(path, "rate", {"n": 1}, {"cores": 2})
    report.store(path, "limit", {"n": 2}, {"cores": 2})
    assert report.load(path) == {"machine": {"cores": 2}, "rate": {"n": 1}, "limit": {"n": 2}}
    report.store(path, "rate", {"n": 3}, {"cores": 4})
    assert report.load(path) == {"machine": {"cores": 4}, "rate": {"n": 3}}


def test_the_tutorials_loss_is_ours_with_location_scores() -> None:
    """Where the places are as many as the words, its attention is ours whose W is the identity."""
    import tutorial

    H = S = 6
    config = ModelConfig(H, 4, 0.0, score="location", direction="forward")
    vocabs = toy_vocabs(toy_pairs(200))
    ours = build_model(config, *map(len, vocabs))
    with torch.no_grad():
        ours.decoder.score = type(ours.decoder.score)(H, S)
        ours.decoder.score.weight.weight.copy_(torch.eye(S))
        ours.decoder.score.weight.bias.zero_()
    its = tutorial.Tutorial(*map(len, vocabs), H, 4, max_length=S)
    its.source_embedding.load_state_dict(ours.encoder.embedding.state_dict())
    its.encoder.load_state_dict(ours.encoder.gru.state_dict())
    for part in ("embedding", "attn", "attn_combine", "gru", "out"):
        getattr(its, part).load_state_dict(getattr(ours.decoder, part).state_dict())
    pairs = [pair for pair in toy_pairs(200) if len(pair.source) == S][:3]
    (batch,) = make_batches(pairs, *vocabs, 3)
    log_probs, _ = ours(batch)
    for source, target, row in zip(batch.source, batch.target_output, log_probs):
        right = -row.gather(1, target.unsqueeze(1)).sum()
        torch.testing.assert_close(its.loss(source, target, teacher=True), right)
        assert target[-1] == EOS_ID


@pytest.mark.slow
def test_operations_by_the_formula_are_those_that_pytorch_counts() -> None:
    from torch.utils.flop_counter import FlopCounterMode

    import limit
    from rate import update

    pairs = toy_pairs(12)
    vocabs = toy_vocabs(pairs)
    (batch,) = make_batches(pairs, *vocabs, 12)
    config = ModelConfig(8, 6, 0.0)
    model = build_model(config, *map(len, vocabs))
    optimizer = torch.optim.Adam(model.parameters())
    with FlopCounterMode(display=False) as counter:
        update(model, optimizer, batch)
    counted = counter.get_total_flops()
    assert counted == pytest.approx(limit.formula(batch, config, *map(len, vocabs)), rel=0.05)


def test_generated_pairs_are_as_many_as_asked_for_and_no_side_is_empty(tmp_path: Path) -> None:
    import scaling

    path = tmp_path / "pairs.tsv"
    size = scaling.generate(path, 300)
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) == 300 and size == pytest.approx(path.stat().st_size / 1e9)
    assert all(len(sides := line.split("\t")) == 2 and all(sides) for line in lines)
