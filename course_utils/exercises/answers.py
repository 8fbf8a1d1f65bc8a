"""Answers as numbers: a list, an array and a tensor may all be right. And is it this, or a known mistake?

Whatever is not what it should be ends the check with a hint.
"""

from __future__ import annotations

from collections.abc import Iterator, KeysView, Mapping, Set, ValuesView
from textwrap import shorten
from typing import TYPE_CHECKING, Any

import numpy as np

from course_utils.exercises.checking import given, wrong

if TYPE_CHECKING:
    from torch import Tensor

HERE = "What you return"
NO_NUMBERS = (TypeError, ValueError, OverflowError, RuntimeError)  # what NumPy and PyTorch raise for others


def array(answer: Any, name: str = HERE) -> np.ndarray:
    """Return an answer as an array, of whatever its parts are: numbers, truth values."""
    return _array(answer, name)


def numbers(answer: Any, name: str = HERE) -> np.ndarray:
    """Return an answer as an array of floats."""
    return _array(answer, name, dtype=float)


def finite(answer: Any, name: str = HERE) -> np.ndarray:
    """Return an answer as an array of floats, none of which is infinite or NaN."""
    found = numbers(answer, name)
    if not np.isfinite(found).all():
        wrong(f"{name} should be made of finite numbers: no NaN, nothing infinite.")
    return found


def number(answer: Any, hint: str = "") -> float:
    """Return the one number that an answer is, be it in a list or an array of its own."""
    none = f"One number is asked for, and this is none: {shown(answer)}."
    found = _array(answer, "Your answer", hint or none, dtype=float)
    if found.size != 1:
        wrong(hint or f"One single number, please: yours has the shape {found.shape}.")
    return found.item()


def whole_numbers(answer: Any, hint: str) -> tuple[int, ...]:
    """Return a row of whole numbers as a tuple; `hint` if an answer is anything else."""
    found = _array(answer, "Your answer", hint, dtype=float)
    if found.ndim != 1 or (found % 1 != 0).any():  # NaN % 1 is not 0
        wrong(hint)
    return tuple(found.astype(int).tolist())


def link_set(answer: Any) -> set[tuple[int, int]]:
    """Return links, in whatever they come, as a set of pairs of whole numbers."""
    hint = "Pairs of whole numbers are asked for, such as (0, 0), in a list or a set."
    try:
        pairs = {whole_numbers(pair, hint) for pair in answer}
    except TypeError:
        wrong(hint)
    if any(len(pair) != 2 for pair in pairs):
        wrong(hint)
    return {(i, j) for i, j in pairs}


def places(answer: Any, hint: str, truth_values: str) -> set[int]:
    """Return places of words, in whatever they come, as a set; `hint` if they are none, or `truth_values`."""
    found = array(list(answer) if isinstance(answer, Set) else answer).ravel()  # np.where has them in a tuple
    if found.dtype == bool:
        wrong(truth_values)
    return set(whole_numbers(found, hint))


def parts(answer: Any, count: int, hint: str) -> list[Any]:
    """Return the `count` things that an answer is made of, in their order; `hint` if it isn't."""
    try:
        found = [] if isinstance(answer, (str, Set, Mapping)) else [*answer]
    except TypeError:
        wrong(hint)
    if len(found) != count:
        wrong(hint)
    return found


def same(found: Any, expected: Any, within: float = 1e-4) -> bool:
    """Say whether these are the same numbers in the same shape. NaN is the same as NaN."""
    found, expected = numbers(found), numbers(expected)
    return found.shape == expected.shape and np.allclose(found, expected, atol=within, equal_nan=True)


def recognise(found: Any, mistakes: Mapping[str, Any], within: float = 1e-4) -> None:
    """Call `wrong` if the answer is what one of the mistakes gives, with its hint: {hint: numbers}."""
    for hint, mistake in mistakes.items():
        if same(found, mistake, within):
            wrong(hint)


def expect(
    answer: Any,
    right: Any,
    mistakes: Mapping[str, Any],
    otherwise: str,
    name: str = "",
    within: float = 1e-4,
) -> None:
    """Call `wrong` unless the answer is right: with the hint of a mistake that gives it, or `otherwise`.

    `name` is what a hint calls the answer.
    """
    found, expected = numbers(answer, name or HERE), numbers(right)
    if found.shape != expected.shape:
        about = f"{name} should have the shape" if name else "The shape should be"
        wrong(f"{about} {expected.shape}, and yours is {found.shape}.")
    share = 0 if isinstance(right, int) else 1e-5  # a count is right or wrong, however large it is
    if not np.allclose(found, expected, rtol=share, atol=within):
        recognise(found, mistakes, within)
        if np.isnan(found).any():
            wrong(f"{name or 'Your answer'}: where a number should be there is NaN.")
        wrong(otherwise)


def slopes(end: Tensor, start: Tensor) -> Tensor:
    """Return how fast the sum of `end` changes with each number of `start`: 0 where it does not at all."""
    import torch

    (found,) = torch.autograd.grad(
        end.sum(), start, retain_graph=True, allow_unused=True, materialize_grads=True
    )
    return found


def shown(answer: Any) -> str:
    """Return how Python writes an answer, in one short line."""
    return shorten(repr(answer), 80, placeholder=" …")


class _Open(Exception):
    """A part of an answer is still open."""


class _Text(Exception):
    """A part of an answer is a text."""


def _array(answer: Any, name: str, hint: str = "", dtype: type | None = None) -> np.ndarray:
    """Return an answer as an array; calls `wrong` if it can't be one, with `hint` or by its `name`."""
    try:
        found = np.asarray(_plain(answer))
        if np.iscomplexobj(found):  # to cut off the imaginary part NumPy only warns, and warnings don't show
            raise TypeError
        return found.astype(dtype) if dtype else found
    except _Open as part:
        wrong(f"{name} is not finished: there is still `{part}` in it.")
    except _Text as part:
        wrong(hint or f"{name} should be made of numbers, and this is a text: {part}.")
    except NO_NUMBERS:
        wrong(hint or f"{name} should be made of numbers only, in rows of the same length.")


def _plain(answer: Any) -> Any:
    """Return an answer with arrays in place of tensors, and lists in place of generators and the like."""
    if not given(answer):
        raise _Open("..." if answer is ... else answer)
    if isinstance(answer, (str, bytes)):
        raise _Text(shown(answer))
    if hasattr(answer, "detach"):
        return answer.detach().cpu().numpy()
    if isinstance(answer, np.ndarray) and answer.dtype.kind in "OUS":
        answer = answer.tolist()
    if isinstance(answer, (list, tuple, Iterator, KeysView, ValuesView)):
        return [_plain(part) for part in answer]
    return answer
