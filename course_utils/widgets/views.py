"""Pure functions from plain data to HTML: what all views are made of."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from html import escape

import numpy as np
from numpy.typing import ArrayLike

from course_utils.figures.style import ATTENTION

# JupyterLab's own colours, so that views follow its theme; after the comma, those used elsewhere.
TEXT = "var(--jp-content-font-color1, var(--vscode-editor-foreground, #1a1a1a))"
FAINT = "var(--jp-border-color1, #bdbdbd)"

CELL = "border:0;background:none;padding:2px"  # completed where it is used


def frame(caption: str, body: str) -> str:
    """Return `body`, HTML, under a caption, text (or none), in the type of all views."""
    above = f'<div style="margin:4px 0;min-height:1.4em">{escape(caption)}</div>' if caption else ""
    return (
        f'<div style="color:{TEXT};font-size:15px;line-height:1.4;font-variant-numeric:tabular-nums;'
        f'min-width:0">{above}{body}</div>'
    )


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
    label = words_width([*words, (foot or {}).get("", "")])
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


def words_width(words: Iterable[str]) -> int:
    """Return how many pixels a column needs that holds `words`, at least one, each on a line of its own."""
    return 14 + 9 * max(sum(map(_places, word)) for word in words)


def _places(character: str) -> int:
    """Return how many letters' room a character takes: Chinese and the like two, marks on a letter none."""
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


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
