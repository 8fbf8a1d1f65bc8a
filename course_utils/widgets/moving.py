"""What lets a view move where no kernel runs: its states drawn beforehand, and a script to choose among them.

    controls ─▶ all their values ─▶ view(…) for each ─▶ table of distinct views ─▶ JSON, deflated, base64
                                                                                    │
    moving.js: native sliders over the table, and a `PageScript` for what is computed in the page ◀┘

A view that depends on one or two controls has some hundred states: all are drawn here, each distinct one
is stored once. Where there would be too many, controls are left out of the table, and a script completes
the view.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import ipywidgets as W
import numpy as np

from course_utils.widgets.page import asset

MOST = 2000  # views that are drawn beforehand


@dataclass(frozen=True)
class PageScript:
    """A script that completes a view in the page, and the data that it computes with.

    `moves` names the controls that it sees to: they are left out of the table, which is drawn with their
    values at the start (or those that `start` returns, given the others' values).
    """

    name: str  # of the file, such as "query_plane.js"
    data: Mapping[str, Any]
    moves: Sequence[str]
    start: Callable[..., Mapping[str, Any]] = field(default=lambda **_: {})


def places(control: W.Widget) -> tuple[list[Any], list[str]]:
    """Return all values of a slider, in order, and how each is read out.

    Raises TypeError for a control that is no slider of `course_utils.widgets.base`.
    """
    if isinstance(control, W.SelectionSlider):
        return [value for _, value in control.options], [label for label, _ in control.options]
    if isinstance(control, W.IntSlider):
        numbers = list(range(control.min, control.max + 1, control.step))
        return numbers, [str(number) for number in numbers]
    if not isinstance(control, (W.FloatSlider, W.FloatLogSlider)):
        raise TypeError(
            f"a {type(control).__name__} has no list of values: use one of the sliders of base.py"
        )
    steps = np.arange(round((control.max - control.min) / control.step) + 1)
    marks = np.round(control.min + control.step * steps, 10).tolist()
    values = [control.base**mark for mark in marks] if isinstance(control, W.FloatLogSlider) else marks
    return values, [format(value, control.readout_format) for value in values]


def nearest(values: Sequence[Any], value: Any) -> int:
    """Return which of `values` is `value`, or next to it."""
    return min(range(len(values)), key=lambda i: abs(values[i] - value))


class TooManyViews(ValueError):
    """There are more views than are drawn beforehand."""


def pack(
    view: Callable[..., str], controls: Mapping[str, W.Widget], starts: Mapping[str, Any], tallest: str,
    page: PageScript | None = None,
) -> str:  # fmt: skip
    """Return all that `moving.js` needs, as text: the controls, the views, and the script's data.

    Raises TooManyViews if more than `MOST` would have to be drawn.
    """
    every = {name: places(control) for name, control in controls.items()}
    moved = page.moves if page else ()
    tabled = {name: values for name, (values, _) in every.items() if name not in moved}
    number = int(np.prod([len(values) for values in tabled.values()]))
    if number > MOST:
        raise TooManyViews(
            f"{number:,} views are too many for a page without a kernel, {MOST:,} the most: give its sliders "
            "fewer places, or the page a script"
        )
    views: dict[str, int] = {}
    index = []
    for values in product(*tabled.values()):
        state = dict(zip(tabled, values))
        rest = {name: starts[name] for name in moved} | dict(page.start(**state) if page else {})
        index.append(
            views.setdefault(view(**{name: {**state, **rest}[name] for name in controls}), len(views))
        )
    content = {
        "controls": [
            {"name": name, "label": controls[name].description, "values": values, "readouts": readouts}
            | {"tabled": name in tabled}
            for name, (values, readouts) in every.items()
        ],
        "starts": [nearest(values, starts[name]) for name, (values, _) in every.items()],
        "tallest": tallest,
        "views": list(views),
        "index": index,
        "data": page.data if page else None,
    }
    told = json.dumps(content, default=_float32, ensure_ascii=False, separators=(",", ":"))
    return base64.b64encode(zlib.compress(told.encode(), 9)).decode()


def _float32(array: np.ndarray) -> dict[str, str]:
    """Return an array of numbers as `moving.js` reads it."""
    return {"float32": base64.b64encode(np.asarray(array, dtype="<f4").tobytes()).decode()}


def script(packed: str, page: PageScript | None = None) -> str:
    """Return the script that makes the element before it move, with what `pack` returned."""
    completes = f"(() => {{\n{asset('numbers.js')}\nreturn {asset(page.name)}\n}})()" if page else "null"
    root = "document.currentScript.previousElementSibling"
    return f'<script>\n({asset("moving.js")})({root},\n"{packed}",\n{completes});\n</script>'
