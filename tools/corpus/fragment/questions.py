"""Questions and orders of one clause."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from fragment.around import decorate, time, timed
from fragment.being import FEELINGS, SAYABLE, THERE, UNMODAL, adjective_of, has, much, whose, works_as
from fragment.nouns import noun_phrase
from fragment.parts import fixed, noun_of, place, predicate, putting, verbs_of
from fragment.phrases import LIVING, MASS, Context, Entity, comma, name, pair
from fragment.subjects import subject, undeniable
from fragment.text import EMPTY, Phrase, Word
from fragment.there import falls_now, it_is, weathered
from fragment.verbs import Predicate, asked, est_ce_que, ordered, question_mark, spell, to_be, told
from fragment.words import (
    ADJECTIVES,
    FUTURE,
    KINDS,
    PAST,
    PRESENT,
    TENSES,
    VERBS,
    WAS,
    Dice,
    en_verb,
    fr_verb,
)

NEGATIONS = ((8, ""), (1.5, "pas"), (0.5, "plus"), (0.4, "jamais"))
_COUNTED = ("animal", "food", "thing", "text", "clothes", "dish")
_NOT_WHAT = ("aider", "rencontrer", "chasser", "visiter", "suivre", "faire")  # of people, and "do" itself
_NOT_ORDERED = ("habiter", "perdre", "aimer", "tomber", "voir", "vouloir", "comprendre", "arriver")


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
    if p.fr in UNMODAL or not dice.chance(0.25):
        return tense
    p.modal = dice.pick(("vouloir", "pouvoir", "devoir"))
    return PRESENT


_ASKED_ABOUT = (
    (5, ""), (2, "where"), (1.5, "when"), (2.5, "why"), (0.6, "how"), (0.5, "what time"), (1, "with"),
)  # fmt: skip
_ASKING = {
    "where": "où", "when": "quand", "why": "pourquoi", "how": "comment", "what time": "à quelle heure",
}  # fmt: skip


def _done(dice: Dice, context: Context) -> Phrase:
    """Does she sleep? Where, when, why does she sleep?"""
    who, style = _asker(dice, context)
    inner, negation = context.of(who), dice.weighted(NEGATIONS)
    p = predicate(dice, inner, dice.pick(verbs_of(who)), negation)
    tense = _with_modal(dice, p, dice.pick(TENSES))
    negation = "pas" if negation == "plus" and tense == PAST else negation
    what = dice.weighted(_ASKED_ABOUT)
    if not what:
        bare = not (negation or p.modal or p.complement.fr or p.clitics or p.reflexive or undeniable(who))
        if bare and "-" in VERBS[p.fr].objects and len(VERBS[p.fr].objects) > 1 and dice.chance(0.3):
            p.nothing, p.particle = pair(dice, "rien", "anything"), VERBS[p.fr].particle
        elif not p.modal:
            when = decorate(dice, inner, p, tense, negation)
            p.rest = p.rest + when
        if dice.chance(0.04):  # ils chantent ou ils pleurent ?
            other = Predicate.of(dice.pick([v for v in verbs_of(who) if "-" in v.objects and v.fr != p.fr]))
            other.particle = VERBS[other.fr].alone
            first, then = (asked(dice, who, each, tense) for each in (p, other))
            or_ = pair(dice, "ou", "or")
            return Phrase(first.fr[:-1], first.en[:-1]) + or_ + then
        return asked(dice, who, p, tense, negation, style)
    if what == "with" and ("P" not in VERBS[p.fr].flags or p.complement.fr):
        what = "when"
    if what == "where" and p.fr == "mettre":
        putting(dice, inner, p)
    elif what == "where" and p.fr in (
        "aller", "habiter", "parler", "entrer", "sortir", "courir", "marcher", "nager",
    ):  # fmt: skip
        p.complement, p.clitics, p.particle = EMPTY, (), VERBS[p.fr].alone
    if what == "with":  # avec qui danses-tu ? who do you dance with?
        with_ = pair(dice, *dice.pick((("avec", "with"), ("avec", "with"), ("pour", "for"))))
        wh, p.rest = Phrase(with_.fr) + pair(dice, "qui", "who"), Phrase((), with_.en)
        return asked(dice, who, p, tense, "", _led(style), wh)
    wh = pair(dice, _ASKING[what], what)
    if what == "why":
        return asked(dice, who, p, tense, negation, _led(style), wh)
    free = not (who.pronoun or p.complement.fr or p.clitics or p.modal) and tense in (PRESENT, WAS, FUTURE)
    if free and what != "" and dice.chance(0.6):
        style = "after"
    return asked(dice, who, p, tense, "", style or ("est-ce que" if what in ("how", "what time") else ""), wh)


def _so(dice: Dice, context: Context) -> Phrase:
    """Is she tired, hungry, in the garden?"""
    who, style = _asker(dice, context)
    pool = KINDS[who.kind if who.kind in LIVING else "thing"][0].adjectives
    thing = dice.chance(0.35)
    if thing:  # is the window open?
        noun = dice.pick(SAYABLE)
        who = noun_phrase(dice, context, noun, dice.weighted([(5, "le"), (3, "own"), (1, "ce")]), None, 1)
        pool = noun.adjectives
    p = to_be(much(dice, 0.15) + adjective_of(ADJECTIVES[dice.pick(pool or ("petit",))], who, dice.id()))
    if who.kind in ("human", "job") and not thing and dice.chance(0.15):
        p = works_as(dice, who)
    elif who.kind in LIVING and not thing and dice.chance(0.12):
        p = Predicate("aller", "be", stative=True, complement=pair(dice, "bien", "well"))
    elif dice.chance(0.3):
        p = to_be(place(dice, context.of(who)))
    elif who.kind in LIVING and dice.chance(0.3):
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
    if not (who.pronoun or p.modal or p.rest.fr) and tense in (PRESENT, WAS, FUTURE) and dice.chance(0.4):
        style = "after"  # que mange le chat
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
    p, tense = Predicate.of(verb, agrees=found), dice.pick(TENSES)
    if dice.chance(0.25):  # combien de chats as-tu ?
        p, tense = Predicate("avoir", "have", stative=True), dice.pick((PRESENT, PRESENT, WAS, FUTURE))
    return asked(dice, who, p, tense, "", _led(style), found.phrase)


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
    when = decorate(dice, inner, p, tense, negation)
    p.rest = p.rest + when
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


def _weather(dice: Dice, context: Context) -> Phrase:
    """Does it rain? Is it cold? Is it going to snow tomorrow?"""
    who, p, tense, negation = weathered(dice, context, dice.pick(TENSES))
    p.rest = p.rest + timed(dice, p, tense, 0.3, last=True)
    english = falls_now(p, tense)
    return asked(dice, who, p, tense, negation, dice.pick(("est-ce que", "inversion", "")), english=english)


def _where_are(dice: Dice, context: Context) -> Phrase:
    """Where are you? How are you?"""
    who, style = _asker(dice, context)
    tense = dice.pick((PRESENT, PRESENT, WAS, FUTURE))
    if who.pronoun and dice.chance(0.3):
        p = Predicate("aller", "be", stative=True)
        return asked(dice, who, p, tense, "", _led(style), pair(dice, "comment", "how"))
    if not who.pronoun:
        style = "inversion"
    return asked(dice, who, to_be(), tense, "", style, pair(dice, "où", "where"))


def _whose(dice: Dice, context: Context) -> Phrase:
    """Is the cat mine?"""
    noun = dice.pick([noun for noun in SAYABLE if noun.kind in _COUNTED])
    who = noun_phrase(dice, context, noun, dice.pick(("le", "ce")), None, 1)
    style = dice.pick(("est-ce que", ""))
    return asked(dice, who, to_be(whose(dice, context.of(who))), PRESENT, "", style)


def _is_it(dice: Dice, context: Context) -> Phrase:
    """Is it a cat?"""
    clause = it_is(dice, context, dice.pick((PRESENT, PRESENT, WAS))).phrase
    it, be, *rest = clause.en
    fr = est_ce_que(dice) + clause.fr if dice.chance(0.5) else clause.fr
    (this, verb), others = clause.fr[:2], clause.fr[2:]
    if verb.text in ("est", "était") and dice.chance(0.3):  # est-ce un chat
        fr = (verb, Word("-ce", this.ids), *others)
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
    tense = dice.weighted(((6, PRESENT), (2, WAS), (2, FUTURE)))
    has = {PRESENT: "a", WAS: "avait", FUTURE: "aura"}[tense]
    there = (Word("y", it), Word(has, k), Word("-il" if tense == WAS else "-t-il", it))
    if style != "inversion":
        there = (*(est_ce_que(dice) if style else ()), Word("il", it), Word("y", it), Word(has, k))
    be = "will" if tense == FUTURE else en_verb("be", "p" if tense == PRESENT else "ps", 3, found.number)
    en = (Word(be, k), Word("there", it), *(spell("be", k) if tense == FUTURE else ()))
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
    (1.5, _is_it), (1.6, _is_there), (1.2, _what_time), (1, _where_are), (0.4, _whose), (0.8, _weather),
)  # fmt: skip


def question(dice: Dice, context: Context) -> Phrase:
    """Return a question, of any kind."""
    return dice.weighted(QUESTIONS)(dice, context)


_QUESTION_WORDS = "où quand comment pourquoi qui que quel quelle quels quelles combien".split()


def clear_question(dice: Dice, context: Context) -> Phrase:
    """Return a question that shows that it is one: after a statement its mark would not."""
    while True:
        made = question(dice, context)
        if any(word.text[0] == "-" or word.text in _QUESTION_WORDS for word in made.fr):
            return made


ORDERED = (("tu", 2, "s"), ("tu", 2, "s"), ("vous", 2, "p"), ("nous", 1, "p"))


def order(dice: Dice, context: Context, alone: bool = False) -> Phrase:
    """Return an imperative, perhaps two; `alone`, perhaps with a name or "please"."""
    fr, person, number = dice.pick([person for person in ORDERED if context.fits(person[0])])
    who = Entity(
        EMPTY, person, number, dice.pick("mf"), "human", fr, dice.pick("sp") if fr == "vous" else number
    )
    clause = _ordered(dice, context, who)
    if dice.chance(0.12):
        clause = (
            clause
            + pair(dice, *dice.pick((("et", "and"), ("puis", "then"), (",", ","))))
            + _ordered(dice, context, who)
        )
    if not alone:
        return clause
    if fr != "nous" and dice.chance(0.08):
        te = "te" if fr == "tu" else "vous"
        return clause + comma(dice) + fixed(dice, f"s' il {te} plaît", "please")
    if not dice.chance(0.16):
        return clause
    called = vocative(dice, who.several)
    return clause + comma(dice) + called if dice.chance(0.5) else called + comma(dice) + clause


_CALLED = {
    "s": (("mon ami", "my friend"), ("mon amie", "my friend"), ("papa", "dad"), ("maman", "mum")),
    "p": (("les enfants", "children"), ("mes amis", "my friends"), ("tout le monde", "everybody")),
}  # fmt: skip


def vocative(dice: Dice, number: str = "s") -> Phrase:
    """Return whom one speaks to: a name, "les enfants"."""
    return name(dice).phrase if dice.chance(0.65) else fixed(dice, *dice.pick(_CALLED[number]))


def _ordered(dice: Dice, context: Context, who: Entity) -> Phrase:
    """Return one imperative."""
    context = Context(owner=who, listener=context.listener)
    negation = dice.weighted(((7, ""), (2.5, "pas"), (0.5, "plus"), (0.5, "jamais")))
    if dice.chance(0.06):  # sois gentil, n'ayez pas peur
        if dice.chance(0.4):
            p = Predicate("avoir", "be", stative=True, complement=pair(dice, "peur", "afraid"))
            return ordered(dice, p, who, "pas")
        adjective = ADJECTIVES[
            dice.pick(("gentil", "prêt", "content", "tranquille", "intelligent", "rapide"))
        ]
        return ordered(dice, to_be(adjective_of(adjective, who, dice.id())), who, negation)
    verb = dice.pick([v for v in verbs_of(who) if v.fr not in _NOT_ORDERED])
    p = predicate(dice, context, verb, negation)
    if "P" in verb.flags and dice.chance(0.25):
        p.rest = place(dice, context)
    return ordered(dice, p, who, negation)
