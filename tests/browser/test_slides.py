"""Each lesson as a lecture, from its first slide to its last: as pages without a kernel, and live."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Page, expect

import live
from lab import COMMAND, ROOT, Lab, Watched, each_lesson
from lessons import LESSONS, read, tags
from views import moves_by_itself

pytestmark = pytest.mark.browser

SIZE = {"width": 1280, "height": 720}
SMALLEST = 15  # px of 720: a letter as high on the wall as one of 22 px in full HD
SWITCH = "LECTURE = False"
# What RISE's own page says without end, and does without (its toolbar's colours; a style a lesson).
RISE_SAYS = ("Maximum call stack size exceeded", ".css' because its MIME type")

# The slide that is shown: its number; what stands out of the screen, can be scrolled, or is too small.
SLIDE = """smallest => {
    const slide = [...document.querySelectorAll('.slides section.present:not(.stack)')].pop();
    const all = [...document.querySelectorAll('.slides section:not(.stack)')];
    const wrong = [];
    for (const element of slide.querySelectorAll('*')) {
        if (element.closest('aside, style, script, annotation, .mjx-assistive, mjx-assistive-mml')) continue;
        if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
        const box = element.getBoundingClientRect(), style = getComputedStyle(element);
        if (!box.width || !box.height) continue;
        const text = [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim());
        const seen = text || element.matches('img, svg, canvas, .noUi-base, hr');
        const what = `<${element.localName}> ${element.textContent.trim().slice(0, 60)}`;
        const past = box.bottom > innerHeight + 1 || box.right > innerWidth + 1;
        if (seen && (past || box.left < -1 || box.top < -1))
            wrong.push(`${what} reaches ${Math.round(box.right)} × ${Math.round(box.bottom)}`);
        if (style.overflowX !== 'visible' && element.scrollWidth > element.clientWidth + 1)
            wrong.push(`${what} is wider than its place`);
        if (style.overflowY !== 'visible' && element.scrollHeight > element.clientHeight + 1)
            wrong.push(`${what} is higher than its place`);
        const size = parseFloat(style.fontSize) * (element.currentCSSZoom ?? 1);
        if (text && size < smallest && !element.closest('math, mjx-container, sub, sup'))
            wrong.push(`${what} is ${size.toFixed(1)} px high`);
    }
    const hidden = [...slide.querySelectorAll('.fragment:not(.visible)')].length;
    return { at: all.indexOf(slide), of: all.length, hidden, wrong };
}"""


def turn(page: Page) -> dict | None:
    """Press an arrow, right or down; the new state, or None on the last slide."""
    before = page.evaluate(SLIDE, SMALLEST)
    if before["at"] == before["of"] - 1 and not before["hidden"]:
        return None
    page.keyboard.press("ArrowDown" if before["at"] % 2 else "ArrowRight")
    moved = "now.at !== at || now.hidden !== hidden"
    state = f"([at, hidden]) => {{ const now = ({SLIDE})(0); return {moved}; }}"
    page.wait_for_function(state, arg=[before["at"], before["hidden"]], timeout=5_000)
    return page.evaluate(SLIDE, SMALLEST)


def slides_of(path: Path) -> int:
    """Return how many slides a lesson's source begins."""
    cells = read(LESSONS / f"{path.stem}.md").cells
    return sum(bool({"slide", "subslide"} & {*tags(cell)}) for cell in cells)


@each_lesson()
def test_slides_as_a_page(path: Path, tmp_path: Path, watched: Watched) -> None:
    command = [sys.executable, ROOT / "lecture" / "slides.py", path.stem, "--output", tmp_path]
    subprocess.run(command, check=True, capture_output=True)
    page = watched.page
    page.set_viewport_size(SIZE)
    address = (tmp_path / f"{path.stem}.html").as_uri()
    page.goto(address)
    expect(page.locator(".slides section.present").first).to_be_visible()

    wrong: list[str] = []
    slide: dict | None = page.evaluate(SLIDE, SMALLEST)
    page.evaluate("Reveal.triggerKey(39)")  # as the speaker's window sends an arrow
    assert page.evaluate(SLIDE, SMALLEST) != slide
    page.evaluate("Reveal.triggerKey(37)")
    assert page.evaluate(SLIDE, SMALLEST) == slide
    seen = {slide["at"]}
    while slide:
        if not slide["hidden"]:
            for view in page.locator(".slides section.present:not(.stack) .explorer-still:visible").all():
                moves_by_itself(view)
            after = page.evaluate(SLIDE, SMALLEST)
            assert after["at"] == slide["at"]  # the keys were the slider's
            wrong += [f"slide {slide['at'] + 1}: {what}" for what in slide["wrong"] + after["wrong"]]
            page.evaluate("document.activeElement.blur()")
        seen.add(slide["at"])
        slide = turn(page)
    number = page.locator(".slides section:not(.stack)").count()
    assert seen == set(range(number)) and number == slides_of(path) <= 25
    assert wrong == []
    assert page.locator(".slides > section:not(:has(aside.notes))").all_inner_texts() == []
    assert page.locator("aside.notes details").count() == 0  # the speaker sees them unfolded
    watched.outside.remove(address)
    assert page.locator(".slides img:not([alt]), .slides img[alt='']").count() == 0
    watched.saw_nothing_wrong()


