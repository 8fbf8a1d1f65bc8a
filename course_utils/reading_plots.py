"""Figures of what attention does over many sentences: bars, with the two lines to hold them against.

Nothing here needs torch.
"""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from course_utils.plots import ATTENTION, GREY, INK, finish, style


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
    return finish(figure)
