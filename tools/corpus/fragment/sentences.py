"""Sentences: every kind of clause alone, and clauses put together."""

from __future__ import annotations

from dataclasses import replace

from fragment.clauses import (
    Predicate,
    asked,
    clock,
    decorate,
    infinitive,
    ordered,
    place,
    predicate,
    somebody,
    time,
    told,
    verbs_of,
)
from fragment.phrases import (
    LIVING,
    MASS,
    NUMBERS,
    UNSEEN,
    Context,
    Entity,
    both,
    name,
    noun_phrase,
    pair,
    subject_pronoun,
)
from fragment.text import EMPTY, Phrase, Word
from fragment.words import (
    ADJECTIVES,
    FUTURE,
    KINDS,
    NOUNS,
    PAST,
    PRESENT,
    SOON,
    TENSES,
    VERBS,
    WAS,
    Dice,
    Noun,
    comparative,
    en_verb,
    fr_adjective,
    fr_verb,
)

SIMPLER = {PAST: WAS, SOON: FUTURE}  # for what has no passé composé and no "aller" here
NEGATIONS = ((70, ""), (16, "pas"), (6, "jamais"), (5, "plus"))
SAYABLE = [noun for noun in NOUNS.values() if noun.kind not in UNSEEN]
THINGS = [noun for noun in SAYABLE if noun.kind not in LIVING]


def subject(dice: Dice, context: Context, pronouns: float = 0.5) -> Entity:
    """Return a subject that can act: a pronoun, a name, a noun phrase, two of them."""
    if dice.chance(pronouns):
        return subject_pronoun(dice, context)
    entity = _actor(dice, context)
    if dice.chance(0.1):
        entity = both(dice, entity, _actor(dice, context))
    elif dice.chance(0.07) and entity.kind != "name":
        entity = with_relative(dice, context, entity)
    return entity


def _actor(dice: Dice, context: Context) -> Entity:
    kind = dice.weighted([(3, "name"), (4, "human"), (1.5, "job"), (4, "animal")])
    if kind == "name":
        return name(dice)
    return noun_phrase(dice, context, dice.pick(KINDS[kind]))


def with_relative(dice: Dice, context: Context, entity: Entity) -> Entity:
    """Return the entity with a relative clause: "… qui dort", "… que marie regarde"."""
    inner = Context(context.subjects, context.others, owner=entity)
    tense = dice.weighted([(5, PRESENT), (3, PAST), (1, WAS), (1, FUTURE)])
    k = dice.id()
    who = "who" if entity.kind in ("human", "job") else "that"
    if entity.kind in LIVING and dice.chance(0.6):
        verb = dice.pick(verbs_of(entity))
        p = predicate(dice, inner, entity, verb)
        clause = told(dice, entity, p, tense, dice.weighted(((9, ""), (1, "pas"))), subject=EMPTY)
        linked = Phrase((Word("qui", k),), (Word(who, k),)) + clause
    elif entity.kind == "place" and dice.chance(0.5):
        actor = subject(dice, inner, 0.6)
        fits = [v for v in verbs_of(actor) if "P" in v.flags]
        if not fits:
            return entity
        p = predicate(dice, replace_owner(inner, actor), actor, dice.pick(fits))
        p.complement = EMPTY
        linked = Phrase((Word("où", k),), (Word("where", k),)) + told(dice, actor, p, tense)
    else:
        actor = subject_pronoun(dice, inner) if dice.chance(0.5) else _actor(dice, inner)
        fits = [v for v in verbs_of(actor) if entity.kind in v.objects and "G" not in v.flags]
        if not fits:
            return entity
        verb = dice.pick(fits)
        p = Predicate(verb.fr, verb.head, verb.particle, stative="S" in verb.flags, agrees=entity)
        linked = Phrase((Word("que", k),), (Word("that", k),)) + told(dice, actor, p, tense)
    return replace(entity, phrase=entity.phrase + linked)


def replace_owner(context: Context, owner: Entity) -> Context:
    return Context(context.subjects, context.others, owner)


# Kinds of statements. Each returns the clause and whom it spoke of.


