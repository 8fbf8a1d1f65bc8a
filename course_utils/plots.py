"""The course's figures: one look, one message each, words on the axes.

Every function returns a `Figure` that is already closed to pyplot: as the last value of a cell it
is shown once, with a text that says what it shows. Given an `ax`, a function draws there instead.
Nothing here needs torch.

    with style():                     # the look, for a figure of your own
        figure, ax = plt.subplots()
    finish(figure)                    # shows it, with a text
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager

import matplotlib.pyplot as plt
import numpy as np
from matplotlib import rcParamsDefault
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from course_utils.alt_text import (
    are_largest,
    at_most,
    largest,
    rounded,
    sentences,
    show_figures_as_html,
)
from course_utils.numpy_attention import dot_product_attention, softmax

# Okabe and Ito's palette, which colour-blind readers can tell apart; the first two mean the same
# in every figure.
NO_ATTENTION = "#0072B2"  # blue
ATTENTION = "#E69F00"  # orange
GREEN = "#009E73"
VERMILION = "#D55E00"
PURPLE = "#CC79A7"
GREY = "#666666"
INK = "#1A1A1A"

# Weights: 0 is white, 1 the attention orange. Vectors: negative purple, 0 white, positive green.
WEIGHT_COLOURS = LinearSegmentedColormap.from_list("weights", ["#FFFFFF", "#FBE3AE", ATTENTION])
VECTOR_COLOURS = LinearSegmentedColormap.from_list("vectors", [PURPLE, "#FFFFFF", GREEN])

STYLE = {
    "figure.facecolor": "white",  # opaque, so that dark text stays readable on a dark page
    "axes.facecolor": "white",
    "savefig.facecolor": "white",
    "figure.dpi": 100,
    "figure.constrained_layout.use": True,
    "font.family": "DejaVu Sans",  # ships with matplotlib
    "font.size": 12,
    "axes.titlesize": 13,
    "axes.titleweight": "bold",
    "axes.labelsize": 12,
    "xtick.labelsize": 12,
    "ytick.labelsize": 12,
    "legend.fontsize": 11,
    "legend.frameon": False,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": GREY,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "lines.linewidth": 2.2,
    "lines.markersize": 8,
}


def style() -> AbstractContextManager[None]:
    """Return the context in which figures are made: ``with style(): plt.subplots()``."""
    # A learner's own font stays, for words that ours has no letters for (Chinese, say).
    own = [name for name in plt.rcParams["font.family"] if name not in rcParamsDefault["font.family"]]
    return plt.rc_context(STYLE | {"font.family": [*own, STYLE["font.family"]]})


def finish(figure: Figure, alt: str | None = None) -> Figure:
    """Close `figure` to pyplot, so that Jupyter shows it once, where it is returned, with a text.

    The text, for those who do not see the figure, is `alt`, or else what
    `course_utils.alt_text.describe` says of the figure as it is when it is shown.
    """
    plt.close(figure)
    if alt is not None:
        figure.alt_text = alt  # kept by copies and pickles, too
    show_figures_as_html()
    return figure


def _minus(number: float, decimals: int) -> str:
    """Return `number` rounded, with a real minus sign, and none before a zero."""
    return f"{round(float(number), decimals) + 0.0:.{decimals}f}".replace("-", "−")


def _check_labels(
    name: str, array: np.ndarray, rows: Sequence[str], columns: Sequence[str]
) -> None:
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
) -> Figure:
    """Draw attention weights as a heat map: French words across, English words down.

    Args:
        weights: (T, S), each row summing to 1.
        source: the S words that are looked at.
        target: the T words that are written, one to a row.
        title: the figure's message.
        ax: where to draw; a new figure if None.
        numbers: write each weight in its square; None: if there are at most 120 squares.

    Raises:
        ValueError: the weights are not (T, S).
    """
    weights = np.asarray(weights, dtype=float)
    _check_labels("weights", weights, target, source)
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
        )
        ax.set_yticks(range(len(target)), target)
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
        if title:
            ax.set_title(title, pad=12)
    return ax.figure


def _draw_table(ax: Axes, table: np.ndarray, limit: float, decimals: int) -> None:
    """Draw a small matrix with its numbers written in."""
    ax.imshow(table, cmap=VECTOR_COLOURS, vmin=-limit, vmax=limit, aspect="auto")
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    for (row, column), number in np.ndenumerate(table):
        text = _minus(number, decimals) if number else "0"
        ax.text(
            column,
            row,
            text,
            ha="center",
            va="center",
            fontsize=11,
            color=INK if number else "#8A8A8A",
        )


def _draw_bars(
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
        text = _minus(number, decimals)
        ax.text(max(number, 0) + 0.04 * spread, row, text, va="center", fontsize=11)
    ax.set_xlim(low - 0.05 * spread, high + 0.42 * spread)
    ax.set_ylim(len(numbers) - 0.5, -0.5)
    ax.set_xticks([])
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)


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
    _check_labels("keys", keys, words, key_features)
    _check_labels("values", values, words, value_features)
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
        _draw_bars(determine, scores, [GREEN if score > 0 else PURPLE for score in scores], 0)
        _draw_bars(apply, weights, colours, 2)
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
            ax.set_yticks(range(len(words)), words)
            ax.set_xticks([])
        for ax in (determine, apply):
            ax.set_yticks([])
        pose.set_yticks([0], ["query"])
        pose.set_xticks([])
        send.set_yticks([0], ["context"])
        examine.set_xticks(
            range(len(key_features)), key_features, rotation=35, ha="right", rotation_mode="anchor"
        )
        send.set_xticks(
            range(len(value_features)),
            value_features,
            rotation=35,
            ha="right",
            rotation_mode="anchor",
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
    pairs = [f"{name} {_minus(number, decimals)}" for name, number in zip(names, numbers)]
    return ", ".join(at_most(pairs, "numbers"))


def plot_query_plane(
    words: Sequence[str],
    points: ArrayLike,
    query: ArrayLike,
    axis_labels: tuple[str, str],
    title: str | None = None,
) -> Figure:
    """Draw keys and a query as arrows in a plane; the larger a key's dot, the larger its weight.

    Shapes: points (S, 2), query (2,). Words whose keys coincide share a label.
    """

    points, query = np.asarray(points, dtype=float), np.asarray(query, dtype=float)
    _check_labels("points", points, words, axis_labels)
    _, weights = dot_product_attention(query, points)
    groups, names, keys = group_points(points), [], []
    drawn = np.vstack([points, query, [[0, 0]]])
    low, high = drawn.min(axis=0), drawn.max(axis=0)
    margin = 0.35 * (high - low).max()
    with style():
        figure, ax = plt.subplots(figsize=(6.4, 5.4))
        ax.axhline(0, color="#CCCCCC", linewidth=1, zorder=0)
        ax.axvline(0, color="#CCCCCC", linewidth=1, zorder=0)
        for point, members in groups.items():
            weight = weights[members].sum()
            name = ", ".join(words[member] for member in members)
            each = f"{weights[members[0]]:.2f}" + (" each" if len(members) > 1 else "")
            names.append(name)
            keys.append(f"{name} at ({', '.join(map(rounded, point))}), weight {each}")
            ax.annotate(
                "",
                xy=point,
                xytext=(0, 0),
                arrowprops={"arrowstyle": "-|>", "color": GREEN, "lw": 2},
            )
            ax.scatter(
                *point,
                s=30 + 1500 * weight,
                color=ATTENTION,
                edgecolor=INK,
                linewidth=0.8,
                zorder=3,
            )
            up, right = point[1] > 0, point[0] > 0
            ax.annotate(
                f"{name}\n{each}",
                xy=point,
                xytext=(10 if right else -14, (18 if weight > 0.3 else 8) * (1 if up else -1)),
                textcoords="offset points",
                ha="left" if right else "right",
                va="bottom" if up else "top",
            )
        ax.annotate(
            "",
            xy=query,
            xytext=(0, 0),
            arrowprops={"arrowstyle": "-|>", "color": NO_ATTENTION, "lw": 3},
        )
        ax.annotate(
            "query",
            xy=query,
            xytext=(6, 6),
            textcoords="offset points",
            color=NO_ATTENTION,
            fontweight="bold",
            ha="center",
            va="bottom",
        )
        ax.set(
            xlim=(low[0] - margin, high[0] + margin / 2),
            ylim=(low[1] - margin, high[1] + margin),
            aspect="equal",
            xlabel=axis_labels[0],
            ylabel=axis_labels[1],
        )
        if title:
            ax.set_title(title)
    alt = [
        title or "A query among keys",
        f"Arrows in a plane, {axis_labels[0]} across and {axis_labels[1]} up",
        f"The query points to ({', '.join(map(rounded, query))})",
        f"Keys: {'; '.join(at_most(keys, 'keys'))}",
    ]
    if query.any():
        scores = np.array(list(groups)) @ query
        alt.append(f"Furthest along the query: {largest(names, scores) or 'all'}")
    return finish(figure, sentences(alt))


def group_points(points: np.ndarray) -> dict[tuple[float, ...], list[int]]:
    """Return which rows of `points` coincide: point → the numbers of its rows, in order."""
    groups: dict[tuple[float, ...], list[int]] = {}
    for row, point in enumerate(np.asarray(points, dtype=float).tolist()):
        groups.setdefault(tuple(point), []).append(row)
    return groups


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
            _draw_bars(ax, weights, [ATTENTION] * len(words), 2, longest=1)
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
    return finish(figure)
