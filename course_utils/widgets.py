"""Sliders, as thin shells over pure functions.

Each `…_view` function takes plain data and returns HTML: test that, and read that. Each explorer
sets the value of one `ipywidgets.HTML` from its view as the sliders move. Nothing here needs torch.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from html import escape

import ipywidgets as W
import numpy as np
from numpy.typing import ArrayLike

from course_utils.numpy_attention import dot_product_attention, softmax
from course_utils.plots import ATTENTION, GREEN, NO_ATTENTION, group_points

# JupyterLab's own colours, so that views follow its theme; after the comma, those used elsewhere.
_TEXT = "var(--jp-content-font-color1, #1a1a1a)"
_FAINT = "var(--jp-border-color1, #bdbdbd)"
_SLIDER = W.Layout(flex="0 0 auto", width="420px")
_SLIDER_STYLE = {"description_width": "110px"}
_CELL = "padding:2px"  # completed where it is used


def bars_view(words: Sequence[str], weights: ArrayLike, caption: str = "") -> str:
    """Return HTML with one bar a word, as long as its weight (0 to 1) and with its number.

    Raises ValueError unless there is one weight a word.
    """
    weights = np.asarray(weights, dtype=float)
    if weights.shape != (len(words),):
        raise ValueError(
            f"{len(words)} words but weights of shape {weights.shape}: pass one weight a word"
        )
    rows = "".join(
        f'<tr><td style="{_CELL} 10px 2px 0;text-align:right">{escape(word)}</td>'
        f'<td style="{_CELL} 0;width:300px"><div style="height:14px;min-width:1px;'
        f'width:{100 * weight:.1f}%;background:{ATTENTION}"></div></td>'
        f'<td style="{_CELL} 0 2px 10px;font-variant-numeric:tabular-nums">{weight:.2f}</td></tr>'
        for word, weight in zip(words, weights, strict=True)
    )
    return (
        f'<div style="color:{_TEXT};font-size:14px;line-height:1.4">'
        f'<div style="margin:4px 0">{escape(caption)}</div>'
        '<table style="border-collapse:collapse;color:inherit;font-size:inherit">'
        f"<tbody>{rows}</tbody></table></div>"
    )


def temperature_view(
    words: Sequence[str], scores: ArrayLike, temperature: float, step: str = ""
) -> str:
    """Return HTML bars of softmax(scores / temperature), with a caption. Shape: scores (S,).

    Raises ValueError if the temperature is not above 0.
    """
    if not temperature > 0:
        raise ValueError(f"a temperature of {temperature} makes no weights: pass a number above 0")
    weights = softmax(np.asarray(scores, dtype=float) / temperature)
    asking = f"Writing “{step}”: " if step else ""
    best = words[int(weights.argmax())]
    share = f"“{best}” gets {weights.max():.0%} of the attention"
    return bars_view(words, weights, f"{asking}at temperature {temperature:.2f}, {share}.")


def query_view(
    words: Sequence[str],
    points: ArrayLike,
    angle: float,
    length: float,
    axis_labels: tuple[str, str],
) -> str:
    """Return HTML: keys and a query as arrows in the plane, and the weights that result.

    Args:
        words: S words.
        points: their keys, (S, 2).
        angle: of the query, in degrees, anticlockwise from the first axis.
        length: of the query.
        axis_labels: what the two features mean.
    """
    points = np.asarray(points, dtype=float)
    query = length * np.array([math.cos(math.radians(angle)), math.sin(math.radians(angle))])
    _, weights = dot_product_attention(query, points)
    x, y = query.round(1) + 0.0  # adding 0 turns -0 into 0
    caption = f"query = [{x:.1f}, {y:.1f}]: the closer a key's direction, the larger its weight."
    return (
        '<div style="display:flex;flex-wrap:wrap;gap:24px;align-items:center">'
        f"{_plane_svg(words, points, query, axis_labels)}{bars_view(words, weights, caption)}</div>"
    )


def _plane_svg(
    words: Sequence[str], points: np.ndarray, query: np.ndarray, axis_labels: tuple[str, str]
) -> str:
    size, limit = 320, 4.4

    def place(point: Sequence[float]) -> tuple[float, float]:
        return size / 2 * (1 + point[0] / limit), size / 2 * (1 - point[1] / limit)

    def arrow(point: Sequence[float], colour: str, width: float) -> str:
        (x0, y0), (x1, y1) = place((0, 0)), place(point)
        reach = math.hypot(x1 - x0, y1 - y0) or 1.0
        ux, uy = (x1 - x0) / reach, (y1 - y0) / reach
        tip = 5 + width
        wings = [
            (x1, y1),
            *(
                (x1 - tip * ux + side * uy, y1 - tip * uy - side * ux)
                for side in (-tip / 2, tip / 2)
            ),
        ]
        return (
            f'<line x1="{x0:.1f}" y1="{y0:.1f}" x2="{x1 - tip * ux:.1f}" y2="{y1 - tip * uy:.1f}" '
            f'stroke="{colour}" stroke-width="{width}"/>'
            f'<polygon points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in wings)}" fill="{colour}"/>'
        )

    def text(x: float, y: float, words: str, anchor: str = "start", extra: str = "") -> str:
        return (
            f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" '
            f'style="fill:{_TEXT};font-size:13px{extra}">{escape(words)}</text>'
        )

    middle = size / 2
    parts = [
        f'<line x1="0" y1="{middle}" x2="{size}" y2="{middle}" style="stroke:{_FAINT}"/>',
        f'<line x1="{middle}" y1="0" x2="{middle}" y2="{size}" style="stroke:{_FAINT}"/>',
        text(size - 2, middle + 16, axis_labels[0], "end"),
        text(middle + 6, 13, axis_labels[1]),
    ]
    for point, members in group_points(points).items():
        x, y = place(point)
        label = ", ".join(words[member] for member in members)
        side, anchor = (7, "start") if point[0] > 0 else (-7, "end")
        parts += [
            arrow(point, GREEN, 2),
            text(x + side, y + (-6 if point[1] > 0 else 14), label, anchor),
        ]
    x, y = place(query * (1 + 0.35 / max(float(np.linalg.norm(query)), 0.1)))
    parts += [arrow(query, NO_ATTENTION, 3), text(x, y + 4, "query", "middle", ";font-weight:bold")]
    return (
        f'<svg width="{size}" height="{size}" viewBox="0 0 {size} {size}" role="img" '
        f'aria-label="Keys and query as arrows in the plane">{"".join(parts)}</svg>'
    )


class Explorer(W.VBox):
    """Sliders above one HTML view: `view` draws it, `controls` are its arguments by name.

    Where no kernel runs (GitHub, a printed page) a reader sees its text: a sentence, not a list of
    objects.
    """

    def __init__(self, view: Callable[..., str], controls: dict[str, W.Widget]) -> None:
        self.view, self.controls, self.html = view, controls, W.HTML()
        super().__init__([*controls.values(), self.html])
        for control in controls.values():
            control.observe(self._redraw, names="value")
        self._redraw()

    def _redraw(self, _change: object = None) -> None:
        self.html.value = self.view(
            **{name: control.value for name, control in self.controls.items()}
        )

    def __repr__(self) -> str:
        return "(Sliders: run this notebook in JupyterLab to move them.)"


def temperature_explorer(
    words: Sequence[str], scores: ArrayLike, steps: Sequence[str] | None = None
) -> Explorer:
    """Return a slider for the temperature of attention.

    Args:
        words: S words that are looked at.
        scores: (S,), or (T, S) for a second slider that chooses one of T decoder steps.
        steps: the T words that are being written, with scores of shape (T, S).
    """
    scores = np.atleast_2d(np.asarray(scores, dtype=float))
    if steps is not None and len(steps) != len(scores):
        raise ValueError(
            f"{len(steps)} steps but scores of shape {scores.shape}: pass one row of scores a step"
        )
    controls: dict[str, W.Widget] = {}
    if steps is not None:
        controls["step"] = W.IntSlider(
            1, 1, len(steps), description="decoder step", layout=_SLIDER, style=_SLIDER_STYLE
        )
    controls["temperature"] = W.FloatLogSlider(
        1.0,
        base=10,
        min=-1,
        max=1,
        step=0.05,
        readout_format=".2f",
        description="temperature",
        layout=_SLIDER,
        style=_SLIDER_STYLE,
    )

    def view(temperature: float, step: int = 1) -> str:
        return temperature_view(
            words, scores[step - 1], temperature, steps[step - 1] if steps else ""
        )

    return Explorer(view, controls)


def query_explorer(
    words: Sequence[str], points: ArrayLike, query: ArrayLike, axis_labels: tuple[str, str]
) -> Explorer:
    """Return sliders that turn and stretch a `query`, (2,), among the keys `points`, (S, 2)."""
    x, y = np.asarray(query, dtype=float)
    controls = {
        "angle": W.IntSlider(
            round(math.degrees(math.atan2(y, x))),
            -180,
            180,
            description="angle (degrees)",
            layout=_SLIDER,
            style=_SLIDER_STYLE,
        ),
        "length": W.FloatSlider(
            round(math.hypot(x, y), 1),
            min=0,
            max=4,
            step=0.1,
            readout_format=".1f",
            description="length",
            layout=_SLIDER,
            style=_SLIDER_STYLE,
        ),
    }
    return Explorer(
        lambda angle, length: query_view(words, points, angle, length, axis_labels), controls
    )
