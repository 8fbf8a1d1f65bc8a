"""Facts, a question, an answer in a full sentence; or two questions, of which the second leans on the first.

    the black cat sleeps on the mat . anna has a red ball . where is the black cat ?
    -> the black cat sleeps on the mat .

A fact is about an animal or a person that is somewhere, or about a person who has a thing. Nobody is in two
facts of a kind, so no two contradict each other. What answers is marked, in the fact and in the answer.
"""

from __future__ import annotations

from typing import NamedTuple

from shipping import Row
from tasks.marked import Phrase, Token, marked, plain, row
from tasks.names import NameDice

ANIMALS, FURS = "cat dog rabbit hen mouse".split(), "black white brown".split()
THINGS, COLOURS = "ball bag book cup hat".split(), "red blue green".split()
VERBS = "sleeps sits waits plays hides stands".split()
PLACES = [
    f"{preposition} the {noun}"
    for preposition, nouns in {
        "in": "kitchen garden hall",
        "on": "mat roof sofa",
        "under": "table bed",
        "behind": "door house",
        "near": "window gate",
    }.items()
    for noun in nouns.split()
]
ANSWER = "answer"  # the mark of what answers


class Fact(NamedTuple):
    """Who or what, and what is said of it: that it is somewhere, or has something."""

    who: str  # "the black cat", "anna", "the red ball"
    verb: str  # "sleeps"; "has"
    rest: str  # "on the mat"; "red ball"

    def told(self, answers: bool) -> Phrase:
        """Return it as a sentence, with what answers marked in one that does."""
        start = plain(f"{self.who} has a" if self.verb == "has" else self.who)
        said = self.rest if self.verb == "has" else f"{self.verb} {self.rest}"
        return start + marked(said, ANSWER if answers else "") + plain(".")

    @property
    def question(self) -> str:
        return f"what does {self.who} have ?" if self.verb == "has" else f"where is {self.who} ?"


def leaning(dice: NameDice, first: Fact, facts: list[Fact]) -> tuple[str, Fact] | None:
    """Return a second question that means nothing without the first, and the fact that it asks for."""
    options: list[tuple[str, Fact]] = []
    for fact in facts:
        if fact is first or (fact.verb == "has") != (first.verb == "has"):
            continue
        options.append((f"and {fact.who} ?", fact))
        if " " in fact.who and " " in first.who and fact.who.split()[2] == first.who.split()[2]:
            options += [(f"and the {fact.who.split()[1]} one ?", fact)] * 2
    return dice.pick(options) if options else None


def _pairs(colours: list[str], nouns: list[str]) -> list[str]:
    return [f"{colour} {noun}" for colour in colours for noun in nouns]


def some_facts(dice: NameDice, number: int) -> list[Fact]:
    """Draw facts that do not contradict each other; their words come back, so that each matters."""
    nouns, colours = 1 + number // 4, min(3, 2 + number // 6)
    animals = dice.shuffled(_pairs(dice.shuffled(FURS)[:colours], dice.shuffled(ANIMALS)[:nouns]))
    goods = _pairs(dice.shuffled(COLOURS)[:colours], dice.shuffled(THINGS)[:nouns])
    people: list[str] = []
    while len(people) < 1 + number // 2:
        person = dice.name("first name")
        if person not in people:
            people.append(person)
    somewhere, owners = dice.shuffled(people), dice.shuffled(people)
    facts: list[Fact] = []
    while len(facts) < number:
        kind = dice.weighted([(4, "animal"), (3, "person"), (2, "owner")])
        if kind == "animal" and animals:
            facts.append(Fact(f"the {animals.pop()}", dice.pick(VERBS), dice.pick(PLACES)))
        elif kind == "person" and somewhere:
            facts.append(Fact(somewhere.pop(), dice.pick(VERBS), dice.pick(PLACES)))
        elif kind == "owner" and owners:
            facts.append(Fact(owners.pop(), "has", dice.pick(goods)))
    return facts


def dialogue(dice: NameDice, number: int) -> Row | None:
    """Draw a dialogue about so many facts; None where its second question finds nothing to ask."""
    facts = some_facts(dice, number)
    asked = dice.pick(facts)
    said = asked.question
    if number > 1 and dice.chance(0.5):
        second = leaning(dice, asked, facts)
        if second is None:
            return None
        answered = " ".join(token.text for token in asked.told(answers=False))
        said, asked = f"{said} {answered} {second[0]}", second[1]
    source = [token for fact in facts for token in fact.told(answers=fact is asked)] + plain(said)
    answer = [Token(token.text) if token.text == "the" else token for token in asked.told(answers=True)]
    return row(source, answer)
