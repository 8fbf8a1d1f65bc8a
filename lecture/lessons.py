"""One text source for each lesson, and what is made of it.

    lessons/NN_name.md ── learner ──▶ notebooks/NN_name.ipynb   run, committed; no lecturers' notes
                       └─ lecture ──▶ live slides, slides, a script to print: with the notes

    python lecture/lessons.py             # make the notebooks again whose lessons have changed
    python lecture/lessons.py 03 --again  # run lesson 3, changed or not
    python lecture/lessons.py --check     # do notebooks and lessons agree? Nothing is run or written

A cell's tags say where it goes. On a slide: `slide` begins a group, `subslide` a page of it; `fragment` and
`same-slide` stay on the page. `notes` are for lecturers; the rest is on no slide.

And what of it is seen before one asks: of `solution` nothing; of `folded`, and of what only asserts, not the
code (nor on a slide); of `predict` not the output, until it is run or clicked.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import sys
import time
from collections import Counter
from copy import deepcopy
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

from course_utils.files import write_atomically

ROOT = Path(__file__).resolve().parents[1]
LESSONS = ROOT / "lessons"
NOTEBOOKS = ROOT / "notebooks"

PLACES = {"slide": "slide", "subslide": "subslide", "fragment": "fragment", "same-slide": "-"}
NOTES, SOLUTION, FOLDED, PREDICT = "notes", "solution", "folded", "predict"
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
LANGUAGE = {
    "codemirror_mode": {"name": "ipython", "version": 3},
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "nbconvert_exporter": "python",
    "pygments_lexer": "ipython3",
}
WIDGET = "application/vnd.jupyter.widget-view+json"


def lesson_sources(names: list[str] | None = None) -> list[Path]:
    """Return the sources of the lessons whose names begin so (all of them, if none is named).

    Raises ValueError if there is none.
    """
    beginnings = tuple(name.zfill(2) if name.isdigit() else name for name in names or ()) or ("",)
    found = [path for path in sorted(LESSONS.glob("*.md")) if path.stem.startswith(beginnings)]
    if not found:
        raise ValueError(f"there is no lesson {' '.join(names or [])!r} in {LESSONS.name}/")
    return found


def notebook_of(source: Path) -> Path:
    """Return the learner's notebook that is made of a lesson."""
    return NOTEBOOKS / f"{source.stem}.ipynb"


def read(source: Path) -> NotebookNode:
    """Return a lesson with all of its cells, not yet run."""
    lesson = jupytext.read(source, fmt="md:myst")
    lesson.metadata = nbformat.from_dict({"kernelspec": KERNEL, "language_info": LANGUAGE})
    numbers: Counter[str] = Counter()
    for cell in lesson.cells:
        # An id that follows from the text: a changed cell changes no other.
        name = hashlib.sha256(f"{cell.cell_type} {cell.source}".encode()).hexdigest()[:8]
        numbers[name] += 1
        cell.id = name if numbers[name] == 1 else f"{name}-{numbers[name]}"
    return lesson


def tags(cell: NotebookNode) -> list[str]:
    """Return the tags of a cell."""
    return cell.metadata.get("tags", [])


def learner(lesson: NotebookNode) -> NotebookNode:
    """Return the learner's notebook: without notes and places on slides, solutions folded."""
    notebook = deepcopy(lesson)
    notebook.cells = [cell for cell in notebook.cells if NOTES not in tags(cell)]
    for cell in notebook.cells:
        kept = [tag for tag in tags(cell) if tag not in PLACES]
        cell.metadata = nbformat.from_dict({"tags": kept} if kept else {})
        hidden = {
            # Of a cell that is both `folded` and `predict` the code is seen: something must be there.
            "source_hidden": SOLUTION in kept or FOLDED in kept and PREDICT not in kept or only_asserts(cell),
            "outputs_hidden": SOLUTION in kept or PREDICT in kept,
        }
        if any(hidden.values()):
            cell.metadata.jupyter = {name: True for name, is_so in hidden.items() if is_so}
    return notebook


def only_asserts(cell: NotebookNode) -> bool:
    """Return whether a cell does nothing but check claims of the text."""
    if cell.cell_type != "code":
        return False
    statements = ast.parse(cell.source).body
    return bool(statements) and all(isinstance(statement, ast.Assert) for statement in statements)


