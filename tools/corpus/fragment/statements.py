"""Statements of one clause: somebody does something, or what another room says."""

from __future__ import annotations

from fragment.around import decorate, fronted, purpose, since
from fragment.being import NEGATIONS, SIMPLER, UNMODAL, being
from fragment.nouns import noun_phrase
from fragment.parts import give_object, noun_of, place, predicate, verbs_of
from fragment.phrases import LIVING, MASS, UNSEEN, Clause, Context, Entity, pair
from fragment.subjects import stressed, subject, undeniable
from fragment.text import EMPTY, Phrase, Word
from fragment.there import at_its_hour, it_is, there_is, weather
from fragment.verbs import MODALS, SINCE, Predicate, infinitive, spell, told
from fragment.words import FUTURE, NOUNS, PAST, PRESENT, SOON, VERBS, WAS, Dice, Verb


def action(dice: Dice, context: Context, tense: str) -> Clause:
    """Somebody does something."""
    who = subject(dice, context)
    inner = context.of(who)
    negation = "" if undeniable(who) else dice.weighted(NEGATIONS)
    verb = dice.pick(verbs_of(who))
    if negation == "plus" and tense == PAST:
        negation = "pas"
    if verb.fr == "suivre" and who.pronoun == "je" and tense == PRESENT:  # "je suis" is "i am"
        tense = FUTURE
    if verb.fr == "chercher" and tense == SOON:  # "va chercher" is fetches
        tense = FUTURE
    p = predicate(dice, inner, verb, negation)
    front = EMPTY
    if tense == PRESENT and not negation and since(dice, inner, p):
        return Clause(told(dice, who, p, tense, english=SINCE), who, tuple(p.others))
    if dice.chance(0.13) and verb.fr not in UNMODAL:
        p.modal = dice.pick(MODALS)
        tense = FUTURE if tense == SOON else tense
    elif (
        not (negation or p.complement.fr or p.clitics or p.reflexive or undeniable(who))
        and len(verb.objects) > 1
        and dice.chance(0.3)
    ):
        p.nothing = pair(dice, "rien", "nothing")  # of what could have an object, and has none
        p.particle = verb.particle
    elif (
        not negation
        and not undeniable(who)
        and tense in (PRESENT, WAS, FUTURE)
        and "human" in verb.objects
        and dice.chance(0.08)
    ):
        p.complement, p.clitics, p.others, p.particle = EMPTY, (), [], verb.particle
        p.nothing = pair(dice, "personne", "nobody")
    else:
        if (
            verb.fr == "aimer"
            and p.complement.fr
            and not negation
            and tense in (PRESENT, WAS)
            and dice.chance(0.3)
        ):
            k = dice.id()  # aime beaucoup ta robe
            p.often, p.rest = Phrase((Word("beaucoup", k),)), Phrase((), spell("a lot", k))
        front = fronted(dice, context, decorate(dice, inner, p, tense, negation))
    if dice.chance(0.11) and not (p.nothing.fr or p.modal or verb.fr in _NO_PURPOSE):
        p.rest = p.rest + purpose(dice, inner, who)
    elif (p.complement.fr or p.rest.fr) and not p.nothing.fr and not negation and dice.chance(0.03):
        p.rest = p.rest + pair(dice, "aussi", "too")
    plain = not (negation or p.nothing.fr or p.modal or p.stative or p.often.fr)
    carries = tense if plain and tense != SOON and who.kind in LIVING else ""
    told_ = front + stressed(dice, who) + told(dice, who, p, tense, negation)
    return Clause(told_, who, tuple(p.others), carries)


_NO_PURPOSE = ("attendre", "parler", "aimer", "vouloir", "apprendre", "comprendre", "habiter")


