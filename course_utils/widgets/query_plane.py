"""Attention in the plane: turn and stretch a query among keys, and see scores, weights and context move.

NumPy only. `query_view` is the pure function, `query_explorer` its sliders.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

import numpy as np
from numpy.typing import ArrayLike

from course_utils.figures.style import ATTENTION, GREEN, GREY, NO_ATTENTION, VERMILION
from course_utils.figures.texts import signed
from course_utils.numpy_attention import dot_product_attention
from course_utils.widgets.base import Explorer, decimal_slider, number_slider, temperature_slider
from course_utils.widgets.moving import PageScript
from course_utils.widgets.views import FAINT, TEXT, columns_view

MIDDLE, UNIT = 190, 40  # pixels: half the picture's side, and the length of 1


def query_view(
    words: Sequence[str],
    points: ArrayLike,
    angle: float,
    length: float,
    axis_labels: tuple[str, str],
    temperature: float = 1.0,
    real: int | None = None,
) -> str:
    """Return HTML: keys, a query and the context as arrows; the scores and weights beside them.

    The keys are their own values, so the context lies in the same plane.

    Args:
        words: S words.
        points: their keys, (S, 2).
        angle: of the query, in degrees, anticlockwise from the first axis.
        length: of the query.
        axis_labels: what the two features mean.
        temperature: the scores are divided by it before the softmax.
        real: how many words are real; those after are masked. None: all.

    Raises:
        ValueError: the points are not (S, 2), the temperature is not above 0, or there are not so many words.
    """
    points = np.asarray(points, dtype=float)
    if points.shape != (len(words), 2):
        raise ValueError(f"{len(words)} words but points of shape {points.shape}: pass one (x, y) a word")
    if not temperature > 0:
        raise ValueError(f"a temperature of {temperature} makes no weights: pass a number above 0")
    real = len(words) if real is None else real
    if not 0 <= real <= len(words):
        raise ValueError(f"{real} real words of {len(words)}: pass a number from 0 to {len(words)}")
    mask = np.arange(len(words)) < real
    query = length * np.array([math.cos(math.radians(angle)), math.sin(math.radians(angle))])
    scores = points @ query
    context, weights = dot_product_attention(query / temperature, points, mask=mask)
    said = f"The query {_vector(query)} fetches the context {_vector(context)}"
    bars = columns_view(
        words,
        {"weight": weights},
        said + ("." if mask.all() else f". The mask hides {len(words) - real} of {len(words)} words."),
        texts={"score": [signed(s, 1) if kept else "−∞" for s, kept in zip(scores, mask)]},
    )
    plane = _plane_svg(words, points, weights, mask, query, context, axis_labels)
    layout = "display:flex;flex-wrap:wrap;gap:4px 28px;align-items:center"
    return f'<div style="{layout}">{plane}{bars}</div>'


def _vector(numbers: np.ndarray) -> str:
    return f"[{', '.join(signed(number, 1) for number in numbers)}]"


def _plane_svg(
    words: Sequence[str],
    points: np.ndarray,
    weights: np.ndarray,
    mask: np.ndarray,
    query: np.ndarray,
    context: np.ndarray,
    axis_labels: tuple[str, str],
) -> str:
    """Return the picture: a dot at the tip of each key, the larger the more weight."""
    side = 2 * MIDDLE
    parts = [
        f'<path d="M0 {MIDDLE}H{side}M{MIDDLE} 0V{side}" style="stroke:{FAINT}"/>',
        _text(side - 2, MIDDLE + 18, axis_labels[0], "end"),
        _text(MIDDLE + 6, 14, axis_labels[1], "start"),
    ]
    for point, members in _groups(points).items():
        x, y = MIDDLE + UNIT * point[0], MIDDLE - UNIT * point[1]
        radius = 3 + 12 * math.sqrt(weights[members].sum())
        right, anchor = (1, "start") if point[0] > 0 else (-1, "end")
        label = ", ".join(words[s] if mask[s] else f"({words[s]})" for s in members)
        above = -(radius + 4) if point[1] > 0 else radius + 15
        kept = mask[members].any()
        parts += [
            _arrow(point, GREEN if kept else GREY, 2, "" if kept else "3 4"),
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{ATTENTION if kept else GREY}"/>',
            _text(x + 6 * right, y + above, label, anchor),
        ]
    x, y = query * (UNIT + 20 / max(float(np.linalg.norm(query)), 1))  # just past its tip
    parts += [
        _arrow(query, NO_ATTENTION, 3),
        _text(MIDDLE + x, MIDDLE - y + 4, "query", "middle", "bold"),
        _arrow(context, VERMILION, 4, "7 4"),
        # Its name stands in a corner: at its tip there are keys.
        f'<path d="M2 {side - 13}h34" stroke="{VERMILION}" stroke-width="4" stroke-dasharray="7 4"/>',
        _text(44, side - 8, "context", "start", "bold"),
    ]
    said = f"Arrows in the plane: the query {_vector(query)}, the context {_vector(context)}, and the keys"
    return (
        f'<svg width="{side}" height="{side}" viewBox="0 0 {side} {side}" '
        f'style="overflow:visible;max-width:100%;height:auto" '
        f'role="img" aria-label="{said}">{"".join(parts)}</svg>'
    )


def _arrow(tip: ArrayLike, colour: str, width: int, dashes: str = "") -> str:
    x, y = UNIT * np.asarray(tip)
    length, angle = math.hypot(x, y), -math.degrees(math.atan2(y, x))
    head = min(3 * width, length)
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return (
        f'<g transform="translate({MIDDLE} {MIDDLE}) rotate({angle:.1f})" '
        f'fill="{colour}" stroke="{colour}" stroke-width="{width}">'
        f'<line x2="{length - head:.1f}"{dashed}/><path stroke="none" '
        f'd="M{length:.1f} 0l{-head:.1f} {-head / 2:.1f}v{head:.1f}z"/></g>'
    )


def _text(x: float, y: float, words: str, anchor: str, weight: str = "normal") -> str:
    # A rim in the page's colour keeps letters apart from the lines that they cross.
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" style="fill:{TEXT};font-size:15px;'
        f'font-weight:{weight};paint-order:stroke;stroke:var(--jp-layout-color0, #fff);stroke-width:3px">'
        f"{escape(words)}</text>"
    )


def query_explorer(
    words: Sequence[str],
    points: ArrayLike,
    query: ArrayLike,
    axis_labels: tuple[str, str],
    temperature: bool = False,
    mask: bool = False,
) -> Explorer:
    """Return sliders that turn and stretch a `query`, (2,), among the keys `points`, (S, 2).

    With `temperature` and `mask` there are two more: for the temperature, and for how many of the
    words are real. Raises ValueError unless the query is (2,) and the points are (S, 2).
    """
    if np.shape(query) != (2,):
        raise ValueError(f"a query of shape {np.shape(query)}: pass its two numbers, (x, y)")
    x, y = np.asarray(query, dtype=float)
    size = round(math.hypot(x, y), 1)
    controls = {
        "angle": number_slider("angle (degrees)", round(math.degrees(math.atan2(y, x))), -180, 180),
        "length": decimal_slider("length", size, 0, max(3.6, size)),
    }
    if temperature:
        controls["temperature"] = temperature_slider()
    if mask:
        controls["real"] = number_slider("real words", len(words), 0, len(words))

    def view(angle: float, length: float, temperature: float = 1.0, real: int | None = None) -> str:
        return query_view(words, points, angle, length, axis_labels, temperature, real)

    numbers = np.asarray(points, dtype=float)
    data = {
        "words": list(words),
        "points": numbers.tolist(),
        "groups": [{"point": point, "members": rows} for point, rows in _groups(numbers).items()],
        "colours": {"key": GREEN, "weight": ATTENTION, "masked": GREY},
        "middle": MIDDLE,
        "unit": UNIT,
    }
    return Explorer(view, controls, page=PageScript("query_plane.js", data, list(controls)))


def _groups(points: np.ndarray) -> dict[tuple[float, float], list[int]]:
    """Return which rows of `points` (S, 2) coincide: point → the numbers of its rows, in order."""
    groups: dict[tuple[float, float], list[int]] = {}
    for row, (x, y) in enumerate(np.asarray(points, dtype=float).tolist()):
        groups.setdefault((x, y), []).append(row)
    return groups
