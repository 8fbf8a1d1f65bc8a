"""Moves: what people feel, like, want, can and must; where they live.

Each adds one to three clauses to a story, or raises `Unfit`.
"""

from __future__ import annotations

from builder.doings import OWNED_THINGS, follow
from builder.grammar import (
    FUTURE,
    PAST,
    PRESENT,
    WAS,
    Entity,
    Predicate,
    adjective_complement,
    copula,
    feeling,
    noun_phrase,
    prepositional,
    word,
)
from builder.lexicon import NOUNS, VERBS
from builder.plots import ADJECTIVE_FEELINGS, DUTIES, FEEL, NOT_DONE, SINGULAR, WISHES
from builder.realise import Piece, join
from builder.stories import EVENT, STATE, Story, Unfit, comma, connective


def feeling_of(s: Story, who: Entity, name: str) -> Predicate:
    if who.number == "p" and name in ADJECTIVE_FEELINGS:
        raise Unfit
    if name in ADJECTIVE_FEELINGS:
        return copula(adjective_complement(s.dice, who, name, s.dice.chance(0.25)))
    return feeling(s.dice, name)


def feel(s: Story, link: str) -> None:
    """Because of a feeling somebody does something, or does not."""
    d, h = s.dice, s.hero
    name = d.pick(sorted(FEEL))
    s.once("feel")
    negated = bool(NOT_DONE.get(name)) and d.chance(0.3)
    choice = d.pick(NOT_DONE[name] if negated else FEEL[name])
    if choice[1] in ("arbre", "lit", "porte", "fenêtre") and choice[1] not in s.nouns():
        raise Unfit
    predicate, e, verb = s.act(negated, choice=choice)
    state, event = STATE[s.frame], EVENT[s.frame]
    if name in ("fatigué", "malade", "sommeil") and not negated:
        s.done.add("weary")
    # "does not eat because he is not hungry", "is not hungry, so he does not eat"
    state_negation = "pas" if negated else None
    act_negation = "pas" if negated else None
    if s.frame != "future" and d.chance(0.5):
        s.say(link, h, predicate, event, act_negation)
        s.say("parce que", h, lambda: feeling_of(s, h, name), state, state_negation)
    else:
        s.say(link, h, lambda: feeling_of(s, h, name), state, state_negation)
        s.say("donc", h, predicate, event, act_negation)
        follow(s, e, verb, negated)


LIKED = (
    ("pomme", "poire", "tomate", "carotte", "fraise", "pomme_de_terre", "œuf", "gâteau"),
    ("chat", "chien", "cheval", "oiseau", "lapin", "vache", "canard", "poule"),
    ("livre", "photo", "lettre"),
    ("fleur", "arbre"),
    ("pain", "fromage", "chocolat", "soupe", "salade", "poulet", "riz"),
    ("lait", "thé", "café"),
)


def like(s: Story, link: str) -> None:
    """Likes and dislikes, in general."""
    d, h = s.dice, s.hero
    s.once("like")
    if s.pieces:
        raise Unfit
    tense = PRESENT if s.frame == "present" else WAS
    if s.frame == "future":
        raise Unfit

    def generic(noun: str) -> Piece:
        adjectives = s._adjectives(noun, 0.15) if NOUNS[noun].kind != "mass" else ()
        adjectives = tuple(a for a in adjectives if a not in SINGULAR)
        return noun_phrase(d, Entity(noun, "p" if NOUNS[noun].kind != "mass" else "s", adjectives), "aimer")

    group = d.pick(LIKED)
    if "vache" in group and s.scene.name not in ("garden", "farm", "forest"):
        raise Unfit
    one, two = d.shuffled(group)[:2]
    if one in s.things or two in s.things:
        raise Unfit
    negated = d.chance(0.3)
    s.say(
        link,
        h,
        lambda: Predicate(VERBS["aimer"], object=generic(one)),
        tense,
        "pas" if negated else None,
    )
    if d.chance(0.6):
        s.say(
            "mais",
            h,
            lambda: Predicate(VERBS["aimer"], object=generic(two)),
            tense,
            None if negated else "pas",
        )


def want(s: Story, link: str) -> None:
    """Want to do something, but: ill, tired, another duty."""
    d, h = s.dice, s.hero
    s.once("want")
    if s.frame == "future":
        raise Unfit
    tense = STATE[s.frame]
    predicate, _, verb = s.act(among=WISHES)
    s.say(link, h, lambda: Predicate(VERBS["vouloir"], infinitive=predicate()), tense)
    form = d.pick(("ill", "duty", "cannot", "none"))
    if form == "ill":
        s.once("feel")
        s.say("mais", h, lambda: feeling_of(s, h, d.pick(("malade", "fatigué"))), tense)
        s.done.add("weary")
    elif form == "duty":
        if s.frame != "present":
            raise Unfit
        duty, _, _ = s.act(among=DUTIES)
        s.say("mais", h, lambda: Predicate(VERBS["devoir"], infinitive=duty()), tense)
    elif form == "cannot":
        s.once("feel")
        if s.frame != "present":
            raise Unfit
        s.say("mais", h, lambda: Predicate(VERBS["pouvoir"]), tense, "pas")
        s.say("parce que", h, lambda: feeling_of(s, h, d.pick(("malade", "fatigué"))), tense)
        s.done.add("weary")


