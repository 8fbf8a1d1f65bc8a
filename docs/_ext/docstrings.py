"""The package's docstrings are plain text: what looks like markup in them is kept as it is written."""

from __future__ import annotations

import re
from typing import Any

from sphinx.application import Sphinx

from lessons import ROOT

CODE = re.compile(r"(``.+?``|`[^`]+`)", re.DOTALL)
BULLET = re.compile(r"(?:[-*•]|\d+\.) ")


def escaped(text: str) -> str:
    """Return one piece of prose without markup; `code` stays code."""
    pieces = CODE.split(text)
    for i, piece in enumerate(pieces):
        if i % 2:
            pieces[i] = f"``{piece.strip('`')}``"
            # Markup must end at a space or a full stop: an escaped space shows as nothing.
            if i + 1 < len(pieces) and pieces[i + 1][:1].isalnum():
                pieces[i] += r"\ "
        else:
            pieces[i] = re.sub(r"([*|\\`])", r"\\\1", piece)
            pieces[i] = re.sub(r"_(?!\w)", r"\\_", pieces[i])
    return "".join(pieces)


def as_markup(text: str) -> list[str]:
    """Return a docstring as reStructuredText: what is indented, or set in columns, is kept line by line."""
    result: list[str] = []
    for paragraph in re.split(r"\n\s*\n", text):
        rows = paragraph.splitlines()
        in_columns = re.search(r"\S {3,}\S", paragraph) is not None
        drawn = [in_columns or row.startswith("    ") for row in rows]
        first = drawn.index(True) if any(drawn) and not BULLET.match(rows[0]) else len(rows)
        for row in escaped("\n".join(rows[:first])).splitlines():
            if BULLET.match(row) and result and result[-1] and not BULLET.match(result[-1]):
                result.append("")  # a list begins after an empty line
            result.append(row)
        if first < len(rows):
            result += ["", "::", "", *(f"    {row}" for row in rows[first:])]
        result.append("")
    return result


def rewrite(app: Sphinx, what: str, name: str, thing: object, options: object, lines: list[str]) -> None:
    # Python takes off the margin of a docstring. A module's has none, so its drawings must keep theirs.
    text = (thing.__doc__ or "").strip() if what == "module" else "\n".join(lines).strip()
    lines[:] = as_markup(text)


def shown(
    app: Sphinx,
    what: str,
    name: str,
    thing: object,
    options: object,
    signature: str | None,
    returns: str | None,
) -> tuple[str | None, str | None]:
    """A default that is a folder of the course is shown as such, and not where this machine has it."""
    own = re.compile(rf"\w+Path\('{re.escape(ROOT.as_posix())}/([^']*)'\)")
    return own.sub(r"Path('\1')", signature or "") or None, returns


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("autodoc-process-docstring", rewrite, priority=400)  # before napoleon
    app.connect("autodoc-process-signature", shown)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
