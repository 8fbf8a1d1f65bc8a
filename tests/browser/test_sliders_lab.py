"""Every slider of the lessons in JupyterLab: moved by keyboard and mouse, reopened, and exported."""

from __future__ import annotations

import math

import ipywidgets as W
import nbformat
import pytest
from nbconvert import HTMLExporter
from playwright.sync_api import Locator, Page, expect

from course_utils.widgets import Explorer
from lab import Lab, Watched
from slider_cells import CELLS, explorers, save

pytestmark = pytest.mark.browser

COUNT = "() => window.jupyterapp.shell.currentWidget.content.widgets.length"
COMMAND = "command => window.jupyterapp.commands.execute(command)"
THEME = "theme => window.jupyterapp.commands.execute('apputils:change-theme', { theme })"
# Does the view show this HTML, as the browser reads it?
SHOWS = """([root, html]) => {
    const wanted = document.createElement('div');
    wanted.innerHTML = html;
    return root.querySelector('.widget-html-content').innerHTML === wanted.innerHTML;
}"""


def follows(root: Locator, explorer: Explorer, what: str) -> None:
    """Wait until the page shows what the pure function says for where the sliders stand."""
    page, handle = root.page, root.element_handle()
    try:
        page.wait_for_function(SHOWS, arg=[handle, explorer.html.value], timeout=5_000)
    except Exception:
        shown = root.locator(".widget-html-content").inner_text()
        pytest.fail(f"{what}: the page shows\n{shown}\nand not {explorer.controls}\n{explorer.current()}")


def step(control: W.Widget) -> str:
    """Move a slider of this process by one step; return the key that does so on the page."""
    if isinstance(control, W.SelectionSlider):
        last = len(control.options) - 1
        key = "ArrowRight" if control.index < last else "ArrowLeft"
        control.index += 1 if key == "ArrowRight" else -1
        return key
    key = "ArrowRight" if control.value < control.max else "ArrowLeft"
    by = control.step if key == "ArrowRight" else -control.step
    if isinstance(control, W.FloatLogSlider):
        control.value = control.base ** (math.log(control.value, control.base) + by)
    else:
        control.value = round(control.value + by, 9)
    return key


def to_an_end(control: W.Widget) -> bool:
    """Move a slider of this process to its upper end, or from there to the lower; is it the upper now?"""
    if isinstance(control, W.SelectionSlider):
        last = len(control.options) - 1
        upper = control.index < last
        control.index = last if upper else 0
        return upper
    log = isinstance(control, W.FloatLogSlider)
    low, high = (control.base**end if log else end for end in (control.min, control.max))
    upper = not math.isclose(control.value, high)
    control.value = high if upper else low
    return upper


def drag(page: Page, slider: Locator, right: bool) -> None:
    """Drag a slider's handle past one end of its track."""
    handle, track = (slider.locator(part).bounding_box() for part in (".noUi-handle", ".noUi-base"))
    y = handle["y"] + handle["height"] / 2
    page.mouse.move(handle["x"] + handle["width"] / 2, y)
    page.mouse.down()
    end = track["x"] + (track["width"] + 15 if right else -15)
    page.mouse.move(end, y, steps=4)
    page.mouse.up()


def change_theme(page: Page, name: str) -> None:
    """Change the theme; JupyterLab trips over its own splash screen if that is still there."""
    splash = page.locator("#jupyterlab-splash")
    expect(splash).to_have_count(0)
    page.evaluate(THEME, name)
    expect(splash).to_have_count(0)


def test_every_slider(lab: Lab, watched: Watched) -> None:
    page, expected = watched.page, explorers()
    save(lab, page, "sliders.ipynb")
    lab.open(page, "sliders.ipynb")
    ran = watched.run_all()
    for cell, name in zip(ran[1:], CELLS, strict=True):
        kinds = [(output["output_type"], sorted(output["data"])) for output in cell["outputs"]]
        assert kinds == [
            ("display_data", ["text/html", "text/plain"]),
            ("display_data", ["application/vnd.jupyter.widget-view+json", "text/plain"]),
        ], f"{name}: {cell['outputs']}"
    roots = page.locator(".explorer-live")
    expect(roots).to_have_count(len(CELLS))
    cells = page.evaluate(COUNT)
    for i, (name, explorer) in enumerate(expected.items()):
        root = roots.nth(i)
        root.scroll_into_view_if_needed()
        follows(root, explorer, f"{name} at the start")
        height = root.bounding_box()["height"]
        sliders = root.locator(".widget-slider")
        expect(sliders).to_have_count(len(explorer.controls))
        for slider, (control_name, control) in zip(sliders.all(), explorer.controls.items(), strict=True):
            handle = slider.locator(".noUi-handle")
            handle.focus()
            before = explorer.html.value
            page.keyboard.press(step(control))
            follows(root, explorer, f"{name}, {control_name} by keyboard")
            assert explorer.html.value != before, f"{name}: {control_name} moves nothing"
            page.keyboard.type("dd")  # is no command of the notebook
            assert page.evaluate(COUNT) == cells
            handle.scroll_into_view_if_needed()
            drag(page, slider, to_an_end(control))
            follows(root, explorer, f"{name}, {control_name} by mouse")
            assert root.bounding_box()["height"] == pytest.approx(height, abs=1), f"{name} jumps"
    assert page.evaluate("() => document.querySelector('.jp-OutputArea script:not([type])') !== null")
    assert page.locator(".explorer-live script, .explorer-live iframe").count() == 0
    watched.saw_nothing_wrong()


def test_one_picture_at_a_time(lab: Lab, watched: Watched) -> None:
    page = watched.page
    save(lab, page, "still.ipynb")
    lab.open(page, "still.ipynb")
    watched.run_all()
    stills, lives = page.locator(".explorer-still"), page.locator(".explorer-live")
    expect(stills).to_have_count(len(CELLS))
    for still, live in zip(stills.all(), lives.all(), strict=True):
        expect(live).to_be_visible()
        expect(still).to_be_hidden()
    change_theme(page, "JupyterLab Dark")
    expect(lives.first.locator("td").first).to_have_css("color", "rgb(255, 255, 255)")
    change_theme(page, "JupyterLab Light")
    watched.saw_nothing_wrong()
    page.evaluate(COMMAND, "docmanager:save")
    page.evaluate(COMMAND, "kernelmenu:shutdown")
    headers = {"Authorization": f"token {lab.token}"}
    answer = page.request.get(f"{lab.address}/api/contents/still.ipynb", headers=headers)

    # Reopened and not run: the stills, and no message about widgets that are not there.
    lab.open(page, "still.ipynb")
    for still in stills.all():
        expect(still).to_be_visible()
    expect(page.get_by_text("model not found").locator("visible=true")).to_have_count(0)
    watched.saw_nothing_wrong()

    # A page made of it, with no network: the stills again.
    content = nbformat.from_dict(answer.json()["content"])
    html, _ = HTMLExporter().from_notebook_node(content)
    page.route("**/*", lambda route: route.abort())
    page.set_content(html, wait_until="domcontentloaded")
    expect(stills).to_have_count(len(CELLS))
    for still in stills.all():
        expect(still).to_be_visible()
    assert page.locator(".jp-OutputArea-output").locator("visible=true").count() == len(CELLS)
    page.screenshot(path="/tmp/vis/export.png", full_page=True)
