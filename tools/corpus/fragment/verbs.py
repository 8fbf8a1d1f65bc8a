"""A verb with what belongs to it: told, asked, ordered, or left in the infinitive."""

from __future__ import annotations

from dataclasses import dataclass, field

from fragment.phrases import Entity, pair
from fragment.text import EMPTY, Phrase, Word
from fragment.words import FUTURE, PAST, PRESENT, SOON, WAS, Dice, Verb, en_verb, fr_verb, participle

Words = tuple[Word, ...]
Ids = frozenset[int]

SINCE = "since"  # in English only: "has been waiting"
NOW = "now"  # in English only: "is raining"
_FORM = {PRESENT: "p", WAS: "i", FUTURE: "f"}
_NEVER = {"jamais": ("never",), "plus": ("no", "longer")}
# A verb before the verb: in English a bare one where it has one ("can", "could"), or else a verb and "to".
MODALS = ("vouloir", "pouvoir", "devoir", "aimer", "apprendre")
_BARE = {("pouvoir", PRESENT): "can", ("pouvoir", WAS): "could", ("devoir", PRESENT): "must"}
_WITH_TO = {
    "vouloir": ("want", "to"),
    "pouvoir": ("be", "able to"),
    "devoir": ("have", "to"),
    "aimer": ("like", "to"),
    "apprendre": ("learn", "to"),
}
_LINK = {"apprendre": "à"}  # apprend à nager  # fmt: skip
_SAME_PERSON = {(1, "s"): "me", (2, "s"): "te", (1, "p"): "nous", (2, "p"): "vous"}


@dataclass
class Predicate:
    """A verb with what belongs to it."""

    fr: str  # infinitive
    en: str
    particle: tuple[str, ...] = ()
    aux: str = "avoir"
    reflexive: bool = False
    stative: bool = False  # no "was …ing"
    modal: str = ""  # one of `MODALS`
    clitics: tuple[tuple[Word, Word | None], ...] = ()  # French, English
    agrees: Entity | None = None  # the object before it, with which its participle agrees
    nothing: Phrase = EMPTY  # rien ~ nothing
    often: Phrase = EMPTY  # after the French verb, before the English one: souvent ~ often
    complement: Phrase = EMPTY  # object and recipient
    others: list[Entity] = field(default_factory=list)  # mentioned in it
    rest: Phrase = EMPTY  # how, where and when

    @classmethod
    def of(cls, verb: Verb, agrees: Entity | None = None) -> Predicate:
        """Return the predicate of a verb alone."""
        return cls(
            verb.fr,
            verb.head,
            verb.particle,
            aux="être" if "E" in verb.flags else "avoir",
            reflexive="R" in verb.flags,
            stative="S" in verb.flags,
            agrees=agrees,
        )

    @property
    def objects(self) -> Words:
        """The English of its object pronouns."""
        return tuple(en for _, en in self.clitics if en is not None)


def to_be(complement: Phrase = EMPTY) -> Predicate:
    """Return "être"."""
    return Predicate("être", "be", stative=True, complement=complement)


def spell(text: str, ids: Ids) -> Words:
    """Return the words of a text, all with the same links."""
    return tuple(Word(word, ids) for word in text.split())


def _english_agreement(who: Entity) -> tuple[int, str]:
    """Person and number of the English verb; "you" goes as "we" does."""
    return {"i": (1, "s"), "he": (3, "s"), "she": (3, "s"), "it": (3, "s")}.get(who.english, (1, "p"))


def _parts(
    en: str, stative: bool, who: Entity, tense: str, support: bool, k: Ids, a: Ids
) -> tuple[Words, Words]:
    """Return the auxiliary, if there is one, and the rest; with `support` there is ("does eat")."""
    person, number = _english_agreement(who)
    if tense == FUTURE:
        return spell("will", k), spell(en, k)
    if tense == SOON:
        return spell(en_verb("be", "p", person, number), a), spell("going to", a) + spell(en, k)
    if tense == SINCE:
        have = en_verb("have", "p", person, number)
        return spell(have, k), spell("been", k) + spell(en_verb(en, "pr"), k)
    past = "p" if tense in (PRESENT, NOW) else "ps"
    if en == "be":
        return spell(en_verb("be", past, person, number), k), ()
    if tense in (WAS, NOW) and not stative:
        return spell(en_verb("be", past, person, number), k), spell(en_verb(en, "pr"), k)
    if support:
        return spell(en_verb("do", past, person, number), k), spell(en, k)
    return (), spell(en_verb(en, past, person, number), k)


