"""Statements of one clause: somebody does something, is something; there is, it is, it rains."""

from __future__ import annotations

from dataclasses import replace

from fragment.around import clock, compared, decorate, fronted, purpose, timed
from fragment.parts import TONIC, inside, noun_of, numbered, place, predicate, somebody, verbs_of
from fragment.phrases import (
    LIVING,
    MASS,
    UNSEEN,
    Clause,
    Context,
    Entity,
    both,
    comma,
    name,
    noun_phrase,
    pair,
    subject_pronoun,
)
from fragment.text import EMPTY, Phrase, Word
from fragment.verbs import MODALS, Predicate, spell, to_be, told
from fragment.words import (
    ADJECTIVES,
    FUTURE,
    KINDS,
    NAMES,
    NOUNS,
    PAST,
    PRESENT,
    SOON,
    WAS,
    Adjective,
    Dice,
    comparative,
    en_noun,
    en_verb,
    fr_adjective,
    fr_noun,
    fr_verb,
)

SIMPLER = {PAST: WAS, SOON: FUTURE}  # of what has neither passé composé nor "aller" here
NEGATIONS = ((70, ""), (16, "pas"), (6, "jamais"), (5, "plus"))
UNMODAL = ("vouloir", "aimer", "comprendre")  # no "want to want"
SAYABLE = [noun for noun in NOUNS.values() if noun.kind not in UNSEEN]
THERE = [noun for noun in SAYABLE if noun.kind != "tale"]
OWNED = [noun for noun in THERE if noun.kind not in ("place", "landmark", "door", "job")]
FEELINGS = (
    ("faim", "hungry"), ("soif", "thirsty"), ("froid", "cold"), ("chaud", "hot"), ("peur", "afraid"),
    ("sommeil", "sleepy"),
)  # fmt: skip
_UNCOMPARED = "gros fermé cassé ouvert bon mauvais nouveau vide malade long".split()
_OF_IT = "bon beau grand petit drôle triste long joli délicieux propre froid chaud".split()


# Subjects.


def actor(dice: Dice, context: Context) -> Entity:
    """Return a name or a noun phrase that can act."""
    kind = dice.weighted([(3, "name"), (4, "human"), (1.5, "job"), (4, "animal")])
    return name(dice) if kind == "name" else noun_phrase(dice, context, dice.pick(KINDS[kind]))


def subject(dice: Dice, context: Context, pronouns: float = 0.5) -> Entity:
    """Return a subject that can act: a pronoun, a name, a noun phrase, two of them."""
    if dice.chance(pronouns):
        found = subject_pronoun(dice, context)
        return found if found.kind in LIVING else name(dice)  # an "il" that means a thing does nothing
    entity = actor(dice, context)
    if dice.chance(0.1):
        return both(dice, entity, actor(dice, context))
    return with_relative(dice, context, entity) if dice.chance(0.07) else entity


def with_relative(dice: Dice, context: Context, entity: Entity) -> Entity:
    """Return the entity with a relative clause: "… qui dort", "… que marie regarde"; a name as it is."""
    if entity.phrase.fr[0].text in NAMES:
        return entity
    tense = dice.weighted([(5, PRESENT), (3, PAST), (1, WAS), (1, FUTURE)])
    if entity.kind in LIVING and dice.chance(0.6):
        p = predicate(dice, context.of(entity), dice.pick(verbs_of(entity)))
        link = pair(dice, "qui", "that" if entity.kind == "animal" else "who")
        clause = told(dice, entity, p, tense, dice.weighted(((9, ""), (1, "pas"))), subject=EMPTY)
    elif entity.kind == "place" and dice.chance(0.5):
        who = subject(dice, context.of(entity), 0.6)
        p = Predicate.of(dice.pick([verb for verb in verbs_of(who) if "P" in verb.flags]))
        link, clause = pair(dice, "où", "where"), told(dice, who, p, tense)
    else:
        who = subject(dice, context.of(entity), 0.5)
        fits = [verb for verb in verbs_of(who) if entity.kind in verb.objects and "G" not in verb.flags]
        if not fits:
            return entity
        p = Predicate.of(dice.pick(fits), agrees=entity)
        link, clause = pair(dice, "que", "that"), told(dice, who, p, tense)
    return replace(entity, phrase=entity.phrase + link + clause)


