"""Moves: people at their affairs.

Each adds one to three clauses to a story, or raises `Unfit`.
"""

from __future__ import annotations

from builder.grammar import (
    Dice,
    Entity,
    Predicate,
    infinitive_phrase,
    noun_phrase,
    prepositional,
    word,
)
from builder.lexicon import NOUNS, VERBS
from builder.plots import ALONE, HERE, LISTED, NEXT, TOGETHER, UNIQUE
from builder.realise import Piece, join
from builder.stories import EVENT, NUMBERS, UNDER, Story, Unfit, comma, to_someone


def act(s: Story, link: str) -> None:
    """Somebody does something, perhaps somewhere, with somebody, often."""
    d, h = s.dice, s.hero
    negated = d.chance(0.12 if s.pieces else 0.3)
    choice = ("rentrer", "") if link == "enfin" and d.chance(0.6) else None
    predicate, e, verb = s.act(negated, choice=choice)
    if link == "puis" and verb in ("porter", "perdre"):
        raise Unfit
    extra = [] if negated else more(s, verb, e)
    others = [x for x in (e,) if x is not None and x.human]
    adverb = None
    if not negated and s.frame == "present" and not s.pieces and d.chance(0.3):
        adverb = d.pick(("souvent", "toujours"))
    negation = d.weighted([(3, "pas"), (1 if s.frame == "present" else 0, "jamais")]) if negated else None

    def build() -> Predicate:
        p = predicate()
        p.object = listing(d, [p.object, *(noun_phrase(d, x) for x in extra)])
        if verb in ("chanter", "danser", "travailler", "nager") and s.frame != "past" and d.chance(0.3):
            p.rest = join(p.rest, word(d, "bien", "well"))  # not "a chanté bien": "a bien chanté"
        elif verb in ("marcher", "courir", "nager", "travailler") and d.chance(0.3):
            fr, en = ("vite", "quickly") if verb in ("courir", "nager") else ("lentement", "slowly")
            p.rest = join(p.rest, word(d, fr, en))
        if d.chance(0.3) and h.number == "s" and verb in TOGETHER and not negated:
            friend = s.companion() if d.chance(0.5) else s.someone()
            others.append(friend)
            p.rest = join(p.rest, prepositional(d, "avec", noun_phrase(d, friend)))
        elif verb in ("acheter", "préparer", "dessiner", "écrire", "couper") and not negated:
            if d.chance(0.4):
                others.append(s.someone())
                p.rest = join(p.rest, prepositional(d, "pour", noun_phrase(d, others[-1])))
        if d.chance(0.65) and verb in HERE:
            p.rest = join(p.rest, s.where(verb))
        return p

    s.say(link, h, build, EVENT[s.frame], negation, adverb, others=others)
    if extra:
        return
    if e is not None and not negated and verb in CONTRAST and d.chance(0.25):
        contrast(s, verb, e)
    else:
        follow(s, e, verb, negated)


HOW_MANY_MORE = [(3, 0), (4, 1), (4, 2), (1.5, 3)]


def more(s: Story, verb: str, e: Entity | None, owner: Entity | None = None) -> list[Entity]:
    """Choose what else it is done to: "une pomme, du pain et deux œufs"."""
    d = s.dice
    if e is None or verb not in LISTED or e.noun in ALONE or e.article == "mon":
        return []
    edible = ("food", "mass")
    kinds = edible if e.kind in edible else (e.kind,)
    nouns = [
        n
        for n in dict.fromkeys(n for v, objects in s.scene.acts if v == verb for n in objects)
        if n not in s.things and n not in ALONE and NOUNS[n].kind in kinds
    ]
    extra = [s.thing(n, owner=owner, verb=verb) for n in d.shuffled(nouns)[: d.weighted(HOW_MANY_MORE)]]
    for x in extra:
        if e.article in ("un", "du", *NUMBERS, "beaucoup") and x.article == "le" and x.noun not in UNIQUE:
            x.article = "du" if x.kind == "mass" else "un"
    return extra


