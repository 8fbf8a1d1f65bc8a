"""Questions and orders of one clause."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from fragment.around import decorate, time
from fragment.parts import noun_of, place, predicate, verbs_of
from fragment.phrases import MASS, Context, Entity, comma, name, noun_phrase, pair
from fragment.statements import (
    FEELINGS,
    SAYABLE,
    THERE,
    UNMODAL,
    adjective_of,
    has,
    it_is,
    subject,
)
from fragment.text import EMPTY, Phrase, Word
from fragment.verbs import Predicate, asked, est_ce_que, ordered, question_mark, spell, to_be, told
from fragment.words import ADJECTIVES, FUTURE, KINDS, PRESENT, TENSES, WAS, Dice, en_verb, fr_verb

NEGATIONS = ((8, ""), (1.5, "pas"), (0.5, "plus"), (0.4, "jamais"))
_COUNTED = ("animal", "food", "thing", "text", "clothes", "dish")
_NOT_WHAT = ("aider", "rencontrer", "chasser", "visiter", "suivre", "faire")  # of people, and "do" itself
_NOT_ORDERED = ("habiter", "perdre", "aimer", "tomber", "voir")


def _asker(dice: Dice, context: Context) -> tuple[Entity, str]:
    """Return the subject of a question, and one of the ways in which it can be asked."""
    who = subject(dice, context, 0.75)
    able = who.pronoun != "je" and (bool(who.pronoun) or dice.chance(0.4))
    return who, dice.weighted([(4, "est-ce que"), (3 * able, "inversion"), (3, "")])


def _led(style: str) -> str:
    """Return how a question is asked that begins with its question word."""
    return style or "est-ce que"


def _with_modal(dice: Dice, p: Predicate, tense: str) -> str:
    """Give a predicate, now and then, a modal; return the tense."""
    if p.fr in UNMODAL or not dice.chance(0.2):
        return tense
    p.modal = dice.pick(("vouloir", "pouvoir", "devoir"))
    return PRESENT


def _done(dice: Dice, context: Context) -> Phrase:
    """Does she sleep? Where, when, why does she sleep?"""
    who, style = _asker(dice, context)
    inner, negation = context.of(who), dice.weighted(NEGATIONS)
    p = predicate(dice, inner, dice.pick(verbs_of(who)), negation)
    tense = _with_modal(dice, p, dice.pick(TENSES))
    what = dice.weighted(((5, ""), (2, "where"), (1.5, "when"), (1.5, "why")))
    if not what:
        if not p.modal:
            p.rest = p.rest + decorate(dice, inner, p, tense, negation)
        return asked(dice, who, p, tense, negation, style)
    if what == "where" and p.fr in ("aller", "habiter", "parler", "entrer"):
        p.complement, p.clitics = EMPTY, ()
    wh = pair(dice, {"where": "où", "when": "quand", "why": "pourquoi"}[what], what)
    if what == "why":
        return asked(dice, who, p, tense, negation, _led(style), wh)
    return asked(dice, who, p, tense, "", style, wh)


def _so(dice: Dice, context: Context) -> Phrase:
    """Is she tired, hungry, in the garden?"""
    who, style = _asker(dice, context)
    p = to_be(adjective_of(ADJECTIVES[dice.pick(KINDS["human"][0].adjectives)], who, dice.id()))
    if dice.chance(0.3):
        p = to_be(place(dice, context.of(who)))
    elif dice.chance(0.3):
        p = Predicate("avoir", "be", stative=True, complement=pair(dice, *dice.pick(FEELINGS)))
    return asked(dice, who, p, dice.pick((PRESENT, PRESENT, WAS)), dice.weighted(NEGATIONS), style)


def _has(dice: Dice, context: Context) -> Phrase:
    """Does she have a cat?"""
    who, style = _asker(dice, context)
    negation = dice.weighted(NEGATIONS)
    p = has(dice, context.of(who), negation)
    return asked(dice, who, p, dice.pick((PRESENT, PRESENT, WAS, FUTURE)), negation, style)


def _what(dice: Dice, context: Context) -> Phrase:
    """What does she eat? What does she do?"""
    who, style = _asker(dice, context)
    fits = [v for v in verbs_of(who) if set(v.objects) - {"-"} and v.fr not in _NOT_WHAT]
    p = Predicate("faire", "do") if dice.chance(0.3) else Predicate.of(dice.pick(fits))
    tense = _with_modal(dice, p, dice.pick(TENSES))
    if dice.chance(0.15):
        p.rest = time(dice, tense)
    return asked(dice, who, p, tense, "", _led(style), pair(dice, "que", "what"))


def _which(dice: Dice, context: Context) -> Phrase:
    """Which cat does she see? How many cats does she see?"""
    who, style = _asker(dice, context)
    verb = dice.pick([v for v in verbs_of(who) if set(_COUNTED) & set(v.objects) and "G" not in v.flags])
    noun = noun_of(dice, [kind for kind in verb.objects if kind in _COUNTED])
    if dice.chance(0.5):
        found = noun_phrase(dice, context.of(who), noun, "which", None, 1, of=False)
    else:
        found = noun_phrase(dice, context.of(who), noun, "de", "p", 0, of=False)
        found = replace(found, phrase=_how_many(dice, found.phrase))
    return asked(
        dice, who, Predicate.of(verb, agrees=found), dice.pick(TENSES), "", _led(style), found.phrase
    )


def _how_many(dice: Dice, of: Phrase) -> Phrase:
    """Return "combien de chats" ~ "how many cats", of "de chats" ~ "cats"."""
    w = dice.id()
    de, *noun = of.fr
    return Phrase((Word("combien", w), de, *noun), (Word("how", w), Word("many", w | de.ids), *of.en))


def _who(dice: Dice, context: Context) -> Phrase:
    """Who sleeps?"""
    who = Entity(pair(dice, "qui", "who"))
    negation, tense = dice.weighted(NEGATIONS), dice.pick(TENSES)
    inner = Context(owner=who)
    p = predicate(dice, inner, dice.pick(verbs_of(who)), negation)
    p.rest = p.rest + decorate(dice, inner, p, tense, negation)
    return told(dice, who, p, tense, negation) + question_mark(dice)


def _where_is(dice: Dice, context: Context) -> Phrase:
    """Where is the cat? Who is the man?"""
    tense = dice.weighted(((4, PRESENT), (1, WAS)))
    if dice.chance(0.6):
        wh, style, nouns, number = pair(dice, "où", "where"), dice.pick(("le", "own")), SAYABLE, None
    else:
        wh, style, number = pair(dice, "qui", "who"), dice.pick(("le", "ce", "own")), "s"
        nouns = [*KINDS["human"], *KINDS["job"]]
    who = noun_phrase(dice, context, dice.pick(nouns), style, number, 1)
    fr = fr_verb("être", "p" if tense == PRESENT else "i", 3, who.number)
    return (
        wh
        + pair(dice, fr, en_verb("be", "p" if tense == PRESENT else "ps", 3, who.number))
        + who.phrase
        + question_mark(dice)
    )


def _is_it(dice: Dice, context: Context) -> Phrase:
    """Is it a cat?"""
    clause = it_is(dice, context, dice.pick((PRESENT, PRESENT, WAS))).phrase
    it, be, *rest = clause.en
    fr = est_ce_que(dice) + clause.fr if dice.chance(0.6) else clause.fr
    return Phrase(fr, (be, it, *rest)) + question_mark(dice)


def _is_there(dice: Dice, context: Context) -> Phrase:
    """Is there a cat in the garden? How many cats are there?"""
    it, k = dice.id(), dice.id()
    counted = dice.chance(0.35)
    if counted:
        noun = dice.pick([noun for noun in THERE if noun.kind not in MASS])
        found = noun_phrase(dice, context, noun, "de", "p", 1, of=False)
        wh = _how_many(dice, found.phrase)
    else:
        found, wh = (
            noun_phrase(dice, context, dice.pick(THERE), dice.weighted([(5, "un"), (1, "number")])),
            EMPTY,
        )
    style = dice.pick(("est-ce que", "inversion") if counted else ("est-ce que", "inversion", ""))
    there = (Word("y", it), Word("a", k), Word("-t-il", it))
    if style != "inversion":
        there = (*(est_ce_que(dice) if style else ()), Word("il", it), Word("y", it), Word("a", k))
    en = (Word(en_verb("be", "p", 3, found.number), k), Word("there", it))
    where = place(dice, context) if dice.chance(0.65) else EMPTY
    return wh + Phrase(there, en) + (EMPTY if counted else found.phrase) + where + question_mark(dice)


def _what_time(dice: Dice, context: Context) -> Phrase:
    """What time is it?"""
    k = dice.id()
    return (
        pair(dice, "quelle", "what") + pair(dice, "heure", "time")
        + Phrase(spell("est -il", k), spell("is it", k)) + question_mark(dice)
    )  # fmt: skip


QUESTIONS: tuple[tuple[float, Callable[[Dice, Context], Phrase]], ...] = (
    (10, _done), (1.5, _so), (1.5, _has), (2.5, _what), (2, _which), (2.5, _who), (2.5, _where_is),
    (1.5, _is_it), (1.6, _is_there), (0.3, _what_time),
)  # fmt: skip


def question(dice: Dice, context: Context) -> Phrase:
    """Return a question, of any kind."""
    return dice.weighted(QUESTIONS)(dice, context)


def order(dice: Dice) -> Phrase:
    """Return an imperative, perhaps with a name."""
    fr, person, number = dice.pick((("tu", 2, "s"), ("tu", 2, "s"), ("vous", 2, "p"), ("nous", 1, "p")))
    who = Entity(EMPTY, person, number, dice.pick("mf"), "human", fr)
    context = Context(owner=who)
    negation = dice.weighted(((7, ""), (2.5, "pas"), (0.5, "plus"), (0.5, "jamais")))
    verb = dice.pick([v for v in verbs_of(who) if v.fr not in _NOT_ORDERED])
    p = predicate(dice, context, verb, negation)
    if "P" in verb.flags and dice.chance(0.25):
        p.rest = place(dice, context)
    clause = ordered(dice, p, who, negation)
    if not dice.chance(0.12):
        return clause
    called = name(dice).phrase
    return clause + comma(dice) + called if dice.chance(0.5) else called + comma(dice) + clause
