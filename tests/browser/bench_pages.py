"""How fast are the pages that need no kernel? Medians in a real browser, as it is and four times slower.

    python tests/browser/bench_pages.py [SITE]

Each slider: from a key's event to the new view, laid out. The translator of the page: a sentence of ten
words, from its words to the translation with its weights. And with the folder of a built site: the first
page from a server on this machine, its bytes and the time until it can be used.
"""

from __future__ import annotations

import functools
import http.server
import statistics
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

sys.path.append(str(Path(__file__).resolve().parents[2] / "lecture"))  # the fixtures beside this file need it

from conftest import CHROMIUM, FLAGS  # noqa: E402
from course_utils.model.pretrained import load_translator  # noqa: E402
from course_utils.widgets.page_translator import page_translator  # noqa: E402
from test_moving_views import EVERY, make, open_page  # noqa: E402

SLOWER = (1, 4)  # times
TEN = "hier le chat noir dort souvent sur le petit tapis"

MOVE = """() => [...document.querySelectorAll('.explorer-still input')].flatMap(slider => {
    const root = slider.closest('.explorer-still');
    return Array.from({ length: 20 }, (_, press) => {
        slider.value = +slider.value + (press < 10 ? 1 : -1);
        const began = performance.now();
        slider.dispatchEvent(new Event('input'));
        root.getBoundingClientRect();  // lays the page out
        return performance.now() - began;
    });
})"""
ANSWER = """sentence => Array.from({ length: 20 }, () => {
    const form = document.querySelector('.typed-view form');
    form.elements[0].value = sentence;
    const began = performance.now();
    form.requestSubmit();
    form.getBoundingClientRect();
    return performance.now() - began;
})"""
LOADED = """() => ({ ms: performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd,
    painted: performance.getEntriesByName('first-contentful-paint')[0]?.startTime,
    kB: ['navigation', 'resource'].flatMap(type => performance.getEntriesByType(type))
        .reduce((total, { encodedBodySize }) => total + encodedBodySize, 0) / 1000 })"""


def slow(page: Page, times: int) -> None:
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": times})


@contextmanager
def served(folder: str) -> Iterator[str]:
    """A server on a free port of this machine; its address."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Quiet, directory=folder)
    ) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def main(site: str | None = None) -> None:
    attention = load_translator("attention")
    with sync_playwright() as playwright:
        path = str(CHROMIUM) if CHROMIUM.exists() else None
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        for times in SLOWER:
            print(f"\n{times} × as slow\n{'slider':>16}  median ms  worst ms")
            for name in EVERY:
                page = browser.new_page()
                open_page(page, make(name, attention).still._repr_html_())
                page.wait_for_selector(".explorer-moving")
                slow(page, times)
                found = page.evaluate(MOVE)
                print(f"{name:>16}  {statistics.median(found):9.1f}  {max(found):8.1f}")
                page.close()
            page = browser.new_page()
            open_page(page, page_translator(attention)._repr_html_())
            slow(page, times)
            found = page.evaluate(ANSWER, TEN)
            print(f"{'translator':>16}  {statistics.median(found):9.1f}  {max(found):8.1f}")
            page.close()
            if site:
                with served(site) as address:
                    page = browser.new_page()
                    slow(page, times)
                    page.goto(address, wait_until="networkidle")
                    print(f"      first page: {page.evaluate(LOADED)}")
                    page.close()
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:2])
