from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path

import pytest
import torch
from toy import toy_pairs, write_toy_corpus

from course_utils.analysis.evaluation import evaluate_by_length
from course_utils.model.checkpoints import load_checkpoint
from course_utils.model.pretrained import load_results, load_translator
from course_utils.model.seq2seq import ModelConfig, TransformerConfig, build_model
from course_utils.text.batching import make_batches
from course_utils.text.corpus import Corpus, Pair, load_corpus
from course_utils.text.vocab import UNK_ID
from course_utils.training import __main__ as command
from course_utils.training import recipes
from course_utils.training.__main__ import _parser, main
from course_utils.training.recipes import (
    RECIPES,
    Recipe,
    measure,
    own_recipe,
    results_table,
    train_and_measure,
)
from course_utils.training.settings import TrainingConfig, build_vocab

pytestmark = pytest.mark.slow  # the command line, in processes of its own
COMMAND = [sys.executable, "-m", "course_utils.training"]
TINY = ["--hidden-size", "16", "--embedding-size", "8", "--batch-size", "5"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A corpus of the user's: train.tsv, valid.tsv and test.tsv."""
    return write_toy_corpus(tmp_path / "corpus")


@pytest.fixture(autouse=True)
def _own_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """What the command changes of its process; and where it should have and did not, pytest survives."""
    monkeypatch.chdir(tmp_path)
    threads = torch.get_num_threads()
    numbers = {signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)}  # Windows has no SIGHUP
    before = {number: signal.signal(number, lambda *_: None) for number in numbers}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)
    torch.set_num_threads(threads)


def run(*options: object) -> int:
    return main([str(option) for option in options])


