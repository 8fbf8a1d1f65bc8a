"""The attention visualiser in JupyterLab: reopened without running, untrusted, and typed into."""

from __future__ import annotations

import re
from urllib.parse import quote

import nbformat
import pytest
from playwright.sync_api import Page, expect

from course_utils.explorer import reply
from course_utils.pretrained import load_translator
from course_utils.visualiser import WITHOUT_SCRIPT
from lab import Lab, Watched
from views import CONTRAST, is_neutral, make, shows, words

pytestmark = pytest.mark.browser

COUNT = "() => window.jupyterapp.shell.currentWidget.content.widgets.length"
THEME = "theme => window.jupyterapp.commands.execute('apputils:change-theme', { theme })"
EXPLORER = """
from course_utils.pretrained import load_translator
from course_utils.widgets import translation_explorer

translation_explorer(load_translator("attention"), "le chien dort")
"""


def save(lab: Lab, page: Page, name: str, trusted: bool) -> None:
    """Write a notebook, with a view already in it, through the server, which signs it if trusted."""
    view = make()
    data = {"text/plain": repr(view), "text/html": view._repr_html_()}
    cells = [
        nbformat.v4.new_code_cell("view = 1", outputs=[nbformat.v4.new_output("display_data", data)]),
        nbformat.v4.new_code_cell(EXPLORER.strip()),
    ]
    for cell in cells:
        cell.metadata["trusted"] = trusted
    address = f"{lab.address}/api/contents/{quote(name)}"
    headers = {"Authorization": f"token {lab.token}"}
    kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)"}
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
    answer = page.request.put(address, headers=headers, data={"type": "notebook", "content": notebook})
    assert answer.ok, answer.text()


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
    assert page.evaluate(COUNT) == cells == 2
    shows(root, view, "French", 2)
    page.keyboard.press("Escape")
    page.mouse.move(5, 700)
    is_neutral(root)

    # Run, the field translates what is typed.
    _, ran = watched.run_all()
    assert [output["output_type"] for output in ran["outputs"]] == ["display_data"] * 2, ran["outputs"]
    answer_area = page.locator(".widget-output")
    field = page.get_by_label("French", exact=True).and_(page.get_by_role("textbox"))
    expect(field).to_have_value("le chien dort")
    translator = load_translator("attention")
    for typed in ("Ma sœur dort.", "Le chat noir est sur le tapis."):
        expected = reply(translator, typed).view
        field.fill(typed)
        field.press("Enter")
        answer = answer_area.locator(".attn-view")
        expect(words(answer, "English")).to_have_text(list(expected.target))
        words(answer, "English").nth(1).hover()
        shows(answer, expected, "English", 1)
    field.fill("le chatt dort")
    field.press("Enter")
    expect(answer_area).to_have_text(reply(translator, "le chatt dort").message)

    page.evaluate(THEME, "JupyterLab Dark")
    paper = re.compile(r"rgb\(17, 17, 17\)")
    root = page.locator(".attn-view").last
    expect(root).to_have_css("background-color", paper)
    words(root, "English").nth(0).hover()
    assert root.evaluate(CONTRAST) >= 4.5
    page.evaluate(THEME, "JupyterLab Light")
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
