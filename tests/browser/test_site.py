"""The course as web pages, read from disk: whole, in itself, at any width, light and dark, for everybody."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from course_utils.model.pretrained import load_translator
from lab import NOTEBOOKS, ROOT, Watched
from views import moves_by_itself

pytestmark = pytest.mark.browser

WIDTHS = (1300, 390)
# One page of each kind, every time; all of them once a week.
KINDS = (
    "index",
    "translate",
    "glossary",
    "lessons/06_reading_attention",
    "reference/course_utils.model.scores",
)
FIRST_PAGE = 1_000_000  # bytes, with all that it loads
# (To read the styles again, by a request, is not allowed from disk.)
AXE = {"resultTypes": ["violations"], "preload": False}

# Whether the page can be moved sideways, and by what.
WIDER = """() => document.documentElement.scrollWidth <= innerWidth ? [] :
    [`${document.documentElement.scrollWidth} px wide`, ...[...document.querySelectorAll('article *')]
        .filter(element => element.getBoundingClientRect().right > innerWidth + 1)
        .slice(0, 5).map(element => `<${element.localName} class="${element.className}">`)]"""
UNSAID = "() => [...document.images].filter(image => !image.alt.trim()).map(image => image.src.slice(0, 80))"
# What is folded, too, must fit and be readable: at once, not after fading in.
UNFOLD = """() => {
    const still = document.createElement('style');
    still.textContent = '* { animation: none !important; transition: none !important; }';
    document.head.append(still);
    document.querySelectorAll('article details').forEach(details => details.open = true);
}"""


# What scrolls sideways and can't be reached with the Tab key, or the other way round.
UNREACHABLE = """() => [...document.querySelectorAll(BOXES)].filter(box => box.checkVisibility() &&
    (box.scrollWidth > box.clientWidth + 1) !== (box.getAttribute('aria-label') === 'scrolls sideways'))
    .map(box => box.outerHTML.slice(0, 80))"""


class Links(HTMLParser):
    """What a page leads to, what it loads, and the names of its places."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.names: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value for name, value in attrs if value}
        self.names |= {found[name] for name in ("id", "name") if name in found}
        target = found.get("href") or found.get("src")
        if target and not target.startswith("data:"):
            loads = tag != "a" and found.get("rel") not in ("next", "prev", "index", "search")
            (self.loads if loads else self.links).append(target)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built once."""
    folder = tmp_path_factory.mktemp("built") / "site"
    command = [sys.executable, ROOT / "docs" / "build.py", "--output", folder]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def reader(browser: Browser) -> Iterator[Watched]:
    """One page for all of this file: it opens one page of the site after the other."""
    page = browser.new_page()
    yield Watched(page)
    page.close()


def pages(site: Path) -> list[Path]:
    """Return all pages but the slides, which have tests of their own."""
    return [path for path in sorted(site.rglob("*.html")) if path.parent.name not in ("slides", "_static")]


def open_page(page: Page, path: Path, width: int = 1300, scheme: str = "light") -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.goto(path.as_uri())
    expect(page.locator(".explorer-still:not(.explorer-moving)")).to_have_count(0)  # the sliders are there


def saw_nothing_wrong(reader: Watched) -> None:
    """Fail if a page left the machine, or complained."""
    assert [url for url in reader.outside if not url.startswith("file:")] == []
    assert reader.errors == []


def test_it_has_every_lesson_and_its_files(site: Path) -> None:
    for path in NOTEBOOKS:
        for made in (f"lessons/{path.stem}.html", f"notebooks/{path.name}", f"student/{path.name}"):
            assert (site / made).is_file(), made
        assert (site / "slides" / f"{path.stem}.html").is_file()
        assert (site / "notebooks" / path.name).read_bytes() == path.read_bytes()
        page = (site / "lessons" / f"{path.stem}.html").read_text(encoding="utf-8")
        assert "widget-view+json" not in page
    assert [path.name for path in pages(site) if str(ROOT) in path.read_text(encoding="utf-8")] == []
    assert not list(site.rglob("*exam_key*"))


def test_every_link_leads_somewhere(site: Path) -> None:
    read = {path: Links(path.read_text(encoding="utf-8")) for path in pages(site)}
    wrong = []
    for path, found in read.items():
        for target in found.links + found.loads:
            parts = urlsplit(target)
            if parts.scheme:
                if target in found.loads:
                    wrong.append(f"{path.name} loads {target}")
                continue
            there = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if not there.is_file():
                wrong.append(f"{path.name}: no file {target}")
            elif parts.fragment and there in read and unquote(parts.fragment) not in read[there].names:
                wrong.append(f"{path.name}: no place {target}")
    assert wrong == []


def test_every_page_fits_and_needs_no_network(site: Path, reader: Watched) -> None:
    page, wrong = reader.page, []
    for path in pages(site):
        open_page(page, path)
        page.evaluate(UNFOLD)
        for scheme in ("light", "dark"):
            for width in WIDTHS:
                page.emulate_media(color_scheme=scheme)
                page.set_viewport_size({"width": width, "height": 800})
                wrong += [f"{path.name}, {width}, {scheme}: {what}" for what in page.evaluate(WIDER)]
        wrong += [f"{path.name}: no text for {source}" for source in page.evaluate(UNSAID)]
    assert wrong == []
    saw_nothing_wrong(reader)


def test_everybody_can_read_it(site: Path, reader: Watched) -> None:
    assert [what for name in KINDS for what in barriers(reader.page, site / f"{name}.html")] == []


@pytest.mark.weekly
def test_everybody_can_read_all_of_it(site: Path, reader: Watched) -> None:
    assert [what for path in pages(site) for what in barriers(reader.page, path)] == []


def barriers(page: Page, path: Path) -> list[str]:
    """Return what axe-core calls serious or critical on a page, light and dark, with all unfolded."""
    wrong = []
    for scheme in ("light", "dark"):
        open_page(page, path, scheme=scheme)
        page.evaluate(UNFOLD)
        for found in Axe().run(page, options=AXE).response["violations"]:
            if found["impact"] in ("serious", "critical"):
                places = [node["html"][:100] for node in found["nodes"]]
                wrong.append(f"{path.name}, {scheme}: {found['id']}, {len(places)} times: {places[:3]}")
    return wrong


def test_search_works_from_disk(site: Path, reader: Watched) -> None:
    reader.page.goto(f"{(site / 'search.html').as_uri()}?q=attention")
    results = reader.page.locator("#search-results li a[href*='02_attention_by_hand']")
    expect(results.first).to_be_visible()
    saw_nothing_wrong(reader)


def test_every_slider_and_word_responds_without_a_kernel(site: Path, reader: Watched) -> None:
    sliders = views = 0
    for path in NOTEBOOKS:
        open_page(reader.page, site / "lessons" / f"{path.stem}.html", width=390)
        reader.page.evaluate(UNFOLD)
        for still in reader.page.locator(".explorer-still").all():
            moves_by_itself(still)
            sliders += 1
        assert reader.page.evaluate(UNREACHABLE) == []
        for view in reader.page.locator(".attn-view").all():
            for row in view.locator(".attn-row").all():
                for word in row.get_by_role("button").all()[:6]:
                    word.click()
                    expect(word).to_have_class("attn-on")
            views += 1
        reader.page.set_viewport_size({"width": 1300, "height": 800})
        reader.page.wait_for_function(f"!({UNREACHABLE})().length")
    assert sliders >= 9 and views >= 6
    saw_nothing_wrong(reader)


def test_what_scrolls_in_a_slider_stays_where_it_was_moved(site: Path, reader: Watched) -> None:
    page = reader.page
    open_page(page, site / "lessons" / "06_reading_attention.html", width=390)
    page.evaluate(UNFOLD)
    wide = ".explorer-stage > :first-child [aria-label='scrolls sideways']"
    explorer = page.locator(".explorer-moving").filter(has=page.locator(wide)).first
    box = explorer.locator(wide)
    moved = box.evaluate("box => (box.scrollLeft = 60)")
    slider = explorer.get_by_role("slider").first
    slider.press("End" if slider.evaluate("slider => slider.value === slider.min") else "Home")
    assert moved == box.evaluate("box => box.scrollLeft") == 60


def test_french_is_typed_on_a_page(site: Path, reader: Watched) -> None:
    page = reader.page
    open_page(page, site / "translate.html", width=390)
    typed = "quand il pleut, le chat reste sous la table"
    page.get_by_role("textbox", name="French").fill(typed)
    page.get_by_role("button", name="Translate").click()
    english = page.locator(".attn-row").first.get_by_role("button")
    shown = english.evaluate_all("all => all.map(word => word.firstChild.textContent)")
    assert shown == list(load_translator("attention").translate(typed).target)
    saw_nothing_wrong(reader)


def test_the_first_page_is_light(site: Path, reader: Watched) -> None:
    loaded: set[str] = set()
    reader.page.on("request", lambda request: loaded.add(request.url))
    open_page(reader.page, site / "index.html")
    reader.page.wait_for_load_state("networkidle")
    sizes = [Path(unquote(urlsplit(url).path)).stat().st_size for url in loaded if url.startswith("file:")]
    assert 0 < sum(sizes) < FIRST_PAGE


def test_the_old_site_stays_until_the_new_one_stands(tmp_path: Path) -> None:
    old, new, backup = tmp_path / "site", tmp_path / "made" / "site", tmp_path / "site.old"
    for folder in (old, new, backup):
        folder.mkdir(parents=True)
        (folder / "index.html").write_text(f"{folder.parent.name}/{folder.name}")
    program = "import build, pathlib, sys; build.replace(*map(pathlib.Path, sys.argv[1:]))"
    command = [sys.executable, "-c", program]
    where = os.environ | {"PYTHONPATH": os.pathsep.join(map(str, (ROOT / "docs", ROOT / "lecture")))}
    subprocess.run([*command, new, old], check=True, env=where)
    assert (old / "index.html").read_text() == "made/site"
    assert (backup / "index.html").read_text() == f"{tmp_path.name}/site.old"  # it was somebody's
    assert subprocess.run([*command, new, old], capture_output=True, env=where).returncode  # no new one
    assert (old / "index.html").read_text() == "made/site"


def test_a_folder_that_is_no_site_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    command = [sys.executable, ROOT / "docs" / "build.py", "--output", tmp_path]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 1 and "is no site" in done.stderr and len(done.stderr.splitlines()) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]