def _english(
    p: Predicate, who: Entity, tense: str, negation: str, question: bool, k: Ids, a: Ids, n: Ids
) -> tuple[Words, Words]:
    """Return the English verb in two parts: what a question puts before its subject, and the rest."""
    no = spell("not", n) if negation == "pas" else ()
    support = question or bool(no)
    if bare := _BARE.get((p.modal, tense)):
        aux, rest = spell(bare, a), spell(p.en, k)
        if bare == "can" and no and not question:
            aux, no = spell("cannot", a | n), ()
    elif p.modal:
        verb, to = _WITH_TO[p.modal]
        aux, rest = _parts(verb, verb != "learn", who, tense, support, a, a)
        rest += spell(to, a) + spell(p.en, k)
    else:
        aux, rest = _parts(p.en, p.stative, who, tense, support, k, a)
    ever = tuple(Word(word, n) for word in _NEVER.get(negation, ()))
    return aux, no + p.often.en + ever + rest + tuple(Word(word, k) for word in p.particle)


def _reflexive(p: Predicate, who: Entity, k: Ids) -> Words:
    return (Word(_SAME_PERSON.get(who.agreement, "se"), k),) if p.reflexive else ()


def _french(
    p: Predicate, who: Entity, tense: str, negation: str, k: Ids, a: Ids, n: Ids
) -> tuple[Words, Words]:
    """Return the French verb as far as its finite form, after which a subject may stand, and the rest."""
    person, number = who.agreement
    second = p.nothing.fr or ((Word(negation, n),) if negation else ())
    ne = (Word("ne", second[0].ids),) if second else ()
    second += p.often.fr
    clitics = _reflexive(p, who, k) + tuple(fr for fr, _ in p.clitics)

    def finite(verb: str, ids: Ids) -> Words:
        return (Word(fr_verb(verb, _FORM.get(tense, "p"), person, number), ids),)

    link = spell(_LINK.get(p.modal, ""), a)
    if p.modal and tense == PAST:  # j'ai dû attendre
        modal = (Word(participle(p.modal, "m", "s"), a),)
        return ne + finite("avoir", a), second + modal + link + clitics + (Word(p.fr, k),)
    if p.modal or tense == SOON:
        return ne + finite(p.modal or "aller", a), second + link + clitics + (Word(p.fr, k),)
    if tense == PAST:
        g, several = "m", "s"
        if p.aux == "être":
            g, several = who.g, who.several
        elif p.agrees is not None:
            g, several = p.agrees.g, p.agrees.several
        return ne + clitics + finite(p.aux, k), second + (Word(participle(p.fr, g, several), k),)
    return ne + clitics + finite(p.fr, k), second


def told(
    dice: Dice,
    who: Entity,
    p: Predicate,
    tense: str,
    negation: str = "",
    subject: Phrase | None = None,
    english: str = "",
    again: bool = False,
) -> Phrase:
    """Return a statement.

    `subject` stands in place of the entity's own phrase (nothing after "et"); `english` is the English tense
    where it is another one ("quand il viendra" ~ "when he comes"); `again`: its English auxiliary has been
    said ("was singing and laughing").
    """
    k, a, n = dice.id(), dice.id(), dice.id()
    finite, rest_fr = _french(p, who, tense, negation, k, a, n)
    aux, rest_en = _english(p, who, english or tense, negation, False, k, a, n)
    if again:
        aux = ()
    subject = who.phrase if subject is None else subject
    return Phrase(
        subject.fr + finite + rest_fr + p.complement.fr + p.rest.fr,
        subject.en + aux + rest_en + p.objects + p.complement.en + p.nothing.en + p.rest.en,
    )


def question_mark(dice: Dice) -> Phrase:
    return pair(dice, "?", "?")


