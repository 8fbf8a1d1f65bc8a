"""A lesson's speaker notes as one script, to prepare on paper: what is on the slides, and what to say.

python lecture/script.py                  # all lessons, into lecture/script/, a page to print each
python lecture/script.py 02 --output DIR
"""

from __future__ import annotations

import argparse
import re
from html import escape
from pathlib import Path

from nbformat import NotebookNode

from course_utils.files import write_atomically
from lessons import FOLDED, NOTES, PLACES, lesson_sources, read, tags
from slides import markdown_to_html

HERE = Path(__file__).resolve().parent
MINUTES = re.compile(r"^\*\*Minutes\*\* (\d+)", re.MULTILINE)
ONLY_MINUTES = re.compile(rf"{MINUTES.pattern}\s*$", re.MULTILINE)
STYLE = """
body { font: 11pt/1.4 Georgia, serif; max-width: 46em; margin: 2em auto; padding: 0 1em; }
body { color: #1a1a1a; background: #fff; }
section { break-inside: avoid-page; border-top: 1px solid #999; padding-top: 0.6em; margin-top: 1.2em; }
header { display: flex; justify-content: space-between; font: bold 11pt sans-serif; gap: 1em; }
header span { white-space: nowrap; }
header p { margin: 0; }
.anchor-link { display: none; }
.slide { font-size: 9pt; color: #444; border-left: 3px solid #ccc; padding-left: 1em; margin: 0.6em 0; }
.slide > :is(h1, h2, h3):first-child { display: none; }
.slide h1, .slide h2, .slide h3 { font-size: 10pt; margin: 0.3em 0; }
pre, code { font-size: 8.5pt; white-space: pre-wrap; }
@media print { body { margin: 0; max-width: none; } }
"""


def groups(lesson: NotebookNode) -> list[list[NotebookNode]]:
    """Return the lesson's groups of slides: the cells from one `slide` to the next that are shown or said."""
    found: list[list[NotebookNode]] = []
    for cell in lesson.cells:
        if "slide" in tags(cell):
            found.append([])
        if found and set(tags(cell)) & {*PLACES, NOTES}:
            found[-1].append(cell)
    return found


def script(lesson: NotebookNode) -> str:
    """Return the script as a page that needs nothing else: a section for each group of slides."""
    title = lesson.cells[0].source.splitlines()[0].lstrip("# ")
    parts, clock = [], 0
    for cells in groups(lesson):
        said = "\n\n".join(cell.source for cell in cells if NOTES in tags(cell))
        minutes = sum(map(int, MINUTES.findall(said)))
        heading = cells[0].source.splitlines()[0].lstrip("# ")
        shown = "".join(_shown(cell) for cell in cells if NOTES not in tags(cell))
        parts.append(
            f"<section><header>{markdown_to_html(heading)}<span>{clock // 60}:{clock % 60:02} · "
            f"{minutes} min</span></header>"
            f'<div class="slide">{shown}</div>{markdown_to_html(ONLY_MINUTES.sub("", said))}</section>'
        )
        clock += minutes
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}: script</title>'
        f"<style>{STYLE}</style></head><body><h1>{escape(title)}</h1>"
        f"<p>{len(parts)} groups of slides, {clock} minutes.</p>{''.join(parts)}</body></html>\n"
    )


def _shown(cell: NotebookNode) -> str:
    if cell.cell_type == "markdown":
        return markdown_to_html(cell.source)
    return "<p>(its output)</p>" if FOLDED in tags(cell) else f"<pre>{escape(cell.source)}</pre>"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("lessons", nargs="*", help="the beginnings of their names, such as 02 (all)")
    parser.add_argument("--output", type=Path, default=HERE / "script", metavar="DIR")
    options = parser.parse_args()
    try:
        for source in lesson_sources(options.lessons):
            target = options.output / f"{source.stem}.html"
            write_atomically(target, script(read(source)).encode())
            print(target)
    except ValueError as error:
        parser.error(str(error))


if __name__ == "__main__":
    main()
