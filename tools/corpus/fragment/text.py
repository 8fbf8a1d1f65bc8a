"""From words with link ids to two texts and their alignment: elision, contraction, euphony.

A phrase is held as two tuples of words, French and English. Words that translate each other share an id.
"""

from __future__ import annotations

from typing import NamedTuple

from course_utils.text.tokens import detokenize, tokenize


class Word(NamedTuple):
    """A word as it stands before its neighbours change it."""

    text: str
    ids: frozenset[int] = frozenset()
    kind: str = ""  # "article" contracts (de + le); "m" is a masculine singular noun or adjective


class Phrase(NamedTuple):
    """A stretch of French and its English."""

    fr: tuple[Word, ...] = ()
    en: tuple[Word, ...] = ()

    def __add__(self, other: Phrase) -> Phrase:  # type: ignore[override]
        return Phrase(self.fr + other.fr, self.en + other.en)


EMPTY = Phrase()

_VOWELS = "aeiouâàéèêëîïôûùœ"
_ELIDED = {"le", "la", "je", "me", "te", "se", "ne", "de", "que", "lorsque", "puisque", "jusque"}
_CONTRACTED = {("de", "le"): "du", ("de", "les"): "des", ("à", "le"): "au", ("à", "les"): "aux"}
_BEFORE_VOWEL = {
    "ce": "cet", "beau": "bel", "nouveau": "nouvel", "vieux": "vieil",
    "ma": "mon", "ta": "ton", "sa": "son",
}  # fmt: skip
_H_MUTE = ("homme", "herbe", "histoire", "hier", "heure", "habit", "hiver")
_NO_ELISION = ("onze", "huit", "oui")


def starts_with_vowel(word: str) -> bool:
    """Return whether a French word makes the one before it elide."""
    if word.startswith(_NO_ELISION):
        return False
    return word == "y" or word[0] in _VOWELS or word.startswith(_H_MUTE)


def french(words: tuple[Word, ...]) -> list[tuple[str, frozenset[int]]]:
    """Return the French tokens with their ids, elided and contracted."""
    done: list[tuple[str, frozenset[int]]] = []
    i = 0
    while i < len(words):
        text, ids, kind = words[i]
        after = words[i + 1] if i + 1 < len(words) else None
        vowel = after is not None and starts_with_vowel(after.text)
        if after is not None and (text, after.text) in _CONTRACTED and after.kind == "article":
            beyond = words[i + 2] if i + 2 < len(words) else None
            if not (after.text == "le" and beyond is not None and starts_with_vowel(beyond.text)):
                done.append((_CONTRACTED[text, after.text], ids | after.ids))
                i += 2
                continue
        if vowel and text in _ELIDED and kind != "tonic":
            text = text[:-1] + "'"
        elif text == "si" and after is not None and after.text in ("il", "ils"):
            text = "s'"
        elif vowel and text in _BEFORE_VOWEL and kind == "det" or vowel and kind == "m":
            text = _BEFORE_VOWEL.get(text, text)
        done.append((text, ids))
        i += 1
    return done


def english(words: tuple[Word, ...]) -> list[tuple[str, frozenset[int]]]:
    """Return the English tokens with their ids; "a" is "an" before a vowel."""
    done = []
    for i, (text, ids, _) in enumerate(words):
        if text == "a" and i + 1 < len(words):
            after = words[i + 1].text
            text = "an" if (after[0] in "aeiou" and not after.startswith("uni")) or after == "hour" else "a"
        done.append((text, ids))
    return done


def realise(phrase: Phrase) -> tuple[str, str, list[tuple[int, int]]]:
    """Return the French text, the English text, and the sorted links between their tokens."""
    source, target = french(phrase.fr), english(phrase.en)
    links = [(i, j) for i, (_, a) in enumerate(source) for j, (_, b) in enumerate(target) if a & b]
    texts = []
    for tokens, language in ((source, "fr"), (target, "en")):
        text = detokenize([token for token, _ in tokens], language)
        if tokenize(text) != [token for token, _ in tokens]:
            raise AssertionError(f"{text!r} does not give {tokens} back")
        texts.append(text)
    return texts[0], texts[1], links
