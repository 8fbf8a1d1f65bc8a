"""How long from starting JupyterLab to lesson 1's first figure? Run by `course.py`, in a real browser.

It borrows what the browser tests have: a JupyterLab with folders of its own, and a page.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from playwright.sync_api import Page

from lab import Lab

pytest_plugins = ["conftest"]  # that of tests/browser, which `course.py` puts in the path
FIGURE = ".jp-OutputArea-output img"
RUN = "() => { window.jupyterapp.commands.execute('notebook:run-all-cells'); }"  # and don't wait for the end


@pytest.mark.browser
def test_first_figure(page: Page, request: pytest.FixtureRequest) -> None:
    page.goto("about:blank")  # the browser is there already, as a learner's is
    began = time.perf_counter()
    lab: Lab = request.getfixturevalue("lab")
    lab.open(page, "01_bottleneck.ipynb")
    page.evaluate("() => window.jupyterapp.commands.execute('notebook:clear-all-cell-outputs')")
    page.evaluate(RUN)
    page.locator(FIGURE).first.wait_for(state="attached", timeout=300_000)
    Path(os.environ["SECONDS_TO"]).write_text(str(time.perf_counter() - began))
