"""Sentences: a clause of any kind alone, and clauses put together."""

from __future__ import annotations

from fragment.parts import fixed, predicate, verbs_of
from fragment.phrases import LIVING, Clause, Context, comma, pair
from fragment.questions import order, question
from fragment.statements import statement, subject
from fragment.text import EMPTY, Phrase
from fragment.verbs import told
from fragment.words import FUTURE, PAST, PRESENT, SOON, WAS, Dice

# French, English, and whether a comma comes before it.
Link = tuple[str, str, bool]
COORDINATED: tuple[tuple[float, Link], ...] = (
    (40, ("et", "and", False)), (18, ("mais", "but", True)), (10, ("donc", "so", True)),
    (8, ("puis", "then", True)), (4, ("ou", "or", False)), (12, (",", ",", False)), (9, ("et", "and", True)),
)  # fmt: skip
AFTER_AN_ORDER: tuple[Link, ...] = (
    (",", ",", False), ("parce que", "because", False), ("et", "and", False), ("mais", "but", True),
)  # fmt: skip
BEFORE_THE_END: tuple[Link, ...] = (
    (",", ",", False), ("et", "and", False), ("mais", "but", True), ("donc", "so", True),
)  # fmt: skip
SUBORDINATE = (
    (5, ("quand", "when")), (2, ("pendant que", "while")), (3, ("parce que", "because")), (2, ("si", "if")),
)  # fmt: skip
OPENINGS = (
    ("oui", "yes"), ("non", "no"), ("d' abord", "first"), ("enfin", "finally"), ("bien sûr", "of course"),
)  # fmt: skip


def linked(dice: Dice, link: Link) -> Phrase:
    """Return a conjunction, with its comma."""
    fr, en, after_comma = link
    return (comma(dice) if after_comma else EMPTY) + pair(dice, fr, en)


def sentence(dice: Dice, clauses: int) -> Phrase:
    """Return a sentence of so many clauses."""
    context = Context()
    if clauses == 1:
        kind = dice.weighted(((58, "told"), (29, "asked"), (13, "ordered")))
        if kind != "told":
            return question(dice, context) if kind == "asked" else order(dice)
    tense = dice.weighted([(32, PRESENT), (24, PAST), (17, WAS), (16, FUTURE), (11, SOON)])
    made = EMPTY
    if clauses > 1 and dice.chance(0.1):
        made = order(dice) + linked(dice, dice.pick(AFTER_AN_ORDER))
        clauses -= 1
    elif clauses > 1 and dice.chance(0.14):
        made = subordinate(dice, context, tense) + comma(dice)
        clauses -= 1
    elif dice.chance(0.025):
        made = fixed(dice, *dice.pick(OPENINGS)) + comma(dice)
    made = made + statement(dice, context, tense)
    for left in reversed(range(clauses - 1)):
        if not left and dice.chance(0.18):
            end = question(dice, context) if dice.chance(0.65) else order(dice)
            return made + linked(dice, dice.pick(BEFORE_THE_END)) + end
        if dice.chance(0.3):
            made = made + subordinate(dice, context, tense)
        elif dice.chance(0.12) and tense != SOON and context.last is not None and context.last.kind in LIVING:
            made = made + same_subject(dice, context, tense)
        else:
            link = linked(dice, dice.weighted(COORDINATED))
            if dice.chance(0.15) and tense != SOON:
                tense = dice.weighted([(4, PRESENT), (3, PAST), (1, WAS), (2, FUTURE)])
            made = made + link + statement(dice, context, tense)
    return made


def subordinate(dice: Dice, context: Context, tense: str) -> Phrase:
    """Return "quand …", "si …", "parce que …", in a tense that goes with that of its main clause."""
    fr, en = dice.weighted(SUBORDINATE)
    if fr == "si" and tense in (PAST, WAS):
        fr, en = "parce que", "because"
    link = pair(dice, fr, en)
    if tense in (FUTURE, SOON):
        if fr in ("quand", "pendant que"):  # in French it is to come; in English it is present
            return link + _to_come(dice, context)
        tense = PRESENT if fr == "si" else FUTURE
    elif tense == PAST:
        tense = dice.pick((PAST, WAS))
    return link + statement(dice, context, tense)


def _to_come(dice: Dice, context: Context) -> Phrase:
    """Return "julie viendra" ~ "julie comes"."""
    who = subject(dice, context, 0.6)
    p = predicate(dice, context.of(who), dice.pick(verbs_of(who)))
    return context.knows(Clause(told(dice, who, p, FUTURE, english=PRESENT), who, tuple(p.others)))


def same_subject(dice: Dice, context: Context, tense: str) -> Phrase:
    """Return "et mange une pomme": a second verb of the last subject."""
    who = context.last
    assert who is not None
    p = predicate(dice, context.of(who), dice.pick(verbs_of(who)))
    link = pair(dice, *dice.pick((("et", "and"), ("puis", "then"), ("mais", "but"))))
    context.others.extend(p.others)
    return link + told(dice, who, p, tense, subject=EMPTY)
