"""What stands around a clause: how, how often, when, and what for."""

from __future__ import annotations

from fragment.parts import fixed, numbered, place, predicate, somebody_or_me, verbs_of
from fragment.phrases import NUMBERS, Context, Entity, comma, pair
from fragment.text import EMPTY, Phrase, Word
from fragment.verbs import Predicate, infinitive, spell
from fragment.words import FUTURE, PAST, PRESENT, SOON, VERBS, WAS, Dice

_MOTION = ("aller", "venir", "entrer", "rentrer", "courir", "marcher", "nager")
_SOMEWHERE = {verb.fr for verb in VERBS.values() if "P" in verb.flags and verb.fr != "habiter"}
_SOMEWHERE |= {"manger", "lire", "boire", "écouter", "attendre", "rencontrer", "voir"}
_LASTING = set("dormir jouer marcher danser travailler nager attendre rester lire parler pleurer".split())

TIMES = {
    PRESENT: (
        ("aujourd'hui", "today"), ("maintenant", "now"), ("ce matin", "this morning"), ("ce soir", "tonight"),
        ("le matin", "in the morning"), ("le soir", "in the evening"), ("tous les jours", "every day"),
        ("tous les matins", "every morning"), ("tous les soirs", "every evening"),
        ("chaque matin", "every morning"), ("chaque soir", "every evening"), ("la nuit", "at night"),
        ("tard", "late"), ("tôt", "early"), ("cet après-midi", "this afternoon"),
    ),
    PAST: (
        ("hier", "yesterday"), ("hier soir", "last night"), ("ce matin", "this morning"),
        ("hier matin", "yesterday morning"), ("aujourd'hui", "today"), ("tard", "late"), ("tôt", "early"),
        ("cette nuit", "last night"), ("cet après-midi", "this afternoon"),
    ),
    WAS: (
        ("hier", "yesterday"), ("hier soir", "last night"), ("ce matin", "this morning"), ("avant", "before"),
    ),
    FUTURE: (
        ("demain", "tomorrow"), ("demain matin", "tomorrow morning"), ("ce soir", "tonight"),
        ("demain soir", "tomorrow evening"), ("bientôt", "soon"), ("aujourd'hui", "today"),
        ("cet après-midi", "this afternoon"), ("tard", "late"),
    ),
    SOON: (("demain", "tomorrow"), ("ce soir", "tonight"), ("maintenant", "now"), ("bientôt", "soon")),
}  # fmt: skip
OFTEN = (
    ("souvent", "often"), ("toujours", "always"), ("parfois", "sometimes"), ("encore", "still"),
    ("aussi", "also"),
)  # fmt: skip
# How something is done, as what verbs do it, and, where there is one, its comparative.
HOW = (
    ("bien", "well", "better", "dormir chanter danser nager travailler jouer manger écrire dessiner parler"),
    ("beaucoup", "a lot", "", "dormir travailler lire manger boire jouer rire pleurer parler marcher"),
    ("vite", "fast", "faster", "courir marcher nager manger travailler parler"),
    ("lentement", "slowly", "more slowly", "marcher manger parler nager lire"),
    ("longtemps", "for a long time", "", "dormir attendre travailler jouer marcher nager"),
)
BY = (
    ("à vélo", "by bicycle"), ("en voiture", "by car"), ("en train", "by train"), ("en bus", "by bus"),
    ("à pied", "on foot"),
)  # fmt: skip
WITH = (("avec", "with"), ("sans", "without"), ("pour", "for"), ("comme", "like"))


def clock(dice: Dice) -> Phrase:
    """Return a time of the day."""
    if dice.chance(0.3):
        return pair(dice, *dice.pick((("midi", "noon"), ("minuit", "midnight"))))
    fr, en = dice.pick((("une", "one"), *((fr, en) for fr, en in NUMBERS.items() if fr != "douze")))
    k, n = dice.id(), dice.id()
    hours = (Word(fr, n), Word("heure" if fr == "une" else "heures", k))
    if dice.chance(0.15):
        h = dice.id()
        return Phrase(hours + spell("et demie", h), (*spell("half past", h), Word(en, n)))
    return Phrase(hours, (Word(en, n), Word("o'clock", k)))


