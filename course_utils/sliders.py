"""What all sliders share: a view drawn as HTML, controls above it, and a picture where no kernel runs.

A *view* is a pure function from plain data to HTML: test that, and read that. An `Explorer` sets the
value of one `ipywidgets.HTML` from its view as its controls move. Nothing here needs torch.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape, unescape
from urllib.parse import quote

import ipywidgets as W
import numpy as np
from IPython.display import display
from numpy.typing import ArrayLike

from course_utils.plots import ATTENTION

# JupyterLab's own colours, so that views follow its theme; after the comma, those used elsewhere.
TEXT = "var(--jp-content-font-color1, var(--vscode-editor-foreground, #1a1a1a))"
FAINT = "var(--jp-border-color1, #bdbdbd)"

CELL = "border:0;background:none;padding:2px"  # completed where it is used

# Where the sliders live, the still picture before them hides. Both stand in outputs of their own:
# JupyterLab shows an output that holds a widget and a picture as neither when it reopens a notebook.
_STYLE = """<style>
.jp-OutputArea-child:has(.explorer-still):has(+ .jp-OutputArea-child .explorer-live) { display: none; }
.jp-OutputArea-child:has(.explorer-still) + .jp-OutputArea-child:not(:has(.explorer-live)) { display: none; }
.explorer-live .widget-label, .explorer-live .widget-readout { font-size: 15px; }
.explorer-live .noUi-handle:focus { outline: 3px solid #0072b2; outline-offset: 2px; }
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


class Still:
    """An explorer's view as it starts: HTML that needs no kernel."""

    def __init__(self, view: str) -> None:
        self.view = view

    def __repr__(self) -> str:
        return "(A picture, as the sliders start.)"

    def _repr_html_(self) -> str:
        caption = "As it starts. In a running JupyterLab there are sliders to move it."
        return (
            f'<div class="explorer-still mathjax_ignore">\n{_STYLE}\n{_with_pictures(self.view)}\n'
            f'<div style="font-size:15px;margin:4px 0"><i>{caption}</i></div>\n</div>\n{_SCRIPT}'
        )


def _with_pictures(view: str) -> str:
    """Return `view` with each drawing as a picture, since untrusted notebooks keep those only."""
    return re.sub(r"<svg .*?</svg>", lambda found: _picture(found[0]), view, flags=re.DOTALL)


def _picture(svg: str) -> str:
    """Return an `<img>` that holds the drawing, in the colours of a light page, on white."""
    said = unescape(re.search('aria-label="(.*?)"', svg)[1])
    width = re.search(' width="(.*?)"', svg)[1]
    colours = "color:#1a1a1a;background:#fff;"
    svg = svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    svg = re.sub(' style="', f' style="{colours}', svg, count=1)
    found = 1
    while found:  # one may stand in another
        svg, found = re.subn(r"var\(--[\w-]+, ([^()]*)\)", r"\1", svg)
    source = "data:image/svg+xml," + quote(svg.replace('"', "'"), safe=" ='/:;,.()")
    style = "max-width:100%;height:auto;background:#fff"
    return f'<img alt="{escape(said)}" width="{width}" style="{style}" src="{source}"/>'


class Explorer(W.VBox):
    """Controls above one HTML view: `view` draws it, `controls` are its arguments by name.

    Shown, it makes two outputs: a still picture of the start, which stays where no kernel runs
    (a page, a notebook just reopened), and the controls with their view, before which it hides.
    `tallest` is the view that needs the most room: so much is kept free, and nothing below jumps.
    """

    def __init__(
        self, view: Callable[..., str], controls: Mapping[str, W.Widget], tallest: str = ""
    ) -> None:
        self.view, self.controls, self.html, self.tallest = view, dict(controls), W.HTML(), tallest
        super().__init__([*self.controls.values(), self.html])
        self.add_class("explorer-live")
        for control in self.controls.values():
            control.observe(self._redraw, names="value")
        self.still = Still(self.current())
        self._redraw()

    def current(self) -> str:
        """Return the view for where the controls stand now."""
        return self.view(**{name: control.value for name, control in self.controls.items()})

    def _redraw(self, _change: object = None) -> None:
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


def frame(caption: str, body: str) -> str:
    """Return `body`, HTML, under a caption, text (or none), in the type of all views."""
    above = f'<div style="margin:4px 0;min-height:1.4em">{escape(caption)}</div>' if caption else ""
    return (
        f'<div style="color:{TEXT};font-size:15px;line-height:1.4;font-variant-numeric:tabular-nums">'
        f"{above}{body}</div>"
    )


def signed(number: float, decimals: int = 2) -> str:
    """Return `number` rounded, with a real minus sign, and no minus before a zero."""
    return f"{round(float(number), decimals) + 0.0:.{decimals}f}".replace("-", "−")


def bars_view(words: Sequence[str], weights: ArrayLike, caption: str = "") -> str:
    """Return HTML with one bar a word, as long as its weight (0 to 1) and with its number.

    Raises ValueError unless there is one weight a word.
    """
    return columns_view(words, {"": weights}, caption)


def columns_view(
    words: Sequence[str],
    columns: Mapping[str, ArrayLike],
    caption: str = "",
    texts: Mapping[str, Sequence[str]] | None = None,
    foot: Mapping[str, str] | None = None,
    colours: Sequence[str] | None = None,
) -> str:
    """Return HTML with a row for each word and, side by side, a bar for its weight in each column.

    Args:
        words: S words.
        columns: for each heading S weights from 0 to 1.
        caption: stands above.
        texts: for each heading S texts; these columns stand before the bars.
        foot: for headings of either kind, a text below the column; ``""`` names the words' column.
        colours: of the bars, one a word.

    Raises:
        ValueError: a column does not have one weight, one text or one colour a word, or holds NaN.
    """
    texts, colours = texts or {}, colours or [ATTENTION] * len(words)
    table = {name: np.asarray(weights, dtype=float) for name, weights in columns.items()}
    for weights in table.values():
        if weights.shape != (len(words),):
            raise ValueError(
                f"{len(words)} words but weights of shape {weights.shape}: pass one weight a word"
            )
        if np.isnan(weights).any():
            raise ValueError("a weight is not a number (NaN): was a row of scores fully masked?")
    if any(len(column) != len(words) for column in (*texts.values(), colours)):
        raise ValueError(f"{len(words)} words: pass one text and one colour a word")
    rows = [
        _cells("td", [word, *(column[s] for column in texts.values())])
        + "".join(_bar_cells(weights[s], colours[s]) for weights in table.values())
        for s, word in enumerate(words)
    ]
    head = ""
    if any([*texts, *table]):
        cells = _cells("th", ["", *texts]) + _wide("th", table)
        head = f'<thead style="border:0"><tr style="background:none">{cells}</tr></thead>'
    if foot:
        texts_below = [foot.get(name, "") for name in ("", *texts)]
        rows.append(_cells("td", texts_below) + _wide("td", [foot.get(name, "") for name in table]))
    body = "".join(f'<tr style="background:none">{row}</tr>' for row in rows)
    # Columns of a fixed width, whatever stands in them: nothing shifts when a text changes.
    label = 14 + 9 * max(map(len, [*words, (foot or {}).get("", "")]))
    fixed, bar = label + 74 * len(texts), 300 if len(table) == 1 else 110
    columns_html = "".join(f'<col style="width:{width}px"/>' for width in [label, *[74] * len(texts)])
    columns_html += '<col/><col style="width:50px"/>' * len(table)
    style = (
        f"table-layout:fixed;width:100%;max-width:{fixed + (bar + 50) * len(table)}px;margin:0;"
        "border:0;border-collapse:collapse;color:inherit;font-size:inherit"
    )
    least = fixed + (30 + 50) * len(table)
    return frame(
        caption,
        f'<div style="overflow-x:auto"><table style="{style};min-width:{least}px">'
        f"<colgroup>{columns_html}</colgroup>{head}<tbody>{body}</tbody></table></div>",
    )


def _cells(tag: str, texts: Iterable[str]) -> str:
    style = f"{CELL} 10px 2px 0;text-align:right;white-space:nowrap"
    return "".join(f'<{tag} style="{style}">{escape(text)}</{tag}>' for text in texts)


def _wide(tag: str, texts: Iterable[str]) -> str:
    style = f"{CELL} 10px 2px 0;text-align:left;vertical-align:bottom;white-space:normal"
    return "".join(f'<{tag} colspan="2" style="{style}">{escape(text)}</{tag}>' for text in texts)


def _bar_cells(weight: float, colour: str) -> str:
    """Return two cells: a bar, as long as the number in the second says."""
    number = f"{weight:.2f}"
    return (
        f'<td style="{CELL} 0">{bar(weight, colour)}</td>'
        f'<td style="{CELL} 0 2px 8px;text-align:left">{number}</td>'
    )


def bar(weight: float, colour: str = ATTENTION) -> str:
    """Return HTML: a bar over as much of its cell as `weight`, 0 to 1, says to two decimals."""
    width = 100 * float(f"{weight:.2f}")
    return f'<div style="height:14px;min-width:1px;width:{width:.0f}%;background:{colour}"></div>'
