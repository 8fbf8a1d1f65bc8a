"""Results as a small table: a line of code, and what counts in bold."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from numbers import Integral, Real  # NumPy's numbers are some, too
from typing import Literal


class Table:
    """A table that a notebook shows as one, and a terminal as aligned text. Made by `table`."""

    def __init__(
        self, header: Sequence[str], rows: Sequence[Sequence[str]], marked: set[tuple[int, int]]
    ) -> None:
        self.header, self.rows, self.marked = list(header), [list(row) for row in rows], marked
        # Names stand at the left, and so do words; numbers at the right, digit below digit.
        self.left = [
            column == 0 or any(map(str.isalpha, "".join(row[column] for row in self.rows)))
            for column in range(len(self.header))
        ]

    def __repr__(self) -> str:
        lines = [self.header, *self.rows]
        widths = [max(len(line[column]) for line in lines) for column in range(len(self.header))]
        return "\n".join(
            "  ".join(
                cell.ljust(width) if left else cell.rjust(width)
                for cell, width, left in zip(line, widths, self.left)
            ).rstrip()
            for line in lines
        )

    def _repr_html_(self) -> str:
        def row(cells: Sequence[str], tag: str) -> str:
            return (
                "<tr>"
                + "".join(
                    f'<{tag} style="text-align: {"left" if left else "right"}">{cell}</{tag}>'
                    for cell, left in zip(cells, self.left)
                )
                + "</tr>"
            )

        body = [
            row(
                [
                    f"<strong>{escape(cell)}</strong>" if (r, c) in self.marked else escape(cell)
                    for c, cell in enumerate(cells)
                ],
                "td",
            )
            for r, cells in enumerate(self.rows)
        ]
        head = row([escape(cell) for cell in self.header], "th")
        return f"<table><thead>{head}</thead><tbody>{''.join(body)}</tbody></table>"


def table(
    header: Sequence[str],
    rows: Sequence[Sequence[object]],
    decimals: int = 1,
    best: Literal["high", "low", ""] = "",
) -> Table:
    """Return rows of words and numbers as a table, the numbers rounded to `decimals`.

    With `best` the highest or lowest number of each column is bold. Raises ValueError for a row that has not
    as many cells as the header.
    """
    for row in rows:
        if len(row) != len(header):
            raise ValueError(f"the header has {len(header)} cells, and this row {len(row)}: {list(row)}")
    texts = [
        [
            f"{cell:.{decimals}f}" if isinstance(cell, Real) and not isinstance(cell, Integral) else str(cell)
            for cell in row
        ]
        for row in rows
    ]
    marked: set[tuple[int, int]] = set()
    for column in range(1, len(header)) if best else ():
        cells = [row[column] for row in rows]
        numbers = {r: float(cell) for r, cell in enumerate(cells) if isinstance(cell, Real)}
        if len(numbers) > 1:
            top = (max if best == "high" else min)(numbers.values())
            shown = f"{top:.{decimals}f}"
            marked |= {(r, column) for r, number in numbers.items() if f"{number:.{decimals}f}" == shown}
    return Table(header, texts, marked)
