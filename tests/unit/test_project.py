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


def pins() -> dict[str, str]:
    """Package -> version, of constraints.txt; anything but `name==version` fails."""
    found = {}
    for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines():
        line = line.partition("#")[0].strip()
        if not line:
            continue
        pin = re.fullmatch(r"([A-Za-z0-9._-]+)==([0-9][A-Za-z0-9.]*)", line)
        assert pin, f"not pinned with ==: {line}"
        assert canonicalize_name(pin[1]) not in found, f"twice: {line}"
        found[canonicalize_name(pin[1])] = pin[2]
    return found


def asked() -> dict[str, set[str]]:
    """What the package asks for, a learner's requirements, and each group of pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    found = {
        "package": project["project"]["dependencies"],
        "requirements": [line for line in lines if line and line[0] not in "#-"],
    } | {
        name: [line for line in group if isinstance(line, str)]
        for name, group in project["dependency-groups"].items()
    }
    return {name: {canonicalize_name(Requirement(line).name) for line in of} for name, of in found.items()}


def sources() -> list[tuple[Path, str]]:
    """Every Python text of the course: modules, tests, the tools beside them, the notebooks' cells."""
    folders = ("course_utils", "tests", "tools", "lecture", "docs")
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


# Peers and servers, which tests/benchmarks and tests/hub install into environments of their own.
THEIR_OWN = {"joeynmt", "jupyterhub"}


def test_every_import_is_asked_for() -> None:
    ours = {name for path, _ in sources() for name in (path.stem, path.parent.name)}
    known, required = packages_distributions(), set().union(*asked().values())
    for path, text in sources():
        for name in imports(text) - ours - set(sys.stdlib_module_names) - THEIR_OWN:
            packages = {canonicalize_name(package) for package in known.get(name, [name])}
            assert packages & required, f"{path.name} imports {name}: not in pyproject.toml"


def test_what_is_installed_is_what_is_pinned() -> None:
    """Follows every requirement to the packages that it needs here, on this system."""
    pinned = pins()
    waiting, seen = list(set().union(*asked().values())), set()
    while waiting:
        name = waiting.pop()
        if name in seen or PINNED_BY_TORCH.match(name):
            continue
        seen.add(name)
        assert name in pinned, f"{name} is missing in constraints.txt"
        try:
            found = distribution(name)
        except PackageNotFoundError:  # an extra's package, one for other systems, or an author's tool
            assert name not in asked()["package"] | asked()["test"], f"{name}: run `make setup`"
            continue
        assert found.version.partition("+")[0] == pinned[name], f"{name}: run `make setup`"
        for line in found.requires or []:
            need = Requirement(line)
            if need.marker is None or need.marker.evaluate({"extra": ""}):
                waiting.append(canonicalize_name(need.name))


def test_the_package_asks_for_ranges_that_hold_what_is_pinned() -> None:
    """So that a hub or a Colab keeps its PyTorch."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for requirement in map(Requirement, project["dependencies"]):
        assert "==" not in str(requirement) and ">=" in str(requirement)
        assert requirement.specifier.contains(pins()[canonicalize_name(requirement.name)])
    assert not Requirement(next(r for r in project["dependencies"] if "ipywidgets" in r)).specifier.contains(
        "8.1.9"  # shows nothing in VS Code (microsoft/vscode-jupyter#17504)
    )


def test_conda_installs_what_a_learner_needs() -> None:
    environment = (ROOT / "environment.yml").read_text(encoding="utf-8").split()
    assert environment[environment.index("pip:") :] == ["pip:", "-", "-r", "requirements.txt"]
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line.startswith("-")] == ["-c constraints.txt", "-e ."]


@pytest.mark.parametrize("name", ["Makefile", "README.md", ".github/workflows/tests.yml"])
def test_python_versions_agree(name: str) -> None:
    """pyproject.toml's range is what every other file promises."""
    assert 'requires-python = ">=3.11,<3.15"' in (ROOT / "pyproject.toml").read_text("utf-8")
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "3.11" in text and "3.14" in text
    assert not re.search(r"3\.(10|15)\b", text)


def test_commands_install_the_same() -> None:
    command = "-r requirements.txt --group test"
    for name in ("Makefile", "README.md", ".github/workflows/tests.yml"):
        assert command in re.sub(r"\\\n\s*", "", (ROOT / name).read_text("utf-8")), name


@pytest.mark.parametrize("command", ["ruff check", "ruff format --check", "mypy"])
def test_linter_formatter_and_type_checker_find_nothing(command: str) -> None:
    arguments = [sys.executable, "-m", *command.split()]
    done = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


@pytest.mark.slow
def test_no_text_has_the_marks_of_a_merge() -> None:
    kinds = ("md", "py", "css", "js", "j2", "txt", "toml", "yml", "cfg", "ipynb")
    texts = [ROOT / "Makefile", *(path for kind in kinds for path in ROOT.rglob(f"*.{kind}"))]
    ours = [path for path in texts if not {".venv", "build"} & set(path.relative_to(ROOT).parts)]
    assert len(ours) > 50
    for path in ours:  # a conflict leaves three marks, the first and last of them unlike anything else
        assert not re.search(r"^(<{7}|>{7}) ", path.read_text("utf-8"), re.M), path.name
