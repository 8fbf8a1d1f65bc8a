"""Each lesson opens in JupyterLab; nothing is fetched from elsewhere, nothing goes wrong."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest

from lab import NOTEBOOKS, Lab, Watched

pytestmark = pytest.mark.browser

QUICK = [path for path in NOTEBOOKS if path.stem.startswith("02")]  # runs in seconds


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_lesson_opens(path: Path, lab: Lab, watched: Watched) -> None:
    lab.open(watched.page, path.name)
    title = nbformat.read(path, as_version=4).cells[0].source.splitlines()[0].lstrip("# ")
    shown = watched.page.locator(".jp-RenderedMarkdown h1").first.inner_text()
    assert re.split(r"[$*_`\\]", title)[0].strip() in shown
    watched.saw_nothing_wrong()


@pytest.mark.parametrize("path", QUICK, ids=lambda path: path.stem)
def test_lesson_runs(path: Path, lab: Lab, watched: Watched) -> None:
    lab.open(watched.page, path.name)
    cells = watched.run_all()
    assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1))
    outputs = [output for cell in cells for output in cell["outputs"]]
    assert [output for output in outputs if output["output_type"] == "error"] == []
    watched.saw_nothing_wrong()
