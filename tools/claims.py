"""The README's tables: what the course claims, the number, its spread, which lesson shows it; and its speed.

    python tools/claims.py            prints the tables
    python tools/claims.py --write    puts them into the README, too

Each number is read from data/results, where the runs wrote it, and tests/unit/test_claims.py demands that
each claim holds.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Any

from course_utils.analysis.experiments import Experiment
from course_utils.files import write_atomically
from course_utils.model.pretrained import load_results

ROOT = Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT / "tests" / "benchmarks"))
from standings import OURS, standings  # noqa: E402

README = ROOT / "README.md"
MARKS = "<!-- {}: made by tools/claims.py -->", "<!-- end of the {} -->"
FIVE_TIMES, TEN_TIMES = 7700, 15400  # updates
SHORT, LONG = "1–9", "30–40"  # source tokens


Measured = dict[str, Sequence[float]]  # for what is compared: a number a run


@dataclass(frozen=True)
class Claim:
    """A sentence of the course, what was measured in each run, when it holds, and which lesson shows it."""

    says: str
    measured: Callable[[], Measured]
    holds: Callable[..., bool]  # of the lists that were measured, in their order
    lesson: str
    decimals: int = 0


def by_length(runs: Experiment, *bins: str, split: str = "test") -> Measured:
    """BLEU by source length."""
    return {f"{words} tokens": runs.values("bleu", words, split) for words in bins}


def at_long(**runs: Experiment) -> Measured:
    """BLEU on the longest sentences of the test split."""
    return {name.replace("_", " "): one.values("bleu", LONG) for name, one in runs.items()}


def at_its_best_rate(name: str) -> Experiment:
    """Return the runs of the learning rate that gave them most BLEU, of the three that were tried."""
    rates = (Experiment(name, learning_rate=rate) for rate in (2e-3, 4e-3, 8e-3))
    return max(rates, key=lambda runs: mean(runs.values("bleu")))


def in_other_sizes(says: str, lower: str, higher: str, by: float, lesson: str) -> Claim:
    """Claim that one kind is ahead of another on the longest sentences in smaller and larger models, too."""
    return Claim(
        f"{says} in smaller and larger models, too (30–40 tokens)",
        lambda: at_long(
            **{
                f"{name}, size {size}": Experiment(name, size)
                for size in (64, 256)
                for name in (lower, higher)
            }
        ),
        lambda low, high, wide_low, wide_high: (
            min(high) > max(low) + by and min(wide_high) > max(wide_low) + by
        ),
        lesson,
    )


def gains(ours: Experiment, other: Experiment, *bins: str) -> Measured:
    """By how much BLEU each run is above the other's of the same seed."""
    pairs = {words: zip(ours.values("bleu", words), other.values("bleu", words)) for words in bins}
    return {f"{words} tokens": [a - b for a, b in both] for words, both in pairs.items()}


def seeds(name: str, *keys: str | int, times: float = 1) -> Sequence[float]:
    """Read one number of the results of each of the three runs of a recipe."""

    def read(found: Any) -> float:
        for key in keys:
            found = found[key]
        return times * found

    return [read(load_results(name + seed)) for seed in ("", "-seed2", "-seed3")]


