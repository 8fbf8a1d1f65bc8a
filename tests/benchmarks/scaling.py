"""What grows with what? Time and peak memory against length, batch size, vocabulary, number of pairs.

Each measurement is a process of its own, as memory that Python once took it seldom gives back. Sentences
are generated: words drawn at random, or, for files, beginnings and ends of the course's own training
sentences put together.
"""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from course_utils.figures.tables import Table, table
from course_utils.text.corpus import DATA
from report import Options, log

TITLE = "Scaling"
SAYS = (
    "An update of the course's model (hidden 100, additive attention; batches of 32, 20 words a side, "
    "500 kinds of words, but for what varies), the fastest of {rounds}; and a file of generated pairs, "
    "from `load_corpus` to the first {updates} updates. Peak memory is that of the whole process, of "
    "which PyTorch alone takes {alone:.2f} GB."
)
LENGTHS, BATCHES, WORDS = (10, 20, 40, 80, 160), (8, 16, 32, 64, 128, 256), (500, 2000, 8000, 32_000)
PAIRS = (10_000, 100_000, 1_000_000)
MOST_MEMORY = 4.0  # GB, for a million pairs
UPDATES = 20


def measure(options: Options) -> dict[str, Any]:
    lengths, batches, words, pairs = LENGTHS, BATCHES, WORDS, PAIRS
    if options.quick:
        lengths, batches, words, pairs = (5, 10), (4, 8), (50, 100), (1000, 2000)
    rounds = 2 if options.quick else 4
    usual = {
        "length": min(20, lengths[-1]),
        "batch": min(32, batches[-1]),
        "words": words[0],
        "rounds": rounds,
    }
    found: dict[str, Any] = {"rounds": rounds, "updates": UPDATES, "alone": child(task="alone")["memory"]}
    for name, values in {"length": lengths, "batch": batches, "words": words}.items():
        found[name] = [{name: n, **child(task="update", **usual | {name: n})} for n in values]
        log(f"scaling: {found[name]}")
    found["pairs"] = []
    with tempfile.TemporaryDirectory() as folder:
        for n in pairs:
            path = Path(folder) / "pairs.tsv"
            size = generate(path, n)
            found["pairs"].append({"pairs": n, "file": size, **child(task="pairs", path=str(path))})
            log(f"scaling: {found['pairs'][-1]}")
    return found


def generate(path: Path, n: int) -> float:
    """Write `n` pairs, each the first half of a training pair and the second of another; return the GB."""
    lines = (DATA / "train.tsv").read_text(encoding="utf-8").splitlines()
    sides = [[text.split(" ") for text in line.split("\t")[:2]] for line in lines]
    firsts = ["\t".join(" ".join(words[: len(words) // 2 + 1]) for words in pair) for pair in sides]
    seconds = ["\t".join(" ".join(words[len(words) // 2 + 1 :]) for words in pair) for pair in sides]
    dice = random.Random(1)
    with path.open("w", encoding="utf-8") as file:
        for _ in range(n):
            first, second = (dice.choice(half).split("\t") for half in (firsts, seconds))
            file.write("\t".join(" ".join(parts).strip() for parts in zip(first, second)) + "\n")
    return path.stat().st_size / 1e9


def child(**task: Any) -> dict[str, Any]:
    """Return what `task` found in a process of its own, and the process's peak memory in GB."""
    done = subprocess.run(
        [sys.executable, __file__, json.dumps(task)], stdout=subprocess.PIPE, text=True, check=True
    )
    return json.loads(done.stdout)


def peak_memory() -> float:
    """Return the most memory that this process has had, in GB."""
    status = Path("/proc/self/status")
    if status.is_file():  # Linux: there `getrusage` begins with the peak of the parent
        peak = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(peak.split()[1]) * 1024 / 1e9
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e9 if sys.platform == "darwin" else peak * 1024 / 1e9  # bytes there, else kilobytes


def run_task(task: str, **arguments: Any) -> dict[str, Any]:
    """Do one measurement, in the process of its own."""
    import torch

    torch.set_num_threads(1)
    found = {"alone": dict, "update": time_update, "pairs": time_pairs}[task](**arguments)
    return {**found, "memory": peak_memory()}


def time_update(length: int, batch: int, words: int, rounds: int) -> dict[str, float]:
    """Return the seconds of an update with pairs of `length` random words of `words` kinds."""
    import torch

    from course_utils.model.seq2seq import ModelConfig, build_model
    from course_utils.text.batching import make_batch
    from course_utils.text.corpus import Pair
    from course_utils.text.vocab import SPECIALS, Vocab
    from rate import best_of, updates

    vocab = Vocab([*SPECIALS, *(f"w{i}" for i in range(words))])
    dice = random.Random(1)
    sides = [[tuple(dice.choices(vocab.tokens[4:], k=length)) for _ in range(batch)] for _ in range(2)]
    pairs = [Pair(source, target, None) for source, target in zip(*sides)]
    model = build_model(ModelConfig(dropout_p=0.0), len(vocab), len(vocab))
    with torch.random.fork_rng():
        return best_of({"seconds": updates(model, [make_batch(pairs, vocab, vocab)])}, rounds)


def time_pairs(path: str) -> dict[str, float]:
    """Return the seconds of reading a file, its vocabularies, an epoch's batches, and the first updates."""
    import torch

    from contenders import vocabs_of
    from course_utils.model.seq2seq import ModelConfig, build_model
    from course_utils.text.batching import make_batches
    from course_utils.text.corpus import load_corpus
    from rate import updates

    seconds, memory, now = {}, {}, time.process_time()

    def note(name: str) -> None:
        nonlocal now
        seconds[name] = time.process_time() - now
        memory[f"{name}, memory"] = peak_memory()
        now = time.process_time()

    corpus = load_corpus(path)
    note("reading")
    vocabs = vocabs_of(corpus)
    note("vocabularies")
    batches = make_batches(corpus.train, *vocabs, 32, torch.Generator().manual_seed(1))
    note("batching")
    model = build_model(ModelConfig(dropout_p=0.0), *map(len, vocabs))
    updates(model, batches[:UPDATES])()
    note("updates")
    return {**seconds, **memory}


def tables(found: dict[str, Any]) -> list[Table]:
    told = {"length": "words a side", "batch": "pairs in a batch", "words": "kinds of words"}
    made = []
    for name, header in told.items():
        rows = [
            (f"{row[name]:,}", f"{1000 * row['seconds']:.1f}", f"{row['memory']:.2f}") for row in found[name]
        ]
        made.append(table((header, "an update (ms)", "peak memory (GB)"), rows))
    steps = ("reading", "vocabularies", "batching", "updates")
    rows = [
        (f"{row['pairs']:,}", *(f"{row[step]:.1f}" for step in steps), f"{row['memory']:.2f}")
        + (f"{1e6 * sum(row[step] for step in steps[:3]) / row['pairs']:.0f}",)
        for row in found["pairs"]
    ]
    header = (
        "pairs",
        *(f"{step} (s)" for step in steps),
        "peak memory (GB)",
        "before the updates (µs a pair)",
    )
    return [*made, table(header, rows)]


if __name__ == "__main__":
    print(json.dumps(run_task(**json.loads(sys.argv[1]))))
