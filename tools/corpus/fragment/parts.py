"""What belongs to a verb: objects, pronouns, recipients, people and places."""

from __future__ import annotations

from collections.abc import Sequence

from fragment.nouns import PARTED, STYLES, noun_phrase
from fragment.phrases import MASS, NUMBERS, OBJECTIVE, Context, Entity, both, name, pair, subject_pronoun
from fragment.text import EMPTY, Phrase, Word, starts_with_vowel
from fragment.verbs import Predicate, told
from fragment.words import KINDS, NOUNS, PRESENT, VERBS, Dice, Noun, Verb

_SUBJECTS = {"human": "h", "job": "h", "animal": "a"}
# Whose object pronoun means somebody, if nothing was mentioned that it could mean.
_OF_PEOPLE = {"attendre", "aider", "rencontrer", "suivre", "voir", "comprendre"}
_PERSONAL = _OF_PEOPLE | {"chercher", "regarder", "écouter", "aimer"}  # may have "me", "te" …
_WITH_SOMEBODY = {"jouer", "partir", "danser", "travailler", "venir", "habiter"}
_OWN = {1: ("me", "nous"), 2: ("te", "vous")}  # "je me vois" is another verb
TONIC = (
    ("moi", "me"), ("toi", "you"), ("lui", "him"), ("elle", "her"), ("nous", "us"), ("vous", "you"),
    ("eux", "them"),
)  # fmt: skip


def verbs_of(who: Entity) -> list[Verb]:
    """Return the verbs that an entity can be the subject of."""
    letter = "h" if who.pronoun in ("je", "tu", "on", "nous", "vous") else _SUBJECTS[who.kind]
    return [verb for verb in VERBS.values() if letter in verb.subjects]


def noun_of(dice: Dice, kinds: Sequence[str], but: Sequence[str] = ()) -> Noun:
    """Return a noun of one of these kinds, but not of those that are named."""
    return dice.pick([noun for kind in kinds for noun in KINDS[kind] if noun.fr not in but])


def somebody(dice: Dice, context: Context) -> Entity:
    """Return a person: a name or a noun phrase."""
    if dice.chance(0.4):
        return name(dice)
    kind = dice.weighted([(4, "human"), (1, "job")])
    style = "le" if kind == "job" else dice.weighted([(3, "le"), (4, "own"), (1, "un")])
    return noun_phrase(dice, context, dice.pick(KINDS[kind]), style, None, 1)


def somebody_or_me(dice: Dice, context: Context) -> Phrase:
    """Return a person, as after a preposition: a name, a noun phrase, or "moi", "toi" … (not the subject)."""
    fr, en = dice.pick([tonic for tonic in TONIC if context.fits(tonic[0])])
    owner = context.owner
    if dice.chance(0.6) or owner is None or OBJECTIVE[owner.english] == en:
        return somebody(dice, context).phrase
    k = dice.id()
    return Phrase((Word(fr, k, "tonic"),), (Word(en, k),))


def numbered(dice: Dice) -> Phrase:
    """Return one of the numbers."""
    return pair(dice, *dice.pick(tuple(NUMBERS.items())))