def listing(d: Dice, phrases: list[Piece]) -> Piece:
    """Give "une pomme, du pain et deux œufs" ~ "an apple, bread and two eggs"."""
    *most, last = phrases
    if not most:
        return last
    joined = most[0]
    for phrase in most[1:]:
        joined = join(joined, comma(d), phrase)
    return join(joined, word(d, "et", "and"), last)


CONTRAST = {
    "manger",
    "boire",
    "acheter",
    "vendre",
    "laver",
    "lire",
    "préparer",
    "couper",
    "écouter",
    "prendre",
    "apporter",
    "visiter",
    "porter",
    "réparer",
}


def contrast(s: Story, verb: str, e: Entity) -> None:
    """Not the other one: "mange la soupe, mais il ne mange pas le pain"."""
    d = s.dice
    nouns = sorted(
        {n for v, objects in s.scene.acts if v == verb for n in objects if n != e.noun and n not in s.things}
    )
    kinds = ("food", "mass") if e.kind in ("food", "mass") else (e.kind,)
    nouns = [n for n in nouns if NOUNS[n].kind in kinds]
    if not nouns:
        raise Unfit
    other = s.thing(d.pick(nouns), True, verb=verb)
    s.say(
        "mais",
        s.hero,
        lambda: Predicate(VERBS[verb], object=noun_phrase(d, other)),
        EVENT[s.frame],
        "pas",
    )


def follow(s: Story, e: Entity | None, verb: str, negated: bool = False) -> None:
    """Perhaps do the next thing with the same object: "and eats it"."""
    d = s.dice
    options = [
        v for v, nouns in NEXT.get(verb, ()) if e is not None and e.noun in nouns and "act " + v not in s.done
    ]
    if negated or e is None or not options or not d.chance(0.75):
        return
    subject, tense = s.hero, EVENT[s.frame]
    form = d.weighted([(4, "et"), (3, "drop"), (2, "puis")])
    s.say(
        "et" if form == "drop" else form,
        subject,
        s.next_act(verb, e, subject),
        tense,
        drop=form == "drop",
    )


def somebody(s: Story, link: str) -> None:
    """Somebody else does something."""
    d = s.dice
    if link == "enfin":
        raise Unfit
    who = s.someone(without=s.hero)
    predicate, e, verb = s.act(owner=who)
    extra = more(s, verb, e, who)

    def build() -> Predicate:
        p = predicate()
        p.object = listing(d, [p.object, *(noun_phrase(d, x) for x in extra)])
        if d.chance(0.5) and verb in HERE:
            p.rest = s.where(verb)
        return p

    if link and s.subject is s.hero and s.dynamic and d.chance(0.35):
        link = "pendant que"
    s.say(link, who, build, (UNDER if link == "pendant que" else EVENT)[s.frame])


def search(s: Story, link: str) -> None:
    """Look for something, in vain or not."""
    d, h = s.dice, s.hero
    nouns = [
        n for verb, objects in s.scene.acts if verb == "chercher" for n in objects if NOUNS[n].kind == "thing"
    ]
    if not nouns:
        raise Unfit
    s.once("act trouver")
    predicate, e, _ = s.act(choice=("chercher", d.pick(nouns)))

    def build() -> Predicate:
        p = predicate()
        if d.chance(0.5):
            p.rest = s.where()
        return p

    s.say(link, h, build, EVENT[s.frame])
    if d.chance(0.6):
        s.done.add("like " + e.noun)  # nobody can say what it is like
        s.say("mais", h, lambda: Predicate(VERBS["trouver"], clitic=e), EVENT[s.frame], "pas")
    else:
        spot = d.pick([p for p in s.scene.spots if p[1] != e.noun])
        s.say(
            d.pick(("et", "puis")),
            h,
            lambda: Predicate(VERBS["trouver"], clitic=e, rest=s.place(*spot)),
            EVENT[s.frame],
        )


