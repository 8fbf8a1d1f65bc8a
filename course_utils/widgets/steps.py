"""Sliders over one decoding step: what it computes, and what it would write if it looked elsewhere.

`step_view` and `weights_view` are pure functions of plain data; `stepper` and `weights_explorer` ask a
model and put sliders above them. Nothing here needs torch before a model is asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from course_utils.figures.style import GREEN, PURPLE
from course_utils.figures.texts import signed
from course_utils.widgets.base import Explorer, number_slider
from course_utils.widgets.views import CELL, FAINT, bar, frame, words_width

if TYPE_CHECKING:
    from course_utils.analysis.trace import Likely, Step
    from course_utils.model.translator import Translator


def strip_view(name: str, numbers: ArrayLike, limit: float) -> str:
    """Return HTML: a vector as a row of cells, one a number: green above the line, purple below it.

    A cell reaches to the edge where its number is as large as `limit`, so that strips drawn with the
    same `limit` can be compared. Shape: numbers (H,).
    """
    numbers = np.asarray(numbers, dtype=float)
    heights = np.rint(20 * np.clip(numbers / (limit or 1), -1, 1)).astype(int)
    paths = "".join(
        f'<path d="{"".join(f"M{5 * i + 2} 21v{-h}" for i, h in enumerate(heights) if sign * h > 0)}" '
        f'stroke="{colour}" stroke-width="4"/>'
        for sign, colour in ((1, GREEN), (-1, PURPLE))
    )
    width = 5 * len(numbers)
    low, high = signed(numbers.min(), 1), signed(numbers.max(), 1)
    said = f"{name}: {len(numbers)} numbers, from {low} to {high}"
    return (
        f'<div style="margin:6px 0"><div>{escape(said)}</div><svg role="img" aria-label="{escape(said)}" '
        f'width="{width}" height="42" viewBox="0 0 {width} 42" preserveAspectRatio="none" '
        f'style="max-width:100%;height:42px;display:block">{paths}'
        f'<path d="M0 21h{width}" style="stroke:{FAINT}"/></svg></div>'
    )


def likeliest_view(heading: str, likeliest: Likely, written: str) -> str:
    """Return HTML: the likeliest next words with their probabilities; the one `written` is marked."""
    rows = "".join(
        f'<tr style="background:none"><td style="{CELL}">{"✓" if word == written else ""}</td>'
        f'<td style="{CELL};text-align:left;overflow:hidden;text-overflow:ellipsis;white-space:nowrap">'
        f'{escape(word)}</td><td style="{CELL}">{bar(p)}</td>'
        f'<td style="{CELL};text-align:right">{_percent(p)}</td></tr>'
        for word, p in likeliest
    )
    columns = "".join(f'<col style="width:{width}px"/>' for width in (22, 110, 120, 70))
    style = "table-layout:fixed;width:322px;border:0;border-collapse:collapse;color:inherit;margin:0"
    return (
        f'<div style="margin:6px 0"><div>{escape(heading)}</div><table style="{style};font-size:inherit">'
        f"<colgroup>{columns}</colgroup><tbody>{rows}</tbody></table></div>"
    )


def _percent(p: float) -> str:
    return f"{100 * p:.1f} %" if p >= 0.0005 else "&lt; 0.1 %"


class Limits(NamedTuple):
    """Which numbers fill the strips and bars: the same for all steps, so that they can be compared."""

    query: float
    context: float
    lowest: float  # score, at most 0
    highest: float  # score, at least 0

    @classmethod
    def of(cls, steps: Sequence[Step]) -> Limits:
        scores = [float(score) for step in steps for score in step.scores]
        return cls(
            query=float(np.abs([step.query for step in steps]).max()),
            context=float(np.abs([step.context for step in steps]).max()),
            lowest=min(0.0, *scores),
            highest=max(0.0, *scores),
        )


def step_view(source: Sequence[str], steps: Sequence[Step], t: int) -> str:
    """Return HTML: all that happens in step `t`, from 1, of `steps` over the S words of `source`.

    Raises ValueError for a step that there is not, and unless there is one score a word.
    """
    if not 1 <= t <= len(steps):
        raise ValueError(f"there is no step {t}; choose one from 1 to {len(steps)}")
    if len(source) != len(steps[0].scores):
        raise ValueError(f"{len(source)} words but {len(steps[0].scores)} scores: pass one word a score")
    step, limits = steps[t - 1], Limits.of(steps)
    so_far = " ".join(word.last for word in steps[1:t]) or "nothing"
    caption = f"Step {t} of {len(steps)}. Written so far: {so_far}. The last word: {step.last}"
    body = (
        strip_view("P · the query", step.query, limits.query)
        + _scores_and_weights(source, step, limits)
        + strip_view("L, S · the context", step.context, limits.context)
        + likeliest_view("The likeliest next words", step.likeliest, step.word)
    )
    return frame(caption, body)


def _scores_and_weights(source: Sequence[str], step: Step, limits: Limits) -> str:
    """Return a table: a word, its score left or right of a zero line, its weight."""
    spread = limits.highest - limits.lowest or 1.0
    zero = -100 * limits.lowest / spread
    line = f"linear-gradient({FAINT},{FAINT}) {zero:.1f}%/1px 100% no-repeat"
    rows = ""
    for word, score, weight in zip(source, step.scores, step.weights, strict=True):
        left, length = zero + 100 * min(float(score), 0.0) / spread, 100 * abs(float(score)) / spread
        rows += (
            f'<tr style="background:none"><td style="{CELL};text-align:right;white-space:nowrap">'
            f'{escape(word)}</td><td style="{CELL};text-align:right">{signed(score, 1)}</td>'
            f'<td style="{CELL}"><div style="background:{line}">'
            f'<div style="height:14px;margin-left:{left:.1f}%;width:{length:.1f}%;'
            f'background:{GREEN if score > 0 else PURPLE}"></div></div></td>'
            f'<td style="{CELL}">{bar(weight)}</td><td style="{CELL};text-align:left">{weight:.2f}</td></tr>'
        )
    label = words_width(source)
    columns = "".join(f'<col style="width:{width}px"/>' for width in (label, 56, 150, 150, 46))
    heads = (("", 1), ("D · scores", 2), ("A · weights", 2))
    head = "".join(
        f'<th colspan="{span}" style="{CELL};text-align:center">{text}</th>' for text, span in heads
    )
    style = "table-layout:fixed;margin:6px 0;border:0;border-collapse:separate;border-spacing:6px 0"
    return (
        f'<div style="overflow-x:auto"><table style="{style};color:inherit;font-size:inherit;'
        f'width:{label + 438}px"><colgroup>{columns}</colgroup><thead style="border:0">'
        f'<tr style="background:none">{head}</tr></thead><tbody>{rows}</tbody></table></div>'
    )


def stepper(translator: Translator, text: str | Sequence[str]) -> Explorer:
    """Return a slider over the steps in which a model translates `text`, each opened up.

    Raises ValueError for a model without attention, an empty sentence, and unknown words.
    """
    from course_utils.analysis.trace import attended_tokens, decoding_steps

    source, steps = attended_tokens(translator, text), decoding_steps(translator, text)

    def view(step: int) -> str:
        return step_view(source, steps, step)

    return Explorer(view, {"step": number_slider("output step", 1, 1, len(steps))}, tallest=view(len(steps)))
