"""Each lesson in JupyterLab, from its first cell to its last: run, moved, pointed at, typed into."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from html import unescape
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from playwright.sync_api import Locator, Page, expect

from course_utils.widgets.attention_view import AttentionView
from lab import COUNT, Lab, Watched, each_lesson
from views import CONTRAST, moves_by_itself, shows, words

pytestmark = pytest.mark.browser

WIDGET = "application/vnd.jupyter.widget-view+json"
PATIENCE = 15  # seconds until the page must show what it should
HTML = "root => root.querySelector('.widget-html-content').innerHTML"
# HTML as the browser reads it, to be compared with what it shows.
READ = "html => { const div = document.createElement('div'); div.innerHTML = html; return div.innerHTML; }"
PLACES = """root => [...root.querySelectorAll('.noUi-handle')].map(handle =>
    ['aria-valuetext', 'aria-valuemin', 'aria-valuemax'].map(name => +handle.getAttribute(name)))"""

# In the kernel: what an explorer's view says of the places where the page's handles stand. It asks the
# pure function, not the explorer's own HTML.
VIEW = """
import gc as _gc
import ipywidgets as _W
from course_utils.widgets.base import Explorer as _Explorer, _in_the_room_of
_explorer = next(o for o in _gc.get_objects() if issubclass(type(o), _Explorer) and o.model_id == {model!r})
def _value(control, place):
    if isinstance(control, _W.SelectionSlider):
        return control.options[int(place)][1]
    if isinstance(control, _W.FloatLogSlider):
        return control.base ** place
    return type(control.value)(place)
_places = zip(_explorer.controls.items(), {places!r}, strict=True)
_view = _explorer.view(**{{name: _value(control, place) for (name, control), place in _places}})
answer = _in_the_room_of(_view, _explorer.tallest)
"""
# In the kernel: the attention views that are shown, and the answer to what is typed.
VIEWS = """
import gc as _gc
from course_utils.widgets.attention_view import AttentionView as _View
_found = [o for o in _gc.get_objects() if type(o) is _View]
answer = [(list(v.source), list(v.target), v.weights.tolist(), list(v.labels)) for v in _found]
"""
FIELD = """
import gc as _gc
from course_utils.widgets.typing_field import TranslationExplorer as _TranslationExplorer, reply as _reply
_field = next(o for o in _gc.get_objects() if type(o) is _TranslationExplorer)
answer = _field.labels
"""
REPLY = """
_answer = _reply(_field.translator, {text!r}, _field.labels, _field.before)
answer = [_answer.message, _answer.view and _answer.view._repr_html_()]
"""
TYPED = {  # into a field with such a label: good sentences, and one that gets no answer
    "French": ("Ma sœur dort.", "le chatt dort", "L’oiseau   mange la pomme"),
    "German": (
        "Am See sehe ich dreiundvierzig Vögel",
        "im garten sind drei ñandus",
        "auf dem  berg sind zwölf schafe",
    ),
    "question": ("Where is the black cat?", "where is  the white  cat", "where is anna ? " * 40),
}


@each_lesson("02", "06")
def test_lesson(path: Path, lab: Lab, watched: Watched) -> None:
    page = watched.page
    lab.open(page, path.name)
    title = nbformat.read(path, as_version=4).cells[0].source.splitlines()[0].lstrip("# ")
    shown = page.locator(".jp-RenderedMarkdown h1").first.inner_text()
    assert re.split(r"[$*_`\\]", title)[0].strip() in shown

    cells = watched.run_all()
    number = page.evaluate(COUNT)
    for i, cell in enumerate(cells):
        outputs = [output.get("data", {}) for output in cell.get("outputs", [])]
        root = watched.cell(i)
        if any("attn-view" in "".join(data.get("text/html", "")) for data in outputs):
            points_at(watched, root)
        for data in outputs:
            if WIDGET not in data:
                continue
            live = root.locator(".explorer-live")
            if "translation_explorer" in "".join(cell["source"]):
                types(watched, root)
            else:
                expect(live).to_be_visible()
                expect(root.locator(".explorer-still")).to_be_hidden()
                moves(watched, live, data[WIDGET]["model_id"], "".join(cell["source"]))
    assert page.evaluate(COUNT) == number  # `d d` was typed on every slider, and deleted no cell

    watched.change_theme("JupyterLab Dark")
    assert page.evaluate("document.body.dataset.jpThemeLight") == "false"
    for live in page.locator(".explorer-live").all():
        live.scroll_into_view_if_needed()
        colour = live.locator(".widget-html-content div").last.evaluate("e => getComputedStyle(e).color")
        assert colour == "rgb(255, 255, 255)"
    watched.saw_nothing_wrong()


def moves(watched: Watched, root: Locator, model: str, what: str) -> None:
    """Move every slider of an explorer by keyboard and by mouse: the page shows what the view says."""
    page = watched.page
    follows(watched, root, model, f"{what} at the start")
    height = root.bounding_box()["height"]
    for number, slider in enumerate(root.locator(".widget-slider").all()):
        handle = slider.locator(".noUi-handle")
        label = slider.locator(".widget-label").inner_text()
        before, (place, low, high) = root.evaluate(HTML), root.evaluate(PLACES)[number]
        handle.focus()
        page.keyboard.press("ArrowRight" if place < high else "ArrowLeft")
        assert root.evaluate(PLACES)[number][0] != place, f"{what}: {label} by keyboard"
        follows(watched, root, model, f"{what}: {label} by keyboard")
        one_on = root.evaluate(HTML)
        page.keyboard.type("dd")

        upper = root.evaluate(PLACES)[number][0] < high
        handle.scroll_into_view_if_needed()
        drag(page, slider, right=upper)
        assert root.evaluate(PLACES)[number][0] == (high if upper else low), f"{what}: {label} by mouse"
        follows(watched, root, model, f"{what}: {label} by mouse")
        # The end of the track may be where it came from, and one step may be too small to show.
        assert len({before, one_on, root.evaluate(HTML)}) > 1, f"{what}: {label} moves nothing"
        assert root.bounding_box()["height"] == pytest.approx(height, abs=1), f"{what} jumps"


def follows(watched: Watched, root: Locator, model: str, what: str) -> None:
    """Wait until the page shows what the pure function says of the places where its handles stand."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        places = root.evaluate(PLACES)
        expected = watched.kernel(VIEW.format(model=model, places=[place for place, _, _ in places]))
        if root.evaluate(HTML) == watched.page.evaluate(READ, expected) and places == root.evaluate(PLACES):
            return
    pytest.fail(f"{what}: with {places} the page shows\n{root.inner_text()}\nand not\n{expected}")


