"""Clauses: a subject, a verb in its tense, what belongs to it, places and times; asked, told or denied."""

from __future__ import annotations

from dataclasses import dataclass, field

from fragment.phrases import (
    MASS,
    NUMBERS,
    OBJECTIVE,
    Context,
    Entity,
    both,
    name,
    noun_phrase,
    pair,
)
from fragment.text import EMPTY, Phrase, Word
from fragment.words import (
    FUTURE,
    KINDS,
    NOUNS,
    PAST,
    PRESENT,
    SOON,
    VERBS,
    WAS,
    Dice,
    Verb,
    en_verb,
    fr_verb,
    participle,
)

_TENSE = {PRESENT: "p", WAS: "i", FUTURE: "f"}
NEVER = {"jamais": ("never",), "plus": ("no", "longer")}
Words = tuple[Word, ...]


@dataclass
class Predicate:
    """A verb with what belongs to it."""

    fr: str  # infinitive
    en: str
    particle: tuple[str, ...] = ()
    aux: str = "avoir"
    reflexive: bool = False
    stative: bool = False
    modal: tuple[str, str] | None = None  # a verb before it: pouvoir, can
    clitics: tuple[tuple[Word, Word | None], ...] = ()  # French, English
    agrees: Entity | None = None  # the object before it, with which its participle agrees
    nothing: bool = False  # ne … rien
    adverb: Phrase = EMPTY  # right after the French verb: souvent, bien
    complement: Phrase = EMPTY  # object and recipient
    others: list[Entity] = field(default_factory=list)  # mentioned in it
    rest: Phrase = EMPTY  # places and times
    moves: bool = False


def _agree(who: Entity) -> tuple[int, str]:
    """Person and number of the English verb."""
    return {"i": (1, "s"), "he": (3, "s"), "she": (3, "s"), "it": (3, "s")}.get(who.english, (3, "p"))


def _english(p: Predicate, who: Entity, tense: str, negation: str, question: bool, k, a, n):
    """Return the English verb in two parts: what a question puts before its subject, and the rest."""
    person, number = _agree(who)
    if who.english == "you":
        person, number = 2, "s"
    no = (Word("not", n),) if negation == "pas" else ()
    ever = tuple(Word(w, n) for w in NEVER.get(negation, ()))

    def w(text: str, ids=k) -> Words:
        return tuple(Word(one, ids) for one in text.split())

    tail = tuple(Word(x, k) for x in p.particle)
    base = en_verb(p.en, "b")
    if p.modal:
        modal = p.modal[1]
        base_words = w(base) + tail
        if tense == PRESENT and modal in ("can", "must"):
            first = w("cannot", a | n) if modal == "can" and no and not question else w(modal, a) + no
            if question and no:
                first, no_after = w(modal, a), no
                return first, no_after + ever + base_words
            return first, ever + base_words
        if tense == PAST and modal == "can":
            verb = en_verb("be", "ps", person, number)
            return w(verb, a) + (() if question else no), (no if question else ()) + ever + w(
                "able to", a
            ) + base_words
        if tense == WAS and modal == "can":
            return w("could", a) + (() if question else no), (no if question else ()) + ever + base_words
        verb, to = {
            "can": ("be", "able to"),
            "must": ("have", "to"),
            "want": ("want", "to"),
            "like": ("like", "to"),
        }[modal]
        whole = Predicate("", verb, tuple(to.split()), stative=True)
        first, rest = _english(whole, who, tense, negation, question, a, a, n)
        return first, rest + base_words
    if tense == FUTURE:
        first, rest = w("will"), ever + w(base) + tail
    elif tense == SOON:
        first, rest = w(en_verb("be", "p", person, number), a), ever + w("going to", a) + w(base) + tail
    elif p.en == "be":
        first, rest = w(en_verb("be", "ps" if tense in (PAST, WAS) else "p", person, number)), ever + tail
    elif tense == WAS and not p.stative:
        first, rest = w(en_verb("be", "ps", person, number)), ever + w(en_verb(p.en, "pr")) + tail
    else:
        past = tense in (PAST, WAS)
        if question or no:
            do = "did" if past else en_verb("do", "p", person, number)
            first, rest = w(do), ever + w(base) + tail
        else:
            form = en_verb(p.en, "ps" if past else "p", 3 if number == "s" and person == 3 else 1, number)
            return (), ever + w(form) + tail
    if question:
        return first, no + rest
    return first + no, rest


