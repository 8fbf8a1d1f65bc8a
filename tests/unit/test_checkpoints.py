from __future__ import annotations

import builtins
import json
import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from toy import CONFIGS, toy_pairs, toy_vocabs

from course_utils import files
from course_utils.files import locked, write_atomically
from course_utils.model import checkpoints
from course_utils.model.checkpoints import FORMAT, Checkpoint, load_checkpoint, save_checkpoint
from course_utils.model.seq2seq import build_model
from course_utils.text.batching import make_batch

PAIRS = toy_pairs(8)
VOCABS = toy_vocabs(PAIRS)


def checkpoint(name: str = "attention-additive") -> Checkpoint:
    model = build_model(CONFIGS[name], *map(len, VOCABS))
    extra = {"random": torch.get_rng_state(), "best_loss": torch.tensor(0.5, dtype=torch.float64)}
    info = {"training": {"updates": 3}, "note": "naïve"}
    return Checkpoint(CONFIGS[name], *VOCABS, model.state_dict(), info, extra)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "model.safetensors"
    save_checkpoint(path, checkpoint())
    return path


@pytest.mark.parametrize("name", CONFIGS)
def test_round_trip(name: str, tmp_path: Path) -> None:
    saved = checkpoint(name)
    path = tmp_path / "folder" / "model.safetensors"  # a folder that isn't there yet
    save_checkpoint(path, saved)
    found = load_checkpoint(path)
    assert found.config == saved.config
    assert (found.source_vocab, found.target_vocab) == VOCABS
    assert found.info == saved.info
    for ours, theirs in ((found.weights, saved.weights), (found.extra, saved.extra)):
        assert ours.keys() == theirs.keys()
        assert all(torch.equal(ours[key], theirs[key]) for key in ours)
        assert all(ours[key].dtype == theirs[key].dtype for key in ours)


def test_the_loaded_model_computes_the_same_and_is_ready_to_translate(path: Path) -> None:
    saved = build_model(CONFIGS["attention-additive"], *map(len, VOCABS)).eval()
    save_checkpoint(path, replace(checkpoint(), weights=saved.state_dict()))
    model = load_checkpoint(path).model()
    assert not model.training
    batch = make_batch(PAIRS, *VOCABS)
    assert torch.equal(model(batch)[0], saved(batch)[0])


def test_saving_changes_nothing_that_is_saved(path: Path) -> None:
    saved = checkpoint()
    before = {key: tensor.clone() for key, tensor in saved.weights.items()}
    save_checkpoint(path, saved)
    for parameter in load_checkpoint(path).model().parameters():
        parameter.data.add_(1)
    assert all(torch.equal(tensor, before[key]) for key, tensor in saved.weights.items())


def test_it_is_plain_safetensors(path: Path) -> None:
    """Any reader of the format can open it."""
    assert "model.encoder.embedding.weight" in load_file(path)
    size = int.from_bytes(path.read_bytes()[:8], "little")
    header = json.loads(path.read_bytes()[8 : 8 + size])
    assert {"format", "content", "sha256"} <= header["__metadata__"].keys()


# --- files that are not what they should be --------------------------------------------------


def refused(path: Path) -> str:
    with pytest.raises(ValueError) as caught:
        load_checkpoint(path)
    message = str(caught.value)
    assert path.name in message and "\n" not in message
    return message


def test_there_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no checkpoint nothing.safetensors in"):
        load_checkpoint(tmp_path / "nothing.safetensors")
    with pytest.raises(FileNotFoundError):
        load_checkpoint(tmp_path)  # a folder


@pytest.mark.parametrize("size", [0, 4, 8, 100, 1000, -1])
def test_a_truncated_file(path: Path, size: int) -> None:
    path.write_bytes(path.read_bytes()[:size])
    assert "damaged" in refused(path)


