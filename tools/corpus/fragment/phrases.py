"""Noun phrases and pronouns, in both languages at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from fragment.text import EMPTY, Phrase, Word
from fragment.words import (
    ADJECTIVES,
    KINDS,
    NAMES,
    NOUNS,
    Adjective,
    Dice,
    Noun,
    en_noun,
    fr_adjective,
    fr_noun,
)

NUMBERS = {
    "deux": "two", "trois": "three", "quatre": "four", "cinq": "five", "six": "six", "sept": "seven",
    "huit": "eight", "neuf": "nine", "dix": "ten", "onze": "eleven", "douze": "twelve",
}  # fmt: skip
OWNERS = {
    ("mon", "ma", "mes"): "my",
    ("ton", "ta", "tes"): "your",
    ("son", "sa", "ses"): "",  # his, her or its, as the owner says
    ("notre", "notre", "nos"): "our",
    ("votre", "votre", "vos"): "your",
    ("leur", "leur", "leurs"): "their",
}
COLOURS = "rouge bleu vert jaune noir blanc gris brun fermé ouvert cassé vide délicieux prêt"
MASS = ("mass", "drink")
LIVING = ("human", "job", "animal")
UNSEEN = ("nature",)  # always with "the"


@dataclass(frozen=True)
class Entity:
    """Who or what a phrase speaks of, as far as its neighbours must know."""

    phrase: Phrase
    person: int = 3
    number: str = "s"
    g: str = "m"
    kind: str = "human"
    pronoun: str = ""  # the French subject pronoun, if it is one
    adjectives: str = ""  # the number of its adjectives, where it is another one: vous, on

    @property
    def english(self) -> str:
        """How English refers back to it: i, you, we, they, he, she, it."""
        if self.person == 1:
            return "we" if self.number == "p" or self.pronoun == "on" else "i"
        if self.person == 2:
            return "you"
        if self.number == "p":
            return "they"
        if self.kind in ("human", "job"):
            return "he" if self.g == "m" else "she"
        return "it"

    @property
    def several(self) -> str:
        """Number of its adjectives and participles."""
        return self.adjectives or self.number

    @property
    def agreement(self) -> tuple[int, str]:
        """Person and number of its French verb."""
        return (3, "s") if self.pronoun == "on" else (self.person, self.number)


OBJECTIVE = {"i": "me", "you": "you", "we": "us", "they": "them", "he": "him", "she": "her", "it": "it"}
POSSESSIVE = {
    "i": "my", "you": "your", "we": "our", "they": "their", "he": "his", "she": "her", "it": "its",
}  # fmt: skip


def pair(dice: Dice, fr: str, en: str) -> Phrase:
    """Words that are the same wherever they stand: every French one with every English one."""
    k = dice.id()
    return Phrase(tuple(Word(w, k) for w in fr.split()), tuple(Word(w, k) for w in en.split()))


def comma(dice: Dice) -> Phrase:
    return pair(dice, ",", ",")


@dataclass(frozen=True)
class Clause:
    """A clause, its subject (but not "il" of the weather), and who else it spoke of."""

    phrase: Phrase
    who: Entity | None = None
    others: tuple[Entity, ...] = ()


@dataclass
class Context:
    """What has been mentioned so far in a sentence: by it a pronoun is read."""

    subjects: list[Entity] = field(default_factory=list)
    others: list[Entity] = field(default_factory=list)
    owner: Entity | None = None  # the subject of the clause that is being made
    last: Entity | None = None  # the subject of the clause before

    def of(self, owner: Entity) -> Context:
        """Return the same, for the inside of a clause of this subject."""
        return Context(self.subjects, self.others, owner)

    def knows(self, clause: Clause) -> Phrase:
        """Note whom a clause spoke of; return its phrase."""
        self.last = clause.who
        if clause.who is not None and clause.who.person == 3:
            self.subjects.append(clause.who)
        self.others.extend(clause.others)
        return clause.phrase

    def find(self, g: str, number: str) -> Entity | None:
        """Return whom a third person's pronoun means: the last subject that fits, or else the last other."""
        for known in (self.subjects, self.others):
            for entity in reversed(known):
                if entity.person == 3 and (entity.number, entity.g) == (number, g):
                    return entity
        return None


def subject_pronoun(dice: Dice, context: Context) -> Entity:
    """Return a subject pronoun of any person; of the third as what was said before has it."""
    fr, person, number, g = dice.pick(
        (
            ("je", 1, "s", ""), ("tu", 2, "s", ""),
            ("il", 3, "s", "m"), ("elle", 3, "s", "f"), ("on", 1, "p", ""),
            ("nous", 1, "p", ""), ("vous", 2, "p", ""), ("ils", 3, "p", "m"), ("elles", 3, "p", "f"),
        )
    )  # fmt: skip
    kind = "human"
    if person == 3 and (before := context.find(g, number)) is not None:
        kind = before.kind
    several = dice.pick("sp") if fr in ("vous", "on") else number
    entity = Entity(EMPTY, person, number, g or dice.pick("mf"), kind, fr, several)
    k = dice.id()
    return replace(entity, phrase=Phrase((Word(fr, k),), (Word(entity.english, k),)))