def _french(
    p: Predicate, who: Entity, tense: str, negation: str, k, a, n, inverted: bool = False
) -> tuple[Words, Words]:
    """Return the French verb up to what may follow an inverted subject, and the rest of it."""
    person, number = who.agreement
    ne = (Word("ne", n),) if negation or p.nothing else ()
    second = (Word(negation, n),) if negation else ()
    if p.nothing:
        second = (Word("rien", p_id := p.complement.en[0].ids),) if p.complement.en else ()
        ne = (Word("ne", p_id),)
    refl: Words = ()
    if p.reflexive:
        refl = (
            Word(
                {(1, "s"): "me", (2, "s"): "te", (1, "p"): "nous", (2, "p"): "vous"}.get(
                    (person, number), "se"
                ),
                k,
            ),
        )
    clitics = refl + tuple(fr for fr, _ in p.clitics)
    adverb = p.adverb.fr
    several = who.several or who.number
    if p.modal and tense == PAST:  # j'ai dû attendre
        finite = Word(fr_verb("avoir", "p", person, number), a)
        modal = (Word(participle(p.modal[0], "m", "s"), a),)
        return ne + (finite,), second + adverb + modal + clitics + (Word(p.fr, k),)
    if p.modal:
        finite = Word(fr_verb(p.modal[0], _TENSE[tense], person, number), a)
        return ne + (finite,), second + adverb + clitics + (Word(p.fr, k),)
    if tense == SOON:
        finite = Word(fr_verb("aller", "p", person, number), a)
        return ne + (finite,), second + adverb + clitics + (Word(p.fr, k),)
    if tense == PAST:
        finite = Word(fr_verb(p.aux, "p", person, number), k)
        g, how_many = "m", "s"
        if p.aux == "être":
            g, how_many = who.g, several
        elif p.agrees is not None:
            g, how_many = p.agrees.g, p.agrees.several or p.agrees.number
        return ne + clitics + (finite,), second + adverb + (Word(participle(p.fr, g, how_many), k),)
    finite = Word(fr_verb(p.fr, _TENSE[tense], person, number), k)
    return ne + clitics + (finite,), second + adverb


def told(
    dice: Dice, who: Entity, p: Predicate, tense: str, negation: str = "", subject: Phrase | None = None
) -> Phrase:
    """Return a statement; with `subject` in place of the entity's own phrase (empty after "et")."""
    k, a, n = dice.id(), dice.id(), dice.id()
    first_fr, rest_fr = _french(p, who, tense, negation, k, a, n)
    first_en, rest_en = _english(p, who, tense, negation, False, k, a, n)
    subject = who.phrase if subject is None else subject
    objects = tuple(en for _, en in p.clitics if en is not None)
    before = p.adverb.en if p.adverb.en and p.adverb.en[0].text in FREQUENT else ()
    after = p.adverb.en if not before else ()
    be = (
        not p.modal
        and p.en == "be"
        and not rest_en
        or tense in (FUTURE, SOON, WAS)
        and bool(first_en)
        or p.modal
    )
    if before and first_en and be:
        verb_en = first_en + before + rest_en
    elif before:
        verb_en = first_en + before + rest_en
    else:
        verb_en = first_en + rest_en
    return Phrase(
        subject.fr + first_fr + rest_fr + p.complement.fr + p.rest.fr,
        subject.en + verb_en + objects + p.complement.en + after + p.rest.en,
    )


