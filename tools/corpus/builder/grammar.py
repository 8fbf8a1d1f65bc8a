"""Noun phrases and clauses in both languages at once.

Every function gives a `Piece`: French terms and English terms, whose shared ids are the gold
alignment.
"""

from __future__ import annotations

from dataclasses import dataclass

from builder.lexicon import ADJECTIVES, FEMININE_OF, NOUNS, VERBS, Verb
from builder.realise import Piece, Term, join, term
from dice import Dice

PREPOSITIONS = {
    "dans": "in",
    "sur": "on",
    "sous": "under",
    "devant": "in front of",
    "derrière": "behind",
    "près de": "near",
    "à côté de": "next to",
    "avec": "with",
    "sans": "without",
    "pour": "for",
    "de": "of",
}
ADVERBS = {
    "souvent": "often",
    "toujours": "always",
}  # after the French verb, before the English one
NUMERALS = {"deux": "two", "trois": "three", "quatre": "four", "cinq": "five"}
NEGATIONS = {"pas": "not", "jamais": "never"}
# How a clause is set in time: present, passé composé, imparfait, futur, futur after "quand".
PRESENT, PAST, WAS, FUTURE, WHEN_FUTURE = "p", "pc", "i", "f", "fq"
_FR_TENSE = {PRESENT: "p", PAST: "p", WAS: "i", FUTURE: "f", WHEN_FUTURE: "f"}


@dataclass
class Entity:
    """Somebody or something that a sentence speaks of; later mentions refer back to it."""

    noun: str
    number: str = "s"
    adjectives: tuple[str, ...] = ()
    article: str = "le"  # of the first mention: le, un, du, ce, mon (somebody's), deux, trois, "" (a name)
    owner: Entity | None = None
    speaker: bool = False  # "je"
    keep: bool = False  # later mentions keep their adjectives ("the black cat … the white cat")
    whole: Entity | None = None  # what it is a part of: "la porte de la maison"
    mentioned: bool = False
    g: str = ""

    def __post_init__(self) -> None:
        self.g = self.g or NOUNS[self.noun].g

    @property
    def kind(self) -> str:
        return NOUNS[self.noun].kind

    @property
    def human(self) -> bool:
        return self.kind in ("human", "name")

    @property
    def person(self) -> int:
        return 1 if self.speaker else 3

    @property
    def pronoun(self) -> str:
        """The French subject pronoun."""
        if self.speaker:
            return "je"
        return ("il" if self.g == "m" else "elle") + ("s" if self.number == "p" else "")

    @property
    def english_gender(self) -> str:
        return self.g if self.human else "n"


def word(dice: Dice, fr: str, en: str) -> Piece:
    """Pair words that are the same wherever they stand: every French one with every English one."""
    k = dice.new_id()
    return Piece(tuple(_plain(w, k) for w in fr.split()), tuple(term("Q", w, k) for w in en.split()))


def _plain(w: str, k: int) -> Term:
    # Words that elide or contract must be pyrealb's own.
    kind = {"que": "C", "si": "C", "de": "P", "à": "P"}.get(w, "Q")
    return term(kind, w, k)


def _adjective(fr: str, entity: Entity, links: int) -> tuple[Term, Term]:
    a = ADJECTIVES[fr]
    # Without `pos`, pyrealb would move an adjective to where its own lexicon wants it.
    pos = "pre" if a.before else "post"
    return term("A", fr, links, g=entity.g, n=entity.number, pos=pos), term("A", a.en, links)


def _noun(e: Entity, k: int) -> tuple[tuple[Term, ...], tuple[Term, ...]]:
    noun = NOUNS[e.noun]
    if noun.kind == "name":
        return (term("Q", noun.fr, k),), (term("Q", noun.en, k),)
    if noun.fr == "pomme_de_terre":
        fr = (term("N", "pomme", k, n=e.number), term("P", "de", k), term("Q", "terre", k))
    elif noun.fr in FEMININE_OF:
        fr = (term("N", FEMININE_OF[noun.fr], k, g="f", n=e.number),)
    else:
        fr = (term("N", noun.fr, k, n=e.number),)
    return fr, (term("N", noun.en, k, n=e.number),)


