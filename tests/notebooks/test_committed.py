"""The notebooks as they are committed: complete, in order, tidy, with outputs that are compared."""

from __future__ import annotations

import base64
import json
import re
import zlib
from math import prod
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from outputs import NOTEBOOKS, ROOT, code_cells, count, is_compared, is_text, read, row

MOSTLY_COMPARED = {"02", "03", "04"}  # lessons in which nothing is left to chance
PATHS = re.compile(
    r"(?<![\w.])/(home|Users|root|tmp|work|opt|mnt|var|usr|private|content)/\w"
    r"|\b[A-Za-z]:\\\w|site-packages|\.venv\b|ipykernel_\d+|<ipython-input"
)
LINK = re.compile(r"!?\[[^\]]*\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)|(?:src|href)=\"([^\"]+)\"")
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)

each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def prose(notebook: NotebookNode) -> list[str]:
    """The markdown cells, without code."""
    return [CODE.sub("", cell.source) for cell in notebook.cells if cell.cell_type == "markdown"]


def anchors(path: Path) -> set[str]:
    """What JupyterLab calls the headings of a notebook in a link."""
    found = re.findall(r"^#{1,6}\s+(.+?)\s*#*$", "\n".join(prose(read(path))), re.MULTILINE)
    return {heading.replace(" ", "-") for heading in found}


def broken_links(path: Path) -> list[str]:
    """Links of the notebook to a file or heading of the course that isn't there."""
    broken = []
    for text in prose(read(path)):
        for found in LINK.finditer(text):
            link = found[1] or found[2]
            if re.match(r"https?://|mailto:|attachment:|data:", link):
                continue
            name, _, heading = link.partition("#")
            target = (path.parent / name).resolve() if name else path
            inside = target.is_relative_to(ROOT) and target.exists()
            known = not heading or target.suffix != ".ipynb" or not inside
            if not inside or not (known or heading in anchors(target)):
                broken.append(link)
    return broken


@each_notebook
def test_ran_top_to_bottom_without_a_complaint(path: Path) -> None:
    cells = code_cells(read(path))
    assert [c.execution_count for c in cells] == list(range(1, len(cells) + 1))
    for cell in cells:
        for output in cell.outputs:
            assert output.output_type != "error", cell.source
            assert output.get("name") != "stderr", output.text


@each_notebook
def test_is_a_valid_notebook_and_small(path: Path) -> None:
    notebook = read(path)
    nbformat.validate(notebook)
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids)
    assert path.stat().st_size < 2_000_000


@each_notebook
def test_shows_no_path_of_the_machine_it_ran_on(path: Path) -> None:
    for cell in code_cells(read(path)):
        for text in [cell.source, *(str(o) for o in cell.outputs if is_text(o))]:
            found = PATHS.search(text)
            assert found is None, text[max(0, found.start() - 60) : found.end() + 60]
            assert str(ROOT) not in text


@each_notebook
def test_cells_are_short_and_nbval_can_compare_them(path: Path) -> None:
    for cell in code_cells(read(path)):
        assert cell.source.strip(), "an empty cell"
        assert len(cell.source.splitlines()) <= 40, cell.source
        assert not cell.source.rstrip().endswith(";"), f"write `_ = …`: {cell.source}"


@each_notebook
def test_links_lead_somewhere(path: Path) -> None:
    assert broken_links(path) == []
    assert not re.search(r"!\[[^\]]*\]\(\s*https?:|<img[^>]+https?:", "\n".join(prose(read(path))))


@each_notebook
def test_every_picture_has_a_text(path: Path) -> None:
    """JupyterLab shows an `image/…` without one, unless there is HTML beside it."""
    for cell in code_cells(read(path)):
        for output in cell.outputs:
            shown = output.get("data", {})
            kinds = [kind for kind in shown if kind.startswith("image/")]
            said = f"show it with course_utils.figures.style.finish: {cell.source}"
            assert not kinds or "text/html" in shown, said
            for picture in re.findall(r"<img\b[^>]*>", shown.get("text/html", "")):
                assert re.search(r'\balt="[^"]*\w', picture), cell.source


@each_notebook
def test_most_outputs_are_compared(path: Path) -> None:
    counts = count(read(path))
    assert counts.compared > 0
    if path.stem[:2] in MOSTLY_COMPARED:
        assert counts.compared >= 0.9 * (counts.compared + counts.only_run), counts


@each_notebook
def test_only_cells_with_outputs_are_exempt(path: Path) -> None:
    """A tag on a cell that puts out nothing would exempt what somebody adds to it later."""
    for cell in code_cells(read(path)):
        assert cell.outputs or is_compared(cell), cell.source


@each_notebook
def test_readme_counts_the_outputs(path: Path) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    line = re.search(rf"^\| {re.escape(path.stem)} \|[\d |]*$", readme, re.MULTILINE)
    assert line, "README.md lacks this lesson's line of `make outputs`"
    assert line[0] == row(path), "copy the line from `make outputs`"


def stored_sliders(notebook: NotebookNode) -> list[tuple[str, dict]]:
    """What stays of each explorer without a kernel: its still, and what its script unpacks."""
    found = []
    for cell in code_cells(notebook):
        for output in cell.outputs:
            html = output.get("data", {}).get("text/html", "")
            if "explorer-still" in html:
                still, _, script = html.partition("<script>")
                packed = re.search(r'"([A-Za-z0-9+/=]{200,})"', script)
                found.append((still, json.loads(zlib.decompress(base64.b64decode(packed[1])))))
    return found


def test_what_moves_without_a_kernel_is_whole_and_begins_as_its_still() -> None:
    """nbval can't look inside. (The browser's tests compare every place with Python's own view.)"""
    seen = 0
    for path in NOTEBOOKS:
        for still, packed in stored_sliders(read(path)):
            tabled = [control["tabled"] for control in packed["controls"]]
            sizes = [len(control["values"]) for control in packed["controls"]]
            assert len(packed["index"]) == prod(size for size, is_in in zip(sizes, tabled) if is_in)
            assert sorted(set(packed["index"])) == list(range(len(packed["views"])))
            row = 0
            for at, size, is_in in zip(packed["starts"], sizes, tabled):
                assert 0 <= at < size
                row = row * size + at if is_in else row
            if all(tabled):
                view = packed["views"][packed["index"][row]]
                assert all(part in still for part in re.split(r"<svg.*?</svg>", view, flags=re.DOTALL))
            seen += 1
    assert seen >= 9
