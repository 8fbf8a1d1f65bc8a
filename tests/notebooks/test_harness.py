"""The proof that a changed output turns the run red: on every real notebook, and end to end."""

from __future__ import annotations

import copy
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbval.plugin import IPyNbCell, IPyNbFile, coalesce_streams

from lessons import run, tidy, written
from outputs import NOTEBOOKS, ROOT, count, is_compared, is_text, read

CELLS = [
    "print('epoch 3, loss 0.125')",
    "0.5 + 0.25",
    "from IPython.display import HTML\nHTML('<b>noir</b>')",
    "from IPython.display import Markdown, display\ndisplay(Markdown('*chat*'))\nprint('two')",
    "import matplotlib.pyplot as plt\n_ = plt.plot([1, 2])",
    "import random\nprint(random.random())",  # tagged below
]


def toy() -> NotebookNode:
    """A notebook with every kind of output, the last one different in every run."""
    cells = [nbformat.v4.new_code_cell(source, id=f"cell-{i}") for i, source in enumerate(CELLS)]
    cells[-1].metadata.tags = ["nbval-ignore-output"]
    return nbformat.v4.new_notebook(cells=cells)


def changed(text: str, place: int) -> str:
    """The text with one character exchanged for another."""
    other = "8" if text[place] != "8" else "3"
    return text[:place] + other + text[place + 1 :]


def places(text: str, most: int = 400) -> list[int]:
    """Where to change a text: every word character, or that many of them, evenly spread.

    But not in the views of a slider, packed (see sanitize.cfg).
    """
    packed = {
        place for match in re.finditer(r'"[A-Za-z0-9+/=]{200,}"', text) for place in range(*match.span())
    }
    found = [match.start() for match in re.finditer(r"\w", text) if match.start() not in packed]
    return found[:: len(found) // most + 1]


def variants(outputs: list[NotebookNode]) -> list[list[NotebookNode]]:
    """The outputs with one character of one text changed, in each way that `places` gives."""
    result = []
    for number, output in enumerate(outputs):
        if not is_text(output):
            continue
        holder, keys = (output, ["text"]) if "text" in output else (output.data, list(output.data))
        for key in keys:
            for place in places(str(holder[key])):
                variant = copy.deepcopy(outputs)
                target = variant[number] if "text" in output else variant[number].data
                target[key] = changed(str(target[key]), place)
                result.append(variant)
    return result


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_nbval_notices_each_change_of_a_compared_output(
    path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """nbval's own comparison, with our settings, of the stored outputs with altered copies."""
    monkeypatch.setattr(IPyNbCell, "format_output_compare", lambda *_: None)  # slow, unread here
    file = IPyNbFile.from_parent(request.session, path=path)
    file.setup_sanitize_files()
    noticed = 0
    for item in file.collect():
        assert bool(item.options["check"]) == is_compared(item.cell)
        if not item.options["check"]:
            continue
        outputs = coalesce_streams(copy.deepcopy(item.cell.outputs))
        assert item.compare_outputs(outputs, outputs)
        for variant in variants(outputs):
            assert not item.compare_outputs(outputs, variant), item.cell.source
        for number, output in enumerate(outputs):
            if is_text(output):
                noticed += 1
                assert not item.compare_outputs(outputs, outputs[:number] + outputs[number + 1 :])
    assert noticed == count(read(path)).compared


def test_of_a_figure_the_text_is_compared_and_the_pixels_are_not(
    tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(IPyNbCell, "format_output_compare", lambda *_: None)
    image = '<img alt="It rises from 1 to 2." src="data:image/png;base64,iVBORw0KGgo+/A==">'
    data = {"text/html": image, "text/plain": "It rises from 1 to 2."}
    shown = nbformat.v4.new_output("execute_result", data, execution_count=1)
    cell = nbformat.v4.new_code_cell("figure", outputs=[shown], execution_count=1)
    assert not is_text(shown)
    (tmp_path / "figure.ipynb").write_bytes(written(nbformat.v4.new_notebook(cells=[cell])))
    file = IPyNbFile.from_parent(request.session, path=tmp_path / "figure.ipynb")
    file.setup_sanitize_files()
    (item,) = file.collect()

    def passes(kind: str, old: str, new: str) -> bool:
        other = copy.deepcopy(item.cell.outputs)
        assert old in other[0].data[kind]
        other[0].data[kind] = other[0].data[kind].replace(old, new)
        return item.compare_outputs(other, item.cell.outputs)

    assert passes("text/html", "iVBORw0KGgo+/A==", "iVBORw0KGgoAAAANSUhEUg=")
    assert not passes("text/html", "to 2", "to 3")
    assert not passes("text/plain", "to 2", "to 3")
    assert not item.compare_outputs([], item.cell.outputs)


def nbval(folder: Path) -> str:
    """What pytest says of the notebooks in a folder, run with this project's settings."""
    command = [sys.executable, "-m", "pytest", "--color=no", "-p", "no:cacheprovider"]
    command += ["-c", str(ROOT / "pyproject.toml"), "--rootdir", str(folder), str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return done.stdout


def test_a_changed_output_turns_the_run_red(tmp_path: Path) -> None:
    """The whole way: a true notebook passes, and each copy with one changed output fails."""
    notebook = toy()
    run(notebook, tmp_path)
    tidy(notebook)
    (tmp_path / "true.ipynb").write_bytes(written(notebook))
    texts = [
        (cell, output)
        for cell, holder in enumerate(notebook.cells)
        for output, shown in enumerate(holder.outputs)
        if is_text(shown) and is_compared(holder)
    ]
    assert len(texts) == count(notebook).compared == 5
    for number, (cell, output) in enumerate(texts):
        altered = copy.deepcopy(notebook)
        shown = altered.cells[cell].outputs[output]
        if "text" in shown:
            shown.text = changed(shown.text, 0)
        else:
            kind = max(shown.data, key=lambda name: name != "text/plain")  # the one that is seen
            shown.data[kind] = changed(shown.data[kind], 3)
        (tmp_path / f"altered_{number}.ipynb").write_bytes(written(altered))
    said = nbval(tmp_path)
    failed = re.findall(r"^FAILED (\S+)::(.+?)(?: - .*)?$", said, re.MULTILINE)
    expected = [(f"altered_{n}.ipynb", f"Cell {cell}") for n, (cell, _) in enumerate(texts)]
    assert sorted((Path(name).name, cell) for name, cell in failed) == expected, said
