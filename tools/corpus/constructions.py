"""What the fragment says, and how to find it: each line of the datasheet's table with a pattern over tokens.

A pattern is looked for in the French tokens, joined by spaces, with one space before and after.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from fragment.words import VERBS, fr_verb


def _forms(tense: str, but: str) -> str:
    """Return a pattern of all the forms of a tense that are no forms of another one."""
    persons = [(person, number) for person in (1, 2, 3) for number in "sp"]

    def forms(which: str) -> set[str]:
        return {fr_verb(verb, which, *who) for verb in (*VERBS, "être", "avoir") for who in persons}

    return f"(?:{'|'.join(sorted(forms(tense) - forms(but)))})"


_PRONOUNS = "je|j'|tu|il|elle|on|nous|vous|ils|elles"
_PRESENT = "ai|as|a|avons|avez|ont|suis|es|est|sommes|êtes|sont"
_PP = r"\w+(?:é|i|u|is|it|ert|ri)e?s?"

CONSTRUCTIONS = {
    "je, tu, nous, vous": "(?:je|j'|tu|nous|vous)",
    "on": "on",
    "ils, elles": "(?:ils|elles)",
    "names": "(?:marie|julie|anna|emma|paul|luc|thomas|hugo)",
    "passé composé with avoir": rf"(?:ai|as|a|avons|avez|ont) (?:\w+ )?{_PP}",
    "passé composé with être": r"(?:suis|es|est|sommes|êtes|sont) (?:allé|venu|parti|tombé|rest|arrivé|entré|rentré|sorti)\w*",
    "imparfait": _forms("i", "p"),
    "futur": _forms("f", "p"),
    "aller + infinitive": r"(?:vais|vas|va|allons|allez|vont) (?:\w+ )?(?:[lst]' )?\w+(?:er|ir|re)",
    "vouloir, pouvoir, devoir + infinitive": r"(?:veu|veul|voul|voud|peu|peuv|pouv|pour|doi|doiv|dev)\w* (?:\w+ )?(?:[lst]' )?\w+(?:er|ir|re)",
    "il faut": "il (?:ne )?(?:faut|fallait|faudra)",
    "reflexive verbs": r"(?:me|m'|te|t'|se|s'|nous|vous) (?:cach|repos)\w+",
    "ne … pas": "pas",
    "ne … jamais": "jamais",
    "ne … plus": r"(?:ne|n') (?:\w+ )?(?:\w+ )?plus",
    "ne … rien": "rien",
    "ne … personne, personne ne": "personne",
    "pas de, plus de": "(?:pas|plus|jamais) (?:de|d')",
    "un, une, des": "(?:un|une|des)",
    "du, de la, de l' (some)": "(?:du|de la|de l')",
    "ce, cet, cette, ces": "(?:ce|cet|cette|ces)",
    "mon, ton, son": "(?:mon|ma|mes|ton|ta|tes|son|sa|ses)",
    "notre, votre, leur": "(?:notre|nos|votre|vos|leur|leurs)",
    "le mien, le nôtre": "(?:mien|mienne|tien|tienne|sien|sienne|nôtre|vôtre)s?",
    "à moi, à julie (whose)": "à (?:moi|toi|lui|elle|nous|vous|eux)",
    "two to twelve": "(?:deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze)",
    "beaucoup de, trop de, assez de": "(?:beaucoup|trop|assez|peu) (?:de|d')",
    "tout, toute, tous, toutes": "(?:tout|toute|tous|toutes)",
    "chaque, quelques, plusieurs": "(?:chaque|quelques|plusieurs)",
    "plus … que": r"plus \w+ (?:que|qu')",
    "moins … que, aussi … que": r"(?:moins|aussi) \w+ (?:que|qu')",
    "le plus … (superlative)": r"(?:le|la|les|l') (?:\w+ )?plus \w+",
    "très, trop": "(?:très|trop)",
    "me, te (object)": "(?:me|m'|te|t')",
    "le, la, les (object)": rf"(?:{_PRONOUNS}|ne|n') (?:le|la|les|l') \w+",
    "lui, leur (to whom)": rf"(?:lui|leur) (?:{_PRESENT}|donn|montr|apport|racont|écri)\w*",
    "y": "y",
    "en (of it)": "en (?:ai|as|a|avons|avez|ont|mang|boi|buv|prépar|achet|achèt|veu|voul|voud)\\w*",
    "il y a": "y (?:a|avait|aura)",
    "c'est, ce sont": "(?:c' est|c' était|ce sont|ce sera|c' étaient|ce n' est)",
    "il pleut, il neige": r"il (?:a |va |ne |n' )*(?:pleu|plu|neig)\w*",
    "il fait froid": "il (?:ne |va )*(?:fait|faisait|fera|faire)",
    "the time of day": "(?:heure|heures|midi|minuit)",
    "avoir faim, soif, peur …": "(?:faim|soif|peur|sommeil)",
    "est-ce que": "est -ce (?:que|qu')",
    "inversion": r"-(?:t-)?(?:je|tu|il|elle|on|nous|vous|ils|elles)",
    "où ?": r"où (?:est -ce|[\w']+ -\w+|est|sont|était|étaient|\?)",
    "qui ?": r"(?:(?<=^ )|(?<=, )|(?<=et )|(?<=mais )|(?<=donc ))qui .*\?",
    "quand ?": r"quand (?:est -ce|[\w']+ -\w+|\?)",
    "pourquoi ?": "pourquoi",
    "que ? qu'est-ce que": "(?:que|qu') est -ce (?:que|qu')",
    "quel, combien": "(?:quel|quelle|quels|quelles|combien)",
    "imperative with a pronoun": "-(?:moi|toi|le|la|les|lui|leur|y|en|nous|vous)",
    "et (clauses, subjects, objects, verbs)": "et",
    "mais, donc, puis, ou": "(?:mais|donc|puis|ou)",
    "qui (relative)": r"\w+ qui (?:ne |n' )?\w+",
    "que (relative)": rf"(?!plus|moins|aussi|parce|pendant|ce)\w+ (?:que|qu') (?:{_PRONOUNS}|les?|la|mon|marie|paul)",
    "où (relative)": r"\w+ où \w+",
    "quand, pendant que": "(?:quand|pendant que|pendant qu')",
    "parce que": "parce (?:que|qu')",
    "si, s'il": "(?:si|s' ils?)",
    "avant de + infinitive": r"avant (?:de|d') (?:[lst]' |\w+ )?\w+(?:er|ir|re)",
    "pour, sans + infinitive": r"(?:pour|sans) (?:[lst]' |\w+ )?\w+(?:er|ir|re)",
    "a time in front": rf"(?:hier|demain|aujourd'hui|maintenant|ce soir|ce matin)(?: ,)? (?:{_PRONOUNS}|le|la|les|un)",
    "souvent, toujours, parfois, encore": "(?:souvent|toujours|parfois|encore)",
    "bien, vite, lentement, beaucoup": "(?:bien|vite|lentement|beaucoup)",
    "dans, sur, sous": "(?:dans|sur|sous)",
    "devant, derrière, près de, à côté de, entre": "(?:devant|derrière|près|côté|entre)",
    "chez": "chez",
    "avec, sans somebody": "(?:avec|sans) (?:moi|toi|lui|elle|nous|vous|eux|marie|julie|paul|luc|mon|ma|son|sa)",
    "aussi": "aussi",
}  # fmt: skip


def _search(pattern: str) -> Callable[[str], object]:
    """Return what finds a pattern: of whole tokens or, with "-" first, of a token's end."""
    if pattern[0] == "-":
        return re.compile(rf" (?:\w+)?(?:{pattern})(?= )").search
    return re.compile(rf" (?:{pattern})(?= )").search


_SEARCHES = {name: _search(pattern) for name, pattern in CONSTRUCTIONS.items()}


def found(tokens: Sequence[str]) -> set[str]:
    """Return the constructions that are in a sentence."""
    text = f" {' '.join(tokens)} "
    return {name for name, search in _SEARCHES.items() if search(text)}


def count(sources: Iterable[Sequence[str]]) -> dict[str, int]:
    """Return in how many of the sentences each construction is."""
    counts = Counter(name for tokens in sources for name in found(tokens))
    return {name: counts[name] for name in CONSTRUCTIONS}
