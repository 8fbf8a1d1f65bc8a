"""What all checks share: answers go in, a verdict comes out, and nothing is raised.

A check is a function that looks at answers and calls `wrong(hint)` where something is not as it should
be. `checked` turns it into one that returns a `Verdict`: done, not started, not finished, or wrong, with
the hint. Where a check takes several answers, those that are still open reach it as ``...``: see `given`.
"""

from __future__ import annotations

import dis
import inspect
import random
import sys
import sysconfig
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial, wraps
from html import escape
from itertools import zip_longest
from pathlib import Path
from textwrap import shorten
from typing import Any, Literal, NoReturn

import numpy as np

PACKAGE, PYTHON = Path(__file__).resolve().parents[1], Path(sysconfig.get_path("stdlib"))
NOTHING = {"RESUME", "NOP", "LOAD_CONST", "RETURN_CONST", "RETURN_VALUE"}  # a stub, in any Python
COLOURS = {"done": "#009E73", "not started": "#767676", "not finished": "#767676", "wrong": "#D55E00"}
SIGNS = {"done": "✓", "not started": "○", "not finished": "◐", "wrong": "✗"}


@dataclass(frozen=True)
class Verdict:
    """What a check found, as a text and as HTML."""

    state: Literal["done", "not started", "not finished", "wrong"]
    message: str

    def __repr__(self) -> str:
        return f"{SIGNS[self.state]} {self.message}"

    def _repr_html_(self) -> str:
        style = f"border-left:5px solid {COLOURS[self.state]};padding:6px 12px;margin:4px 0"
        sign = SIGNS[self.state]
        return f'<div role="status" style="{style}"><b>{sign}</b> {escape(self.message)}</div>'


class Wrong(Exception):
    """An answer is not right; the message is the hint."""


class NotStarted(Exception):
    """An answer is still the stub."""


class Stopped(Exception):
    """A learner's function stopped: the message says how it was called, the cause is the error."""


def given(answer: Any) -> bool:
    """Say whether one of several answers is there. The others are still open, and not to be judged."""
    return answer is not None and answer is not ...


def wrong(hint: str) -> NoReturn:
    """End a check: the answer is wrong, and this is the hint. It must not give the answer away."""
    raise Wrong(hint)


def checked(well_done: str) -> Callable[[Callable[..., None]], Callable[..., Verdict]]:
    """Make of a function that looks at answers one that returns a `Verdict`; `well_done` if all is right.

    An answer is *not started* if it is ``...`` or None, or a function that does nothing, returns ``...``
    or raises a bare NotImplementedError. Of several answers some may be open, ``...`` or None: the check
    judges the others, and the verdict names the open ones. Code that stops with an error is wrong; the
    hint names the line, and what the function was called with. So is a function that returns None, and one
    that changes its arguments in place.

    Warnings of NumPy and others don't show; random numbers and torch's dtype are as if no check had been.
    """

    def decorate(check: Callable[..., None]) -> Callable[..., Verdict]:
        @wraps(check)
        def verdict(*answers: Any, **named: Any) -> Verdict:
            still = ""
            try:
                all_answers = inspect.signature(check).bind(*answers, **named).arguments
                gaps = [f"`{name}`" for name, answer in all_answers.items() if not given(answer)]
                if len(gaps) == len(all_answers):
                    raise NotStarted
                still = f" Still open: {', '.join(gaps)}." if gaps else ""
                for name, answer in all_answers.items():
                    _of_its_kind(check, name, answer)
                with _undisturbed():
                    check(**{name: _watched(answer) for name, answer in all_answers.items()})
            except NotStarted:
                return Verdict("not started", "Not started yet. Fill in the cell above, then run both again.")
            except Wrong as hint:
                return Verdict("wrong", f"Not yet. {hint}{still}")
            except KeyboardInterrupt:
                raise
            except BaseException as error:  # sys.exit(), too
                return Verdict("wrong", f"Not yet. {_stopped(error)}{still}")
            if still:
                return Verdict("not finished", f"Right so far.{still}")
            return Verdict("done", f"Done. {well_done}")

        return verdict

    return decorate


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Show no warnings, have gradients, and leave random numbers and torch's dtype as they were."""
    torch = sys.modules.get("torch")  # whoever has not imported it has drawn no numbers from it
    pythons, numpys, torchs = random.getstate(), np.random.get_state(), torch and torch.get_rng_state()
    dtype = torch and torch.get_default_dtype()
    try:
        gradients = torch.enable_grad() if torch else nullcontext()
        with gradients, warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            yield
    finally:
        random.setstate(pythons)
        np.random.set_state(numpys)
        if torch:
            torch.set_rng_state(torchs)
            torch.set_default_dtype(dtype)


