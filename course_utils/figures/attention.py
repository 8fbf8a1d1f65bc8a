"""Figures of attention itself: heat maps, the six steps, a query among its keys."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from course_utils.figures.bars import draw_bars
from course_utils.figures.style import (
    ATTENTION,
    GREEN,
    GREY,
    INK,
    NO_ATTENTION,
    PURPLE,
    VECTOR_COLOURS,
    WEIGHT_COLOURS,
    finish,
    say,
    style,
)
from course_utils.figures.texts import are_largest, at_most, largest, rows_text, sentences, signed
from course_utils.numpy_attention import dot_product_attention


def check_labels(name: str, array: np.ndarray, rows: Sequence[str], columns: Sequence[str]) -> None:
    """Raise ValueError unless `array` has a row and a column for each label."""
    if array.shape != (len(rows), len(columns)):
        raise ValueError(
            f"{name} of shape {array.shape} do not fit {len(rows)} row labels and {len(columns)} "
            f"column labels: pass an array of shape ({len(rows)}, {len(columns)})"
        )


def plot_attention(
    weights: ArrayLike,
    source: Sequence[str],
    target: Sequence[str],
    title: str | None = None,
    ax: Axes | None = None,
    numbers: bool | None = None,
    framed: Collection[tuple[int, int]] = (),
) -> Figure:
    """Draw attention weights as a heat map: source words across, target words down.

    Args:
        weights: (T, S), each row summing to 1.
        source: the S words that are looked at.
        target: the T words that are written, one to a row.
        title: the figure's message.
        ax: where to draw; a new figure if None.
        numbers: write each weight in its square; None: if there are at most 120 squares.
        framed: links (source word s, target word t), numbered from 0, whose squares get a frame.

    Raises:
        ValueError: the weights are not (T, S).
    """
    weights = np.asarray(weights, dtype=float)
    check_labels("weights", weights, target, source)
    with style():
        if ax is None:
            size = (max(5.0, 2.2 + 0.72 * len(source)), max(3.2, 1.6 + 0.5 * len(target)))
            figure, ax = plt.subplots(figsize=tuple(min(side, 12.0) for side in size))
            finish(figure)
        image = ax.imshow(weights, cmap=WEIGHT_COLOURS, vmin=0, vmax=1, aspect="auto")
        crowded = len(source) > 8
        ax.set_xticks(
            range(len(source)),
            source,
            rotation=50 if crowded else 0,
            ha="left" if crowded else "center",
            parse_math=False,  # in words a dollar is a dollar, here and below
        )
        ax.set_yticks(range(len(target)), target, parse_math=False)
        ax.xaxis.tick_top()
        ax.tick_params(length=0)
        ax.set_xlabel(f"source words: where to look (S = {len(source)})")
        ax.set_ylabel(f"target words (T = {len(target)})")
        ax.set_xticks(np.arange(len(source) + 1) - 0.5, minor=True)
        ax.set_yticks(np.arange(len(target) + 1) - 0.5, minor=True)
        ax.grid(which="minor", color="#CCCCCC", linewidth=0.8)
        ax.tick_params(which="minor", length=0)
        if numbers if numbers is not None else weights.size <= 120:
            for (t, s), weight in np.ndenumerate(weights):
                ax.text(
                    s,
                    t,
                    f"{weight:.2f}",
                    ha="center",
                    va="center",
                    fontsize=11,
                    color=INK if weight >= 0.05 else GREY,
                )
        ax.figure.colorbar(image, ax=ax, label="attention weight", ticks=[0, 0.5, 1])
        for s, t in framed:
            frame = plt.Rectangle((s - 0.47, t - 0.47), 0.94, 0.94, fill=False, edgecolor=NO_ATTENTION)
            frame.set_linewidth(2.5)
            ax.add_patch(frame)
        if title:
            ax.set_title(title, pad=12)
    figure = ax.figure.get_figure(root=True)  # the whole one, also of an `ax` in a subfigure
    say(
        figure,
        title or "",
        f"Heat map of attention weight, {ax.get_ylabel()} down, {ax.get_xlabel()} across",
        rows_text(target, source, weights),
    )
    if framed:
        hits = sum(bool(are_largest(weights[t])[s]) for s, t in framed)
        say(figure, f"Framed squares: {len(framed)}; {hits} of them are the largest in their row")
    return figure


def _draw_table(ax: Axes, table: np.ndarray, limit: float, decimals: int) -> None:
    """Draw a small matrix with its numbers written in."""
    ax.imshow(table, cmap=VECTOR_COLOURS, vmin=-limit, vmax=limit, aspect="auto")
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    for (row, column), number in np.ndenumerate(table):
        text = signed(number, decimals) if number else "0"
        ax.text(
            column,
            row,
            text,
            ha="center",
            va="center",
            fontsize=11,
            color=INK if number else "#8A8A8A",
        )


def plot_pedals(
    words: Sequence[str],
    query: ArrayLike,
    keys: ArrayLike,
    values: ArrayLike,
    key_features: Sequence[str],
    value_features: Sequence[str],
) -> Figure:
    """Draw the six steps of attention, PEDALS, for one query; each word keeps its row all the way.

    Shapes: query (D,), keys (S, D), values (S, Dv); one label for each of S words, D and Dv
    features. Raises ValueError where they do not fit.
    """

    query, keys, values = (np.asarray(array, dtype=float) for array in (query, keys, values))
    check_labels("keys", keys, words, key_features)
    check_labels("values", values, words, value_features)
    context, weights = dot_product_attention(query, keys, values)
    scores = keys @ query
    best = are_largest(weights)
    colours = [ATTENTION if most else "#F3CF80" for most in best]

    with style():
        figure = plt.figure(figsize=(11.5, 6.0), layout="none")
        # Rows of equal height, so that a word keeps its row from panel to panel.
        grid = figure.add_gridspec(
            3,
            4,
            height_ratios=[1, len(words), 1],
            width_ratios=[len(key_features), 2.8, 2.8, len(value_features)],
            left=0.06,
            right=0.99,
            top=0.95,
            bottom=0.15,
            hspace=0.34,
            wspace=0.22,
        )
        pose, examine = figure.add_subplot(grid[0, 0]), figure.add_subplot(grid[1, 0])
        determine, apply = figure.add_subplot(grid[1, 1]), figure.add_subplot(grid[1, 2])
        look_up, send = figure.add_subplot(grid[1, 3]), figure.add_subplot(grid[2, 3])

        _draw_table(pose, query[None, :], 3.5, 0)
        _draw_table(examine, keys, 3.5, 0)
        draw_bars(determine, scores, [GREEN if score > 0 else PURPLE for score in scores], 0)
        draw_bars(apply, weights, colours, 2)
        _draw_table(look_up, values, 3.5, 0)
        _draw_table(send, context[None, :], 1.2, 2)

        for ax, title in (
            (pose, "Pose the query"),
            (examine, "Examine the keys"),
            (determine, "Determine\nthe scores"),
            (apply, "Apply\nsoftmax"),
            (look_up, "Look up the values"),
            (send, "Send the context"),
        ):
            first, rest = title[0], title[1:]
            ax.set_title(f"{first} · {first}{rest}", loc="left", fontsize=12.5)
        for ax in (examine, look_up):
            ax.set_yticks(range(len(words)), words, parse_math=False)
            ax.set_xticks([])
        for ax in (determine, apply):
            ax.set_yticks([])
        pose.set_yticks([0], ["query"])
        pose.set_xticks([])
        send.set_yticks([0], ["context"])
        for ax, features in ((examine, key_features), (send, value_features)):
            ax.set_xticks(
                range(len(features)),
                features,
                rotation=35,
                ha="right",
                rotation_mode="anchor",
                parse_math=False,
            )
        for ax, column in ((examine, len(key_features)), (look_up, len(value_features))):
            for row in np.flatnonzero(best):
                ax.add_patch(
                    plt.Rectangle(
                        (-0.5, row - 0.5), column, 1, fill=False, edgecolor=ATTENTION, linewidth=2.5
                    )
                )
    most = largest(words, weights)
    if best.sum() == 1:
        framed = f"the row of {most}, framed, counts most"
    else:
        framed = f"the rows of {most}, framed, count most" if most else "all rows, framed, count the same"
    alt = [
        f"The six steps of attention for one query over {len(words)} words",
        f"Pose the query: {_named(key_features, query, 0)}",
        "Examine the keys, a row of numbers for each word",
        f"Determine the scores: {_named(words, scores, 0)}",
        f"Apply softmax; the weights: {_named(words, weights, 2)}",
        f"Look up the values: {framed}",
        f"Send the context: {_named(value_features, context, 2)}",
    ]
    return finish(figure, sentences(alt))


def _named(names: Sequence[str], numbers: np.ndarray, decimals: int) -> str:
    pairs = [f"{name} {signed(number, decimals)}" for name, number in zip(names, numbers)]
    return ", ".join(at_most(pairs, "numbers"))
