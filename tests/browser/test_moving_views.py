"""Views that move without a kernel: in a real browser, every state that a slider can show is Python's own."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import islice, product
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from course_utils.figures.texts import signed
from course_utils.model.pretrained import load_translator
from course_utils.model.translator import Translator
from course_utils.widgets.base import Explorer
from course_utils.widgets.beams import beam_explorer
from course_utils.widgets.hand_weights import weights_explorer
from course_utils.widgets.heads import heads_explorer
from course_utils.widgets.model_sliders import length_explorer, padding_explorer, score_explorer
from course_utils.widgets.moving import places
from course_utils.widgets.page import asset
from course_utils.widgets.query_plane import query_explorer
from course_utils.widgets.steps import stepper
from course_utils.widgets.temperature import temperature_explorer
from lab import Watched

pytestmark = pytest.mark.browser

FRENCH, ENGLISH = "le chat noir est sur le tapis", "the black cat is on the mat"
NASTY = ["<script>alert(1)</script>", "\"a\" & 'b'", "🙂", "</td>", "<b>"]
POINTS = np.array([[0, 1.0], [1, 1], [1, -1], [1, 1], [0.5, -0.25]])
AXES = ("noun", "who (+) / where (−)")
HUNDREDS = 400  # states, where there are too many to look at each

# Move all sliders to each state in turn; return which do not show what Python says, as pairs of HTML.
SHOWS = """states => {
    const root = document.querySelector('.explorer-still');
    const sliders = [...root.querySelectorAll('input')];
    const view = root.querySelector('.explorer-stage').firstChild;
    const plain = element => {  // as the browser itself writes it
        element.querySelectorAll('[style]').forEach(inner => { inner.style.cssText = inner.style.cssText; });
        return element.innerHTML;
    };
    const wrong = [];
    for (const [places, html] of states) {
        places.forEach((place, i) => {
            if (+sliders[i].value === place) return;
            sliders[i].value = place;
            sliders[i].dispatchEvent(new Event('input'));
        });
        const said = document.createElement('div');
        said.innerHTML = html;
        const [shown, expected] = [plain(view.cloneNode(true)), plain(said)];
        if (shown !== expected) wrong.push([places, shown, expected]);
    }
    return wrong;
}"""


@pytest.fixture(scope="module")
def attention() -> Translator:
    return load_translator("attention")


def make(name: str, attention: Translator) -> Explorer:
    """One of the course's sliders, with words that are hard to write where they come from a reader."""
    kinds: dict[str, Callable[[], Explorer]] = {
        "temperature": lambda: temperature_explorer(NASTY, np.arange(10).reshape(2, 5), ["<i>", "b"]),
        "query": lambda: query_explorer(NASTY, POINTS, [1, 1], AXES),
        "query, masked": lambda: query_explorer(NASTY, POINTS, [1, 1], AXES, temperature=True, mask=True),
        "length": lambda: length_explorer(attention, [("le chat dort", "it"), (FRENCH, ENGLISH)]),
        "score": lambda: score_explorer({"additive": attention}, FRENCH, ENGLISH),
        "padding": lambda: padding_explorer({"one": attention, "two": attention}, FRENCH, ENGLISH),
        "beam": lambda: beam_explorer(attention, FRENCH),
        "steps": lambda: stepper(attention, FRENCH),
        "heads": lambda: heads_explorer(load_translator("transformer"), FRENCH, ENGLISH),
        "by hand": lambda: weights_explorer(attention, FRENCH, step=3),
    }
    return kinds[name]()


EVERY = (
    "temperature", "query", "query, masked", "length", "score", "padding", "beam", "steps", "heads", "by hand"
)  # fmt: skip


def open_page(page: Page, html: str) -> None:
    page.set_content(f"<!DOCTYPE html><meta name=viewport content='width=device-width'><body>{html}</body>")


def states_of(explorer: Explorer) -> list[tuple[list[int], str]]:
    """All states, or some hundreds drawn at random: where each slider stands, and the view there."""
    values = [places(control)[0] for control in explorer.controls.values()]
    if np.prod([len(column) for column in values]) <= 2000:
        chosen: Any = product(*(range(len(column)) for column in values))
    else:
        dice = random.Random(0)
        chosen = islice(iter(lambda: [dice.randrange(len(column)) for column in values], None), HUNDREDS)
    return [
        (
            list(at),
            explorer.view(**{name: column[i] for name, column, i in zip(explorer.controls, values, at)}),
        )
        for at in chosen
    ]


@pytest.mark.parametrize("name", EVERY)
def test_every_state_is_the_one_that_python_draws(name: str, watched: Watched, attention: Translator) -> None:
    explorer, page = make(name, attention), watched.page
    states = states_of(explorer)
    if name == "by hand":  # there is always one that no slider of weights is up in
        states += [([at, *[0] * 7], explorer.view(at + 1, **{f"weight {s}": 0.0 for s in range(7)}))
                   for at in range(len(explorer.steps))]  # fmt: skip
    open_page(page, explorer.still._repr_html_())
    expect(page.locator(".explorer-moving input")).to_have_count(len(explorer.controls))
    wrong = page.evaluate(SHOWS, states)
    assert not wrong, f"{len(wrong)} of {len(states)} states, such as {wrong[0]}"
    watched.saw_nothing_wrong()


