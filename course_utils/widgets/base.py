"""What all sliders share: a view drawn as HTML, controls above it; where no kernel runs, the page's own.

A *view* is a pure function from plain data to HTML: test that, and read that. An `Explorer` sets the
value of one `ipywidgets.HTML` from its view as its controls move. Nothing here needs torch.

    in a running JupyterLab                      ipywidgets' sliders; the kernel computes each view
    reopened, a page, slides, a site             the page's sliders, over views drawn beforehand (moving.py)
    where no script runs (untrusted, GitHub)     a still picture of the start
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from html import escape
from os import PathLike
from typing import Any, Self
from urllib.parse import quote
from xml.etree import ElementTree

import ipywidgets as W
from IPython.display import display

from course_utils.widgets.moving import PageScript, TooManyViews, pack, script
from course_utils.widgets.page import Shareable

# Where the sliders live, the still picture before them hides. Both stand in outputs of their own:
# JupyterLab shows an output that holds a widget and a picture as neither when it reopens a notebook.
_STYLE = """<style>
.jp-OutputArea-child:has(.explorer-still):has(+ .jp-OutputArea-child .explorer-live) { display: none; }
.jp-OutputArea-child:has(.explorer-still) + .jp-OutputArea-child:not(:has(.explorer-live)) { display: none; }
.explorer-live .widget-label, .explorer-live .widget-readout { font-size: 15px; }
.explorer-live .noUi-handle:focus { outline: 3px solid #0072b2; outline-offset: 2px; }
.explorer-moving fieldset { border: 0; margin: 4px 0; padding: 0; min-width: 0; }
.explorer-moving label { display: flex; align-items: center; gap: 8px; max-width: 520px; min-height: 28px;
  font-size: 15px; color: var(--jp-content-font-color1, #1a1a1a); }
.explorer-moving label > :first-child { flex: 0 0 130px; text-align: right; }
.explorer-moving input { flex: 1 1 120px; min-width: 0; height: 28px; margin: 0; accent-color: #0072b2; }
.explorer-moving input:focus-visible { outline: 3px solid #0072b2; outline-offset: 2px; }
.explorer-moving label > :last-child { flex: 0 0 56px; font-variant-numeric: tabular-nums; }
.explorer-stage { display: grid; grid-template-columns: minmax(0, 1fr); }
.explorer-stage > * { grid-area: 1 / 1; min-width: 0; }
.explorer-stage > [aria-hidden] { visibility: hidden; }
</style>"""
# What is typed on a slider is no command of the notebook: `d d` on one would delete its cell.
_SCRIPT = """<script>
if (!window.explorerKeys) {
  window.explorerKeys = true;
  document.addEventListener("focusin", ({ target }) => {
    if (target.closest(".explorer-live")) target.dataset.lmSuppressShortcuts = "true";
  });
}
</script>"""
# What XML can't hold, and so no picture can: control characters in a word, for instance.
_NO_XML = re.compile(r"[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Still(Shareable):
    """An explorer's view as it starts: HTML that needs no kernel, with sliders where scripts may run."""

    def __init__(self, explorer: Explorer) -> None:
        self.view = explorer.current()
        self._explorer = explorer
        self._starts = {name: control.value for name, control in explorer.controls.items()}

    def __repr__(self) -> str:
        return "(A picture, as the sliders start.)"

    def _title(self) -> str:
        return "Sliders: " + ", ".join(control.description for control in self._explorer.controls.values())

    @cached_property
    def packed(self) -> str:
        """All views that there are: see `course_utils.widgets.moving.pack`."""
        explorer = self._explorer
        return pack(explorer.view, explorer.controls, self._starts, explorer.tallest, explorer.page)

    def save(self, path: str | PathLike[str]) -> None:
        """Write a page to share: `Shareable.save`. Raises ValueError, too, if there are too many views."""
        _ = self.packed  # a page whose sliders do not move is none
        super().save(path)

    def _repr_html_(self) -> str:
        caption = "As it starts. Run this cell, or trust this notebook, and there are sliders to move it."
        try:
            moving = script(self.packed, self._explorer.page)
        except TooManyViews:  # only the kernel can draw them
            moving, caption = "", "As it starts. Run this cell, and there are sliders to move it."
        return (
            f'<div class="explorer-still mathjax_ignore">\n{_STYLE}\n{_with_pictures(self.view)}\n'
            f'<div style="font-size:15px;margin:4px 0"><i>{caption}</i></div>\n</div>\n'
            f"{moving}\n{_SCRIPT}"
        )


def _with_pictures(view: str) -> str:
    """Return `view` with each drawing as a picture, since untrusted notebooks keep those only."""
    before, *drawings = view.split("<svg ")
    for drawing in drawings:
        svg, _, after = drawing.partition("</svg>")
        drawn = _NO_XML.sub("\ufffd", f"<svg {svg}</svg>")
        before += _picture(ElementTree.fromstring(drawn)) + after
    return before


def _picture(svg: ElementTree.Element) -> str:
    """Return an `<img>` that holds the drawing, in the colours of a light page, on white."""
    said, width = svg.get("aria-label", ""), svg.get("width", "")
    svg.set("xmlns", "http://www.w3.org/2000/svg")
    svg.set("style", f"color:#1a1a1a;background:#fff;{svg.get('style', '')}")
    source = "data:image/svg+xml," + quote(ElementTree.tostring(svg, "unicode"), safe=" =/:;,.()")
    style = "max-width:100%;height:auto;background:#fff"
    return f'<img alt="{escape(said)}" width="{width}" style="{style}" src="{source}"/>'


class Explorer(W.VBox):
    """Controls above one HTML view: `view` draws it, `controls` are its arguments by name.

    Shown, it makes two outputs: what stays where no kernel runs (a page, a notebook just reopened), with
    sliders of its own, and the controls with their view, before which the first one hides.
    `tallest` is the view that needs the most room: so much is kept free, and nothing below jumps. Where
    there are too many views to be drawn beforehand (over 2,000), `page` computes in the page what the view
    says; without it, only a kernel moves them.
    """

    def __init__(
        self,
        view: Callable[..., str],
        controls: Mapping[str, W.Widget],
        tallest: str = "",
        page: PageScript | None = None,
    ) -> None:
        self.view, self.controls, self.html, self.tallest = view, dict(controls), W.HTML(), tallest
        self.page = page
        super().__init__([*self.controls.values(), self.html])
        self.add_class("explorer-live")
        for control in self.controls.values():
            control.observe(self._redraw, names="value")
        self.still = Still(self)
        self._redraw()

    def at(self, **values: Any) -> Self:
        """Move controls, by name, to these values; it then starts there, and so does the still picture."""
        for name, value in values.items():
            self.controls[name].value = value
        self.still = Still(self)
        return self

    def save(self, path: str | PathLike[str]) -> None:
        """Write a page to share, which starts as the controls stand now: `Still.save`."""
        Still(self).save(path)

    def current(self) -> str:
        """Return the view for where the controls stand now."""
        return self.view(**{name: control.value for name, control in self.controls.items()})

    def _redraw(self, change: Mapping[str, Any] | None = None) -> None:
        self.html.value = _in_the_room_of(self.current(), self.tallest)

    def __repr__(self) -> str:
        return "(Sliders: run this notebook in JupyterLab to move them.)"

    def _ipython_display_(self) -> None:
        display(self.still)
        display(self._repr_mimebundle_(), raw=True)


def _in_the_room_of(view: str, tallest: str) -> str:
    """Lay `view` over an invisible `tallest` one, so that it takes as much room at any width."""
    if not tallest:
        return view
    cell = "grid-area:1/1;min-width:0"
    return (
        f'<div style="display:grid;grid-template-columns:minmax(0,1fr)"><div style="{cell}">{view}</div>'
        f'<div aria-hidden="true" style="{cell};visibility:hidden">{tallest}</div></div>'
    )


def number_slider(description: str, value: int, low: int, high: int) -> W.IntSlider:
    """Return a slider over the whole numbers from `low` to `high`."""
    return W.IntSlider(value, low, high, description=description, layout=_layout(), style=_style())


def decimal_slider(
    description: str, value: float, low: float, high: float, decimals: int = 1
) -> W.FloatSlider:
    """Return a slider from `low` to `high` that moves by its last decimal."""
    return W.FloatSlider(
        value, min=low, max=high, step=10**-decimals, readout_format=f".{decimals}f", description=description,
        layout=_layout(), style=_style(),
    )  # fmt: skip


def temperature_slider() -> W.FloatLogSlider:
    """Return a slider for a temperature from 0.1 to 10; it starts at 1."""
    return W.FloatLogSlider(
        1.0, base=10, min=-1, max=1, step=0.05, readout_format=".2f", description="temperature",
        layout=_layout(), style=_style(),
    )  # fmt: skip


def choice_slider(description: str, labels: Sequence[str]) -> W.SelectionSlider:
    """Return a slider over `labels`; its value is the number of the one chosen, from 0."""
    return W.SelectionSlider(
        options=[(label, i) for i, label in enumerate(labels)], value=0, description=description,
        layout=_layout(), style=_style(),
    )  # fmt: skip


def _layout() -> W.Layout:
    return W.Layout(flex="0 0 auto", width="460px", max_width="98%")


def _style() -> dict[str, str]:
    return {"description_width": "130px"}
