"""A figure of keys and a query in a plane."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from course_utils.figures.attention import check_labels
from course_utils.figures.style import ATTENTION, GREEN, INK, NO_ATTENTION, finish, style
from course_utils.figures.texts import at_most, largest, rounded, sentences
from course_utils.numpy_attention import dot_product_attention


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
    check_labels("points", points, words, axis_labels)
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
            xy=tuple(query),
            xytext=(0, 0),
            arrowprops={"arrowstyle": "-|>", "color": NO_ATTENTION, "lw": 3},
        )
        ax.annotate(
            "query",
            xy=tuple(query),
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


def group_points(points: np.ndarray) -> dict[tuple[float, float], list[int]]:
    """Return which rows of `points` (S, 2) coincide: point → the numbers of its rows, in order."""
    groups: dict[tuple[float, float], list[int]] = {}
    for row, (x, y) in enumerate(np.asarray(points, dtype=float).tolist()):
        groups.setdefault((x, y), []).append(row)
    return groups
