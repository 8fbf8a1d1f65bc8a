"""What stands around a clause: how, how often, when, and what for."""

from __future__ import annotations

from fragment.parts import company, fixed, numbered, place, predicate, somebody_or_me, there, verbs_of
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
        ("jour et nuit", "day and night"), ("le jour", "during the day"),
    ),
    PAST: (
        ("hier", "yesterday"), ("hier soir", "last night"), ("ce matin", "this morning"),
        ("hier matin", "yesterday morning"), ("aujourd'hui", "today"), ("tard", "late"), ("tôt", "early"),
        ("cette nuit", "last night"), ("un jour", "one day"), ("cet après-midi", "this afternoon"),
    ),
    WAS: (
        ("hier", "yesterday"), ("hier soir", "last night"), ("ce matin", "this morning"), ("avant", "before"),
    ),
    FUTURE: (
        ("demain", "tomorrow"), ("demain matin", "tomorrow morning"), ("ce soir", "tonight"),
        ("demain soir", "tomorrow evening"), ("un jour", "one day"), ("bientôt", "soon"),
        ("aujourd'hui", "today"),
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
    ("trop", "too much", "", "dormir travailler lire manger boire jouer rire pleurer parler"),
    ("un peu", "a little", "", "dormir travailler lire manger boire jouer marcher chanter danser"),
)
_BEFORE_PARTICIPLE = ("bien", "beaucoup", "trop", "un peu", "longtemps")
_LIKE = ("nager", "courir", "chanter", "danser", "dormir", "manger", "travailler", "marcher", "rire")
_FOR = ("travailler", "chanter", "danser", "acheter", "préparer", "écrire", "dessiner", "faire")
BY = (
    ("à vélo", "by bicycle"), ("en voiture", "by car"), ("en train", "by train"), ("en bus", "by bus"),
    ("à pied", "on foot"),
)  # fmt: skip
WITH = (("avec", "with"), ("sans", "without"))


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


_AROUND = (
    ("après l' école", "after school"), ("avant l' école", "before school"),
    ("pendant la nuit", "during the night"),
    ("après la leçon", "after the lesson"), ("avant la leçon", "before the lesson"),
    ("avant midi", "before noon"),
    ("pendant la leçon", "during the lesson"), ("avant la nuit", "before the night"),
)  # fmt: skip


def time(dice: Dice, tense: str, lasting: bool = False) -> Phrase:
    """Return when; with `lasting`, it may be for how long."""
    if dice.chance(0.12):
        if dice.chance(0.4):
            return pair(dice, *dice.pick((("avant", "before"), ("après", "after")))) + clock(dice)
        return fixed(dice, *dice.pick(_AROUND))
    if dice.chance(0.18):
        return pair(dice, "à", "at") + clock(dice)
    if lasting and tense in (PAST, FUTURE, WAS) and dice.chance(0.15):
        (fr, en), k, for_ = dice.pick((("heures", "hours"), ("jours", "days"))), dice.id(), dice.id()
        link = Phrase((Word("pendant", for_),) * dice.chance(0.6), (Word("for", for_ | k),))
        return link + numbered(dice) + Phrase((Word(fr, k),), (Word(en, k),))
    return fixed(dice, *dice.pick(TIMES[tense]))


def since(dice: Dice, context: Context, p: Predicate) -> bool:
    """Say, now and then, since when: "depuis midi", "depuis deux heures"; return whether."""
    if p.fr not in (*_LASTING, "habiter") or p.reflexive or p.often.fr or not dice.chance(0.2):
        return False
    if not p.complement.fr and dice.chance(0.25) or p.fr == "attendre" and dice.chance(0.3):
        p.rest = p.rest + place(dice, context)
    if dice.chance(0.5):
        (fr, en), k = dice.pick((("heures", "hours"), ("jours", "days"))), dice.id()
        how_long = numbered(dice) + Phrase((Word(fr, k),), (Word(en, k),))
        p.rest = p.rest + pair(dice, "depuis", "for") + how_long
    else:
        times = (
            ("hier", "yesterday"),
            ("ce matin", "this morning"),
            ("midi", "noon"),
            ("hier soir", "last night"),
        )
        p.rest = p.rest + pair(dice, "depuis", "since") + fixed(dice, *dice.pick(times))
    return True