def give_object(dice: Dice, context: Context, p: Predicate, verb: Verb, negation: str) -> None:
    """Give a predicate a noun phrase for its object."""
    kind = dice.pick([kind for kind in verb.objects if kind != "-"])
    if verb.fr in _THAT and dice.chance(0.1):
        give_that(dice, context, p, verb)
        return
    if verb.fr in _SOME_OF and dice.chance(0.12):  # mange du gâteau, pas de poisson
        some = NOUNS[dice.pick(PARTED)]
        p.complement = noun_phrase(dice, context, some, "de" if negation else "part", "s", 1).phrase
        return
    if kind == "human" and dice.chance(0.45):
        found = name(dice) if dice.chance(0.7) else noun_phrase(
            dice, context, dice.pick(KINDS["job"]), "le", "s", 1
        )  # fmt: skip
    else:
        noun = dice.pick(KINDS[kind])
        style = (
            dice.pick(("un", "un", "un", "le", "own", "many", "all"))
            if noun.kind in MASS
            else dice.weighted(STYLES)
        )
        if verb.fr == "aimer":  # with "le" it is in general: see `likes`
            style = dice.pick(("own", "own", "ce"))
        elif negation and style in ("un", "some", "each"):
            style = "de"
        found = noun_phrase(dice, context, noun, style)
        if not negation and dice.chance(0.09) and found.phrase.fr[0].text not in ("de", "beaucoup"):
            again = style if style in ("le", "un", "own", "ce") else "le"
            others = dice.pick(KINDS[kind]), dice.pick(KINDS[kind])
            if dice.chance(0.2) and others[0] != others[1]:  # of three
                other = noun_phrase(dice, context, others[0], again)
                found = both(dice, found, other, ",", ",")
            other = noun_phrase(dice, context, others[1], again)
            found = both(dice, found, other, *dice.weighted([(3, ("et", "and")), (1, ("ou", "or"))]))
    p.complement = found.phrase
    p.others.append(found)


_SOME_OF = ("manger", "acheter", "préparer", "vouloir")
_THAT = (
    "manger",
    "boire",
    "aimer",
    "vouloir",
    "prendre",
    "acheter",
    "voir",
    "comprendre",
    "faire",
    "écouter",
)
_WHICH = ("vouloir", "aimer", "préparer", "acheter", "chercher", "apporter", "faire", "dessiner", "voir")


def give_that(dice: Dice, context: Context, p: Predicate, verb: Verb) -> None:
    """Give a predicate "ça" ~ "that", or "ce que tu veux" ~ "what you want"."""
    if verb.fr == "faire":
        p.en = "do"
    if verb.fr in ("aimer", "comprendre", "vouloir") or dice.chance(0.4):
        p.complement = pair(dice, "ça", "that")
        return
    who = subject_pronoun(dice, context)
    wanted = VERBS[dice.pick(_WHICH)]
    if who.kind != "human" or wanted == verb:
        who = name(dice)
    inner = Predicate.of(wanted)
    inner.en = "do" if wanted.fr == "faire" else inner.en
    p.complement = pair(dice, "ce que", "what") + told(dice, who, inner, context.tense or PRESENT)


def give_pronoun(dice: Dice, context: Context, p: Predicate, verb: Verb) -> bool:
    """Give a predicate an object pronoun; return whether its subject can have it."""
    k = dice.id()
    if verb.fr in _PERSONAL and dice.chance(0.5):
        persons = (("me", "me", "s"), ("te", "you", "s"), ("nous", "us", "p"), ("vous", "you", "p"))
        fr, en, number = dice.pick([person for person in persons if context.fits(person[0])])
        meant = Entity(EMPTY, 1, number, dice.pick("mf"), "human", fr)
        if context.owner is not None and fr in _OWN.get(context.owner.person, ()):
            return False
    else:
        if verb.fr == "chanter":
            return False
        fr, g, number = dice.pick((("le", "m", "s"), ("la", "f", "s"), ("les", dice.pick("mf"), "p")))
        if number == "s" and starts_with_vowel(verb.fr):  # "l'" does not show whom it means
            fr, g = ("la", "f") if context.find("f", "s") and not context.find("m", "s") else ("le", "m")
        known = context.find(g, number)
        people = verb.fr in _OF_PEOPLE if known is None else known.kind in ("human", "job")
        meant = Entity(EMPTY, 3, number, g, "human" if people and "human" in verb.objects else "thing")
        en = OBJECTIVE[meant.english]
    p.clitics, p.agrees = ((Word(fr, k), Word(en, k)),), meant
    return True


def give_some(dice: Dice, p: Predicate) -> None:
    """Give a predicate "en" for its object, perhaps with a number: "j'en mange deux"."""
    k, counted = dice.id(), dice.chance(0.4)
    p.clitics, p.agrees, p.others = ((Word("en", k), None if counted else Word("some", k)),), None, []
    p.complement = numbered(dice) if counted else EMPTY