FREQUENT = {"often", "always", "sometimes", "also", "still"}


def asked(
    dice: Dice, who: Entity, p: Predicate, tense: str, negation: str = "", style: str = "", wh: Phrase = EMPTY
) -> Phrase:
    """Return a question: with est-ce que, by inversion (a pronoun asks), or by its mark alone ("")."""
    k, a, n = dice.id(), dice.id(), dice.id()
    first_fr, rest_fr = _french(p, who, tense, negation, k, a, n)
    first_en, rest_en = _english(p, who, tense, negation, True, k, a, n)
    objects = tuple(en for _, en in p.clitics if en is not None)
    before = p.adverb.en if p.adverb.en and p.adverb.en[0].text in FREQUENT else ()
    after = p.adverb.en if not before else ()
    q = dice.id()
    if style == "est-ce que":
        head = wh.fr + (Word("est", q), Word("-ce", q), Word("que", q))
        fr = head + who.phrase.fr + first_fr + rest_fr
    elif style == "inversion":
        pronoun = who.phrase.fr[0]
        before_verb: Words = ()
        if not who.pronoun:  # anna chante-t-elle
            before_verb = who.phrase.fr
            text = ("il" if who.g == "m" else "elle") + "s" * (who.number == "p")
            pronoun = Word(text, who.phrase.fr[-1].ids)
        spelt = f"-{pronoun.text}"
        if pronoun.text in ("il", "elle", "on") and first_fr[-1].text[-1] not in "dt":
            spelt = f"-t{spelt}"
        fr = wh.fr + before_verb + first_fr + (Word(spelt, pronoun.ids),) + rest_fr
    else:
        fr = who.phrase.fr + first_fr + rest_fr
    mark = dice.id()
    marks = (Word("?", mark),)
    tail_fr = wh.fr if style == "" else ()
    return Phrase(
        fr + p.complement.fr + p.rest.fr + tail_fr + marks,
        wh.en
        + first_en
        + who.phrase.en
        + before
        + rest_en
        + objects
        + p.complement.en
        + after
        + p.rest.en
        + marks,
    )


def ordered(dice: Dice, p: Predicate, who: Entity, negation: str = "") -> Phrase:
    """Return an imperative to tu, nous or vous."""
    person, number = who.agreement
    k, n = dice.id(), dice.id()
    form = Word(fr_verb(p.fr, "ip", person, number), k)
    hyphen = {"me": "-moi", "te": "-toi"}
    refl = {(2, "s"): "te", (1, "p"): "nous", (2, "p"): "vous"}[person, number] if p.reflexive else ""
    clitics = [*((Word(refl, k), None),) * bool(refl), *p.clitics]
    if negation:
        fr = (Word("ne", n), *(c for c, _ in clitics), form, Word(negation, n))
    else:
        fr = (form, *(Word(hyphen.get(c.text, f"-{c.text}"), c.ids, "tonic") for c, _ in clitics))
        if form.text.endswith(("e", "va")) and clitics and clitics[0][0].text in ("y", "en"):
            fr = (Word(form.text + "s", k), *fr[1:])
    verb = (Word(p.en, k), *(Word(x, k) for x in p.particle))
    ever = tuple(Word(x, n) for x in NEVER.get(negation, ()))
    no_more = negation == "plus"
    ever = () if no_more else ever
    lets = (Word("let's", k),) if (person, number) == (1, "p") else ()
    if negation in ("pas", "plus"):
        en = (*lets, *(() if lets else (Word("do", n),)), Word("not", n), *verb)
    else:
        en = (*lets, *ever, *verb)
    en += tuple(e for _, e in p.clitics if e is not None)
    last = (Word("anymore", n),) if no_more else ()
    return Phrase(fr + p.complement.fr + p.rest.fr, en + p.complement.en + p.adverb.en + p.rest.en + last)