def _of_its_kind(check: Callable[..., None], name: str, answer: Any) -> None:
    """Refuse what a function returned where the function is asked for, and the other way round."""
    kind = check.__annotations__.get(name, "")
    wants_function = kind.startswith("Callable")
    if kind and given(answer) and wants_function != callable(answer):
        if wants_function:
            wrong(f"Pass the function itself: `{name}`, without brackets after its name.")
        wrong(f"`{name}` is a function. Call it, and pass what it returns.")


def _watched(answer: Any) -> Any:
    """Return the answer, a function in a coat that watches what it does; raises NotStarted for a stub."""
    if not callable(answer):
        return answer

    @wraps(answer)
    def call(*arguments: Any) -> Any:
        before, names = _snapshot(arguments), _parameters(answer)[: len(arguments)]
        called = ", ".join(f"{name or ''} {_told(it)}".strip() for it, name in zip_longest(arguments, names))
        try:
            found = answer(*arguments)
        except (KeyboardInterrupt, Wrong):
            raise
        except BaseException as error:
            if isinstance(error, NotImplementedError) and not error.args:
                raise NotStarted from None  # PyTorch's has arguments: what it can't do with this dtype
            raise Stopped(called) from error
        for old, new, name in zip_longest(before, _snapshot(arguments), names):
            if old != new:
                what = f"`{name}`" if name else "what you were given"
                wrong(f"You change {what} in place; whoever calls you still needs it.")
        if found is ... or (found is None and _does_nothing(answer)):
            raise NotStarted
        if found is None:
            wrong("Your function returned None. Does every way through it end in a `return` with an answer?")
        return found

    return call


def _snapshot(argument: Any) -> Any:
    """Return what changes if what was given is changed in place: something to compare it with later."""
    if hasattr(argument, "detach"):  # a tensor
        argument = argument.detach().numpy()
    if isinstance(argument, np.ndarray):
        return argument.shape, argument.tobytes()  # bytes, for NaN equals nothing
    if isinstance(argument, (list, tuple)):
        return [_snapshot(part) for part in argument]
    return set(argument) if isinstance(argument, set) else argument


def _told(argument: Any) -> str:
    """Return in a few words what a function is given: of arrays and tensors the shape only."""
    if hasattr(argument, "shape"):
        told = str(tuple(argument.shape))
    elif isinstance(argument, (list, tuple)):
        told = f"[{', '.join(map(_told, argument))}]"
    else:
        told = "a function" if callable(argument) else repr(argument)
    return shorten(told, 60, placeholder=" …")


def _parameters(function: Callable[..., Any]) -> list[str]:
    """Return what a function calls its arguments, as far as they have a name each."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except ValueError:  # some that are not written in Python don't tell
        return []
    return [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]


def _does_nothing(function: Callable[..., Any]) -> bool:
    """Say whether a function is a stub: nothing in it but a docstring, ``...`` or ``pass``."""
    if isinstance(function, partial):
        function = function.func
    code = getattr(function if inspect.isroutine(function) else type(function).__call__, "__code__", None)
    return code is not None and {step.opname for step in dis.get_instructions(code)} <= NOTHING


def _stopped(error: BaseException) -> str:
    """Say with which error the learner's code stopped, at which of its lines, and how it was called."""
    called = f", when called with {error}" if isinstance(error, Stopped) else ""
    error = error.__cause__ if isinstance(error, Stopped) and error.__cause__ else error
    theirs = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if not {PACKAGE, PYTHON} & {*Path(frame.filename).parents} and "-packages" not in frame.filename
    ]
    line = f", at `{theirs[-1].line}`" if theirs and theirs[-1].line else ""
    try:
        said = shorten(str(error), 200, placeholder=" …")
    except Exception:
        said = ""
    return f"It stopped with {type(error).__name__}{said and f': {said}'}{line}{called}."
