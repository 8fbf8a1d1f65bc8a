"""What the sentences say: a cast in a scene, and moves that follow one another.

A move is one to three clauses that belong together ("looks for his key, but he does not find it").
A sentence is a chain of moves about the same people and animals, cut to an exact length by trying
again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from builder.grammar import (
    FUTURE,
    NUMERALS,
    PAST,
    PRESENT,
    WAS,
    WHEN_FUTURE,
    Dice,
    Entity,
    Predicate,
    clause,
    noun_phrase,
    prepositional,
    subject_pronoun,
    word,
)
from builder.lexicon import ADJECTIVES, NOUNS, VERBS
from builder.plots import (
    ACTIVE,
    AGREEING,
    DURATIVE,
    KIN,
    LONG,
    MANY,
    NEXT,
    OWNED,
    PART_OF,
    PLURAL,
    PLURAL_FUTURE,
    PLURAL_IMPARFAIT,
    SINGULAR,
    SOLE,
    UNIQUE,
)
from builder.realise import Piece, join, source_length, term
from builder.scenes import SCENES

EVENT = {"present": PRESENT, "past": PAST, "future": FUTURE}
STATE = {"present": PRESENT, "past": WAS, "future": FUTURE}
UNDER = {"present": PRESENT, "past": WAS, "future": WHEN_FUTURE}  # after "pendant que"
WHEN = {"present": PRESENT, "past": PAST, "future": WHEN_FUTURE}  # after "quand"

CONNECTIVES = {
    "et": ("et", "and"),
    "mais": (", mais", ", but"),
    "enfin": (", et enfin", ", and finally"),
    "donc": (", donc", ", so"),
    "puis": (", puis", ", and then"),
    ", et": (", et", ", and"),
    "parce que": ("parce que", "because"),
    "pendant que": ("pendant que", "while"),
    "quand": ("quand", "when"),
    "si": ("si", "if"),
}


NUMBERS = tuple(NUMERALS)
NAMES = tuple(n for n, noun in NOUNS.items() if noun.kind == "name")
COLOURS = {"noir", "blanc", "rouge", "bleu", "vert", "jaune", "gris", "brun"}
EVERYWHERE = {"petit", "vieux", "beau"}


class Unfit(Exception):
    """The dice led nowhere: try again."""


def comma(dice: Dice) -> Piece:
    return word(dice, ",", ",")


def connective(dice: Dice, name: str) -> Piece:
    fr, en = CONNECTIVES[name]
    if fr == ", et enfin":
        return join(comma(dice), word(dice, "et", "and"), word(dice, "enfin", "finally"))
    if fr.startswith(", "):
        return join(comma(dice), word(dice, fr[2:], en[2:]))
    return word(dice, fr, en)


class Story:
    """One sentence in the making."""

    def __init__(self, dice: Dice, length: int) -> None:
        self.dice = dice
        self.length = length
        self.scene = SCENES[dice.pick([*sorted(SCENES), "parlour", "parlour", "kitchen"])]
        self.frame = dice.weighted([(5, "present"), (4, "past"), (2.5, "future")])
        self.hero = self._person(speaker=dice.chance(0.09) and self.frame != "future")
        self.other: Entity | None = None
        self.beasts: list[Entity] = []
        self.others: set[str] = set()  # the nouns of passers-by
        self.things: dict[str, Entity] = {}
        self.done: set[str] = set()  # verbs and plots already used
        self.subject: Entity | None = None  # of the last clause: what "il" means
        self.rivals: set[str] = set()  # pronouns that somebody else in the last clause could claim
        self.affirmative = True
        self.timed = False  # it began with "hier," or the like
        self.fresh: list[Entity] = []  # animals that are there but have done nothing yet
        self.dynamic = False  # the last clause was an event that "pendant que" may follow
        self.pieces: list[Piece] = []
        self.tokens = 0  # in French, so far

    def snapshot(self) -> dict:
        """Remember everything that a move may change."""
        people = [e for e in (self.hero, self.other, *self.beasts, *self.things.values()) if e is not None]
        return {
            "fields": {
                **self.__dict__,
                "beasts": list(self.beasts),
                "things": dict(self.things),
                "done": set(self.done),
                "others": set(self.others),
                "fresh": list(self.fresh),
                "rivals": set(self.rivals),
                "pieces": list(self.pieces),
            },
            "entities": [(e, dict(e.__dict__)) for e in people],
        }

    def restore(self, before: dict) -> None:
        """Undo a move that did not fit."""
        self.__dict__.update(before["fields"])
        for e, fields in before["entities"]:
            e.__dict__.update(fields)

    # -- the cast --

    def _person(self, speaker: bool = False, without: Entity | None = None) -> Entity:
        d = self.dice
        if speaker:
            return Entity("garçon", speaker=True, g=d.pick("mf"), mentioned=True)
        for _ in range(50):
            if d.chance(0.25):
                e = Entity(d.pick(NAMES), article="")
            else:
                noun = d.pick([n for n in self.scene.people if n not in KIN or without is None])
                number = "p" if NOUNS[noun].plural and d.chance(0.36) else "s"
                e = Entity(noun, number, self._adjectives(noun, 0.75), "le")
                if number == "p":
                    e.adjectives = tuple(a for a in e.adjectives if a not in SINGULAR)
                if noun in KIN and noun not in ("voisin", "voisine", "ami", "amie", "frère", "sœur"):
                    e.adjectives = ()
                if noun in KIN:
                    e.article, e.owner = "mon", Entity("garçon", speaker=True)
                    e.number = "s"
                elif d.chance(0.35):
                    e.article = d.pick(("un", "ce") if e.number == "s" else ("ce", "deux", "trois"))
            if without is None or (e.pronoun != without.pronoun and e.g != without.g):
                return e
        raise Unfit

    def someone(self, without: Entity | None = None) -> Entity:
        """Somebody who has not been spoken of."""
        e = self._person(without=without)
        if e.article == "mon" or e.noun in (self.hero.noun, *self.others):
            raise Unfit
        self.others.add(e.noun)
        return e

    def companion(self) -> Entity:
        """A second person, of the other gender, often the hero's kin."""
        if self.other is None:
            d, h = self.dice, self.hero
            if d.chance(0.6) and h.number == "s" and not (h.article == "mon"):
                nouns = [
                    n
                    for n in (
                        "mère",
                        "père",
                        "grand-père",
                        "grand-mère",
                        "frère",
                        "sœur",
                        "ami",
                        "amie",
                        "voisin",
                        "voisine",
                    )
                    if NOUNS[n].g != h.g
                ]
                self.other = Entity(d.pick(nouns), article="mon", owner=h)
            else:
                self.other = self._person(without=h)
        return self.other

    def _adjectives(self, noun: str, p: float) -> tuple[str, ...]:
        d, options = self.dice, NOUNS[noun].adjectives
        if not options or not d.chance(p):
            return ()
        # Every other "small" is drawn again, so that no adjective stands everywhere.
        first, second = (
            d.pick(options) if a in EVERYWHERE and d.chance(0.5) else a
            for a in (d.pick(options), d.pick(options))
        )
        if d.chance(0.7) and {first, second} & COLOURS:
            if ADJECTIVES[first].before != ADJECTIVES[second].before:
                return (first, second) if ADJECTIVES[first].before else (second, first)
        return (first,)

    def beast(self, noun: str | None = None) -> Entity:
        d = self.dice
        noun = noun or d.pick(self.scene.beasts)
        same = [b for b in self.beasts if b.noun == noun]
        if same or len(self.beasts) > 4:
            raise Unfit
        number = "p" if NOUNS[noun].plural and d.chance(0.22) else "s"
        article = d.weighted(
            [
                (7, "le"),
                (2.5, "un"),
                (0.8, "ce"),
                (1 if number == "p" else 0, d.pick(NUMBERS)),
            ]
        )
        e = Entity(noun, number, self._adjectives(noun, 0.85), article)
        alone = self.other is None and not self.others  # else: whose dog?
        if noun in OWNED and alone and self.subject is self.hero and d.chance(0.15):
            e.article, e.owner = "mon", self.hero
            if self.hero.speaker or self.hero.number == "p":
                number = e.number = "s"
        if number == "p":
            e.adjectives = tuple(a for a in e.adjectives if a not in SINGULAR)
        self.beasts.append(e)
        return e

    def thing(self, noun: str, negated: bool = False, owner: Entity | None = None, verb: str = "") -> Entity:
        d, kind = self.dice, NOUNS[noun].kind
        if noun in self.things:
            raise Unfit
        owner = owner or self.hero
        if kind == "mass" or noun == "musique":
            some = noun == "musique" or verb == "boire"
            article = "de" if negated else d.weighted([(1, "du"), (0 if some else 1, "le")])
            e = Entity(noun, "s", self._adjectives(noun, 0.5) if article != "de" else (), article)
        elif noun in KIN or kind == "human":
            e = Entity(noun, article="mon" if noun in KIN else "le", owner=owner)
        elif noun in UNIQUE:
            e = Entity(
                noun,
                article="le",
                adjectives=self._adjectives(noun, 0.4) if verb not in ("ouvrir", "fermer") else (),
            )
        else:
            number = "p" if NOUNS[noun].plural and d.chance(0.4) and verb != "porter" else "s"
            if noun in MANY or noun == "pomme_de_terre" and verb not in ("manger", ""):
                number = "p"
            options = [(4, "le")] if negated else [(4, "le"), (4, "un"), (0.6, "ce")]
            if (
                noun in OWNED
                and (owner is not self.hero or self.subject in (None, self.hero))
                and verb not in ("acheter", "vendre")
                and kind != "animal"
            ):
                options.append((4, "mon"))
                if owner.number == "p" or owner.speaker:
                    number = "s"
            if number == "p" and not negated:
                options += [(1.2, number) for number in (*NUMBERS, "beaucoup")]
            if verb in ("écrire", "dessiner", "raconter", "acheter", "vendre") and not negated:
                options = [(1, "un"), (1, d.pick(NUMBERS) if number == "p" else "un")]
            adjectives = self._adjectives(noun, 0.85)
            if number == "p":
                adjectives = tuple(a for a in adjectives if a not in SINGULAR)
            if verb in ("écrire", "préparer", "dessiner", "acheter"):
                adjectives = tuple(a for a in adjectives if a not in ("vieux", "cassé", "sale"))
            if verb in ("ouvrir", "fermer"):
                adjectives = tuple(a for a in adjectives if a not in ("ouvert", "fermé", "cassé"))
            e = Entity(noun, number, adjectives, d.weighted(options), owner)
        self.things[noun] = e
        return e

    # -- parts of clauses --

    def place(self, preposition: str, noun: str, p: float = 0.7, to: bool = False) -> Piece:
        """Give "dans la cuisine" ~ "in the kitchen"; `à` is "at", or "to" after aller (`to`)."""
        d = self.dice
        e = self.things.get(noun)
        if e is None:
            e = Entity(noun, adjectives=() if preposition == "à" else self._adjectives(noun, p))
            e.adjectives = tuple(a for a in e.adjectives if a not in ("ouvert", "fermé", "cassé", "lourd"))
            self.things[noun] = e
            whole = PART_OF.get(noun, ())
            if preposition != "à" and whole and d.chance(0.35):
                e.whole = Entity(d.pick(whole))
                if e.whole.noun in self.things:
                    raise Unfit
                adjectives = self._adjectives(e.whole.noun, 0.4)
                e.whole.adjectives = tuple(a for a in adjectives if a not in e.adjectives)
                self.things[e.whole.noun] = e.whole
            elif preposition != "à" and noun not in SOLE:
                e.article = d.weighted([(5, "le"), (3 if e.adjectives else 0, "un"), (1.5, "ce")])
        elif e.number == "p":
            raise Unfit
        if preposition == "à":
            k = d.new_id()
            phrase = noun_phrase(d, e, "le")
            if noun == "école":  # "à l'école" ~ "at school"
                links = phrase.fr[1].links
                phrase = Piece((phrase.fr[0]._replace(links=links), phrase.fr[1]), phrase.en[1:])
            return join(Piece((term("P", "à", k),), (term("Q", "to" if to else "at", k),)), phrase)
        if noun in ("train", "bus") and preposition == "dans":
            return join(word(d, "dans", "on"), noun_phrase(d, e))
        return prepositional(d, preposition, noun_phrase(d, e))

    def home(self, verb: str) -> Piece:
        """Give "à la maison" ~ "at home" with rester, "home" with rentrer."""
        k, j = self.dice.new_id(), self.dice.new_id()
        at = verb == "rester"
        fr = (
            term("P", "à", k if at else j),
            term("D", "le", j, g="f", n="s"),
            term("N", "maison", j, n="s"),
        )
        return Piece(fr, ((term("Q", "at", k),) if at else ()) + (term("Q", "home", j),))

    def where(self, verb: str = "") -> Piece:
        """Say where the scene is, or nothing if that has been said."""
        spots = [
            p
            for p in self.scene.at
            if p[1] not in self.things and (p[0] != "à" or verb not in ("courir", "marcher"))
        ]
        if verb == "nager":
            spots = [("dans", water) for water in ("mer", "lac", "rivière") if water in self.nouns()]
        return self.place(*self.dice.pick(spots), p=0.7) if spots else Piece()

    def mention(self, e: Entity) -> Piece:
        """A subject: a pronoun when the last clause had the same and nobody else can be meant."""
        if e.speaker or (self.subject is e and e.pronoun not in self.rivals):
            return subject_pronoun(self.dice, e)
        return noun_phrase(self.dice, e)

    def say(
        self,
        link: str,
        subject: Entity,
        predicate: Callable[[], Predicate],
        tense: str,
        negation: str | None = None,
        adverb: str | None = None,
        drop: bool = False,
        others: Sequence[Entity] = (),
    ) -> None:
        """Add a clause. `predicate` is called after the subject: mentions come in order."""
        d = self.dice
        if link == "et" and subject is not self.subject:
            link = ", et"  # or its subject reads like one more thing in the clause before
        lead = connective(d, link) if link else Piece()
        if drop and self.subject is not subject:
            raise Unfit
        if subject.speaker and tense in (FUTURE, WAS, WHEN_FUTURE):
            raise Unfit
        head = Piece() if drop else self.mention(subject)
        p = predicate()
        check_form(p, subject, tense)
        self.add(join(lead, clause(d, head, subject, p, tense, negation, adverb)))
        self.subject = subject
        self.rivals = {o.pronoun for o in others if o is not subject}
        self.affirmative = negation is None
        self.dynamic = (
            (p.verb.fr in DURATIVE or p.verb.fr in LONG) and negation is None and p.infinitive is None
        )
        self.check_length()

    def add(self, piece: Piece) -> None:
        self.pieces.append(piece)
        self.tokens += source_length(piece)

    def check_length(self) -> None:
        if self.so_far() > self.length:
            raise Unfit

    def so_far(self) -> int:
        return self.tokens

    def nouns(self) -> set[str]:
        """What there is in this scene."""
        scene = self.scene
        return (
            {n for _, objects in scene.acts for n in objects}
            | set(scene.objects)
            | {n for _, n in (*scene.at, *scene.spots)}
        )

    def once(self, *keys: str) -> None:
        for key in keys:
            if key in self.done:
                raise Unfit
            self.done.add(key)

    def act(
        self,
        negated: bool = False,
        durative: bool = False,
        owner: Entity | None = None,
        choice: tuple[str, str] | None = None,
        among: set[str] | None = None,
    ) -> tuple[Callable[[], Predicate], Entity | None, str]:
        """Choose something to do in this scene: a predicate, its object, its verb."""
        d = self.dice
        if choice is None:
            acts = [
                a
                for a in self.scene.acts
                if (not durative or a[0] in DURATIVE) and (among is None or a[0] in among)
            ]
            if not acts:
                raise Unfit
            verb, objects = d.pick(acts)
            noun = d.pick(objects) if objects else ""
        else:
            verb, noun = choice
        if self.timed and self.frame == "present" and verb in ("casser", "perdre", "trouver", "vendre"):
            raise Unfit  # not "every day"
        if owner is None and "weary" in self.done and verb in ACTIVE:
            raise Unfit
        self.once("act " + verb)
        if verb in ("dormir", "reposer", "rentrer", "rester"):
            self.once("sleep")
            if owner is None and not negated and self.length > 10:
                if self.so_far() < self.length - 12:
                    raise Unfit  # who falls asleep does little afterwards
        if verb == "cacher":
            return lambda: Predicate(VERBS[verb], rest=self.place("derrière", noun, 0)), None, verb
        if verb == "dormir" and noun == "lit":
            owner = owner or self.hero
            bed = Entity("lit", article="mon", owner=owner)
            return (
                lambda: Predicate(VERBS[verb], rest=prepositional(d, "dans", noun_phrase(d, bed))),
                None,
                verb,
            )
        if verb == "rester" and self.frame == "past":
            raise Unfit  # a rare form
        if verb in ("rester", "rentrer"):
            return lambda: Predicate(VERBS[verb], rest=self.home(verb)), None, verb
        if not noun:
            return lambda: Predicate(VERBS[verb]), None, verb
        people = [p.noun for p in (self.hero, self.other) if p is not None and not p.speaker]
        if noun in people or (verb == "porter" and noun == "robe" and (owner or self.hero).g == "m"):
            raise Unfit
        if verb == "porter" and noun in OWNED and negated:
            raise Unfit
        e = self.thing(noun, negated, owner, verb)
        if (
            verb in ("dessiner", "voir", "vendre", "acheter", "suivre")
            and e.article == "le"
            and noun not in UNIQUE
            and not negated
            and verb != "suivre"
        ):
            e.article = "un" if e.kind != "mass" else "du"
        return lambda: Predicate(VERBS[verb], object=noun_phrase(d, e)), e, verb

    def next_act(self, verb: str, e: Entity, who: Entity) -> Callable[[], Predicate]:
        """What is done next with the same thing, now a pronoun."""
        d = self.dice
        options = [v for v, nouns in NEXT.get(verb, ()) if e.noun in nouns and "act " + v not in self.done]
        if not options:
            raise Unfit
        verb = d.pick(options)
        self.once("act " + verb)
        if verb in ("donner", "montrer"):
            receiver = self.receiver(who)
            return lambda: Predicate(VERBS[verb], clitic=e, rest=to_someone(d, receiver))
        return lambda: Predicate(VERBS[verb], clitic=e)

    def receiver(self, who: Entity) -> Entity:
        if who is self.hero and self.other is None:
            return self.companion()
        if self.other is not None and who is not self.other:
            return self.other
        raise Unfit


def to_someone(d: Dice, e: Entity) -> Piece:
    """Give "à sa mère" ~ "to her mother"."""
    k = d.new_id()
    return join(Piece((term("P", "à", k),), (term("Q", "to", k),)), noun_phrase(d, e))


def check_form(p: Predicate, who: Entity, tense: str) -> None:
    """Keep rare forms out: imparfait and plural future only of common verbs."""
    verb = p.verb
    if tense == WAS and not (verb.fr in DURATIVE or verb.stative):
        raise Unfit
    if who.number == "p":
        heard = {FUTURE: PLURAL_FUTURE, WHEN_FUTURE: PLURAL_FUTURE, WAS: PLURAL_IMPARFAIT}.get(tense, PLURAL)
        if verb.fr not in heard or tense == PAST and (verb.aux == "être" or verb.reflexive):
            raise Unfit
    if tense == PAST and p.clitic is not None:
        if p.clitic.number == "p" or p.clitic.g == "f" and verb.fr not in AGREEING:
            raise Unfit
    if who.speaker and verb.reflexive:
        raise Unfit
    if (
        who.speaker
        and tense == PRESENT
        and not (verb.fr.endswith("er") or verb.fr in ("être", "avoir", "vouloir"))
    ):
        raise Unfit