def hiding(dice: Dice, context: Context, p: Predicate) -> None:
    """Make "se cacher" of a predicate "cacher": hide something."""
    found = noun_phrase(dice, context, noun_of(dice, ["thing", "text", "clothes", "food", "bag"]))
    p.reflexive, p.aux, p.complement, p.others = False, "avoir", found.phrase, [found]


def washing(p: Predicate) -> None:
    """Make "laver" of a predicate "se laver"."""
    p.reflexive, p.aux, p.clitics, p.agrees, p.complement, p.others = True, "être", (), None, EMPTY, []


def putting(dice: Dice, context: Context, p: Predicate) -> None:
    """Make "mettre" of a predicate "put", and not "put on": with an object that is no clothes."""
    found = noun_phrase(dice, context, noun_of(dice, ["thing", "text", "bag", "dish", "food"]))
    p.en, p.particle, p.clitics, p.agrees = "put", (), (), None
    p.complement, p.others = found.phrase, [found]


def give_recipient(dice: Dice, context: Context, p: Predicate) -> None:
    """Give a predicate somebody to whom it is done: "à julie", "lui"."""
    if dice.chance(0.6):
        if found := recipient(dice, context):
            p.clitics = (found,)
    else:
        person = somebody(dice, context)
        p.complement = p.complement + pair(dice, "à", "to") + person.phrase
        p.others.append(person)


_GIVEN_TO = (
    ("me", "me"), ("te", "you"), ("lui", "him"), ("nous", "us"), ("vous", "you"), ("leur", "them"),
)  # fmt: skip


def recipient(dice: Dice, context: Context) -> tuple[Word, Word] | None:
    """Return "me" ~ "me", "lui" ~ "him" …; None if it would be the subject itself."""
    fr, en = dice.pick([given for given in _GIVEN_TO if context.fits(given[0])])
    if context.owner is not None and fr in _OWN.get(context.owner.person, ()):
        return None
    if fr == "lui" and context.find("m", "s") is None:
        known = context.find("f", "s")
        en = "her" if known is not None and known.kind in ("human", "job") else "him"
    k = dice.id()
    return Word(fr, k), Word(en, k)


def give_too(dice: Dice, context: Context, p: Predicate) -> None:
    """Give a predicate that has "le" a recipient's pronoun: "me le", "le lui" ~ "it to me", "it to him"."""
    found = None
    while found is None:
        found = recipient(dice, context)
    fr, en = found
    (it,) = p.clitics
    p.clitics = (it, (fr, None)) if fr.text in ("lui", "leur") else ((fr, None), it)
    p.complement = Phrase((), (Word("to", en.ids), en))


def there(dice: Dice, p: Predicate) -> None:
    """Give a predicate "y" ~ "there"."""
    k = dice.id()
    p.clitics = ((Word("y", k), Word("there", k)),)