def test_more_at_the_end(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\0")
    assert "damaged" in refused(path)


def rewritten(path: Path, change) -> None:
    """Write the checkpoint at `path` again, its content changed, its checksum right."""
    with safe_open(path, framework="pt") as file:
        content = json.loads(file.metadata()["content"])
        tensors = {name: file.get_tensor(name) for name in file.keys()}
    change(content)
    text = json.dumps(content, ensure_ascii=False)
    save_file(
        tensors, path, {"format": FORMAT, "content": text, "sha256": checkpoints._digest(tensors, text)}
    )


def test_a_file_from_before_there_were_kinds_is_an_rnns(path: Path) -> None:
    expected = load_checkpoint(path)
    rewritten(path, lambda content: content.pop("kind"))
    assert load_checkpoint(path).config == expected.config


def test_a_kind_or_a_setting_of_another_edition(path: Path) -> None:
    rewritten(path, lambda content: content.update(kind="mamba"))
    assert "a kind of model that this edition of the course does not know (mamba)" in refused(path)
    rewritten(path, lambda content: content.update(kind="transformer"))
    assert "a setting that this edition of the course does not know" in refused(path)


@pytest.mark.parametrize("content", [b"", b"not a model", b"\x80\x04K\x01.", bytes(range(256)) * 9])
def test_some_other_file(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    assert "damaged or no safetensors file" in refused(path)


def test_another_safetensors_file(path: Path) -> None:
    save_file({"a": torch.zeros(3)}, path)
    assert "not a checkpoint of this course" in refused(path)
    save_file({"a": torch.zeros(3)}, path, {"format": FORMAT})
    assert "altered" in refused(path)


def test_a_single_changed_byte_of_a_weight(path: Path) -> None:
    content = path.read_bytes()
    start = 8 + int.from_bytes(content[:8], "little")
    for place in (start, (start + len(content)) // 2, len(content) - 1):
        changed = bytearray(content)
        changed[place] ^= 1
        path.write_bytes(changed)
        assert "altered" in refused(path)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"hidden_size", b"hidden_sizE"),
        (b"sept", b"dixx"),
        (b'\\"updates\\": 3', b'\\"updates\\": 4'),
        (b'"F64"', b'"I64"'),
        (b"attention-course-1", b"attention-course-2"),
        (b"encoder.embedding", b"encoder.embeddinG"),
    ],
)
def test_changed_metadata(path: Path, old: bytes, new: bytes) -> None:
    content = path.read_bytes()
    assert old in content and len(old) == len(new)
    path.write_bytes(content.replace(old, new))
    refused(path)


def test_a_changed_shape(path: Path) -> None:
    """The bytes stay; only what the header says of them changes."""
    content = path.read_bytes()
    width = CONFIGS["attention-additive"].embedding_size
    old = f'"shape":[{len(VOCABS[0])},{width}]'.encode()
    new = f'"shape":[{width},{len(VOCABS[0])}]'.encode()
    assert old in content
    path.write_bytes(content.replace(old, new, 1))
    assert "altered" in refused(path)


