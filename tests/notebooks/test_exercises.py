"""The exercises in the lessons: stub, check, solution; nothing of the learner's is overwritten."""

from __future__ import annotations

import ast
import inspect
import json
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from course_utils import exercises
from outputs import NOTEBOOKS, read

ROOT = Path(__file__).resolve().parents[2]
KINDS = ("exercise", "check", "solution")
each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def tagged(path: Path) -> list[tuple[str, NotebookNode]]:
    """The cells of the exercises in their order, each with its kind."""
    cells = read(path).cells
    return [(kind, cell) for cell in cells for kind in KINDS if kind in cell.metadata.get("tags", [])]


def bound(source: str) -> set[str]:
    """The names that a cell binds where the next cell sees them."""
    names: set[str] = set()
    pending: list[ast.AST] = [*ast.parse(source).body]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.alias):
            names.add((node.asname or node.name).partition(".")[0])
        elif not isinstance(node, ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
            pending += ast.iter_child_nodes(node)
    return names


@each_notebook
def test_no_cell_takes_the_name_of_a_function_that_an_earlier_one_wrote(path: Path) -> None:
    """Run from top to bottom, a later cell that calls it would call something else."""
    written: set[str] = set()
    for cell in read(path).cells:
        if cell.cell_type == "code":
            body = ast.parse(cell.source).body
            functions = {node.name for node in body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
            assert written & (bound(cell.source) - functions) == set(), cell.source
            written |= functions


@each_notebook
def test_every_exercise_has_a_stub_a_check_and_a_folded_solution(path: Path) -> None:
    found = tagged(path)
    assert len(found) >= 4 * len(KINDS) and [kind for kind, _ in found] == [*KINDS] * (len(found) // 3)
    for kind, cell in found:
        folded = cell.metadata.get("jupyter", {})
        assert (kind == "solution") == (folded == {"source_hidden": True, "outputs_hidden": True})
        # Of a folded cell JupyterLab shows the first line.
        assert (kind == "solution") == cell.source.startswith("# A solution\n")


@each_notebook
def test_stored_verdicts(path: Path) -> None:
    """An untouched lesson says *not started*; every solution is right."""
    for kind, cell in tagged(path):
        shown = [output.data["text/plain"] for output in cell.outputs if "data" in output]
        if kind == "check":
            assert shown[-1].startswith("○"), cell.source
        elif kind == "solution":
            assert shown[-1].startswith("✓"), cell.source


@each_notebook
def test_a_solution_passes_the_check_of_its_exercise_and_takes_no_name(path: Path) -> None:
    found = tagged(path)
    learners = set().union(*(bound(cell.source) for kind, cell in found if kind == "exercise"))
    for (_, stub), (_, check), (_, solution) in zip(found[::3], found[1::3], found[2::3], strict=True):
        name = check.source.rsplit("check_", 1)[1].split("(")[0]
        assert callable(getattr(exercises, f"check_{name}"))
        assert solution.source.rsplit("\n", 1)[-1].startswith(f"check_{name}(")
        assert bound(stub.source) & bound(check.source) == set()
        assert {answer.id for answer in ast.parse(check.source).body[-1].value.args} <= bound(stub.source)
        assert any(word.startswith("solution_") for word in bound(solution.source))
        assert not bound(solution.source) & learners


def test_every_check_is_used() -> None:
    sources = "".join(cell.source for path in NOTEBOOKS for kind, cell in tagged(path) if kind == "check")
    checks = [name for name in vars(exercises) if name.startswith("check_")]
    assert checks and [name for name in checks if f"{name}(" not in sources] == []


def test_student_copy_has_all_but_the_solutions(tmp_path: Path) -> None:
    command = [sys.executable, ROOT / "lecture" / "student.py", "--output", tmp_path]
    said = subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout
    names = [path.name for path in sorted(tmp_path.iterdir())]
    assert names == [*(path.name for path in NOTEBOOKS), "one_page.py"]
    for path in NOTEBOOKS:
        copy = nbformat.read(tmp_path / path.name, as_version=4)
        ids = {cell.id for cell in copy.cells}
        left_out = [cell for cell in read(path).cells if cell.id not in ids]
        assert f"{path.name}: without {len(left_out)} solutions" in said
        kept = [cell for cell in read(path).cells if cell.id in ids]
        assert copy.metadata == read(path).metadata
        assert [unnumbered(cell) for cell in copy.cells] == [unnumbered(cell) for cell in kept]
        solutions = [cell for kind, cell in tagged(path) if kind == "solution"]
        assert left_out == solutions
        text = (tmp_path / path.name).read_text(encoding="utf-8")
        assert "solution_" not in text
        numbers = [c.execution_count for c in copy.cells if c.cell_type == "code"]
        assert numbers == list(range(1, len(numbers) + 1))
        for cell in copy.cells:
            shown = [output.get("execution_count") for output in cell.get("outputs", [])]
            assert set(shown) <= {None, cell.get("execution_count")}


def unnumbered(cell: NotebookNode) -> str:
    return re.sub(r'"execution_count": \d+', "", json.dumps(cell))


def test_several_answers_are_called_as_in_the_lesson() -> None:
    """A verdict names those that are still open."""
    for path in NOTEBOOKS:
        for kind, cell in tagged(path):
            if kind == "check":
                call = ast.parse(cell.source).body[-1].value
                names = [argument.id for argument in call.args]
                parameters = list(inspect.signature(getattr(exercises, call.func.id)).parameters)
                assert len(names) == 1 or names == parameters, call.func.id
