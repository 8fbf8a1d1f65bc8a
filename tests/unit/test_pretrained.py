from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import pytest
import torch

import train_checkpoints
from course_utils.model import pretrained
from course_utils.model.pretrained import (
    CHECKPOINTS,
    RESULTS,
    checkpoint_names,
    load_results,
    load_translator,
)
from course_utils.text.corpus import DATA, DIALOGUES, OPEN_CORPUS, REPORTS, Corpus, load_corpus
from course_utils.training.recipes import RECIPES, measure
from course_utils.training.settings import TrainingConfig

NAMES = checkpoint_names()
OPEN_SEEDS = ("open-seed2", "open-seed3")
TRANSFORMERS = ("transformer", "transformer-seed2", "transformer-seed3")
TASKS = ("reports", "dialogues")
TASK_SEEDS = tuple(f"{task}-seed{seed}" for task in TASKS for seed in (2, 3))
EACH_KIND = ("attention", "bottleneck", "attention-location-live", "transformer", "open", *TASKS)
SEEDS = ("attention", "attention-live", "attention-seed2", "attention-seed3")


def test_an_unknown_name_lists_the_known_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.safetensors").touch()
        (tmp_path / f"{name}.json").touch()
    monkeypatch.setattr(pretrained, "CHECKPOINTS", tmp_path)
    monkeypatch.setattr(pretrained, "RESULTS", tmp_path)
    assert checkpoint_names() == ["one", "two"]
    with pytest.raises(ValueError, match="no checkpoint 'three'; the course has: one, two"):
        load_translator("three")
    with pytest.raises(ValueError, match="no results of 'three'; the course has: one, two"):
        load_results("three")
    with pytest.raises(FileNotFoundError, match="no checkpoint mine.safetensors in"):
        load_translator(tmp_path / "mine.safetensors")


def test_every_checkpoint_has_its_results_and_its_recipe() -> None:
    assert {"attention", "bottleneck"} <= set(NAMES)
    measured = {p.stem for p in RESULTS.glob("*.json")}
    assert set(NAMES) == set(RECIPES)
    # Human text is measured, but may not be shipped, and nor are models of it; of some one seed is enough.
    seeds = {
        f"multi30k-{kind}{seed}" for kind in ("attention", "bottleneck") for seed in ("", "-seed2", "-seed3")
    }
    human = {"multi30k", "multi30k-attention-more", "multi30k-bottleneck-long", *seeds}
    others = {*human, *OPEN_SEEDS, *TASK_SEEDS, "benchmarks", "hub"}
    assert measured == set(RECIPES) | others


@pytest.mark.parametrize("name", [*OPEN_SEEDS, *TASK_SEEDS])
def test_another_start_is_made_by_the_recipe_and_not_shipped(name: str) -> None:
    recipe, *folders = train_checkpoints.recipe_of(name)
    found = load_results(name)
    assert found["training"].items() <= asdict(recipe.training).items()
    assert found["model"].items() <= asdict(recipe.model).items()
    assert not {*folders} & {CHECKPOINTS, RESULTS}  # to measure again replaces nothing


def test_a_recipe_that_is_not_there_is_not_trained(capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("opn", "opn-seed2", "open-seed", "open-seedtwo"):
        assert train_checkpoints.main(["attention", name]) == 2
        assert f"there is no recipe {name!r}; choose from attention-live, " in capsys.readouterr().err


@pytest.fixture(scope="module")
def corpora() -> dict[Path, Corpus]:
    return {path: load_corpus(path) for path in (DATA, OPEN_CORPUS, REPORTS, DIALOGUES)}


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[] if name in EACH_KIND else pytest.mark.weekly) for name in NAMES]
)
def test_a_shipped_checkpoint_reaches_its_metrics(name: str, corpora: dict[Path, Corpus]) -> None:
    """The whole test split again: within rounding, and the odd word that another machine rounds."""
    results, translator = load_results(name), load_translator(name)
    assert results["model"] == asdict(RECIPES[name].model)
    assert TrainingConfig(**results["training"]) == RECIPES[name].training
    assert results["parameters"] == sum(p.numel() for p in translator.model.parameters())
    assert len(results["history"]["loss"]) == RECIPES[name].training.updates
    corpus = corpora[RECIPES[name].corpus]
    assert results["corpus"] == corpus.name
    corpus = Corpus("its test split", (), corpus.valid, corpus.test, task=corpus.task)
    found = measure(translator, corpus)["test"]
    assert found["bleu"] == pytest.approx(results["test"]["bleu"], abs=0.2)
    for ours, theirs in zip(found["by_length"], results["test"]["by_length"], strict=True):
        assert ours == pytest.approx(theirs, abs=0.5)


