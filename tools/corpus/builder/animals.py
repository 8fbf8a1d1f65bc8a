"""Moves: animals, seen and unseen; what happens meanwhile.

Each adds one to three clauses to a story, or raises `Unfit`.
"""

from __future__ import annotations

from builder.grammar import PRESENT, WAS, Entity, Predicate, clause, copula, noun_phrase, word
from builder.lexicon import NOUNS, VERBS
from builder.minds import feeling_of
from builder.plots import BEAST_ACTS, CHASES, HOLDS
from builder.realise import Piece, join, term
from builder.stories import (
    COLOURS,
    EVENT,
    STATE,
    UNDER,
    WHEN,
    Story,
    Unfit,
    check_form,
    comma,
    connective,
)


def spot_for(s: Story, verb: str, who: Entity | None = None) -> tuple[str, str]:
    spots = [p for p in s.scene.spots if p[1] not in s.things]
    if who is None or who.kind == "animal":
        spots += [p for p in s.scene.at if p[0] != "à" and p[1] not in s.things]
    if who is not None and who.noun in ("cheval", "vache", "mouton"):
        spots = [
            p
            for p in spots
            if p[1]
            not in (
                "chaise",
                "table",
                "voiture",
                "toit",
                "pont",
                "porte",
                "fenêtre",
                "gare",
                "bateau",
                "sac",
                "parapluie",
            )
        ]
        spots = [p for p in spots if p[0] != "sur" or p[1] == "plage"]
        spots = [
            p for p in spots if p[0] != "dans" or p[1] in ("champ", "herbe", "rue", "parc", "jardin", "forêt")
        ]
    if who is not None and who.kind == "animal" and who.noun not in ("chat", "souris", "oiseau"):
        spots = [p for p in spots if p[0] != "sur" or p[1] not in ("table", "chaise", "lit")]
    if who is not None and who.noun == "oiseau":
        spots = [p for p in spots if p[0] not in ("sous", "derrière") and p[1] not in ("lit", "herbe")]
    if who is not None and who.kind in ("food", "mass"):
        spots = [
            p
            for p in spots
            if p in {("sur", "table"), ("sur", "chaise"), ("près de", "fenêtre"), ("devant", "fenêtre")}
            or (p in {("sous", "arbre"), ("dans", "herbe")} and who.noun in ("pomme", "poire"))
        ]
    if verb in HOLDS:
        spots = [p for p in spots if p in HOLDS[verb]]
    if verb == "chanter":
        spots = [
            p
            for p in spots
            if p
            in {
                ("devant", "fenêtre"),
                ("sur", "mur"),
                ("sur", "toit"),
                ("dans", "jardin"),
                ("dans", "forêt"),
            }
        ]
        spots += [("dans", "arbre")] if "arbre" not in s.things else []
    if not spots:
        raise Unfit
    spot = s.dice.pick(spots)
    if spot[0] in ("devant", "à côté de", "près de"):  # less of "in front of": one word says more
        spot = s.dice.pick(spots)
    return spot


def beast_predicate(s: Story, e: Entity, bare: float = 0.0):
    verb = s.dice.pick(BEAST_ACTS[e.noun])
    alone = VERBS[verb]
    if verb == "attendre":  # "waits", not "waits for"
        alone = alone._replace(particle=())
    if verb != "être" and s.dice.chance(bare):
        return lambda: Predicate(alone), verb
    spot = spot_for(s, verb, e)
    if verb == "être":
        return lambda: copula(s.place(*spot)), verb
    if spot[0] == "à" and verb != "être":
        raise Unfit
    return lambda: Predicate(alone, rest=s.place(*spot)), verb


def beast(s: Story, link: str) -> None:
    """An animal somewhere, at something."""
    d = s.dice
    e = s.fresh.pop() if s.fresh else s.beast()
    seen = e.mentioned
    predicate, verb = beast_predicate(s, e, 0.7 if seen else 0.25)
    if seen and verb in ("être", "cacher"):
        raise Unfit
    negated = (
        verb in ("être", "dormir")
        and not s.pieces
        and s.frame != "future"
        and e.article != "un"
        and d.chance(0.25)
    )
    s.say(link, e, predicate, beast_tense(s, verb, e), "pas" if negated else None)
    if s.frame != "future" and not negated and d.chance(0.3):
        s.once("feel")
        name = {
            "dormir": "fatigué",
            "courir": "content" if e.noun in ("chien", "cheval") else "peur",
            "cacher": "peur",
            "jouer": "content",
            "chanter": "content",
            "attendre": "faim",
        }.get(verb)
        if name is None:
            raise Unfit
        s.say("parce que", e, lambda: feeling_of(s, e, name), STATE[s.frame])


