"""See what a model looks at: point at a word of a translation, and the words it attends to light up.

    AttentionView(translator.translate("le chat noir est sur le tapis"))

The picture is a piece of HTML that needs no kernel, no network and no library. Its style and its
script are the two files beside this one. The weights are in its table, from which the script reads
them: where scripts are removed (an untrusted notebook) the coloured table remains. No torch is needed.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from html import escape
from typing import Protocol

import numpy as np

from course_utils.text.tokens import detokenize
from course_utils.text.vocab import EOS
from course_utils.widgets.page import Shareable, asset

LARGE = 120  # a table with more weights than this is folded up
WITHOUT_SCRIPT = "To point at the words, run this cell or trust this notebook."
_ORANGE = "230,159,0"  # course_utils.figures.style.ATTENTION


class Attended(Protocol):
    """What `AttentionView` shows: a `course_utils.model.translator.Translation`, or anything like it."""

    @property
    def source(self) -> Sequence[str]: ...  # S words

    @property
    def target(self) -> Sequence[str]: ...  # T words

    @property
    def attn_weights(self) -> np.ndarray | None: ...  # (T, S), or (T + 1, S) with the row of <eos>


class AttentionView(Shareable):
    """A translation as a picture to point at: every word shows what it looked at, or what looked at it.

    Mouse, touch and keyboard all work. `weights` is (T, S); where it came with one row more than
    there are target words, that row is what the end of the sentence looked at, and ``<eos>`` stands
    last in `target`. (A `Translation` has no such row.)
    """

    def __init__(self, translation: Attended, labels: tuple[str, str] = ("French", "English")) -> None:
        """Name the source and the target words by `labels`.

        Raises ValueError if there are no weights, no words, or not one row of weights a target word:
        each with one weight a source word, from 0 to 1, and summing to 1.
        """
        if translation.attn_weights is None:
            raise ValueError("this model has no attention, so there are no weights to show")
        self.source, self.target = map(tuple, (translation.source, translation.target))
        self.weights = np.asarray(translation.attn_weights, dtype=float)
        self.labels = labels
        T, S = len(self.target), len(self.source)
        if not S or not T:
            raise ValueError("there is nothing to show: one of the two sentences has no words")
        if self.weights.shape == (T + 1, S):
            self.target += (EOS,)
        elif self.weights.shape != (T, S):
            raise ValueError(
                f"weights of shape {self.weights.shape} do not fit {T} target and {S} source words: "
                f"pass an array of shape ({T}, {S}), or ({T + 1}, {S}) with the row of {EOS}"
            )
        proper = (self.weights >= 0).all() and np.allclose(self.weights.sum(axis=1), 1, atol=0.01)
        if not proper:  # NaN isn't either
            raise ValueError("each row of weights must hold numbers from 0 to 1 that sum to 1")

    def __repr__(self) -> str:
        width = max(map(len, self.target))
        lines = [f"{detokenize(self.source)} → {detokenize(self.target)}"]
        for word, row in zip(self.target, self.weights):
            best = [s for s in np.argsort(-row, kind="stable")[:3] if row[s] >= 0.01]
            lines.append(f"  {word:>{width}}: " + ", ".join(f"{self.source[s]} {row[s]:.2f}" for s in best))
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        return f"{self.picture()}\n<script>\n{asset('attention_view.js')}\n</script>"

    def picture(self) -> str:
        """Return the view as HTML without the script that brings it to life."""
        style = asset("attention_view.css")
        rows = _row(self.labels[1], self.target) + _row(self.labels[0], self.source)
        fold = "" if self.weights.size <= LARGE else f"All {self.weights.size} weights: "
        return (
            '<div class="attn-view tex2jax_ignore mathjax_ignore" translate="no">\n'
            f"<style>\n{style}\n</style>\n{rows}"
            f'<div class="attn-say" aria-live="polite">{WITHOUT_SCRIPT}</div>\n'
            f'<details data-lm-suppress-shortcuts="true"{"" if fold else " open"}>'
            f"<summary>{fold or 'The weights: '}each row sums to 1, a column need not</summary>\n"
            f'<div class="attn-scroll">{self._table()}</div>\n'
            "</details>\n</div>"
        )

    def _table(self) -> str:
        """Return the weights as an HTML table; its colours survive where styles and scripts do not."""
        head = "".join(f'<th scope="col">{escape(word)}</th>' for word in self.source)
        body = "".join(
            f'<tr><th scope="row">{escape(word)}</th>{"".join(map(_cell, row))}</tr>\n'
            for word, row in zip(self.target, self.weights)
        )
        sums = "".join(f"<td>{total:.2f}</td>" for total in self.weights.sum(axis=0))
        direction = ' dir="rtl"' if _right_to_left(self.source) else ""
        return (
            f"<table{direction}>\n<thead><tr><th></th>{head}</tr></thead>\n<tbody>\n{body}</tbody>\n"
            f'<tfoot><tr><th scope="row">sum</th>{sums}</tr></tfoot>\n</table>'
        )


def _cell(weight: float) -> str:
    number = f"{weight:.2f}"
    if number == "0.00":
        return "<td>0.00</td>"
    ink = ";color:#000" if float(number) >= 0.65 else ""  # keeps a contrast of 4.6, light and dark
    return f'<td style="background-color:rgba({_ORANGE},{number}){ink}">{number}</td>'


def _row(label: str, words: Sequence[str]) -> str:
    # With real spaces: without their style, the words must not run together.
    button = '<button type="button" data-lm-suppress-shortcuts="true">'
    buttons = " ".join(f"{button}{escape(word)}</button>" for word in words)
    label = escape(label)
    direction = ' dir="rtl"' if _right_to_left(words) else ""
    return (
        f'<div class="attn-row" role="group" aria-label="{label} words">'
        f"<b>{label}</b> <span{direction}>{buttons}</span></div>\n"
    )


def _right_to_left(words: Sequence[str]) -> bool:
    """Return whether most words are of a script that runs from right to left (Arabic, Hebrew …)."""
    kinds = [unicodedata.bidirectional(letter) for word in words for letter in word[:1]]
    return sum(kind in ("R", "AL") for kind in kinds) > kinds.count("L")
