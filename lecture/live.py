"""JupyterLab for a lecture: a notebook's RISE button shows it as live slides, with kernel and sliders.

    python lecture/live.py            # JupyterLab, lesson 1
    python lecture/live.py 02         # lesson 2; more arguments go to JupyterLab

The lecture's notebooks, with the notes folded, are made in this folder out of lessons/. One that you have
changed stays as it is until its lesson changes; then yours is kept beside the new one.

The same JupyterLab as `make lab`, and one small extension, without which no slider shows on RISE's slides.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from itertools import count
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from course_utils.files import write_atomically
from lessons import NOTES, lecture, lesson_sources, notebook_of, tags, written

HERE = Path(__file__).resolve().parent
EXTENSION = [f"--{app}.extra_labextensions_path={HERE / 'live'}" for app in ("LabApp", "RiseApp")]
RISE = {
    "auto_select": "none",
    "center": False,
    "controls": False,
    "slideNumber": "c/t",
    "theme": "white",
    "transition": "none",
}


def make(source: Path, folder: Path = HERE) -> Path:
    """Write the lecture's notebook of a lesson into `folder`, if there is none of this lesson yet.

    Raises ValueError if the learner's notebook was made of another text.
    """
    target = folder / f"{source.stem}.ipynb"
    made_of = hashlib.sha256(source.read_bytes() + notebook_of(source).read_bytes()).hexdigest()
    notebook = lecture(source)
    for cell in notebook.cells:
        if NOTES in tags(cell):  # folded; RISE shows them on no slide
            cell.source = f"<details>\n<summary>For lecturers</summary>\n\n{cell.source}\n\n</details>"
    notebook.metadata |= {"rise": RISE, "made_of": made_of, "as_made": _digest(notebook)}
    if target.is_file():
        there = nbformat.read(target, as_version=4)
        if there.metadata.get("made_of") == made_of:
            return target
        if there.metadata.get("as_made") != _digest(there):  # the lecturer's own
            numbered = (folder / f"{source.stem}.old-{n}.ipynb" for n in count(1))
            os.replace(target, next(path for path in numbered if not path.exists()))
    write_atomically(target, written(notebook))
    return target


def _digest(notebook: NotebookNode) -> str:
    """Return a digest of the notebook's cells."""
    return hashlib.sha256(json.dumps(notebook.cells, sort_keys=True).encode()).hexdigest()


def main() -> None:
    """Start JupyterLab on a lesson."""
    wanted, *others = sys.argv[1:] or ["1"]
    if not wanted.isdigit():
        wanted, others = "1", [wanted, *others]
    try:
        (first, *_) = lesson_sources([wanted])
        made = {source: make(source) for source in lesson_sources()}  # they link to each other
    except ValueError as error:
        sys.exit(f"{str(error)[:1].upper()}{str(error)[1:]}.")
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0  # (Windows has no such user)
    root = ["--allow-root"] if is_root else []
    command = [sys.executable, "-m", "jupyterlab", *root, *EXTENSION, str(made[first]), *others]
    os.execv(sys.executable, command)


if __name__ == "__main__":
    main()
