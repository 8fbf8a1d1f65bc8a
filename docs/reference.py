"""A page of the reference for each public module of the package."""

from __future__ import annotations

import ast
from pathlib import Path

import course_utils
from lessons import ROOT

PACKAGE = ROOT / "course_utils"
ROOMS = ["text", "model", "analysis", "training", "figures", "widgets", "exercises"]  # the data's way


def modules() -> dict[str, list[Path]]:
    """Return the public modules of each room; those of none first."""
    return {room: sorted((PACKAGE / room).glob("[!_]*.py")) for room in ("", *ROOMS)}


def name_of(path: Path) -> str:
    """Return a module's whole name."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def homes() -> dict[str, str]:
    """Return which page of the site shows which file of the package."""
    paths = [path for room in modules().values() for path in room]
    return {path.relative_to(ROOT).as_posix(): f"reference/{name_of(path)}.md" for path in paths}


def about(path: Path) -> str:
    """Return the first line of a module's docstring, as it stands in an index."""
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return text.split("\n\n")[0].replace("\n", " ").replace("``", "`").rstrip(".:")


def front_door() -> str:
    """Return the names that the package itself gives, each a link to its home."""
    names = sorted(course_utils._HOME.items(), key=lambda item: item[0].lower())
    return ", ".join(f"[`{name}`](course_utils.{home}.md)" for name, home in names)


def write(folder: Path) -> None:
    """Write the pages into `folder`, and links to them into its index."""
    index = (folder / "index.md").read_text(encoding="utf-8")
    for room, paths in modules().items():
        rows = []
        for path in paths:
            name = name_of(path)
            title = name.removeprefix("course_utils.")
            # In no page's menu: seventy lines in each would make every page heavier, and the build slow.
            text = f"---\norphan: true\n---\n\n# {title}\n\n[‹ Reference](index.md)\n\n"
            text += f"```{{eval-rst}}\n.. automodule:: {name}\n```\n"
            (folder / f"{name}.md").write_text(text, encoding="utf-8")
            rows.append(f"- [{title}]({name}.md): {about(path)}.")
        mark = f"<!-- {room or 'front'} -->"
        if mark not in index:
            raise ValueError(f"docs/reference/index.md must say {mark}")
        before = front_door() + "\n\nBeside it stand\n\n" if not room else ""
        index = index.replace(mark, before + "\n".join(rows))
    (folder / "index.md").write_text(index, encoding="utf-8")
