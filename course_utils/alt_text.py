"""What a figure shows, in words: for those who hear a page read, and where no pictures are shown.

`describe` reads any matplotlib figure, a learner's too. Nothing here needs torch.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from html import escape

import numpy as np
from IPython import get_ipython
from IPython.core.pylabtools import print_figure
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.category import StrCategoryLocator
from matplotlib.collections import PathCollection
from matplotlib.container import BarContainer
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import FixedLocator, LogFormatter, NullFormatter, ScalarFormatter

MOST = 12  # panels, lines, bars or rows that are told one by one

Writer = Callable[[float], str]  # from a place on an axis to its tick label or its number


def show_figures_as_html() -> None:
    """Have Jupyter, if it runs, show every figure as HTML: a picture with a text.

    (Of an ``image/png``, JupyterLab tells a screen reader nothing.)
    """
    shell = get_ipython()
    if shell is None:
        return
    # The inline backend's formatters would add the picture once more. It puts them back when it is
    # set up, which may be at any time: so this is done again for every figure.
    for formatter in shell.display_formatter.formatters.values():
        formatter.pop(Figure, None)
    shell.display_formatter.mimebundle_formatter.for_type(Figure, mime_bundle)


def mime_bundle(figure: Figure) -> dict[str, str]:
    """Return what Jupyter shows of `figure`: its text and, unless it is empty, HTML."""
    text = getattr(figure, "alt_text", None) or describe(figure)
    empty = not figure.axes and not figure.lines  # Jupyter draws nothing then
    return {"text/plain": text} | ({} if empty else {"text/html": show_as_html(figure, text)})


def show_as_html(figure: Figure, text: str) -> str:
    """Return an ``<img>`` with `text` and the pixels that Jupyter's inline backend would draw."""
    source = f"data:image/png;base64,{print_figure(figure, base64=True)}"
    return f'<img alt="{escape(text)}" style="max-width:100%" src="{source}">'


def describe(figure: Figure) -> str:
    """Return, in short sentences, what `figure` shows: titles, labels, the numbers that stand out.

    It never raises, whatever was drawn, and says the same on every machine: numbers are rounded.
    """
    drawn = (ax for ax in figure.axes if ax.get_visible() and not hasattr(ax, "_colorbar"))
    panels = [text for text in map(_describe_axes, drawn) if text]
    if len(panels) > 1:
        panels = [f"Panel {i} of {len(panels)}. {text}" for i, text in enumerate(panels, start=1)]
    around = (figure.get_suptitle(), figure.get_supylabel(), figure.get_supxlabel())
    return _sentences([*around, *at_most(panels, "panels")]) or "A figure without words."


def rounded(value: float) -> str:
    """Return `value` with the two or three digits that count; whole numbers as they are."""
    if not math.isfinite(value):
        return str(float(value))
    value = float(f"{value:.6g}") if abs(value) > 1e-9 else 0.0  # machines differ in the rest
    if value != round(value):
        value = float(f"{value:.{3 if abs(value) >= 1 else 2}g}")
    whole = value == round(value) and abs(value) < 1e6
    return (f"{value:,.0f}" if whole else f"{value:g}").replace("-", "−")


def at_most(parts: list[str], what: str, most: int = MOST) -> list[str]:
    """Return the first of `parts`; a last one says how many more there are."""
    more = len(parts) - most
    return parts if more <= 0 else [*parts[:most], f"{more} more {what}"]


def _describe_axes(ax: Axes) -> str:
    title = " ".join(filter(None, map(ax.get_title, ("left", "center", "right"))))
    facts: list[str] = []
    for read in (_read_bars, _read_tables, _read_lines, _read_points):
        try:
            facts += read(ax) if ax.name == "rectilinear" else []
        except Exception:  # what is drawn, and in which units, is a learner's choice
            continue
    return _sentences([title, *(facts or ([_kind("A chart", ax)] if ax.has_data() else []))])


