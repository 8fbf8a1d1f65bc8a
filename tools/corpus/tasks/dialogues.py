"""Facts, a question, an answer in a full sentence; or two questions, of which the second leans on the first.

    the black cat sleeps on the mat . anna sits in the garden . where is the black cat ?
    -> the black cat sleeps on the mat .

A fact is about an animal or a person that is somewhere. Nobody is in two facts, so no two contradict each
other. What answers is marked, in the fact and in the answer; it is in no question.
"""

from __future__ import annotations

from typing import NamedTuple

from shipping import Row
from tasks.marked import Phrase, Token, marked, plain, row
from tasks.names import NameDice

ANIMALS, FURS = "cat dog rabbit hen mouse".split(), "black white brown".split()
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
    """Who is where, and what they do there."""

    who: str  # "the black cat", "anna"
    does: str  # "sleeps on the mat"

    def told(self, answers: bool) -> Phrase:
        """Return it as a sentence, with what answers marked in one that does."""
        return plain(self.who) + marked(self.does, ANSWER if answers else "") + plain(".")


def leaning(dice: NameDice, first: Fact, facts: list[Fact]) -> tuple[str, Fact]:
    """Return a second question that means nothing without the first, and the fact that it asks for."""
    options: list[tuple[str, Fact]] = []
    for fact in facts:
        if fact is not first:
            options.append((f"and {fact.who} ?", fact))
            if " " in fact.who and " " in first.who and fact.who.split()[2] == first.who.split()[2]:
                options += [(f"and the {fact.who.split()[1]} one ?", fact)] * 3
    return dice.pick(options)


def some_facts(dice: NameDice, number: int) -> list[Fact]:
    """Draw facts that do not contradict each other; colours and animals come back, so that both matter."""
    furs = dice.shuffled(FURS)[: min(3, 2 + number // 6)]
    animals = dice.shuffled(ANIMALS)[: 1 + number // 4]
    beasts = dice.shuffled([f"the {fur} {animal}" for fur in furs for animal in animals])
    who = beasts[: (number + 1) // 2]
    while len(who) < number:
        person = dice.name("first name")
        if person not in who:
            who.append(person)
    return [Fact(one, f"{dice.pick(VERBS)} {dice.pick(PLACES)}") for one in dice.shuffled(who)]


def dialogue(dice: NameDice, number: int) -> Row:
    """Draw a dialogue about so many facts."""
    facts = some_facts(dice, number)
    asked = dice.pick(facts)
    said = f"where is {asked.who} ?"
    if number > 1 and dice.chance(0.5):
        question, second = leaning(dice, asked, facts)
        said, asked = f"{said} {asked.who} {asked.does} . {question}", second
    source = [token for fact in facts for token in fact.told(answers=fact is asked)] + plain(said)
    answer = [Token(token.text) if token.text == "the" else token for token in asked.told(answers=True)]
    return row(source, answer)
