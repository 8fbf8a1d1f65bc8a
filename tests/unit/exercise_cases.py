"""What the tests of the exercises share: right answers, named wrong ones with their hints, and stubs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from course_utils.exercises import Verdict


@dataclass(frozen=True)
class Case:
    """A check with answers, each a value, a function, or a tuple of them where the check takes several.

    `right` answers differ in how they are written; each of the `wrong` ones names a piece of its hint, which
    no other one gets. `nearly` right are those that only a thorough check refuses; they may share a hint.
    """

    check: Callable[..., Verdict]
    right: Mapping[str, Any]
    wrong: Mapping[str, tuple[Any, str]]
    nearly: Mapping[str, tuple[Any, str]] = field(default_factory=dict)

    def ask(self, answer: Any) -> Verdict:
        return self.check(*answer) if isinstance(answer, tuple) else self.check(answer)

    def test(self, kind: str, name: str) -> None:
        if kind == "right":
            assert self.ask(self.right[name]).state == "done", self.ask(self.right[name])
        elif kind in ("wrong", "nearly"):
            answer, hint = (self.wrong if kind == "wrong" else self.nearly)[name]
            verdict = self.ask(answer)
            assert verdict.state == "wrong" and hint in verdict.message, verdict
            assert "It stopped with Wrong" not in verdict.message  # called by what the learner's code calls
            others = [text for other, (_, text) in self.wrong.items() if other != name]
            assert kind == "nearly" or not [text for text in others if text in verdict.message], "not its own"
        else:
            some = next(iter(self.right.values()))
            answers = some if isinstance(some, tuple) else (some,)
            for stub in (None, ...):
                assert self.check(*[stub] * len(answers)).state == "not started"
            if any(callable(answer) for answer in answers):
                stubs = [(lambda *a, **k: None) if callable(answer) else answer for answer in answers]
                assert self.check(*stubs).state == "not started"


def each_case(cases: Sequence[Case]) -> list[Any]:
    """Every answer of every case, as a parameter of a test; fails early for a case with too few."""
    found = []
    for case in cases:
        about = case.check.__name__.removeprefix("check_")
        assert len(case.wrong) >= 3 and case.right, about
        kinds = {"right": case.right, "wrong": case.wrong, "nearly": case.nearly, "stub": ["stub"]}
        for kind, names in kinds.items():
            found += [pytest.param(case, kind, name, id=f"{about}: {kind}: {name}") for name in names]
    return found