def time(dice: Dice, tense: str, lasting: bool = False) -> Phrase:
    """Return when; with `lasting`, it may be for how long."""
    if dice.chance(0.18):
        return pair(dice, "à", "at") + clock(dice)
    if lasting and tense in (PAST, FUTURE, WAS) and dice.chance(0.15):
        how_long = pair(dice, *dice.pick((("heures", "hours"), ("jours", "days"))))
        return pair(dice, "pendant", "for") + numbered(dice) + how_long
    return fixed(dice, *dice.pick(TIMES[tense]))


def timed(dice: Dice, p: Predicate, tense: str, chance: float) -> Phrase:
    """Say when, now and then: at the predicate's end, or in what is returned, for another place."""
    if not dice.chance(chance):
        return EMPTY
    when = time(dice, tense, lasting=p.fr in _LASTING and not p.complement.fr)
    if dice.chance(0.45) and when.fr[0].text not in ("tard", "tôt"):
        return when
    p.rest = p.rest + when
    return EMPTY


def fronted(dice: Dice, when: Phrase) -> Phrase:
    """Return what stands in front of a statement, with a comma or without."""
    return when + comma(dice) if when.fr and dice.chance(0.6) else when


def compared(dice: Dice, fr: Phrase, better: str, other: Phrase) -> Phrase:
    """Return "plus grand que julie" ~ "bigger than julie", and with moins and aussi.

    `fr` is the word that is compared, with its English; `better` its English comparative.
    """
    how, c = dice.pick(("plus", "moins", "aussi")), dice.id()
    than = pair(dice, "que", "as" if how == "aussi" else "than")
    if how == "plus":
        (word,) = fr.fr
        source = (Word("mieux", word.ids | c),) if word.text == "bien" else (Word("plus", c), word)
        return Phrase(source, spell(better, word.ids | c)) + than + other
    return pair(dice, how, {"moins": "less", "aussi": "as"}[how]) + fr + than + other


def decorate(dice: Dice, context: Context, p: Predicate, tense: str, negation: str) -> Phrase:
    """Add how and where to a predicate, and when, if that is not returned: see `timed`."""
    alone = not p.complement.fr and not p.clitics
    ways = [way for way in HOW if p.fr in way[3].split()] if alone else []
    better = [way for way in ways if way[2]]
    if better and dice.chance(0.1):
        fr, en, more, _ = dice.pick(better)
        p.rest = p.rest + compared(dice, pair(dice, fr, en), more, somebody_or_me(dice, context))
    elif p.fr in ("aller", "venir", "partir", "rentrer", "arriver") and dice.chance(0.1):
        p.rest = p.rest + pair(dice, *dice.pick(BY))
    elif ways and dice.chance(0.2) and not (negation and tense == PAST):
        fr, en, _, _ = dice.pick(ways)
        p.rest = p.rest + pair(dice, fr, en)
    elif dice.chance(0.1) and not negation and tense in (PRESENT, WAS):
        p.often = pair(dice, *dice.pick(OFTEN))
    if p.fr in _SOMEWHERE and dice.chance(0.4):
        p.rest = p.rest + place(dice, context, moving=p.fr in _MOTION)
    if dice.chance(0.05):
        p.rest = p.rest + pair(dice, *dice.pick(WITH)) + somebody_or_me(dice, context)
    return timed(dice, p, tense, 0.2)


def purpose(dice: Dice, context: Context, who: Entity) -> Phrase:
    """Return "pour …", "avant de …", "sans …"."""
    fits = [verb for verb in verbs_of(who) if not set("MER") & set(verb.flags) and verb.fr != "habiter"]
    link, form = dice.weighted(
        ((5, (("pour", "to"), "b")), (3, (("avant de", "before"), "pr")), (2, (("sans", "without"), "pr")))
    )
    return infinitive(dice, predicate(dice, context, dice.pick(fits)), who, pair(dice, *link), form)
