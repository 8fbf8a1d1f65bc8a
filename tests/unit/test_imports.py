"""Which module may import which (held by import-linter), and what must work without torch."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

import course_utils

FOLDER = Path(course_utils.__file__).parent
ROOT = FOLDER.parent
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(FOLDER.rglob("*.py"))
}
WITHOUT_TORCH = [
    name for name in MODULES
    if re.match(r"course_utils(\.(text|figures|widgets|exercises)\b|\.numpy_attention|\.files|$)", name)
    and name != "course_utils.text.batching"
]  # fmt: skip
LONGEST = 300  # lines


def imported(module: Path) -> set[str]:
    """Return the full names of what `module` imports anywhere."""
    names = set()
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module.name} imports relatively"
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def test_arrows_run_one_way_only(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT)
    assert lint_imports(config_filename="pyproject.toml", cache_dir=None) == EXIT_STATUS_SUCCESS, (
        capsys.readouterr().out
    )


@pytest.mark.parametrize("name", MODULES)
def test_imports_come_from_python_the_course_and_what_it_asks_for(name: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = {re.match(r"[\w-]+", line)[0].lower() for line in project["dependencies"]}
    others = {module.partition(".")[0] for module in imported(MODULES[name])} - {"course_utils"}
    assert {module.lower() for module in others - sys.stdlib_module_names} <= asked


def test_every_module_is_used_and_none_is_long() -> None:
    used = set().union(*map(imported, MODULES.values()))
    for folder in ("tools", "lecture", "notebooks", "docs"):
        for file in (ROOT / folder).rglob("*"):
            if file.suffix in (".py", ".ipynb"):
                text = file.read_text(encoding="utf-8")
                used |= {f"{a}.{b}" for a, b in re.findall(r"from (course_utils[\w.]*) import (\w+)", text)}
                used |= set(re.findall(r"from (course_utils[\w.]*) import", text))
    for name, path in MODULES.items():
        if path.name not in ("__init__.py", "__main__.py"):
            assert name in used, f"nothing imports {name}"
        if "exercises" not in name:
            lines = path.read_text(encoding="utf-8").count("\n")
            assert lines <= LONGEST, f"{name} has {lines} lines"


def python(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_works_where_torch_cannot_be_imported() -> None:
    python(f"import sys; sys.modules['torch'] = None; import {', '.join(WITHOUT_TORCH)}")


def test_importing_the_package_or_a_room_costs_nothing() -> None:
    rooms = sorted(name for name, path in MODULES.items() if path.name == "__init__.py")
    rooms.remove("course_utils.exercises")  # its front door is all checks
    code = (
        f"import sys; before = set(sys.modules); import {', '.join(rooms)};print(*set(sys.modules) - before)"
    )
    assert {name.partition(".")[0] for name in python(code).split()} == {"course_utils"}
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import course_utils"], check=True)
    assert time.perf_counter() - started < 5  # most of it is Python's own start


def test_the_front_door_gives_what_it_names() -> None:
    for name, room in course_utils._HOME.items():
        found = getattr(course_utils, name)
        assert found.__module__ == f"course_utils.{room}" and name in dir(course_utils)
    assert set(course_utils.__all__) == set(course_utils._HOME)
    with pytest.raises(AttributeError, match="no attribute 'attention'"):
        course_utils.attention  # noqa: B018


def test_type_checkers_see_the_front_door_as_it_is() -> None:
    seen = {
        alias.name: node.module
        for node in ast.walk(ast.parse(MODULES["course_utils"].read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module.startswith("course_utils.")
        for alias in node.names
    }
    assert seen == {name: f"course_utils.{room}" for name, room in course_utils._HOME.items()}


def test_what_texts_name_is_there() -> None:
    """A module that moves takes its name in docstrings, lessons and pages with it."""
    texts = [*MODULES.values(), *ROOT.glob("*.md"), *(ROOT / "data").rglob("README.md")]
    texts += [path for folder in ("lessons", "lecture") for path in (ROOT / folder).glob("*.[mp][dy]")]
    named = {
        name for path in texts for name in re.findall(r"course_utils(?:\.\w+)+", path.read_text("utf-8"))
    }
    assert len(named) > 60
    for name in named:
        found: object = course_utils
        for part in name.split(".")[1:]:
            if not hasattr(found, part):
                importlib.import_module(f"{found.__name__}.{part}")  # type: ignore[attr-defined]
            found = getattr(found, part)
