"""Run notebooks in a fresh kernel and store them in one form, the same from every machine.

python tests/notebooks/execute.py                       # all of them, in place
python tests/notebooks/execute.py notebooks/02*.ipynb   # these
python tests/notebooks/execute.py --tidy                # only the form, nothing is run
python tests/notebooks/execute.py --to executed         # into another folder
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

from outputs import NOTEBOOKS, code_cells, read

KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
LANGUAGE = {
    "codemirror_mode": {"name": "ipython", "version": 3},
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "nbconvert_exporter": "python",
    "pygments_lexer": "ipython3",
}
LEFT_OUT = {"widgets", "jupytext", "signature", "orig_nbformat"}  # of the notebook's metadata
LEFT_OUT_OF_CELLS = {"execution", "ExecuteTime", "collapsed", "scrolled", "lines_to_next_cell"}
WIDGET = "application/vnd.jupyter.widget-view+json"


def run(notebook: NotebookNode, folder: Path, timeout: int = 600) -> None:
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
    """Leave out what depends on the machine or the run; keep tags and slides."""
    kept = {key: value for key, value in notebook.metadata.items() if key not in LEFT_OUT}
    notebook.metadata = nbformat.from_dict(kept | {"kernelspec": KERNEL, "language_info": LANGUAGE})
    for cell in notebook.cells:
        for key in LEFT_OUT_OF_CELLS & set(cell.metadata):
            del cell.metadata[key]
    numbers: dict[str, str] = {}  # a widget's random id -> the same number in every run
    for number, cell in enumerate(code_cells(notebook), start=1):
        if cell.execution_count is not None:
            cell.execution_count = number
        cell.outputs = joined(cell.outputs)
        for output in cell.outputs:
            if "execution_count" in output:
                output.execution_count = number
            view = output.get("data", {}).get(WIDGET)
            if view:
                view["model_id"] = numbers.setdefault(view["model_id"], f"{len(numbers) + 1:032x}")


def joined(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Texts that reached the screen in pieces, in one piece."""
    result: list[NotebookNode] = []
    for output in outputs:
        last = result[-1] if result else None
        if last and output.output_type == last.output_type == "stream" and output.name == last.name:
            last.text += output.text
        else:
            result.append(output)
    return result


def save(notebook: NotebookNode, path: Path) -> None:
    """Write the notebook whole or not at all."""
    part = path.with_name(path.name + ".part")
    with part.open("w", encoding="utf-8", newline="\n") as file:
        nbformat.write(notebook, file)
    os.replace(part, path)


def main(arguments: list[str] | None = None) -> int:
    """The command line; 1 if a notebook failed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("notebooks", nargs="*", type=Path, help="default: all lessons")
    parser.add_argument("--tidy", action="store_true", help="bring into form without running")
    parser.add_argument("--to", type=Path, metavar="FOLDER", help="write there, not in place")
    options = parser.parse_args(arguments)
    failed = 0
    for path in options.notebooks or NOTEBOOKS:
        notebook, start = read(path), time.perf_counter()
        error = None
        try:
            if not options.tidy:
                run(notebook, path.resolve().parent)
        except Exception as raised:  # a failing cell, or a kernel that died
            error, failed = raised, 1
        if error is None or options.to:  # in place, a notebook that fails stays as it was
            tidy(notebook)
            target = options.to / path.name if options.to else path
            target.parent.mkdir(parents=True, exist_ok=True)
            save(notebook, target)
        print(f"{path.name}: {time.perf_counter() - start:.0f} s{' FAILED' if error else ''}")
        if error:
            print(error, file=sys.stderr)
    return failed


if __name__ == "__main__":
    sys.exit(main())
