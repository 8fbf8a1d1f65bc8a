"""The same learner with a real browser: the hub's form, JupyterLab, and its cells one after the other."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import nbformat
from playwright.sync_api import Page, sync_playwright

from environment import ROOT
from learner import PATIENCE, TRAINS, Learner

sys.path.append(str(ROOT / "tests" / "browser"))
from lab import CELLS, READY  # noqa: E402

CHROMIUM = Path("/usr/bin/chromium")  # Debian's; elsewhere Playwright's own
RUN_CELL = """i => { const app = window.jupyterapp; app.shell.currentWidget.content.activeCellIndex = i;
    return app.commands.execute('notebook:run-cell'); }"""


def study_in_browser(learner: Learner, lessons: dict[str, int]) -> None:
    """Log in, start the server and run the first cells of each lesson, as many code cells as it says.

    Raises RuntimeError if a cell fails, and Playwright's errors.
    """
    with sync_playwright() as playwright:
        path = str(CHROMIUM) if CHROMIUM.exists() else None
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        page.set_default_timeout(1000 * PATIENCE)
        _log_in(page, learner)
        for name, cells in lessons.items():
            _study(page, learner, name, cells)
        browser.close()


def _log_in(page: Page, learner: Learner) -> None:
    page.goto(f"{learner.hub.address}/hub/login?next=%2Fhub%2Fhome")
    page.fill("#username_input", learner.name)
    page.fill("#password_input", learner.hub.password)
    page.click("#login_submit")
    page.wait_for_url("**/hub/home")
    begun = time.monotonic()
    page.goto(f"{learner.hub.address}/hub/spawn")
    page.wait_for_url(f"**/user/{learner.name}/lab**")
    learner.told.spawn = time.monotonic() - begun
    page.wait_for_function("() => window.jupyterapp !== undefined")
    learner.told.lab = time.monotonic() - begun


def _study(page: Page, learner: Learner, name: str, cells: int) -> None:
    notebook = nbformat.read(learner.hub.folder / "lessons" / f"{name}.ipynb", as_version=4)
    code = [i for i, cell in enumerate(notebook.cells) if cell.cell_type == "code"][:cells]
    begun = time.monotonic()
    page.goto(f"{learner.hub.address}/user/{learner.name}/lab/tree/notebooks/{name}.ipynb?reset")
    page.wait_for_function(READY)
    for i in code:
        with learner.training(TRAINS in notebook.cells[i].source):
            page.evaluate(RUN_CELL, i)
        learner.told.cells += 1
    outputs = [output for cell in page.evaluate(CELLS) for output in cell.get("outputs", [])]
    for output in outputs:
        if output["output_type"] == "error":
            raise RuntimeError(f"a cell failed: {output['ename']}: {output['evalue']}")
    learner.told.lessons[name] = time.monotonic() - begun
