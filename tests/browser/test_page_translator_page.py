"""The field of the model that runs in the page: typed into, pointed at, on a telephone, in JupyterLab."""

from __future__ import annotations

import nbformat
import pytest
from playwright.sync_api import Browser, Page, expect

from course_utils.model.pretrained import load_translator
from course_utils.model.translator import Translator
from course_utils.widgets.attention_view import AttentionView
from course_utils.widgets.page_translator import WITHOUT_SCRIPT, page_translator
from course_utils.widgets.typing_field import reply
from lab import COUNT, Lab, Watched
from views import CONTRAST, THEMES, shows, words

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def translator() -> Translator:
    return load_translator("attention")


def show(page: Page, html: str, theme: str = "light") -> None:
    head = '<!DOCTYPE html><meta name="viewport" content="width=device-width, initial-scale=1">'
    page.set_content(f"{head}<style>{THEMES[theme]}</style><body>{html}</body>")


def test_type_press_enter_and_point(watched: Watched, translator: Translator) -> None:
    page, said = watched.page, watched.page.locator(".typed-say")
    show(page, page_translator(translator)._repr_html_())
    page.evaluate("window.heard = []; document.addEventListener('keydown', event => heard.push(event.key))")
    expect(said).to_have_text("Type a sentence and press Enter; the model knows 551 words.")
    root = page.locator(".attn-view")
    view = AttentionView(translator.translate("le chat noir est sur le tapis"))
    words(root, "English").nth(1).hover()
    shows(root, view, "English", 1)
    field = page.get_by_label("French", exact=True)
    for text in ("La petite fille mange une pomme.", "le chien dort " * 5):
        field.fill("")
        field.press_sequentially(text)
        assert page.evaluate("heard") == []  # slides hear nothing of it
        field.press("Enter")
        view = AttentionView(translator.translate(text))
        expect(said).to_have_text(" ".join(view.target))
        assert root.locator("thead th").all_inner_texts() == ["", *view.source]
        for label, at in (("English", 2), ("French", 0)):
            words(root, label).nth(at).hover()
            shows(root, view, label, at)
    field.fill("le chatt dort")
    page.get_by_role("button", name="Translate").click()
    expect(said).to_have_text(reply(translator, "le chatt dort").message)
    expect(root).to_be_hidden()
    field.fill("le chat dort")
    field.press("Enter")
    expect(root).to_be_visible()
    watched.saw_nothing_wrong()


@pytest.mark.parametrize(
    "text", ["le chien dort", "ma mère lit un livre dans le jardin", "le chat dort " * 5]
)
def test_the_picture_is_python_s_to_the_letter(page: Page, translator: Translator, text: str) -> None:
    labels = ("a & b", '"<i>')
    show(page, page_translator(translator, labels=labels)._repr_html_())
    page.locator(".typed-view input").fill(text)
    page.keyboard.press("Enter")
    made = page.locator(".attn-view").evaluate("element => element.outerHTML")
    show(page, AttentionView(translator.translate(text), labels)._repr_html_())
    assert made == page.locator(".attn-view").evaluate("element => element.outerHTML")


def test_hostile_text_shows_as_text(watched: Watched, translator: Translator) -> None:
    show(watched.page, page_translator(translator)._repr_html_())
    for text in ("<img src=x onerror=alert(1)>", "&lt;script&gt;alert(1)&lt;/script&gt;", "&<b>;"):
        watched.page.locator(".typed-view input").fill(text)
        watched.page.keyboard.press("Enter")
        expect(watched.page.locator(".typed-say")).to_have_text(reply(translator, text).message)
    assert watched.page.locator("img").count() == 0
    watched.saw_nothing_wrong()


def test_two_fields_on_a_page_keep_apart(watched: Watched, translator: Translator) -> None:
    html = page_translator(translator)._repr_html_()
    show(watched.page, html + html)
    watched.page.locator("input").nth(1).fill("le chien dort")
    watched.page.keyboard.press("Enter")
    assert watched.page.locator(".typed-say").nth(0).inner_text().startswith("Type a sentence")
    expect(watched.page.locator(".typed-say").nth(1)).to_have_text("the dog sleeps")
    watched.saw_nothing_wrong()


def test_where_no_script_runs(browser: Browser, translator: Translator) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    show(page, page_translator(translator)._repr_html_())
    expect(page.locator(".typed-say")).to_have_text(WITHOUT_SCRIPT)
    expect(page.locator("input")).to_have_count(0)
    expect(page.locator("tbody tr")).to_have_count(7)
    context.close()


@pytest.mark.parametrize("theme", THEMES)
def test_on_a_telephone(browser: Browser, translator: Translator, theme: str) -> None:
    context = browser.new_context(has_touch=True, viewport={"width": 390, "height": 800})
    page = context.new_page()
    show(page, page_translator(translator)._repr_html_(), theme)
    field, root = page.locator(".typed-view input"), page.locator(".typed-view")
    contrast = CONTRAST.replace(".attn-say'", ".attn-say, .typed-say, label span'")
    for text in ("le chat noir est sur le tapis", "le chien dort " * 10, "x" * 200, ""):
        field.tap()
        field.fill(text)
        page.get_by_role("button", name="Translate").tap()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert root.evaluate(contrast) >= 4.5
    field.focus()
    ring = field.evaluate("e => [getComputedStyle(e).outlineStyle, getComputedStyle(e).outlineWidth]")
    assert ring == ["solid", "3px"]
    for target in (field, page.get_by_role("button", name="Translate")):
        assert target.bounding_box()["height"] >= 44
    context.close()


def test_in_jupyterlab_untrusted_and_then_run(lab: Lab, watched: Watched) -> None:
    """A notebook from elsewhere shows the picture alone; what is typed is no command of the notebook."""
    source = (
        "from course_utils.model.pretrained import load_translator\n"
        "from course_utils.widgets.page_translator import page_translator\n"
        "page_translator(load_translator())"
    )
    made = page_translator(load_translator())
    data = {"text/plain": repr(made), "text/html": made._repr_html_()}
    stored = nbformat.v4.new_output("execute_result", data, execution_count=1)
    cell = nbformat.v4.new_code_cell(source, outputs=[stored])
    kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)"}
    notebook = nbformat.v4.new_notebook(cells=[cell], metadata={"kernelspec": kernel})
    lab.ask(watched.page, "PUT", "contents/typed.ipynb", {"type": "notebook", "content": notebook})
    lab.open(watched.page, "typed.ipynb")
    root = watched.page.locator(".typed-view")
    expect(root.get_by_text(WITHOUT_SCRIPT)).to_be_visible()
    expect(root.locator("tbody tr")).to_have_count(7)
    expect(root.locator("input, .typed-go")).to_have_count(0)
    watched.run_all()
    field = root.locator("input")
    field.fill("")
    field.press_sequentially("dd")
    field.press("Escape")
    field.press_sequentially("ort-il")
    expect(field).to_have_value("ddort-il")
    assert watched.page.evaluate(COUNT) == 1
    field.fill("le chien dort")
    field.press("Enter")
    expect(root.locator(".typed-say")).to_have_text("the dog sleeps")
    watched.saw_nothing_wrong()