def can(s: Story, link: str) -> None:
    """Can, cannot or must do something; is going to."""
    d, h = s.dice, s.hero
    verb = d.pick(("pouvoir", "devoir", "aller", "aller"))
    s.once("modal")
    if s.frame != "present" or (h.speaker and verb == "aller"):
        raise Unfit
    negated = verb == "pouvoir" or verb == "aller" and d.chance(0.3)
    predicate, _, _ = s.act(
        negated, among=DUTIES if verb == "devoir" else (WISHES | DUTIES) - {"chercher"}
    )  # "va chercher": fetch
    s.say(
        link,
        h,
        lambda: Predicate(VERBS[verb], infinitive=predicate()),
        PRESENT,
        "pas" if negated else None,
    )


def lives(s: Story, link: str) -> None:
    """Where somebody lives."""
    d, h = s.dice, s.hero
    if s.frame == "future":
        raise Unfit
    s.once("lives")
    if s.pieces:
        raise Unfit
    spot = d.pick(
        (
            ("dans", "maison"),
            ("dans", "village"),
            ("dans", "ferme"),
            ("près de", "mer"),
            ("près de", "forêt"),
            ("dans", "ville"),
            ("près de", "gare"),
            ("près de", "église"),
            ("derrière", "école"),
            ("près de", "lac"),
            ("à côté de", "parc"),
            ("près de", "rivière"),
        )
    )

    def build() -> Predicate:
        preposition, noun = spot
        if noun in s.things:
            raise Unfit
        e = Entity(
            noun,
            adjectives=s._adjectives(noun, 0.8 if preposition == "dans" else 0.2),
            article="un" if preposition == "dans" else "le",
        )
        s.things[noun] = e
        return Predicate(VERBS["habiter"], rest=prepositional(d, preposition, noun_phrase(d, e)))

    s.say(link, h, build, STATE[s.frame])


def sad(s: Story, link: str) -> None:
    """A feeling with its cause in the past: "est triste parce qu'il a perdu son sac"."""
    d, h = s.dice, s.hero
    s.once("feel")
    if s.frame != "present":
        raise Unfit
    cause = d.pick(
        (
            ("triste", "perdre", OWNED_THINGS),
            ("content", "trouver", OWNED_THINGS),
            ("fatigué", "travailler", ("",)),
            ("fatigué", "courir", ("",)),
            ("content", "acheter", ("vélo", "robe", "livre", "chapeau")),
            ("triste", "casser", ("lampe", "tasse", "assiette")),
            ("peur", "voir", ("chien", "souris")),
            ("fatigué", "danser", ("",)),
            ("malade", "manger", ("fraise", "gâteau", "chocolat", "pomme")),
            ("content", "voir", ("cheval", "mer", "renard")),
        )
    )
    name, verb, nouns = cause
    predicate, _, _ = s.act(choice=(verb, d.pick(nouns)))
    s.say(link, h, lambda: feeling_of(s, h, name), PRESENT)

    def build() -> Predicate:
        p = predicate()
        if d.chance(0.4):
            p.rest = s.where(verb)
        return p

    s.say("parce que", h, build, PAST)
    s.dynamic = False


def days(s: Story, link: str) -> None:
    """Yesterday, today, tomorrow: one clause each."""
    d, h = s.dice, s.hero
    if link or s.pieces or s.length < 12 or h.speaker:
        raise Unfit
    first, _, _ = s.act(among=WISHES | DUTIES)
    second, _, _ = s.act(among=WISHES | DUTIES)
    s.add(join(word(d, "hier", "yesterday"), comma(d)))
    s.say("", h, first, PAST)
    s.add(join(connective(d, "mais"), word(d, "aujourd'hui", "today")))
    if d.chance(0.5):
        s.once("feel")
        s.say(
            "",
            h,
            lambda: feeling_of(s, h, d.pick(("fatigué", "malade", "triste", "content"))),
            PRESENT,
        )
        s.say(d.pick(("et", "donc")), h, second, PRESENT)
    else:
        s.say("", h, second, PRESENT)
    if d.chance(0.5):
        third, _, _ = s.act(among=WISHES | DUTIES)
        s.add(join(connective(d, ", et"), word(d, "demain", "tomorrow")))
        s.say("", h, third, FUTURE)
        s.frame = "future"
    else:
        s.frame = "present"
