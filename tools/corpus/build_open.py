"""Build the open corpus: French sentences, their English, the alignment of their words.

    python tools/corpus/build_open.py            build it and write its files
    python tools/corpus/build_open.py --check    build it again, compare it with what is shipped
    python tools/corpus/build_open.py --stats    print the counts that data/open/README.md gives

Every sentence is a function of the seed, of its corpus and of a running number; no source sentence is in two
splits, and none of everyday.tsv is in any.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from course_utils.analysis.challenge import CHALLENGE  # noqa: E402
from course_utils.text.corpus import OPEN_CORPUS  # noqa: E402
from course_utils.text.tokens import tokenize  # noqa: E402
from fragment.sentences import sentence  # noqa: E402
from fragment.text import realise  # noqa: E402
from fragment.words import Dice  # noqa: E402

SEED = "seq2seq-attention-2"
SHORT, MIDDLE, LONG, LONGER = range(2, 9), range(9, 17), range(17, 41), range(41, 61)  # source tokens
LONG_EACH = 25  # sentences of each length in test_long
HELD_BACK = "le chat noir est sur le tapis"  # the lessons' sentence: translating it is a test
# What people type is a test, too: the challenge split, and the sentences that a first model got wrong.
ASKED = (CHALLENGE, Path(__file__).resolve().parents[2] / "tests" / "cases" / "everyday.tsv")

Row = tuple[str, str, str]  # source, target, alignment
Splits = dict[str, list[Row]]


@dataclass(frozen=True)
class Plan:
    """What a corpus is to hold."""

    common: float  # the share of its sentences that have common words alone
    shares: dict[range, float]  # of sentences so long
    sizes: dict[str, int]

    def quotas(self) -> dict[int, dict[str, int]]:
        """Return how many sentences of each length each split needs."""
        wanted: dict[int, dict[str, int]] = {}
        for lengths, share in self.shares.items():
            for length in lengths:
                wanted[length] = {name: round(n * share / len(lengths)) for name, n in self.sizes.items()}
        # Of two words there are not so many sentences; three to eight make up for it.
        missing = {name: n - n // 4 for name, n in wanted[2].items()}
        for name, n in missing.items():
            wanted[2][name] -= n
            for length in SHORT[1:]:
                wanted[length][name] += n // (len(SHORT) - 1)
        return wanted | {length: {"test_long": LONG_EACH} for length in LONGER}


PLANS = {
    "open": Plan(
        0.2, {SHORT: 0.45, MIDDLE: 0.33, LONG: 0.22}, {"train": 130_000, "valid": 1_000, "test": 2_000}
    ),
}


def stream(corpus: str, wanted: dict[int, dict[str, int]]) -> Iterator[Row]:
    """Yield sentences of about the lengths that are wanted still, until none is."""
    for attempt in count():
        if attempt % 2000 == 0:
            open_lengths = [length for length, quota in wanted.items() if any(n > 0 for n in quota.values())]
            if not open_lengths:
                return
        dice = Dice(f"{SEED}/{corpus}/{attempt}")
        dice.common = dice.chance(PLANS[corpus].common)
        length = dice.pick(open_lengths)
        clauses = max(1, int(length / 5.3 + dice.pick((-0.6, 0, 0.3, 0.8))))
        source, target, links = realise(sentence(dice, clauses))
        if dice.failed:
            continue
        yield source, target, " ".join(f"{i}-{j}" for i, j in links)


def _plain(source: str) -> tuple[str, ...]:
    """Return a sentence's words, without its marks."""
    return tuple(token for token in tokenize(source) if token not in (".", ",", "!", "?", ";", ":"))


def build(attempts: int | None = None) -> dict[str, Splits]:
    """Build every corpus; with `attempts`, only what comes of the first so many sentences of each.

    Raises AssertionError if one French sentence would have two Englishes.
    """
    english: dict[str, str] = {}
    asked = {_plain(line.split("\t")[0]) for file in ASKED for line in file.read_text("utf-8").splitlines()}
    corpora: dict[str, Splits] = {}
    for corpus, plan in PLANS.items():
        wanted = plan.quotas()
        splits = corpora[corpus] = {name: [] for name in (*plan.sizes, "test_long")}
        for number, (source, target, alignment) in enumerate(stream(corpus, wanted)):
            if number == attempts:
                break
            if source in english:
                if english[source] != target:
                    raise AssertionError(f"{source!r} has two Englishes: {english[source]!r}, {target!r}")
                continue
            english[source] = target
            quota = {name: n for name, n in wanted.get(len(tokenize(source)), {}).items() if n > 0}
            if not quota or HELD_BACK in source or _plain(source) in asked:
                continue
            # To the split that has the greatest part of its sentences still to come.
            name = max(quota, key=lambda name: quota[name] / plan.sizes.get(name, LONG_EACH))
            wanted[len(tokenize(source))][name] -= 1
            splits[name].append((source, target, alignment))
        for name, rows in splits.items():  # short ones come later than long ones: mix them
            splits[name] = Dice(f"{SEED}/{corpus}/{name}").shuffled(rows)
    return corpora


def files(splits: Splits) -> dict[Path, bytes]:
    """Return what is to be in each file of data/open/."""
    return {
        OPEN_CORPUS / f"{name}.tsv": "".join("\t".join(row) + "\n" for row in rows).encode()
        for name, rows in splits.items()
    }


def write(contents: dict[Path, bytes]) -> None:
    """Write the files: all of them, or, if anything fails, none."""
    for path, content in contents.items():
        path.parent.mkdir(exist_ok=True)
        path.with_suffix(".tmp").write_bytes(content)
    for path in contents:
        os.replace(path.with_suffix(".tmp"), path)


def main() -> int:
    parser = argparse.ArgumentParser(description="Build the open French-English corpus of the course.")
    parser.add_argument(
        "--check", action="store_true", help="rebuild and compare with the shipped files; write nothing"
    )
    parser.add_argument("--stats", action="store_true", help="print the counts of the shipped files")
    options = parser.parse_args()
    if options.stats:
        from stats import report

        print(report(OPEN_CORPUS), end="")
        return 0
    contents = files(build()["open"])
    if not options.check:
        write(contents)
        return 0
    wrong = [
        path.name for path, content in contents.items() if not path.is_file() or path.read_bytes() != content
    ]
    print(
        f"differs from what is shipped: {', '.join(wrong)}"
        if wrong
        else "the shipped files are what the builder makes"
    )
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
