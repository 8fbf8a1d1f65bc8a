"""A slider for the temperature of attention."""

from __future__ import annotations

from collections.abc import Sequence

import ipywidgets as W
import numpy as np
from numpy.typing import ArrayLike

from course_utils.numpy_attention import softmax
from course_utils.widgets.base import Explorer as Explorer
from course_utils.widgets.base import number_slider, temperature_slider
from course_utils.widgets.views import bars_view as bars_view


def temperature_view(words: Sequence[str], scores: ArrayLike, temperature: float, step: str = "") -> str:
    """Return HTML bars of softmax(scores / temperature), with a caption. Shape: scores (S,).

    Raises ValueError if the temperature is not above 0, and unless there is one score a word.
    """
    if np.shape(scores) != (len(words),):
        raise ValueError(f"{len(words)} words but scores of shape {np.shape(scores)}: pass one score a word")
    if not temperature > 0:
        raise ValueError(f"a temperature of {temperature} makes no weights: pass a number above 0")
    weights = softmax(np.asarray(scores, dtype=float) / temperature)
    asking = f"Writing “{step}”: at" if step else "At"
    best = words[int(weights.argmax())]
    share = f"“{best}” gets {weights.max():.0%} of the attention"
    return bars_view(words, weights, f"{asking} temperature {temperature:.2f}, {share}.")


def temperature_explorer(
    words: Sequence[str], scores: ArrayLike, steps: Sequence[str] | None = None
) -> Explorer:
    """Return a slider for the temperature of attention.

    Args:
        words: S words that are looked at.
        scores: (S,), or with `steps` (T, S).
        steps: the T words that are being written, for a second slider that chooses one of them.

    Raises:
        ValueError: there is not one score a word, or not one row of scores a step.
    """
    scores = np.atleast_2d(np.asarray(scores, dtype=float))
    if len(scores) != (1 if steps is None else len(steps)):
        told = "no steps" if steps is None else f"{len(steps)} steps"
        raise ValueError(f"{told} but scores of shape {scores.shape}: pass one row of scores a step")
    controls: dict[str, W.Widget] = {}
    if steps is not None:
        controls["step"] = number_slider("decoder step", 1, 1, len(steps))
    controls["temperature"] = temperature_slider()

    def view(temperature: float, step: int = 1) -> str:
        return temperature_view(
            words, scores[step - 1], temperature, "" if steps is None else steps[step - 1]
        )

    return Explorer(view, controls)
