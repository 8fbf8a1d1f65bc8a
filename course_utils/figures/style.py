"""The course's figures: one look, one message each, words on the axes.

Every function of this room returns a `Figure` that is already closed to pyplot: as the last value of a
cell it is shown once, with a text that says what it shows. Given an `ax`, a function draws there instead.

    with style():                     # the look, for a figure of your own
        figure, ax = plt.subplots()
    finish(figure, "What it shows.")  # shows it, with a text
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from html import escape
from typing import TYPE_CHECKING, Any

import matplotlib.pyplot as plt
from IPython import get_ipython
from IPython.core.pylabtools import print_figure
from matplotlib import rcParamsDefault
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from course_utils.figures.texts import sentences

if TYPE_CHECKING:
    from matplotlib.typing import RcKeyType

# Okabe and Ito's palette, which colour-blind readers can tell apart; the first two mean the same
# in every figure.
NO_ATTENTION = "#0072B2"  # blue
ATTENTION = "#E69F00"  # orange
GREEN = "#009E73"
VERMILION = "#D55E00"
PURPLE = "#CC79A7"
GREY = "#666666"
INK = "#1A1A1A"

# Weights: 0 is white, 1 the attention orange. Vectors: negative purple, 0 white, positive green.
WEIGHT_COLOURS = LinearSegmentedColormap.from_list("weights", ["#FFFFFF", "#FBE3AE", ATTENTION])
VECTOR_COLOURS = LinearSegmentedColormap.from_list("vectors", [PURPLE, "#FFFFFF", GREEN])

STYLE: dict[RcKeyType, Any] = {
    "figure.facecolor": "white",  # opaque, so that dark text stays readable on a dark page
    "axes.facecolor": "white",
    "savefig.facecolor": "white",
    "figure.dpi": 100,
    "figure.constrained_layout.use": True,
    "font.family": "DejaVu Sans",  # ships with matplotlib
    "font.size": 12,
    "axes.titlesize": 13,
    "axes.titleweight": "bold",
    "axes.labelsize": 12,
    "xtick.labelsize": 12,
    "ytick.labelsize": 12,
    "legend.fontsize": 11,
    "legend.frameon": False,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": GREY,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "lines.linewidth": 2.2,
    "lines.markersize": 8,
}


def style() -> AbstractContextManager[None]:
    """Return the context in which figures are made: ``with style(): plt.subplots()``."""
    # A learner's own font stays, for words that ours has no letters for (Chinese, say).
    own = [name for name in plt.rcParams["font.family"] if name not in rcParamsDefault["font.family"]]
    return plt.rc_context(STYLE | {"font.family": [*own, STYLE["font.family"]]})


def say(figure: Figure, *texts: str) -> None:
    """Add `texts` to what `figure` says of itself to those who do not see it."""
    # An attribute of ours, which matplotlib's figures do not declare; copies and pickles keep it, too.
    vars(figure)["said"] = [*getattr(figure, "said", ()), *texts]


def text_of(figure: Figure) -> str:
    """Return what `figure` says of itself; of one that nothing was said of, its titles and labels."""
    texts = getattr(figure, "said", None)
    if not texts:
        of_axes = [text for ax in figure.axes for text in (ax.get_title(), ax.get_ylabel(), ax.get_xlabel())]
        texts = [figure.get_suptitle(), figure.get_supylabel(), figure.get_supxlabel(), *of_axes]
    above = figure.get_suptitle()
    return sentences(texts if above in texts[0] else [above, *texts]) or "A figure."


def finish(figure: Figure, text: str | None = None) -> Figure:
    """Close `figure` to pyplot, so that Jupyter shows it once, where it is returned, with its text.

    The text, for those who do not see the figure, is `text`, or else what its function said of it.
    """
    plt.close(figure)
    if text is not None:
        vars(figure)["said"] = [text]
    shell = get_ipython()
    if shell is not None:
        # The inline backend's formatters would add the picture once more. It puts them back when it is
        # set up, which may be at any time: so this is done again for every figure.
        for formatter in shell.display_formatter.formatters.values():
            formatter.pop(Figure, None)
        shell.display_formatter.mimebundle_formatter.for_type(Figure, mime_bundle)
    return figure


def mime_bundle(figure: Figure) -> dict[str, Any]:
    """Return what Jupyter shows of `figure`: its text and, unless it is empty, the picture.

    As HTML, since of an ``image/png`` JupyterLab tells a screen reader nothing; and as PNG, for what
    knows no HTML: LaTeX, PDF, a viewer of notebooks in a terminal.
    """
    text = text_of(figure)
    if not figure.axes and not figure.lines:  # Jupyter draws nothing then
        return {"text/plain": text}
    picture = print_figure(figure, base64=True)
    html = f'<img alt="{escape(text)}" style="max-width:100%" src="data:image/png;base64,{picture}">'
    return {"text/plain": text, "text/html": html, "image/png": picture}