def action(
    dice: Dice, context: Context, tense: str, room: int, who: Entity | None = None
) -> tuple[Phrase, Entity, list[Entity]]:
    """Somebody does something."""
    who = subject(dice, context) if who is None else who
    inner = replace_owner(context, who)
    negation = dice.weighted(NEGATIONS)
    verb = dice.pick(verbs_of(who) or [VERBS["dormir"]])
    if who.kind not in LIVING:
        who = name(dice)
        inner = replace_owner(context, who)
        verb = dice.pick(verbs_of(who))
    p = predicate(dice, inner, who, verb, negation)
    if dice.chance(0.13) and verb.fr not in ("vouloir", "aimer", "comprendre"):
        p.modal = dice.pick((("vouloir", "want"), ("pouvoir", "can"), ("devoir", "must"), ("aimer", "like")))
        tense = FUTURE if tense == SOON else tense
    elif (
        not negation
        and "-" in verb.objects
        and len(verb.objects) > 1
        and not p.complement.fr
        and not p.clitics
    ):
        if dice.chance(0.1) and verb.fr not in ("attendre", "chanter"):
            k = dice.id()
            p.nothing, p.complement = True, Phrase((), (Word("nothing", k),))
            return told(dice, who, p, tense if tense != WAS else PRESENT), who, p.others
    front = decorate(dice, inner, p, tense, negation, room) if not p.modal else EMPTY
    if dice.chance(0.05) and room > 8:
        p.rest = p.rest + purpose(dice, inner, who)
    return front + told(dice, who, p, tense, negation), who, p.others


def purpose(dice: Dice, context: Context, who: Entity) -> Phrase:
    """Return "pour …", "avant de …", "sans …"."""
    fits = [verb for verb in verbs_of(who) if not set("MER") & set(verb.flags) and verb.fr != "habiter"]
    p = predicate(dice, context, who, dice.pick(fits))
    fr, en, form = dice.weighted(
        ((5, ("pour", "to", "b")), (3, ("avant de", "before", "pr")), (2, ("sans", "without", "pr")))
    )
    return infinitive(dice, p, who, fr, en, form)


def being(
    dice: Dice, context: Context, tense: str, room: int, who: Entity | None = None
) -> tuple[Phrase, Entity, list[Entity]]:
    """Somebody or something is so, is there, is a doctor."""
    tense = WAS if tense == PAST else tense
    noun: Noun | None = None
    if who is None:
        if dice.chance(0.45):
            noun = dice.pick(SAYABLE)
            who = noun_phrase(dice, context, noun, dice.weighted([(5, "le"), (2, "own"), (1, "ce")]), None, 1)
            if dice.chance(0.08):
                who = with_relative(dice, context, who)
        else:
            who = subject(dice, context, 0.7)
    inner = replace_owner(context, who)
    living = who.kind in LIVING
    negation = dice.weighted(NEGATIONS)
    p = Predicate("être", "be", stative=True)
    kind = dice.weighted(
        [
            (6, "adjective"),
            (3, "place"),
            (1.2 if living and who.kind != "animal" else 0, "job"),
            (2, "compare"),
            (2.5 if living else 0, "avoir"),
            (2 if living else 0, "has"),
        ]
    )
    if kind == "place":
        p.rest = place(dice, inner)
    elif kind == "job":
        noun = dice.pick(KINDS["job"])
        n = who.several or who.number
        k = dice.id()
        from fragment.words import en_noun, fr_noun

        article = () if n == "p" else (Word("a", k),)
        p.complement = Phrase((Word(fr_noun(noun, n), k),), (*article, Word(en_noun(noun, n), k)))
        if noun.g == "f" and who.g == "m":
            p.complement = Phrase(
                (Word("médecin" + "s" * (n == "p"), k),), (*article, Word("doctor" + "s" * (n == "p"), k))
            )
    elif kind == "avoir":
        k = dice.id()
        fr, en = dice.pick(
            (
                ("faim", "hungry"),
                ("soif", "thirsty"),
                ("froid", "cold"),
                ("chaud", "hot"),
                ("peur", "afraid"),
                ("sommeil", "sleepy"),
            )
        )
        p = Predicate("avoir", "be", stative=True, complement=Phrase((Word(fr, k),), (Word(en, k),)))
        if en == "afraid" and dice.chance(0.4):
            animal = noun_phrase(dice, inner, dice.pick(KINDS["animal"]), dice.pick(("le", "own", "ce")))
            p.complement = p.complement + pair(dice, "de", "of") + animal.phrase
        elif dice.chance(0.12) and who.kind != "animal":
            n = dice.id()
            fr, en = dice.pick(tuple(NUMBERS.items()))
            p.complement = Phrase(
                (Word(fr, n), Word("ans", k)), (Word(en, n), Word("years", k), Word("old", k))
            )
            negation = ""
    elif kind == "has":
        noun = dice.pick(
            [
                n
                for n in SAYABLE
                if n.kind
                in (
                    "animal",
                    "text",
                    "clothes",
                    "vehicle",
                    "thing",
                    "bag",
                    "dish",
                    "food",
                    "mass",
                    "drink",
                    "human",
                )
            ]
        )
        style = dice.weighted([(5, "un"), (2, "number"), (1, "many")]) if not negation else "de"
        p = Predicate("avoir", "have", stative=True)
        if not negation and dice.chance(0.12) and noun.kind not in MASS:
            k, n = dice.id(), dice.id()
            fr, en = dice.pick(tuple(NUMBERS.items()))
            p.clitics = ((Word("en", k), None),)
            p.complement = Phrase((Word(fr, n),), (Word(en, n),))
            return told(dice, who, p, tense), who, []
        found = noun_phrase(dice, inner, noun, style)
        if dice.chance(0.12):
            found = with_relative(dice, inner, found)
        p.complement = found.phrase
        p.others.append(found)
    else:
        nouns = [noun] if noun else []
        pool = list(nouns[0].adjectives) if nouns and nouns[0].adjectives else []
        if not pool:
            pool = {
                "animal": KINDS["animal"][0].adjectives,
                "human": KINDS["human"][0].adjectives,
                "job": KINDS["human"][0].adjectives,
            }.get(who.kind, ("petit", "grand", "beau", "vieux"))
        adjective = ADJECTIVES[dice.pick(tuple(pool))]
        a = dice.id()
        spelt = Word(fr_adjective(adjective, who.g, who.several or who.number), a)
        if kind == "compare" and adjective.fr not in (
            "gros",
            "fermé",
            "cassé",
            "ouvert",
            "bon",
            "mauvais",
            "nouveau",
            "vide",
            "malade",
            "long",
        ):
            c = dice.id()
            fr, en = dice.pick((("plus", ""), ("moins", "less"), ("aussi", "as")))
            words = (
                tuple(Word(w, a) for w in comparative(adjective))
                if fr == "plus"
                else (Word(en, c), Word(adjective.en, a))
            )
            if fr == "plus":
                words = tuple(Word(w, a | c) for w in comparative(adjective))
            than = dice.id()
            other = _other(dice, inner, who)
            p.complement = (
                Phrase(
                    (Word(fr, c), spelt, Word("que", than)),
                    (*words, Word("as" if fr == "aussi" else "than", than)),
                )
                + other.phrase
            )
        else:
            fr_, en_ = None, None
            if dice.chance(0.25):
                v, (much, much_en) = (
                    dice.id(),
                    dice.pick((("très", "very"), ("très", "very"), ("trop", "too"))),
                )
                fr_, en_ = Word(much, v), Word(much_en, v)
            said = "big" if adjective.fr == "gros" and not living else adjective.en
            p.complement = Phrase(
                (*((fr_,) if fr_ else ()), spelt), (*((en_,) if en_ else ()), Word(said, a))
            )
            if dice.chance(0.06):
                b = dice.id()
                other_adjective = ADJECTIVES[dice.pick(tuple(pool))]
                if "gros" not in (other_adjective.fr, adjective.fr) and other_adjective != adjective:
                    p.complement = (
                        p.complement
                        + pair(dice, *dice.pick((("et", "and"), ("mais", "but"))))
                        + Phrase(
                            (Word(fr_adjective(other_adjective, who.g, who.several or who.number), b),),
                            (Word(other_adjective.en, b),),
                        )
                    )
    front = EMPTY
    if dice.chance(0.12):
        when = time(dice, tense if tense != PRESENT or dice.chance(0.9) else PRESENT)
        if dice.chance(0.4):
            c = dice.id()
            front = when + (Phrase((Word(",", c),), (Word(",", c),)) if dice.chance(0.6) else EMPTY)
        else:
            p.rest = p.rest + when
    return front + told(dice, who, p, tense, negation), who, p.others