def test_any_changed_byte_is_noticed_or_harmless(path: Path) -> None:
    original, content = load_checkpoint(path), path.read_bytes()
    for place in range(0, len(content), max(1, len(content) // 150)):
        changed = bytearray(content)
        changed[place] ^= 4
        path.write_bytes(changed)
        try:
            found = load_checkpoint(path)
        except ValueError:
            continue
        assert found.info == original.info  # a blank in the header, say
        assert all(torch.equal(found.weights[key], original.weights[key]) for key in found.weights)


# --- all or nothing --------------------------------------------------------------------------


@pytest.mark.parametrize("error", [OSError("disk full"), KeyboardInterrupt()])
@pytest.mark.parametrize("when", ["write", "replace"])
def test_an_interrupted_write_leaves_the_old_file_and_no_litter(
    path: Path, monkeypatch: pytest.MonkeyPatch, when: str, error: BaseException
) -> None:
    before = path.read_bytes()

    def fail(*arguments: object) -> None:
        raise error

    if when == "replace":
        monkeypatch.setattr(os, "replace", fail)
    else:
        monkeypatch.setattr(files, "open", opens_a_file_whose_write(fail), raising=False)
    with pytest.raises(type(error)):
        save_checkpoint(path, replace(checkpoint(), info={}))
    assert path.read_bytes() == before
    assert os.listdir(path.parent) == [path.name]


def opens_a_file_whose_write(does):
    """Return an `open` whose files write only what `does` lets through."""

    @contextmanager
    def opened(path: Path, mode: str):
        with open(path, mode) as file:
            yield SimpleNamespace(write=lambda content: does(file, content))

    return opened


def test_a_write_that_breaks_off_half_way(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = path.read_bytes()

    def half(file, content: bytes) -> None:
        file.write(content[: len(content) // 2])
        raise OSError("disk full")

    monkeypatch.setattr(files, "open", opens_a_file_whose_write(half), raising=False)
    with pytest.raises(OSError, match="disk full"):
        write_atomically(path, b"new content")
    assert path.read_bytes() == before
    assert os.listdir(path.parent) == [path.name]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
@pytest.mark.parametrize("umask", [0o022, 0o077, 0o002])
def test_the_umask_says_who_may_read_it(path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        write_atomically(path, b"content")
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == 0o666 & ~umask


def test_a_lock_is_for_one_process_and_dies_with_it(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    code = "import sys, pathlib; from course_utils.files import locked\n"
    code += "with locked(pathlib.Path(sys.argv[1])): print('locked', flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", code, str(path)]
    other = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert other.stdout.readline() == b"locked\n"
        with pytest.raises(ValueError, match="another run is writing model.safetensors"):
            with locked(path):
                pass
    finally:
        other.kill()
        other.communicate()
    with locked(path):
        pass


def test_weights_of_half_precision(tmp_path: Path) -> None:
    path, ours = tmp_path / "half.safetensors", checkpoint()
    halves = {name: weight.bfloat16() for name, weight in ours.weights.items()}
    save_checkpoint(path, replace(ours, weights=halves))
    loaded = load_checkpoint(path).weights
    assert all(torch.equal(loaded[name], halves[name]) for name in halves)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"info": {"ends": None}}, "its ends is None"),
        ({"info": {"reads_unknown": "yes"}}, "its reads_unknown is 'yes'"),
        ({"weights": {}}, "its weights .* are None"),
        ({"config": replace(CONFIGS["attention-additive"], hidden_size=2**21)}, "its hidden_size is 2097152"),
        ({"config": replace(CONFIGS["transformer"], layers=201)}, "its layers is 201"),
    ],
)
def test_what_could_not_be_read_is_not_written(path: Path, changes: dict, reason: str) -> None:
    before = path.read_bytes()
    with pytest.raises(ValueError, match=f"model.safetensors was not written, .* {reason}"):
        save_checkpoint(path, replace(checkpoint(), **changes))
    assert path.read_bytes() == before and list(path.parent.iterdir()) == [path]


def test_a_model_that_fell_apart_does_not_replace_a_good_one(path: Path) -> None:
    before, lost = path.read_bytes(), checkpoint()
    next(iter(lost.weights.values())).fill_(float("nan"))
    with pytest.raises(ValueError, match="was not written, .* not all finite"):
        save_checkpoint(path, lost)
    assert path.read_bytes() == before


def test_a_setting_of_a_later_edition_is_named(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        known = checkpoints.asdict
        patch.setattr(checkpoints, "asdict", lambda config: {**known(config), "layers": 2})
        patch.setattr(checkpoints, "_checkpoint", lambda *about: None)  # that edition knows it
        save_checkpoint(path, checkpoint())
    with pytest.raises(ValueError, match="does not know .layers.; open it with the edition"):
        load_checkpoint(path)


def test_it_opens_no_network_and_runs_no_code(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*arguments: object, **options: object) -> None:
        raise AssertionError("a checkpoint must not run code")

    monkeypatch.setattr(builtins, "eval", forbidden)
    monkeypatch.setattr(builtins, "exec", forbidden)
    load_checkpoint(path)
