"""Somebody or something is so, is there, is a doctor, is hungry, has a cat."""

from __future__ import annotations

from dataclasses import replace

from fragment.around import compared, fronted, timed
from fragment.nouns import COLOURS, UNCOMPARED, mine, noun_phrase
from fragment.parts import TONIC, noun_of, numbered, place, somebody, somebody_or_me
from fragment.phrases import LIVING, OBJECTIVE, UNSEEN, Clause, Context, Entity, pair, subject_pronoun
from fragment.subjects import stressed, subject, undeniable, with_relative
from fragment.text import EMPTY, Phrase, Word
from fragment.verbs import Predicate, to_be, told
from fragment.words import (
    ADJECTIVES,
    FUTURE,
    KINDS,
    NOUNS,
    PAST,
    SOON,
    WAS,
    Adjective,
    Dice,
    compare,
    en_adjective,
    en_noun,
    fr_adjective,
    fr_noun,
)

SIMPLER = {PAST: WAS, SOON: FUTURE}  # of what has neither passé composé nor "aller" here
NEGATIONS = ((70, ""), (16, "pas"), (6, "jamais"), (5, "plus"))
UNMODAL = ("vouloir", "aimer", "comprendre", "apprendre")  # no "want to want"
SAYABLE = [noun for noun in NOUNS.values() if noun.kind not in UNSEEN]
THERE = [noun for noun in SAYABLE if noun.kind != "tale"]
_NOT_HAD = ("homme", "femme", "garçon", "fille", "mère", "père", "voisin", "voisine")
OWNED = [
    noun
    for noun in THERE
    if noun.kind not in ("place", "landmark", "door", "job") and noun.fr not in _NOT_HAD
]
FEELINGS = (
    ("faim", "hungry"), ("soif", "thirsty"), ("froid", "cold"), ("chaud", "hot"), ("peur", "afraid"),
    ("sommeil", "sleepy"),
)  # fmt: skip


def adjective_of(adjective: Adjective, who: Entity, k: frozenset[int]) -> Phrase:
    """Return an adjective as it agrees with what it is said of."""
    en = en_adjective(adjective, who.kind, who.g)
    return Phrase((Word(fr_adjective(adjective, who.g, who.several), k),), (Word(en, k),))


def much(dice: Dice, chance: float, words: tuple[tuple[str, str], ...] = (("très", "very"),)) -> Phrase:
    """Return "très" now and then."""
    return pair(dice, *dice.pick(words)) if dice.chance(chance) else EMPTY


_MUCH = (
    ("très", "very"), ("très", "very"), ("très", "very"), ("trop", "too"), ("trop", "too"), ("si", "so"),
    ("si", "so"), ("beaucoup trop", "much too"),
)  # fmt: skip


def _so(dice: Dice, context: Context, who: Entity, pool: tuple[str, ...]) -> Predicate:
    """Return "est grand", "est trop grand", "est grand et beau", "est plus grand que julie"."""
    adjective = ADJECTIVES[dice.pick(pool)]
    said = adjective_of(adjective, who, dice.id())
    if dice.chance(0.4) and adjective.fr not in (*UNCOMPARED, *COLOURS):
        return to_be(compared(dice, said, " ".join(compare(said.en[0].text)), _other(dice, context, who)))
    if adjective.fr not in (*COLOURS, "nouveau"):
        said = much(dice, 0.25, _MUCH) + said
    other = ADJECTIVES[dice.pick(pool)]
    if other != adjective and dice.chance(0.06):
        link = pair(dice, *dice.pick((("et", "and"), ("mais", "but"))))
        said = said + link + adjective_of(other, who, dice.id())
    return to_be(said)


def _other(dice: Dice, context: Context, who: Entity) -> Phrase:
    """Return what something is compared with."""
    if who.kind in ("human", "job"):
        if dice.chance(0.4):
            k, (fr, en) = dice.id(), dice.pick([pair for pair in TONIC if pair[1] != OBJECTIVE[who.english]])
            return Phrase((Word(fr, k, "tonic"),), (Word(en, k),))
        return somebody(dice, context).phrase
    if who.kind not in LIVING and dice.chance(0.35):
        return mine(dice, context, who.g, who.number)
    noun = noun_of(dice, [who.kind if who.kind in KINDS else "animal"])
    return noun_phrase(dice, context, noun, dice.pick(("le", "own", "ce")), None, 1).phrase


def _feels(dice: Dice, context: Context, who: Entity) -> Predicate:
    """Return "a faim", "a peur du chien"."""
    fr, en = dice.pick(FEELINGS)
    p = Predicate("avoir", "be", stative=True, complement=pair(dice, fr, en))
    if fr == "peur" and dice.chance(0.4):
        animal = noun_phrase(dice, context, noun_of(dice, ["animal"]), dice.pick(("le", "own", "ce")))
        p.complement = p.complement + pair(dice, "de", "of") + animal.phrase
    return p


