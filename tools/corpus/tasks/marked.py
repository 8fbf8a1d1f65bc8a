"""Text whose words say where they come from.

A phrase is a list of tokens, each with a mark or none. Where a token of the target bears the mark of tokens
of the source, these are its evidence.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from shipping import Row


class Token(NamedTuple):
    text: str
    mark: str = ""


Phrase = list[Token]


def plain(text: str) -> Phrase:
    """Return the tokens of `text`, with spaces between them, unmarked."""
    return [Token(word) for word in text.split()]


def marked(text: str, mark: str) -> Phrase:
    """Return the tokens of `text`, all with one mark."""
    return [Token(word, mark) for word in text.split()]


def row(source: Sequence[Token], target: Sequence[Token]) -> Row:
    """Return a line of the corpus: the two texts, and a link from every evidence to its word."""
    links = [
        (i, j) for i, s in enumerate(source) for j, t in enumerate(target) if s.mark and s.mark == t.mark
    ]
    texts = [" ".join(token.text for token in side) for side in (source, target)]
    return texts[0], texts[1], " ".join(f"{i}-{j}" for i, j in links)
