"""Moves: things: where they are, what they are like, what one does with them.

Each adds one to three clauses to a story, or raises `Unfit`.
"""

from __future__ import annotations

from builder.animals import relative, spot_for
from builder.doings import follow
from builder.grammar import (
    PRESENT,
    WAS,
    Entity,
    Predicate,
    adjective_complement,
    clause,
    copula,
    noun_phrase,
)
from builder.lexicon import NOUNS, VERBS
from builder.plots import BAD, DESCRIBE, GOOD, OPPOSITE
from builder.realise import Piece, join, term
from builder.stories import EVENT, NUMBERS, STATE, Story, Unfit, check_form, connective

LARGE = {"table", "bus", "voiture", "bateau", "chaise", "tapis", "arbre", "lampe"}


def take_which(s: Story, link: str) -> None:
    """Do something with the thing that is somewhere."""
    d, h = s.dice, s.hero
    verb = d.pick(("prendre", "regarder", "voir", "trouver", "laver", "ouvrir", "lire", "manger"))
    fits = {
        "laver": ("pomme", "tasse", "assiette", "voiture", "vélo", "bouteille"),
        "ouvrir": ("boîte", "livre", "sac", "bouteille", "cadeau", "lettre"),
        "lire": ("livre", "lettre"),
        "manger": ("pomme", "poire", "gâteau", "tarte", "œuf", "carotte"),
    }
    nouns = [o for o in s.scene.objects if (verb not in fits or o in fits[verb]) and o not in LARGE]
    if not nouns:
        raise Unfit
    s.once("act " + verb)
    e = s.thing(d.pick(nouns), verb=verb)
    if NOUNS[e.noun].kind == "mass" or e.article in ("mon", "beaucoup"):
        e.article = "le"
    if e.article in NUMBERS:
        e.article = "deux"
    spot = spot_for(s, "être", e)
    tense = {"present": PRESENT, "past": WAS, "future": PRESENT}[s.frame]
    if spot[0] == "à":
        raise Unfit

    def build() -> Predicate:
        noun = noun_phrase(d, e)
        return Predicate(VERBS[verb], object=join(noun, relative(s, e, tense, copula(s.place(*spot)))))

    s.say(link, h, build, EVENT[s.frame])
    follow(s, e, verb)


def thing_is(s: Story, link: str) -> None:
    """Where a thing is, or what it is like."""
    d = s.dice
    talked = [
        e
        for n, e in sorted(s.things.items())
        if n in DESCRIBE
        and e.mentioned
        and e.number == "s"
        and e.article != "de"
        and not e.adjectives
        and e.kind in ("thing", "food", "mass")
        and "like " + n not in s.done
    ]
    if talked and s.frame != "future" and d.chance(0.6):
        e = d.pick(talked)
        s.once("like " + e.noun)
        s.say(
            link,
            e,
            lambda: copula(adjective_complement(d, e, d.pick(DESCRIBE[e.noun]), d.chance(0.3))),
            STATE[s.frame],
            "pas" if d.chance(0.1) else None,
        )
        return
    if s.frame == "future":
        raise Unfit
    if s.pieces:
        raise Unfit
    if d.chance(0.5):
        e = s.thing(d.pick(s.scene.objects))
        if NOUNS[e.noun].kind == "mass" or e.article in ("un", "beaucoup", *NUMBERS):
            e.article = "le"
        if e.article == "mon" and not (s.hero.mentioned and s.subject is s.hero):
            raise Unfit
        spot = spot_for(s, "être", e)
        negated = d.chance(0.1)
        s.say(link, e, lambda: copula(s.place(*spot)), STATE[s.frame], "pas" if negated else None)
        if not negated and e.noun not in LARGE and d.chance(0.5):
            verb = d.pick(("prendre", "voir", "regarder", "trouver"))
            s.once("act " + verb)
            s.say("et", s.hero, lambda: Predicate(VERBS[verb], clitic=e), EVENT[s.frame])
        return
    s.once("describe")
    noun = d.pick([n for n in sorted(DESCRIBE) if n in s.nouns()])
    e = Entity(noun, article=d.pick(("le", "le", "le", "ce")))
    if noun in s.things:
        raise Unfit
    if (
        noun in ("sac", "robe", "voiture", "vélo", "chapeau", "manteau")
        and s.subject is s.hero
        and d.chance(0.5)
    ):
        e.article, e.owner = "mon", s.hero
    s.things[noun] = e
    one, two = d.shuffled(DESCRIBE[noun])[:2]
    if {one, two} in OPPOSITE:
        raise Unfit
    very = d.chance(0.2)
    s.say(
        link,
        e,
        lambda: copula(adjective_complement(d, e, one, very)),
        STATE[s.frame],
        "pas" if not very and d.chance(0.15) else None,
    )
    if d.chance(0.5):
        link = "mais" if (one in GOOD) != (two in GOOD) and (one in BAD) != (two in BAD) else "et"
        s.say(link, e, lambda: copula(adjective_complement(d, e, two, d.chance(0.2))), STATE[s.frame])


