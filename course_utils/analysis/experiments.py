"""What `tools/experiments.py` measured, several runs of each kind: what differs, and what does by chance."""

from __future__ import annotations

import csv
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any

from course_utils.model.pretrained import RESULTS

TABLE = RESULTS / "experiments.csv"
# What names a run; the rest of a row is what was measured.
KEY = ("experiment", "hidden_size", "learning_rate", "updates", "seed")
COLUMNS = (*KEY, "split", "measure", "group", "n", "value")


def read_table(path: Path = TABLE) -> list[dict[str, str]]:
    """Return the rows of a table of experiments; none if there is no file."""
    if not path.is_file():
        return []
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def _runs() -> dict[tuple[str, ...], dict[str, list[dict[str, str]]]]:
    """Return the shipped rows: by kind of run, then by seed."""
    runs: dict[tuple[str, ...], dict[str, list[dict[str, str]]]] = defaultdict(lambda: defaultdict(list))
    for row in read_table():
        runs[tuple(row[name] for name in KEY[:-1])][row["seed"]].append(row)
    return runs


class Experiment:
    """All runs of one kind: a model and a training, from several seeds.

    Raises ValueError if there is none in the table.
    """

    def __init__(
        self, name: str, hidden_size: int = 100, learning_rate: float = 4e-3, updates: int = 1540
    ) -> None:
        key = (name, str(hidden_size), str(learning_rate), str(updates))
        if key not in _runs():
            same = sorted(" ".join(numbers) for other, *numbers in _runs() if other == name)
            known = same or sorted({other for other, *_ in _runs()})
            which = f"of {name!r} there are" if same else "there are"
            raise ValueError(f"there is no experiment {' '.join(key)}; {which} {'; '.join(known)}")
        self._runs = _runs()[key]

    def __len__(self) -> int:
        """How many runs there are."""
        return len(self._runs)

    def by_length(self, *splits: str) -> list[list[dict[str, Any]]]:
        """Return, for each run, its scores by source length, shortest first, as `plot_by_length` takes them.

        `splits` are ``"test"`` (if none is named), ``"test_long"`` and ``"train"``.
        """
        found = []
        for rows in self._runs.values():
            bins: dict[tuple[str, str], dict[str, Any]] = {}
            for row in rows:
                low, dash, high = row["group"].partition("–")
                if dash and row["split"] in (splits or ("test",)):
                    scores = bins.setdefault((row["split"], low), {"low": int(low), "high": int(high)})
                    scores |= {"n": int(row["n"]), row["measure"]: float(row["value"])}
            found.append(sorted(bins.values(), key=lambda scores: scores["low"]))
        return found

    def values(self, measure: str, group: str = "all", split: str = "test") -> list[float]:
        """Return one number of each run: ``values("bleu", "30–40")``, or ``values("found", "1/5")``."""
        wanted = {"measure": measure, "group": group, "split": split}
        return [
            float(row["value"])
            for rows in self._runs.values()
            for row in rows
            if all(row[key] == value for key, value in wanted.items())
        ]

    def losses(self) -> dict[str, list[Any]]:
        """Return each run's training loss, and after which ``update``: the mean since the one before."""
        rows = {seed: [row for row in run if row["measure"] == "loss"] for seed, run in self._runs.items()}
        first = next(iter(rows.values()))
        return {
            "update": [int(row["group"]) for row in first],
            "loss": [[float(row["value"]) for row in run] for run in rows.values()],
        }