# Somebody does something.


def action(dice: Dice, context: Context, tense: str) -> Clause:
    """Somebody does something."""
    who = subject(dice, context)
    inner = context.of(who)
    negation = dice.weighted(NEGATIONS)
    verb = dice.pick(verbs_of(who))
    p = predicate(dice, inner, verb, negation)
    front = EMPTY
    if dice.chance(0.13) and verb.fr not in UNMODAL:
        p.modal = dice.pick(MODALS)
        tense = FUTURE if tense == SOON else tense
    elif not (negation or p.complement.fr or p.clitics) and len(verb.objects) > 1 and dice.chance(0.1):
        p.nothing = pair(dice, "rien", "nothing")  # of what could have an object, and has none
    else:
        front = fronted(dice, decorate(dice, inner, p, tense, negation))
    if dice.chance(0.05) and not p.nothing.fr:
        p.rest = p.rest + purpose(dice, inner, who)
    return Clause(front + told(dice, who, p, tense, negation), who, tuple(p.others))


def likes(dice: Dice, context: Context, tense: str) -> Clause:
    """Somebody likes a thing in general."""
    who = subject(dice, context, 0.6)
    noun = dice.pick(
        [noun_of(dice, ["food", "mass", "drink", "animal"]), *(NOUNS[n] for n in ("musique", "mer"))]
    )
    number = "s" if noun.kind in (*MASS, *UNSEEN) else "p"
    found = noun_phrase(dice, context.of(who), noun, "le", number, 0, of=False).phrase
    if noun.fr != "mer":  # "likes the sea", but "likes cats"
        found = Phrase(found.fr, found.en[1:])
    p = Predicate("aimer", "like", stative=True, complement=found)
    negation = dice.weighted(((7, ""), (3, "pas"), (1, "plus")))
    return Clause(told(dice, who, p, SIMPLER.get(tense, tense), negation), who)


# Somebody or something is so.


def adjective_of(adjective: Adjective, who: Entity, k: frozenset[int]) -> Phrase:
    """Return an adjective as it agrees with what it is said of."""
    # "gros" is fat of what lives, and big of what doesn't.
    en = "big" if adjective.fr == "gros" and who.kind not in LIVING else adjective.en
    return Phrase((Word(fr_adjective(adjective, who.g, who.several), k),), (Word(en, k),))


def much(dice: Dice, chance: float, words: tuple[tuple[str, str], ...] = (("très", "very"),)) -> Phrase:
    """Return "très" now and then."""
    return pair(dice, *dice.pick(words)) if dice.chance(chance) else EMPTY


def _so(dice: Dice, context: Context, who: Entity, pool: tuple[str, ...]) -> Predicate:
    """Return "est grand", "est trop grand", "est grand et beau", "est plus grand que julie"."""
    adjective = ADJECTIVES[dice.pick(pool)]
    said = adjective_of(adjective, who, dice.id())
    if dice.chance(0.25) and adjective.fr not in _UNCOMPARED:
        return to_be(compared(dice, said, " ".join(comparative(adjective)), _other(dice, context, who)))
    said = much(dice, 0.25, (("très", "very"), ("très", "very"), ("trop", "too"))) + said
    other = ADJECTIVES[dice.pick(pool)]
    if other != adjective and dice.chance(0.06):
        link = pair(dice, *dice.pick((("et", "and"), ("mais", "but"))))
        said = said + link + adjective_of(other, who, dice.id())
    return to_be(said)


def _other(dice: Dice, context: Context, who: Entity) -> Phrase:
    """Return what something is compared with."""
    if who.kind in ("human", "job"):
        if dice.chance(0.4):
            k, (fr, en) = dice.id(), dice.pick(TONIC)
            return Phrase((Word(fr, k, "tonic"),), (Word(en, k),))
        return somebody(dice, context).phrase
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


