"""Sentences as people type them, split into tokens and joined again.

text --clean, tokenize--> tokens --detokenize--> text
"""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Iterable, Sequence
from html.entities import html5

import regex

Words = str | Sequence[str]  # a sentence: text, or its tokens

# "&apos;", and "& apos ;" as some tokenizers leave it; the longest of HTML's names has 31 letters.
_ENTITY = regex.compile(r"& ?(#?\w{1,31}) ?;")
_SAME = (
    dict.fromkeys(map(ord, "‘’ʼ´`′＇"), "'")
    | dict.fromkeys(map(ord, "\u2010\u2011\uff0d"), "-")  # hyphens that look like the usual one
    | {0x200B: " "}  # the zero-width space parts words
)
# Other invisible characters vanish: soft hyphens, marks of direction, variation selectors … But a
# joiner between letters or symbols belongs to the word: Persian and Hindi spell with it.
_JOINERS = r"\u200c\u200d"
_INVISIBLE = regex.compile(
    rf"[\p{{Cf}}\p{{VS}}\u034f--[{_JOINERS}]]"
    rf"|(?<![\p{{L}}\p{{M}}\p{{N}}\p{{S}}])[{_JOINERS}]|[{_JOINERS}](?![\p{{L}}\p{{M}}\p{{N}}\p{{S}}])",
    regex.V1,
)
_ELIDED = r"(?:[cdjlmnst]|qu|lorsqu|puisqu|jusqu|quoiqu)"
# But what stands between two marks, the letter 's', is quoted.
_LOOSE_ELISION = regex.compile(rf"(?<!(?:^|\s)')\b({_ELIDED}) ?' ?(?=\w)")
_LETTER = r"[\p{L}\p{M}\p{N}_]"  # or a mark on one: a vowel sign is no mark of punctuation

# In this order: a number; a word that keeps its apostrophe; a French word cut short before a vowel ("l'",
# "qu'"); any other word, with what may stand inside one ("arc-en-ciel", "doesn't"); any other sign.
_TOKEN = regex.compile(
    r"\p{N}+(?:[.,:]\p{N}+)+(?![\p{L}\p{M}_])"
    r"|aujourd'hui"
    rf"|{_ELIDED}'(?=\w)"
    rf"|{_LETTER}+(?:[-'·׳״{_JOINERS}]{_LETTER}+)*"
    r"|[^\s]\p{M}*(?:\u200d\X)*"
)

_PRONOUNS = "je tu il elle on nous vous ils elles moi toi le la les lui leur y en ce".split()

_CONTROL = regex.compile(r"\p{Cc}")
# Most text needs no cleaning, and to see that is quick: 28,000 pairs are read at every lesson's start.
_PLAIN = "[a-zà-öø-ÿœ0-9,.-][a-zà-öø-ÿœ0-9,.'-]*+"
_CLEAN = regex.compile(rf"{_PLAIN}(?:(?<!') {_PLAIN})*+")

STOPS = frozenset(".!?…;:")
DROPPED = frozenset("'\"«»“”„()[]–—-")


def clean(text: str) -> str:
    """Return `text` as the course reads it: lower-case, one kind of space, apostrophe and hyphen.

    HTML's entities are read, invisible characters vanish or part words as Unicode says, letters with
    accents are single characters (NFC), and ``l ' homme`` is ``l'homme``.
    """
    if _CLEAN.fullmatch(text):
        return text
    text = _ENTITY.sub(_character, text)
    text = unicodedata.normalize("NFC", text).translate(_SAME)  # Greek has signs that NFC makes ` and ´
    text = _INVISIBLE.sub("", text).lower().replace("i\u0307", "i")  # İ has two dots when small
    text = unicodedata.normalize("NFC", text)
    text = " ".join(_CONTROL.sub(" ", text).split())
    return _LOOSE_ELISION.sub(r"\1'", text)


def _character(entity: regex.Match[str]) -> str:
    """Return what an HTML name or number stands for; what is none stays, as in "banks & regulators;"."""
    name = entity[1]
    return html.unescape(f"&{name};") if name[0] == "#" or f"{name};" in html5 else entity[0]


def tokenize(text: str) -> list[str]:
    """Split `text` into lower-case tokens; works for French, English, and all that puts spaces between words.

    An elided French word is a token of its own, and so is a pronoun that a hyphen ties to its verb:
    ``"L’homme dort-il"`` gives ``["l'", "homme", "dort", "-il"]``.
    """
    tokens: list[str] = []
    for token in _TOKEN.findall(clean(text)):
        if "-" in token:
            tokens += _untied(token)
        else:
            tokens.append(token)
    return tokens


def _untied(word: str) -> list[str]:
    """Return a word and, each for itself, the pronouns that hyphens tie to its end: mange, -t-il."""
    parts, pronouns = word.split("-"), []
    while len(parts) > 1 and parts[-1] in _PRONOUNS and parts != ["rendez", "vous"]:
        pronoun = f"-{parts.pop()}"
        if len(parts) > 1 and parts[-1] == "t":
            pronoun = f"-{parts.pop()}{pronoun}"
        pronouns.append(pronoun)
    return ["-".join(parts), *reversed(pronouns)]


def only_tokens(words: Iterable[str]) -> Iterable[str]:
    """Return `words` as they are. Raises ValueError for text: its letters would pass for words."""
    if isinstance(words, str):
        raise ValueError(f"{words[:40]!r} is text, and its tokens are asked for: tokenize(…) splits it")
    return words


def as_tokens(words: Words) -> list[str]:
    """Return the tokens of a sentence that is given as text, or as its tokens."""
    return tokenize(words) if isinstance(words, str) else list(words)


def detokenize(tokens: Iterable[str], language: str = "en") -> str:
    """Join `tokens` into text as people write it.

    No space after an elided word, before a full stop or a comma, or inside brackets and quotation marks; in
    French (``"fr"``) a space before ``? ! ; :`` and inside « ».
    """
    words: list[str] = []
    opened: set[str] = set()
    for token in tokens:
        if words and regex.fullmatch(rf"{_ELIDED}'", words[-1]) and regex.match(r"\w", token):
            words[-1] += "\0"
        if token in ("'", '"'):  # the same sign opens and closes
            words.append(token + "\0" if token not in opened else "\0" + token)
            opened ^= {token}
        else:
            words.append(token)
    for quote in opened:  # that is never closed: no quotation mark
        last = max(i for i, word in enumerate(words) if word == quote + "\0")
        words[last] = quote
    text = " ".join(words).replace("\0 ", "").replace(" \0", "").replace("\0", "")
    text = regex.sub(rf" (-(?:t-)?(?:{'|'.join(_PRONOUNS)}))(?!\w)", r"\1", text)
    text = regex.sub(r" ([.,…)\]”])", r"\1", text)
    text = regex.sub(r"([(\[“]) ", r"\1", text)
    return text if language == "fr" else regex.sub(r" ([?!;:%»])", r"\1", text).replace("« ", "«")