def _article(dice: Dice, e: Entity, kind: str) -> tuple[tuple[Term, ...], tuple[Term, ...]]:
    """Determiner: French terms, English terms."""
    k = dice.new_id()
    agree = {"g": e.g, "n": e.number}
    if kind == "le":
        return (term("D", "le", k, **agree),), (term("D", "the", k),)
    if kind == "un":
        english = (term("D", "a", k),) if e.number == "s" else ()
        return (term("D", "un", k, **agree),), english
    if kind == "du":  # partitive: no English counterpart
        return (term("P", "de"), term("D", "le", **agree)), ()
    if kind == "ce":
        return (term("D", "ce", k, **agree),), (term("D", "this", k, n=e.number),)
    if kind == "mon":
        owner = e.owner
        assert owner is not None
        if owner.number == "p":
            return ((term("D", "notre", k, pe=3, **agree),), (term("D", "my", k, pe=3, ow="p"),))
        fr = term("D", "mon", k, pe=owner.person, **agree)
        if owner.speaker:
            return (fr,), (term("D", "my", k, pe=1),)
        return (fr,), (term("D", "my", k, pe=3, g=owner.english_gender),)
    if kind in NUMERALS:
        return (term("Q", kind, k),), (term("Q", NUMERALS[kind], k),)
    if kind == "beaucoup":
        return (term("Q", "beaucoup", k), term("P", "de", k)), (term("Q", "many", k),)
    if kind == "de":  # after a negation
        return (term("P", "de"),), ()
    if kind == "aimer":  # "aime les pommes": generic
        return (term("D", "le", **agree),), ()
    assert kind == "", kind
    return (), ()


def noun_phrase(dice: Dice, e: Entity, article: str | None = None) -> Piece:
    """Mention an entity: in full the first time, then with "the" and without its adjectives."""
    first = not e.mentioned
    e.mentioned = True
    if e.speaker or e.kind == "name":
        article, adjectives = "", ()
    else:
        adjectives = e.adjectives if first or e.keep else ()
        if article is None:
            article = e.article if first or e.article == "mon" else "le"
    fr_article, en_article = _article(dice, e, article)
    if article == "un" and e.number == "p" and any(ADJECTIVES[a].before for a in adjectives):
        fr_article = (term("P", "de"),)  # "de petits chats", not "des petits chats"
    noun_fr, noun_en = _noun(e, dice.new_id())
    before, after, english = [], [], []
    for a in adjectives:
        fr, en = _adjective(a, e, dice.new_id())
        (before if ADJECTIVES[a].before else after).append(fr)
        english.append(en)
    phrase = Piece((*fr_article, *before, *noun_fr, *after), (*en_article, *english, *noun_en))
    if first and e.whole is not None:
        phrase = join(phrase, prepositional(dice, "de", noun_phrase(dice, e.whole)))
    return phrase


def subject_pronoun(dice: Dice, e: Entity) -> Piece:
    k = dice.new_id()
    if e.speaker:
        return Piece((term("Pro", "je", k, pe=1),), (term("Q", "i", k),))
    english = "they" if e.number == "p" else {"m": "he", "f": "she", "n": "it"}[e.english_gender]
    return Piece((term("Q", e.pronoun, k),), (term("Q", english, k),))


def prepositional(dice: Dice, preposition: str, noun: Piece) -> Piece:
    return join(word(dice, preposition, PREPOSITIONS[preposition]), noun)


@dataclass
class Predicate:
    """A verb with what follows it."""

    verb: Verb
    object: Piece = Piece()
    clitic: Entity | None = None  # an object pronoun
    rest: Piece = Piece()  # places, manner, times
    infinitive: Predicate | None = None  # after vouloir, pouvoir, devoir, aller


def _conjugated(verb: Verb, tense: str, who: Entity, k: int) -> Term:
    number = who.number
    return term("V", verb.fr, k, t=_FR_TENSE[tense], pe=who.person, n=number)


def _reflexive(who: Entity, k: int) -> Term:
    return term("Pro", "moi", k, pe=who.person, n=who.number, c="refl")


def _clitics(dice: Dice, p: Predicate) -> Piece:
    if p.clitic is None:
        return Piece()
    e, k = p.clitic, dice.new_id()
    english = "them" if e.number == "p" else "it"
    return Piece((term("D", "le", k, g=e.g, n=e.number),), (term("Q", english, k),))


def infinitive_phrase(
    dice: Dice, p: Predicate, who: Entity, to: bool = True, preposition: str | None = None
) -> Piece:
    """Give "[pour] la manger" ~ "to eat it"; "to" goes with the infinitive, or with "pour"."""
    k, verb = dice.new_id(), p.verb
    link = dice.new_id() if preposition else k
    clitic = _clitics(dice, p)
    fr: list[Term] = [term("Q", preposition, link)] if preposition else []
    if verb.reflexive:
        fr.append(_reflexive(who, k))
    fr += [*clitic.fr, term("V", verb.fr, k, t="b"), *p.object.fr, *p.rest.fr]
    en = [term("Q", "to", link)] if to else []
    en += [
        term("V", verb.en, k, t="b"),
        *(term("Q", w, k) for w in verb.particle),
        *clitic.en,
        *p.object.en,
        *p.rest.en,
    ]
    return Piece(tuple(fr), tuple(en))


