"""The attention visualiser in a real browser: pointed at, tapped, and walked through by keyboard."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import nbformat
import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from course_utils.widgets.attention_view import AttentionView
from lab import Watched
from views import CONTRAST, ENGLISH, FRENCH, THEMES, is_neutral, make, numbers, shows, words

pytestmark = pytest.mark.browser

HOSTILE = ("<script>alert(1)</script>", "\"'><img src=x onerror=alert(1)>", "a & b", "🐈", "</style>")
BOXES = """() => [...document.querySelectorAll('.attn-view *:not(small)')].map(element => {
    const { x, y, width, height } = element.getBoundingClientRect(); return [x, y, width, height].join() })"""


def show(page: Page, view: AttentionView, theme: str = "light") -> Locator:
    page.set_content(f"<!DOCTYPE html><style>{THEMES[theme]}</style><body>{view._repr_html_()}</body>")
    return page.locator(".attn-view")


def test_hovering_shows_every_words_weights(watched: Watched) -> None:
    page, view = watched.page, make()
    root = show(page, view)
    is_neutral(root)
    for label, row in (("English", view.target), ("French", view.source)):
        for at in range(len(row)):
            words(root, label).nth(at).hover()
            shows(root, view, label, at)
    page.mouse.move(5, 700)
    is_neutral(root)
    watched.saw_nothing_wrong()


def test_leaving_returns_to_the_word_chosen_by_a_click(page: Page) -> None:
    view = make()
    root = show(page, view)
    words(root, "English").nth(2).click()
    words(root, "French").nth(4).hover()
    shows(root, view, "French", 4)
    page.mouse.move(5, 700)
    shows(root, view, "English", 2)
    expect(words(root, "English").nth(2)).to_have_attribute("aria-pressed", "true")
    words(root, "English").nth(2).click()  # once more: lets go
    page.mouse.move(5, 700)
    is_neutral(root)


def test_the_keyboard_alone_is_enough(page: Page) -> None:
    view = make(FRENCH, ENGLISH[:4])
    root = show(page, view)
    page.evaluate("window.heard = []; document.addEventListener('keydown', event => heard.push(event.key))")
    page.keyboard.press("Tab")
    walk = [("", "English", 0), ("ArrowLeft", "English", 0), ("ArrowRight", "English", 1)]
    walk += [("ArrowDown", "French", 1), ("End", "French", 6), ("ArrowRight", "French", 6)]
    walk += [("ArrowUp", "English", 3), ("ArrowUp", "English", 3), ("Home", "English", 0)]
    for key, label, at in walk:
        if key:
            page.keyboard.press(key)
        word = words(root, label).nth(at)
        expect(word).to_be_focused()
        shows(root, view, label, at)
        ring = word.evaluate("e => [getComputedStyle(e).outlineStyle, getComputedStyle(e).outlineWidth]")
        assert ring == ["solid", "3px"]
    page.keyboard.press("Enter")
    is_neutral(root)
    page.keyboard.press("Space")
    shows(root, view, "English", 0)
    page.keyboard.press("Escape")
    is_neutral(root)
    assert page.evaluate("heard") == ["Tab"]  # slides and notebooks hear of none of the others
    page.keyboard.press("Tab")
    expect(words(root, "French").nth(6)).to_be_focused()  # one stop a row: the word that was last
    page.keyboard.press("Tab")
    expect(root.locator("summary")).to_be_focused()


def test_where_words_run_to_the_left_the_arrows_do(page: Page) -> None:
    view = make("החתול השחור ישן".split(), "the black cat sleeps".split())
    root = show(page, view)
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    for key, at in (("ArrowLeft", 1), ("ArrowLeft", 2), ("ArrowLeft", 2), ("ArrowRight", 1)):
        before = page.evaluate("document.activeElement.getBoundingClientRect().x")
        page.keyboard.press(key)
        expect(words(root, "French").nth(at)).to_be_focused()
        moved = page.evaluate("document.activeElement.getBoundingClientRect().x") - before
        assert moved == 0 or (moved < 0) == (key == "ArrowLeft")


def test_the_keyboard_wins_over_a_mouse_that_rests_on_a_word(page: Page) -> None:
    view = make()
    root = show(page, view)
    words(root, "English").nth(1).click()
    page.keyboard.press("ArrowRight")
    shows(root, view, "English", 2)


def test_a_tap_chooses(browser: Browser) -> None:
    context = browser.new_context(has_touch=True, viewport={"width": 400, "height": 800})
    view = make()
    root = show(context.new_page(), view)
    words(root, "English").nth(1).tap()
    shows(root, view, "English", 1)
    words(root, "French").nth(2).tap()
    shows(root, view, "French", 2)
    context.close()


def test_hostile_words_show_as_text(watched: Watched) -> None:
    page, view = watched.page, make(HOSTILE, HOSTILE)
    root = show(page, view)
    watched.saw_nothing_wrong()  # an alert would be the work of a word that ran as a script
    assert words(root, "French").all_inner_texts() == list(HOSTILE)
    assert words(root, "English").all_inner_texts() == list(HOSTILE)
    assert root.locator("thead th").all_inner_texts() == ["", *HOSTILE]
    for at in range(len(HOSTILE)):
        words(root, "English").nth(at).hover()
        shows(root, view, "English", at)
    assert page.locator("script").count() == 1 and page.locator("img").count() == 0
    watched.saw_nothing_wrong()


def test_two_views_on_a_page_keep_apart(page: Page) -> None:
    first, second = make(seed=1), make(("a", "b"), ("c",), seed=2)
    page.set_content(first._repr_html_() + second._repr_html_())
    roots = page.locator(".attn-view")
    words(roots.nth(0), "English").nth(3).click()
    words(roots.nth(1), "French").nth(1).hover()
    shows(roots.nth(0), first, "English", 3)
    shows(roots.nth(1), second, "French", 1)


@pytest.mark.parametrize("width", [800, 1300])
@pytest.mark.parametrize("size", [7, 30])
def test_nothing_overflows_and_nothing_jumps(page: Page, width: int, size: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    source, target = ((words * 5)[:size] for words in (FRENCH, ENGLISH))
    root = show(page, make(source, target))
    details = root.locator("details")
    assert (details.get_attribute("open") is not None) == (size == 7)
    details.evaluate("element => { element.open = true }")
    before = page.evaluate(BOXES)
    for label in ("English", "French"):
        for at in range(size):
            words(root, label).nth(at).hover()
            assert page.evaluate(BOXES) == before
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    scroller = root.locator(".attn-scroll")
    wider = scroller.evaluate("element => element.scrollWidth > element.clientWidth")
    assert wider == (size == 30)


@pytest.mark.parametrize("theme", THEMES)
def test_every_text_stands_out_from_what_is_behind_it(page: Page, theme: str) -> None:
    steps = np.arange(101) / 100  # every weight that can be printed
    weights = np.stack([steps, 1 - steps], axis=1)
    view = AttentionView(SimpleNamespace(source=("a", "b"), target=("word",) * 101, attn_weights=weights))
    root = show(page, view, theme)
    root.locator("details").evaluate("element => { element.open = true }")
    assert root.evaluate(CONTRAST) >= 4.5
    words(root, "French").nth(0).hover()
    assert numbers(words(root, "English")) == steps.tolist()
    assert root.evaluate(CONTRAST) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_page_from_nbconvert_opened_from_disk(page: Page, tmp_path: Path, theme: str) -> None:
    view = make()
    data = {"text/plain": repr(view), "text/html": view._repr_html_()}
    output = nbformat.v4.new_output("display_data", data)
    cell = nbformat.v4.new_code_cell("view", outputs=[output])
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), tmp_path / "view.ipynb")
    command = [sys.executable, "-m", "nbconvert", "--to", "html", "--theme", theme, "view.ipynb"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    page.route(re.compile("^https?:"), lambda route: route.abort())
    page.goto((tmp_path / "view.html").as_uri())
    root = page.locator(".attn-view")
    paper = root.evaluate("element => getComputedStyle(element).backgroundColor")
    assert paper == {"light": "rgb(255, 255, 255)", "dark": "rgb(17, 17, 17)"}[theme]
    words(root, "English").nth(1).hover()
    shows(root, view, "English", 1)
    assert root.evaluate(CONTRAST) >= 4.5
