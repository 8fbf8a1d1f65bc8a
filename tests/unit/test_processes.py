"""Several processes that train one model make the updates of a lone one; stopped or killed, they go on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
import torch
import torch.distributed as dist

from course_utils.model.checkpoints import load_checkpoint
from course_utils.text.batching import Batch, make_batch
from course_utils.text.corpus import DATA, Pair
from course_utils.text.vocab import Vocab
from course_utils.training.processes import agree, averaging, is_first, joined, joint, share

pytestmark = pytest.mark.slow

# 60 pairs in batches of 7: shares of 4 and 3 sentences, of 2 and 2 at the end, and of many lengths.
SETTINGS = (
    *("--corpus", "pairs.tsv", "--hidden-size", "16", "--embedding-size", "8", "--subwords", "0"),
    *("--batch-size", "7", "--batch-tokens", "0", "--learning-rate", "0.02", "--patience", "0"),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("processes")
    lines = (DATA / "train.tsv").read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / "pairs.tsv").write_text("".join(lines[:60]), encoding="utf-8")
    return folder


def command(output: str, *options: str, processes: int = 2) -> list[str]:
    together = ("torch.distributed.run", "--standalone", f"--nproc_per_node={processes}", "-m")
    start = together if processes > 1 else ()
    return [
        *(sys.executable, "-m", *start, "course_utils.training"),
        *(*SETTINGS, "--output", f"{output}.safetensors", *options),
    ]


def train(folder: Path, output: str, *options: str, processes: int = 2) -> str:
    done = subprocess.run(
        command(output, *options, processes=processes),
        cwd=folder,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def difference(folder: Path, one: str, other: str) -> float:
    """Return how far two models' weights lie apart, at most."""
    ours, theirs = (load_checkpoint(folder / f"{name}.safetensors").weights for name in (one, other))
    return max(float((ours[name] - theirs[name]).abs().max()) for name in ours)


def test_two_processes_make_the_updates_of_one(folder: Path) -> None:
    options = ("--updates", "12", "--dropout-p", "0", "--label-smoothing", "0.1")
    alone = train(folder, "one", *options, processes=1)
    together = train(folder, "two", *options, processes=2)
    assert difference(folder, "one", "two") < 1e-5
    assert alone.replace("one.", "two.") == together  # one of the two speaks, and measures the same


def test_more_processes_than_sentences(folder: Path) -> None:
    options = ("--updates", "6", "--dropout-p", "0", "--batch-size", "1")
    train(folder, "lone", *options, processes=1)
    train(folder, "idle", *options, processes=2)
    assert difference(folder, "lone", "idle") < 1e-5


@pytest.mark.parametrize(
    "how", [signal.SIGTERM, pytest.param(getattr(signal, "SIGKILL", None), marks=pytest.mark.weekly)]
)
@pytest.mark.skipif(sys.platform == "win32", reason="Windows can only end a process")
def test_stopped_or_killed_they_go_on(folder: Path, how: signal.Signals) -> None:
    options = ("--updates", "150", "--dropout-p", "0.2")
    if not (folder / "straight.safetensors").exists():
        train(folder, "straight", *options)
    name = f"stopped-{how.name}"
    with subprocess.Popen(
        command(name, *options), cwd=folder, env=os.environ | {"OMP_NUM_THREADS": "1"}, stderr=subprocess.PIPE
    ) as run:
        deadline = time.monotonic() + 60
        state = folder / f"{name}.last"
        while not state.exists() or load_checkpoint(state).info["updates_done"] == 0:  # the first epoch
            assert time.monotonic() < deadline and run.poll() is None
        # SIGKILL takes one of the two; the other can't go on without it.
        target = psutil.Process(run.pid) if how == signal.SIGTERM else psutil.Process(run.pid).children()[0]
        target.send_signal(how)
        run.communicate(timeout=60)
    assert run.returncode != 0
    assert load_checkpoint(state).info["updates_done"] < 150
    train(folder, name, *options, "--resume")
    assert difference(folder, name, "straight") < 1e-6
    assert not state.exists()


def test_a_mistake_is_told_in_a_sentence(folder: Path) -> None:
    run = subprocess.run(
        command("bad", "--corpus", "nowhere.tsv"), cwd=folder, capture_output=True, text=True, timeout=120
    )
    assert run.returncode != 0 and "nowhere.tsv" in run.stderr
    assert "__main__.py" not in run.stderr  # no traceback of ours; torchrun adds one of its own


BATCH_WORDS = ("a b", "a", "b a a", "a a", "b")


def words_batch() -> Batch:
    pairs = [Pair(tuple(text.split()), tuple(text.split()), None) for text in BATCH_WORDS]
    vocab = Vocab.build([pair.source for pair in pairs])
    return make_batch(pairs, vocab, vocab)


def one_of_two(rank: int, folder: Path) -> None:
    """What each of two processes does in the next test; it writes down what it got."""
    dist.init_process_group("gloo", init_method=f"file://{folder}/meeting", rank=rank, world_size=2)
    asked = [int(signal.SIGINT)] if rank == 1 else []
    agree(asked, torch.device("cpu"))
    part, weight = share(words_batch(), seed=1)
    noise = torch.rand(1).item()
    mean = joint(torch.tensor(weight * float(part.target_mask.sum(dim=1).float().mean())))
    found = [asked, part.source_lengths.tolist(), weight, noise, mean, is_first()]
    (folder / f"{rank}.json").write_text(json.dumps(found), encoding="utf-8")
    dist.destroy_process_group()


def test_two_processes_share_a_batch_and_stop_together(tmp_path: Path) -> None:
    torch.multiprocessing.spawn(one_of_two, (tmp_path,), nprocs=2)
    first, second = (json.loads((tmp_path / f"{rank}.json").read_text("utf-8")) for rank in (0, 1))
    assert first[0] == [int(signal.SIGTERM)] and second[0] == [
        int(signal.SIGINT)
    ]  # only the second was asked
    assert (first[1], second[1]) == ([2, 3, 1], [1, 2])
    # With <eos> 9 and 5 target words of 14: each word counts alike, whatever share it is in.
    assert (first[2], second[2]) == (pytest.approx(2 * 9 / 14), pytest.approx(2 * 5 / 14))
    assert first[3] != second[3]  # dropout of its own
    assert first[4] == second[4] == pytest.approx((2 * 9 / 14 * 3 + 2 * 5 / 14 * 2.5) / 2)
    assert first[5] and not second[5]


def test_more_processes_than_gpus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dist, "is_torchelastic_launched", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setenv("LOCAL_RANK", "2")
    with pytest.raises(ValueError, match="no GPU for process 3 of this machine, which has 2; start no more"):
        with joined("cuda"):
            pass


def test_a_lone_process_passes_unchanged() -> None:
    batch, before = words_batch(), torch.get_rng_state()
    part, weight = share(batch, seed=7)
    assert part is batch and weight == 1.0 and torch.equal(before, torch.get_rng_state())
    asked: list[int] = []
    agree(asked, torch.device("cpu"))
    model = torch.nn.Linear(1, 1)
    assert asked == [] and averaging(model) is model and joint(torch.tensor(2.5)) == 2.5 and is_first()