def clause(
    dice: Dice,
    subject: Piece,
    who: Entity,
    p: Predicate,
    tense: str,
    negation: str | None = None,
    adverb: str | None = None,
) -> Piece:
    """Give a finite clause. `subject` may be empty: "…, et le mange"."""
    verb, k = p.verb, dice.new_id()
    aux_k = dice.new_id()
    clitic = _clitics(dice, p)
    neg_k, adv_k = dice.new_id(), dice.new_id()
    compound = tense == PAST
    # French: ne, se, le, the verb or the auxiliary, pas, souvent, the participle
    fr: list[Term] = [term("Adv", "ne", neg_k)] if negation else []
    if verb.reflexive:
        fr.append(_reflexive(who, k))
    fr += clitic.fr
    if compound:
        link = aux_k if negation == "pas" else k
        fr.append(term("V", verb.aux, link, t="p", pe=who.person, n=who.number))
    else:
        fr.append(_conjugated(verb, tense, who, k))
    if negation:
        fr.append(term("Q", negation, neg_k))
    if adverb:
        fr.append(term("Q", adverb, adv_k))
    if compound:
        agree = {"g": "m", "n": "s"}
        if verb.aux == "être" or verb.reflexive:
            agree = {"g": who.g, "n": who.number}
        elif p.clitic is not None:
            agree = {"g": p.clitic.g, "n": p.clitic.number}
        fr.append(term("V", verb.fr, k, t="pp", **agree))
    en = _english_verb(p, tense, who, negation, adverb, (k, aux_k, neg_k, adv_k))
    body = Piece(tuple(fr), (*en, *clitic.en))
    tail = [p.object, p.rest]
    if p.infinitive is not None:
        tail.insert(0, infinitive_phrase(dice, p.infinitive, who, to=verb.fr not in ("pouvoir", "devoir")))
    return join(subject, body, *tail)


def _english_verb(
    p: Predicate,
    tense: str,
    who: Entity,
    negation: str | None,
    adverb: str | None,
    ids: tuple[int, int, int, int],
) -> tuple[Term, ...]:
    k, aux_k, neg_k, adv_k = ids
    verb, agree = p.verb, {"pe": who.person, "n": who.number}
    particle = tuple(term("Q", w, k) for w in verb.particle)
    middle: list[Term] = []
    if negation:
        middle.append(term("Q", NEGATIONS[negation], neg_k))
    if adverb:
        middle.append(term("Q", ADVERBS[adverb], adv_k))
    if verb.fr in ("pouvoir", "devoir"):
        if verb.fr == "pouvoir" and tense == PRESENT and negation == "pas":
            return (term("Q", "cannot", k, neg_k),)
        modal = {"pouvoir": {PRESENT: "can", WAS: "could"}, "devoir": {PRESENT: "must"}}[verb.fr][tense]
        return (term("Q", modal, k), *middle)
    simple = {PRESENT: "p", WHEN_FUTURE: "p", PAST: "ps", WAS: "ps"}
    if verb.fr == "aller" and p.infinitive is not None:  # "va manger" ~ "is going to eat"
        return (term("V", "be", k, t=simple[tense], **agree), *middle, term("V", "go", k, t="pr"))
    if tense == FUTURE:
        return (term("Q", "will", k), *middle, term("V", verb.en, k, t="b"), *particle)
    if verb.en == "be":
        return (term("V", "be", k, t=simple[tense], **agree), *middle)
    if tense == WAS and not verb.stative:
        return (
            term("V", "be", k, t="ps", **agree),
            *middle,
            term("V", verb.en, k, t="pr"),
            *particle,
        )
    if negation == "pas":
        link = aux_k if tense == PAST else k
        return (
            term("V", "do", link, t=simple[tense], **agree),
            *middle,
            term("V", verb.en, k, t="b"),
            *particle,
        )
    return (*middle, term("V", verb.en, k, t=simple[tense], **agree), *particle)


def copula(e: Piece, verb: str = "être") -> Predicate:
    """ "est" + a complement: an adjective, a place."""
    return Predicate(VERBS[verb]._replace(en="be"), rest=e)


def adjective_complement(dice: Dice, who: Entity, adjective: str, very: bool = False) -> Piece:
    fr, en = _adjective(adjective, who, dice.new_id())
    complement = Piece((fr,), (en,))
    if very and adjective not in ABSOLUTE:
        return join(word(dice, "très", "very"), complement)
    return complement


ABSOLUTE = {"ouvert", "fermé", "cassé", "vide", "délicieux"}  # not "very closed"
FEELINGS = {
    "faim": "hungry",
    "soif": "thirsty",
    "froid": "cold",
    "chaud": "hot",
    "peur": "afraid",
    "sommeil": "sleepy",
}


def feeling(dice: Dice, name: str) -> Predicate:
    """ "a faim" ~ "is hungry"."""
    return copula(word(dice, name, FEELINGS[name]), "avoir")
