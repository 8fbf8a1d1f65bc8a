"""Figures of bars: what the temperature does to weights."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from course_utils.figures.style import ATTENTION, GREY, finish, style
from course_utils.figures.texts import at_most, largest, sentences, signed
from course_utils.numpy_attention import softmax


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
        axes[0, 0].set_yticks(range(len(words)), words, parse_math=False)  # a dollar is a dollar
        figure.suptitle(title, fontsize=13, fontweight="bold")
        figure.supxlabel("attention weight", fontsize=12)
    alt = [
        title,
        f"Bars for the attention weights of {len(words)} words, a panel for each temperature",
        "From the smallest weight to the largest, at temperature "
        f"{'; '.join(at_most(panels, 'temperatures'))}",
    ]
    return finish(figure, sentences(alt))