def there_is(s: Story, link: str) -> None:
    """There is something somewhere."""
    d = s.dice
    if s.frame == "future":
        raise Unfit
    if len(s.pieces) > 2 and d.chance(0.6):
        raise Unfit
    e = s.beast() if d.chance(0.6) else s.thing(d.pick(s.scene.objects))
    if e.noun == "poisson":
        raise Unfit
    if e.article not in (*NUMBERS, "beaucoup"):
        e.article = "un" if e.kind != "mass" else "du"
    elif e.article != "beaucoup" and e.kind == "thing":
        e.article = "deux"
    spot = spot_for(s, "être", e)
    k, v = d.new_id(), d.new_id()
    fr_tense, en_tense = ("p", "p") if s.frame == "present" else ("i", "ps")
    there = Piece(
        (term("Q", "il", k), term("Q", "y", k), term("V", "avoir", v, t=fr_tense, pe=3, n="s")),
        (term("Q", "there", k), term("V", "be", v, t=en_tense, pe=3, n=e.number)),
    )
    lead = connective(d, link) if link else Piece()
    s.add(join(lead, there, noun_phrase(d, e), s.place(*spot)))
    s.subject, s.rivals = None, set()
    if e.kind == "animal":
        s.fresh.append(e)
    s.check_length()
    if d.chance(0.5) and e.kind in ("food", "thing"):
        verbs = {
            "food": ("manger", "prendre", "regarder"),
            "thing": ("regarder", "prendre", "voir"),
        }[e.kind]
        verb = d.pick(verbs)
        if e.noun in LARGE:
            raise Unfit
        s.once("act " + verb)
        s.say("et", s.hero, lambda: Predicate(VERBS[verb], clitic=e), EVENT[s.frame])


def that_which(s: Story, link: str) -> None:
    """What somebody uses is such: "le livre que marie lit est long"."""
    d, h = s.dice, s.hero
    choices = [
        (v, n)
        for v, nouns in s.scene.acts
        for n in nouns
        if v
        in (
            "lire",
            "manger",
            "porter",
            "couper",
            "regarder",
            "écouter",
            "réparer",
            "laver",
            "apporter",
        )
        and n in DESCRIBE
    ]
    if s.pieces and d.chance(0.8):
        raise Unfit
    if not choices or s.frame == "future" or h.speaker:
        raise Unfit
    verb, noun = d.pick(choices)
    s.once("act " + verb)
    tense = STATE[s.frame]
    if verb == "porter" and noun == "robe" and h.g == "m":
        raise Unfit
    if noun in s.things or (tense == WAS and verb not in ("lire", "manger", "regarder", "écouter")):
        raise Unfit
    e = s.thing(noun)
    e.number, e.article, e.adjectives = "s", "le", ()
    head = noun_phrase(d, e)
    k = d.new_id()
    that = Piece((term("C", "que", k),), (term("Q", "that", k),))
    inner = clause(d, s.mention(h), h, Predicate(VERBS[verb]), tense)
    quality = d.pick(DESCRIBE[noun])
    lead = connective(d, link) if link else Piece()
    s.once("like " + noun)
    check_form(Predicate(VERBS[verb]), h, tense)
    s.add(
        join(
            lead,
            clause(
                d,
                join(head, that, inner),
                e,
                copula(adjective_complement(d, e, quality, d.chance(0.3))),
                tense,
            ),
        )
    )
    s.subject, s.rivals = None, set()
    s.check_length()


SIZES = "souris oiseau canard poule lapin chat renard chien mouton loup vache cheval".split()
LARGER = (  # the second is the larger one
    ("maison", "école"),
    ("vélo", "voiture"),
    ("maison", "église"),
    ("village", "ville"),
    ("lac", "mer"),
    ("bus", "train"),
    ("jardin", "parc"),
)
COMPARE = {"grand": "big", "petit": "small"}


def compare(s: Story, link: str) -> None:
    """One animal or thing is bigger than another."""
    d = s.dice
    if s.frame == "future":
        raise Unfit
    s.once("compare")
    if d.chance(0.6):
        one, two = s.beast(), s.beast()
        if one.noun not in SIZES or two.noun not in SIZES:
            raise Unfit
        ranks = SIZES.index(one.noun), SIZES.index(two.noun)
    else:
        one, two = map(Entity, d.pick(LARGER))
        if one.noun in s.things or two.noun in s.things:
            raise Unfit
        s.things.update({one.noun: one, two.noun: two})
        ranks = (0, 1)
        if d.chance(0.5):
            one, two, ranks = two, one, (1, 0)
    for e in (one, two):
        e.article, e.number, e.adjectives = (
            "le",
            "s",
            e.adjectives
            if e.adjectives and e.adjectives[0] in ("noir", "blanc", "gris", "brun", "rouge")
            else (),
        )
    name = "grand" if ranks[0] > ranks[1] else "petit"
    k, q = d.new_id(), d.new_id()

    def build() -> Predicate:
        more = Piece(
            (term("Q", "plus", k), term("A", name, k, g=one.g, n="s"), term("C", "que", q)),
            (term("A", COMPARE[name], k, f="co"), term("Q", "than", q)),
        )
        return copula(join(more, noun_phrase(d, two)))

    s.say(link, one, build, STATE[s.frame], others=(two,))
