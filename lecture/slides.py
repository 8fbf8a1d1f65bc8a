"""The lessons as slides: one HTML file each, which needs no network and no other file.

    python lecture/slides.py                  # all lessons, into lecture/slides/
    python lecture/slides.py 02 --output DIR

Formulas become MathML, which browsers draw themselves; reveal.js stands in the page.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from latex2mathml.converter import convert
from nbconvert import SlidesExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbconvert.preprocessors import TagRemovePreprocessor

from course_utils.files import write_atomically
from lessons import FOLDED, lecture, lesson_sources

HERE = Path(__file__).resolve().parent


class MathMLRenderer(IPythonRenderer):
    """Markdown to HTML, with formulas as MathML instead of text for a script."""

    def inline_math(self, body: str) -> str:
        return convert(body)

    def block_math(self, body: str) -> str:
        # The converter knows this environment by its other name only.
        return convert(body.replace("{aligned}", "{split}"), display="block")


def markdown_to_html(source: str) -> str:
    """Return the HTML of a markdown cell, its formulas as MathML."""
    return MarkdownWithMath(renderer=MathMLRenderer(escape=False)).render(source)


def exporter() -> SlidesExporter:
    """Return an exporter that writes one self-contained page of slides."""
    slides = SlidesExporter(
        template_name="template", extra_template_basedirs=[str(HERE)], exclude_input_prompt=True
    )
    slides.register_preprocessor(TagRemovePreprocessor(remove_input_tags={FOLDED}), enabled=True)
    slides.register_filter("markdown2html", markdown_to_html)
    return slides


def resources(title: str) -> dict[str, dict[str, str]]:
    """Return what the template puts into the page."""

    def read(name: str) -> str:
        return (HERE / name).read_text(encoding="utf-8")

    return {
        "course": {
            "title": title,
            "reveal_css": read("reveal/reveal.css"),
            "reveal_js": read("reveal/reveal.js"),
            "notes_js": read("reveal/notes.js"),
            "style": read("rise.css"),
        }
    }


def make(source: Path, folder: Path) -> Path:
    """Write the slides of one lesson into `folder`; return the file."""
    lesson = lecture(source)
    title = lesson.cells[0].source.splitlines()[0].lstrip("# ")
    html, _ = exporter().from_notebook_node(lesson, resources(title))
    target = folder / f"{source.stem}.html"
    write_atomically(target, html.encode())
    return target


def main() -> None:
    parser = argparse.ArgumentParser(description="Write the lessons as slides that need no network.")
    parser.add_argument("lessons", nargs="*", help="the beginnings of their names, such as 02 (all)")
    parser.add_argument("--output", type=Path, default=HERE / "slides", metavar="DIR")
    options = parser.parse_args()
    try:
        for source in lesson_sources(options.lessons):
            print(make(source, options.output))
    except ValueError as error:
        parser.error(str(error))


if __name__ == "__main__":
    main()