def test_a_table_that_is_shifted_by_one_would_be_noticed(page: Page, attention: Translator) -> None:
    explorer = make("score", attention)
    states = states_of(explorer)
    views = [html for _, html in states]
    shifted = dict(zip(views, views[1:] + views[:1]))
    right, explorer.view = explorer.view, lambda **values: shifted[right(**values)]
    open_page(page, explorer.still._repr_html_())
    expect(page.locator(".explorer-moving")).to_have_count(1)
    assert len(page.evaluate(SHOWS, states)) == len(states)


def test_numbers_are_written_as_python_writes_them(page: Page) -> None:
    """Also an exact tie, which Python rounds to the even digit and a browser up; and zeros below zero."""
    dice = random.Random(0)
    ties = [sign * odd / 2**power for sign in (1, -1) for odd in range(1, 40, 2) for power in range(1, 5)]
    numbers = [0.0, -0.0, -0.04, 0.15, 2.675, *ties, *(dice.uniform(-12, 12) for _ in range(2000))]
    script = (
        f"numbers => {{ {asset('numbers.js')}\n return numbers.map(n => [0, 1, 2].map(d => [n, d])).flat()"
    )
    found = page.evaluate(f"{script}.map(([n, d]) => [fixed(n, d), signed(n, d)]) }}", numbers)
    expected = [[f"{n:.{d}f}", signed(n, d)] for n in numbers for d in (0, 1, 2)]
    wrong = [pair for pair in zip(found, expected) if pair[0] != pair[1]]
    assert wrong == []


def test_without_scripts_the_still_shows(browser: Browser, attention: Translator) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    for name in ("query", "beam", "padding"):
        open_page(page, make(name, attention).still._repr_html_())
        expect(page.locator("input")).to_have_count(0)
        expect(page.get_by_text("there are sliders to move it")).to_be_visible()
        expect(page.locator(".explorer-still").locator("td, img").first).to_be_visible()


@pytest.mark.parametrize("name", EVERY)
def test_by_keyboard(name: str, watched: Watched, attention: Translator) -> None:
    """Every slider, one after the other by Tab; what is typed there is heard by nothing else."""
    explorer, page = make(name, attention), watched.page
    open_page(page, explorer.still._repr_html_())
    expect(page.locator(".explorer-moving")).to_have_count(1)
    page.evaluate("window.heard = []; document.addEventListener('keydown', event => heard.push(event.key))")
    root = page.locator(".explorer-still")
    height = root.bounding_box()["height"]
    for number, (argument, control) in enumerate(explorer.controls.items()):
        values, readouts = places(control)
        page.keyboard.press("Tab")
        slider = root.get_by_role("slider", name=control.description, exact=True).and_(
            root.locator(f"label:nth-child({number + 1}) input")
        )
        expect(slider).to_be_focused()
        assert slider.evaluate("e => getComputedStyle(e).outlineStyle") == "solid"
        for key, at in (("Home", 0), ("ArrowRight", min(1, len(values) - 1)), ("End", len(values) - 1)):
            page.keyboard.press(key)
            expect(slider).to_have_value(str(at))
            expect(slider).to_have_attribute("aria-valuetext", readouts[at])
            expect(root.locator(f"label:nth-child({number + 1})")).to_contain_text(readouts[at])
            assert root.bounding_box()["height"] == pytest.approx(height, abs=1), f"{argument} jumps"
    assert set(page.evaluate("heard")) == {"Tab"}
    watched.saw_nothing_wrong()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_saved_page_moves_on_a_phone(
    scheme: str, browser: Browser, attention: Translator, tmp_path: Any
) -> None:
    context = browser.new_context(
        has_touch=True, viewport={"width": 390, "height": 800}, color_scheme=scheme, offline=True
    )
    for name in EVERY:
        explorer = make(name, attention)
        explorer.save(tmp_path / "shared.html")
        watched = Watched(context.new_page())
        page = watched.page
        page.goto((tmp_path / "shared.html").as_uri())
        expect(page.locator(".explorer-moving")).to_have_count(1)
        slider = page.get_by_role("slider").first
        box = slider.bounding_box()
        assert box and box["height"] >= 24 and box["width"] > 120
        slider.tap(position={"x": box["width"] - 4, "y": box["height"] / 2})
        expect(slider).to_have_value(slider.get_attribute("max") or "")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} is too wide"
        ink, paper = page.evaluate(
            "[document.querySelector('label'), document.body].map((e, i) => "
            "getComputedStyle(e)[i ? 'backgroundColor' : 'color'])"
        )
        assert (ink, paper) == {
            "light": ("rgb(26, 26, 26)", "rgb(255, 255, 255)"),
            "dark": ("rgb(240, 240, 240)", "rgb(17, 17, 17)"),
        }[scheme]
        watched.outside.remove(page.url)
        watched.saw_nothing_wrong()
        page.close()