def adjectives(dice: Dice, noun: Noun, most: int) -> list[Adjective]:
    """Choose up to `most` adjectives that suit a noun, at most one before it and one after it."""
    chosen: list[Adjective] = []
    for _ in range(most):
        if noun.adjectives and dice.chance(0.35):
            adjective = ADJECTIVES[dice.pick(noun.adjectives)]
            if all(adjective.before != other.before for other in chosen):
                chosen.append(adjective)
    return chosen


def determiner(
    dice: Dice, noun: Noun, number: str, style: str, context: Context, before: bool
) -> tuple[tuple[Word, ...], tuple[Word, ...]]:
    """Return an article or what stands in its place. `before`: an adjective follows it."""
    k, g = dice.id(), noun.g
    plural = number == "p"
    if style == "le":
        text = "les" if plural else ("le" if g == "m" else "la")
        return (Word(text, k, "article"),), (Word("the", k),)
    if style == "un":
        if noun.kind in MASS and not plural:
            return (Word("de", k), Word("le" if g == "m" else "la", k, "article")), ()
        if plural:
            return (Word("de" if before else "des", k),), ()
        return (Word("un" if g == "m" else "une", k),), (Word("a", k),)
    if style == "ce":
        text = "ces" if plural else ("ce" if g == "m" else "cette")
        return (Word(text, k, "det"),), (Word("these" if plural else "this", k),)
    if style == "own":
        forms = dice.pick(tuple(OWNERS))
        english = OWNERS[forms]
        if not english:
            owner = context.owner
            known = owner is not None and owner.person == 3 and owner.number == "s" and owner.pronoun != "on"
            english = POSSESSIVE[owner.english] if known and owner is not None else "his"
        text = forms[2] if plural else forms[0 if g == "m" else 1]
        return (Word(text, k, "det"),), (Word(english, k),)
    if style == "number":
        fr, en = dice.pick(tuple(NUMBERS.items()))
        return (Word(fr, k),), (Word(en, k),)
    if style == "many":
        k2 = dice.id()
        return (
            (Word("beaucoup", k), Word("de", k2)),
            (Word("a", k), Word("lot", k), Word("of", k2)),
        )
    if style == "de":  # after a negation
        return (Word("de", k),), ((Word("a", k),) if not plural and noun.kind not in MASS else ())
    if style == "which":
        text = {"ms": "quel", "fs": "quelle", "mp": "quels", "fp": "quelles"}[g + number]
        return (Word(text, k),), (Word("which", k),)
    if style == "each":
        return (Word("chaque", k),), (Word("each", k),)
    raise AssertionError(style)


def noun_phrase(
    dice: Dice,
    context: Context,
    noun: Noun,
    style: str | None = None,
    number: str | None = None,
    most: int = 2,
    of: bool = True,
) -> Entity:
    """Return a phrase about a noun: determiner, adjectives, perhaps whose it is."""
    mass = noun.kind in MASS
    if style == "own" and noun.fr in ("homme", "garçon"):
        style = "le"
    if number is None:
        number = "s" if mass or noun.kind in UNSEEN or not dice.chance(0.3) else "p"
    if style is None:
        style = dice.weighted(
            [(46, "le"), (20, "un"), (7, "ce"), (17, "own"), (7, "number"), (3, "many"), (2, "each")]
        )
    if noun.kind in UNSEEN or style == "own" and noun.fr in ("homme", "garçon"):
        style = "le"
    if style == "number":
        number = "s" if mass else "p"
        style = "un" if mass else style
    if style == "each":
        style, number = ("le", "s") if mass else ("each", "s")
    if style == "many" and not mass:
        number = "p"
    if mass or noun.kind in UNSEEN:
        number = "s"
    chosen = adjectives(dice, noun, most)
    very = [dice.chance(0.1) and a.fr not in COLOURS for a in chosen]
    before = any(a.before for a in chosen)
    det_fr, det_en = determiner(dice, noun, number, style, context, before)
    k = dice.id()
    fr_before: list[Word] = []
    fr_after: list[Word] = []
    en: list[Word] = []
    for adjective, much in sorted(zip(chosen, very), key=lambda a: not a[0].before):
        a = dice.id()
        spelt = Word(fr_adjective(adjective, noun.g, number), a, "m" if noun.g + number == "ms" else "")
        words = [spelt]
        if much:
            v = dice.id()
            words, en = [Word("très", v), spelt], [*en, Word("very", v)]
        (fr_before if adjective.before else fr_after).extend(words)
        # "gros" is fat of what lives, and big of what doesn't.
        en.append(Word("big" if adjective.fr == "gros" and noun.kind not in LIVING else adjective.en, a))
    spelt = tuple(Word(w, k) for w in fr_noun(noun, number).split())  # "pomme de terre"
    phrase = Phrase(
        (*det_fr, *fr_before, *spelt, *fr_after), (*det_en, *en, Word(english_of(noun, number, style), k))
    )
    entity = Entity(phrase, 3, number, noun.g, noun.kind)
    if noun.fr in ("gâteau", "tarte", "soupe") and dice.chance(0.15):
        return flavoured(dice, entity, k, noun)
    if of and style in ("le", "which") and dice.chance(0.2):
        return owned(dice, context, noun, number, chosen, entity)
    return entity


