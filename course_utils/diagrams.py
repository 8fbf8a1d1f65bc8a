"""Diagrams of the models. Nothing here needs torch."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from course_utils.plots import GREEN, GREY, INK, NO_ATTENTION, finish, style


def plot_encoder_decoder(source: Sequence[str], target: Sequence[str]) -> Figure:
    """Draw an encoder–decoder at work: words in, one final state, words out, each fed back in."""
    S, T = len(source), len(target)
    cup, first = S + 0.6, S + 2.2  # where the final state and the decoder's first step stand
    with style():
        figure, ax = plt.subplots(figsize=(0.66 * (S + T + 4), 3.1))
        for s, word in enumerate(source):
            _cell(ax, s, GREEN)
            ax.text(s, -1.0, word, ha="center", va="top")
            _arrow(ax, (s, -0.95), (s, -0.38))
            _arrow(ax, (s + 0.3, 0), (s + 0.7 if s < S - 1 else cup - 0.42, 0))
        _cell(ax, cup, NO_ATTENTION, height=0.85)
        ax.text(cup, 1.05, "final state:\nall it knows", ha="center", color=NO_ATTENTION, weight="bold")
        _arrow(ax, (cup + 0.35, 0), (first - 0.35, 0))
        for t, word in enumerate((*target, "<eos>")):
            x = first + t
            _cell(ax, x, GREY)
            ax.text(x, 1.0, word, ha="center", va="bottom")
            ax.text(x, -1.0, ("<bos>", *target)[t], ha="center", va="top", color=GREY)
            _arrow(ax, (x, 0.38), (x, 0.95))
            _arrow(ax, (x, -0.95), (x, -0.38), GREY)
            if t < T:
                _arrow(ax, (x + 0.3, 0), (x + 0.7, 0))
        ax.text((S - 1) / 2, 0.55, "encoder", ha="center", color=GREEN, weight="bold")
        ax.text(first + T / 2, -1.95, "decoder: each word is fed back in", ha="center", color=GREY)
        ax.set_xlim(-0.6, first + T + 0.7)
        ax.set_ylim(-2.2, 2.1)
        ax.axis("off")
        ax.set_title("Whatever the sentence, all of it goes through one vector")
    return finish(figure)


def _cell(ax: Axes, x: float, colour: str, height: float = 0.35) -> None:
    ax.add_patch(plt.Rectangle((x - 0.28, -height), 0.56, 2 * height, color=colour, alpha=0.85))


def _arrow(
    ax: Axes, start: tuple[float, float], end: tuple[float, float], colour: str = INK
) -> None:
    ax.annotate("", end, start, arrowprops={"arrowstyle": "-|>", "color": colour, "lw": 1.4})
