"""Build the open corpus: French sentences, their English, the alignment of their words.

    python tools/corpus/build_open.py            build it and write its files
    python tools/corpus/build_open.py --check    build it again, compare it with what is shipped
    python tools/corpus/build_open.py --stats    print the counts that data/open/README.md gives

Every sentence is a function of the seed and of a running number; no source sentence is in two splits, and
none of everyday.tsv is in any.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from course_utils.analysis.challenge import CHALLENGE  # noqa: E402
from course_utils.text.corpus import OPEN_CORPUS  # noqa: E402
from course_utils.text.tokens import tokenize  # noqa: E402
from fragment.sentences import sentence  # noqa: E402
from fragment.text import realise  # noqa: E402
from fragment.words import Dice  # noqa: E402
from shipping import Row, Splits, run  # noqa: E402
from stats import report  # noqa: E402

SEED = "seq2seq-attention-2/open"
SIZES = {"train": 130_000, "valid": 1_000, "test": 2_000}  # about
SHORT, MIDDLE, LONG, LONGER = range(2, 9), range(9, 17), range(17, 41), range(41, 61)  # source tokens
SHARES = {SHORT: 0.45, MIDDLE: 0.33, LONG: 0.22}  # of sentences so long
LONG_EACH = 25  # sentences of each length in test_long
COMMON = 0.2  # the share of sentences that have common words alone
HELD_BACK = "le chat noir est sur le tapis"  # the lessons' sentence: translating it is a test
# What people type is a test, too: the challenge split, and the sentences that a first model got wrong.
ASKED = (CHALLENGE, Path(__file__).resolve().parents[2] / "tests" / "cases" / "everyday.tsv")

Quotas = dict[int, dict[str, int]]  # of each length: how many sentences each split still needs


def quotas() -> Quotas:
    """Return how many sentences of each length each split needs."""
    wanted: Quotas = {}
    for lengths, share in SHARES.items():
        for length in lengths:
            wanted[length] = {name: round(n * share / len(lengths)) for name, n in SIZES.items()}
    # Of two words there are not so many sentences; three to eight make up for it.
    missing = {name: n - n // 4 for name, n in wanted[2].items()}
    for name, n in missing.items():
        wanted[2][name] -= n
        for length in SHORT[1:]:
            wanted[length][name] += n // (len(SHORT) - 1)
    return wanted | {length: {"test_long": LONG_EACH} for length in LONGER}


def stream(wanted: Quotas) -> Iterator[Row]:
    """Yield sentences of about the lengths that are wanted still, until none is."""
    for attempt in count():
        if attempt % 2000 == 0:
            open_lengths = [length for length, quota in wanted.items() if any(n > 0 for n in quota.values())]
            if not open_lengths:
                return
        dice = Dice(f"{SEED}/{attempt}")
        dice.common = dice.chance(COMMON)
        length = dice.pick(open_lengths)
        clauses = max(1, int(length / 5.3 + dice.pick((-0.6, 0, 0.3, 0.8))))
        source, target, links = realise(sentence(dice, clauses))
        if not dice.failed:
            yield source, target, " ".join(f"{i}-{j}" for i, j in links)


def words(source: str) -> tuple[str, ...]:
    """Return a sentence's words, without its marks."""
    return tuple(token for token in tokenize(source) if token not in (".", ",", "!", "?", ";", ":"))


def build(attempts: int | None = None) -> Splits:
    """Build the splits; with `attempts`, only what comes of the first so many sentences.

    Raises AssertionError if one French sentence would have two Englishes.
    """
    asked = {words(line.split("\t")[0]) for file in ASKED for line in file.read_text("utf-8").splitlines()}
    english: dict[str, str] = {}
    wanted = quotas()
    splits: Splits = {name: [] for name in (*SIZES, "test_long")}
    for number, (source, target, alignment) in enumerate(stream(wanted)):
        if number == attempts:
            break
        if source in english:
            if english[source] != target:
                raise AssertionError(f"{source!r} has two Englishes: {english[source]!r}, {target!r}")
            continue
        english[source] = target
        quota = wanted.get(len(tokenize(source)), {})
        needing = [name for name, n in quota.items() if n > 0]
        if not needing or HELD_BACK in source or words(source) in asked:
            continue
        # To the split that has the greatest part of its sentences still to come.
        name = max(needing, key=lambda name: quota[name] / SIZES.get(name, LONG_EACH))
        quota[name] -= 1
        splits[name].append((source, target, alignment))
    # Short ones come later than long ones: mix them.
    return {name: Dice(f"{SEED}/{name}").shuffled(rows) for name, rows in splits.items()}


if __name__ == "__main__":
    sys.exit(run("the open French-English corpus of the course", OPEN_CORPUS, build, report))
