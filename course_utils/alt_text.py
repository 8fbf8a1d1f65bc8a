"""What a figure shows, in words: for those who hear a page read, and where no pictures are shown.

`describe` reads any matplotlib figure, a learner's too. Nothing here needs torch.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from html import escape

import numpy as np
from IPython import get_ipython
from IPython.core.pylabtools import print_figure
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.category import StrCategoryLocator
from matplotlib.collections import PathCollection
from matplotlib.container import BarContainer, ErrorbarContainer
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
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
    places: dict[tuple[float, ...], list[str]] = {}  # twins (`twinx`) share theirs and are one panel
    for ax in figure.axes:
        if ax.get_visible() and not hasattr(ax, "_colorbar") and (text := _describe_axes(ax)):
            places.setdefault(tuple(np.round(ax.get_position().bounds, 6)), []).append(text)
    panels = [" ".join(texts) for texts in places.values()]
    if len(panels) > 1:
        panels = [f"Panel {i} of {len(panels)}. {text}" for i, text in enumerate(panels, start=1)]
    around = (figure.get_suptitle(), figure.get_supylabel(), figure.get_supxlabel())
    return sentences([*around, *at_most(panels, "panels")]) or "A figure."


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
    if more == 1:
        what = what.removesuffix("s")
    return parts if more <= 0 else [*parts[:most], f"{more} more {what}"]


def sentences(texts: list[str]) -> str:
    """Return `texts`, without the empty ones, as sentences: each ends with one full stop, or its own end."""
    lines = [line for text in texts if (line := " ".join(text.split()))]
    return " ".join(line if line.endswith((".", "!", "?", "…")) else f"{line}." for line in lines)


def are_largest(numbers: np.ndarray) -> np.ndarray:
    """Return for each of `numbers` whether it is the largest, alone or with others; NaN never is."""
    return _same(numbers, np.fmax.reduce(numbers, axis=None))


def largest(names: Sequence[str], numbers: np.ndarray) -> str:
    """Return which of `names` have the largest of `numbers`; nothing if all of several have it."""
    ties = are_largest(numbers)
    found = [name for name, tie in zip(names, ties) if tie]
    if len(found) == len(ties) > 1:
        return ""
    *others, last = found if len(found) <= 4 else [*found[:3], f"{len(found) - 3} others"]
    return f"{', '.join(others)} and {last}" if others else last


def _describe_axes(ax: Axes) -> str:
    title = " ".join(filter(None, map(ax.get_title, ("left", "center", "right"))))
    facts: list[str] = []
    for read in (_read_bars, _read_tables, _read_lines, _read_points):
        try:
            facts += read(ax) if ax.name == "rectilinear" else []
        except Exception:  # what is drawn, and in which units, is a learner's choice
            continue
    if not facts and any(map(Artist.get_visible, (*ax.lines, *ax.patches, *ax.collections, *ax.images))):
        facts = [_kind("A chart", ax)]
    words = [text.get_text() for text in ax.texts if text.get_visible()]
    return sentences([title, *(facts or at_most(words, "texts"))])


def _read_bars(ax: Axes) -> list[str]:
    facts = []
    for bars in (found for found in ax.containers if isinstance(found, BarContainer)):
        seen = [bar for bar in bars if bar.get_visible() and np.isfinite(bar.get_xy()).all()]
        if not seen:
            continue
        lying = bars.orientation == "horizontal"
        facts = facts or [_kind("Bar chart", ax, turned=lying)]
        boxes = [(*bar.get_xy(), bar.get_width(), bar.get_height()) for bar in seen]
        if lying:
            boxes = [(y, x, height, width) for x, y, width, height in boxes]
        start, _, thick, long = np.array(boxes, dtype=float).T
        middles = start + thick / 2
        # Bars of several series, eight or so, stand beside the tick and reach for its label, but less
        # than half way to the next bar of their series: that bar's label is not theirs.
        step = np.diff(np.unique(middles)).min(initial=np.inf)
        named = _writer(ax.yaxis if lying else ax.xaxis, min(3.6 * max(thick), 0.49 * step))
        write = _writer(ax.xaxis if lying else ax.yaxis)
        names, finite = [named(middle) for middle in middles], np.isfinite(long)
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
    for image in (found for found in ax.images if found.get_visible()):
        # Matplotlib has masked what is not finite.
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
        if np.isnan(table).all():
            facts.append("It holds no numbers")
            continue
        facts += _peaks(ax, table, xs, ys)
        sides = ((right - left) / len(xs), (top - bottom) / len(ys))
        frames = [patch.get_center() for patch in ax.patches if _frames(patch, sides)]
        if frames:
            squares = [(np.abs(ys - y).argmin(), np.abs(xs - x).argmin()) for x, y in frames]
            hits = sum(bool(are_largest(table[i])[j]) for i, j in squares)
            facts.append(f"Framed squares: {len(frames)}; {hits} of them are the largest in their row")
    return facts


def _peaks(ax: Axes, table: np.ndarray, xs: np.ndarray, ys: np.ndarray) -> list[str]:
    """Say the largest number in each row of `table`, (R, C): columns at `xs`, rows at `ys`."""
    column, row = _writer(ax.xaxis), _writer(ax.yaxis)
    full = ~np.isnan(table).all(axis=1)
    columns, tops = [column(x) for x in xs], np.nanmax(table[full], axis=1)
    names = []
    for y, line in zip(ys[full], table[full]):
        best = largest(columns, line)
        names.append(f"{row(y)} → {best}" if best else f"{row(y)}: all")
    if len(names) <= MOST:
        pairs = [_pair(name, rounded(top)) for name, top in zip(names, tops)]
        return [f"The largest in each row: {'; '.join(pairs)}"]
    size, low, top = f"{table.shape[0]} rows and {table.shape[1]} columns", np.nanmin(table), tops.max()
    if are_largest(table).all():
        return [f"{size}, all {rounded(top)}"]
    low = low if abs(low) > abs(top) / 1e3 else 0.0  # no weight is told as 8.4e−07
    best = largest(names, tops)
    most = _pair(best, rounded(top)) if best else f"{rounded(top)}, in every row"
    return [f"{size}; the smallest number is {rounded(low)}, the largest {most}"]


def _frames(patch: Artist, sides: tuple[float, float]) -> bool:
    """Return whether `patch` frames one square of a table: is about as wide and as high, as `sides` say."""
    if not isinstance(patch, Rectangle) or patch.get_fill() or not patch.get_visible():
        return False
    size = (patch.get_width(), patch.get_height())
    return all(0.5 < abs(length / side) < 1.5 for length, side in zip(size, sides))


def _read_lines(ax: Axes) -> list[str]:
    across, up = _writer(ax.xaxis), _writer(ax.yaxis)
    curves, marks = [], []
    for line in (found for found in ax.get_lines() if found.get_visible() and _joined(found)):
        in_x, in_y = line.get_transform().contains_branch_seperately(ax.transData)
        name, points = _name(line), line.get_xydata()
        if in_x and in_y:
            curves.append((name, _finite(points)))
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


def _joined(line: Line2D) -> bool:
    """Return whether the points of `line` are joined; else they are only marked."""
    return line.get_linestyle() != "None"


def _finite(points: np.ndarray) -> np.ndarray:
    return points[np.isfinite(points).all(axis=1)]


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
    across, up, told = _writer(ax.xaxis), _writer(ax.yaxis), []
    bars = [found for found in ax.containers if isinstance(found, ErrorbarContainer)]
    caps = [cap for _, found, _ in bars for cap in found]  # the ends of error bars, and no points
    for artist in (*ax.collections, *ax.get_lines()):
        if isinstance(artist, PathCollection):
            points = np.ma.filled(artist.get_offsets().astype(float), np.nan)
            to_screen = artist.get_offset_transform()
        elif isinstance(artist, Line2D) and artist not in caps and not _joined(artist):
            points, to_screen = artist.get_xydata(), artist.get_transform()
        else:
            continue
        name, points = _name(artist), _finite(points)
        placed = all(to_screen.contains_branch_seperately(ax.transData))
        if placed and artist.get_visible() and (name or len(points)):
            one = name and len(points) == 1
            told.append(_course(name, points, across, up) if one else f"{name or 'Points'}: {len(points)}")
    return [_kind("Scatter plot", ax), *at_most(told, "groups")] if told else []


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
    labels = formatter.format_ticks(ticks)
    gap = np.diff(np.sort(ticks)).min() if len(ticks) > 1 else 1.0
    reach = max(min(reach, gap / 2), gap / 1e6)

    def write(place: float) -> str:
        near = np.abs(ticks - place).argmin() if len(ticks) else 0
        if not len(ticks) or not abs(ticks[near] - place) <= reach or not labels[near]:  # NaN: no label
            return rounded(place)
        first, *rest = labels[near].splitlines()
        return f"{first} ({', '.join(rest)})" if rest else first

    return write


def _first(values: np.ndarray, wanted: float) -> int:
    """Return the first place of `wanted`, or of what differs from it no more than machines do."""
    return int(_same(values, wanted).argmax())


def _same(values: np.ndarray, wanted: float) -> np.ndarray:
    return np.isclose(values, wanted, rtol=1e-4, atol=1e-9)


def _pair(name: str, text: str) -> str:
    return f"{name}: {text}" if name[-1:].isdigit() else f"{name} {text}"


def _name(artist: Artist) -> str:
    """Return, quoted, the label of `artist`; nothing for a name by matplotlib."""
    label = str(artist.get_label())
    return "" if not label or label.startswith("_") else f"“{label}”"
