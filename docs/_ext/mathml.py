"""Formulas as MathML, which browsers draw themselves: the converter of the slides, for Sphinx."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

from slides import MathMLRenderer

CONVERTER = MathMLRenderer(escape=False)


def inline(writer: HTML5Translator, node: nodes.math) -> None:
    writer.body.append(CONVERTER.inline_math(node.astext()))
    raise nodes.SkipNode


def block(writer: HTML5Translator, node: nodes.math_block) -> None:
    # A long formula scrolls in a box of its own (course.css).
    writer.body.append(f'<div class="formula">{CONVERTER.block_math(node.astext())}</div>\n')
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_html_math_renderer("mathml", (inline, None), (block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