@contextmanager
def stopping_at(update: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Do what Ctrl-C does after that many updates of the run in the block, which must end by it."""

    class Impatient(recipes.tqdm):
        def update(self, n: float | None = 1) -> None:
            super().update(n)
            if self.n == update:
                raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(recipes, "tqdm", Impatient)
        with pytest.raises(SystemExit) as caught:
            yield
    assert caught.value.code == 130


def refused(capsys: pytest.CaptureFixture[str], *options: object) -> str:
    """Run the command; return what it says when it ends with status 2: a line and no traceback."""
    with pytest.raises(SystemExit) as caught:
        run(*options)
    assert caught.value.code == 2
    said = capsys.readouterr().err.strip().splitlines()
    assert said[-1].startswith("python -m course_utils.training: ")
    assert not any("Traceback" in line for line in said)
    return said[-1]


# --- the recipes -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", RECIPES)
def test_every_recipe_builds_its_model(name: str) -> None:
    build_model(RECIPES[name].model, 20, 20)


def test_the_comparisons_change_one_thing_at_a_time() -> None:
    def changed(name: str, base: str) -> set[str]:
        ours, theirs = RECIPES[name], RECIPES[base]
        return {
            key
            for kind in ("model", "training")
            for key, value in asdict(getattr(ours, kind)).items()
            if asdict(getattr(theirs, kind))[key] != value
        }

    assert changed("bottleneck", "attention") == {"attention"}
    assert changed("bottleneck-live", "attention-live") == {"attention"}
    for kind in ("attention", "bottleneck"):
        assert changed(f"{kind}-live", kind) == {"updates"}
        assert RECIPES[kind].training.updates == 5 * RECIPES[f"{kind}-live"].training.updates
    for seed in ("2", "3"):
        assert changed(f"attention-seed{seed}", "attention-live") == {"seed"}
        assert changed(f"transformer-seed{seed}", "transformer") == {"seed"}
    ours, theirs = (asdict(RECIPES[name].training) for name in ("transformer", "attention-live"))
    assert {key for key in ours if ours[key] != theirs[key]} == {"learning_rate"}
    for score in ("dot", "scaled", "general", "location"):
        assert changed(f"attention-{score}-live", "attention-live") == {"score"}
    assert changed("attention-dot", "attention") == {"score"}
    assert changed("bottleneck-wide", "bottleneck") == {"hidden_size"}
    wide, narrow = (RECIPES[name].model for name in ("bottleneck-wide", "bottleneck"))
    assert wide.hidden_size == 2 * narrow.hidden_size
    for direction in ("forward", "backward"):
        assert changed(f"bottleneck-{direction}", "bottleneck") == {"direction"}


def tiny_recipe(**changes) -> Recipe:
    model = replace(RECIPES["attention"].model, hidden_size=16, embedding_size=8, **changes)
    return Recipe("a toy", model, TrainingConfig(updates=6, batch_size=5))


def toy_corpus(longest: int = 6) -> Corpus:
    pairs = toy_pairs(60, longest=longest)
    return Corpus("toy", tuple(pairs[:20]), tuple(pairs[20:30]), tuple(pairs[30:]))


def test_measured_results_are_those_of_the_written_checkpoint(tmp_path: Path) -> None:
    checkpoint, results = tmp_path / "a" / "toy.safetensors", tmp_path / "b" / "toy.json"
    corpus, recipe = toy_corpus(), tiny_recipe()
    found = train_and_measure(recipe, corpus, checkpoint, results)
    assert json.loads(results.read_text(encoding="utf-8")) == found
    assert found.keys() == {"corpus", "model", "training", "parameters", "history", "test", "train"}
    assert found["model"] == asdict(recipe.model) and found["training"] == asdict(recipe.training)
    assert len(found["history"]["loss"]) == 6
    assert [found[split]["by_length"][0]["n"] for split in ("train", "test")] == [20, 30]
    translator = load_translator(checkpoint)
    assert found["parameters"] == sum(p.numel() for p in translator.model.parameters())
    assert measure(translator, corpus) == {key: found[key] for key in ("test", "train")}
    by_length = [asdict(score) for score in evaluate_by_length(translator, corpus.test)]
    for ours, theirs in zip(found["test"]["by_length"], by_length, strict=True):
        assert ours == pytest.approx(theirs, abs=0.006)
    for path in (checkpoint, results):  # and nothing else but the lock
        assert [p.name for p in path.parent.iterdir() if not p.name.endswith(".lock")] == [path.name]


def test_what_a_model_cannot_read_is_not_measured(tmp_path: Path) -> None:
    """Location-based attention has no weights beyond 40 words."""
    corpus = replace(toy_corpus(), test_long=tuple(toy_pairs(3, shortest=41, longest=45)))
    for score, splits in (("location", {"test", "train"}), ("dot", {"test", "test_long", "train"})):
        path = tmp_path / f"{score}.safetensors"
        found = train_and_measure(tiny_recipe(score=score), corpus, path, path.with_suffix(".json"))
        assert found.keys() & {"test", "test_long", "train"} == splits


# --- the command -----------------------------------------------------------------------------


def test_help_explains_every_option(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        run("--help")
    assert caught.value.code == 0
    said = capsys.readouterr().out
    for action in _parser()._actions:
        assert action.help and action.option_strings[-1] in said
    assert all(f"  {name} " in said and recipe.shows in said for name, recipe in RECIPES.items())
    settings = {
        name for config in (TrainingConfig(), ModelConfig(), TransformerConfig()) for name in asdict(config)
    }
    settings -= {"attention", "score", "context", "direction"}  # of the comparisons, and not to choose here
    assert all(f"--{name.replace('_', '-')}" in said for name in settings)


def test_a_run_on_a_corpus_of_yours(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mine.safetensors"
    assert run("--corpus", folder, "--output", path, "--updates", 8, "--seed", 7, *TINY) == 0
    said = capsys.readouterr().out
    assert re.search(r"^test +1–9 +10 ", said, flags=re.MULTILINE) and "chrF" in said
    assert re.search(r"mine.safetensors and .*mine.json are written", said)
    found = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    assert found["corpus"] == "corpus"
    assert found["training"]["updates"] == 8 and found["training"]["seed"] == 7
    assert found["model"]["hidden_size"] == 16
    assert load_checkpoint(path).config.hidden_size == 16
    assert load_translator(path).translate("un deux trois").target is not None
    assert sorted(p.name for p in tmp_path.glob("mine*")) == ["mine.json", "mine.safetensors"]


def test_a_stopped_run_resumes_by_command(
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    options = ["--corpus", folder, "--updates", 10, *TINY]
    whole, stopped = tmp_path / "whole.safetensors", tmp_path / "stopped.safetensors"
    run(*options, "--output", whole)

    with stopping_at(6, monkeypatch):
        run(*options, "--output", stopped)
    assert "stopped.safetensors" in (said := capsys.readouterr().err) and "--resume" in said
    assert not stopped.with_suffix(".json").exists()
    run(*options, "--output", stopped, "--resume")
    ours, theirs = load_checkpoint(stopped), load_checkpoint(whole)
    assert ours.info == theirs.info
    assert all(torch.equal(ours.weights[name], theirs.weights[name]) for name in theirs.weights)


def test_what_the_command_refuses(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def said(*options: object) -> str:
        return refused(capsys, *options)

    out = ["--output", tmp_path / "x.safetensors"]
    mine = ["--corpus", folder, *out, *TINY]
    assert "no recipe 'magic'; choose from attention-live" in said("--recipe", "magic")
    assert "ends in .safetensors" in said("--output", "model.bin")
    assert "one recipe" in said("--recipe", "attention", "bottleneck", *out)
    assert "choose one of them" in said(*mine, "--resume", "--overwrite")
    assert "--from takes one recipe" in said("--from", "x", "--recipe", "attention", "bottleneck")
    assert "--from takes one recipe" in said("--from", "x", *TINY)
    assert "no checkpoint x.safetensors" in said("--from", tmp_path / "x.safetensors", *out)
    assert "no file nothing.tsv" in said("--corpus", tmp_path / "nothing.tsv", *out)
    for device in ("abacus", "meta"):
        assert f"PyTorch can't compute on {device!r}" in said("--device", device, *mine)
    for option in ("updates", "batch-size", "hidden-size", "embedding-size", "min-count", "max-length"):
        for wrong in ("0", "-1", "many", "1.5"):
            assert f"{wrong!r} must be a whole number of at least 1" in said(*mine, f"--{option}", wrong)
    for option in ("clip", "learning-rate"):
        for wrong in ("0", "-1", "nan", "inf", "much"):
            assert f"{wrong!r} must be a number above 0" in said(*mine, f"--{option}", wrong)
    assert "no word of a side occurs 1000 times" in said(*mine, "--min-count", 1000)
    assert "must be even, not 7" in said(*mine, "--hidden-size", 7)
    assert "no stopped run" in said(*mine, "--resume")
    for wrong in ("2", "1", "-0.1", "nan", "some"):
        assert f"{wrong!r} must be a number from 0 up to" in said(*mine, "--dropout-p", wrong)
    (folder / "valid.tsv").write_text("un deux\tone two\nun deux three\n", encoding="utf-8")
    assert "line 2 of valid.tsv has 1 column" in said(*mine)
    assert not list(tmp_path.glob("x*")) and not (tmp_path / "models").exists()


def test_nothing_of_the_users_is_replaced_without_being_asked(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "mine.safetensors"
    options = ["--corpus", folder, "--output", path, "--updates", 4, *TINY]
    for there in (path, path.with_suffix(".json"), path.with_suffix(".last")):
        there.write_bytes(b"precious")
        said = refused(capsys, *options)
        assert there.name in said and "--resume" in said and "--overwrite" in said
        assert there.read_bytes() == b"precious"
        there.unlink()
    path.write_bytes(b"precious")
    assert run(*options, "--overwrite") == 0
    assert load_checkpoint(path).info["updates_done"] == 4
    finished = path.read_bytes()
    assert "no stopped run" in refused(capsys, *options, "--resume")
    assert path.read_bytes() == finished


def test_without_an_output_it_writes_into_a_folder_of_the_users(folder: Path, tmp_path: Path) -> None:
    assert run("--corpus", folder, "--recipe", "bottleneck", "--updates", 4, *TINY) == 0
    names = {p.name for p in (tmp_path / "models").iterdir() if not p.name.startswith(".")}
    assert names == {"bottleneck.safetensors", "bottleneck.json"}


def test_a_model_is_trained_on_by_command(folder: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "first.safetensors", tmp_path / "second.safetensors"
    run("--corpus", folder, "--output", first, "--updates", 8, *TINY)
    run("--corpus", folder, "--from", first, "--output", second, "--updates", 4, "--batch-size", 5)
    losses = [json.loads(p.with_suffix(".json").read_text())["history"]["loss"] for p in (first, second)]
    assert losses[1][0] < losses[0][0] and len(losses[1]) == 4
    assert load_checkpoint(second).source_vocab == load_checkpoint(first).source_vocab


def test_a_transformer_is_trained_stopped_and_trained_on_by_command(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = ["--corpus", folder, "--recipe", "transformer", "--batch-size", 5, "--updates", 8]
    small = [*mine, "--hidden-size", 8, "--heads", 2, "--layers", 1, "--feedforward-size", 12]
    first, stopped, second = (tmp_path / f"{name}.safetensors" for name in ("first", "stopped", "second"))
    assert run(*small, "--output", first) == 0
    assert load_checkpoint(first).config == TransformerConfig(8, 1, 2, 12, dropout_p=0.0)
    assert load_translator(first).translate("un deux trois", beam_size=3).attn_weights.shape[1] == 3

    with stopping_at(5, monkeypatch):
        run(*small, "--output", stopped)
    assert run(*small, "--output", stopped, "--resume") == 0
    ours, theirs = load_checkpoint(stopped), load_checkpoint(first)
    assert all(torch.equal(ours.weights[name], theirs.weights[name]) for name in theirs.weights)

    assert run(*mine, "--from", first, "--output", second) == 0
    losses = [json.loads(p.with_suffix(".json").read_text())["history"]["loss"] for p in (first, second)]
    assert losses[1][0] < losses[0][0]
    capsys.readouterr()
    assert "has no --embedding-size" in refused(
        capsys, *small, "--embedding-size", 4, "--output", tmp_path / "x.safetensors"
    )
    assert "multiple of the number of heads, 3" in refused(
        capsys, *small, "--heads", 3, "--output", tmp_path / "x.safetensors"
    )
    rnn = ["--corpus", folder, *TINY, "--heads", 2, "--output", tmp_path / "x.safetensors"]
    assert "has no --heads" in refused(capsys, *rnn)
    both = ["--corpus", folder, "--recipe", "transformer", "attention", "--heads", 2, "--updates", 4]
    assert "has no --heads" in refused(capsys, *both) and not (tmp_path / "models").exists()
    assert "--from takes one recipe" in refused(capsys, "--from", first, "--heads", 2)


def test_a_model_that_has_learnt_rare_words_reads_any(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "rare.safetensors"
    run("--corpus", folder, "--output", path, "--updates", 8, "--min-count", 12, *TINY)
    translation = load_translator(path).translate("un giraffe deux")
    assert translation.source == ("un", "giraffe", "deux") and "<unk>" not in translation.target
    run("--corpus", folder, "--output", path, "--updates", 8, "--overwrite", *TINY)
    with pytest.raises(ValueError, match="does not know “giraffe”"):
        load_translator(path).translate("un giraffe deux")


@pytest.mark.parametrize(
    "encoding",
    ["ascii", "cp437", *(pytest.param(e, marks=pytest.mark.weekly) for e in ("cp1252", "latin-1", "cp932"))],
)
def test_consoles_that_cannot_show_all(encoding: str, folder: Path, tmp_path: Path) -> None:
    def command(*options: object) -> subprocess.CompletedProcess:
        environment = {**os.environ, "PYTHONIOENCODING": encoding, "OMP_NUM_THREADS": "1"}
        return subprocess.run(
            [*COMMAND, *map(str, options)], capture_output=True, env=environment, cwd=tmp_path
        )

    helped = command("--help")
    assert helped.returncode == 0 and b"--resume" in helped.stdout, helped.stderr
    mine = ["--corpus", folder, "--updates", 4, *TINY]
    done = command(*mine)
    assert done.returncode == 0, done.stderr.decode(encoding)
    assert re.search("1.9 +10 ", done.stdout.decode(encoding))
    again = command(*mine)
    assert again.returncode == 2 and b"--overwrite" in again.stderr


def test_an_output_that_cannot_be_written(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    options = ["--corpus", folder, "--output", tmp_path / "file" / "x.safetensors", *TINY]
    assert "file" in refused(capsys, *options)


def start(
    folder: Path, path: Path, options: Sequence[str] = ("--updates", "10000000", *TINY)
) -> subprocess.Popen:
    """Start a run (by default one that would take hours); return when it has begun to learn."""
    process = subprocess.Popen(
        [*COMMAND, "--corpus", folder, "--output", path, *options],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        # Some shells start background jobs deaf to Ctrl-C, and children inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    deadline = time.monotonic() + 60
    while not path.with_suffix(".last").exists():
        assert process.poll() is None and time.monotonic() < deadline, process.communicate()
        time.sleep(0.05)
    return process


@pytest.mark.skipif(os.name == "nt", reason="Windows cannot send Ctrl-C to one process")
def test_ctrl_c_leaves_a_checkpoint_that_loads(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "mine.safetensors"
    process = start(folder, path)
    try:
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 130, said.decode()
    assert b"Traceback" not in said and b"--resume" in said
    assert load_checkpoint(path.with_suffix(".last")).config.hidden_size == 16
    assert {p.suffix for p in tmp_path.glob("*mine*")} <= {".last", ".safetensors", ".lock"}
    assert int(re.search(rb"stopped after (\d+) update", said)[1]) >= 0


@pytest.mark.skipif(os.name == "nt", reason="Windows has other signals")
def test_a_second_run_to_one_output_is_refused(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "mine.safetensors"
    process = start(folder, path)
    try:
        options = ["--corpus", folder, "--output", path, "--updates", 4, *TINY]
        assert "another run is writing mine.safetensors" in refused(capsys, *options, "--overwrite")
    finally:
        process.kill()
        process.communicate()
    assert run(*options, "--overwrite") == 0  # the lock has died with its process


@pytest.mark.skipif(os.name == "nt", reason="Windows has other signals")
@pytest.mark.parametrize("names", [["SIGKILL"] * 3, ["SIGTERM", "SIGHUP", "SIGINT"]])
def test_killed_again_and_again_it_ends_as_if_it_had_not_been(
    names: list[str], folder: Path, tmp_path: Path
) -> None:
    whole, killed = tmp_path / "whole.safetensors", tmp_path / "killed.safetensors"
    options = ["--corpus", str(folder), "--updates", "300", *TINY]
    assert run(*options, "--output", whole) == 0
    rounds = 0
    for name in names:
        resume = ["--resume"] if rounds and killed.with_suffix(".last").exists() else []
        process = start(folder, killed, options=[*options[2:], *resume])
        process.send_signal(getattr(signal, name))
        process.communicate(timeout=60)
        rounds += 1
    if killed.with_suffix(".last").exists():
        assert run(*options, "--output", killed, "--resume") == 0
    ours, theirs = load_checkpoint(killed), load_checkpoint(whole)
    assert ours.info == theirs.info
    assert all(torch.equal(ours.weights[name], theirs.weights[name]) for name in theirs.weights)


def test_being_asked_to_end_is_like_ctrl_c(
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def end(*arguments: object) -> None:
        signal.raise_signal(signal.SIGTERM)
        raise AssertionError("nothing happened")

    monkeypatch.setattr(command, "train_and_measure", end)
    with pytest.raises(SystemExit) as caught:
        run("--corpus", folder, "--output", tmp_path / "x.safetensors")
    assert caught.value.code == 130
    assert capsys.readouterr().err.strip() == "stopped; nothing was written"


def test_all_means_all(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    trained: list[str] = []

    def record(recipe: Recipe, corpus: Corpus, checkpoint: Path, results: Path, *rest) -> dict:
        assert recipe == RECIPES[checkpoint.stem] and results.stem == checkpoint.stem
        trained.append(checkpoint.stem)
        return {}

    monkeypatch.setattr(command, "train_and_measure", record)
    monkeypatch.setattr(command, "results_table", lambda found: "")
    monkeypatch.setattr(command, "load_corpus", lambda *arguments, **options: toy_corpus())
    assert run("--recipe", "all") == 0
    assert trained == list(RECIPES)
    assert run() == 0 and trained[-1] == "attention"


def spread(pairs: int, words: int, length: int = 10, new: bool = False) -> Corpus:
    """Return a corpus of so many pairs and so many different words a side; `new`: validation has others."""
    made = [
        Pair(
            tuple(f"f{(n * length + i) % words}" for i in range(length)),
            tuple(f"e{(n * length + i) % words}" for i in range(length)),
            None,
        )
        for n in range(pairs)
    ]
    valid = [Pair(("new", *pair.source[1:]), pair.target, None) for pair in made[:1]] if new else made[:1]
    return Corpus("mine", tuple(made), tuple(valid), tuple(made[:1]))


def test_the_recipe_of_a_corpus_of_ones_own_follows_from_the_data() -> None:
    small, large = own_recipe(spread(500, 90)), own_recipe(spread(12_000, 9_000, new=True))
    assert (
        small.model.hidden_size < large.model.hidden_size and small.training.updates < large.training.updates
    )
    assert small.training.subwords == 0  # where no word is new, words stay whole
    assert large.training.subwords == 120_000 / 100  # a kind of piece for a hundred words
    assert own_recipe(spread(60_000, 9_000, new=True)).training.subwords == 4000  # at most
    tiny = own_recipe(spread(20, 90, new=True)).training.subwords
    assert tiny == 2 * len("f0123456789")  # at least: of every letter two
    assert all(recipe.training.patience and recipe.model.dropout_p for recipe in (small, large))
    assert own_recipe(spread(500, 90, length=20)).training.updates == pytest.approx(
        2 * small.training.updates, abs=2
    )


@pytest.mark.parametrize(
    ("pairs", "length", "epochs"),
    [
        (10, 5, 100),
        (240, 3, 100),
        (500, 10, 100),
        (1_600, 1, 62),
        (2_400, 2, 41),
        (2_400, 20, 41),
        (20_000, 10, 8),
    ],
)
def test_a_small_corpus_is_seen_as_often_as_its_recipe_says(pairs: int, length: int, epochs: int) -> None:
    corpus = spread(pairs, 90, length)
    training = own_recipe(corpus).training
    vocabs = [
        build_vocab([getattr(pair, side) for pair in corpus.train], training) for side in ("source", "target")
    ]
    batches = make_batches(corpus.train, *vocabs, training.batch_size, None, training.batch_tokens)
    # Little of a batch is left empty; where there are few, the last one may be nearly so.
    assert 0.8 * epochs <= training.updates / len(batches) <= 1.1 * epochs


@pytest.mark.parametrize("characters", [2, 4_500])
def test_each_character_of_a_script_has_its_piece(characters: int) -> None:
    letters = [chr(0x4E00 + i) for i in range(characters)]
    train = tuple(Pair((letter,), (letter,), None) for letter in letters)
    new = Pair(("".join(letters[:2]),), (letters[0],), None)  # a word of two that were alone
    recipe = own_recipe(Corpus("mine", train, (new,), train[:1]))
    vocab = build_vocab([pair.source for pair in train], recipe.training)
    assert recipe.training.subwords and UNK_ID not in vocab.encode([*letters, *new.source])


def test_a_corpus_of_ones_own_gets_its_own_recipe(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    seen: list[tuple[Recipe, Path]] = []
    monkeypatch.setattr(
        command, "train_and_measure", lambda recipe, _, path, *rest: seen.append((recipe, path))
    )
    monkeypatch.setattr(command, "results_table", lambda found: "")
    corpus = load_corpus(folder)
    run("--corpus", folder)
    assert seen.pop() == (own_recipe(corpus), Path("models/own.safetensors"))
    run("--corpus", folder, "--recipe", "own", "bottleneck")
    assert [path.stem for _, path in seen] == ["own", "bottleneck"] and seen[1][0] == RECIPES["bottleneck"]
    run("--corpus", folder, "--min-count", 2, "--subwords", 0, "--patience", 7, "--label-smoothing", 0.2)
    training = seen[-1][0].training
    assert (training.min_count, training.subwords, training.patience) == (2, 0, 7)
    with pytest.raises(SystemExit):
        run("--recipe", "own")
    assert "the recipe “own” needs your corpus" in capsys.readouterr().err


def test_rare_words_are_left_out_or_cut_but_not_both(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Recipe] = []
    monkeypatch.setattr(command, "train_and_measure", lambda recipe, *rest: seen.append(recipe))
    monkeypatch.setattr(command, "results_table", lambda found: "")
    monkeypatch.setattr(command, "load_corpus", lambda *arguments, **options: spread(12_000, 9_000, new=True))
    run("--corpus", "mine.tsv", "--min-count", 2)
    assert (seen[0].training.min_count, seen[0].training.subwords) == (2, 0)


def test_a_public_corpus_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Corpus] = []
    monkeypatch.setattr(command, "train_and_measure", lambda _, corpus, *rest: seen.append(corpus))
    monkeypatch.setattr(command, "results_table", lambda found: "")
    monkeypatch.setattr(
        command, "load_public", lambda name, max_length: replace(toy_corpus(), name=f"{name}, {max_length}")
    )
    run("--corpus", "multi30k-fr-en", "--max-length", 30)
    assert seen[0].name == "multi30k-fr-en, 30"


def test_what_is_left_out_and_what_is_in_two_splits_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "train_and_measure", lambda *about: {})
    monkeypatch.setattr(command, "results_table", lambda found: "")
    splits = {"train": "un\tone\ndeux\ttwo\nun deux trois quatre\tone two\n", "valid": "deux\ttwo\n"}
    for name, text in (splits | {"test": "trois\tthree\n"}).items():
        (tmp_path / f"{name}.tsv").write_text(text, encoding="utf-8")
    output = ["--output", tmp_path / "mine.safetensors"]
    run("--corpus", tmp_path, "--max-length", 3, *output)
    said = capsys.readouterr().out.splitlines()
    shared = "1 of 1 pairs of valid have a source that train has, too: what is measured there flatters"
    assert said[:2] == ["1 pairs are left out: more than 3 tokens on a side, or none on one", shared]
    run("--corpus", tmp_path, *output)
    assert capsys.readouterr().out.splitlines()[0] == shared


def test_a_full_gpu_is_told_in_a_sentence(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*about: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB …")

    monkeypatch.setattr(command, "train_and_measure", full)
    said = refused(capsys, "--corpus", folder, "--output", tmp_path / "x.safetensors")
    assert "too little memory on cpu; take a smaller --batch-size" in said


def test_max_length_leaves_out_longer_sentences(folder: Path) -> None:
    corpus = load_corpus(folder, max_length=3)
    assert max(len(p.source) for p in (*corpus.train, *corpus.valid, *corpus.test)) == 3


CASES = Path(__file__).parents[1] / "cases"


@pytest.mark.skipif(os.name == "nt", reason="Windows does not tell the memory of a child")
def test_memory_follows_the_tokens_and_not_the_longest_pair_squared(tmp_path: Path) -> None:
    """300 short pairs and one of 500 tokens once took up to 13.5 GB."""
    path = tmp_path / "long.safetensors"
    options = ["--corpus", CASES / "one_long_pair.tsv", "--output", path, "--updates", "12"]
    code = "import resource, subprocess, sys; done = subprocess.run(sys.argv[1:]).returncode\n"
    code += "print(done, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)"
    command = [sys.executable, "-c", code, *COMMAND, *map(str, options)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    done, megabytes = map(int, said[-1].split())
    assert done == 0 and megabytes < 2000
    rows = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))["train"]["by_length"]
    assert [(row["low"], row["high"], row["n"]) for row in rows][-1] == (61, None, 1)
    assert any(line.split()[:2] == ["train", "61+"] for line in said)


def test_short_targets_have_no_bleu_and_are_told_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--corpus", CASES / "short_targets.tsv", "--output", tmp_path / "short.safetensors"]
    assert run(*options, "--updates", 300, "--batch-size", 8) == 0
    said = capsys.readouterr().out
    found = json.loads((tmp_path / "short.json").read_text(encoding="utf-8"))["train"]
    assert found["bleu"] == 0 and found["chrf"] > 50
    assert "BLEU counts runs of up to four words" in said and f"chrF {found['chrf']:.1f}" in said


def test_the_table_shows_every_bin() -> None:
    row = {"low": 1, "high": 9, "n": 12, "bleu": 99.0, "exact_match": 98.0, "token_accuracy": 97.0}
    rows = [row, {**row, "low": 10, "high": 19}]
    table = results_table({"test": {"bleu": 99.0, "chrf": 95.0, "by_length": rows}})
    assert len(table.splitlines()) == 5 and "chrF 95.0" in table.splitlines()[3]
    assert "BLEU by sacrebleu: nrefs:1|" in table.splitlines()[4] and "|tok:none|" in table
    for value in ("1–9", "12", "99.0", "98.0 %", "97.0 %"):
        assert value in table.splitlines()[1]


def test_the_table_tells_what_other_tasks_are_judged_by() -> None:
    test = load_results("reports")["test"]
    lines = results_table({"test": test}).splitlines()
    assert [line.split() for line in lines if "ROUGE" in line] == [
        ["test", name, f"{score:.1f}"] for name, score in test["rouge"].items()
    ]
    model, chance = 100 * test["evidence"]["model"], 100 * test["evidence"]["uniform"]
    assert f"test       weights on the evidence: {model:.0f} % (by chance {chance:.0f} %)" in lines


def test_what_is_trained_is_what_is_said(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = tmp_path / "first.safetensors", tmp_path / "second.safetensors"
    run("--corpus", folder, "--output", first, "--updates", 4, "--subwords", 30, *TINY)
    run("--corpus", folder, "--output", second, "--updates", 4, "--from", first)
    said = [line for line in capsys.readouterr().out.splitlines() if line.startswith("own: ")]
    assert (
        said[0].partition("; but ")[2]
        == "hidden_size 16, embedding_size 8, updates 4, batch_size 5, subwords 30"
    )
    assert said[1].partition("; but ")[2].startswith(f"trained on from {first}, hidden_size 16")
    for path in (first, second):
        assert json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))["training"]["subwords"] == 30


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--threads", 10**11), ""),  # as many as there are
        (("--device", "hpu"), "PyTorch can't compute on 'hpu' here; try cpu"),
        (("--hidden-size", 10**7), "takes too much memory to train; choose smaller sizes (--hidden-size"),
    ],
)
def test_a_number_that_is_far_too_large(
    options: tuple[str, object], told: str, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    threads = torch.get_num_threads()
    command_line = [
        "--corpus",
        folder,
        "--output",
        tmp_path / "x.safetensors",
        "--updates",
        2,
        *TINY,
        *options,
    ]
    try:
        if told:
            assert told in refused(capsys, *command_line)
        else:
            assert run(*command_line) == 0
    finally:
        torch.set_num_threads(threads)


def test_a_machine_without_memory_is_told_in_a_sentence(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*about: object) -> None:
        torch.empty(2**60)

    monkeypatch.setattr(command, "train_and_measure", full)
    said = refused(capsys, "--corpus", folder, "--output", tmp_path / "x.safetensors")
    assert "too little memory on cpu; take a smaller --batch-size" in said