_TONIC = (
    ("moi", "me"),
    ("toi", "you"),
    ("lui", "him"),
    ("elle", "her"),
    ("nous", "us"),
    ("vous", "you"),
    ("eux", "them"),
)


def _other(dice: Dice, context: Context, who: Entity) -> Entity:
    """Return what something is compared with."""
    if who.kind in ("human", "job") and dice.chance(0.4):
        fr, en = dice.pick(_TONIC)
        k = dice.id()
        return replace(who, phrase=Phrase((Word(fr, k, "tonic"),), (Word(en, k),)))
    if who.kind in ("human", "job"):
        return somebody(dice, context)
    kind = who.kind if who.kind in KINDS else "animal"
    return noun_phrase(dice, context, dice.pick(KINDS[kind]), dice.pick(("le", "own", "ce")), None, 1)


def there_is(
    dice: Dice, context: Context, tense: str, room: int
) -> tuple[Phrase, Entity | None, list[Entity]]:
    """There is something somewhere."""
    tense = SIMPLER.get(tense, tense)
    negation = dice.weighted(((8, ""), (1.5, "pas"), (1, "plus")))
    noun = dice.pick([n for n in SAYABLE if n.kind != "tale"])
    style = "de" if negation else dice.weighted([(5, "un"), (3, "number"), (1, "many")])
    found = noun_phrase(
        dice, context, noun, style, "p" if negation == "plus" and noun.kind not in MASS else None
    )
    if dice.chance(0.12):
        found = with_relative(dice, context, found)
    it, k, n = dice.id(), dice.id(), dice.id()
    form = fr_verb("avoir", {PRESENT: "p", WAS: "i", FUTURE: "f"}[tense])
    fr: tuple[Word, ...] = (
        Word("il", it),
        *((Word("ne", n),) if negation else ()),
        Word("y", it),
        Word(form, k),
    )
    if negation:
        fr += (Word(negation, n),)
    plural = found.number == "p" and not (negation and found.phrase.en[0].text == "a")
    be = {PRESENT: "are" if plural else "is", WAS: "were" if plural else "was", FUTURE: "will be"}[tense]
    no = {"": (), "pas": ("not",), "plus": ("no", "more")}[negation]
    first, *more = be.split()
    no_words, be_words = tuple(Word(w, n) for w in no), tuple(Word(w, k) for w in more)
    after_be = be_words + no_words if negation == "plus" else no_words + be_words
    en = (Word("there", it), Word(first, k), *after_be)
    where = place(dice, context) if dice.chance(0.7) else EMPTY
    clause = Phrase(fr, en) + found.phrase
    if where.fr and dice.chance(0.15):
        c = dice.id()
        return where + Phrase((Word(",", c),), (Word(",", c),)) + clause, None, [found]
    return clause + where, None, [found]


