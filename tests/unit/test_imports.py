"""Which module may import which, and what must work without torch."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

import course_utils

FOLDER = Path(course_utils.__file__).parent
MODULES = {
    ".".join(path.relative_to(FOLDER).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(FOLDER.rglob("*.py"))
}
LESSONS = tuple(name for name in MODULES if name.startswith("exercises.lesson_"))

# A module imports only modules that stand before it; and a lesson's checks no other lesson's.
ORDER = (
    "vocab", "corpus", "numpy_attention", "batching", "attention", "models", "files", "consoles",
    "checkpoints", "decoding", "evaluation", "alignments", "interventions", "training", "pretrained",
    "recipes", "replay", "steps", "alt_text", "plots", "curves", "diagrams", "reading_plots", "visualiser",
    "explorer", "sliders", "query_plane", "beams", "model_sliders", "step_views", "hand_weights",
    "widgets", "exercises.checking", "exercises.answers", *LESSONS, "exercises",
)  # fmt: skip
WITHOUT_TORCH = (
    "vocab", "corpus", "numpy_attention", "files", "consoles", "alt_text", "plots", "visualiser", "sliders",
    "widgets", "exercises",
)  # fmt: skip


def imported(module: Path) -> set[str]:
    """Return the full names of what `module` imports anywhere, unless it runs as a command."""
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
    return names


@pytest.mark.parametrize("name", MODULES)
def test_imports_run_one_way_only(name: str) -> None:
    names = imported(MODULES[name])
    ours = {n.removeprefix("course_utils.") for n in names if n.startswith("course_utils.")}
    if name == "__init__":
        assert not ours
        return
    assert name in ORDER, f"give {name} its place in ORDER"
    later = {other for other in ours if ORDER.index(other) >= ORDER.index(name)}
    assert not later, f"{name} must not import {later}"
    assert name not in LESSONS or not ours & {*LESSONS}, f"{name} must not import another lesson's"


@pytest.mark.parametrize("name", MODULES)
def test_imports_come_from_python_the_course_and_what_it_pins(name: str) -> None:
    requirements = (FOLDER.parent / "requirements.txt").read_text(encoding="utf-8")
    pinned = {package.lower() for package in re.findall(r"^([\w-]+)==", requirements, re.MULTILINE)}
    others = {module.partition(".")[0] for module in imported(MODULES[name])} - {"course_utils"}
    assert {module.lower() for module in others - sys.stdlib_module_names} <= pinned


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