def beast_tense(s: Story, verb: str, e: Entity) -> str:
    if verb in ("être",) or (
        s.frame == "past"
        and verb in ("dormir", "jouer", "courir", "chanter", "attendre")
        and s.dice.chance(0.6)
    ):
        return STATE[s.frame]
    return EVENT[s.frame]


def beasts(s: Story, link: str) -> None:
    """Two animals in two places."""
    d = s.dice
    one = s.beast()
    noun = one.noun if d.chance(0.35) else d.pick([b for b in s.scene.beasts if b != one.noun] or [one.noun])
    if noun == one.noun:
        colours = d.shuffled([a for a in dict.fromkeys(NOUNS[noun].adjectives) if a in COLOURS])
        if len(colours) < 2:
            raise Unfit
        one.adjectives, one.article, one.keep, one.number = (colours[0],), "le", True, "s"
        other = Entity(noun, "s", (colours[1],), "le", keep=True)
        s.beasts.append(other)
    else:
        other = s.beast(noun)
    second = d.pick(("et", "mais") if noun == one.noun else ("et", "pendant que"))
    first_verb = ""
    for e, connect in ((one, link), (other, second)):
        predicate, verb = beast_predicate(s, e)
        if connect == "pendant que" and "être" in (verb, first_verb):
            raise Unfit
        first_verb = verb
        s.say(connect, e, predicate, UNDER[s.frame] if connect == "pendant que" else STATE[s.frame])


def chase(s: Story, link: str) -> None:
    """One animal chases another, which runs away."""
    d = s.dice
    s.once("chase")
    pairs = [(a, b) for a, b in CHASES if a in s.scene.beasts and b in s.scene.beasts]
    pairs += [p for p in CHASES if s.scene.beasts[0] == p[0]]
    if not pairs:
        raise Unfit
    a, b = d.pick(pairs)
    hunter, prey = s.beast(a), s.beast(b)
    if prey.noun in ("oiseau", "canard") and s.scene.name in ("kitchen", "parlour"):
        raise Unfit
    prey.owner, prey.article = None, "le" if prey.article == "mon" else prey.article

    def build() -> Predicate:
        p = Predicate(VERBS["chasser"], object=noun_phrase(d, prey))
        if d.chance(0.5):
            p.rest = s.place(
                *d.pick(
                    [q for q in s.scene.at if q[0] != "à" and q[1] not in ("train", "bus", "magasin")]
                    or [("dans", "jardin")]
                )
            )
        return p

    s.say(link, hunter, build, EVENT[s.frame], others=(prey,))
    if d.chance(0.5) and prey.noun not in ("oiseau", "canard", "mouton"):
        spot = spot_for(s, "cacher")
        s.say(
            d.pick(("donc", "mais")),
            prey,
            lambda: Predicate(VERBS["cacher"], rest=s.place(*spot)),
            EVENT[s.frame],
        )


def relative(s: Story, e: Entity, tense: str, predicate: Predicate) -> Piece:
    """Give "qui dort sous la table" ~ "that sleeps under the table"."""
    d = s.dice
    who = word(d, "qui", "who" if e.human else "that")
    check_form(predicate, e, tense)
    return join(who, clause(d, Piece(), e, predicate, tense))


def see_who(s: Story, link: str) -> None:
    """Watch an animal that does something."""
    d, h = s.dice, s.hero
    verb = d.pick(("regarder", "voir", "suivre", "dessiner", "aimer"))
    s.once("act " + verb)
    e = s.beast()
    if e.article == "mon":
        raise Unfit
    predicate, doing = beast_predicate(s, e, 0.15)
    tense = {"present": PRESENT, "past": WAS, "future": PRESENT}[s.frame]
    if verb == "suivre" and doing in ("dormir", "être", "attendre") or doing == "cacher":
        raise Unfit
    if verb == "aimer" and (s.frame != "present" or s.timed or link == "puis"):
        raise Unfit
    if tense == WAS and doing not in ("être", "dormir", "jouer", "courir", "chanter", "attendre"):
        raise Unfit

    def build() -> Predicate:
        noun = noun_phrase(d, e)
        return Predicate(VERBS[verb], object=join(noun, relative(s, e, tense, predicate())))

    s.say(link, h, build, EVENT[s.frame], others=(e,))


