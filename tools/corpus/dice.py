"""Choices that come out the same everywhere: both grammars of the corpus draw with them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import count
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """Choices drawn with `random.Random.random` alone, which no Python version changes."""

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed).random
        self._ids = count(1)

    def chance(self, p: float) -> bool:
        return self._random() < p

    def pick(self, options: Sequence[T]) -> T:
        return options[int(self._random() * len(options))]

    def weighted(self, options: Sequence[tuple[float, T]]) -> T:
        at = self._random() * sum(weight for weight, _ in options)
        for weight, option in options:
            at -= weight
            if at < 0:
                return option
        return options[-1][1]

    def shuffled(self, options: Sequence[T]) -> list[T]:
        return [x for _, x in sorted(((self._random(), x) for x in options), key=lambda pair: pair[0])]

    def new_id(self) -> int:
        return next(self._ids)