def it_is(dice: Dice, context: Context, tense: str, room: int) -> tuple[Phrase, Entity | None, list[Entity]]:
    """It is something: c'est, ce sont, c'était."""
    tense = SIMPLER.get(tense, tense)
    negation = dice.weighted(((8, ""), (2, "pas")))
    k, n = dice.id(), dice.id()
    if dice.chance(0.3):
        adjective = ADJECTIVES[
            dice.pick(
                (
                    "bon",
                    "beau",
                    "grand",
                    "petit",
                    "drôle",
                    "triste",
                    "long",
                    "joli",
                    "délicieux",
                    "propre",
                    "froid",
                    "chaud",
                )
            )
        ]
        a = dice.id()
        found = Entity(
            Phrase((Word(fr_adjective(adjective, "m", "s"), a),), (Word(adjective.en, a),)), kind="thing"
        )
        if dice.chance(0.3):
            v = dice.id()
            found = replace(found, phrase=Phrase((Word("très", v),), (Word("very", v),)) + found.phrase)
    elif dice.chance(0.2):
        found = name(dice)
    else:
        found = noun_phrase(
            dice, context, dice.pick(SAYABLE), dice.weighted([(4, "un"), (4, "own"), (3, "le")])
        )
        if dice.chance(0.15):
            found = with_relative(dice, context, found)
    plural = found.number == "p"
    verb = {
        PRESENT: "sont" if plural else "est",
        WAS: "étaient" if plural else "était",
        FUTURE: "seront" if plural else "sera",
    }[tense]
    be = {PRESENT: "are" if plural else "is", WAS: "were" if plural else "was", FUTURE: "will"}[tense]
    later = (Word("be", k),) if tense == FUTURE else ()
    fr: tuple[Word, ...] = (Word("ce", k), *((Word("ne", n),) if negation else ()), Word(verb, k))
    fr += (Word("pas", n),) if negation else ()
    if not negation and not plural and tense != FUTURE:  # c'est, c'était
        fr = (Word("c'", k), Word(verb, k))
    en = (Word("they" if plural else "it", k), Word(be, k), *((Word("not", n),) if negation else ()), *later)
    return Phrase(fr, en) + found.phrase, None, [found]


_WEATHER = (
    ("pleuvoir", "rain"),
    ("neiger", "snow"),
)
_MADE = (
    ("froid", "it", "cold"),
    ("chaud", "it", "hot"),
    ("beau", "the weather", "nice"),
    ("mauvais", "the weather", "bad"),
    ("nuit", "it", "dark"),
)


def weather(
    dice: Dice, context: Context, tense: str, room: int
) -> tuple[Phrase, Entity | None, list[Entity]]:
    """It rains; it is cold; it is late."""
    negation = dice.weighted(((8, ""), (2, "pas"), (0.5, "plus")))
    kind = dice.weighted(((4, "rain"), (3, "made"), (3, "clock")))
    it = dice.id()
    he = Entity(Phrase((Word("il", it),), (Word("it", it),)), 3, "s", "m", "thing", "il")
    front, rest = EMPTY, EMPTY
    if kind == "rain":
        fr, en = dice.pick(_WEATHER)
        p = Predicate(fr, en)
        if dice.chance(0.2):
            p.rest = _where_it_rains(dice, context)
    elif kind == "made":
        tense = WAS if tense == PAST else tense
        fr, it_text, en = dice.pick(_MADE)
        k = dice.id()
        he = replace(he, phrase=Phrase((Word("il", it),), tuple(Word(w, it) for w in it_text.split())))
        very = (
            Phrase((Word("très", v := dice.id()),), (Word("very", v),))
            if dice.chance(0.2) and fr != "nuit"
            else EMPTY
        )
        p = Predicate("faire", "be", stative=True, complement=very + Phrase((Word(fr, k),), (Word(en, k),)))
    else:
        tense = SIMPLER.get(tense, tense)
        what = (
            clock(dice) if dice.chance(0.7) else pair(dice, *dice.pick((("tard", "late"), ("tôt", "early"))))
        )
        p = Predicate("être", "be", stative=True, complement=what)
        negation = "" if what.fr[0].text not in ("tard", "tôt") else negation
    if dice.chance(0.25) and kind != "clock":
        when = time(dice, tense)
        if dice.chance(0.5):
            c = dice.id()
            front = when + (Phrase((Word(",", c),), (Word(",", c),)) if dice.chance(0.6) else EMPTY)
        else:
            rest = when
    p.rest = p.rest + rest
    return front + told(dice, he, p, tense, negation), None, []


