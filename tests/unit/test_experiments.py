"""The measurements behind the lessons: a tidy table, runs that go on where they stopped, and their reader."""

from __future__ import annotations

import csv
import dataclasses
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import torch
from toy import toy_pairs

import experiments
from course_utils.analysis.evaluation import evaluate_by_length
from course_utils.analysis.experiments import COLUMNS, KEY, TABLE, Experiment, read_table
from course_utils.figures.curves import across_runs, plot_learning_curves
from course_utils.figures.style import text_of
from course_utils.files import locked
from course_utils.model.seq2seq import ModelConfig
from course_utils.text.corpus import load_corpus
from course_utils.training.recipes import WITH_ATTENTION
from course_utils.training.settings import TrainingConfig
from course_utils.training.trainer import Trainer

CORPUS = dataclasses.replace(
    load_corpus(),
    train=toy_pairs(40),
    valid=toy_pairs(8, 1),
    test=toy_pairs(30, 2),
    test_long=toy_pairs(5, 3),
)
MODEL = ModelConfig(hidden_size=8, embedding_size=4, dropout_p=0.2)
TRAINING = TrainingConfig(updates=7, batch_size=20)
RUN = experiments.Run("additive", MODEL, TRAINING)
OTHER = experiments.Run("dot", dataclasses.replace(MODEL, score="dot"), TRAINING)


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(experiments, "STATES", tmp_path / "states")
    monkeypatch.setattr(experiments, "LONG", 4)  # source tokens: the toy's sentences are short
    monkeypatch.setattr(experiments, "WINDOW", 3)
    return tmp_path / "table.csv"


def test_a_run_is_a_tidy_table(table: Path) -> None:
    experiments.make(RUN, CORPUS, table)
    rows = read_table(table)
    assert all(tuple(row) == COLUMNS for row in rows)
    assert max(Counter(tuple(row.values())[:-2] for row in rows).values()) == 1  # each number once
    assert {tuple(row[name] for name in KEY) for row in rows} == {RUN.key} == experiments.done(table)
    translator = Trainer(MODEL, TRAINING, CORPUS.train, CORPUS.valid).run()
    (scores,) = evaluate_by_length(translator, CORPUS.test)
    told = {(r["split"], r["measure"], r["group"]): r for r in rows}
    for measure in ("bleu", "exact_match", "token_accuracy"):
        assert float(told["test", measure, "1–9"]["value"]) == pytest.approx(
            getattr(scores, measure), rel=1e-3
        )
    assert [r["group"] for r in rows if r["measure"] == "loss"] == ["3", "6", "7"]
    assert told["test", "found", "5/5"]["n"] == str(sum(len(pair.source) >= 4 for pair in CORPUS.test))
    assert {r["split"] for r in rows} == {"test", "test_long", "train"}