def infinitive(dice: Dice, p: Predicate, who: Entity, fr: str, en: str, form: str = "b") -> Phrase:
    """Return "pour manger" ~ "to eat", "avant de manger" ~ "before eating"."""
    k = dice.id()
    link = pair(dice, fr, en)
    person, number = who.agreement
    refl = {(1, "s"): "me", (2, "s"): "te", (1, "p"): "nous", (2, "p"): "vous"}.get((person, number), "se")
    words = ((Word(refl, k),) if p.reflexive else ()) + tuple(c for c, _ in p.clitics) + (Word(p.fr, k),)
    verb = (Word(en_verb(p.en, form), k), *(Word(x, k) for x in p.particle))
    verb += tuple(e for _, e in p.clitics if e is not None)
    return Phrase(link.fr + words + p.complement.fr, link.en + verb + p.complement.en)


# What belongs to a verb.

KIND_LETTER = {"human": "h", "job": "h", "animal": "a"}
MOTION = {"aller", "venir", "entrer", "rentrer", "courir", "marcher", "nager"}
_HUMAN_OBJECT = {
    "aider",
    "rencontrer",
    "attendre",
    "suivre",
    "voir",
    "chercher",
    "regarder",
    "écouter",
    "aimer",
    "comprendre",
}


def verbs_of(who: Entity) -> list[Verb]:
    """Return the verbs that an entity can be the subject of."""
    letter = "h" if who.pronoun in ("je", "tu", "on", "nous", "vous") else KIND_LETTER.get(who.kind, "")
    return [verb for verb in VERBS.values() if letter and letter in verb.subjects]


def an_object(dice: Dice, context: Context, verb: Verb, negation: str) -> Entity:
    """Return a noun phrase that a verb can have for its object."""
    kinds = [kind for kind in verb.objects if kind != "-"]
    kind = dice.pick(kinds)
    if kind == "human" and dice.chance(0.45):
        if dice.chance(0.7):
            return name(dice)
        return noun_phrase(dice, context, dice.pick(KINDS["job"]), "le", "s", 1)
    noun = dice.pick(KINDS[kind])
    style = None
    if kind in MASS or noun.kind in MASS:
        style = dice.pick(("un", "un", "le", "own"))
    if verb.fr == "aimer":  # with "le" it is in general: see `likes`
        style = dice.pick(("own", "own", "ce"))
    elif negation in ("pas", "plus", "jamais") and (style == "un" or style is None and dice.chance(0.2)):
        style = "de"
    found = noun_phrase(dice, context, noun, style)
    if dice.chance(0.06) and found.phrase.fr[0].text not in ("de", "beaucoup"):
        other = noun_phrase(
            dice, context, dice.pick(KINDS[kind]), style if style in ("le", "un", "own") else None
        )
        found = both(dice, found, other, *dice.weighted([(3, ("et", "and")), (1, ("ou", "or"))]))
    return found


def _clitic_object(dice: Dice, context: Context, verb: Verb) -> tuple[Word, Word, Entity] | None:
    """Return an object pronoun, its English, and whom it means."""
    if verb.fr in _HUMAN_OBJECT and dice.chance(0.5):
        fr, en, g, number = dice.pick(
            (("me", "me", "", "s"), ("te", "you", "", "s"), ("nous", "us", "", "p"), ("vous", "you", "", "p"))
        )
        k = dice.id()
        return Word(fr, k), Word(en, k), Entity(EMPTY, 1, number, g or dice.pick("mf"), "human", fr)
    fr, g, number = dice.pick((("le", "m", "s"), ("la", "f", "s"), ("les", dice.pick("mf"), "p")))
    known = context.find(g, number) if number == "s" else None
    people = known is not None and known.kind in ("human", "job") and "human" in verb.objects
    if known is None and verb.fr in _HUMAN_OBJECT - {"attendre", "chercher", "regarder", "écouter", "aimer"}:
        people = True
    en = "them" if number == "p" else ({"m": "him", "f": "her"}[g] if people else "it")
    k = dice.id()
    return Word(fr, k), Word(en, k), Entity(EMPTY, 3, number, g, "human" if people else "thing")