@each_lesson("02")
def test_live_slides(path: Path, lab: Lab, watched: Watched, tmp_path: Path) -> None:
    name = f"lecture-{path.name}"
    made = live.make(LESSONS / f"{path.stem}.md", tmp_path)
    lesson = nbformat.read(made, as_version=4)
    code = [cell for cell in lesson.cells if cell.cell_type == "code"]
    waits = any("LiveLoss(" in cell.source for cell in code)  # it trains a whole model, before the room
    assert any(SWITCH in cell.source for cell in code) == waits
    for cell in code:
        cell.source = cell.source.replace(SWITCH, SWITCH.replace("False", "True"))
    watched.page.goto("about:blank")
    lab.ask(watched.page, "PUT", f"contents/{name}", {"type": "notebook", "content": lesson})
    lab.open(watched.page, name)
    cells = watched.run_all()
    shown = [i for i, cell in enumerate(lesson.cells) if on_a_slide(cell)]
    widgets = sum("widget-view+json" in str(cells[i].get("outputs")) for i in shown)
    watched.page.evaluate(COMMAND, "docmanager:save")

    slides = Watched(watched.page.context.new_page())
    page = slides.page
    page.set_viewport_size(SIZE)
    page.goto(f"{lab.address}/rise/{name}?token={lab.token}")
    expect(page.locator(".slides section.present").first).to_be_visible(timeout=60_000)
    if widgets:
        expect(page.locator(".slides .widget-vbox").first).to_be_attached(timeout=60_000)

    wrong, moved, ran, seen = [], 0, False, set()
    slide = page.evaluate(SLIDE, SMALLEST)
    while slide:
        seen.add(slide["at"])
        if not slide["hidden"]:
            wrong += [f"slide {slide['at'] + 1}: {what}" for what in slide["wrong"]]
            moved += moves(page) + types(page)
            ran = ran or runs(page)
            after = page.evaluate(SLIDE, SMALLEST)["wrong"]
            wrong += [f"slide {slide['at'] + 1}, moved: {what}" for what in after]
        slide = turn(page)
    number = page.locator(".slides section:not(.stack)").count()
    assert seen == set(range(number)) and number == slides_of(path) <= 25
    assert moved == widgets and ran
    assert wrong == []
    slides.errors = [error for error in slides.errors if not any(known in error for known in RISE_SAYS)]
    slides.saw_nothing_wrong()


def on_a_slide(cell: nbformat.NotebookNode) -> bool:
    return cell.metadata.get("slideshow", {}).get("slide_type") not in ("skip", "notes")


def moves(page: Page) -> int:
    """Move the first slider of each explorer on this slide; how many explorers there are.

    The picture follows, and the slide stays: on a handle the arrow keys are the slider's.
    """
    explorers = page.locator(".slides section.present:not(.stack) .explorer-live:visible").all()
    for explorer in explorers:
        at = page.evaluate(SLIDE, SMALLEST)["at"]
        picture, handle = explorer.locator(".widget-html-content"), explorer.locator(".noUi-handle").last
        before, place = picture.inner_html(), handle.get_attribute("aria-valuetext")
        high = float(place) < float(handle.get_attribute("aria-valuemax"))
        handle.focus()
        for _ in range(2):
            page.keyboard.press("ArrowRight" if high else "ArrowLeft")
        assert handle.get_attribute("aria-valuetext") != place
        expect(picture).not_to_have_js_property("innerHTML", before)
        assert page.evaluate(SLIDE, SMALLEST)["at"] == at
        handle.blur()
    return len(explorers)


# What is typed into a field with such a label, its last letter later, and what comes out.
# (q, t and s are keys of RISE's.)
TYPED = {
    "French": (
        "quand il pleut, le chat reste sous la table",
        "when it rains , the cat stays under the table",
    ),
    "question": ("quick , where is the white cat", "the white cat hides under the bed ."),
    "German": ("am see sehe ich zwölf vögel", "at the lake i see twelve birds"),
}


def types(page: Page) -> int:
    """Type a sentence into the field on this slide; how many fields there are.

    The translation follows, and the arrow keys move the cursor, not the slide.
    """
    fields = page.locator(".slides section.present:not(.stack) input[type=text]:visible").all()
    for field in fields:
        at = page.evaluate(SLIDE, SMALLEST)["at"]
        rows = page.locator(".slides section.present:not(.stack) .attn-row b")
        typed, answer = TYPED[rows.nth(1).inner_text()]
        field.fill("")
        field.press_sequentially(typed[:-1])
        field.press("ArrowLeft")
        field.press("End")
        field.press(typed[-1])
        field.press("Enter")
        row = page.locator(".slides section.present:not(.stack) .widget-output .attn-row").first
        words = row.get_by_role("button")
        expect(words).to_have_text(answer.split())
        assert page.evaluate(SLIDE, SMALLEST)["at"] == at
        field.blur()
    return len(fields)


def runs(page: Page) -> bool:
    """Run the first cell of code on this slide, if there is one: the kernel is there."""
    cells = page.locator(".slides section.present:not(.stack) .jp-CodeCell:visible").all()
    for cell in (cell for cell in cells if cell.locator(".cm-content").is_visible()):
        number = cell.locator(".jp-InputPrompt").first
        before = number.text_content()
        cell.locator(".cm-content").click()
        page.keyboard.press("Control+Enter")  # (Shift + Enter may go on to the next slide)
        expect(number).not_to_have_text(before)
        expect(number).to_have_text(re.compile(r"\[\d+\]"))
        page.keyboard.press("Escape")
        page.evaluate("document.activeElement.blur()")
        return True
    return False