def predicate(dice: Dice, context: Context, verb: Verb, negation: str = "") -> Predicate:
    """Return a verb with an object, a pronoun, a recipient, a place … as it can have them."""
    p = Predicate.of(verb)
    transitive = any(kind != "-" for kind in verb.objects)
    what = dice.weighted(
        [
            (5 if transitive else 0, "object"),
            (
                2.2 if transitive and verb.fr not in ("mettre", "faire") else 0,
                "pronoun",
            ),  # "puts it on" parts the verb
            (4 if "-" in verb.objects else 0, "nothing"),
        ]
    )
    if what == "nothing":
        p.particle = verb.alone
    if what == "pronoun":
        if not give_pronoun(dice, context, p, verb):
            what = "object"
        elif (
            "G" in verb.flags
            and p.clitics[0][0].text in ("le", "la", "les")
            and (verb.fr == "donner" or dice.chance(0.4))
        ):
            give_too(dice, context, p)
    if what == "object":
        if (
            verb.fr != "aimer"
            and not negation
            and {"food", "mass", "drink"} & set(verb.objects)
            and dice.chance(0.15)
        ):
            give_some(dice, p)
        else:
            give_object(dice, context, p, verb, negation)
            if "G" in verb.flags and (verb.fr in ("donner", "montrer") or dice.chance(0.6)):
                give_recipient(dice, context, p)
    if "M" in verb.flags and (verb.fr == "aller" or dice.chance(0.8)):
        if dice.chance(0.15):
            there(dice, p)
        else:
            p.complement = goal(dice, context)
    elif verb.fr == "mettre" and not negation and dice.chance(0.4):
        putting(dice, context, p)
        preposition = dice.pick((("sur", "on"), ("dans", "in"), ("sous", "under")))
        where = noun_of(dice, ["bag"]) if preposition[0] == "dans" else noun_of(dice, ["furniture"])
        p.complement += pair(dice, *preposition) + noun_phrase(dice, context, where).phrase
    elif verb.fr == "habiter":
        if dice.chance(0.2):
            there(dice, p)
        elif dice.chance(0.2):  # habite une petite maison
            home = noun_phrase(
                dice, context, NOUNS[dice.pick(("maison", "village", "ville"))], None, "s"
            ).phrase
            p.complement = Phrase(home.fr, (Word("in", home.fr[0].ids), *home.en))
        else:
            p.complement = place(dice, context)
    elif verb.fr == "cacher" and not negation and dice.chance(0.5):
        hiding(dice, context, p)
    elif verb.fr == "laver" and dice.chance(0.25):
        washing(p)
    elif verb.fr == "entrer" and dice.chance(0.7):
        p.particle = ()  # goes in; goes into the house
        p.complement = (
            pair(dice, "dans", "into") + noun_phrase(dice, context, noun_of(dice, ["place"])).phrase
        )
    elif verb.fr == "parler" and dice.chance(0.6):
        person = somebody(dice, context)
        p.complement = pair(dice, *dice.pick((("à", "to"), ("avec", "with")))) + person.phrase
        p.others.append(person)
    if verb.fr in _WITH_SOMEBODY and dice.chance(0.25):
        p.complement = pair(dice, "avec", "with") + company(dice, context)
    elif verb.fr in _THROUGH and dice.chance(0.12):
        p.particle = () if verb.fr == "entrer" else verb.alone
        p.complement = through(dice, context)
    elif verb.fr in _ON_THE_WAY and not p.complement.fr and dice.chance(0.15):
        noun = noun_of(dice, ["place", "landmark", "door"])
        p.complement = pair(dice, "jusqu' à", "to") + noun_phrase(dice, context, noun, "le", "s", 1).phrase
    return p


def company(dice: Dice, context: Context) -> Phrase:
    """Return with whom: a person, "moi" …, an animal."""
    if dice.chance(0.75):
        return somebody_or_me(dice, context)
    style = dice.pick(("le", "own", "own", "un", "number"))
    return noun_phrase(dice, context, noun_of(dice, ["animal"]), style, None, 1).phrase


# Places.

_THROUGH = ("entrer", "sortir", "regarder")
_ON_THE_WAY = ("courir", "marcher", "nager")


def through(dice: Dice, context: Context) -> Phrase:
    """Return "par la fenêtre" ~ "through the window"."""
    noun = NOUNS[dice.pick(("porte", "fenêtre"))]
    return pair(dice, "par", "through") + noun_phrase(dice, context, noun, "le", "s", 1).phrase


def between(dice: Dice, context: Context) -> Phrase:
    """Return "entre la gare et l'église" ~ "between the station and the church"."""
    pool = [*KINDS["place"], *KINDS["landmark"]]
    first = dice.pick(pool)
    nouns = (first, dice.pick([noun for noun in pool if noun != first]))
    one, other = (noun_phrase(dice, context, noun, "le", "s", 0, of=False) for noun in nouns)
    return pair(dice, "entre", "between") + both(dice, one, other).phrase


