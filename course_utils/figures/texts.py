"""Numbers in words: what each figure says of itself, for those who hear a page read.

All of it is rounded, so that it says the same on every machine.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import ArrayLike

MOST = 12  # rows, bars or lines that are told one by one


def signed(number: float, decimals: int = 2) -> str:
    """Return `number` rounded, with a real minus sign, and no minus before a zero."""
    return f"{round(float(number), decimals) + 0.0:.{decimals}f}".replace("-", "−")


def rounded(value: float) -> str:
    """Return `value` with the two or three digits that count; whole numbers as they are."""
    if not math.isfinite(value):
        return str(float(value))
    value = float(f"{value:.6g}") if abs(value) > 1e-9 else 0.0  # machines differ in the rest
    if value != round(value):
        value = float(f"{value:.{3 if abs(value) >= 1 else 2}g}")
    whole = value == round(value) and abs(value) < 1e6
    return (f"{value:,.0f}" if whole else f"{value:g}").replace("-", "−")


def at_most(parts: Sequence[str], what: str, most: int = MOST) -> list[str]:
    """Return the first of `parts`; a last one says how many more there are."""
    more = len(parts) - most
    if more == 1:
        what = what.removesuffix("s")
    return [*parts] if more <= 0 else [*parts[:most], f"{more} more {what}"]


def sentences(texts: Iterable[str]) -> str:
    """Return `texts`, without the empty ones, as sentences: each ends with one full stop, or its own end."""
    lines = [line for text in texts if (line := " ".join(text.split()))]
    return " ".join(line if line.endswith((".", "!", "?", "…")) else f"{line}." for line in lines)


def are_largest(numbers: ArrayLike) -> np.ndarray:
    """Return for each of `numbers` whether it is the largest, alone or with others; NaN never is."""
    numbers = np.asarray(numbers, dtype=float)
    return np.isclose(numbers, np.fmax.reduce(numbers, axis=None), rtol=1e-4, atol=1e-9)


def largest(names: Sequence[str], numbers: ArrayLike) -> str:
    """Return which of `names` have the largest of `numbers`; nothing if all of several have it."""
    ties = are_largest(numbers)
    found = [name for name, tie in zip(names, ties) if tie]
    if len(found) == len(ties) > 1:
        return ""
    *others, last = found if len(found) <= 4 else [*found[:3], f"{len(found) - 3} others"]
    return f"{', '.join(others)} and {last}" if others else last


def pair(name: str, number: str) -> str:
    """Return a name beside its number, told apart where the name ends in a number too."""
    return f"{name}: {number}" if name[-1:].isdigit() else f"{name} {number}"


def line_text(name: str, places: Sequence[str], heights: ArrayLike) -> str:
    """Say where a line starts and ends, and its highest and lowest point, if they lie in between.

    Shapes: one name and one height a point. Points without a height (NaN) are left out.
    """
    heights = np.asarray(heights, dtype=float)
    points = [(place, y) for place, y in zip(places, heights, strict=True) if math.isfinite(y)]
    if not points:
        return f"“{name}” has no points"
    (start, first), (end, last) = points[0], points[-1]
    if len(points) == 1:
        return f"“{name}” is a point, {rounded(first)} at {start}"
    text = f"“{name}” goes from {rounded(first)} at {start} to {rounded(last)} at {end}"
    ys = np.array([y for _, y in points])
    little = 0.02 * (ys.max() - ys.min())  # so much higher or lower than an end is not worth a word
    for word, i in (("highest", ys.argmax()), ("lowest", ys.argmin())):
        told, away = rounded(ys[i]), min(abs(ys[i] - first), abs(ys[i] - last))
        if away > little and told not in (rounded(first), rounded(last)):
            text += f", {word} {told} at {points[i][0]}"
    return text


def rows_text(rows: Sequence[str], columns: Sequence[str], table: ArrayLike) -> str:
    """Say where the largest number of each row stands; of a large table only the largest of all.

    Shapes: table (R, C), one name a row and a column. Rows without a number (NaN) are left out.
    """
    table = np.asarray(table, dtype=float)
    told = []  # (row, the columns with its largest number, and that number)
    for row, line in zip(rows, table, strict=True):
        if not np.isnan(line).all():
            best = largest(columns, line)
            told.append((f"{row} → {best}" if best else f"{row}: all", np.nanmax(line)))
    if not told:
        return "It holds no numbers"
    if len(told) <= MOST:
        return f"The largest in each row: {'; '.join(pair(name, rounded(top)) for name, top in told)}"
    name, top = max(told, key=lambda row: row[1])
    return f"{len(rows)} rows and {len(columns)} columns; the largest number is {pair(name, rounded(top))}"
