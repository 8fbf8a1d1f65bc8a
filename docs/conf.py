"""How Sphinx makes the site. `docs/build.py` prepares the pages and calls it."""

from __future__ import annotations

import sys
from pathlib import Path

from sphinx.application import Sphinx

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE / "_ext"), str(HERE.parent / "lecture"), str(HERE.parent)]

project = "Sequence to sequence, and attention"
author = "the course's authors"
project_copyright = "the course's authors; code: MIT, text and figures: CC BY 4.0"
language = "en"

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "mathml", "docstrings"]

# The notebooks are shown as they are stored: nothing runs, and no widget asks for scripts of others.
nb_execution_mode = "off"
nb_ipywidgets_js: dict[str, dict[str, str]] = {}
nb_output_stderr = "show"

myst_enable_extensions = ["amsmath", "attrs_inline", "colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 4  # `page.md#a-section` leads to it
myst_dmath_double_inline = True
myst_update_mathjax = False
suppress_warnings = [
    "myst.header",  # a notebook's cells may begin with any level of heading
]

highlight_language = "text"  # of what names no language: diagrams, commands

html_math_renderer = "mathml"  # formulas without a script, so without a network
html_theme = "furo"
html_title = "Sequence to sequence, and attention"
html_static_path = ["_static"]
html_css_files = ["course.css"]
html_js_files = ["course.js"]
html_show_sphinx = False
html_copy_source = html_show_sourcelink = False
html_use_index = html_domain_indices = False
# The search shows titles only: a browser that reads the pages from disk may not fetch them for more.
html_show_search_summary = False
pygments_style, pygments_dark_style = "a11y-high-contrast-light", "a11y-high-contrast-dark"

autodoc_default_options = {"members": True, "member-order": "bysource", "show-inheritance": True}
autodoc_typehints = "signature"
autodoc_preserve_defaults = True
autodoc_type_aliases = {name: name for name in ("ArrayLike", "NDArray", "Words")}  # not what they stand for
add_module_names = False
python_use_unqualified_type_names = True


def level_captions(app: Sphinx, page: str, template: str, context: dict, doctree: object) -> None:
    """The menu's captions are headings: say of which level, for those who hear the page."""
    if tree := context.get("furo_navigation_tree"):
        context["furo_navigation_tree"] = tree.replace('role="heading"', 'role="heading" aria-level="2"')


def setup(app: Sphinx) -> None:
    app.connect("html-page-context", level_captions, priority=900)  # after the theme