GOALS = {  # where one goes, and what for
    "marché": (
        ("acheter", "pomme"),
        ("acheter", "fraise"),
        ("acheter", "poisson"),
        ("acheter", "œuf"),
        ("acheter", "fromage"),
        ("acheter", "carotte"),
        ("acheter", "pomme_de_terre"),
        ("acheter", "fleur"),
        ("acheter", "tomate"),
        ("acheter", "poire"),
    ),
    "gare": (
        ("attendre", "train"),
        ("attendre", "bus"),
        ("chercher", "grand-mère"),
        ("attendre", "ami"),
    ),
    "plage": (
        ("nager", ""),
        ("regarder", "mer"),
        ("jouer", ""),
        ("dessiner", "bateau"),
        ("regarder", "bateau"),
    ),
    "école": (
        ("lire", "leçon"),
        ("lire", "livre"),
        ("écouter", "professeur"),
        ("chercher", "cahier"),
        ("dessiner", "oiseau"),
    ),
    "ferme": (
        ("acheter", "lait"),
        ("regarder", "vache"),
        ("regarder", "cheval"),
        ("acheter", "œuf"),
        ("acheter", "poule"),
        ("travailler", ""),
    ),
    "magasin": (
        ("acheter", "robe"),
        ("acheter", "chapeau"),
        ("acheter", "stylo"),
        ("acheter", "vélo"),
        ("acheter", "manteau"),
        ("acheter", "cahier"),
    ),
    "église": (("chanter", ""), ("écouter", "musique")),
    "rivière": (("nager", ""), ("regarder", "poisson"), ("dessiner", "pont"), ("regarder", "canard")),
}


HERE_GOALS = {
    "plage",
    "école",
    "ferme",
    "rivière",
    "gare",
}  # one goes there first; elsewhere one goes last


GOALS_OF = {
    "kitchen": ("marché", "magasin"),
    "parlour": ("magasin", "marché", "église"),
    "garden": ("marché", "église", "magasin"),
    "school": ("école",),
    "town": ("marché", "magasin", "église"),
    "farm": ("ferme", "marché"),
    "forest": ("rivière",),
    "beach": ("plage",),
    "journey": ("gare",),
}


def go(s: Story, link: str) -> None:
    """Go somewhere in order to do something."""
    d, h = s.dice, s.hero
    s.once("go")
    goal = d.pick(GOALS_OF[s.scene.name])
    if (goal in HERE_GOALS and s.pieces[int(s.timed) :]) or (
        goal not in HERE_GOALS and s.so_far() < 0.5 * s.length and s.length > 12
    ):
        raise Unfit
    predicate, _, verb = s.act(choice=d.pick(GOALS[goal]))
    if h.speaker and s.frame == "present":
        raise Unfit

    def build() -> Predicate:
        p = Predicate(VERBS["aller"], rest=s.place("à", goal, to=True))
        if d.chance(0.8):
            p.rest = join(p.rest, infinitive_phrase(d, predicate(), h, preposition="pour"))
        return p

    s.say(link, h, build, EVENT[s.frame])


def give(s: Story, link: str) -> None:
    """Give, show or bring something to somebody."""
    d, h = s.dice, s.hero
    verb = d.pick(("donner", "montrer", "apporter"))
    s.once("act " + verb)
    noun = d.pick(
        [
            o
            for o in s.scene.objects
            if o not in ("table", "chaise", "arbre", "bus", "tapis", "voiture", "bateau")
        ]
    )
    e, receiver = s.thing(noun), s.receiver(h)

    def build() -> Predicate:
        return Predicate(VERBS[verb], object=noun_phrase(d, e), rest=to_someone(d, receiver))

    s.say(link, h, build, EVENT[s.frame], others=(receiver,))


def help_out(s: Story, link: str) -> None:
    """Help or meet somebody."""
    d, h = s.dice, s.hero
    verb = d.pick(("aider", "aider", "rencontrer", "suivre", "attendre", "écouter"))
    s.once("act " + verb)
    friend = s.companion()

    def build() -> Predicate:
        p = Predicate(VERBS[verb], object=noun_phrase(d, friend))
        if d.chance(0.7) and verb in ("aider", "rencontrer", "attendre"):
            p.rest = s.where()
        return p

    s.say(link, h, build, EVENT[s.frame], others=(friend,))


OWNED_THINGS = ("sac", "clé", "chapeau", "livre", "balle", "stylo", "parapluie")
