"""There is; it is; it rains."""

from __future__ import annotations

from dataclasses import replace

from fragment.around import clock, compared, fronted, time, timed
from fragment.being import SAYABLE, SIMPLER, THERE, adjective_of, much, whose
from fragment.nouns import mine, noun_phrase
from fragment.parts import TONIC, fixed, inside, place, predicate, verbs_of
from fragment.phrases import MASS, Clause, Context, Entity, comma, name, pair
from fragment.subjects import subject, with_relative
from fragment.text import EMPTY, Phrase, Word
from fragment.verbs import NOW, Predicate, spell, to_be, told
from fragment.words import ADJECTIVES, FUTURE, NOUNS, PAST, PRESENT, VERBS, WAS, Dice, en_verb, fr_verb

_OPENING = ("magasin", "école", "église", "marché", "gare")
_LEAVING = ("train", "bus", "bateau")


def at_its_hour(dice: Dice, context: Context, tense: str) -> Clause:
    """The shop opens at eight o'clock; the train leaves at noon."""
    places = dice.chance(0.5)
    noun = NOUNS[dice.pick(_OPENING if places else _LEAVING)]
    verb = VERBS[dice.pick(("ouvrir", "fermer") if places else ("partir", "arriver"))]
    who = noun_phrase(dice, context, noun, dice.pick(("le", "le", "own", "ce")), None, 1)
    p = Predicate.of(verb)
    p.rest = dice.weighted(((3, EMPTY), (7, pair(dice, "à", "at") + clock(dice)), (4, time(dice, tense))))
    return Clause(told(dice, who, p, tense, dice.weighted(((8, ""), (2, "pas")))), who)


_HERE = (("ici", "here"), ("là", "there"), ("à l' école", "at school"), ("à la maison", "at home"))
_OF_IT = "bon beau grand petit drôle triste long joli délicieux propre froid chaud".split()


def there_is(dice: Dice, context: Context, tense: str) -> Clause:
    """There is something somewhere."""
    tense = SIMPLER.get(tense, tense)
    negation = dice.weighted(((8, ""), (1.5, "pas"), (1, "plus")))
    if dice.chance(0.06):
        return _nothing_there(dice, context, tense)
    noun = dice.pick(THERE)
    style = "de" if negation else dice.weighted([(5, "un"), (3, "number"), (1, "many")])
    number = "p" if negation == "plus" and noun.kind not in MASS else None  # "there are no more cats"
    found = noun_phrase(dice, context, noun, style, number)
    if dice.chance(0.12):
        found = with_relative(dice, context, found)
    it, k, n = dice.id(), dice.id(), dice.id()
    ne, second = (spell("ne", n), spell(negation, n)) if negation else ((), ())
    form = fr_verb("avoir", {PRESENT: "p", WAS: "i", FUTURE: "f"}[tense])
    fr = (Word("il", it), *ne, Word("y", it), Word(form, k), *second)
    be = "will" if tense == FUTURE else en_verb("be", "p" if tense == PRESENT else "ps", 3, found.number)
    later = spell("be", k) if tense == FUTURE else ()
    if negation == "pas":  # there is no cat
        bare = found.phrase.en[1:] if found.phrase.en[0].text == "a" else found.phrase.en
        found = replace(found, phrase=Phrase(found.phrase.fr, bare))
    no = spell("no", n | found.phrase.fr[0].ids) if negation == "pas" else ()
    no_more = spell("no more", n) if negation == "plus" else ()
    clause = Phrase(fr, (Word("there", it), Word(be, k), *later, *no, *no_more)) + found.phrase
    if dice.chance(0.7):
        where = place(dice, context) if noun.kind not in ("place", "landmark") else inside(
            dice, context, NOUNS[dice.pick(("village", "ville", "forêt"))], "le", "s"
        )  # fmt: skip
        clause = where + comma(dice) + clause if dice.chance(0.15) else clause + where
    return Clause(clause, None, (found,))


def _nothing_there(dice: Dice, context: Context, tense: str) -> Clause:
    """There is nobody, there is nothing."""
    it, k, n = dice.id(), dice.id(), dice.id()
    what, en = dice.pick((("personne", "nobody"), ("rien", "nothing")))
    form, be = {PRESENT: ("a", "is"), WAS: ("avait", "was"), FUTURE: ("aura", "will be")}[tense]
    fr = (Word("il", it), Word("ne", n), Word("y", it), Word(form, k), Word(what, n))
    clause = Phrase(fr, (Word("there", it), *spell(be, k), Word(en, n)))
    return Clause(clause + (place(dice, context) if dice.chance(0.75) else EMPTY))


