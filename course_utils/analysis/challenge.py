"""The challenge split: sentences as people type them, made by no generator, with every English that counts.

A test split shares its grammar with the training data: what the grammar never says, neither shows. These
sentences were written by hand, without sight of it. Nothing is trained on them, and no model chosen by them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import regex

from course_utils.model.translator import Translator
from course_utils.text.corpus import DATA
from course_utils.text.tokens import tokenize

CHALLENGE = DATA / "everyday.tsv"

_SAME = {
    "can't": "can not", "cannot": "can not", "won't": "will not", "shan't": "shall not", "let's": "let us",
    "i'm": "i am", "gray": "grey", "neighbor": "neighbour", "neighbors": "neighbours",
}  # fmt: skip
_PRONOUN = "(?:it|he|she|that|there|here|what|who|where|when|how)"
_SHORT = (
    (regex.compile(r"(\w)n't$"), r"\1 not"),
    (regex.compile(r"'re$"), " are"),
    (regex.compile(r"'ll$"), " will"),
    (regex.compile(r"'ve$"), " have"),
    (regex.compile(rf"^({_PRONOUN})'s$"), r"\1 is"),
)


class Challenge(NamedTuple):
    """A sentence, every translation that counts as right, and what the sentence tries."""

    source: str
    accepted: tuple[str, ...]
    tags: tuple[str, ...]


def load_challenge(path: Path = CHALLENGE) -> list[Challenge]:
    """Return the challenge split: French, tab, Englishes between ``||``, tab, tags.

    Raises ValueError for a line that is not so.
    """
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        columns = line.split("\t")
        accepted = tuple(text.strip() for text in columns[1].split("||")) if len(columns) == 3 else ()
        if not accepted or not all((columns[0], *accepted, columns[2])):
            raise ValueError(f"line {number} of {path.name} is not French, tab, Englishes, tab, tags")
        found.append(Challenge(columns[0], accepted, tuple(columns[2].split())))
    return found


def plain_english(text: str) -> str:
    """Return what two ways of writing the same English share: no marks, no short forms, one spelling."""
    words = []
    for token in tokenize(text):
        token = _SAME.get(token, token)
        for short, long in _SHORT:
            token = short.sub(long, token)
        words.append(token)
    return " ".join(word for word in words if regex.search(r"\w", word))


def is_right(translation: str, accepted: tuple[str, ...]) -> bool:
    """Return whether a translation is one of those accepted, however it is punctuated or shortened."""
    return plain_english(translation) in set(map(plain_english, accepted))


@dataclass(frozen=True)
class Answer:
    """What a translator made of a challenge: its text, or why it refused."""

    challenge: Challenge
    text: str  # empty if it refused
    refusal: str
    right: bool


def try_challenge(
    translator: Translator, challenge: list[Challenge] | None = None, beam_size: int = 1
) -> list[Answer]:
    """Return what the translator answers to each sentence, as to one that is typed to it."""
    challenge = load_challenge() if challenge is None else challenge
    read, refusals = {}, {}
    for i, one in enumerate(challenge):
        try:
            read[i] = translator.read(one.source)
        except ValueError as error:  # a word that it does not know
            refusals[i] = str(error)
    found = translator.translate_tokens(list(read.values()), beam_size)
    texts = {i: translation.text for i, translation in zip(read, found)}
    return [
        Answer(one, texts.get(i, ""), refusals.get(i, ""), is_right(texts.get(i, ""), one.accepted))
        for i, one in enumerate(challenge)
    ]


def summary(answers: list[Answer]) -> dict[str, int]:
    """Return how many are right, wrong and refused."""
    refused = sum(bool(answer.refusal) for answer in answers)
    right = sum(answer.right for answer in answers)
    return {"right": right, "wrong": len(answers) - right - refused, "refused": refused}
