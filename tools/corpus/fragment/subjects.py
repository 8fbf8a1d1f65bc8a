"""Subjects: names, nouns and pronouns that act, with what is told of them on the way."""

from __future__ import annotations

from dataclasses import replace

from fragment.nouns import noun_phrase
from fragment.parts import place, predicate, recipient, verbs_of
from fragment.phrases import LIVING, Context, Entity, and_me, both, name, pair, subject_pronoun
from fragment.text import EMPTY, Phrase, Word
from fragment.verbs import Predicate, to_be, told
from fragment.words import FUTURE, KINDS, NAMES, PAST, PRESENT, WAS, Dice


def actor(dice: Dice, context: Context) -> Entity:
    """Return a name or a noun phrase that can act."""
    kind = dice.weighted([(3, "name"), (4, "human"), (1.5, "job"), (4, "animal")])
    return name(dice) if kind == "name" else noun_phrase(dice, context, dice.pick(KINDS[kind]))


EVERYBODY = ("tout le monde", "everybody")


def undeniable(who: Entity) -> bool:
    """Return whether "not" would leave open of how many it is true: all the cats, everybody, each cat."""
    return bool(who.phrase.fr) and who.phrase.fr[0].text in ("tout", "toute", "tous", "toutes", "chaque")


def subject(dice: Dice, context: Context, pronouns: float = 0.5) -> Entity:
    """Return a subject that can act: a pronoun, a name, a noun phrase, two of them."""
    if dice.chance(pronouns):
        found = subject_pronoun(dice, context)
        return found if found.kind in LIVING else name(dice)  # an "il" that means a thing does nothing
    if dice.chance(0.03):
        return Entity(pair(dice, *EVERYBODY))
    entity = actor(dice, context)
    if dice.chance(0.1):
        return both(dice, entity, actor(dice, context.of(entity)))
    if entity.kind != "animal" and dice.chance(0.03):
        return and_me(dice, entity)
    return with_relative(dice, context, entity) if dice.chance(0.1) else entity


_STRESSED = {
    "je": "moi", "tu": "toi", "il": "lui", "elle": "elle", "on": "nous", "nous": "nous", "vous": "vous",
    "ils": "eux", "elles": "elles",
}  # fmt: skip


def stressed(dice: Dice, who: Entity) -> Phrase:
    """Return what stands before a subject to stress it: the "moi," of "moi, je chante"; mostly nothing."""
    if not who.pronoun or not dice.chance(0.05):
        return EMPTY
    (pronoun,) = who.phrase.fr
    return Phrase((Word(_STRESSED[who.pronoun], pronoun.ids, "tonic"), Word(",", pronoun.ids)))


# The tense of a relative clause, as that of its main clause.
_BESIDE = {
    PRESENT: ((6, PRESENT), (3, PAST)),
    PAST: ((3, PAST), (4, WAS)),
    WAS: ((2, PAST), (5, WAS)),
    FUTURE: ((4, PRESENT), (3, PAST), (2, FUTURE)),
}


def with_relative(dice: Dice, context: Context, entity: Entity) -> Entity:
    """Return the entity with a relative clause: "… qui dort", "… que marie regarde"; a name as it is."""
    if entity.phrase.fr[0].text in NAMES:
        return entity
    tense = dice.weighted(_BESIDE.get(context.tense, _BESIDE[PRESENT]))
    if entity.kind in LIVING and dice.chance(0.6):
        p = predicate(dice, context.of(entity), dice.pick(verbs_of(entity)))
        link = pair(dice, "qui", "that" if entity.kind == "animal" else "who")
        clause = told(dice, entity, p, tense, dice.weighted(((9, ""), (1, "pas"))), subject=EMPTY)
    elif entity.kind != "place" and dice.chance(0.3):
        p = to_be()
        p.rest = place(dice, context.of(entity))
        link = pair(dice, "qui", "who" if entity.kind in ("human", "job") else "that")
        clause = told(dice, entity, p, WAS if tense == PAST else tense, subject=EMPTY)
    elif entity.kind == "place" and dice.chance(0.75):
        who = subject(dice, context.of(entity), 0.6)
        p = Predicate.of(dice.pick([verb for verb in verbs_of(who) if "P" in verb.flags]))
        link, clause = pair(dice, "où", "where"), told(dice, who, p, tense)
        if not who.pronoun and tense != PAST and dice.chance(0.4):  # où dort le chat
            verb = told(dice, who, p, tense, subject=EMPTY)
            clause = Phrase(verb.fr + who.phrase.fr, who.phrase.en + verb.en)
    else:
        who = subject(dice, context.of(entity), 0.5)
        fits = [verb for verb in verbs_of(who) if entity.kind in verb.objects]
        if not fits:
            return entity
        verb = dice.pick(fits)
        p = Predicate.of(verb, agrees=entity)
        if "G" in verb.flags and (found := recipient(dice, context.of(who))):
            p.clitics = (found,)
        link, clause = pair(dice, "que", "that"), told(dice, who, p, tense)
    return replace(entity, phrase=entity.phrase + link + clause)
