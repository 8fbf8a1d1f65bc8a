"""What the browser tests share: the running JupyterLab, and a page that keeps watch."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Page

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))

READY = """() => window.jupyterapp?.shell?.currentWidget?.sessionContext
    ?.session?.kernel?.status === 'idle' && document.querySelector('.jp-CodeCell') !== null"""
RUN_ALL = "() => window.jupyterapp.commands.execute('notebook:run-all-cells')"
CELLS = """() => window.jupyterapp.shell.currentWidget.content.model.sharedModel.cells
    .filter(cell => cell.cell_type === 'code').map(cell => cell.toJSON())"""


class Lab(NamedTuple):
    """A running JupyterLab that serves a copy of the lessons."""

    address: str
    token: str

    def open(self, page: Page, notebook: str) -> None:
        """Show a notebook in a fresh workspace and wait until its kernel is idle."""
        page.goto(f"{self.address}/lab/tree/{notebook}?token={self.token}&reset")
        page.wait_for_function(READY, timeout=90_000)


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

    def _requested(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("data", "blob", "about") and parts.hostname != "127.0.0.1":
            self.outside.append(url)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(f"{message.text} ({message.location.get('url', '')})")

    def run_all(self) -> list[dict]:
        """Run every cell of the notebook; its code cells as they are afterwards."""
        self.page.evaluate(RUN_ALL)  # returns at the end, and also when a cell failed
        return self.page.evaluate(CELLS)

    def saw_nothing_wrong(self) -> None:
        """Fail if the page reached for another host or reported an error."""
        assert self.outside == []
        assert self.errors == []
