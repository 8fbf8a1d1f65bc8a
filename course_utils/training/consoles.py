"""Printing to consoles that can't show every character (cp1252, cp437, ASCII …): no crash, still readable."""

from __future__ import annotations

import codecs
import sys
import unicodedata

_PLAIN = str.maketrans({
    "–": "-", "—": "-", "−": "-", "…": "...", "“": '"', "”": '"', "‘": "'", "’": "'",
    "√": "sqrt ", "×": "x", "→": "->", "œ": "oe", "Œ": "OE", "≤": "<=", "≥": ">=",
})  # fmt: skip


def _plainer(error: UnicodeError) -> tuple[str, int]:
    """Replace what an encoding has not: by something like it in ASCII, or by "?"."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = error.object[error.start : error.end].translate(_PLAIN)
    text = unicodedata.normalize("NFKD", text)  # é becomes e and an accent, which is left out
    text = "".join(character for character in text if not unicodedata.combining(character))
    return text.encode("ascii", "replace").decode("ascii"), error.end


def make_consoles_safe() -> None:
    """Let standard output and error replace what their encoding can't say, and not raise an error."""
    codecs.register_error("course-plainer", _plainer)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # pytest, and some consoles of notebooks, have their own
            stream.reconfigure(errors="course-plainer")
