"""The files that say what is installed agree with each other and with what the code imports."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, distribution, packages_distributions
from pathlib import Path

import nbformat
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PINNED_BY_TORCH = re.compile(r"nvidia-|cuda-|triton$")


def pins(name: str) -> dict[str, str]:
    """Package -> version of a requirements file; anything but `name==version` fails."""
    found = {}
    for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
        line = line.partition("#")[0].strip()
        if not line:
            continue
        pin = re.fullmatch(r"([A-Za-z0-9._-]+)==([0-9][A-Za-z0-9.]*)", line)
        assert pin, f"{name}: not pinned with ==: {line}"
        assert canonicalize_name(pin[1]) not in found, f"{name}: twice: {line}"
        found[canonicalize_name(pin[1])] = pin[2]
    return found


def sources() -> list[tuple[Path, str]]:
    """Every Python text of the course: modules, tests, the tools beside them, the notebooks' cells."""
    folders = ("course_utils", "tests", "tools", "lecture")
    texts = [(p, p.read_text("utf-8")) for f in folders for p in sorted((ROOT / f).rglob("*.py"))]
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "code":
                texts.append((path, re.sub(r"^(\s*)[%!].*$", r"\1pass", cell.source, flags=re.M)))
    return texts


def imports(text: str) -> set[str]:
    """Top-level names that a Python text imports from elsewhere."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names.add(node.module.partition(".")[0])
    return names


def test_every_import_is_a_pinned_requirement() -> None:
    ours = {name for path, _ in sources() for name in (path.stem, path.parent.name)}
    known, required = packages_distributions(), pins("requirements.txt")
    for path, text in sources():
        for name in imports(text) - ours - set(sys.stdlib_module_names):
            packages = {canonicalize_name(package) for package in known.get(name, [name])}
            assert packages & set(required), f"{path.name} imports {name}: not in requirements.txt"


def test_constraints_pin_the_rest() -> None:
    assert not set(pins("requirements.txt")) & set(pins("constraints.txt"))


def test_what_is_installed_is_what_is_pinned() -> None:
    """Follows every requirement to the packages that it needs here, on this system."""
    pinned = pins("requirements.txt") | pins("constraints.txt")
    waiting, seen = list(pins("requirements.txt")), set()
    while waiting:
        name = waiting.pop()
        if name in seen or PINNED_BY_TORCH.match(name):
            continue
        seen.add(name)
        assert name in pinned, f"{name} is missing in constraints.txt"
        try:
            found = distribution(name)
        except PackageNotFoundError:  # an extra's package, or one for other systems
            continue
        assert found.version.partition("+")[0] == pinned[name], f"{name}: run `make setup`"
        for line in found.requires or []:
            need = Requirement(line)
            if need.marker is None or need.marker.evaluate({"extra": ""}):
                waiting.append(canonicalize_name(need.name))


def test_widgets_show_everywhere() -> None:
    """ipywidgets 8.1.9 shows nothing in VS Code (microsoft/vscode-jupyter#17504)."""
    assert pins("requirements.txt")["ipywidgets"] != "8.1.9"


def test_package_and_environment_read_the_same_list() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["dynamic"] == ["dependencies"]
    assert project["tool"]["setuptools"]["dynamic"]["dependencies"]["file"] == ["requirements.txt"]
    environment = (ROOT / "environment.yml").read_text(encoding="utf-8").split()
    assert environment[environment.index("pip:") :] == [
        "pip:", "-", "-r", "requirements.txt", "-", "-c", "constraints.txt", "-", "-e", "."
    ]  # fmt: skip
    installed = distribution("attention-course").requires or []
    wanted = [f"{name}=={version}" for name, version in pins("requirements.txt").items()]
    assert sorted(installed) == sorted(wanted), "run `make setup`"


@pytest.mark.parametrize("name", ["Makefile", "README.md", ".github/workflows/tests.yml"])
def test_python_versions_agree(name: str) -> None:
    """pyproject.toml's range is what every other file promises."""
    assert 'requires-python = ">=3.11,<3.14"' in (ROOT / "pyproject.toml").read_text("utf-8")
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "3.11" in text and "3.13" in text
    assert not re.search(r"3\.(10|14)\b", text)


def test_commands_install_with_the_constraints() -> None:
    command = "-r requirements.txt -c constraints.txt -e ."
    for name in ("Makefile", "README.md", ".github/workflows/tests.yml"):
        assert command in re.sub(r"\\\n\s*", "", (ROOT / name).read_text("utf-8")), name


def test_the_linter_finds_nothing() -> None:
    done = subprocess.run([sys.executable, "-m", "ruff", "check", ROOT], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_no_text_has_the_marks_of_a_merge() -> None:
    kinds = ("md", "py", "css", "js", "j2", "txt", "toml", "yml", "cfg", "ipynb")
    texts = [ROOT / "Makefile", *(path for kind in kinds for path in ROOT.rglob(f"*.{kind}"))]
    ours = [path for path in texts if not {".venv", "build"} & set(path.relative_to(ROOT).parts)]
    assert len(ours) > 50
    for path in ours:  # a conflict leaves three marks, the first and last of them unlike anything else
        assert not re.search(r"^(<{7}|>{7}) ", path.read_text("utf-8"), re.M), path.name
