"""Figures of curves: how a model learns, and how good it is by sentence length."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import display
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from course_utils.figures.style import (
    ATTENTION,
    GREEN,
    GREY,
    INK,
    NO_ATTENTION,
    PURPLE,
    VERMILION,
    finish,
    say,
    style,
)
from course_utils.figures.texts import line_text, rounded, sentences

# The looks of lines that share an axis: told apart by marker and dash as well as by colour.
_LOOKS = (("o", "-"), ("s", "-"), ("^", "--"), ("D", "-."), ("v", ":"), ("P", "--"), ("X", "-."))
LINE_COLOURS = (NO_ATTENTION, ATTENTION, GREEN, VERMILION, PURPLE, GREY, INK)
MEASURES = {
    "bleu": "BLEU, free-running (0–100)",
    "exact_match": "exactly right, free-running (%)",
    "token_accuracy": "next word right, teacher-forced (%)",
}
Rows = Sequence[Mapping[str, Any]]  # scores by length, shortest first


def across_runs(runs: Sequence[Rows]) -> list[dict[str, Any]]:
    """Return the mean scores of runs with the same bins; as ``<measure>_from`` and ``_to`` their range."""
    rows = []
    for same in zip(*runs, strict=True):
        row: dict[str, Any] = {key: same[0][key] for key in ("low", "high", "n")}
        for measure in MEASURES:
            values = [run[measure] for run in same]
            row[measure] = sum(values) / len(values)
            row |= {f"{measure}_from": min(values), f"{measure}_to": max(values)}
        rows.append(row)
    return rows


def plot_by_length(
    curves: Mapping[str, Rows],
    title: str,
    measure: str = "bleu",
    colours: Sequence[str] = LINE_COLOURS,
    ax: Axes | None = None,
) -> Figure:
    """Draw one measure of translation quality against source length, a line a model.

    Args:
        curves: for each model's name its scores by length, shortest first: mappings with ``low``, ``high``
            (source tokens; None: or more), ``n`` (sentences) and the `measure`, as stored results hold them
            (`dataclasses.asdict` of a `course_utils.analysis.evaluation.LengthScores`). Those that
            `across_runs` made get a band from the lowest run to the highest.
        title: the figure's message.
        measure: ``"bleu"``, ``"exact_match"`` or ``"token_accuracy"``.
        colours: one for each line.
        ax: where to draw; a new figure if None.

    Raises:
        ValueError: the measure is unknown, or there is nothing to draw.
    """
    if measure not in MEASURES:
        raise ValueError(f"there is no measure {measure!r}; choose one of {', '.join(MEASURES)}")
    if not curves or not all(curves.values()):
        raise ValueError("every curve needs at least one length bin with sentences in it")
    with style():
        if ax is None:
            figure, ax = plt.subplots(figsize=(8.2, 4.6))
            finish(figure)
        bins = {(row["low"], row["high"]): row["n"] for rows in curves.values() for row in rows}
        places = {bounds: i for i, bounds in enumerate(sorted(bins))}
        for (name, rows), colour, (marker, dash) in zip(curves.items(), cycle(colours), cycle(_LOOKS)):
            x = [places[row["low"], row["high"]] for row in rows]
            y = [row[measure] for row in rows]
            ax.plot(x, y, color=colour, marker=marker, linestyle=dash, label=name)
            if f"{measure}_from" in rows[0]:
                lowest, highest = ([row[f"{measure}_{end}"] for row in rows] for end in ("from", "to"))
                ax.fill_between(x, lowest, highest, color=colour, alpha=0.25, linewidth=0)
        labels = [
            f"{low}+\nn = {bins[low, high]}" if high is None else f"{low}–{high}\nn = {bins[low, high]}"
            for low, high in places
        ]
        ax.set_xticks(range(len(labels)), labels)
        ax.set_xlabel("source tokens; n sentences")
        ax.set_ylabel(MEASURES[measure])
        ax.set_ylim(-3, 103)
        ax.grid(axis="y", color="#DDDDDD")
        if len(curves) > 1:
            ax.legend()
        ax.set_title(title)
    names = {bounds: label.replace("\n", " (") + ")" for bounds, label in zip(places, labels)}
    figure = ax.figure.get_figure(root=True)  # the whole one, also of an `ax` in a subfigure
    say(
        figure,
        title,
        f"Line chart of {MEASURES[measure]} against source tokens; n sentences",
        *(
            line_text(name, [names[row["low"], row["high"]] for row in rows], [row[measure] for row in rows])
            + _range_text(rows, measure)
            for name, rows in curves.items()
        ),
    )
    return figure


def _range_text(rows: Rows, measure: str) -> str:
    """Return how far runs lie apart at most, if these are the means of several."""
    if f"{measure}_from" not in rows[0]:
        return ""
    apart = max(row[f"{measure}_to"] - row[f"{measure}_from"] for row in rows)
    return f" (means; the runs lie {apart:.1f} apart at most)"


def plot_found_by_position(
    curves: Mapping[str, Sequence[float]], title: str, colours: Sequence[str] = LINE_COLOURS
) -> Figure:
    """Draw which share of the reference's words was found, from a sentence's first part to its last.

    Each curve holds shares from 0 to 1, one a part, as `course_utils.analysis.evaluation.found_by_position`
    gives them.
    """
    with style():
        figure, ax = plt.subplots(figsize=(7.2, 4.2))
        parts = len(next(iter(curves.values())))
        for (name, shares), colour, (marker, dash) in zip(curves.items(), cycle(colours), cycle(_LOOKS)):
            ax.plot(
                range(parts),
                100 * np.asarray(shares),
                color=colour,
                marker=marker,
                linestyle=dash,
                label=name,
            )
        ends = np.arange(parts + 1) * 100 // parts
        names = [f"{a}–{b} %" for a, b in zip(ends, ends[1:], strict=False)]
        ax.set_xticks(range(parts), names)
        ax.set_xlabel("where the word stands in the reference (start to end of the sentence)")
        ax.set_ylabel("reference words found (%)")
        ax.set_ylim(-3, 103)
        ax.grid(axis="y", color="#DDDDDD")
        ax.legend()
        ax.set_title(title)
    said = [title, f"Line chart of {ax.get_ylabel()} against {ax.get_xlabel()}"]
    said += [line_text(name, names, 100 * np.asarray(shares)) for name, shares in curves.items()]
    return finish(figure, sentences(said))


def plot_learning_curves(
    histories: Mapping[str, Mapping[str, Sequence[Any]]], title: str, measure: str = "valid_accuracy"
) -> Figure:
    """Draw how several attention models learn, a line a model, against the number of updates.

    Args:
        histories: for each model's name what `course_utils.training.trainer.History` holds, as a mapping.
            Or what several runs measured, a list a run, after each ``update``: their mean and their range.
        title: the figure's message.
        measure: ``"valid_accuracy"``, ``"valid_loss"``, ``"largest_weight"``, or ``"loss"``: of the
            training batches (of a single history each point is the mean of the 50 up to it).

    Raises:
        ValueError: the measure is not one of these.
    """
    labels = {
        "valid_accuracy": "next words right on validation data,\nteacher-forced (%)",
        "valid_loss": "loss (nats a word)",
        "largest_weight": "largest attention weight\n(mean over validation words)",
        "loss": "training loss (nats a word)",
    }
    if measure not in labels:
        raise ValueError(f"there is no measure {measure!r}; choose one of {', '.join(labels)}")
    looks = {
        "location": (GREY, "v", ":"),
        "dot": (VERMILION, "s", "--"),
        "general": (GREEN, "^", "-."),
        "scaled dot": (PURPLE, "D", "-"),
        "additive": (ATTENTION, "o", "-"),
    }
    said = [title, f"Line chart of {labels[measure]} against updates"]
    with style():
        figure, ax = plt.subplots(figsize=(8.6, 4.6))
        for (name, history), other, (sign, line) in zip(
            histories.items(), cycle(LINE_COLOURS), cycle(_LOOKS)
        ):
            colour, marker, dash = looks.get(name, (other, sign, line))
            runs = np.atleast_2d(np.asarray(history[measure], dtype=float))  # (runs, points)
            if measure == "loss" and "update" not in history:
                runs = runs[:, : runs.shape[1] // 50 * 50].reshape(1, -1, 50).mean(axis=2)
                x = 50 * np.arange(1, runs.shape[1] + 1)
            else:
                x = np.asarray(history.get("update", history.get("valid_update")))
            y, every = runs.mean(axis=0), max(1, len(x) // 12)
            ax.plot(x, y, dash, color=colour, marker=marker, markevery=every, label=name)
            if len(runs) > 1:
                ax.fill_between(x, runs.min(axis=0), runs.max(axis=0), color=colour, alpha=0.25, linewidth=0)
            said.append(line_text(name, [*map(rounded, x.tolist())], y))
        ax.set_xlabel("updates")
        ax.set_ylabel(labels[measure])
        ax.set_xlim(left=0)
        ax.grid(axis="y", color="#DDDDDD")
        ax.legend()
        ax.set_title(title)
    return finish(figure, sentences(said))


class LiveLoss:
    """A loss curve that grows while a model trains: pass it as a trainer's `on_update`.

    It redraws one picture in place every `every` seconds, so it also tells how far the training has come.
    """

    def __init__(self, updates: int, colour: str = ATTENTION, every: float = 3.0) -> None:
        self.updates, self.colour, self.every = updates, colour, every
        self._next = time.monotonic() + every
        self._handle = display(self._picture([]), display_id=True)

    def __call__(self, history: Any) -> None:
        begun = time.monotonic()
        if len(history.loss) == self.updates or begun >= self._next:
            self._handle.update(self._picture(history.loss))
            ended = time.monotonic()
            # A busy machine draws slowly: a twentieth of the time is enough for pictures.
            self._next = ended + max(self.every, 20 * (ended - begun))

    def _picture(self, loss: Sequence[float]) -> Figure:
        falls = len(loss) >= 40 and np.mean(loss[-20:]) < np.mean(loss[:20])
        title = "Learning: the loss falls" if falls else "Learning" if loss else "Learning begins"
        done = f"update ({len(loss)} of {self.updates})"
        said = [title, f"Line chart of training loss (nats a word) against {done}"]
        with style():
            figure, ax = plt.subplots(figsize=(7.2, 3.4))
            ax.plot(loss, color=self.colour, alpha=0.35, linewidth=1)
            if len(loss) >= 20:
                smooth = np.convolve(loss, np.ones(20) / 20, mode="valid")
                ax.plot(np.arange(len(smooth)) + 19, smooth, color=self.colour, label="mean of 20 batches")
                ax.legend()
                places = [rounded(19 + i) for i in range(len(smooth))]
                said.append(line_text("mean of 20 batches", places, smooth))
            elif loss:
                said.append(line_text("each batch", [rounded(i) for i in range(len(loss))], loss))
            ax.set_xlim(0, self.updates)
            ax.set_ylim(0, max(7.0, 1.05 * max(loss, default=0.0)))
            ax.set_xlabel(done)
            ax.set_ylabel("training loss (nats a word)")
            ax.set_title(title)
            ax.grid(axis="y", color="#DDDDDD")
        return finish(figure, sentences(said))


def plot_scaling(
    dimensions: Sequence[int], plain: Sequence[float], scaled: Sequence[float], n: int
) -> Figure:
    """Draw the mean largest weight against D, the vectors' length, unscaled and scaled by √D.

    Each of `plain` and `scaled` holds one mean over `n` trials for each of `dimensions`.
    """
    with style():
        figure, ax = plt.subplots(figsize=(7.2, 4.0))
        ax.plot(dimensions, plain, color=VERMILION, marker="o", label="scores as they are")
        ax.plot(
            dimensions,
            scaled,
            color=GREEN,
            marker="s",
            linestyle="--",
            label="scores divided by √D",
        )
        ax.set_xscale("log", base=2)
        ax.set_xticks(dimensions, [str(dimension) for dimension in dimensions])
        ax.minorticks_off()
        ax.set(
            ylim=(0, 1.03),
            xlabel="D, the number of features",
            ylabel=f"largest of the weights (mean, n = {n})",
        )
        ax.set_title("Long vectors make softmax all-or-nothing, unless scaled")
        ax.legend(loc="center right")
    places = [str(dimension) for dimension in dimensions]
    said = [
        ax.get_title(),
        f"Line chart of {ax.get_ylabel()} against {ax.get_xlabel()}",
        line_text("scores as they are", places, plain),
        line_text("scores divided by √D", places, scaled),
    ]
    return finish(figure, sentences(said))