def _where_it_rains(dice: Dice, context: Context) -> Phrase:
    noun = dice.pick([NOUNS[n] for n in ("village", "ville", "forêt", "plage", "jardin")])
    fr, en = ("sur", "on") if noun.fr == "plage" else ("dans", "in")
    return pair(dice, fr, en) + noun_phrase(dice, context, noun, "le", "s", 1).phrase


def likes(dice: Dice, context: Context, tense: str, room: int) -> tuple[Phrase, Entity, list[Entity]]:
    """Somebody likes a thing in general."""
    who = subject(dice, context, 0.6)
    inner = replace_owner(context, who)
    negation = dice.weighted(((7, ""), (3, "pas"), (1, "plus")))
    noun = dice.pick(
        [n for n in SAYABLE if n.kind in ("food", "mass", "drink", "animal")]
        + [NOUNS["musique"], NOUNS["mer"]]
    )
    number = "s" if noun.kind in MASS or noun.kind in UNSEEN else "p"
    found = noun_phrase(dice, inner, noun, "le", number, 0, of=False)
    found = replace(
        found, phrase=Phrase(found.phrase.fr, found.phrase.en[1:] if noun.fr != "mer" else found.phrase.en)
    )
    p = Predicate("aimer", "like", stative=True, complement=found.phrase)
    tense = SIMPLER.get(tense, tense)
    return told(dice, who, p, tense, negation), who, []


STATEMENTS = (
    (50, action), (22, being), (7, there_is), (6, it_is), (7, weather), (3, likes),
)  # fmt: skip


