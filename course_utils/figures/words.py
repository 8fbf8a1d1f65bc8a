"""Words as a figure: which of them are right."""

from __future__ import annotations

import html
from collections.abc import Sequence


class ColouredWords:
    """Lines of words, each marked right or wrong: green, or orange and struck through.

    Shown as HTML; as plain text, wrong words stand in square brackets.
    """

    def __init__(self, lines: Sequence[tuple[str, Sequence[str], Sequence[bool] | None]]) -> None:
        """Each line is a label, its words, and for each word whether it is right (None: don't mark)."""
        self.lines = lines

    def __repr__(self) -> str:
        return "\n".join(
            f"{label}: " + " ".join(w if ok else f"[{w}]" for w, ok in self._marked(words, right))
            for label, words, right in self.lines
        )

    def _repr_html_(self) -> str:
        rows = []
        for label, words, right in self.lines:
            marked = self._marked(words, right)
            shown = " ".join(
                html.escape(w) if right is None else self._span(html.escape(w), ok) for w, ok in marked
            )
            rows.append(f'<div style="margin:4px 0"><b>{html.escape(label)}</b>&ensp;{shown}</div>')
        return f'<div class="coloured-words" style="font-size:15px;line-height:1.9">{"".join(rows)}</div>'

    @staticmethod
    def _marked(words: Sequence[str], right: Sequence[bool] | None) -> list[tuple[str, bool]]:
        return list(zip(words, [True] * len(words) if right is None else right, strict=True))

    @staticmethod
    def _span(word: str, ok: bool) -> str:
        look = "padding:1px 4px;border-radius:3px;color:#1A1A1A;background:"
        return (
            f'<span style="{look}#BFE6D8">{word}</span>' if ok else f'<del style="{look}#F6C9AE">{word}</del>'
        )
