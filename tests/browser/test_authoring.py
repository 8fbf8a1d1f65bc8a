"""An author opens a lesson's text in JupyterLab as a notebook, changes a sentence and saves."""

from __future__ import annotations

import pytest

from lab import COMMAND, READY, ROOT, Lab, Watched

pytestmark = pytest.mark.browser

# Its own factory comes late: before, the text would open as text.
READY_TO_OPEN = """() => window.jupyterapp?.commands?.hasCommand('docmanager:open')
    && window.jupyterapp.docRegistry.getWidgetFactory('Jupytext Notebook')"""
# Once the layout is restored: before, restoring it can take the new tab's place as the current one.
OPEN = """path => window.jupyterapp.restored.then(() => window.jupyterapp.commands.execute(
    'docmanager:open', { path, factory: 'Jupytext Notebook' }))"""
CHANGE = """([old, now]) => {
    const cells = window.jupyterapp.shell.currentWidget.content.model.sharedModel.cells;
    const cell = cells.find(cell => cell.source.includes(old));
    cell.source = cell.source.replace(old, now);
}"""


@pytest.mark.parametrize("source", sorted((ROOT / "lessons").glob("*.md"))[2:3], ids=lambda path: path.stem)
def test_a_changed_sentence_changes_one_line(source, lab: Lab, watched: Watched) -> None:
    page, text = watched.page, source.read_text(encoding="utf-8")
    old = "**What you will learn**"  # which is in each lesson, once
    assert text.count(old) == 1
    lab.ask(page, "PUT", "contents/lesson.md", {"type": "file", "format": "text", "content": text})
    page.goto(f"{lab.address}/lab?token={lab.token}&reset")
    page.wait_for_function(READY_TO_OPEN)
    page.evaluate(OPEN, "lesson.md")
    page.wait_for_function(READY, timeout=90_000)
    page.evaluate(CHANGE, [old, "**What one learns**"])
    page.evaluate(COMMAND, "docmanager:save")
    saved = lab.ask(page, "GET", "contents/lesson.md?type=file&format=text")["content"]
    differ = [(a, b) for a, b in zip(text.splitlines(), saved.splitlines(), strict=True) if a != b]
    assert len(differ) == 1 and "**What one learns**" in differ[0][1]