def question(dice: Dice, room: int, context: Context | None = None) -> Phrase:
    """Return a question, of any kind."""
    context = Context([], []) if context is None else context
    tense = dice.pick(TENSES)
    kind = dice.weighted(
        [
            (5, "yes"),
            (2, "where"),
            (1.5, "when"),
            (1.5, "why"),
            (2.5, "who"),
            (2.5, "what"),
            (1, "how many"),
            (1, "which"),
            (1.5, "where is"),
            (1, "who is"),
            (1.5, "be"),
            (1.5, "has"),
            (1, "there"),
            (1.5, "it is"),
            (0.3, "o'clock"),
            (0.6, "how many there"),
        ]
    )
    negation = dice.weighted(((8, ""), (1.5, "pas"), (0.5, "plus"), (0.4, "jamais")))
    mark = dice.id()
    marks = Phrase((Word("?", mark),), (Word("?", mark),))
    if kind == "where is":
        noun = dice.pick(SAYABLE)
        who = (
            noun_phrase(dice, context, noun, dice.pick(("le", "own")), None, 1)
            if dice.chance(0.8)
            else name(dice)
        )
        k, w = dice.id(), dice.id()
        form = "sont" if who.number == "p" else "est"
        was = dice.chance(0.2)
        if was:
            form = "étaient" if who.number == "p" else "était"
        be = en_verb("be", "ps" if was else "p", 3, who.number)
        return Phrase((Word("où", w), Word(form, k)), (Word("where", w), Word(be, k))) + who.phrase + marks
    if kind == "who is":
        k, w = dice.id(), dice.id()
        who = noun_phrase(
            dice, context, dice.pick([*KINDS["human"], *KINDS["job"]]), dice.pick(("le", "ce", "own")), "s", 1
        )
        return Phrase((Word("qui", w), Word("est", k)), (Word("who", w), Word("is", k))) + who.phrase + marks
    if kind == "it is":
        clause, _, _ = it_is(dice, context, dice.pick((PRESENT, PRESENT, WAS)), room)
        subject_, verb_, *rest = clause.en
        fr = clause.fr
        if dice.chance(0.6):
            e = dice.id()
            fr = (Word("est", e), Word("-ce", e), Word("que", e), *fr)
        return Phrase(fr, (verb_, subject_, *rest)) + marks
    if kind == "o'clock":
        k, h, w = dice.id(), dice.id(), dice.id()
        fr = (Word("quelle", w), Word("heure", h), Word("est", k), Word("-il", k))
        return Phrase(fr, (Word("what", w), Word("time", h), Word("is", k), Word("it", k))) + marks
    if kind == "how many there":
        noun = dice.pick([n for n in SAYABLE if n.kind not in ("tale", *MASS)])
        found = noun_phrase(dice, context, noun, "de", "p", 1, of=False)
        w, d, k, it = dice.id(), dice.id(), dice.id(), dice.id()
        fr = (Word("combien", w), Word("de", d), *found.phrase.fr[1:])
        if dice.chance(0.6):
            fr += (Word("y", it), Word("a", k), Word("-t-il", it))
        else:
            fr += tuple(Word(text, it) for text in ("est", "-ce", "que", "il", "y")) + (Word("a", k),)
        en = (Word("how", w), Word("many", w | d), *found.phrase.en, Word("are", k), Word("there", it))
        return Phrase(fr, en) + (place(dice, context) if dice.chance(0.7) else EMPTY) + marks
    if kind == "there":
        noun = dice.pick([n for n in SAYABLE if n.kind != "tale"])
        found = noun_phrase(dice, context, noun, dice.weighted([(5, "un"), (1, "number")]))
        it, k, e = dice.id(), dice.id(), dice.id()
        be = "are" if found.number == "p" else "is"
        fr: tuple[Word, ...] = (Word("il", it), Word("y", it), Word("a", k))
        style = dice.pick(("est-ce que", "", "inversion"))
        if style == "est-ce que":
            fr = (Word("est", e), Word("-ce", e), Word("que", e), *fr)
        elif style == "inversion":
            fr = (Word("y", it), Word("a", k), Word("-t-il", it))
        where = place(dice, context) if dice.chance(0.6) else EMPTY
        return Phrase(fr, (Word(be, k), Word("there", it))) + found.phrase + where + marks
    if kind == "who":
        k = dice.id()
        who = Entity(Phrase((Word("qui", k),), (Word("who", k),)), 3, "s", "m", "human")
        verb = dice.pick(verbs_of(who))
        p = predicate(dice, Context([], [], who), who, verb, negation)
        decorate(dice, context, p, tense, negation, room)
        return told(dice, who, p, tense, negation) + marks
    who = subject(dice, context, 0.75)
    if who.kind not in LIVING:
        who = name(dice)
    inner = replace_owner(context, who)
    able = who.pronoun != "je" and (who.pronoun or dice.chance(0.4))
    style = dice.weighted([(4, "est-ce que"), (3 if able else 0, "inversion"), (3, "")])
    w = dice.id()
    if kind == "has":
        owned = [n for n in SAYABLE if n.kind not in ("place", "landmark", "door", "job", "tale")]
        style_ = "de" if negation else dice.weighted([(5, "un"), (1, "number")])
        p = Predicate("avoir", "have", stative=True)
        p.complement = noun_phrase(dice, inner, dice.pick(owned), style_).phrase
        return asked(dice, who, p, dice.pick((PRESENT, PRESENT, WAS, FUTURE)), negation, style)
    if kind == "be":
        p = Predicate("être", "be", stative=True)
        adjective = ADJECTIVES[dice.pick(KINDS["human"][0].adjectives)]
        a = dice.id()
        p.complement = Phrase(
            (Word(fr_adjective(adjective, who.g, who.several or who.number), a),), (Word(adjective.en, a),)
        )
        if dice.chance(0.3):
            p.complement = EMPTY
            p.rest = place(dice, inner)
        elif dice.chance(0.3):
            fr_, en_ = dice.pick(
                (
                    ("faim", "hungry"),
                    ("soif", "thirsty"),
                    ("froid", "cold"),
                    ("peur", "afraid"),
                    ("sommeil", "sleepy"),
                )
            )
            p = Predicate("avoir", "be", stative=True, complement=Phrase((Word(fr_, a),), (Word(en_, a),)))
        return asked(dice, who, p, dice.pick((PRESENT, PRESENT, WAS)), negation, style)
    if kind == "what":
        fits = [
            v
            for v in verbs_of(who)
            if [k for k in v.objects if k != "-"]
            and v.fr not in ("aider", "rencontrer", "chasser", "visiter", "suivre", "faire")
        ]
        verb = dice.pick(fits)
        p = Predicate(verb.fr, verb.head, verb.particle, stative="S" in verb.flags)
        if dice.chance(0.3):
            p = Predicate("faire", "do")
        if dice.chance(0.2) and p.fr not in ("vouloir", "aimer", "comprendre"):
            p.modal, tense = dice.pick(
                ((("vouloir", "want"), PRESENT), (("pouvoir", "can"), PRESENT), (("devoir", "must"), PRESENT))
            )
        if dice.chance(0.15):
            p.rest = time(dice, tense)
        wh = Phrase((Word("que", w),), (Word("what", w),))
        return asked(dice, who, p, tense, "", "inversion" if style == "inversion" else "est-ce que", wh)
    if kind in ("how many", "which"):
        fits = [
            v
            for v in verbs_of(who)
            if {"animal", "food", "thing", "text", "clothes", "dish"} & set(v.objects) and "G" not in v.flags
        ]
        verb = dice.pick(fits)
        object_kind = dice.pick(
            [k for k in verb.objects if k in ("animal", "food", "thing", "text", "clothes", "dish")]
        )
        noun = dice.pick(KINDS[object_kind])
        if kind == "which":
            found = noun_phrase(dice, inner, noun, "which", None, 1, of=False)
        else:
            d = dice.id()
            found = noun_phrase(dice, inner, noun, "de", "p", 0, of=False)
            found = replace(
                found,
                phrase=Phrase(
                    (Word("combien", w), Word("de", d), *found.phrase.fr[1:]),
                    (Word("how", w), Word("many", w | d), *found.phrase.en),
                ),
            )
        p = Predicate(verb.fr, verb.head, verb.particle, stative="S" in verb.flags, agrees=found)
        return asked(
            dice, who, p, tense, "", "inversion" if style == "inversion" else "est-ce que", found.phrase
        )
    verb = dice.pick(verbs_of(who))
    p = predicate(dice, inner, who, verb, negation)
    if dice.chance(0.2) and verb.fr not in ("vouloir", "aimer", "comprendre"):
        p.modal, tense = dice.pick(
            ((("vouloir", "want"), PRESENT), (("pouvoir", "can"), PRESENT), (("devoir", "must"), PRESENT))
        )
    if kind == "yes":
        if not p.modal:
            decorate(dice, inner, p, tense, negation, room)
        return asked(dice, who, p, tense, negation, style)
    fr, en = {"where": ("où", "where"), "when": ("quand", "when"), "why": ("pourquoi", "why")}[kind]
    if kind == "where" and verb.fr in ("aller", "habiter", "parler", "entrer"):
        p.complement, p.clitics = EMPTY, ()
    wh = Phrase((Word(fr, w),), (Word(en, w),))
    if kind == "why":
        style = "est-ce que" if style == "" else style
        return asked(dice, who, p, tense, negation, style, wh)
    return asked(dice, who, p, tense, "", style, wh)