CLAIMS = (
    Claim(
        "Without attention, long sentences are lost (BLEU)",
        lambda: by_length(Experiment("none"), SHORT, LONG),
        lambda short, long: min(short) > max(long) + 20,
        "01",
    ),
    Claim(
        "Five times the training lifts the line, and it still falls",
        lambda: by_length(Experiment("none", updates=FIVE_TIMES), SHORT, LONG),
        lambda short, long: min(short) > max(long) + 40,
        "01",
    ),
    Claim(
        "Ten times, and asked only for sentences that it was trained on: the long ones are lost",
        lambda: by_length(Experiment("none", updates=TEN_TIMES), SHORT, LONG, split="train"),
        lambda short, long: min(short) > 95 and max(long) < 60,
        "01",
    ),
    Claim(
        "A bigger cup helps long sentences, and does not save them (five times the training, 30–40 tokens)",
        lambda: at_long(
            **{f"size_{size}": Experiment("none", size, updates=FIVE_TIMES) for size in (64, 100, 256)}
        ),
        lambda small, ours, wide: (
            min(ours) > max(small) + 5 and min(wide) > max(ours) + 10 and max(wide) < 60
        ),
        "01",
    ),
    Claim(
        "Reading backwards does not help here (five times the training, 30–40 tokens)",
        lambda: at_long(
            forwards=Experiment("none, forwards", updates=FIVE_TIMES),
            backwards=Experiment("none, backwards", updates=FIVE_TIMES),
        ),
        lambda forwards, backwards: min(forwards) > max(backwards) + 2,
        "01",
    ),
    Claim(
        "Seeing the cup at every step helps (the same)",
        lambda: at_long(
            every_step=Experiment("none", updates=FIVE_TIMES),
            first_step_only=Experiment("none, first state", updates=FIVE_TIMES),
        ),
        lambda every, first: min(every) > max(first) + 5,
        "01",
    ),
    Claim(
        "With attention, length hardly matters up to 40 tokens",
        lambda: by_length(Experiment("additive"), SHORT, LONG),
        lambda short, long: min(long) > 90 and max(short) - min(long) < 4,
        "05",
    ),
    Claim(
        "Past the length that it was trained on, length matters again",
        lambda: by_length(Experiment("additive"), "41–50", "51–60", split="test_long"),
        lambda beyond, far: min(beyond) > max(far) + 5,
        "05",
    ),
    in_other_sizes("Attention is far ahead", "none", "additive", 40, "05"),
    Claim(
        "Weights that never look at the states help short sentences most (gain over none, at size 100)",
        lambda: gains(Experiment("location"), Experiment("none"), SHORT, LONG),
        lambda short, long: min(short) > max(long) + 5,
        "03",
    ),
    Claim(
        "Dividing the dot product by √H is worth much (30–40 tokens)",
        lambda: at_long(dot=Experiment("dot"), scaled_dot=Experiment("scaled-dot")),
        lambda dot, scaled: min(scaled) > max(dot) + 5,
        "03",
    ),
    in_other_sizes("That division gains much", "dot", "scaled-dot", 5, "03"),
    Claim(
        "General scores were hurried: half the learning rate gains much (30–40 tokens)",
        lambda: at_long(
            general=Experiment("general"), general_at_half_the_rate=Experiment("general", learning_rate=2e-3)
        ),
        lambda full, half: min(half) > max(full) + 5,
        "03",
    ),
    Claim(
        "Each at the best of three rates, additive and scaled dot still lead (30–40 tokens)",
        lambda: at_long(
            **{name: at_its_best_rate(name) for name in ("dot", "general", "scaled-dot", "additive")}
        ),
        lambda dot, general, scaled, additive: min(*scaled, *additive) > max(*dot, *general) + 5,
        "03",
    ),
    Claim(
        "Attention helps on captions that people wrote, too (Multi30k, BLEU)",
        lambda: {name: seeds(f"multi30k-{name}", "test", "bleu") for name in ("attention", "bottleneck")},
        lambda attention, none: min(attention) > max(none) + 15,
        "05 and 09",
        1,
    ),
    Claim(
        "What people type comes out right (`open`, of 392 sentences)",
        lambda: {"right": seeds("open", "challenge", "right")},
        lambda right: min(right) > 0.9 * 392,
        "06",
    ),
    Claim(
        "Headlines look at their evidence (share of the weights on it, %)",
        lambda: {
            "model": seeds("reports", "test", "evidence", "model", times=100),
            "by chance": seeds("reports", "test", "evidence", "uniform", times=100),
        },
        lambda model, chance: min(model) > 80 and max(chance) < 10,
        "07",
    ),
    Claim(
        "A small Transformer passes the same exam, and falls past it (BLEU)",
        lambda: {
            "up to 40 tokens": seeds("transformer", "test", "bleu"),
            "51–60": seeds("transformer", "test_long", "by_length", -1, "bleu"),
        },
        lambda short, far: min(short) > 95 and max(far) < 75,
        "08",
    ),
)