def lecture(source: Path) -> NotebookNode:
    """Return a lesson with its notes, its places on slides, and the outputs of the learner's notebook.

    Raises ValueError if that notebook was made of another text.
    """
    notebook = read(source)
    if not take_outputs(notebook, nbformat.read(notebook_of(source), as_version=4)):
        raise ValueError(f"{notebook_of(source).name} is older than {source.name}: run `make notebooks`")
    for cell in notebook.cells:
        place = next((PLACES[tag] for tag in tags(cell) if tag in PLACES), "skip")
        cell.metadata.slideshow = {"slide_type": NOTES if NOTES in tags(cell) else place}
        if FOLDED in tags(cell):
            cell.metadata.jupyter = {"source_hidden": True}
    return notebook


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    """Return the code cells, in order."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def take_outputs(notebook: NotebookNode, run: NotebookNode) -> bool:
    """Give `notebook` the outputs of one that has been run, if their code is the same; say whether it is."""
    new, old = code_cells(notebook), code_cells(run)
    if [cell.source for cell in new] != [cell.source for cell in old]:
        return False
    for cell, done in zip(new, old):
        cell.outputs, cell.execution_count = done.outputs, done.execution_count
    return all(cell.execution_count for cell in new)


def run(notebook: NotebookNode, folder: Path = NOTEBOOKS, timeout: int = 600) -> None:
    """Run every cell in a fresh kernel that works in `folder`; a failing cell raises."""
    NotebookClient(
        notebook,
        kernel_name="python3",
        timeout=timeout,
        record_timing=False,
        store_widget_state=False,
        resources={"metadata": {"path": str(folder)}},
    ).execute()


def tidy(notebook: NotebookNode) -> None:
    """Leave out what depends on the machine or the run."""
    notebook.metadata = nbformat.from_dict({"kernelspec": KERNEL, "language_info": LANGUAGE})
    numbers: dict[str, str] = {}  # a widget's random id -> the same number in every run
    for number, cell in enumerate(code_cells(notebook), start=1):
        cell.execution_count = number
        cell.outputs = joined(cell.outputs)
        for output in cell.outputs:
            if "execution_count" in output:
                output.execution_count = number
            if view := output.get("data", {}).get(WIDGET):
                view["model_id"] = numbers.setdefault(view["model_id"], f"{len(numbers) + 1:032x}")


def joined(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Return the outputs with texts that reached the screen in pieces in one piece."""
    result: list[NotebookNode] = []
    for output in outputs:
        last = result[-1] if result else None
        if last and output.output_type == last.output_type == "stream" and output.name == last.name:
            last.text += output.text
        else:
            result.append(output)
    return result


def written(notebook: NotebookNode) -> bytes:
    """Return the bytes of the notebook's file."""
    return f"{nbformat.writes(notebook)}\n".encode()


def make(source: Path, again: bool = False, target: Path | None = None) -> str:
    """Make the learner's notebook of a lesson; run it if its code has changed; say what was done."""
    target = target or notebook_of(source)
    notebook = learner(read(source))
    before = nbformat.read(target, as_version=4) if target.is_file() else None
    if before is None or again or not take_outputs(notebook, before):
        start = time.perf_counter()
        run(notebook)
        tidy(notebook)
        write_atomically(target, written(notebook))
        return f"run in {time.perf_counter() - start:.0f} s"
    if written(notebook) == target.read_bytes():
        return "as it was"
    write_atomically(target, written(notebook))
    return "new text, the same code"


def agrees(source: Path) -> bool:
    """Return whether the learner's notebook is what its lesson makes."""
    target, notebook = notebook_of(source), learner(read(source))
    if not target.is_file() or not take_outputs(notebook, nbformat.read(target, as_version=4)):
        return False
    return written(notebook) == target.read_bytes()


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return 1 if a notebook failed, or disagrees with its lesson."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("lessons", nargs="*", help="the beginnings of their names, such as 02 (all)")
    parser.add_argument("--again", action="store_true", help="run them, changed or not")
    parser.add_argument("--to", type=Path, metavar="FOLDER", help="write there, and run all")
    parser.add_argument("--check", action="store_true", help="only say which notebooks are out of date")
    options = parser.parse_args(arguments)
    failed = 0
    try:
        sources = lesson_sources(options.lessons)
    except ValueError as error:
        parser.error(str(error))
    for source in sources:
        name = notebook_of(source).name
        if options.check:
            agree = agrees(source)
            done = "as it should be" if agree else "is not what its lesson makes: run `make notebooks`"
            failed |= not agree
        else:
            try:
                done = make(source, options.again or bool(options.to), options.to and options.to / name)
            except Exception as error:  # a failing cell, or a kernel that died: the notebook stays as it was
                print(error, file=sys.stderr)
                done, failed = "FAILED", 1
        print(f"{name}: {done}", flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main())
