"""What the shipped corpora have in common, and how their tests find it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from course_utils.text.corpus import Pair
from course_utils.text.tokens import tokenize

SPLITS = ("train", "valid", "test", "test_long")
BRIEF = "le chat noir est sur le tapis"


def unaligned(pairs: Iterable[Pair]) -> set[str]:
    """Return the French words without a link; assert that links are in order and miss no English word."""
    words: set[str] = set()
    for pair in pairs:
        assert pair.alignment == tuple(sorted(set(pair.alignment or ())))
        linked = {i for i, _ in pair.alignment}
        assert {j for _, j in pair.alignment} == set(range(len(pair.target))), pair
        assert max(linked) < len(pair.source)
        words |= {word for i, word in enumerate(pair.source) if i not in linked}
    return words


def link(pairs: Iterable[Pair], source: str, target: str, words: dict[str, set[str]]) -> None:
    """Assert that `source` ~ `target` stands somewhere, aligned as `words` says."""
    french, english = tokenize(source), tokenize(target)
    for pair in pairs:
        for a in range(len(pair.source) - len(french) + 1):
            if list(pair.source[a : a + len(french)]) != french:
                continue
            got: dict[str, set[str]] = {word: set() for word in french}
            for i, j in pair.alignment or ():
                if a <= i < a + len(french):
                    got[pair.source[i]].add(pair.target[j])
            if set().union(*got.values()) == set(english):
                assert got == words, (pair.source, got)
                return
    raise AssertionError(f"{source} ~ {target} is not there")


def pronouns_are_decided(pairs: Iterable[Pair]) -> None:
    """Assert that il, son and le mean one thing here and another there."""
    words: dict[str, Counter[str]] = {}
    for pair in pairs:
        for i, j in pair.alignment or ():
            words.setdefault(pair.source[i], Counter())[pair.target[j]] += 1
    assert words["il"]["he"] > 1000 and words["il"]["it"] > 300
    assert words["son"]["his"] > 300 and words["son"]["her"] > 300
    assert words["le"]["it"] > 300