def drag(page: Page, slider: Locator, right: bool) -> None:
    """Drag a slider's handle past one end of its track."""
    handle, track = (slider.locator(part).bounding_box() for part in (".noUi-handle", ".noUi-base"))
    y = handle["y"] + handle["height"] / 2
    page.mouse.move(handle["x"] + handle["width"] / 2, y)
    page.mouse.down()
    end = track["x"] + (track["width"] + 15 if right else -15)
    page.mouse.move(end, y, steps=4)
    page.mouse.up()


def points_at(watched: Watched, root: Locator) -> None:
    """Point at the words of the view in a cell, and walk on by keyboard."""
    view = root.locator(".attn-view").first
    expect(view).to_be_visible()
    target, source = (
        row.get_by_role("button").evaluate_all("all => all.map(word => word.firstChild.textContent)")
        for row in view.locator(".attn-row").all()
    )
    weights, rows = next(found[2:] for found in watched.kernel(VIEWS) if found[:2] == [source, target])
    given = SimpleNamespace(source=source, target=target, attn_weights=weights)
    expected = AttentionView(given, labels=tuple(rows))
    for label in rows:
        words(view, label).nth(1).scroll_into_view_if_needed()
        words(view, label).nth(1).hover()
        shows(view, expected, label, 1)
    words(view, rows[1]).nth(0).click()
    watched.page.mouse.move(1, 1)
    watched.page.keyboard.press("ArrowRight")
    shows(view, expected, rows[1], 1)
    watched.page.keyboard.type("dd")
    shows(view, expected, rows[1], 1)
    watched.page.keyboard.press("Escape")


def types(watched: Watched, root: Locator) -> None:
    """Type sentences, good and bad, into the field below a translation."""
    field, answer = root.get_by_role("textbox").last, root.locator(".widget-output")
    nasty = "<script>alert(1)</script> \"<img src=x onerror=alert(1)>' 🐈"
    read, written = watched.kernel(FIELD)
    first, *others = TYPED[read]
    for typed in (first, nasty, "", *others):
        message, html = watched.kernel(REPLY.format(text=typed))
        field.fill(typed)
        field.press("Enter")
        if html:
            target = re.findall('<th scope="row">(.*?)</th>', html)[:-1]  # the last: "sum"
            expect(words(answer, written)).to_have_text(list(map(unescape, target)))
            points_at(watched, answer)
        else:
            expect(answer).to_have_text(message)


@each_lesson("02", "06")
def test_exported_page(path: Path, page: Page, tmp_path: Path) -> None:
    """`nbconvert --to html`, opened from disk with the network cut."""
    command = [sys.executable, "-m", "nbconvert", "--to", "html", "--output-dir", str(tmp_path), str(path)]
    subprocess.run(command, check=True, capture_output=True)
    page.route(re.compile("^https?:"), lambda route: route.abort())
    page.goto((tmp_path / f"{path.stem}.html").as_uri(), wait_until="domcontentloaded")
    cells = nbformat.read(path, as_version=4).cells
    outputs = [output for cell in cells for output in cell.get("outputs", []) if "data" in output]
    html = ["".join(output.data.get("text/html", "")) for output in outputs]

    stills = page.locator(".explorer-still")
    expect(stills).to_have_count(sum("explorer-still" in text for text in html))
    for still in stills.all():
        moves_by_itself(still)
    expect(page.get_by_text("(Sliders: run").locator("visible=true")).to_have_count(0)

    views = page.locator(".attn-view")
    expect(views).to_have_count(sum("attn-view" in text for text in html))
    for view in views.all():
        word = view.locator(".attn-row").first.get_by_role("button").nth(1)
        word.hover()
        expect(word).to_have_class("attn-on")
        assert view.evaluate(CONTRAST) >= 4.5
