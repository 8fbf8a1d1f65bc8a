"""Build the course's corpus: French sentences, their English, the alignment of their words.

    python tools/corpus/build.py            build everything and write the four files
    python tools/corpus/build.py --check    build everything again, compare it with what is shipped
    python tools/corpus/build.py --stats    print the counts that data/README.md gives

For every length there is one stream of sentences, a pure function of `SEED`: the first different
ones are dealt out in rounds of 27 (24 to train, 1 to valid, 2 to test). Sentences of different
lengths differ, and those of one length are compared as they come: so no sentence is in two splits,
whoever rebuilds what part.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from pathlib import Path

DATA = Path(__file__).resolve().parents[2] / "data"
sys.path.insert(0, str(Path(__file__).resolve().parent))

from builder.sentences import sentence  # noqa: E402
from builder.stats import report  # noqa: E402
from dice import Dice  # noqa: E402
from shipping import Row, Splits, run  # noqa: E402

SEED = "seq2seq-attention-1"
LENGTHS = range(3, 41)  # source tokens
LONG_LENGTHS = range(41, 61)
BLOCKS = 27  # rounds of dealing, a length
LONG_EACH = 25  # sentences of each length in test_long
SPLITS = ("train", "valid", "test", "test_long")
SHARES = {"train": 24, "valid": 1, "test": 2}  # of a round
_DEALT = ("valid", "test", "test", *["train"] * 24)


def stream(length: int) -> Iterator[Row]:
    """Yield different sentences of `length` source tokens, without end."""
    seen: set[str] = set()
    attempt = 0
    while True:
        made = sentence(Dice(f"{SEED}/{length}/{attempt}"), length)
        attempt += 1
        if made is not None and made[0] not in seen:
            source, target, alignment = made
            seen.add(source)
            yield source, target, " ".join(f"{i}-{j}" for i, j in alignment)


def rounds(length: int, count: int) -> dict[str, list[list[Row]]]:
    """Deal the first `count` rounds of 27 sentences: for each split, one list of rows per round."""
    dealt: dict[str, list[list[Row]]] = {name: [] for name in ("train", "valid", "test")}
    sentences = stream(length)
    for _ in range(count):
        for rows in dealt.values():
            rows.append([])
        for name in _DEALT:
            dealt[name][-1].append(next(sentences))
    return dealt


def build(count: int = BLOCKS, lengths: range = LENGTHS, long_lengths: range = LONG_LENGTHS) -> Splits:
    """Build the splits; with a smaller `count`, each file's first rows."""
    corpus: Splits = {name: [] for name in SPLITS}
    dealt = {length: rounds(length, count) for length in lengths}
    for k in range(count):
        for name in ("train", "valid", "test"):
            columns = [dealt[length][name][k] for length in lengths]
            corpus[name] += [row for same_rank in zip(*columns) for row in same_rank]
    long = {length: stream(length) for length in long_lengths}
    for _ in range(math.ceil(LONG_EACH * count / BLOCKS)):
        corpus["test_long"] += [next(long[length]) for length in long_lengths]
    return corpus


def verify(corpus: Splits) -> None:
    """Refuse a corpus in which one French sentence has two Englishes or stands twice."""
    english: dict[str, str] = {}
    for rows in corpus.values():
        for source, target, _ in rows:
            if source in english:
                raise AssertionError(f"{source!r} stands twice: {english[source]!r}, {target!r}")
            english[source] = target


def built() -> Splits:
    """Build everything, and refuse what should not be shipped."""
    corpus = build()
    verify(corpus)
    return corpus


if __name__ == "__main__":
    sys.exit(run("the French-English corpus of the lessons", DATA, built, report))