def est_ce_que(dice: Dice) -> Words:
    """Return what makes a question of a statement."""
    return spell("est -ce que", dice.id())


def inverted(who: Entity, finite: Words) -> Word:
    """Return the pronoun that follows its verb: "-tu", "-t-il"."""
    pronoun = who.phrase.fr[0]
    if not who.pronoun:  # anna chante-t-elle
        text = ("il" if who.g == "m" else "elle") + "s" * (who.number == "p")
        pronoun = Word(text, who.phrase.fr[-1].ids)
    between = "-t" if pronoun.text in ("il", "elle", "on") and finite[-1].text[-1] not in "dt" else ""
    return Word(f"{between}-{pronoun.text}", pronoun.ids)


def asked(
    dice: Dice,
    who: Entity,
    p: Predicate,
    tense: str,
    negation: str = "",
    style: str = "",
    wh: Phrase = EMPTY,
    english: str = "",
) -> Phrase:
    """Return a question: by "est-ce que", by "inversion", or its mark alone (""); `wh` is what is asked."""
    k, a, n = dice.id(), dice.id(), dice.id()
    finite, rest_fr = _french(p, who, tense, negation, k, a, n)
    negated = "pas" if p.nothing.fr else negation  # do you not eat anything?
    aux, rest_en = _english(
        p, who, english or tense, negated, True, k, a, n if not p.nothing.fr else p.nothing.fr[0].ids
    )
    if style == "est-ce que":
        fr = wh.fr + est_ce_que(dice) + who.phrase.fr + finite + rest_fr
    elif style == "after":  # où habitent tes amis
        fr = wh.fr + finite + who.phrase.fr + rest_fr
    elif style == "inversion":
        noun = () if who.pronoun else who.phrase.fr
        fr = wh.fr + noun + finite + (inverted(who, finite),) + rest_fr
    else:
        fr = who.phrase.fr + finite + rest_fr
    fr += p.complement.fr + p.rest.fr + (() if style else wh.fr)
    en = wh.en + aux + who.phrase.en + rest_en + p.objects + p.complement.en + p.nothing.en + p.rest.en
    return Phrase(fr, en) + question_mark(dice)


def ordered(dice: Dice, p: Predicate, who: Entity, negation: str = "") -> Phrase:
    """Return an imperative to tu, nous or vous."""
    person, number = who.agreement
    k, n = dice.id(), dice.id()
    form = Word(fr_verb(p.fr, "ip", person, number), k)
    clitics = (*_reflexive(p, who, k), *(fr for fr, _ in p.clitics))
    if negation:
        fr = (Word("ne", n), *clitics, form, Word(negation, n))
    else:
        if form.text.endswith(("e", "va")) and clitics and clitics[0].text in ("y", "en"):
            form = Word(form.text + "s", k)  # vas-y, manges-en
        tonic = {"me": "moi", "te": "toi"}
        clitics = sorted(clitics, key=lambda c: c.text not in ("le", "la", "les"))  # donne-le-moi
        fr = (form, *(Word(f"-{tonic.get(c.text, c.text)}", c.ids, "tonic") for c in clitics))
    lets = spell("let's", k) if person == 1 else ()
    no = negation in ("pas", "plus")  # "do not …", and "do not … anymore"
    en = lets + (spell("not" if lets else "do not", n) if no else ())
    en += spell("never", n) if negation == "jamais" else ()
    en += (
        spell(p.en, k) + tuple(Word(word, k) for word in p.particle) + p.objects + p.complement.en + p.rest.en
    )
    return Phrase(fr + p.complement.fr + p.rest.fr, en + (spell("anymore", n) if negation == "plus" else ()))


def infinitive(dice: Dice, p: Predicate, who: Entity, link: Phrase, form: str) -> Phrase:
    """Return "pour manger" ~ "to eat" (form "b"), "avant de manger" ~ "before eating" ("pr")."""
    k = dice.id()
    fr = _reflexive(p, who, k) + tuple(fr for fr, _ in p.clitics) + (Word(p.fr, k),)
    en = spell(en_verb(p.en, form), k) + tuple(Word(word, k) for word in p.particle)
    return link + Phrase(fr + p.complement.fr, en + p.objects + p.complement.en)
