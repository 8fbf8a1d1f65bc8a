"""The results as pictures: how many times the peers' time is ours, and how time and memory grow."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from course_utils.figures.style import ATTENTION, GREY, NO_ATTENTION, style
from course_utils.files import write_atomically
from standings import OURS, standings


def draw(results: Mapping[str, Any], folder: Path) -> dict[str, str]:
    """Draw what there is into `folder`; return the pictures' names by part."""
    drawn = {}
    for part, plot in {"good-model": waiting, "scaling": growing}.items():
        if part in results:
            drawn[part] = f"benchmarks_{part}.png"
            save(plot(results[part]), folder / drawn[part])
    return drawn


def save(figure: Figure, path: Path) -> None:
    picture = io.BytesIO()
    figure.savefig(picture, format="png", dpi=90)
    plt.close(figure)
    write_atomically(path, picture.getvalue())


def waiting(found: dict[str, Any]) -> Figure:
    """Bars: seconds to the goal; of those that did not get there, how long they were watched."""
    rows = standings(found)[::-1]
    with style():
        figure, ax = plt.subplots(figsize=(8.6, 3.6))
        for place, row in enumerate(rows):
            colour = ATTENTION if row.name == OURS else NO_ATTENTION
            hatch = None if row.reached else "///"
            ax.barh(place, row.seconds, color=colour, alpha=1.0 if row.reached else 0.35, hatch=hatch)
            told = f" {row.seconds:.0f} s" if row.reached else f" not in {row.seconds:.0f} s"
            ax.text(row.seconds, place, told, va="center", color=GREY)
        ax.set_yticks(range(len(rows)), [row.name for row in rows])
        ax.set_xlim(right=1.25 * max(row.seconds for row in rows))
        ax.set_xlabel("seconds of training, one thread")
        ax.set_title(f"How long to {found['goal']:g} BLEU?")
    return figure


def growing(found: dict[str, Any]) -> Figure:
    """Two rows of panels, time above and peak memory below, a column for each thing that varies."""
    columns = {
        "length": "words a side",
        "batch": "pairs in a batch",
        "words": "kinds of words",
        "pairs": "pairs",
    }
    with style():
        figure, grid = plt.subplots(2, 4, figsize=(14, 6), sharex="col")
        for (above, below), (name, label) in zip(grid.T, columns.items()):
            rows, before = found[name], ("reading", "vocabularies", "batching")
            seconds = [
                row["seconds"] if name != "pairs" else sum(row[step] for step in before) for row in rows
            ]
            line(above, [row[name] for row in rows], seconds, ATTENTION)
            line(below, [row[name] for row in rows], [row["memory"] for row in rows], NO_ATTENTION)
            above.set_ylabel("seconds before the training" if name == "pairs" else "seconds an update")
            below.set_ylabel("peak memory (GB)")
            below.set_xlabel(label)
        figure.suptitle("What grows with what", fontweight="bold")
    return figure


def line(ax: Axes, x: Sequence[float], y: Sequence[float], colour: str) -> None:
    ax.plot(x, y, color=colour, marker="o")
    ax.set_xlim(0, 1.05 * max(x))
    ax.set_ylim(0, 1.1 * max(y))
    ax.xaxis.set_major_locator(MaxNLocator(3))
    ax.xaxis.set_major_formatter("{x:,.0f}")
    ax.grid(axis="y", color="#DDDDDD")
