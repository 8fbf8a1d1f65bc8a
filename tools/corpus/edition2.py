"""Build the corpus's second edition: an open fragment of French, every kind of clause alone and combined.

    python tools/corpus/edition2.py FOLDER      write train, valid, test and test_long into FOLDER

The shipped files are still those of the first edition (build.py). Every sentence is a function of the seed
and a running number; choices use `random.Random.random` alone.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from course_utils.files import write_atomically  # noqa: E402
from course_utils.text.tokens import tokenize  # noqa: E402
from fragment.sentences import sentence  # noqa: E402
from fragment.text import realise  # noqa: E402
from fragment.words import Dice  # noqa: E402

SEED = "seq2seq-attention-2"
SPLITS = {"train": 60_000, "valid": 1_000, "test": 2_000}
SHORT, LONG, LONGER = range(2, 9), range(9, 41), range(41, 61)  # source tokens
LONG_EACH = 25  # sentences of each length in test_long
HELD_BACK = "le chat noir est sur le tapis"  # the lessons' sentence: translating it is a test

Row = tuple[str, str, str]  # source, target, alignment


def quotas() -> dict[int, dict[str, int]]:
    """Return how many sentences of each length each split needs: a fifth of them are short."""
    wanted: dict[int, dict[str, int]] = {}
    for lengths, share in ((SHORT, 0.2), (LONG, 0.8)):
        for length in lengths:
            wanted[length] = {name: round(n * share / len(lengths)) for name, n in SPLITS.items()}
    # Of two words there are not so many sentences; three to eight make up for it.
    missing = {name: n - n // 4 for name, n in wanted[2].items()}
    for name, n in missing.items():
        wanted[2][name] -= n
        for length in SHORT[1:]:
            wanted[length][name] += n // (len(SHORT) - 1)
    wanted |= {length: {"test_long": LONG_EACH} for length in LONGER}
    return wanted


def build() -> dict[str, list[Row]]:
    """Build the splits. Raises AssertionError if one French sentence would have two Englishes."""
    wanted = quotas()
    english: dict[str, str] = {}
    corpus: dict[str, list[Row]] = {name: [] for name in (*SPLITS, "test_long")}
    for source, target, alignment in _stream(wanted):
        known = english.setdefault(source, target)
        if known != target:
            raise AssertionError(f"{source!r} has two Englishes: {known!r}, {target!r}")
        if known is not target or HELD_BACK in source:
            continue
        quota = wanted.get(len(tokenize(source)), {})
        # The rarest first: what is left over when they are full is for training.
        for name in ("test_long", "test", "valid", "train"):
            if quota.get(name, 0) > 0:
                quota[name] -= 1
                corpus[name].append((source, target, alignment))
                break
    return corpus


def _stream(wanted: dict[int, dict[str, int]]) -> Iterator[Row]:
    """Yield sentences of about the lengths that are wanted still, until none is."""
    attempt = 0
    while open_lengths := [length for length, quota in wanted.items() if any(n > 0 for n in quota.values())]:
        for _ in range(2000):
            dice = Dice(f"{SEED}/{attempt}")
            attempt += 1
            length = dice.pick(open_lengths)
            clauses = max(1, int(length / 5.6 + dice.pick((-0.6, 0, 0.3, 0.8))))
            source, target, links = realise(sentence(dice, clauses))
            yield source, target, " ".join(f"{i}-{j}" for i, j in links)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    for name, rows in build().items():
        text = "".join("\t".join(row) + "\n" for row in rows)
        write_atomically(folder / f"{name}.tsv", text.encode())
        print(f"{name}: {len(rows)} pairs", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
