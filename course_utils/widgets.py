"""Sliders, as thin shells over pure functions.

Each `…_view` function takes plain data and returns HTML: test that, and read that. Each explorer
sets the value of one `ipywidgets.HTML` from its view as the sliders move. Nothing here needs torch.
`AttentionView` and `translation_explorer` have modules of their own, and are here to be found.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from html import escape

import ipywidgets as W
import numpy as np
from numpy.typing import ArrayLike

from course_utils.explorer import translation_explorer as translation_explorer
from course_utils.numpy_attention import dot_product_attention, softmax
from course_utils.plots import ATTENTION, GREEN, NO_ATTENTION, group_points
from course_utils.visualiser import AttentionView as AttentionView

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
    asking = f"Writing “{step}”: at" if step else "At"
    best = words[int(weights.argmax())]
    share = f"“{best}” gets {weights.max():.0%} of the attention"
    return bars_view(words, weights, f"{asking} temperature {temperature:.2f}, {share}.")


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
    plane = _plane_svg(words, points, weights, query, axis_labels)
    bars = bars_view(words, weights, f"The query [{x:.1f}, {y:.1f}] gives these weights:")
    layout = "display:flex;flex-wrap:wrap;gap:24px;align-items:center"
    return f'<div style="{layout}">{plane}{bars}</div>'


def _plane_svg(
    words: Sequence[str],
    points: np.ndarray,
    weights: np.ndarray,
    query: np.ndarray,
    axis_labels: tuple[str, str],
) -> str:
    """Return the SVG of `query_view`: a dot at the tip of each key, the larger the more weight."""
    middle, unit = 160, 39  # pixels: half the side, and the length of 1

    def arrow(tip: ArrayLike, colour: str, width: int) -> str:
        x, y = unit * np.asarray(tip)
        length, angle, head = math.hypot(x, y), -math.degrees(math.atan2(y, x)), 3 * width
        return (
            f'<g transform="translate({middle} {middle}) rotate({angle:.1f})" '
            f'fill="{colour}" stroke="{colour}" stroke-width="{width}">'
            f'<line x2="{max(length - head, 0):.1f}"/><path stroke="none" '
            f'd="M{length:.1f} 0l{-head} {-head / 2}v{head}z"/></g>'
        )

    def text(x: float, y: float, words: str, anchor: str, weight: str = "normal") -> str:
        return (
            f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" '
            f'style="fill:{_TEXT};font-size:13px;font-weight:{weight}">{escape(words)}</text>'
        )

    parts = [
        f'<path d="M0 {middle}H{2 * middle}M{middle} 0V{2 * middle}" style="stroke:{_FAINT}"/>',
        text(2 * middle - 2, middle + 16, axis_labels[0], "end"),
        text(middle + 6, 13, axis_labels[1], "start"),
    ]
    for point, members in group_points(points).items():
        x, y = middle + unit * point[0], middle - unit * point[1]
        radius = 3 + 11 * math.sqrt(weights[members].sum())
        side, anchor = (1, "start") if point[0] > 0 else (-1, "end")
        label = ", ".join(words[member] for member in members)
        above = -(radius + 3) if point[1] > 0 else radius + 13
        parts += [
            arrow(point, GREEN, 2),
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{ATTENTION}"/>',
            text(x + 6 * side, y + above, label, anchor),
        ]
    x, y = query * (unit + 20 / max(float(np.linalg.norm(query)), 1))  # just past its tip
    parts += [
        arrow(query, NO_ATTENTION, 3),
        text(middle + x, middle - y + 4, "query", "middle", "bold"),
    ]
    return (
        f'<svg width="{2 * middle}" height="{2 * middle}" role="img" '
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
            max=3.6,
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
