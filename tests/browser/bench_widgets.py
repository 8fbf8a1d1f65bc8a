"""How fast is what moves? Medians in a real JupyterLab, from a key or the pointer to the changed page.

    python tests/browser/bench_widgets.py

For each slider: 20 presses of an arrow key, from the key's event to the new view in the page, the
kernel's round trip included; once with a quarter of a second between two presses, once in quick
succession. (After some quick ones the server's second packet waits 40 ms for the browser to confirm the
first: Nagle's algorithm and delayed acknowledgement.) For the attention visualiser: from the pointer's
event to the words lit.
"""

from __future__ import annotations

import os
import statistics
import sys

import nbformat
import pytest
from playwright.sync_api import Locator, Page, expect

from lab import RUN_ALL, Lab

PRESSES = 20
PAUSES = {"one by one": 250, "quick": 60}  # ms between two presses
SETUP = """
import numpy as np
import torch
from course_utils.model.translator import Translator
from course_utils.model.seq2seq import ModelConfig, build_model
from course_utils.model.pretrained import load_translator


FRENCH, ENGLISH = "le chat noir est sur le tapis", "the black cat is on the mat"
words = FRENCH.split()
points = np.array([[0, 1.0], [1, 1], [0, 1], [0, 1], [0, -1], [0, -1], [1, -1]])
axes = ("noun", "who (+) / where (−)")
growing = [("le chat dort", "the cat sleeps"), (FRENCH, ENGLISH),
           (FRENCH + ", et il dort", ENGLISH + ", and he sleeps")]
small, wide = load_translator("bottleneck"), load_translator("bottleneck-wide")
attention = load_translator("attention")
_ = torch.manual_seed(1)
fresh = Translator(build_model(ModelConfig(), *map(len, attention.vocabs)), *attention.vocabs)
scores = {"dot": "attention-dot-live", "scaled dot": "attention-scaled-live", "additive": "attention-live",
          "general": "attention-general-live", "location": "attention-location-live"}
scores = {name: load_translator(file) for name, file in scores.items()}
""".strip()
CELLS = {
    "temperature": "temperature_explorer(words, points @ [3, 1])",
    "query": "query_explorer(words, points, [3, 1], axes, temperature=True, mask=True)",
    "length": 'length_explorer({"100": small, "200": wide}, growing)',
    "score": "score_explorer(scores, FRENCH, ENGLISH)",
    "padding": 'padding_explorer({"fresh": fresh, "trained": attention}, FRENCH, ENGLISH)',
    "beam": "beam_explorer(small, FRENCH)",
    "decoding steps": "stepper(attention, FRENCH)",
    "view": "AttentionView(attention.translate(FRENCH))",
}

# Note when an event comes, and when the view has changed (at the end of its task, before it is painted).
LISTEN = """(root, [event, view]) => {
    window.times = [];
    let started = null;
    root.addEventListener(event, () => { started = performance.now(); }, true);
    new MutationObserver(() => {
        if (started !== null) window.times.push(performance.now() - started);
        started = null;
    }).observe(root.querySelector(view), { attributes: true, childList: true, subtree: true });
}"""


def report(name: str, times: list[float]) -> None:
    worst = sorted(times)[int(0.9 * len(times))]
    median = statistics.median(times)
    print(f"{name:40} median {median:5.1f} ms, 9 in 10 within {worst:5.1f} ms, n = {len(times)}")


def move(page: Page, root: Locator, name: str) -> None:
    """Press keys on every slider of one explorer, there and back, and report each."""
    root.evaluate(LISTEN, ["keydown", ".widget-html-content"])
    for slider in root.locator(".widget-slider").all():
        slider.locator(".noUi-handle").focus()
        label = slider.locator(".widget-label").inner_text()
        at_end = slider.locator(".noUi-handle").evaluate(
            "handle => handle.getAttribute('aria-valuenow') === handle.getAttribute('aria-valuemax')"
        )
        keys = ["ArrowLeft", "ArrowRight"] if at_end else ["ArrowRight", "ArrowLeft"]
        for pace, pause in PAUSES.items():
            page.evaluate("() => { window.times = []; }")
            for press in range(PRESSES):
                page.keyboard.press(keys[press % 2])
                page.wait_for_function("n => window.times.length > n", arg=press, timeout=5_000, polling=5)
                page.wait_for_timeout(pause)
            report(f"{name}, {label}, {pace}", page.evaluate("() => window.times"))


def hover(page: Page, root: Locator) -> None:
    buttons = root.locator("button").all()
    page.mouse.move(5, 5)
    root.evaluate(LISTEN, ["pointerover", ".attn-row"])
    for i in range(PRESSES):
        before = len(page.evaluate("() => window.times"))
        buttons[i % len(buttons)].hover()
        page.wait_for_function("n => window.times.length > n", arg=before, timeout=5_000, polling=5)
    report("attention visualiser, hover", page.evaluate("() => window.times"))


@pytest.mark.browser
def test_speed(lab: Lab, page: Page) -> None:
    """Not collected by a plain `pytest`: the file's name does not begin with `test_`."""
    cells = [nbformat.v4.new_code_cell(source) for source in (SETUP, *CELLS.values())]
    kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)"}
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
    lab.ask(page, "PUT", "contents/bench.ipynb", {"type": "notebook", "content": notebook})
    lab.open(page, "bench.ipynb")
    page.evaluate(RUN_ALL)
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