def order(dice: Dice, room: int) -> Phrase:
    """Return an imperative, perhaps with a name."""
    k = dice.id()
    fr, person, number = dice.pick((("tu", 2, "s"), ("tu", 2, "s"), ("vous", 2, "p"), ("nous", 1, "p")))
    who = Entity(Phrase((Word(fr, k),), (Word("you", k),)), person, number, dice.pick("mf"), "human", fr)
    context = Context([], [], who)
    negation = dice.weighted(((7, ""), (2.5, "pas"), (0.5, "plus"), (0.5, "jamais")))
    verb = dice.pick(
        [v for v in verbs_of(who) if v.fr not in ("habiter", "perdre", "aimer", "tomber", "voir")]
    )
    p = predicate(dice, context, who, verb, negation, order=True)
    if dice.chance(0.12):
        p.rest = place(dice, context) if "P" in verb.flags else EMPTY
    clause = ordered(dice, p, who, negation)
    if dice.chance(0.12):
        c = dice.id()
        comma = Phrase((Word(",", c),), (Word(",", c),))
        person_ = name(dice).phrase
        return clause + comma + person_ if dice.chance(0.5) else person_ + comma + clause
    return clause


COORDINATED = (
    (40, ("et", "and", False)),
    (18, ("mais", "but", True)),
    (10, ("donc", "so", True)),
    (8, ("puis", "then", True)),
    (4, ("ou", "or", False)),
    (12, (",", ",", False)),
    (9, ("et", "and", True)),
)
BEFORE = (
    (5, ("quand", "when")),
    (2, ("pendant que", "while")),
    (3, ("parce que", "because")),
    (2, ("si", "if")),
)


ENDS = ((",", ",", False), ("et", "and", False), ("mais", "but", True), ("donc", "so", True))


def statement(dice: Dice, context: Context, tense: str, room: int) -> Phrase:
    """Return one clause, and note whom it spoke of."""
    make = dice.weighted(STATEMENTS)
    clause, who, others = make(dice, context, tense, room)
    context.last = who
    if who is not None and who.person == 3:
        context.subjects.append(who)
    context.others.extend(others)
    return clause


