"""Who and what a sentence speaks of, and how words of both languages stand side by side."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from fragment.text import EMPTY, Phrase, Word
from fragment.words import NAMES, Dice

NUMBERS = {
    "deux": "two", "trois": "three", "quatre": "four", "cinq": "five", "six": "six", "sept": "seven",
    "huit": "eight", "neuf": "nine", "dix": "ten", "onze": "eleven", "douze": "twelve",
}  # fmt: skip
MASS = ("mass", "drink", "grass", "music")
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
    carries: str = ""  # see `Context.carried`


_SAID_TO = (("tu", "te", "toi", "ton"), ("vous", "votre"))


@dataclass
class Context:
    """What has been mentioned so far in a sentence: by it a pronoun is read."""

    subjects: list[Entity] = field(default_factory=list)
    others: list[Entity] = field(default_factory=list)
    owner: Entity | None = None  # the subject of the clause that is being made
    last: Entity | None = None  # the subject of the clause before
    carried: str = ""  # the tense of the clause before, if a second verb of its subject can follow
    tense: str = ""  # of the clause that is being made
    under: str = ""  # the conjunction before it, if it is a subordinate clause
    listener: str = ""  # whether one is spoken to as tu or as vous

    def of(self, owner: Entity) -> Context:
        """Return the same, for the inside of a clause of this subject."""
        return Context(self.subjects, self.others, owner, tense=self.tense, listener=self.listener)

    def fits(self, words: str) -> bool:
        """Return whether a word of the second person is for the listener: a sentence has tu or vous."""
        return not (
            words in _SAID_TO[0] and self.listener == "vous" or words in _SAID_TO[1] and self.listener == "tu"
        )

    def knows(self, clause: Clause) -> Phrase:
        """Note whom a clause spoke of; return its phrase."""
        self.last, self.carried = clause.who, clause.carries
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
    persons = (
            ("je", 1, "s", ""), ("tu", 2, "s", ""),
            ("il", 3, "s", "m"), ("elle", 3, "s", "f"), ("on", 1, "p", ""),
            ("nous", 1, "p", ""), ("vous", 2, "p", ""), ("ils", 3, "p", "m"), ("elles", 3, "p", "f"),
        )  # fmt: skip
    fr, person, number, g = dice.pick(persons)
    if not context.fits(fr):
        fr, person, number, g = persons[1 if fr == "vous" else 6]
    kind = "human"
    if person == 3 and (before := context.find(g, number)) is not None:
        kind = before.kind
    several = dice.pick("sp") if fr == "vous" else number
    entity = Entity(EMPTY, person, number, g or dice.pick("mf"), kind, fr, several)
    k = dice.id()
    return replace(entity, phrase=Phrase((Word(fr, k),), (Word(entity.english, k),)))


def and_me(dice: Dice, entity: Entity) -> Entity:
    """Return "julie et moi" ~ "julie and i", perhaps with ", nous"."""
    phrase, k = entity.phrase + pair(dice, "et", "and"), dice.id()
    again = (Word(",", k), Word("nous", k)) if dice.chance(0.5) else ()
    phrase += Phrase((Word("moi", k, "tonic"), *again), (Word("i", k),))
    return Entity(phrase, 1, "p", dice.pick("m" + entity.g))


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