def _taken(p: Predicate, who: Entity) -> bool:
    """Whether an object pronoun is the subject's own: "je me vois" is another verb."""
    same = {1: {"me", "nous"}, 2: {"te", "vous"}}.get(who.person, set())
    return any(fr.text in same for fr, _ in p.clitics)


def predicate(
    dice: Dice, context: Context, who: Entity, verb: Verb, negation: str = "", order: bool = False
) -> Predicate:
    """Return a verb with an object, a pronoun, a recipient, a place … as it can have them."""
    p = Predicate(
        verb.fr, verb.head, verb.particle,
        "être" if "E" in verb.flags else "avoir", "R" in verb.flags, "S" in verb.flags
    )  # fmt: skip
    p.moves = verb.fr in MOTION
    transitive = [kind for kind in verb.objects if kind != "-"]
    bare = "-" in verb.objects
    what = dice.weighted(
        [
            (0 if not transitive else 5, "object"),
            (0 if not transitive or verb.fr == "mettre" else 1.6, "clitic"),
            (4 if bare else 0, "bare"),
        ]
    )
    if what == "object":
        found = an_object(dice, context, verb, negation)
        p.complement = found.phrase
        p.others.append(found)
    elif what == "clitic":
        fr, en, meant = _clitic_object(dice, context, verb)
        p.clitics = ((fr, en),)
        p.agrees = meant
        if _taken(p, who):
            p.clitics, p.agrees = (), None
            found = an_object(dice, context, verb, negation)
            p.complement = found.phrase
            p.others.append(found)
    if "G" in verb.flags and what == "object" and dice.chance(0.5):
        _recipient(dice, context, p, who)
    if "M" in verb.flags and dice.chance(0.9):
        if dice.chance(0.15):
            k = dice.id()
            p.clitics = ((Word("y", k), Word("there", k)),)
        else:
            p.complement = goal(dice, context)
    if verb.fr == "habiter":
        p.complement = place(dice, context)
    if verb.fr == "entrer":
        p.particle = ("in",)
        if dice.chance(0.7):
            p.particle = ()
            p.complement = (
                pair(dice, "dans", "into") + noun_phrase(dice, context, dice.pick(KINDS["place"])).phrase
            )
    if verb.fr == "parler" and dice.chance(0.6):
        person = somebody(dice, context)
        p.complement = pair(dice, *dice.pick((("à", "to"), ("avec", "with")))) + person.phrase
        p.others.append(person)
    if verb.fr in ("jouer", "partir", "danser", "travailler", "venir", "habiter") and dice.chance(0.25):
        p.complement = pair(dice, "avec", "with") + (tonic(dice, who) or somebody(dice, context).phrase)
    if (
        what == "object"
        and not negation
        and {"food", "mass", "drink"} & set(verb.objects)
        and dice.chance(0.08)
    ):
        k = dice.id()
        p.complement, p.others = EMPTY, []
        p.clitics, p.agrees = ((Word("en", k), Word("some", k)),), None
        if dice.chance(0.4):
            n, (fr, en) = dice.id(), dice.pick(tuple(NUMBERS.items()))
            p.clitics = ((Word("en", k), None),)
            p.complement = Phrase((Word(fr, n),), (Word(en, n),))
    return p


TONIC = (
    ("moi", "me"),
    ("toi", "you"),
    ("lui", "him"),
    ("elle", "her"),
    ("nous", "us"),
    ("vous", "you"),
    ("eux", "them"),
)


def tonic(dice: Dice, who: Entity | None) -> Phrase | None:
    """Return "moi", "toi" … now and then, but not the subject itself."""
    fr, en = dice.pick(TONIC)
    if dice.chance(0.6) or who is None or OBJECTIVE[who.english] == en:
        return None
    k = dice.id()
    return Phrase((Word(fr, k, "tonic"),), (Word(en, k),))


