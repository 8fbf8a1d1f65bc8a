"""How the contenders for a good model did, from what `good_model.py` measured."""

from __future__ import annotations

import math
from collections.abc import Mapping
from statistics import median
from typing import Any, NamedTuple

OURS = "ours, additive"


class Standing(NamedTuple):
    """How a contender did: `seconds` to the goal, or, if it was not reached, so long was it watched."""

    name: str
    rate: float
    updates: int
    seconds: float
    reached: bool
    bleu: float  # after those updates; the median, if it was trained again
    best: float  # that was seen with this rate, after any number of updates

    def beside(self, ours: Standing, cap: float) -> tuple[bool, float]:
        """Return whether it got there within `cap` times our seconds; and after how many times ours.

        If it did not: within how many times ours, rounded down, it was watched; no more than the cap.
        """
        ratio = self.seconds / ours.seconds
        there = self.reached and ratio <= cap
        return there, ratio if there else math.floor(10 * min(ratio, cap)) / 10


def standings(found: Mapping[str, Any]) -> list[Standing]:
    """Return how each did: the median of whole trainings, or its updates at the pace that was measured."""
    rows = []
    for name, result in found["searched"].items():
        runs = [run for run in found["timed"] if run["name"] == name]
        whole = [run for run in runs if "bleu" in run]
        an_update = median(run["seconds"] / run["updates"] for run in whole or runs)
        seen = {e["updates"]: e["bleu"] for e in result["tried"] if e["rate"] == result["rate"]}
        score = median(run["bleu"] for run in whole) if whole else seen[result["updates"]]
        rows.append(
            Standing(
                name,
                result["rate"],
                result["updates"],
                an_update * result["updates"],
                result["reached"],
                score,
                max(seen.values()),
            )
        )
    return rows
