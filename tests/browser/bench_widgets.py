"""How fast is what moves? Medians in a real JupyterLab, from a key or the pointer to the changed page.

    python tests/browser/bench_widgets.py

For each slider: 20 presses of an arrow key, from the key's event to the new view in the page, the
kernel's round trip included. For the attention visualiser: from the pointer's event to the words lit.
"""

from __future__ import annotations

import os
import statistics
import sys

import pytest
from playwright.sync_api import Locator, Page, expect

from lab import Lab
from slider_cells import CELLS, save

PRESSES = 20
VIEW = 'from course_utils.widgets import AttentionView\nAttentionView(attention.translate(FRENCH))'

# Note when a key goes down, and when the view has changed (at the end of its task, before it is painted).
LISTEN = """root => {
    window.times = [];
    let pressed = null;
    root.addEventListener('keydown', () => { pressed = performance.now(); }, true);
    new MutationObserver(() => {
        if (pressed !== null) window.times.push(performance.now() - pressed);
        pressed = null;
    }).observe(root.querySelector('.widget-html-content'), { childList: true, subtree: true });
}"""
HOVER = """root => {
    window.times = [];
    let entered = null;
    root.addEventListener('pointerover', () => { entered = performance.now(); }, true);
    new MutationObserver(() => {
        if (entered !== null) window.times.push(performance.now() - entered);
        entered = null;
    }).observe(root, { attributes: true, childList: true, subtree: true });
}"""


def report(name: str, times: list[float]) -> None:
    worst = sorted(times)[int(0.9 * len(times))]
    median = statistics.median(times)
    print(f"{name:28} median {median:5.1f} ms, 9 in 10 within {worst:5.1f} ms, n = {len(times)}")


def move(page: Page, root: Locator, name: str) -> None:
    """Press keys on every slider of one explorer, there and back, and report each."""
    root.evaluate(LISTEN)
    for slider in root.locator(".widget-slider").all():
        slider.locator(".noUi-handle").focus()
        label = slider.locator(".widget-label").inner_text()
        at_end = slider.locator(".noUi-handle").evaluate(
            "handle => handle.getAttribute('aria-valuenow') === handle.getAttribute('aria-valuemax')"
        )
        keys = ["ArrowLeft", "ArrowRight"] if at_end else ["ArrowRight", "ArrowLeft"]
        page.evaluate("() => { window.times = []; }")
        for press in range(PRESSES):
            page.keyboard.press(keys[press % 2])
            page.wait_for_function("n => window.times.length >= n", arg=press + 1, timeout=5_000, polling=5)
            page.wait_for_timeout(60)  # nobody presses faster
        report(f"{name}, {label}", page.evaluate("() => window.times"))


def hover(page: Page, root: Locator) -> None:
    buttons = root.locator("button").all()
    page.mouse.move(5, 5)
    root.evaluate(HOVER)
    for i in range(PRESSES):
        before = len(page.evaluate("() => window.times"))
        buttons[i % len(buttons)].hover()
        page.wait_for_function("n => window.times.length > n", arg=before, timeout=5_000, polling=5)
    report("attention visualiser, hover", page.evaluate("() => window.times"))


@pytest.mark.browser
def test_speed(lab: Lab, page: Page) -> None:
    """Not collected by a plain `pytest`: the file's name does not begin with `test_`."""
    CELLS["view"] = VIEW
    save(lab, page, "bench.ipynb")
    lab.open(page, "bench.ipynb")
    page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-all-cells')")
    roots = page.locator(".explorer-live")
    expect(roots).to_have_count(len(CELLS) - 1, timeout=60_000)
    view = page.locator(".attn-view")
    expect(view).to_be_visible(timeout=60_000)
    print(f"\n{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    for root, name in zip(roots.all(), CELLS):
        root.scroll_into_view_if_needed()
        move(page, root, name)
    view.scroll_into_view_if_needed()
    hover(page, view)


if __name__ == "__main__":
    sys.exit(pytest.main([__file__, "-q", "-s", "-p", "no:cacheprovider", "--screenshot=off"]))