FLAVOURS = {
    "chocolat": "s",
    "fromage": "s",
    "pomme": "p",
    "fraise": "p",
    "poire": "p",
    "orange": "p",
    "carotte": "p",
}


def flavoured(dice: Dice, entity: Entity, k: frozenset[int], noun: Noun) -> Entity:
    """Return "un gâteau au chocolat" ~ "a chocolate cake"."""
    fr, number = dice.pick(tuple(FLAVOURS.items()))
    what, f = NOUNS[fr], dice.id()
    article = Word("les" if number == "p" else ("le" if what.g == "m" else "la"), f, "article")
    french = (Word("à", f), article, Word(fr_noun(what, number), f))
    *first, last = entity.phrase.en
    return replace(entity, phrase=Phrase(entity.phrase.fr + french, (*first, Word(what.en, f), last)))


def english_of(noun: Noun, number: str, style: str) -> str:
    """Return the English noun; whose "fille" and "femme" it is makes her a daughter and a wife."""
    if style == "own" and noun.fr in ("fille", "femme"):
        return {"filles": "daughter", "femmes": "wife"}[noun.fr + "s"] if number == "s" else {
            "fille": "daughters", "femme": "wives"
        }[noun.fr]  # fmt: skip
    return en_noun(noun, number)


def owned(
    dice: Dice, context: Context, noun: Noun, number: str, chosen: Sequence[Adjective], entity: Entity
) -> Entity:
    """Return "le chat de julie" ~ "julie's cat", or "la porte de la maison" ~ "the door of the house"."""
    if noun.kind in ("door", "landmark") and dice.chance(0.7):
        whole = noun_phrase(dice, context, dice.pick(KINDS["place"]), "le", "s", 1, of=False)
        of_ = pair(dice, "de", "of")
        return Entity(entity.phrase + of_ + whole.phrase, 3, number, noun.g, noun.kind)
    if noun.kind in ("place", "nature", "job") or entity.phrase.en[0].text != "the":
        return entity
    if noun.fr in ("homme", "garçon", "fille", "femme", "pomme de terre"):
        return entity
    k = dice.id()
    if dice.chance(0.5):
        name = dice.pick(tuple(NAMES))
        fr, en = (Word("de", k), Word(name, n := dice.id())), (Word(f"{name}'s", n | k),)
    else:
        owner = noun_phrase(
            dice, context, dice.pick(KINDS["human"]), dice.pick(("le", "own")), "s", 0, of=False
        )
        *first, last = owner.phrase.en
        fr = (Word("de", k), *owner.phrase.fr)
        en = (*first, Word(f"{last.text}'s", last.ids | k))
    article = entity.phrase.fr[0]
    rest = entity.phrase.en[1:]  # without "the": the owner stands in its place
    phrase = Phrase(entity.phrase.fr + fr, (Word(en[0].text, en[0].ids | article.ids), *en[1:], *rest))
    return Entity(phrase, 3, number, noun.g, noun.kind)


def name(dice: Dice) -> Entity:
    """Return one of the names."""
    chosen = dice.pick(tuple(NAMES))
    k = dice.id()
    return Entity(Phrase((Word(chosen, k),), (Word(chosen, k),)), 3, "s", NAMES[chosen], "human")


def both(dice: Dice, one: Entity, other: Entity, fr: str = "et", en: str = "and") -> Entity:
    """Return two entities, joined."""
    g = "f" if one.g == other.g == "f" else "m"
    phrase = one.phrase + pair(dice, fr, en) + other.phrase
    kinds = {one.kind, other.kind}
    kind = "thing" if kinds - {*LIVING} else ("human" if "animal" not in kinds else "animal")
    return Entity(phrase, 3, "p", g, kind)