def test_a_stopped_run_goes_on_and_a_finished_one_stays(table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    experiments.make(RUN, CORPUS, table)
    straight = [row for row in read_table(table) if row["measure"] != "seconds"]
    (lock,) = experiments.STATES.glob(".additive-8-0.004-7-1.safetensors.lock")
    checkpoint = lock.with_name(lock.name.removeprefix(".").removesuffix(".lock"))
    assert not checkpoint.exists() and not checkpoint.with_suffix(".last").exists()

    def stop(history) -> None:
        if len(history.loss) == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Trainer(MODEL, TRAINING, CORPUS.train, CORPUS.valid, checkpoint).train(stop)
    experiments.make(OTHER, CORPUS, table)  # stays in the table
    experiments.make(RUN, CORPUS, table)
    rows = read_table(table)
    mine = [row for row in rows if row["experiment"] == "additive" and row["measure"] != "seconds"]
    assert mine == straight and experiments.done(table) == {RUN.key, OTHER.key}

    def train(*about: object) -> None:
        raise AssertionError("what is in the table is trained again")

    monkeypatch.setattr(experiments, "Trainer", train)
    experiments.make(RUN, CORPUS, table)


def test_two_at_once_share_the_runs(
    table: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(experiments, "all_runs", lambda: iter([RUN, OTHER]))
    monkeypatch.setattr(experiments, "load_corpus", lambda: CORPUS)
    asked = ["--table", str(table)]
    with locked(experiments.STATES / "additive-8-0.004-7-1.safetensors"):  # another process has the first
        assert experiments.main(asked) == 0
    assert experiments.done(table) == {OTHER.key}
    assert "another run is writing additive-8-0.004-7-1.safetensors" in capsys.readouterr().err
    assert experiments.main(asked) == 0 and experiments.done(table) == {RUN.key, OTHER.key}
    (first, _) = capsys.readouterr().out.splitlines()
    (bleu,) = (
        r["value"] for r in read_table(table) if (*r.values(),)[:8] == (*RUN.key, "test", "bleu", "all")
    )
    assert first == f"additive 8 0.004 7 1: BLEU {bleu}; in the course's table not measured"


def test_the_courses_own_table_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert experiments.main(["none, own words"]) == 0  # all is there: nothing is trained
    (row,) = (
        r
        for r in read_table()
        if (r["experiment"], *[*r.values()][5:8]) == ("none, own words", "test", "bleu", "all")
    )
    assert capsys.readouterr().out == f"none, own words 100 0.004 7700 1: BLEU {row['value']}\n"


def test_a_run_that_fails_is_not_passed_over(table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bad = dataclasses.replace(RUN, training=dataclasses.replace(TRAINING, learning_rate=-1.0))
    monkeypatch.setattr(experiments, "all_runs", lambda: iter([bad]))
    monkeypatch.setattr(experiments, "load_corpus", lambda: CORPUS)
    with pytest.raises(ValueError, match="learning_rate"):
        experiments.main([])


def test_own_words_are_read_in_training_only() -> None:
    def losses(share: float) -> list[float]:
        config = dataclasses.replace(MODEL, dropout_p=0.0, attention=False)
        trainer = Trainer(config, TRAINING, CORPUS.train, CORPUS.valid)
        experiments.read_own_words(trainer, share)
        trainer.train()
        assert trainer.model.decoder.training is False
        batch = trainer.valid_batches[0]
        with torch.no_grad():
            now = trainer.model(batch)[0]
            del trainer.model.decoder.teacher_forced  # back to the class's own
            assert torch.equal(now, trainer.model(batch)[0])
        return trainer.history.loss

    plain = Trainer(
        dataclasses.replace(MODEL, dropout_p=0.0, attention=False), TRAINING, CORPUS.train, CORPUS.valid
    )
    plain.train()
    assert np.allclose(losses(0.0), plain.history.loss, atol=2e-4)
    assert losses(1.0)[0] == pytest.approx(plain.history.loss[0], abs=2e-4)  # at first every word is right
    assert not np.allclose(losses(1.0), plain.history.loss, atol=2e-4)


def test_scores_are_compared_by_runs_that_differ_in_nothing_else() -> None:
    runs = [run for run in experiments.all_runs() if run.name in experiments.SCORES]
    assert len({dataclasses.replace(run.model, score="", hidden_size=0) for run in runs}) == 1
    assert all(run.model.score == run.name and run.model.attention for run in runs)
    none = next(run for run in experiments.all_runs() if run.name == "none")
    assert dataclasses.replace(none.model, attention=True) == WITH_ATTENTION
    trainings = {dataclasses.replace(run.training, seed=0, learning_rate=1.0) for run in runs}
    assert trainings == {dataclasses.replace(none.training, seed=0, learning_rate=1.0)}


def test_every_experiment_has_a_key_of_its_own_and_the_shipped_table_knows_only_these() -> None:
    keys = [experiment.key for experiment in experiments.all_runs()]
    assert len({*keys}) == len(keys) > 100
    assert experiments.done() <= {*keys} and len(experiments.done()) >= 20
    assert experiments.main(["--list"]) == 0


@pytest.mark.parametrize("name", ["none", "additive"])
def test_the_reader_finds_what_is_in_the_table(name: str) -> None:
    with open(TABLE, encoding="utf-8", newline="") as file:
        raw = [r for r in csv.DictReader(file) if (r["experiment"], r["hidden_size"]) == (name, "100")]
    raw = [r for r in raw if (r["learning_rate"], r["updates"]) == ("0.004", "1540")]
    found = Experiment(name)
    assert len(found) == len({r["seed"] for r in raw}) >= 3
    runs = found.by_length("test", "test_long")
    assert [[row["low"] for row in run] for run in runs] == [[1, 10, 20, 30, 41, 51]] * len(found)
    last = [float(r["value"]) for r in raw if (r["measure"], r["group"]) == ("bleu", "51–60")]
    assert [run[-1]["bleu"] for run in runs] == last == found.values("bleu", "51–60", "test_long")
    assert across_runs(found.by_length())[0]["bleu_from"] == min(found.values("bleu", "1–9"))
    losses = found.losses()
    assert losses["update"][-1] == 1540 and len(losses["loss"]) == len(found)
    assert all(run[0] > run[-1] for run in losses["loss"])


def test_an_experiment_that_nobody_made_is_refused() -> None:
    with pytest.raises(ValueError, match="no experiment none 7 .*; of 'none' there are 100 0.004 1540; "):
        Experiment("none", hidden_size=7)
    with pytest.raises(
        ValueError, match="no experiment nobody's .*; there are additive; .*none, backwards; "
    ):
        Experiment("nobody's")


def test_several_runs_are_a_curve_in_a_band() -> None:
    runs = {"update": [50, 100], "loss": [[4.0, 2.0], [3.0, 1.0]]}
    figure = plot_learning_curves({"additive": runs}, "Learning", "loss")
    (band,) = figure.axes[0].collections
    assert {tuple(point) for point in band.get_paths()[0].vertices} >= {(50, 3), (50, 4), (100, 1), (100, 2)}
    assert "“additive” goes from 3.5 at 50 to 1.5 at 100" in text_of(figure)