def it_is(dice: Dice, context: Context, tense: str) -> Clause:
    """It is something: c'est, ce sont, c'était, ce sera."""
    tense = SIMPLER.get(tense, tense)
    if dice.chance(0.3):
        thing = Entity(EMPTY, kind="thing")
        found = replace(
            thing, phrase=much(dice, 0.3) + adjective_of(ADJECTIVES[dice.pick(_OF_IT)], thing, dice.id())
        )
    elif dice.chance(0.1):
        k, (fr, en) = dice.id(), dice.pick(TONIC[:-1])
        found = Entity(Phrase((Word(fr, k, "tonic"),), (Word(en, k),)))
    elif dice.chance(0.06):
        found = Entity(whose(dice, context))
    elif dice.chance(0.08):
        g, number = dice.pick("mf"), dice.pick("ssp")
        found = Entity(mine(dice, context, g, number), 3, number, g, "thing")
    elif dice.chance(0.2):
        found = name(dice)
        if tense == PRESENT and dice.chance(0.3):  # c'est julie qui chante
            p = predicate(dice, context.of(found), dice.pick(verbs_of(found)))
            clause = told(dice, found, p, dice.pick((PRESENT, PAST, FUTURE)), subject=EMPTY)
            found = replace(found, phrase=found.phrase + pair(dice, "qui", "who") + clause)
    elif tense == PRESENT and dice.chance(0.12):  # c'est ici que j'habite
        who = subject(dice, context, 0.7)
        where = fixed(dice, *dice.pick(_HERE)) if dice.chance(0.5) else place(dice, context)
        p = Predicate.of(dice.pick([verb for verb in verbs_of(who) if "P" in verb.flags]))
        clause = told(dice, who, p, dice.pick((PRESENT, PAST, WAS, FUTURE)))
        found = Entity(where + pair(dice, "que", "that") + clause)
    else:
        style = dice.weighted([(4, "un"), (4, "own"), (3, "le")])
        found = noun_phrase(dice, context, dice.pick(SAYABLE), style)
        if dice.chance(0.15):
            found = with_relative(dice, context, found)
    k, number = dice.id(), found.number
    negation = dice.weighted(((8, ""), (2, "pas")))
    verb = fr_verb("être", {PRESENT: "p", WAS: "i", FUTURE: "f"}[tense], 3, number)
    this = "ce" if negation or verb[0] == "s" else "c'"
    it = "it" if number == "s" else "they"
    who = Entity(Phrase((Word(this, k),), (Word(it, k),)), 3, number, kind="thing", pronoun="ce")
    return Clause(told(dice, who, to_be(found.phrase), tense, negation), None, (found,))


_MADE = (
    ("froid", "it", "cold"), ("chaud", "it", "hot"), ("beau", "the weather", "nice"),
    ("mauvais", "the weather", "bad"), ("nuit", "it", "dark"),
)  # fmt: skip


def weathered(dice: Dice, context: Context, tense: str) -> tuple[Entity, Predicate, str, str]:
    """Return it, what it does or is, when, and the negation."""
    negation = dice.weighted(((8, ""), (2, "pas"), (0.5, "plus")))
    kind = dice.weighted(((4, "rain"), (3, "made"), (3, "clock")))
    it = "it"
    if kind == "rain":
        p = Predicate(*dice.pick((("pleuvoir", "rain"), ("neiger", "snow"))))
        if dice.chance(0.2):
            where = NOUNS[dice.pick(("village", "ville", "forêt", "plage", "jardin"))]
            p.rest = inside(dice, context, where, "le", "s")
    elif kind == "made":
        fr, it, en = dice.pick(_MADE)
        very = much(dice, 0.2) if fr != "nuit" else EMPTY
        said = very + pair(dice, fr, en)
        if en in ("cold", "hot") and dice.chance(0.3):  # il fait moins froid qu'hier
            than = dice.pick(
                (("hier", "yesterday"), ("ici", "here"), ("avant", "before"), ("ce matin", "this morning"))
            )
            said = compared(dice, pair(dice, fr, en), f"{en.replace('hot', 'hott')}er", fixed(dice, *than))
        p = Predicate("faire", "be", stative=True, complement=said)
        tense = WAS if tense == PAST else tense
    else:
        tense = SIMPLER.get(tense, tense)
        if dice.chance(0.7):
            p, negation = to_be(clock(dice)), ""
        else:
            p = to_be(pair(dice, *dice.pick((("tard", "late"), ("tôt", "early")))))
            negation = "pas" if negation == "plus" else negation
    who = Entity(pair(dice, "il", it), kind="thing", pronoun="il")
    return who, p, tense, negation


_USUAL = ("every", "at", "in", "during", "day")  # how the English of "tous les jours", "la nuit" … begins


def falls_now(p: Predicate, tense: str, when: Phrase = EMPTY) -> str:
    """Return the English tense of "il pleut": "it is raining", but "it rains every day"."""
    times = [word.text for word in (*p.rest.en, *when.en)]
    usual = any(word in _USUAL for word in times)
    return NOW if p.fr in ("pleuvoir", "neiger") and tense == PRESENT and not usual else ""


def weather(dice: Dice, context: Context, tense: str) -> Clause:
    """It is raining; it is cold; it is late."""
    who, p, tense, negation = weathered(dice, context, tense)
    front = EMPTY if p.fr == "être" else fronted(dice, context, timed(dice, p, tense, 0.25))
    english = "" if context.under in ("quand", "si") else falls_now(p, tense, front)
    return Clause(front + told(dice, who, p, tense, negation, english=english))
