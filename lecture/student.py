"""Write a copy of the lessons without solutions, for those who hand them out.

    python lecture/student.py                   # into student/
    python lecture/student.py --output DIR

The copy is made from the notebooks and never edited: change the lessons, and make it again.
"""

from __future__ import annotations

import argparse
from copy import deepcopy
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from course_utils.files import write_atomically
from lessons import NOTEBOOKS, SOLUTION, code_cells, lesson_sources, notebook_of, tags, tidy, written


def for_students(notebook: NotebookNode) -> NotebookNode:
    """Return a copy of the notebook without its solutions, its cells numbered anew."""
    copy = deepcopy(notebook)
    copy.cells = [cell for cell in copy.cells if SOLUTION not in tags(cell)]
    tidy(copy)
    return copy


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--output", type=Path, default=NOTEBOOKS.parent / "student", metavar="DIR")
    folder = parser.parse_args().output
    for path in map(notebook_of, lesson_sources()):  # and nothing else that lies in the folder
        notebook = nbformat.read(path, as_version=4)
        copy = for_students(notebook)
        write_atomically(folder / path.name, written(copy))
        fewer = len(code_cells(notebook)) - len(code_cells(copy))
        print(f"{folder.name}/{path.name}: without {fewer} solutions")
    for path in sorted(NOTEBOOKS.glob("*.py")):  # the page that lesson 5 shows
        write_atomically(folder / path.name, path.read_bytes())


if __name__ == "__main__":
    main()
