"""Which module may import which, and what must work without torch."""

from __future__ import annotations

import ast
import subprocess
import sys
import time
from pathlib import Path

import pytest

import course_utils

FOLDER = Path(course_utils.__file__).parent

# A module imports only modules that stand before it.
ORDER = (
    "vocab", "corpus", "numpy_attention", "batching", "attention", "models", "checkpoints",
    "decoding", "evaluation", "alignments", "interventions", "training", "pretrained", "recipes",
    "replay", "steps", "plots", "curves", "diagrams", "reading_plots", "visualiser", "explorer",
    "sliders", "query_plane", "beams", "model_sliders", "step_views", "hand_weights",
    "widgets", "exercises",
)
WITHOUT_TORCH = ("vocab", "corpus", "numpy_attention", "plots", "visualiser", "sliders", "widgets")


def imported(module: Path) -> set[str]:
    """Return the modules of the package that `module` imports, unless it runs as a command."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    tree.body = [
        node
        for node in tree.body
        if not (isinstance(node, ast.If) and ast.unparse(node.test) == "__name__ == '__main__'")
    ]
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module == "course_utils":
            names |= {f"course_utils.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module.name} imports relatively"
            names.add(node.module)
    return {n.removeprefix("course_utils.") for n in names if n.startswith("course_utils.")}


@pytest.mark.parametrize("module", sorted(FOLDER.glob("*.py")), ids=lambda path: path.stem)
def test_imports_run_one_way_only(module: Path) -> None:
    if module.stem == "__init__":
        assert not imported(module)
        return
    assert module.stem in ORDER, f"give {module.stem} its place in ORDER"
    later = {name for name in imported(module) if ORDER.index(name) >= ORDER.index(module.stem)}
    assert not later, f"{module.stem} must not import {later}"


def python(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("module", WITHOUT_TORCH)
def test_it_works_where_torch_cannot_be_imported(module: str) -> None:
    python(f"import sys; sys.modules['torch'] = None; import course_utils.{module}")


def test_importing_the_package_costs_nothing() -> None:
    code = (
        "import sys; before = set(sys.modules); import course_utils;"
        "print(*set(sys.modules) - before)"
    )
    assert python(code).split() == ["course_utils"]
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import course_utils"], check=True)
    assert time.perf_counter() - started < 5  # most of it is Python's own start