def _recipient(dice: Dice, context: Context, p: Predicate, who: Entity) -> None:
    if dice.chance(0.5):
        fr, en = dice.pick(
            (("me", "me"), ("te", "you"), ("lui", "him"), ("nous", "us"), ("vous", "you"), ("leur", "them"))
        )
        if fr in {1: {"me", "nous"}, 2: {"te", "vous"}}.get(who.person, set()):
            return
        if fr == "lui":
            known = context.find("f", "s") if context.find("m", "s") is None else None
            en = "her" if known is not None and known.kind in ("human", "job") else "him"
        k = dice.id()
        p.clitics = ((Word(fr, k), Word(en, k)),)
    else:
        person = somebody(dice, context)
        p.complement = p.complement + pair(dice, "à", "to") + person.phrase
        p.others.append(person)


def somebody(dice: Dice, context: Context) -> Entity:
    """Return a person: a name or a noun phrase."""
    if dice.chance(0.4):
        return name(dice)
    kind = dice.weighted([(4, "human"), (1, "job")])
    style = "le" if kind == "job" else dice.weighted([(3, "le"), (4, "own"), (1, "un")])
    return noun_phrase(dice, context, dice.pick(KINDS[kind]), style, None, 1)


def goal(dice: Dice, context: Context) -> Phrase:
    """Return where somebody goes."""
    kind = dice.weighted([(4, "à"), (2, "special"), (1, "chez"), (1, "dans")])
    if kind == "special":
        fr, en = dice.pick(
            (("à la maison", "home"), ("à l' école", "to school"), ("à la plage", "to the beach"))
        )
        return _fixed(dice, fr, en)
    if kind == "chez":
        return _at_somebodys(dice, context, "to")
    noun = dice.pick(
        [n for n in KINDS["place"] if n.fr not in ("maison", "école", "plage", "marché", "gare")]
    )
    if kind == "dans":
        return pair(dice, "dans", "into") + noun_phrase(dice, context, noun).phrase
    return pair(dice, "à", "to") + noun_phrase(dice, context, noun, "le", "s", 1).phrase


def _fixed(dice: Dice, fr: str, en: str) -> Phrase:
    """A fixed phrase; "l'" and the like stand as they are written."""
    k = dice.id()
    return Phrase(tuple(Word(w, k, "tonic") for w in fr.split()), tuple(Word(w, k) for w in en.split()))


def _at_somebodys(dice: Dice, context: Context, preposition: str) -> Phrase:
    person = somebody(dice, context)
    k = dice.id()
    *first, last = person.phrase.en
    suffix = "'" if last.text.endswith("s") else "'s"
    if suffix == "'":
        return pair(dice, "avec", "with") + person.phrase
    en = (Word(preposition, k), *first, Word(last.text + suffix, last.ids | k))
    return Phrase((Word("chez", k), *person.phrase.fr), en)


INSIDE = [noun for noun in KINDS["place"] if noun.fr not in ("marché", "gare")]
INSIDE += [NOUNS[fr] for fr in ("sac", "panier", "boîte", "herbe", "train", "bus", "lit")]