def timed(dice: Dice, p: Predicate, tense: str, chance: float, last: bool = False) -> Phrase:
    """Say when, now and then: at the predicate's end (`last`: always), or in what is returned."""
    if not dice.chance(chance) or p.fr in ("habiter", "aimer", "vouloir", "comprendre"):
        return EMPTY
    alone = not (p.complement.fr or p.rest.fr or p.often.fr)
    when = time(dice, tense, lasting=p.fr in _LASTING and alone)
    after_all = when.fr[0].text in ("tard", "tôt", *NUMBERS)
    if dice.chance(0.45) and not (after_all or last):
        return when
    if after_all and (p.rest.fr or p.stative or p.complement.fr):
        return EMPTY
    p.rest = p.rest + when
    return EMPTY


def fronted(dice: Dice, context: Context, when: Phrase) -> Phrase:
    """Return what stands in front of a statement, with or without a comma; under a conjunction nothing."""
    if context.under:
        return EMPTY
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
    if negation:
        but = ("un peu", "longtemps", *(("trop", "beaucoup") if negation == "plus" else ()))
        ways = [way for way in ways if way[0] not in but]
    better = [way for way in ways if way[2]]
    if better and dice.chance(0.1):
        fr, en, more, _ = dice.pick(better)
        p.rest = p.rest + compared(dice, pair(dice, fr, en), more, somebody_or_me(dice, context))
    elif p.fr in ("aller", "venir", "partir", "rentrer", "arriver") and dice.chance(0.1):
        p.rest = p.rest + pair(dice, *dice.pick(BY))
    elif ways and dice.chance(0.2) and not (negation and tense == PAST):
        fr, en, more, _ = dice.pick(ways)
        way = pair(dice, fr, en)
        if more and tense != PAST and dice.chance(0.3):  # très bien, trop vite, si lentement
            way = pair(dice, *dice.pick((("très", "very"), ("trop", "too"), ("si", "so")))) + way
        if tense == PAST and fr in _BEFORE_PARTICIPLE:  # a beaucoup dormi
            p.often, way = Phrase(way.fr), Phrase((), way.en)
        p.rest = p.rest + way
    elif dice.chance(0.1) and not (negation or p.often.fr) and tense in (PRESENT, WAS):
        p.often = pair(dice, *dice.pick(OFTEN))
    if p.fr in _SOMEWHERE and not (p.clitics or p.complement.fr) and dice.chance(0.08):
        there(dice, p)
    elif p.fr in _SOMEWHERE and dice.chance(0.4):
        p.rest = p.rest + place(dice, context, moving=p.fr in _MOTION)
    if dice.chance(0.06) and not p.stative:
        link = ("pour", "for") if p.fr in _FOR and dice.chance(0.6) else dice.pick(WITH)
        if alone and p.fr in _LIKE and dice.chance(0.5):
            link = ("comme", "like")
        other = company if link[0] in ("avec", "comme") else somebody_or_me
        p.rest = p.rest + pair(dice, *link) + other(dice, context)
    return EMPTY if negation == "jamais" else timed(dice, p, tense, 0.2)


def purpose(dice: Dice, context: Context, who: Entity) -> Phrase:
    """Return "pour …", "avant de …", "sans …"."""
    link, form = dice.weighted(
        ((5, (("pour", "to"), "b")), (4, (("avant de", "before"), "pr")), (2, (("sans", "without"), "pr")))
    )
    unmeant = ("habiter", "rester", *(("tomber", "perdre", "arriver") if form == "b" else ()))
    fits = [verb for verb in verbs_of(who) if verb.fr not in unmeant]
    return infinitive(dice, predicate(dice, context, dice.pick(fits)), who, pair(dice, *link), form)