def sentence(dice: Dice, clauses: int) -> Phrase:
    """Return a sentence of so many clauses."""
    if clauses == 1:
        kind = dice.weighted(((58, "told"), (29, "asked"), (13, "ordered")))
        if kind == "asked":
            return question(dice, 14)
        if kind == "ordered":
            return order(dice, 14)
    context = Context([], [])
    if clauses > 1 and dice.chance(0.06):
        made = order(dice, 12)
        fr, en, comma = dice.pick(
            ((",", ",", False), ("parce que", "because", False), ("et", "and", False), ("mais", "but", True))
        )
        link = pair(dice, fr, en)
        if comma:
            c = dice.id()
            link = Phrase((Word(",", c),), (Word(",", c),)) + link
        made = made + link
        start = made
        clauses -= 1
    else:
        start = _opening(dice)
    tense = dice.weighted([(32, PRESENT), (24, PAST), (17, WAS), (16, FUTURE), (11, SOON)])
    if clauses > 1 and dice.chance(0.14) and not start.fr:
        c = dice.id()
        start = _subordinate(dice, context, tense) + Phrase((Word(",", c),), (Word(",", c),))
        clauses -= 1
    made = start + statement(dice, context, tense, 12)
    for i in range(clauses - 1):
        if i == clauses - 2 and dice.chance(0.12):
            fr, en, comma = dice.pick(ENDS)
            link = pair(dice, fr, en)
            if comma:
                c = dice.id()
                link = Phrase((Word(",", c),), (Word(",", c),)) + link
            made = made + link + (question(dice, 12, context) if dice.chance(0.65) else order(dice, 12))
            break
        if dice.chance(0.3):
            made = made + _subordinate(dice, context, tense)
            continue
        if dice.chance(0.12) and context.last is not None:
            same = _same_subject(dice, context, tense)
            if same is not None:
                made = made + same
                continue
        fr, en, comma = dice.weighted(COORDINATED)
        link = pair(dice, fr, en)
        if comma:
            c = dice.id()
            link = Phrase((Word(",", c),), (Word(",", c),)) + link
        if dice.chance(0.15) and tense != SOON:
            tense = dice.weighted([(4, PRESENT), (3, PAST), (1, WAS), (2, FUTURE)])
        made = made + link + statement(dice, context, tense, 12)
    return made


OPENINGS = (
    ("oui", "yes"),
    ("non", "no"),
    ("d'abord", "first"),
    ("enfin", "finally"),
    ("bien sûr", "of course"),
)


def _opening(dice: Dice) -> Phrase:
    """Return "oui," and the like, now and then."""
    if not dice.chance(0.025):
        return EMPTY
    k, c = dice.id(), dice.id()
    fr, en = dice.pick(OPENINGS)
    words = Phrase(
        tuple(Word(w, k, "tonic") for w in fr.replace("'", "' ").split()),
        tuple(Word(w, k) for w in en.split()),
    )
    return words + Phrase((Word(",", c),), (Word(",", c),))


def _subordinate(dice: Dice, context: Context, tense: str) -> Phrase:
    fr, en = dice.weighted(BEFORE)
    link = pair(dice, fr, en)
    inside = {PAST: dice.pick((PAST, WAS)), WAS: WAS, SOON: PRESENT}.get(tense, tense)
    if fr in ("quand", "si", "pendant que") and tense in (FUTURE, SOON):
        inside = PRESENT if fr == "si" else "when"
    if fr == "si" and tense in (PAST, WAS):
        link, inside = pair(dice, "parce que", "because"), tense
    clause = _when_future(dice, context) if inside == "when" else statement(dice, context, inside, 10)
    return link + clause


def _when_future(dice: Dice, context: Context) -> Phrase:
    """After "quand" French has its future where English has its present."""
    who = subject(dice, context, 0.6)
    if who.kind not in LIVING:
        who = name(dice)
    verb = dice.pick(verbs_of(who))
    p = predicate(dice, replace_owner(context, who), who, verb)
    future = told(dice, who, p, FUTURE)
    ids = {word.text: word for word in future.en}
    will = ids["will"]
    from fragment.clauses import _agree

    person, number = _agree(who)
    english = []
    skip = False
    for i, word in enumerate(future.en):
        if skip:
            skip = False
            continue
        if word is will:
            base = future.en[i + 1]
            form = en_verb(base.text, "p", 3 if (person, number) == (3, "s") else 1, number)
            english.append(Word(form, base.ids))
            skip = True
        else:
            english.append(word)
    if who.person == 3:
        context.subjects.append(who)
    return Phrase(future.fr, tuple(english))


def _same_subject(dice: Dice, context: Context, tense: str) -> Phrase | None:
    """Return "et mange une pomme": a second verb of the same subject."""
    who = context.last
    if who is None or who.kind not in LIVING or tense == SOON:
        return None
    fits = [verb for verb in verbs_of(who)]
    p = predicate(dice, replace_owner(context, who), who, dice.pick(fits))
    link = pair(dice, *dice.pick((("et", "and"), ("puis", "then"), ("mais", "but"))))
    return link + told(dice, who, p, tense, subject=EMPTY)
