"""Write a copy of the lessons without solutions and speaker notes, for those who hand them out.

    python lecture/student.py                   # into student/
    python lecture/student.py --output DIR

The copy is made from the lessons and never edited: change those, and make it again.
"""

from __future__ import annotations

import argparse
from copy import deepcopy
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from course_utils.files import write_atomically

HERE = Path(__file__).resolve().parent
NOTEBOOKS = HERE.parent / "notebooks"
SOLUTION = "solution"  # the tag of a cell that gives an answer


def is_kept_back(cell: NotebookNode) -> bool:
    """Is this a solution, or a note for lecturers (which has answers, too)?"""
    slide = cell.metadata.get("slideshow", {}).get("slide_type")
    return SOLUTION in cell.metadata.get("tags", []) or slide == "notes"


def for_students(notebook: NotebookNode) -> NotebookNode:
    """Return a copy of the notebook without what is kept back, its cells numbered anew."""
    copy = deepcopy(notebook)
    copy.cells = [cell for cell in copy.cells if not is_kept_back(cell)]
    number = 0
    for cell in copy.cells:
        if cell.get("execution_count"):
            number += 1
            cell.execution_count = number
            for output in cell.outputs:
                if "execution_count" in output:
                    output.execution_count = number
    return copy


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--output", type=Path, default=HERE.parent / "student", metavar="DIR")
    folder = parser.parse_args().output
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        copy = for_students(notebook)
        write_atomically(folder / path.name, f"{nbformat.writes(copy)}\n".encode())
        fewer = len(notebook.cells) - len(copy.cells)
        print(f"{folder.name}/{path.name}: without {fewer} solutions and notes")


if __name__ == "__main__":
    main()