def _read_bars(ax: Axes) -> list[str]:
    facts = []
    for bars in (found for found in ax.containers if isinstance(found, BarContainer)):
        lying = bars.orientation == "horizontal"
        facts = facts or [_kind("Bar chart", ax, turned=lying)]
        boxes = [(*bar.get_xy(), bar.get_width(), bar.get_height()) for bar in bars]
        if lying:
            boxes = [(y, x, height, width) for x, y, width, height in boxes]
        start, _, thick, long = np.array(boxes, dtype=float).reshape(-1, 4).T
        # Bars of several series stand beside the tick, so they reach for its label.
        named = _writer(ax.yaxis if lying else ax.xaxis, 2 * max(thick, default=0))
        write = _writer(ax.xaxis if lying else ax.yaxis)
        names, finite = [named(middle) for middle in start + thick / 2], np.isfinite(long)
        if len(names) <= MOST or not finite.any():
            told = "; ".join(_pair(name, write(size)) for name, size in zip(names, long))
        else:
            low, high = long[finite].min(), long[finite].max()
            ends = [f"{write(end)} at {names[_first(long, end)]}" for end in (low, high)]
            same = write(low) == write(high)
            told = f"all {write(low)}" if same else f"from {' to '.join(ends)}"
            told = f"{len(names)} bars, {told}"
        facts.append(": ".join(filter(None, [_name(bars), told])))
    return facts


def _read_tables(ax: Axes) -> list[str]:
    facts = []
    for image in ax.images:
        table = np.ma.filled(np.ma.asarray(image.get_array()).astype(float), np.nan)
        if table.ndim != 2:
            facts.append(f"A picture of {table.shape[1]} × {table.shape[0]} pixels")
            continue
        scale = image.colorbar.ax if image.colorbar else None
        what = scale.get_ylabel() or scale.get_xlabel() if scale else ""
        ways = ((ax.get_ylabel(), "down"), (ax.get_xlabel(), "across"))
        ways = [f"{label} {way}" for label, way in ways if label]
        facts.append(", ".join([f"Heat map of {what}" if what else "Heat map", *ways]))
        left, right, bottom, top = image.get_extent()
        if image.origin == "upper":
            bottom, top = top, bottom
        ys, xs = ((np.arange(size) + 0.5) / size for size in table.shape)
        xs, ys = left + (right - left) * xs, bottom + (top - bottom) * ys
        facts += _peaks(ax, np.where(np.isfinite(table), table, np.nan), xs, ys)
    return facts


def _peaks(ax: Axes, table: np.ndarray, xs: np.ndarray, ys: np.ndarray) -> list[str]:
    """Say the largest number in each row of `table`, (R, C): columns at `xs`, rows at `ys`."""
    column, row = _writer(ax.xaxis), _writer(ax.yaxis)
    full = [i for i, line in enumerate(table) if not np.isnan(line).all()]
    if not full:
        return ["It holds no numbers"]
    tops = np.nanmax(table[full], axis=1)
    best = {i: _first(table[i], top) for i, top in zip(full, tops)}
    names = [f"{row(ys[i])} → {column(xs[j])}" for i, j in best.items()]
    pairs = [_pair(name, rounded(top)) for name, top in zip(names, tops)]
    if len(pairs) <= MOST:
        facts = [f"The largest in each row: {'; '.join(pairs)}"]
    else:
        size = f"{table.shape[0]} rows and {table.shape[1]} columns"
        low, top = np.nanmin(table), pairs[_first(tops, tops.max())]
        low = low if abs(low) > abs(tops.max()) / 1e3 else 0.0  # no weight is told as 8.4e−07
        facts = [f"{size}; the smallest number is {rounded(low)}, the largest {top}"]
    frames = [p.get_center() for p in ax.patches if isinstance(p, Rectangle) and not p.get_fill()]
    if frames:
        squares = [(int(np.abs(ys - y).argmin()), np.abs(xs - x).argmin()) for x, y in frames]
        hits = sum(best.get(i) == j for i, j in squares)
        facts.append(f"Framed squares: {len(frames)}; {hits} of them are the largest in their row")
    return facts


