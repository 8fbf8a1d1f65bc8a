"""Which stored outputs of a notebook nbval compares, and which only have to be produced.

    python tests/notebooks/outputs.py          # a table, one row a lesson

The README quotes that table; test_committed.py holds the two together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import nbformat
from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
NOT_COMPARED = {"nbval-ignore-output", "nbval-skip"}
FIGURE = re.compile(r"<img\b[^>]*\bsrc=\"data:image/png")
COMMENT = re.compile(r"^\s*#\s*NBVAL_(IGNORE_OUTPUT|SKIP)\s*$", re.MULTILINE)


class Counts(NamedTuple):
    """Outputs of one notebook."""

    compared: int  # texts and tables that nbval compares with a fresh run
    only_run: int  # texts and tables that differ from run to run
    pictures: int  # figures, of which the texts are compared, and widgets; drawn in the test


def read(path: Path) -> NotebookNode:
    """The notebook, in the current format."""
    return nbformat.read(path, as_version=4)


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    """The code cells, in order."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def is_compared(cell: NotebookNode) -> bool:
    """Does nbval compare what this cell puts out?"""
    return not (NOT_COMPARED & set(cell.metadata.get("tags", [])) or COMMENT.search(cell.source))


def is_text(output: NotebookNode) -> bool:
    """A text or a table, rather than a figure or a widget.

    A figure is HTML that holds pixels. (Drawings in SVG are made of texts, and compared as such.)
    """
    if output.output_type == "stream":
        return True
    shown = output.get("data", {})
    picture = any(kind.startswith("image/") or "widget-view" in kind for kind in shown)
    picture |= bool(FIGURE.search(shown.get("text/html", "")))
    return not picture and ("text/plain" in shown or "text/html" in shown)


def text_outputs(notebook: NotebookNode) -> Iterator[tuple[NotebookNode, NotebookNode]]:
    """(cell, output) for each text output."""
    for cell in code_cells(notebook):
        yield from ((cell, output) for output in cell.outputs if is_text(output))


def count(notebook: NotebookNode) -> Counts:
    """How much of the notebook is compared."""
    texts = [is_compared(cell) for cell, _ in text_outputs(notebook)]
    outputs = sum(len(cell.outputs) for cell in code_cells(notebook))
    return Counts(sum(texts), len(texts) - sum(texts), outputs - len(texts))


def row(path: Path) -> str:
    """The notebook's line of the table."""
    return f"| {path.stem} | " + " | ".join(str(n) for n in count(read(path))) + " |"


def main() -> None:
    """Print the table."""
    print("| lesson | outputs compared | outputs only run | figures and widgets drawn |")
    print("|---|---|---|---|")
    print("\n".join(row(path) for path in NOTEBOOKS))


if __name__ == "__main__":
    main()