def meanwhile(s: Story, link: str) -> None:
    """Somebody else, or an animal, does something at the same time."""
    d = s.dice
    if s.subject is not s.hero or not s.dynamic:
        raise Unfit
    if d.chance(0.5):
        e = s.companion()
        if e.mentioned:
            raise Unfit
        predicate, _, verb = s.act(durative=True, owner=e)
    else:
        e = s.beast()
        predicate, verb = beast_predicate(s, e, 0.3)
        if verb == "être":
            raise Unfit
    s.say("pendant que", e, predicate, UNDER[s.frame])


ENTER = (
    ("dans", "cuisine"),
    ("dans", "maison"),
    ("dans", "chambre"),
    ("dans", "jardin"),
    ("dans", "magasin"),
    ("dans", "église"),
    ("dans", "forêt"),
)
ARRIVE = {
    "beach": "plage",
    "school": "école",
    "farm": "ferme",
    "journey": "gare",
    "town": "marché",
}


def when(s: Story, link: str) -> None:
    """When something happens, somebody does something."""
    d, h = s.dice, s.hero
    if link not in ("", ", et") or h.speaker:
        raise Unfit
    s.once("when")
    who = h if d.chance(0.5) else s.companion()
    if who is not h and not h.mentioned and who.article == "mon":
        raise Unfit
    form = d.pick(("enter", "arrive", "weather"))
    if link:
        s.add(connective(d, link))
    if form == "weather":
        if s.frame == "past":
            raise Unfit
        verb = "pleuvoir"
        where = d.weighted([(1, "quand"), (1, "si")])
        il = Entity("garçon")
        k = d.new_id()
        it = Piece((term("Q", "il", k),), (term("Q", "it", k),))
        tense = PRESENT if where == "si" else WHEN[s.frame]
        s.add(join(connective(d, where), clause(d, it, il, Predicate(VERBS[verb]), tense), comma(d)))
        s.subject = None
        s.once("act rester")
        if d.chance(0.5):
            s.say("", h, lambda: Predicate(VERBS["rester"], rest=s.home("rester")), EVENT[s.frame])
        else:
            predicate, _, verb = s.act(negated=d.chance(0.2))
            if verb in ("nager", "vendre", "voir"):
                raise Unfit
            s.say("", h, predicate, EVENT[s.frame])
        return
    if form == "enter":
        spots = [p for p in s.scene.at if p in ENTER]
        if not spots:
            raise Unfit
        spot = d.pick(spots)
        s.say("quand", who, lambda: entering(s, spot), WHEN[s.frame])
    else:
        spot = ("à", ARRIVE.get(s.scene.name, "maison"))
        rest = (lambda: s.home("rentrer")) if spot[1] == "maison" else (lambda: s.place(*spot))
        verb = "rentrer" if spot[1] == "maison" else "arriver"
        s.say("quand", who, lambda: Predicate(VERBS[verb], rest=rest()), WHEN[s.frame])
    s.add(comma(d))
    if d.chance(0.5):
        e = s.beast()
        predicate, verb = beast_predicate(s, e, 0.2)
        s.say("", e, predicate, STATE[s.frame] if verb == "être" else beast_tense(s, verb, e))
    else:
        main = s.companion() if who is h else h
        background = s.frame == "past" and d.chance(0.5)
        predicate, _, verb = s.act(durative=background, owner=main)
        s.say("", main, predicate, WAS if background else EVENT[s.frame])


def entering(s: Story, spot: tuple[str, str]) -> Predicate:
    """Give "entre dans la cuisine" ~ "goes into the kitchen"."""
    phrase = s.place(*spot, p=0)
    into = phrase.en[0]._replace(lemma="into")
    return Predicate(VERBS["entrer"], rest=Piece(phrase.fr, (into, *phrase.en[1:])))