def works_as(dice: Dice, who: Entity) -> Predicate:
    """Return "est médecin" ~ "is a doctor"."""
    man = who.g == "m"
    noun = noun_of(
        dice,
        ["job"],
        but=("étudiante",) if man else ("fermier", "boulanger", "cuisinier", "facteur", "étudiant"),
    )
    n, k = who.several, dice.id()
    article = () if n == "p" else (Word("a", k),)
    return to_be(Phrase((Word(fr_noun(noun, n), k),), (*article, Word(en_noun(noun, n), k))))


_MINE = ("animal", "text", "furniture", "dish", "bag", "clothes", "vehicle", "thing")
_OWNED_BY = (
    ("moi", "mine"), ("toi", "yours"), ("lui", "his"), ("elle", "hers"), ("nous", "ours"), ("vous", "yours"),
    ("eux", "theirs"),
)  # fmt: skip


def whose(dice: Dice, context: Context) -> Phrase:
    """Return "à moi" ~ "mine", "à julie" ~ "julie's", "pour moi" ~ "for me"."""
    if dice.chance(0.4):
        return pair(dice, "pour", "for") + somebody_or_me(dice, context)
    k = dice.id()
    owner = somebody(dice, context).phrase
    *first, last = owner.en
    if dice.chance(0.5) or last.text.endswith("s"):
        fr, en = dice.pick(_OWNED_BY)
        return Phrase((Word("à", k), Word(fr, k, "tonic")), (Word(en, k),))
    return Phrase((Word("à", k), *owner.fr), (*first, Word(f"{last.text}'s", last.ids | k)))


def has(dice: Dice, context: Context, negation: str) -> Predicate:
    """Return "a un chat", "n'a pas de chat", "en a trois"."""
    p = Predicate("avoir", "have", stative=True)
    if not negation and dice.chance(0.12):
        p.clitics = ((Word("en", dice.id()), None),)
        p.complement = numbered(dice)
        return p
    style = "de" if negation else dice.weighted([(5, "un"), (2, "number"), (1, "many")])
    found = noun_phrase(dice, context, dice.pick(OWNED), style)
    if dice.chance(0.12):
        found = with_relative(dice, context, found)
    p.complement = found.phrase
    p.others.append(found)
    return p


def being(dice: Dice, context: Context, tense: str) -> Clause:
    """Somebody or something is so, is there, is a doctor, is hungry, has a cat."""
    pool: tuple[str, ...] = ()
    if dice.chance(0.45):
        noun = dice.pick(SAYABLE)
        who = noun_phrase(dice, context, noun, dice.weighted([(5, "le"), (2, "own"), (1, "ce")]), None, 1)
        pool = noun.adjectives
        if dice.chance(0.08):
            who = with_relative(dice, context, who)
        elif who.kind in _MINE and dice.chance(0.12):  # le mien est gris
            who = replace(who, phrase=mine(dice, context, who.g, who.number))
    else:
        who = subject_pronoun(dice, context) if dice.chance(0.5) else subject(dice, context, 0.4)
        pool = KINDS.get(who.kind, KINDS["thing"])[0].adjectives
    inner = context.of(who)
    living, person = who.kind in LIVING, who.kind in ("human", "job")
    negation = "" if undeniable(who) else dice.weighted(NEGATIONS)
    kind = dice.weighted(
        [
            (8, "so"),
            ((15 if dice.common else 6) * (who.kind not in ("place", "landmark")), "there"),
            (1.2 * person, "job"),
            (2.3 * living, "feels"),
            (0.3 * person, "years"),
            (2 * living, "has"),
            (0.6 * person, "well"),
            (3 * (not living and who.kind not in ("place", "landmark", "nature")), "whose"),
        ]
    )
    if kind == "there":
        p = to_be()
        p.rest = place(dice, inner)
    elif kind == "job":
        p = works_as(dice, who)
        if who.english != "it" and tense != SOON and dice.chance(0.2):
            p.modal = "vouloir"
    elif kind == "feels":
        p = _feels(dice, inner, who)
    elif kind == "years":
        negation = ""
        p = Predicate("avoir", "be", stative=True, complement=numbered(dice) + pair(dice, "ans", "years old"))
    elif kind == "has":
        p = has(dice, inner, negation)
    elif kind == "well":
        p = Predicate("aller", "be", stative=True, complement=much(dice, 0.2) + pair(dice, "bien", "well"))
        tense = SIMPLER.get(tense, tense)
    elif kind == "whose":
        p = to_be(whose(dice, inner))
    else:
        p = _so(dice, inner, who, pool or ("petit", "grand", "beau", "vieux"))
    tense = WAS if tense == PAST else tense
    constant = kind in ("years", "job") or who.kind in ("place", "landmark")
    front = fronted(dice, context, timed(dice, p, tense, 0.0 if constant else 0.12))
    front += stressed(dice, who)
    return Clause(front + told(dice, who, p, tense, negation), who, tuple(p.others))