def acts(dice: Dice, context: Context, tense: str) -> Clause:
    """Somebody does two or three things: a dansé, ri et mangé; va danser et manger."""
    who = subject(dice, context, 0.5)
    fits = [v for v in verbs_of(who) if not set("ERSM") & set(v.flags)]
    fits = [v for v in fits if "-" in v.objects or dice.chance(0.3)]
    verbs: list[Verb] = []
    for _ in range(dice.weighted(((3, 2), (2, 3)))):
        verbs.append(dice.pick([verb for verb in fits if verb not in verbs]))
    made, others = EMPTY, []
    for i, verb in enumerate(verbs):
        p = Predicate.of(verb)
        p.particle = verb.alone
        if "-" not in verb.objects or len(verb.objects) > 1 and dice.chance(0.3):
            give_object(dice, context.of(who), p, verb, "")
            p.particle = verb.particle
        others += p.others
        if not i:
            made = told(dice, who, p, tense)
            continue
        link = pair(
            dice,
            *((",", ",") if i < len(verbs) - 1 else dice.weighted(((5, ("et", "and")), (1, ("ou", "or"))))),
        )
        again = told(dice, who, p, tense, subject=EMPTY, again=tense in (WAS, FUTURE, SOON))
        if tense == PAST:
            again = Phrase(again.fr[1:], again.en)  # without "a"
        elif tense == SOON:
            again = Phrase(again.fr[1:], again.en[2:])  # without "va" and "going to"
        made = made + link + again
    return Clause(made, who, tuple(others))


def nobody(dice: Dice, context: Context, tense: str) -> Clause:
    """Nobody does something."""
    k = dice.id()
    who = Entity(Phrase((Word("personne", k), Word("ne", k)), (Word("nobody", k),)))
    inner = Context(owner=who)
    p = predicate(dice, inner, dice.pick([verb for verb in verbs_of(who) if "R" not in verb.flags]), "pas")
    if not p.complement.fr and "P" in VERBS[p.fr].flags and dice.chance(0.4):
        p.rest = place(dice, inner)
    return Clause(told(dice, who, p, tense))


_MUST = {PRESENT: ("faut", "must"), WAS: ("fallait", "had to"), FUTURE: ("faudra", "will have to")}


def one_must(dice: Dice, context: Context, tense: str) -> Clause:
    """We must do something: il faut, il fallait, il faudra."""
    tense = SIMPLER.get(tense, tense)
    fr, en = _MUST[tense]
    who = Entity(EMPTY, 1, "p", "m", "human", "nous")
    verb = dice.pick(
        [
            verb
            for verb in verbs_of(who)
            if "R" not in verb.flags and verb.fr not in (*UNMODAL, "laver", "habiter")
        ]
    )
    p = predicate(dice, context.of(who), verb)
    if "P" in verb.flags and not p.complement.fr and dice.chance(0.3):
        p.rest = place(dice, context.of(who))
    k, n, negation = dice.id(), dice.id(), tense == PRESENT and dice.chance(0.3)
    ne, pas = (spell("ne", n), spell("pas", n)) if negation else ((), ())
    french = (Word("il", k), *ne, Word(fr, k), *pas)
    must = Phrase(french, (Word("we", k), *spell(en, k), *(spell("not", n) if negation else ())))
    done = infinitive(dice, p, who, EMPTY, "b")
    return Clause(must + done + p.rest, who, tuple(p.others))


def likes(dice: Dice, context: Context, tense: str) -> Clause:
    """Somebody likes a thing in general."""
    who = subject(dice, context, 0.6)
    noun = dice.pick(
        [
            noun_of(dice, ["food", "mass", "drink", "animal"]),
            noun_of(dice, ["text", "tale", "vehicle", "clothes", "flower"]),
            *(NOUNS[n] for n in ("musique", "mer", "neige", "pluie", "soleil")),
        ]
    )
    number = "s" if noun.kind in (*MASS, *UNSEEN) else "p"
    found = noun_phrase(dice, context.of(who), noun, "le", number, 1, of=False).phrase
    if noun.fr not in ("mer", "soleil") and "plus" not in [
        word.text for word in found.fr
    ]:  # "likes the sea", "likes cats"
        found = Phrase(found.fr, found.en[1:])
    p = Predicate("aimer", "like", stative=True, complement=found)
    negation = dice.weighted(((7, ""), (3, "pas"), (1, "plus")))
    return Clause(told(dice, who, p, SIMPLER.get(tense, tense), negation), who)


STATEMENTS = (
    (50, action), (22, being), (7, there_is), (7, it_is), (7, weather), (4, likes), (1.5, one_must),
    (1, nobody), (6, acts), (2, at_its_hour),
)  # fmt: skip


def statement(dice: Dice, context: Context, tense: str) -> Phrase:
    """Return one clause, and note whom it spoke of."""
    context.tense = SIMPLER.get(tense, tense) if tense == SOON else tense
    return context.knows(dice.weighted(STATEMENTS)(dice, context, tense))