def _read_lines(ax: Axes) -> list[str]:
    across, up = _writer(ax.xaxis), _writer(ax.yaxis)
    curves, marks = [], []
    for line in (found for found in ax.get_lines() if found.get_visible()):
        in_x, in_y = line.get_transform().contains_branch_seperately(ax.transData)
        name, points = _name(line), line.get_xydata()
        if in_x and in_y:
            curves.append((name, points[np.isfinite(points).all(axis=1)]))
        elif name and in_x != in_y:  # from edge to edge, as `axvline` draws them
            at = across(points[0, 0]) if in_x else up(points[0, 1])
            place = "" if at in name else f" at {at}"
            marks.append(f"A {'vertical' if in_x else 'horizontal'} line{place} marks {name}")
    named = [curve for curve in curves if curve[0]]
    if not named:  # beside lines with names, those without are background
        one = len(curves) == 1
        named = [("The line" if one else f"Line {i}", xy) for i, (_, xy) in enumerate(curves, 1)]
    told = [_course(name, points, across, up) for name, points in named]
    return ([_kind("Line chart", ax)] if curves else []) + at_most(told + marks, "lines")


def _course(name: str, points: np.ndarray, across: Writer, up: Writer) -> str:
    """Say where a line, (N, 2), starts and ends, and its highest and lowest point in between."""
    if not len(points):
        return f"{name} has no points"
    x, y = points.T
    first, last = up(y[0]), up(y[-1])
    if len(points) == 1:
        return f"{name} is a point, {first} at {across(x[0])}"
    text = f"{name} goes from {first} at {across(x[0])} to {last} at {across(x[-1])}"
    little = 0.02 * (y.max() - y.min())  # so much higher or lower than an end is not worth a word
    for word, end in (("highest", y.max()), ("lowest", y.min())):
        if min(abs(end - y[0]), abs(end - y[-1])) > little and up(end) not in (first, last):
            text += f", {word} {up(end)} at {across(x[_first(y, end)])}"
    return text


def _read_points(ax: Axes) -> list[str]:
    groups = [found for found in ax.collections if isinstance(found, PathCollection)]
    sizes = [f"{_name(group) or 'Points'}: {len(group.get_offsets())}" for group in groups]
    return [_kind("Scatter plot", ax), *at_most(sizes, "groups")] if groups else []


def _kind(kind: str, ax: Axes, turned: bool = False) -> str:
    """Return the kind of a chart, what it shows, and against what; `turned`: values run across."""
    what, against = ax.get_ylabel(), ax.get_xlabel()
    if turned:
        what, against = against, what
    return kind + (f" of {what}" if what else "") + (f" against {against}" if against else "")


def _writer(axis: Axis, reach: float = 0.0) -> Writer:
    """Return what writes places on `axis`: a tick label within `reach` of them, or a number."""
    formatter, locator = axis.get_major_formatter(), axis.get_major_locator()
    if isinstance(formatter, (ScalarFormatter, LogFormatter, NullFormatter)):
        return rounded
    if not isinstance(locator, (FixedLocator, StrCategoryLocator)):  # dates, percentages
        return formatter
    ticks = np.asarray(locator(), dtype=float)
    labels = [label.strip() for label in formatter.format_ticks(ticks)]
    gap = np.diff(np.sort(ticks)).min() if len(ticks) > 1 else 1.0
    reach = max(min(reach, gap / 2), gap / 1e6)

    def write(place: float) -> str:
        near = np.abs(ticks - place).argmin() if len(ticks) else 0
        if not len(ticks) or abs(ticks[near] - place) > reach or not labels[near]:
            return rounded(place)
        first, *rest = labels[near].splitlines()
        return f"{first} ({', '.join(rest)})" if rest else first

    return write


def _first(values: np.ndarray, wanted: float) -> int:
    """Return the first place of `wanted`, or of what differs from it no more than machines do."""
    return int(np.isclose(values, wanted, rtol=1e-4, atol=1e-9).argmax())


def _pair(name: str, text: str) -> str:
    return f"{name}: {text}" if name[-1:].isdigit() else f"{name} {text}"


def _name(artist: Artist) -> str:
    """Return, quoted, what the legend calls `artist`; nothing for a name by matplotlib."""
    label = str(artist.get_label())
    return "" if not label or label.startswith("_") else f"“{label}”"


def _sentences(texts: list[str]) -> str:
    lines = [line for text in texts if (line := " ".join(text.split()))]
    return " ".join(line if line.endswith((".", "!", "?", "…")) else f"{line}." for line in lines)