_INSIDE = [noun for noun in KINDS["place"] if noun.fr not in ("marché", "gare")]
_INSIDE += [NOUNS[fr] for fr in ("sac", "panier", "boîte", "herbe", "train", "bus", "lit")]
_ON = [*KINDS["furniture"], *(NOUNS[fr] for fr in ("toit", "pont", "mur", "boîte", "bateau"))]
_NEAR = (("devant", "in front of"), ("derrière", "behind"), ("près de", "near"), ("à côté de", "next to"))
_HERE = (
    ("à la maison", "at home"), ("à l' école", "at school"), ("ici", "here"), ("dehors", "outside"),
    ("là", "there"), ("sous la pluie", "in the rain"), ("au soleil", "in the sun"), ("partout", "everywhere"),
)  # fmt: skip


def fixed(dice: Dice, fr: str, en: str) -> Phrase:
    """Return a phrase that stands as it is written: "à l' école"."""
    k = dice.id()
    return Phrase(tuple(Word(w, k, "tonic") for w in fr.split()), tuple(Word(w, k) for w in en.split()))


def _at_somebodys(dice: Dice, context: Context, preposition: str) -> Phrase:
    """Return "chez julie" ~ "at julie's"; of people who end in s, "avec …"."""
    person, k = somebody(dice, context), dice.id()
    *first, last = person.phrase.en
    if last.text.endswith("s"):
        return pair(dice, "avec", "with") + person.phrase
    en = (Word(preposition, k), *first, Word(f"{last.text}'s", last.ids | k))
    return Phrase((Word("chez", k), *person.phrase.fr), en)


def goal(dice: Dice, context: Context) -> Phrase:
    """Return where somebody goes."""
    kind = dice.weighted([(4, "à"), (2, "fixed"), (1, "chez"), (1, "dans")])
    if kind == "fixed":
        return fixed(
            dice,
            *dice.pick(
                (
                    ("à la maison", "home"),
                    ("à l' école", "to school"),
                    ("à la plage", "to the beach"),
                    ("en ville", "to town"),
                    ("à la mer", "to the sea"),
                )
            ),
        )
    if kind == "chez":
        return _at_somebodys(dice, context, "to")
    noun = noun_of(dice, ["place"], but=("maison", "école", "plage", "marché", "gare", "ville"))
    if kind == "dans":
        return pair(dice, "dans", "into") + noun_phrase(dice, context, noun).phrase
    return pair(dice, "à", "to") + noun_phrase(dice, context, noun, "le", "s", 1).phrase


def inside(
    dice: Dice, context: Context, noun: Noun, style: str | None = None, number: str | None = None
) -> Phrase:
    """Return "dans la maison", and "sur la plage"."""
    link = pair(dice, *{"plage": ("sur", "on"), "ferme": ("dans", "on")}.get(noun.fr, ("dans", "in")))
    return link + noun_phrase(dice, context, noun, style, number).phrase


def place(dice: Dice, context: Context, moving: bool = False) -> Phrase:
    """Return where something is or happens; `moving`: not "à", which would be the goal."""
    at = 0 if moving else 1.5
    on = 10 if dice.common else 5
    kind = dice.weighted([(5, "dans"), (on, "sur"), (2, "near"), (at, "fixed"), (1, "chez"), (at, "à")])
    if kind == "fixed":
        return fixed(dice, *dice.pick(_HERE))
    if kind == "chez":
        return _at_somebodys(dice, context, "at")
    if kind == "à":
        noun = NOUNS[dice.pick(("gare", "ferme", "plage", "marché", "parc", "église"))]
        return pair(dice, "à", "at") + noun_phrase(dice, context, noun, "le", "s", 1).phrase
    if kind == "dans":
        return inside(dice, context, dice.pick(_INSIDE))
    if kind == "sur":
        link = pair(dice, *dice.weighted([(4, ("sur", "on")), (3, ("sous", "under"))]))
        return link + noun_phrase(dice, context, dice.pick(_ON)).phrase
    if dice.chance(0.12):
        return between(dice, context)
    noun = noun_of(dice, ["place", "landmark", "door", "furniture", "vehicle"])
    style = dice.pick(("le", "le", "own", "ce", "un"))
    number = "s" if style == "un" else None  # not "près de des …"
    return pair(dice, *dice.pick(_NEAR)) + noun_phrase(dice, context, noun, style, number).phrase
