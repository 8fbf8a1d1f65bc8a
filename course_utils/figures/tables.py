"""Results as a small table, by a line of code."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from numbers import Integral, Real  # NumPy's numbers are some, too


class Table:
    """A table that a notebook shows as one, and a terminal as aligned text. Made by `table`."""

    def __init__(self, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        self.header, self.rows = list(header), [list(row) for row in rows]
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
                    f'<{tag} style="text-align: {"left" if left else "right"}">{escape(cell)}</{tag}>'
                    for cell, left in zip(cells, self.left)
                )
                + "</tr>"
            )

        body = "".join(row(cells, "td") for cells in self.rows)
        return f"<table><thead>{row(self.header, 'th')}</thead><tbody>{body}</tbody></table>"


def table(header: Sequence[str], rows: Sequence[Sequence[object]], decimals: int = 1) -> Table:
    """Return rows of words and numbers as a table, the numbers rounded to `decimals`.

    Raises ValueError for a row that has not as many cells as the header.
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
    return Table(header, texts)
