"""From a list of terms to text with token links: the only module that talks to pyrealb.

A clause is held as two flat lists of terms, French and English, in which linked terms share an id:

    [D le {1}, N chat {2}, A noir {3}]   ~   [D the {1}, A black {3}, N cat {2}]

pyrealb inflects, elides and contracts. Each list is realised twice. Plain, it gives the text that
we ship. With a `.tag()` on every term it tells which word came from which term, but a tagged word
is neither elided nor contracted ("le homme", "à le marché"). `_match` lays the two side by side.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import pyrealb
from pyrealb.Constituent import Constituent

from course_utils.text.tokens import detokenize, tokenize

# A word that pyrealb does not know, or a feature that it cannot apply, must stop the build.
Constituent.exceptionOnWarning = True

_TAGGED = re.compile(r'<w i="(\d+)">([^<]*)</w>')
_CONTRACTIONS = {("à", "le"): "au", ("à", "les"): "aux", ("de", "le"): "du", ("de", "les"): "des"}
# Euphony changes the spelling of a plain word before a vowel, never that of a tagged one.
_EUPHONY = {
    "a": "an",
    "vieux": "vieil",
    "beau": "bel",
    "nouveau": "nouvel",
    "ce": "cet",
    "sa": "son",
    "ma": "mon",
}


class Term(NamedTuple):
    """One word to come: a pyrealb constructor, a lemma, its features, and the ids of its links."""

    kind: str  # a pyrealb terminal ("N", "V", "D", …), or "Q" for a word taken as it is
    lemma: str
    features: tuple[tuple[str, object], ...] = ()
    links: frozenset[int] = frozenset()


class Piece(NamedTuple):
    """A stretch of French and its English."""

    fr: tuple[Term, ...] = ()
    en: tuple[Term, ...] = ()


def term(kind: str, lemma: str, *links: int, **features: object) -> Term:
    """Make a term: ``term("N", "chat", 7, n="p")`` will read "chats" and has link id 7."""
    return Term(kind, lemma, tuple(sorted(features.items())), frozenset(links))


def join(*pieces: Piece) -> Piece:
    """Put pieces one after another, in both languages."""
    return Piece(sum((p.fr for p in pieces), ()), sum((p.en for p in pieces), ()))


def source_length(piece: Piece) -> int:
    """Count the French tokens that `piece` will have, without realising it."""
    words = [word for t in piece.fr for word in t.lemma.split()]
    articles = {i for i, t in enumerate(piece.fr) if t.kind == "D" and t.lemma == "le"}
    contracted = 0
    for i in sorted(articles):
        before = piece.fr[i - 1] if i else None
        if before is not None and before.kind == "P" and before.lemma in ("à", "de"):
            features, after = dict(piece.fr[i].features), piece.fr[i + 1]
            if features["n"] == "p" or (features["g"] == "m" and not _starts_with_vowel(after)):
                contracted += 1
    return len(words) - contracted


def _starts_with_vowel(t: Term) -> bool:
    return t.lemma[0] in "aeiouéèêhàâîôœ"


def _terminal(t: Term) -> Constituent:
    made = getattr(pyrealb, t.kind)(t.lemma)
    for name, value in t.features:
        made = getattr(made, name)(value)
    return made


def _spell(text: str) -> str:
    return text.lower().replace("oeu", "œu")  # pyrealb's lexicon spells sœur and œuf without the ligature


def _realise(terms: tuple[Term, ...]) -> tuple[list[str], list[frozenset[int]]]:
    plain = tokenize(_spell(pyrealb.SP(*map(_terminal, terms)).realize()))
    tagged_terms = [_terminal(t).tag("w", {"i": str(i)}) for i, t in enumerate(terms)]
    tagged = [
        (word, terms[int(i)].links)
        for i, text in _TAGGED.findall(pyrealb.SP(*tagged_terms).realize())
        for word in tokenize(_spell(text))
    ]
    return plain, _match(plain, tagged)


def _match(plain: list[str], tagged: list[tuple[str, frozenset[int]]]) -> list[frozenset[int]]:
    """Give every plain word the links of the one or two tagged words that it came from."""
    links, j = [], 0
    for word in plain:
        if j >= len(tagged):
            raise AssertionError(f"{word!r} of {plain} has no tagged word")
        raw, link = tagged[j]
        if j + 1 < len(tagged) and word == _CONTRACTIONS.get((raw, tagged[j + 1][0])):
            link, j = link | tagged[j + 1][1], j + 1
        elif not (word == raw or word == _EUPHONY.get(raw) or (word.endswith("'") and word[:-1] == raw[:-1])):
            raise AssertionError(f"{word!r} of {plain} does not come from {raw!r}")
        links.append(link)
        j += 1
    if j != len(tagged):
        raise AssertionError(f"{tagged[j:]} left over after {plain}")
    return links


def realise(piece: Piece) -> tuple[str, str, list[tuple[int, int]]]:
    """Return the French text, the English text, and the sorted links between their tokens."""
    pyrealb.loadFr()
    source, source_links = _realise(piece.fr)
    pyrealb.loadEn()
    target, target_links = _realise(piece.en)
    if len(source) != source_length(piece):
        raise AssertionError(f"{source_length(piece)} tokens foreseen for {source}")
    alignment = [(i, j) for i, a in enumerate(source_links) for j, b in enumerate(target_links) if a & b]
    texts = detokenize(source), detokenize(target)
    for text, tokens in zip(texts, (source, target)):
        if tokenize(text) != tokens:
            raise AssertionError(f"{text!r} does not give {tokens} back")
    return *texts, alignment


def prepare_lexicons() -> None:
    """Load pyrealb's lexicons and add the words that they lack."""
    pyrealb.loadEn()
    for participle in ("closed", "broken"):
        pyrealb.addToLexicon(participle, {"A": {"tab": "a1"}})
    pyrealb.addToLexicon("fish", {"N": {"tab": pyrealb.getLexicon("en")["sheep"]["N"]["tab"]}})


prepare_lexicons()
