"""Figures of bars: what attention does over many sentences, and what the temperature does to weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from course_utils.figures.style import ATTENTION, GREY, INK, finish, style
from course_utils.figures.texts import MOST, at_most, largest, pair, rounded, sentences, signed
from course_utils.numpy_attention import softmax


def plot_bars(
    series: Mapping[str, Mapping[str, float]],
    title: str,
    label: str,
    lines: Mapping[str, float] | None = None,
    percent: bool = False,
) -> Figure:
    """Draw horizontal bars with their numbers, the first on top.

    Args:
        series: one or two; for each name (in the legend, if there are two) a number for each bar's
            name, the same bars in both.
        title: the figure's message.
        label: what the numbers are, with their n.
        lines: at most three numbers to hold the bars against: a vertical line each, by name.
        percent: write 0.25 as 25 %.

    Raises:
        ValueError: there is nothing or too much to draw, or the series have different bars.
    """
    names = [list(bars) for bars in series.values()]
    if not names or not names[0] or any(other != names[0] for other in names):
        raise ValueError("every series needs a number for each of the same bars")
    if len(series) > 2 or len(lines or {}) > 3:
        raise ValueError("too much for one figure: pass at most two series and three lines")
    largest = max(1.0, *(number for bars in series.values() for number in bars.values()))
    places, height = range(len(names[0])), 0.8 / len(series)
    with style():
        figure, ax = plt.subplots(figsize=(8.2, 1.7 + 0.42 * len(names[0]) * (1 + 0.4 * (len(series) > 1))))
        for k, ((name, bars), colour) in enumerate(zip(series.items(), (ATTENTION, GREY))):
            rows = [place + (k - (len(series) - 1) / 2) * height for place in places]
            hatch = "///" if k else None  # told apart without colour, too
            ax.barh(
                rows, list(bars.values()), height * 0.92,
                color=colour, label=name, hatch=hatch, edgecolor="white",
            )  # fmt: skip
            for row, number in zip(rows, bars.values()):
                text = f"{100 * number:.0f} %" if percent else f"{number:.2f}"
                ax.text(number + 0.01 * largest, row, text, va="center", fontsize=11)
        for (name, number), dash in zip((lines or {}).items(), ("--", ":", "-.")):
            ax.axvline(number, color=INK, linestyle=dash, linewidth=1.8, label=f"{name}: {number:.2f}")
        ax.set_yticks(places, names[0])
        ax.set(xlim=(0, largest), xlabel=label, title=title)
        if percent:
            ax.xaxis.set_major_formatter("{x:.0%}")
        ax.invert_yaxis()
        ax.tick_params(axis="y", length=0)
        if len(series) > 1 or lines:
            figure.legend(loc="outside lower center", ncols=3)
    told = [
        ": ".join(filter(None, [f"“{name}”" if name else "", _bars_text(bars, percent)]))
        for name, bars in series.items()
    ]
    told += [f"A line marks “{name}: {number:.2f}”" for name, number in (lines or {}).items()]
    return finish(figure, sentences([title, f"Bar chart of {label}", *told]))


def _bars_text(bars: Mapping[str, float], percent: bool) -> str:
    texts = [f"{100 * number:.0f}%" if percent else rounded(number) for number in bars.values()]
    if len(bars) <= MOST:
        return "; ".join(map(pair, bars, texts))
    low, high = min(bars, key=bars.__getitem__), max(bars, key=bars.__getitem__)
    by_name = dict(zip(bars, texts))
    return f"{len(bars)} bars, from {by_name[low]} at {low} to {by_name[high]} at {high}"


def draw_bars(
    ax: Axes,
    numbers: np.ndarray,
    colours: Sequence[str],
    decimals: int,
    longest: float | None = None,
) -> None:
    """Draw one horizontal bar a word, its number beside it, the first word on top.

    A bar of length `longest` (by default the largest number) fills two thirds of the width.
    """
    low, high = min(numbers.min(), 0), longest or max(numbers.max(), 0)
    spread = high - low or 1.0
    ax.barh(range(len(numbers)), numbers, color=colours, height=0.62)
    ax.axvline(0, color=GREY, linewidth=1)
    for row, number in enumerate(numbers):
        text = signed(number, decimals)
        ax.text(max(number, 0) + 0.04 * spread, row, text, va="center", fontsize=11)
    ax.set_xlim(low - 0.05 * spread, high + 0.42 * spread)
    ax.set_ylim(len(numbers) - 0.5, -0.5)
    ax.set_xticks([])
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)


def plot_temperatures(
    words: Sequence[str], scores: ArrayLike, temperatures: Sequence[float], title: str
) -> Figure:
    """Draw softmax(scores / temperature), one panel a temperature. Shape: scores (S,)."""
    scores = np.asarray(scores, dtype=float)
    panels = []
    with style():
        figure, axes = plt.subplots(
            1,
            len(temperatures),
            figsize=(2.6 * len(temperatures) + 0.8, 3.8),
            sharey=True,
            squeeze=False,
        )
        for ax, temperature in zip(axes[0], temperatures, strict=True):
            weights = softmax(scores / temperature)
            best = largest(words, weights) or "all"
            panels.append(f"{temperature:g}: {weights.min():.2f} to {weights.max():.2f} ({best})")
            draw_bars(ax, weights, [ATTENTION] * len(words), 2, longest=1)
            ax.set_title(f"temperature {temperature:g}", fontweight="normal", fontsize=12)
        axes[0, 0].set_yticks(range(len(words)), words)
        figure.suptitle(title, fontsize=13, fontweight="bold")
        figure.supxlabel("attention weight", fontsize=12)
    alt = [
        title,
        f"Bars for the attention weights of {len(words)} words, a panel for each temperature",
        "From the smallest weight to the largest, at temperature "
        f"{'; '.join(at_most(panels, 'temperatures'))}",
    ]
    return finish(figure, sentences(alt))
