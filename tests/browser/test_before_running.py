"""What a reader sees in JupyterLab before anything runs: reopened, untrusted, and after a run."""

from __future__ import annotations

import re

import nbformat
import pytest
from playwright.sync_api import Locator, Page, expect

from course_utils.figures.style import mime_bundle
from course_utils.widgets.attention_view import WITHOUT_SCRIPT
from lab import COMMAND, COUNT, Lab, Watched
from views import is_neutral, make, moves_by_itself, shows, words

pytestmark = pytest.mark.browser

EXPLORERS = 3  # in lesson 2


def save(
    lab: Lab, page: Page, name: str, trusted: bool, source: str = "view = 1", data: dict | None = None
) -> None:
    """Write a notebook, with an output already in it, through the server, which signs it if trusted."""
    view = make()
    data = data or {"text/plain": repr(view), "text/html": view._repr_html_()}
    cell = nbformat.v4.new_code_cell(source, outputs=[nbformat.v4.new_output("display_data", data)])
    cell.metadata["trusted"] = trusted
    kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)"}
    notebook = nbformat.v4.new_notebook(cells=[cell], metadata={"kernelspec": kernel})
    lab.ask(page, "PUT", f"contents/{name}", {"type": "notebook", "content": notebook})


def test_trusted(lab: Lab, watched: Watched) -> None:
    page, view = watched.page, make()
    save(lab, page, "view.ipynb", trusted=True)
    lab.open(page, "view.ipynb")

    # Reopened and not run, it works.
    root = page.locator(".attn-view").first
    words(root, "English").nth(3).hover()
    shows(root, view, "English", 3)
    words(root, "French").nth(1).click()
    shows(root, view, "French", 1)

    # What is typed on a word is not a command of the notebook.
    cells = page.evaluate(COUNT)
    page.keyboard.press("ArrowRight")
    expect(words(root, "French").nth(2)).to_be_focused()
    page.keyboard.type("ddx")
    assert page.evaluate(COUNT) == cells == 1
    shows(root, view, "French", 2)
    page.keyboard.press("Escape")
    page.mouse.move(5, 700)
    is_neutral(root)
    watched.saw_nothing_wrong()


def test_untrusted(lab: Lab, watched: Watched) -> None:
    page, view = watched.page, make()
    save(lab, page, "untrusted.ipynb", trusted=False)
    lab.open(page, "untrusted.ipynb")
    output = page.locator(".jp-OutputArea-output").first
    expect(output.locator("td")).to_have_count((len(view.target) + 1) * len(view.source))
    assert output.locator("script, style").count() == 0
    colours = output.locator("tbody td").evaluate_all(
        "cells => cells.map(cell => [cell.innerText, getComputedStyle(cell).backgroundColor])"
    )
    alphas = [
        (float(number), float(re.search(r"(?:159, 0, |0, 0, 0, )([\d.]+)", f"{colour[:-1]}, 1")[1]))
        for number, colour in colours
    ]
    assert [number for number, _ in alphas] == [float(f"{w:.2f}") for w in view.weights.flat]
    assert all(alpha == pytest.approx(number, abs=0.003) for number, alpha in alphas)
    expect(output.locator("table")).to_be_visible()
    text = " ".join(output.inner_text().split())
    assert f"English {' '.join(view.target)} French {' '.join(view.source)} {WITHOUT_SCRIPT}" in text


def test_a_figure_says_what_it_shows(lab: Lab, watched: Watched) -> None:
    """To a screen reader, in a notebook as it was cloned, and when it was run."""
    page, space = watched.page, {}
    source = "from course_utils.figures.diagrams import plot_decoder_step\n\nfigure = plot_decoder_step(True)"
    exec(source, space)
    data = mime_bundle(space["figure"])
    save(lab, page, "figure.ipynb", trusted=False, source=f"{source}\nfigure", data=data)
    lab.open(page, "figure.ipynb")
    for run in (False, True):
        if run:
            watched.run_all()
        picture = page.locator(".jp-OutputArea").get_by_role("img")
        expect(picture).to_have_count(1)
        expect(picture).to_be_visible()
        expect(picture).to_have_accessible_name(data["text/plain"])
        assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 1000
        box, page_width = picture.bounding_box(), page.viewport_size["width"]
        assert box and box["x"] + box["width"] <= page_width
    watched.saw_nothing_wrong()


def test_sliders_before_and_after_a_run(lab: Lab, watched: Watched) -> None:
    """A still picture untrusted, the kernel's sliders where one runs, else the page's; never two, or none."""
    page = watched.page
    copy = lab.ask(page, "POST", "contents", {"copy_from": "02_attention_by_hand.ipynb"})  # it is saved below
    name = copy["name"]
    stills, lives = page.locator(".explorer-still"), page.locator(".explorer-live")
    lab.open(page, name)  # as it was cloned: untrusted, without scripts, styles and drawings
    all_show_a_picture(stills)
    expect(lives).to_have_count(0)

    watched.run_all()
    expect(lives).to_have_count(EXPLORERS)
    for still, live in zip(stills.all(), lives.all(), strict=True):
        expect(live).to_be_visible()
        expect(still).to_be_hidden()
    watched.saw_nothing_wrong()
    page.evaluate(COMMAND, "docmanager:save")

    lab.open(page, name)  # its kernel has ended
    expect(lives).to_have_count(0)
    expect(stills).to_have_count(EXPLORERS)
    for still in stills.all():
        moves_by_itself(still)
    expect(page.get_by_text("model not found").locator("visible=true")).to_have_count(0)
    # ipywidgets tells the console, and nobody else, of each widget whose kernel has ended.
    watched.errors = [error for error in watched.errors if "widget model not found" not in error]
    watched.saw_nothing_wrong()


def test_an_answer_is_folded_until_it_is_asked_for(lab: Lab, watched: Watched) -> None:
    """What has the tag `predict`: by a click, or by a run."""
    page = watched.page
    for name, ask in (("click.ipynb", False), ("run.ipynb", True)):
        cell = nbformat.v4.new_code_cell(
            "print('the answer')", outputs=[nbformat.v4.new_output("stream", text="the answer\n")]
        )
        cell.metadata["jupyter"] = {"outputs_hidden": True}
        kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)"}
        notebook = nbformat.v4.new_notebook(cells=[cell], metadata={"kernelspec": kernel})
        lab.ask(page, "PUT", f"contents/{name}", {"type": "notebook", "content": notebook})
        lab.open(page, name)
        answer = page.locator(".jp-OutputArea-output", has_text="the answer")
        folded = page.locator(".jp-OutputPlaceholder")
        expect(folded).to_be_visible()
        expect(answer).to_be_hidden()
        if ask:
            watched.run_all()
        else:
            folded.click()
        expect(answer).to_be_visible()
    watched.saw_nothing_wrong()


def all_show_a_picture(stills: Locator) -> None:
    """Each shows the words and numbers of its table; drawings are pictures."""
    expect(stills).to_have_count(EXPLORERS)
    for still in stills.all():
        expect(still).to_be_visible()
        expect(still.locator("td", has_text="chat").first).to_be_visible()
        for picture in still.locator("img").all():
            assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 300
    assert stills.locator("img").count() >= 1 and stills.locator("svg").count() == 0
