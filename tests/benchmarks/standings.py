"""How the contenders for a good model did, from what `good_model.py` measured."""

from __future__ import annotations

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
    bleu: float  # the best that a search saw, or the median of what was trained again


def standings(found: Mapping[str, Any]) -> list[Standing]:
    """Return how each did: the median of whole trainings, or its updates at the pace that was measured."""
    rows = []
    for name, result in found["searched"].items():
        runs = [run for run in found["timed"] if run["name"] == name]
        whole = [run for run in runs if "bleu" in run]
        an_update = median(run["seconds"] / run["updates"] for run in whole or runs)
        best = max(entry["bleu"] for entry in result["tried"])
        score = median(run["bleu"] for run in whole) if whole else best
        seconds = an_update * result["updates"]
        rows.append(Standing(name, result["rate"], result["updates"], seconds, result["reached"], score))
    return rows
