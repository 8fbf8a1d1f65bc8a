"""What the browser tests share: the running JupyterLab, and a page that keeps watch."""

from __future__ import annotations

import json
from ast import literal_eval
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import ConsoleMessage, Dialog, Locator, Page, expect

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def each_lesson(*every_time: str) -> pytest.MarkDecorator:
    """Parametrize a test by lesson: those that begin so every time, the others weekly (none: all, always).

    Every lesson runs as a whole in nbval's tests already; in the browser that takes another minute or two.
    """
    often = every_time or ("",)
    marked = [
        pytest.param(path, marks=[] if path.stem.startswith(often) else pytest.mark.weekly)
        for path in NOTEBOOKS
    ]
    return pytest.mark.parametrize("path", marked, ids=lambda path: path.stem)


READY = """() => window.jupyterapp?.shell?.currentWidget?.sessionContext
    ?.session?.kernel?.status === 'idle' && document.querySelector('.jp-CodeCell') !== null"""
RUN_ALL = "() => window.jupyterapp.commands.execute('notebook:run-all-cells')"
CELLS = """() => window.jupyterapp.shell.currentWidget.content.model.sharedModel.cells
    .map(cell => cell.toJSON())"""
COUNT = "() => window.jupyterapp.shell.currentWidget.content.widgets.length"
COMMAND = "command => window.jupyterapp.commands.execute(command)"
THEME = "theme => window.jupyterapp.commands.execute('apputils:change-theme', { theme })"
SCROLL = "i => window.jupyterapp.shell.currentWidget.content.scrollToItem(i)"
# Run code in the notebook's kernel, out of sight; the value of the name `answer`, as it is printed.
ASK = """async code => {
    const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
    const what = { code, silent: true, store_history: false, user_expressions: { answer: '_asked' } };
    const { content } = await kernel.requestExecute(what).done;
    return content.user_expressions?.answer.data?.['text/plain'] ?? JSON.stringify(content);
}"""


class Lab(NamedTuple):
    """A running JupyterLab that serves a copy of the lessons."""

    address: str
    token: str

    def open(self, page: Page, notebook: str) -> None:
        """Show a notebook in a fresh workspace, alone, and wait until its kernel is idle."""
        for session in self.ask(page, "GET", "sessions"):
            self.ask(page, "DELETE", f"sessions/{session['id']}")
        page.goto(f"{self.address}/lab/tree/{notebook}?token={self.token}&reset")
        page.wait_for_function(READY, timeout=90_000)

    def ask(self, page: Page, method: str, path: str, data: object = None) -> Any:
        """Ask the server's own interface (/api/…), and return what it answers."""
        headers = {"Authorization": f"token {self.token}"}
        answer = page.request.fetch(f"{self.address}/api/{path}", method=method, headers=headers, data=data)
        assert answer.ok, answer.text()
        return answer.json() if answer.body() else None


class Watched:
    """A page, with what it asked for from other hosts and what it complained of."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.outside: list[str] = []
        self.errors: list[str] = []
        page.on("request", lambda request: self._requested(request.url))
        page.on("websocket", lambda socket: self._requested(socket.url))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._said)
        page.on("dialog", self._shown)

    def _requested(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("data", "blob", "about") and parts.hostname != "127.0.0.1":
            self.outside.append(url)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(f"{message.text} ({message.location.get('url', '')})")

    def _shown(self, dialog: Dialog) -> None:
        if dialog.type == "alert":  # a word that ran as a script
            self.errors.append(f"alert: {dialog.message}")
        dialog.accept()

    def run_all(self) -> list[dict]:
        """Run every cell of the notebook; all cells as they are afterwards. Fail if one failed."""
        self.page.evaluate(RUN_ALL)  # returns at the end, and also when a cell failed
        cells = self.page.evaluate(CELLS)
        code = [cell for cell in cells if cell["cell_type"] == "code"]
        wrong = [output for cell in code for output in cell["outputs"] if output["output_type"] == "error"]
        assert wrong == []
        assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))
        return cells

    def cell(self, number: int) -> Locator:
        """Return the cell with this number, from 0, scrolled to."""
        self.page.evaluate(SCROLL, number)
        return self.page.locator(f".jp-Cell[data-windowed-list-index='{number}']")

    def kernel(self, code: str) -> Any:
        """Run code in the kernel, out of sight; return what it gave the name `answer`."""
        said = self.page.evaluate(ASK, f"{code}\nimport json as _json\n_asked = _json.dumps(answer)")
        assert said.startswith(("'", '"')), said
        return json.loads(literal_eval(said))

    def change_theme(self, name: str) -> None:
        """Change the theme; JupyterLab trips over its own splash screen if that is still there."""
        splash = self.page.locator("#jupyterlab-splash")
        expect(splash).to_have_count(0)
        self.page.evaluate(THEME, name)
        expect(splash).to_have_count(0)

    def saw_nothing_wrong(self) -> None:
        """Fail if the page reached for another host or reported an error."""
        assert self.outside == []
        assert self.errors == []