def told(values: Sequence[float], decimals: int) -> str:
    """Return a mean and its range: “44.5 (43.7 to 45.0)”."""
    middle = f"{mean(values):.{decimals}f}"
    if len(values) == 1:
        return middle
    return f"{middle} ({min(values):.{decimals}f} to {max(values):.{decimals}f})"


def claims_table() -> str:
    lines = ["| claim | mean (lowest to highest run) | runs | lesson |", "|---|---|---|---|"]
    for claim in CLAIMS:
        measured = claim.measured()
        numbers = "; ".join(f"{name}: {told(runs, claim.decimals)}" for name, runs in measured.items())
        counts = " and ".join(dict.fromkeys(str(len(runs)) for runs in measured.values()))
        lines.append(f"| {claim.says} | {numbers} | {counts} | {claim.lesson} |")
    return "\n".join(lines)


def speed_table() -> str:
    """What `make bench` measured, ours beside joeynmt's; more than 1 is to our advantage."""
    found = load_results("benchmarks")
    kinds = {"additive": "bahdanau", "general": "luong"}
    rates = found["rate"]["rows"]
    lines = [
        "| ours against joeynmt's, same sizes and sentences | "
        + " | ".join(map(" / ".join, kinds.items()))
        + " |",
        "|---|---|---|",
    ]
    lines += waits(found["good-model"], [*kinds.values()])
    for batch in sorted({row["batch"] for row in rates}):
        rows = [row for row in rates if row["batch"] == batch]
        ratios = [
            ", ".join(f"{row['seconds'][its] / row['seconds'][ours]:.2f}" for row in rows)
            for ours, its in kinds.items()
        ]
        sizes = " and ".join(str(row["hidden"]) for row in rows)
        lines.append(f"| training, batches of {batch}, hidden size {sizes} | {' | '.join(ratios)} |")
    for kind, beam in (("greedy", 1), ("beam of 5", 5)):
        rows = [row for row in found["decoding"]["rows"] if row["beam"] == beam]
        many = [
            f"{row['seconds']['its'] / row['seconds']['ours']:.2f} "
            f"(BLEU {row['bleu']['ours']:.0f} / {row['bleu']['its']:.0f})"
            for row in rows
        ]
        alone = [
            f"{row['alone']['its'] / row['alone']['ours']:.2f} ({1000 * row['alone']['ours']:.1f} ms)"
            for row in rows
        ]
        lines.append(f"| translating, {kind}, batches of {found['decoding']['batch']} | {' | '.join(many)} |")
        lines.append(f"| translating, {kind}, one sentence of ten words | {' | '.join(alone)} |")
    return "\n".join(lines)


def waits(found: dict[str, Any], kinds: Sequence[str]) -> list[str]:
    """Return a row for each way in which the peers learnt: their two kinds beside our additive scores."""
    rows = {row.name: row for row in standings(found)}
    ours = rows[OURS]

    def told(name: str) -> str:
        there, ratio = rows[name].beside(ours, found["cap"])
        return f"{ratio:.2f}" if there else f"not within {ratio:g} times ours"

    return [
        f"| training to {found['goal']:g} BLEU {label}, both beside our additive ({ours.seconds:.0f} s) | "
        + " | ".join(told(f"joeynmt, {kind}, {way}") for kind in kinds)
        + " |"
        for label, way in (("by our recipe", "our recipe"), ("by its trainer's defaults", "its defaults"))
    ]


TABLES = {"claims": claims_table, "speed": speed_table}


def with_tables(readme: str) -> str:
    """Return the README with the tables of today between their marks."""
    for name, make in TABLES.items():
        beginning, end = (mark.format(name) for mark in MARKS)
        before, _, rest = readme.partition(beginning)
        _, _, after = rest.partition(end)
        readme = f"{before}{beginning}\n{make()}\n{end}{after}"
    return readme


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--write", action="store_true", help="put them into the README, too")
    write = parser.parse_args(arguments).write
    print(*(make() for make in TABLES.values()), sep="\n\n")
    if write:
        write_atomically(README, with_tables(README.read_text(encoding="utf-8")).encode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