def place(dice: Dice, context: Context, moving: bool = False) -> Phrase:
    """Return where something is or happens; `moving`: not "à", which would be the goal."""
    at = 0 if moving else 1.5
    kind = dice.weighted([(5, "dans"), (3, "on"), (2, "near"), (1.5, "special"), (1, "chez"), (at, "à")])
    if moving and kind == "special":
        kind = "dans"
    if kind == "special":
        return _fixed(
            dice,
            *dice.pick(
                (
                    ("à la maison", "at home"),
                    ("à l' école", "at school"),
                    ("ici", "here"),
                    ("dehors", "outside"),
                    ("là", "there"),
                )
            ),
        )
    if kind == "chez":
        return _at_somebodys(dice, context, "at")
    if kind == "à":
        noun = NOUNS[dice.pick(("gare", "ferme", "plage", "marché", "parc", "église"))]
        return pair(dice, "à", "at") + noun_phrase(dice, context, noun, "le", "s", 1).phrase
    if kind == "dans":
        noun = dice.pick(INSIDE)
        fr, en = ("sur", "on") if noun.fr == "plage" else ("dans", "in")
        return pair(dice, fr, en) + noun_phrase(dice, context, noun).phrase
    if kind == "on":
        noun = dice.pick(
            [*KINDS["furniture"], NOUNS["toit"], NOUNS["pont"], NOUNS["mur"], NOUNS["boîte"], NOUNS["bateau"]]
        )
        fr, en = dice.weighted([(4, ("sur", "on")), (3, ("sous", "under"))])
        return pair(dice, fr, en) + noun_phrase(dice, context, noun).phrase
    fr, en = dice.pick(
        (("devant", "in front of"), ("derrière", "behind"), ("près de", "near"), ("à côté de", "next to"))
    )
    noun = dice.pick(
        [*KINDS["place"], *KINDS["landmark"], *KINDS["door"], *KINDS["furniture"], *KINDS["vehicle"]]
    )
    return (
        pair(dice, fr, en)
        + noun_phrase(dice, context, noun, dice.pick(("le", "le", "own", "ce", "un"))).phrase
    )


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
    WAS: (("hier", "yesterday"), ("hier soir", "last night"),
    ("ce matin", "this morning"), ("avant", "before")),
    FUTURE: (
        ("demain", "tomorrow"), ("demain matin", "tomorrow morning"), ("ce soir", "tonight"),
        ("demain soir", "tomorrow evening"), ("bientôt", "soon"),
        ("aujourd'hui", "today"), ("cet après-midi", "this afternoon"), ("tard", "late"),
    ),
    SOON: (("demain", "tomorrow"), ("ce soir", "tonight"), ("maintenant", "now"), ("bientôt", "soon")),
}  # fmt: skip


def time(dice: Dice, tense: str, span: bool = False) -> Phrase:
    """Return when; with `span`, it may be for how long."""
    if dice.chance(0.18):
        return pair(dice, "à", "at") + clock(dice)
    if span and tense in (PAST, FUTURE, WAS) and dice.chance(0.15):
        k, (fr, en) = dice.id(), dice.pick(tuple(NUMBERS.items()))
        n = dice.id()
        what, hours = dice.pick((("heures", "hours"), ("jours", "days")))
        return pair(dice, "pendant", "for") + Phrase(
            (Word(fr, n), Word(what, k)), (Word(en, n), Word(hours, k))
        )
    return _fixed(dice, *dice.pick(TIMES[tense]))


def clock(dice: Dice) -> Phrase:
    """Return a time of the day."""
    if dice.chance(0.3):
        return pair(dice, *dice.pick((("midi", "noon"), ("minuit", "midnight"))))
    fr, en = dice.pick((*NUMBERS.items(), ("une", "one")))
    if fr == "douze":
        fr, en = "dix", "ten"
    k, n = dice.id(), dice.id()
    hours = Word("heure" if fr == "une" else "heures", k)
    if dice.chance(0.15):
        h = dice.id()
        return Phrase(
            (Word(fr, n), hours, Word("et", h), Word("demie", h)),
            (Word("half", h), Word("past", h), Word(en, n)),
        )
    return Phrase((Word(fr, n), hours), (Word(en, n), Word("o'clock", k)))


ADVERBS = (
    ("souvent", "often"),
    ("toujours", "always"),
    ("parfois", "sometimes"),
    ("encore", "still"),
    ("aussi", "also"),
)
MANNERS = (
    ("bien", "well"),
    ("beaucoup", "a lot"),
    ("vite", "fast"),
    ("lentement", "slowly"),
    ("longtemps", "for a long time"),
)
_MANNERS_OF = {
    "bien": "dormir chanter danser nager travailler jouer manger écrire dessiner parler",
    "beaucoup": "dormir travailler lire manger boire jouer rire pleurer parler marcher",
    "vite": "courir marcher nager manger travailler parler",
    "lentement": "marcher manger parler nager lire",
    "longtemps": "dormir attendre travailler jouer marcher nager",
}


