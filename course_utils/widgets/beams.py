"""Beam search, drawn: at every step the beginnings that are kept, and the path of the winner.

`beam_view` is the pure function, `beam_explorer` the slider for the beam's width. Nothing here needs
torch before a model is asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from course_utils.figures.style import ATTENTION, INK
from course_utils.figures.texts import signed
from course_utils.text.tokens import detokenize
from course_utils.text.vocab import BOS, EOS
from course_utils.widgets.base import Explorer, number_slider
from course_utils.widgets.views import FAINT, frame

if TYPE_CHECKING:
    from course_utils.analysis.trace import Beam
    from course_utils.model.translator import Translator

WIDTH, HEIGHT, ACROSS, DOWN = 100, 40, 112, 60  # pixels: of a box, and from one box to the next
LETTERS = 11  # of a word that fit into a box


def beam_view(steps: Sequence[Sequence[Beam]], widest: int = 6, greedy: float | None = None) -> str:
    """Return HTML: a row for each step, a box for each beginning that is kept, likeliest first.

    Args:
        steps: as `course_utils.analysis.trace.beam_steps` gives them.
        widest: leave room for at least so many boxes in a row.
        greedy: the log-probability of the sentence that greedy decoding finds, to be named.

    Raises:
        ValueError: there are no steps.
    """
    if not steps or not steps[-1]:
        raise ValueError("there are no beams to draw: pass the steps of a beam search")
    best = steps[-1][0]
    caption = f"The winner: “{_sentence(best)}”, log p = {signed(best.log_prob)}"
    if greedy is not None:
        caption += f" (greedy: {signed(greedy)})"
    items = "".join(
        f'<li style="margin:0"><span style="display:inline-block;min-width:64px">{signed(beam.log_prob)}'
        f"</span> <{tag}>{escape(_sentence(beam))}</{tag}></li>"
        for beam, tag in zip(steps[-1], ["b", *["span"] * len(steps[-1])])
    )
    legend = (
        "A box: the newest word, and log p of all the words so far. "
        "Orange, thick: the winner’s path. Dashed: given up later."
    )
    return frame(
        f"{caption}.",
        f'<div style="overflow-x:auto">{_tree(steps, widest)}</div><div>{legend}</div>'
        f'<ol style="margin:4px 0;padding-left:26px">{items}</ol>',
    )


def _sentence(beam: Beam) -> str:
    return detokenize([word for word in beam.words if word != EOS])


def _tree(steps: Sequence[Sequence[Beam]], widest: int) -> str:
    survive = _survivors(steps)
    path = _path(steps)
    boxes = [_box(0, 0, BOS, 0.0, won=True, kept=True)]
    lines: list[tuple[bool, str]] = []
    winner: list[str] = []
    for row, beams in enumerate(steps, start=1):
        ended_before = {beam.words for beam in steps[row - 2] if beam.words[-1] == EOS} if row > 1 else set()
        for rank, beam in enumerate(beams):
            won, kept = path[row - 1] == rank, rank in survive[row - 1]
            word = "(ended)" if beam.words in ended_before else beam.words[-1]
            if won:
                winner.append(f"{word} {signed(beam.log_prob)}")
            boxes.append(_box(row, rank, word, beam.log_prob, won, kept))
            lines.append((won, _line(row, beam.parent, rank, won, kept)))
    widest = max(widest, *map(len, steps))
    width, height = ACROSS * widest, DOWN * len(steps) + HEIGHT + 8
    drawn = "".join(line for _, line in sorted(lines)) + "".join(boxes)  # the winner's lines on top
    said = f"The winner’s path, each word with log p so far: {', '.join(winner)}. "
    said += "The sentences that the beam ends with are listed below"
    return (
        f'<svg width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'text-anchor="middle" fill="currentColor" role="img" '
        f'style="width:{width}px;height:{height}px;max-width:none;font-size:15px" '
        f'aria-label="{escape(said)}">{drawn}</svg>'
    )


def _path(steps: Sequence[Sequence[Beam]]) -> list[int]:
    """Return the rank of the winner's beginning at each step."""
    rank, ranks = 0, []
    for beams in reversed(steps):
        ranks.append(rank)
        rank = beams[rank].parent
    return ranks[::-1]


def _survivors(steps: Sequence[Sequence[Beam]]) -> list[set[int]]:
    """Return, for each step, the ranks of which something is left at the end."""
    left = set(range(len(steps[-1])))
    survivors = []
    for beams in reversed(steps):
        survivors.append(left)
        left = {beams[rank].parent for rank in left}
    return survivors[::-1]


def _stroke(won: bool, kept: bool) -> str:
    """Return the attributes of a line: thick and orange, thin, or faint and dashed."""
    if won:
        return f'stroke="{ATTENTION}" stroke-width="4"'
    return 'stroke="currentColor"' if kept else f'style="stroke:{FAINT}" stroke-dasharray="4 4"'


def _line(row: int, parent: int, rank: int, won: bool, kept: bool) -> str:
    top, bottom = DOWN * (row - 1) + HEIGHT + 4, DOWN * row + 4
    start, end = (ACROSS * place + ACROSS // 2 for place in (parent, rank))
    middle = (top + bottom) // 2
    return (
        f'<path d="M{start} {top}C{start} {middle} {end} {middle} {end} {bottom}" '
        f'fill="none" {_stroke(won, kept)}/>'
    )


def _box(row: int, rank: int, word: str, log_prob: float, won: bool, kept: bool) -> str:
    x, y = ACROSS * rank + (ACROSS - WIDTH) // 2, DOWN * row + 4
    short = word if len(word) <= LETTERS else word[: LETTERS - 1] + "…"
    ink = f' fill="{INK}"' if won else ""
    heavy = ' font-weight="bold"' if kept else ""
    at = f'x="{x + WIDTH // 2}"'
    return (
        f"<g{ink}><title>{escape(word)}</title>"
        f'<rect x="{x}" y="{y}" width="{WIDTH}" height="{HEIGHT}" rx="6" '
        f'fill="{ATTENTION if won else "none"}" {_stroke(won, kept)}/>'
        f'<text {at} y="{y + 17}"{heavy}>{escape(short)}</text>'
        f'<text {at} y="{y + 34}">{signed(log_prob)}</text></g>'
    )


def beam_explorer(translator: Translator, source: str | Sequence[str], widest: int = 6) -> Explorer:
    """Return a slider for the width of the beam, from 1 (greedy) to `widest`, on one sentence.

    All is searched at the start, so moving is instant. Raises ValueError for an empty sentence, unknown
    words, and a width below 1.
    """
    from course_utils.analysis.trace import beam_steps

    if widest < 1:
        raise ValueError(f"the widest beam must have at least 1 beginning, not {widest}")
    searched = {width: beam_steps(translator, source, width) for width in range(1, widest + 1)}
    greedy = searched[1][-1][0].log_prob

    def view(width: int) -> str:
        return beam_view(searched[width], widest, greedy if width > 1 else None)

    tallest = max(searched, key=lambda width: DOWN * len(searched[width]) + 21 * width)  # about, in pixels
    return Explorer(view, {"width": number_slider("beam width", 1, 1, widest)}, view(tallest))
