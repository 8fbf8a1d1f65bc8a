"""The README's table of claims: what the course says, the number, its spread, and where it is checked.

    python tools/claims.py            prints the table
    python tools/claims.py --write    puts it into the README

Each number is read from data/results, where the runs wrote it: nothing here is typed by hand.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from course_utils.analysis.experiments import Experiment
from course_utils.files import write_atomically
from course_utils.model.pretrained import load_results

README = Path(__file__).resolve().parents[1] / "README.md"
BEGINNING, END = "<!-- claims: made by tools/claims.py -->", "<!-- end of the claims -->"
FIVE_TIMES, TEN_TIMES = 7700, 15400  # updates
SHORT, LONG, LONGEST = "1–9", "30–40", "51–60"  # source tokens


@dataclass(frozen=True)
class Claim:
    """A sentence of the course, what was measured in each run, and the lesson or test that asserts it."""

    says: str
    measured: Callable[[], dict[str, Sequence[float]]]  # for what is compared: a number a run
    checked: str
    decimals: int = 0


def by_bleu(runs: Experiment, *bins: str, split: str = "test") -> dict[str, Sequence[float]]:
    return {f"{words} tokens": runs.values("bleu", words, split) for words in bins}


def at_long(**runs: Experiment) -> dict[str, Sequence[float]]:
    """BLEU on the longest sentences of the test split, 30 to 40 tokens."""
    return {name.replace("_", " "): one.values("bleu", LONG) for name, one in runs.items()}


def seeds(name: str, read: Callable[[dict], float]) -> Sequence[float]:
    """Read one number of each of the three runs of a recipe."""
    return [read(load_results(name + seed)) for seed in ("", "-seed2", "-seed3")]


CLAIMS = (
    Claim(
        "Without attention, long sentences are lost (BLEU)",
        lambda: by_bleu(Experiment("none"), SHORT, LONG),
        "lesson 01, test_claims",
    ),
    Claim(
        "Five times the training lifts the line, and it still falls",
        lambda: by_bleu(Experiment("none", updates=FIVE_TIMES), SHORT, LONG),
        "lesson 01, test_claims",
    ),
    Claim(
        "Ten times: even long sentences that it was trained on are lost",
        lambda: by_bleu(Experiment("none", updates=TEN_TIMES), SHORT, LONG, split="train"),
        "lesson 01, test_claims",
    ),
    Claim(
        "Reading backwards does not help here (five times the training, 30–40 tokens)",
        lambda: at_long(
            forwards=Experiment("none, forwards", updates=FIVE_TIMES),
            backwards=Experiment("none, backwards", updates=FIVE_TIMES),
        ),
        "lesson 01, test_claims",
    ),
    Claim(
        "Seeing the cup at every step helps (the same)",
        lambda: at_long(
            every_step=Experiment("none", updates=FIVE_TIMES),
            first_step_only=Experiment("none, first state", updates=FIVE_TIMES),
        ),
        "lesson 01, test_claims",
    ),
    Claim(
        "With attention, length hardly matters up to 40 tokens",
        lambda: by_bleu(Experiment("additive"), SHORT, LONG),
        "lesson 05, test_claims",
    ),
    Claim(
        "Past the trained length it does",
        lambda: by_bleu(Experiment("additive"), "41–50", LONGEST, split="test_long"),
        "lesson 05, test_claims",
    ),
    Claim(
        "Weights that never look at the states help short sentences most",
        lambda: by_bleu(Experiment("location"), SHORT, LONG),
        "lesson 03, test_claims",
    ),
    Claim(
        "Dividing the dot product by √H is worth much (30–40 tokens)",
        lambda: at_long(dot=Experiment("dot"), scaled_dot=Experiment("scaled-dot")),
        "lesson 03, test_claims",
    ),
    Claim(
        "General scores were hurried: half the learning rate gains much (30–40 tokens)",
        lambda: at_long(
            general=Experiment("general"), general_at_half_the_rate=Experiment("general", learning_rate=2e-3)
        ),
        "lesson 03, test_claims",
    ),
    Claim(
        "Attention helps on captions that people wrote, too (Multi30k, BLEU)",
        lambda: {
            "attention": seeds("multi30k-attention", lambda found: found["test"]["bleu"]),
            "none": seeds("multi30k-bottleneck", lambda found: found["test"]["bleu"]),
        },
        "lessons 05 and 09",
        1,
    ),
    Claim(
        "What people type comes out right (`open`, of 392 sentences)",
        lambda: {"right": seeds("open", lambda found: found["challenge"]["right"])},
        "test_challenge",
    ),
    Claim(
        "Headlines look at their evidence (share of the weights on it, %)",
        lambda: {
            "model": seeds("reports", lambda found: 100 * found["test"]["evidence"]["model"]),
            "by chance": seeds("reports", lambda found: 100 * found["test"]["evidence"]["uniform"]),
        },
        "lesson 07, test_evidence",
    ),
    Claim(
        "A small Transformer sits the same exam (BLEU, up to 40 tokens, then 51–60)",
        lambda: {
            "all": seeds("transformer", lambda found: found["test"]["bleu"]),
            "51–60 tokens": seeds("transformer", lambda found: found["test_long"]["by_length"][-1]["bleu"]),
        },
        "lesson 08, test_pretrained",
    ),
)


def told(values: Sequence[float], decimals: int) -> str:
    """Return a mean and its range: “44.5 (43.7 to 45.0)”."""
    mean = sum(values) / len(values)
    if len(values) == 1:
        return f"{mean:.{decimals}f}"
    return f"{mean:.{decimals}f} ({min(values):.{decimals}f} to {max(values):.{decimals}f})"


def claims_table() -> str:
    lines = ["| claim | mean (lowest to highest run) | runs | checked in |", "|---|---|---|---|"]
    for claim in CLAIMS:
        measured = claim.measured()
        numbers = "; ".join(f"{name}: {told(runs, claim.decimals)}" for name, runs in measured.items())
        counts = " and ".join(dict.fromkeys(str(len(runs)) for runs in measured.values()))
        lines.append(f"| {claim.says} | {numbers} | {counts} | {claim.checked} |")
    return "\n".join(lines)


def with_table(readme: str) -> str:
    """Return the README with the table of today between its marks."""
    before, _, rest = readme.partition(BEGINNING)
    _, _, after = rest.partition(END)
    return f"{before}{BEGINNING}\n{claims_table()}\n{END}{after}"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--write", action="store_true", help="put it into the README")
    if parser.parse_args(arguments).write:
        write_atomically(README, with_table(README.read_text(encoding="utf-8")).encode())
    else:
        print(claims_table())
    return 0


if __name__ == "__main__":
    sys.exit(main())