def _works_as(dice: Dice, who: Entity) -> Predicate:
    """Return "est médecin" ~ "is a doctor"."""
    man = who.g == "m"
    noun = noun_of(dice, ["job"], but=("étudiante",) if man else ())
    n, k = who.several, dice.id()
    article = () if n == "p" else (Word("a", k),)
    return to_be(Phrase((Word(fr_noun(noun, n), k),), (*article, Word(en_noun(noun, n), k))))


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
    else:
        who = subject(dice, context, 0.7)
        pool = KINDS["animal" if who.kind == "animal" else "human"][0].adjectives
    inner = context.of(who)
    living, person = who.kind in LIVING, who.kind in ("human", "job")
    negation = dice.weighted(NEGATIONS)
    kind = dice.weighted(
        [
            (8, "so"),
            (3, "there"),
            (1.2 * person, "job"),
            (2.3 * living, "feels"),
            (0.3 * person, "years"),
            (2 * living, "has"),
        ]
    )
    if kind == "there":
        p = to_be()
        p.rest = place(dice, inner)
    elif kind == "job":
        p = _works_as(dice, who)
    elif kind == "feels":
        p = _feels(dice, inner, who)
    elif kind == "years":
        negation = ""
        p = Predicate("avoir", "be", stative=True, complement=numbered(dice) + pair(dice, "ans", "years old"))
    elif kind == "has":
        p = has(dice, inner, negation)
    else:
        p = _so(dice, inner, who, pool or ("petit", "grand", "beau", "vieux"))
    tense = WAS if tense == PAST else tense
    front = fronted(dice, timed(dice, p, tense, 0.12))
    return Clause(front + told(dice, who, p, tense, negation), who, tuple(p.others))


# There is; it is; it rains.


def there_is(dice: Dice, context: Context, tense: str) -> Clause:
    """There is something somewhere."""
    tense = SIMPLER.get(tense, tense)
    negation = dice.weighted(((8, ""), (1.5, "pas"), (1, "plus")))
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
    no = spell("not", n) if negation == "pas" else ()
    no_more = spell("no more", n) if negation == "plus" else ()
    clause = Phrase(fr, (Word("there", it), Word(be, k), *no, *later, *no_more)) + found.phrase
    if dice.chance(0.7):
        where = place(dice, context)
        clause = where + comma(dice) + clause if dice.chance(0.15) else clause + where
    return Clause(clause, None, (found,))


def it_is(dice: Dice, context: Context, tense: str) -> Clause:
    """It is something: c'est, ce sont, c'était, ce sera."""
    tense = SIMPLER.get(tense, tense)
    if dice.chance(0.3):
        thing = Entity(EMPTY, kind="thing")
        found = replace(
            thing, phrase=much(dice, 0.3) + adjective_of(ADJECTIVES[dice.pick(_OF_IT)], thing, dice.id())
        )
    elif dice.chance(0.2):
        found = name(dice)
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


def weather(dice: Dice, context: Context, tense: str) -> Clause:
    """It rains; it is cold; it is late."""
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
        p = Predicate("faire", "be", stative=True, complement=very + pair(dice, fr, en))
        tense = WAS if tense == PAST else tense
    else:
        tense = SIMPLER.get(tense, tense)
        if dice.chance(0.7):
            p, negation = to_be(clock(dice)), ""
        else:
            p = to_be(pair(dice, *dice.pick((("tard", "late"), ("tôt", "early")))))
    who = Entity(pair(dice, "il", it), kind="thing", pronoun="il")
    front = EMPTY if kind == "clock" else fronted(dice, timed(dice, p, tense, 0.25))
    return Clause(front + told(dice, who, p, tense, negation))


STATEMENTS = ((50, action), (22, being), (7, there_is), (6, it_is), (7, weather), (3, likes))


def statement(dice: Dice, context: Context, tense: str) -> Phrase:
    """Return one clause, and note whom it spoke of."""
    return context.knows(dice.weighted(STATEMENTS)(dice, context, tense))
