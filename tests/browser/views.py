"""What the tests of the attention visualiser share: its words, its numbers, its contrast."""

from __future__ import annotations

import re
from types import SimpleNamespace

import numpy as np
import pytest
from playwright.sync_api import Locator, expect

from course_utils.widgets.attention_view import AttentionView

FRENCH = tuple("le chat noir est sur le tapis".split())
ENGLISH = tuple("the black cat is on the mat".split())
THEMES = {
    "none": "",
    "light": ":root { --jp-layout-color0: white; --jp-content-font-color1: rgba(0, 0, 0, 0.87); }",
    "dark": ":root { --jp-layout-color0: #111; --jp-content-font-color1: #fff; } body { background: #111; }",
}
# The smallest contrast of a text with what is painted behind it, over all that the view shows.
CONTRAST = """root => {
    const parse = colour => [...colour.match(/[\\d.]+/g).map(Number), 1];
    const over = ([r, g, b, a], under) => [r, g, b].map((c, i) => a * c + (1 - a) * under[i]);
    const behind = element => element === null ? [255, 255, 255]
        : over(parse(getComputedStyle(element).backgroundColor), behind(element.parentElement));
    const linear = c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    const light = ([r, g, b]) =>
        0.2126 * linear(r / 255) + 0.7152 * linear(g / 255) + 0.0722 * linear(b / 255);
    const texts = [...root.querySelectorAll('button, small, td, th, b, summary, .attn-say')];
    return Math.min(...texts.filter(element => element.innerText).map(element => {
        // A word's number stands under its button, on the page.
        const ground = behind(element.matches('small') ? element.closest('.attn-row') : element);
        const ink = light(over(parse(getComputedStyle(element).color), ground)), paper = light(ground);
        return (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
    }));
}"""


def make(source=FRENCH, target=ENGLISH, seed: int = 0) -> AttentionView:
    """A view of weights that are spread out, so that many numbers differ."""
    weights = np.random.default_rng(seed).dirichlet(np.full(len(source), 0.4), len(target))
    return AttentionView(SimpleNamespace(source=source, target=target, attn_weights=weights))


def words(root: Locator, label: str) -> Locator:
    return root.get_by_role("group", name=f"{label} words").get_by_role("button")


def numbers(row: Locator) -> list[float]:
    """The numbers under a row of words; none where none is shown."""
    return [float(text) for text in row.locator("small").all_inner_texts() if text]


def opacities(row: Locator) -> list[float]:
    colours = row.evaluate_all("all => all.map(word => getComputedStyle(word).backgroundColor)")
    assert all(re.match(r"rgba?\((230, 159, 0|0, 0, 0)\b", colour) for colour in colours)
    alphas = [re.search(r"rgba\(.*, ([\d.]+)\)", colour) for colour in colours]
    return [float(alpha[1]) if alpha else 1.0 for alpha in alphas]


def shows(root: Locator, view: AttentionView, label: str, at: int) -> None:
    """Assert that the view shows word `at` of a row, as the pure data have it."""
    source, target = (words(root, name) for name in view.labels)
    is_target = label == view.labels[1]
    if is_target:
        this, other, weights = target, source, view.weights[at]
    else:
        this, other, weights = source, target, view.weights[:, at]
    expect(this.nth(at)).to_have_class("attn-on")
    expect(root.locator("button.attn-on")).to_have_count(1)
    printed = [float(f"{weight:.2f}") for weight in weights]
    assert numbers(other) == printed and numbers(this) == []
    assert opacities(other) == pytest.approx(printed, abs=0.003)
    inks = other.evaluate_all("all => all.map(word => getComputedStyle(word).color)")
    black = ["rgb(0, 0, 0)" == ink for ink in inks]
    assert black == [weight >= 0.65 for weight in printed]
    said = root.locator(".attn-say").inner_text()
    best = int(np.argmax(printed))
    other_words = view.source if is_target else view.target
    verb = "looks at" if is_target else "is looked at by"
    spoken = (view.target if is_target else view.source)[at]
    # A long report has words that nothing looks at.
    seen = f"{other_words[best]} {printed[best]:.2f}" if printed[best] >= 0.01 else "no word"
    assert said.startswith(f"“{spoken}” {verb} {seen}")
    marked = root.locator("table .attn-on")
    if is_target:
        expect(marked).to_have_count(1)  # a line of the table
        expect(root.locator("tbody tr").nth(at)).to_have_class("attn-on")
    else:
        expect(marked).to_have_count(len(view.target) + 2)  # a column with its head and its sum
        one = f"only the weights of one {view.labels[1]} word sum to 1"
        assert f"Together {view.weights[:, at].sum():.2f}: {one}" in said


def moves_by_itself(still: Locator) -> None:
    """Assert that an explorer's picture has become sliders of the page, and each changes what is seen."""
    expect(still).to_have_class(re.compile("explorer-moving"))
    expect(still.locator("img")).to_have_count(0)
    shown = still.locator(".explorer-stage > :first-child")
    sliders = still.get_by_role("slider")
    assert sliders.count() > 0
    for slider in sliders.all():
        seen = set()
        for key in ("Home", "End", "PageDown"):  # both ends of an angle are the same direction
            slider.press(key)
            seen.add(shown.inner_html())
        assert len(seen) > 1


def is_neutral(root: Locator) -> None:
    expect(root.locator(".attn-on")).to_have_count(0)
    expect(root.locator(".attn-say")).to_contain_text("Point at a word")
    assert numbers(root.get_by_role("button")) == []
