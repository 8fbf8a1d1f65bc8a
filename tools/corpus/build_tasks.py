"""Build the two corpora of lesson 7: reports with their headlines, facts with questions and answers.

    python tools/corpus/build_tasks.py            build them and write their files
    python tools/corpus/build_tasks.py --check    build them again, compare them with what is shipped
    python tools/corpus/build_tasks.py --stats    print the counts that their datasheets give

Every pair is a function of the seed and of a running number. No source text is in two splits, no new name in
two pairs, and each split has as many pairs of each ten lengths.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from course_utils.text.corpus import DIALOGUES, REPORTS  # noqa: E402
from dice import Dice  # noqa: E402
from shipping import Row, Splits, run  # noqa: E402
from stats import task_report  # noqa: E402
from tasks.dialogues import dialogue  # noqa: E402
from tasks.names import NameDice  # noqa: E402
from tasks.reports import report  # noqa: E402

SEED = "seq2seq-attention-7"
SIZES = {"test": 1000, "valid": 500, "train": 10_000}  # about
Draw = Callable[[NameDice, int], Row | None]


def build(task: str, draw: Draw, sizes: range, lengths: dict[str, tuple[range, ...]]) -> Splits:
    """Build the splits of a task.

    `draw` makes a pair of a size that is drawn from `sizes`; `lengths` are for each split ranges of source
    tokens, of which each gets an equal share.
    """
    splits: Splits = {name: [] for name in SIZES}
    wanted = {(name, span): SIZES[name] // len(spans) for name, spans in lengths.items() for span in spans}
    sources: set[str] = set()
    known: set[str] = set()  # the new names that have been in a pair
    for attempt in count():
        if not any(wanted.values()):
            break
        dice = NameDice(f"{SEED}/{task}/{attempt}")
        pair = draw(dice, dice.pick(sizes))
        if pair is None or pair[0] in sources or known & set(dice.new):
            continue
        length = len(pair[0].split())
        needing = [(name, span) for (name, span), n in wanted.items() if n and length in span]
        if not needing:
            continue
        # To the split that has the greatest part of such pairs still to come.
        name, span = max(needing, key=lambda key: wanted[key] / SIZES[key[0]] * len(lengths[key[0]]))
        wanted[name, span] -= 1
        sources.add(pair[0])
        known |= set(dice.new)
        splits[name].append(pair)
    return {name: Dice(f"{SEED}/{task}/{name}").shuffled(rows) for name, rows in splits.items()}


def reports() -> Splits:
    long = (range(60, 80), range(80, 100), range(100, 120))
    short = (range(10, 20), range(20, 30), range(30, 60))
    train = (*short, range(60, 90), range(90, 120))
    return build("reports", report, range(10, 121), {"train": train, "valid": long, "test": long})


def dialogues() -> Splits:
    spans = (range(10, 20), range(20, 30), range(30, 45), range(45, 70), range(70, 115))
    return build("dialogues", dialogue, range(1, 17), dict.fromkeys(SIZES, spans))


if __name__ == "__main__":
    statuses = (
        run("the reports and their headlines", REPORTS, reports, task_report),
        run("the dialogues", DIALOGUES, dialogues, task_report),
    )
    sys.exit(max(statuses))
