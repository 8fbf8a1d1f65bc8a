"""A full disk, a folder that is read only, a damaged file: one clear sentence, and nothing is lost."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from test_public import corpus as corpus
from test_public import host as host
from toy import toy_pairs, write_toy_corpus

from course_utils.files import locked, write_atomically
from course_utils.model.checkpoints import load_checkpoint
from course_utils.model.seq2seq import ModelConfig
from course_utils.text import public
from course_utils.text.public import PublicCorpus, fetch, read_public
from course_utils.training.__main__ import main
from course_utils.training.settings import TrainingConfig
from course_utils.training.trainer import Trainer

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has other limits and mounts"),
]
PAIRS = toy_pairs(20)
TINY = ["--hidden-size", "16", "--embedding-size", "8", "--batch-size", "5", "--updates", "6"]
Fault = Callable[[Path], AbstractContextManager[None]]


@contextmanager
def small_files(most: int) -> Iterator[None]:
    """No file of this process may get larger than `most` bytes: a full disk for those who can mount none."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def mount(folder: Path, *options: str) -> None:
    done = subprocess.run(["mount", "-t", "tmpfs", *options, "none", str(folder)], capture_output=True)
    if done.returncode:
        pytest.skip("only root can mount a disk of its own")


@pytest.fixture(params=["limit", "full", "read only"])
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Path, Fault]]:
    """A folder, and a context in which nothing more can be written there; what is there can be read."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if request.param == "limit":
        yield folder, lambda folder: small_files(512)
        return
    if shutil.which("mount") is None:
        pytest.skip("there is no mount here")
    mount(folder, "-o", "size=256k")
    try:
        yield folder, filled if request.param == "full" else write_protected
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@contextmanager
def filled(folder: Path) -> Iterator[None]:
    with open(folder / "junk", "wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            pass
    yield


@contextmanager
def write_protected(folder: Path) -> Iterator[None]:
    subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
    yield


def contents(folder: Path) -> dict[str, bytes]:
    """Return all files but locks, which stay, and what fills the disk."""
    return {
        path.name: path.read_bytes()
        for path in folder.iterdir()
        if path.is_file() and path.suffix != ".lock" and path.name != "junk"
    }


@pytest.fixture
def pairs(tmp_path: Path) -> Path:
    return write_toy_corpus(tmp_path / "corpus")


@pytest.fixture
def refused(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., str]]:
    """Run the command, which must end with status 2 and a sentence, no traceback; return it."""
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    threads = torch.get_num_threads()

    def run(*options: object) -> str:
        with pytest.raises(SystemExit) as caught:
            main([str(option) for option in options])
        said = capsys.readouterr().err.strip().splitlines()
        assert caught.value.code == 2, said
        assert not any("Traceback" in line for line in said)
        begins = "python -m course_utils.training: "
        assert said[-1].startswith(begins) and sum(line.startswith(begins) for line in said) == 1
        return said[-1].removeprefix(begins)

    yield run
    torch.set_num_threads(threads)


# --- nothing can be written ----------------------------------------------------------------------


def test_what_was_there_stays(disk: tuple[Path, Fault]) -> None:
    folder, broken = disk
    write_atomically(folder / "old", b"x" * 5000)
    before = contents(folder)
    for name in ("old", "new", "deeper/new"):
        with broken(folder), pytest.raises(OSError) as caught:
            write_atomically(folder / name, b"y" * 9000)
        message = str(caught.value)
        assert message.startswith(f"{folder / name} can't be written (") and "\n" not in message
        assert message.endswith("; mend that, or name another place")
    assert contents(folder) == before
    assert not list(folder.glob(".*new*")) and not list(folder.glob("deeper/*"))


def test_a_lock_that_cannot_be_made_says_so(disk: tuple[Path, Fault], request: pytest.FixtureRequest) -> None:
    folder, broken = disk
    try:
        with broken(folder), locked(folder / "model.safetensors"):
            pass
    except OSError as error:
        assert "model.safetensors can't be written (" in str(error)
    else:
        assert "read only" not in request.node.name  # an empty file has room on a full disk


def test_training_into_a_place_without_room(
    disk: tuple[Path, Fault], pairs: Path, tmp_path: Path, refused: Callable[..., str]
) -> None:
    folder, broken = disk
    output = folder / "mine.safetensors"
    main(["--corpus", str(pairs), "--output", str(output), *TINY])
    before = contents(folder)
    with broken(folder):
        said = refused("--corpus", pairs, "--output", output, "--overwrite", *TINY)
    assert "can't be written (" in said and "mine" in said
    assert contents(folder) == before
    assert load_checkpoint(output).config.hidden_size == 16


def test_a_disk_that_gets_full_while_it_trains(tmp_path: Path) -> None:
    """What was saved last stays, and the run goes on from there when there is room again."""
    path = tmp_path / "mine.safetensors"
    model = ModelConfig(hidden_size=16, embedding_size=8, dropout_p=0.1)
    config = TrainingConfig(updates=12, batch_size=5, learning_rate=1e-2)

    def trainer(path: Path | None, resume: bool = False) -> Trainer:
        return Trainer(model, config, PAIRS, PAIRS, path, resume)

    def stop(history: object) -> None:
        raise KeyboardInterrupt

    whole = trainer(None)
    whole.run()
    ours = trainer(path)
    with pytest.raises(KeyboardInterrupt):  # after the first epoch, of four updates
        ours.run(lambda history: stop(history) if len(history.loss) == 5 else None)
    before = contents(tmp_path)
    assert {Path(name).suffix for name in before} == {".safetensors", ".last"}
    with small_files(1000), pytest.raises(OSError, match="mine.* can't be written"):
        trainer(path, True).run()
    with small_files(1000), pytest.raises(OSError, match="mine.last can't be written"):
        trainer(path, True).run(stop)  # Ctrl-C, and no room for where it stands
    assert contents(tmp_path) == before
    resumed = trainer(path, True)
    resumed.run()
    assert all(torch.equal(weight, whole.weights()[name]) for name, weight in resumed.weights().items())
    assert contents(tmp_path).keys() == {path.name}


def test_results_that_cannot_be_written_lose_nothing(
    pairs: Path, tmp_path: Path, refused: Callable[..., str]
) -> None:
    output = tmp_path / "mine.safetensors"
    output.with_suffix(".json").mkdir()
    options = ["--corpus", pairs, "--output", output, *TINY]
    said = refused(*options, "--overwrite")
    assert "mine.json can't be written (" in said
    trained = load_checkpoint(output).weights
    output.with_suffix(".json").rmdir()
    main([*map(str, options), "--resume"])
    assert output.with_suffix(".json").is_file() and not output.with_suffix(".last").exists()
    assert all(torch.equal(weight, trained[name]) for name, weight in load_checkpoint(output).weights.items())


# --- what is there is damaged --------------------------------------------------------------------


def test_damaged_files_are_named_and_stay(pairs: Path, tmp_path: Path, refused: Callable[..., str]) -> None:
    output = tmp_path / "mine.safetensors"
    options = ["--corpus", pairs, "--output", output, *TINY]
    main([*map(str, options)])
    whole = output.read_bytes()
    output.write_bytes(whole[:-100])
    assert "mine.safetensors is damaged" in refused("--from", output, "--output", tmp_path / "x.safetensors")
    for content, says in (
        (b"", "is damaged"),
        (whole[:-1], "is damaged"),
        (whole[:-1] + b"\0", "was altered"),
    ):
        output.with_suffix(".last").write_bytes(content)
        before = contents(tmp_path)
        assert f"mine.last {says}" in refused(*options, "--resume")
        assert contents(tmp_path) == before
    (pairs / "train.tsv").write_bytes(b"\0\1\2")
    assert "train.tsv holds zero bytes" in refused(*options, "--overwrite")


# --- public corpora ------------------------------------------------------------------------------


def test_a_cache_that_cannot_be_written(
    disk: tuple[Path, Fault],
    corpus: PublicCorpus,
    capsys: pytest.CaptureFixture[str],
    request: pytest.FixtureRequest,
) -> None:
    folder, broken = disk
    for place in (folder, folder / "cache"):
        with broken(folder), pytest.raises(OSError) as caught:
            fetch("toy", corpus, place)
        message = str(caught.value)
        assert str(place) in message and "\n" not in message and len(message) < 400, message
        assert "make some" in message or "pass another folder" in message
    # What has come, and the lock, which holds nothing and stays.
    assert not [name for name in contents(folder) if not name.endswith((".part", ".lock"))]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff"])
def test_damaged_checksums_of_what_came_first(corpus: PublicCorpus, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "sha256.json").write_bytes(content)
    with pytest.raises(ValueError, match=r"sha256\.json is damaged; delete it"):
        fetch("toy", replace(corpus, sha256={}), tmp_path)


@pytest.mark.parametrize("content", [b"", b"PK", b"PK\x05\x06" + bytes(18)])
def test_an_archive_that_is_none(corpus: PublicCorpus, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "all.zip").write_bytes(content)
    made = public.PublicCorpus("", {"all": ("a", "b")}, "", False, {}, "all.zip")
    with pytest.raises(ValueError, match=r"all\.zip is no zip file with a in it; delete it"):
        read_public("toy", made, tmp_path)


def test_nothing_is_left_over_where_a_signal_ends_the_process(tmp_path: Path) -> None:
    """Killed in the middle of a write: the old file is whole, whatever else lies there."""
    code = "import os, sys, pathlib\nfrom course_utils import files\n"
    code += "files.os.replace = lambda *_: os.kill(os.getpid(), 9)\n"
    code += "files.write_atomically(pathlib.Path(sys.argv[1]), b'new')"
    path = tmp_path / "model"
    path.write_bytes(b"old")
    assert subprocess.run([sys.executable, "-c", code, str(path)]).returncode == -9
    assert path.read_bytes() == b"old"
    write_atomically(path, b"newer")
    assert path.read_bytes() == b"newer" and os.access(path, os.R_OK)
