"""What a lesson's notebook defines, for tests that compare it with the package."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
DEFINITIONS = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)


def code_cells(name: str) -> list[NotebookNode]:
    """Return the code cells of notebooks/`name`.ipynb."""
    notebook = nbformat.read(NOTEBOOKS / f"{name}.ipynb", 4)
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def definitions(name: str) -> dict[str, Any]:
    """Return the lesson's imports, functions and classes, without anything that it computes."""
    namespace: dict[str, Any] = {}
    for cell in code_cells(name):
        tree = ast.parse(cell.source)
        tree.body = [node for node in tree.body if isinstance(node, DEFINITIONS)]
        exec(compile(tree, f"cell {cell.id}", "exec"), namespace)
    return namespace