def bins(name: str) -> dict[int, float]:
    return {row["low"]: row["bleu"] for row in load_results(name)["test"]["by_length"]}


@pytest.mark.parametrize("name", SEEDS)
def test_attention_keeps_long_sentences(name: str) -> None:
    found = bins(name)
    assert min(found[1], found[10], found[20]) >= 95 and found[30] >= 90


@pytest.mark.parametrize("name", TRANSFORMERS)
def test_a_transformer_passes_the_exam_and_falls_past_it(name: str) -> None:
    """At least 95 BLEU in every length bin up to 40 words; beyond, clearly below the RNN's attention."""
    assert min(bins(name).values()) >= (95 if name == "transformer" else 94)
    longer, rnns = (load_results(run)["test_long"]["by_length"] for run in (name, "attention-live"))
    assert all(ours["bleu"] < theirs["bleu"] - 5 for ours, theirs in zip(longer, rnns, strict=True))


def test_the_best_model_is_good() -> None:
    assert load_results("attention")["test"]["bleu"] >= 97


@pytest.mark.parametrize("name", ["open", *OPEN_SEEDS])
def test_the_open_model_reads_what_people_type(name: str) -> None:
    found = load_results(name)
    training = {**found["training"], "seed": RECIPES["open"].training.seed}
    assert TrainingConfig(**training) == RECIPES["open"].training and found["model"] == asdict(
        RECIPES["open"].model
    )
    assert found["test"]["bleu"] >= 97 and found["challenge"]["right"] >= 0.9 * 392
    assert found["challenge"]["right"] > 5 * load_results("attention")["challenge"]["right"]


def test_without_attention_long_sentences_are_lost() -> None:
    """Short ones come out right with five times the training, long ones never."""
    assert bins("bottleneck")[1] >= 90
    for name in ("bottleneck-live", "bottleneck"):
        rows = load_results(name)["test"]["by_length"]
        assert all(row["exact_match"] <= 5 for row in rows if row["low"] >= 20)
        assert rows[0]["bleu"] - rows[-1]["bleu"] > 25


@pytest.mark.parametrize(("name", "most"), [("bottleneck-live", 25), ("bottleneck", 50)])
def test_without_attention_bleu_collapses(name: str, most: float) -> None:
    """From 20 words on, after a live training and after one five times as long."""
    assert max(bins(name)[20], bins(name)[30]) <= most


@pytest.mark.parametrize("name", (*SEEDS, *TRANSFORMERS, "open"))
@pytest.mark.parametrize("beam_size", [1, 4])
def test_the_running_example(name: str, beam_size: int) -> None:
    found = load_translator(name).translate("le chat noir est sur le tapis", beam_size)
    assert found.text == "the black cat is on the mat"
    looked_at = {
        word: found.source[weights.argmax()] for word, weights in zip(found.target, found.attn_weights)
    }
    assert looked_at["black"] == "noir"
    assert looked_at["cat"] == "chat"
    assert looked_at["mat"] == "tapis"


def test_a_translator_is_ready_to_translate() -> None:
    translator = load_translator()
    assert not translator.model.training
    assert translator.model.device == torch.device("cpu")
    again = load_translator(CHECKPOINTS / "attention.safetensors")
    assert again.vocabs == translator.vocabs


@pytest.mark.parametrize("name", TASK_SEEDS)
def test_another_seed_of_a_task_differs_in_its_seed_alone(name: str) -> None:
    found, recipe = load_results(name), RECIPES[name.partition("-seed")[0]]
    training = {**found["training"], "seed": recipe.training.seed}
    assert TrainingConfig(**training) == recipe.training
    assert found["model"] == asdict(recipe.model) and found["training"]["seed"] == int(name[-1])


def test_the_tasks_differ_from_the_translation_in_no_setting_of_the_model() -> None:
    for name in TASKS:
        assert RECIPES[name].model == RECIPES["attention-scaled-live"].model
        ours, without = asdict(RECIPES[name].model), asdict(RECIPES[f"{name}-bottleneck"].model)
        assert {key for key in ours if ours[key] != without[key]} == {"attention"}
        assert RECIPES[name].training == RECIPES[f"{name}-bottleneck"].training