BY = (
    ("à vélo", "by bicycle"),
    ("en voiture", "by car"),
    ("en train", "by train"),
    ("en bus", "by bus"),
    ("à pied", "on foot"),
)
COMPARED = (("vite", "fast", "faster"), ("lentement", "slowly", "more slowly"), ("bien", "well", "better"))


def _compared(dice: Dice, context: Context, fr: str, en: str, more: str) -> Phrase:
    """Return "plus vite que julie" ~ "faster than julie"."""
    k, c, than = dice.id(), dice.id(), dice.id()
    how = dice.pick(("plus", "moins", "aussi"))
    than_fr = Word("que", than)
    other = tonic(dice, context.owner) or somebody(dice, context).phrase
    if how == "plus":
        words = tuple(Word(w, k | c) for w in more.split())
        adverb = (Word("mieux", k | c),) if fr == "bien" else (Word("plus", c), Word(fr, k))
        return Phrase((*adverb, than_fr), (*words, Word("than", than))) + other
    word = {"moins": "less", "aussi": "as"}[how]
    after = Word("as" if how == "aussi" else "than", than)
    return Phrase((Word(how, c), Word(fr, k), than_fr), (Word(word, c), Word(en, k), after)) + other


def decorate(dice: Dice, context: Context, p: Predicate, tense: str, negation: str, room: int) -> Phrase:
    """Add adverbs, a place and a time to a predicate; return what stands in front, with its comma."""
    front = EMPTY
    simple = not p.complement.fr and not p.clitics
    quick = [m for m in COMPARED if p.fr in _MANNERS_OF[m[0]].split()]
    if simple and quick and dice.chance(0.1):
        p.rest = p.rest + _compared(dice, context, *dice.pick(quick))
    elif p.fr in ("aller", "venir", "partir", "rentrer", "arriver") and dice.chance(0.1):
        p.rest = p.rest + pair(dice, *dice.pick(BY))
    elif simple and dice.chance(0.2):
        fits = [m for m in MANNERS if p.fr in _MANNERS_OF[m[0]].split()]
        if fits and not (negation and tense == PAST):
            fr, en = dice.pick(fits)
            p.rest = p.rest + pair(dice, fr, en)
    elif dice.chance(0.1) and not negation and tense in (PRESENT, WAS):
        fr, en = dice.pick(ADVERBS)
        p.adverb = pair(dice, fr, en)
    if room > 6 and (
        p.fr in _PLACED or p.fr in ("manger", "lire", "boire", "écouter", "attendre", "rencontrer", "voir")
    ):
        if dice.chance(0.4):
            p.rest = p.rest + place(dice, context, p.moves)
    if dice.chance(0.05):
        fr, en = dice.pick((("avec", "with"), ("sans", "without"), ("pour", "for"), ("comme", "like")))
        p.rest = p.rest + pair(dice, fr, en) + (tonic(dice, context.owner) or somebody(dice, context).phrase)
    if dice.chance(0.2):
        when = time(dice, tense, span=p.fr in _LASTING and not p.complement.fr)
        if dice.chance(0.45) and when.fr[0].text not in ("tard", "tôt"):
            comma = Phrase((Word(",", c := dice.id()),), (Word(",", c),)) if dice.chance(0.6) else EMPTY
            front = when + comma
        else:
            p.rest = p.rest + when
    return front


_LASTING = {
    "dormir",
    "jouer",
    "marcher",
    "danser",
    "travailler",
    "nager",
    "attendre",
    "rester",
    "lire",
    "parler",
    "pleurer",
}
_PLACED = {verb.fr for verb in VERBS.values() if "P" in verb.flags and verb.fr != "habiter"}
