"""Set the weights of attention by hand, and see the next word change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import ipywidgets as W
import numpy as np
from numpy.typing import ArrayLike

from course_utils.widgets.base import Explorer, decimal_slider, number_slider
from course_utils.widgets.moving import PageScript
from course_utils.widgets.steps import likeliest_view
from course_utils.widgets.views import columns_view, frame

if TYPE_CHECKING:
    from course_utils.analysis.trace import Likely
    from course_utils.model.translator import Translator


NOWHERE = " No weight anywhere: the context is all zeros."


def normalised(weights: ArrayLike) -> np.ndarray:
    """Return `weights` (S,) divided by their sum; zeros stay zeros. Raises ValueError below 0."""
    weights = np.asarray(weights, dtype=float)
    if not (weights >= 0).all():  # NaN isn't either
        raise ValueError("weights by hand must be numbers from 0 up")
    return weights / (weights.sum() or 1)


def weights_view(
    source: Sequence[str],
    written: Sequence[str],
    by_hand: ArrayLike,
    own: ArrayLike,
    likeliest: tuple[Likely, Likely],
) -> str:
    """Return HTML: weights by hand beside the model's own, and the next words that follow from each.

    Args:
        source: S words.
        written: the words so far.
        by_hand: (S,) weights that sum to 1, or are all zero.
        own: (S,), the model's.
        likeliest: next words with their probabilities, by hand and with its own.
    """
    caption = f"Written so far: {' '.join(written) or 'nothing'}."
    if not np.any(by_hand):
        caption += NOWHERE
    hand, model = likeliest
    words = (
        '<div style="display:flex;flex-wrap:wrap;gap:0 28px">'
        f"{likeliest_view('The next word, with yours', hand, model[0][0])}"
        f"{likeliest_view('with the model’s own', model, model[0][0])}</div>"
    )
    return columns_view(source, {"your weights": by_hand, "the model’s own": own}, caption) + frame("", words)


class HandWeights(Explorer):
    """A slider for the output step, and one a source word; a step starts with the model's own weights."""

    _moving = False  # the sliders of the weights, to where a step starts

    def __init__(self, translator: Translator, text: str | Sequence[str], step: int) -> None:
        from course_utils.analysis.trace import (
            attended_tokens,
            decoding_steps,
            encoder_states,
            next_word_parts,
            probabilities_after,
            top_words,
        )

        source, self.steps = attended_tokens(translator, text), decoding_steps(translator, text)
        if not 1 <= step <= len(self.steps):
            raise ValueError(f"there is no step {step}: this translation has steps 1 to {len(self.steps)}")
        states = encoder_states(translator, text)

        @cache
        def likeliest(step: int, weights: tuple[float, ...]) -> Likely:
            written = [done.id for done in self.steps[1:step]]
            context = np.array(weights) @ states
            return top_words(translator, probabilities_after(translator, text, written, context))

        def view(step: int, **by_hand: float) -> str:
            now = self.steps[step - 1]
            weights = normalised(list(by_hand.values()))
            written = [done.last for done in self.steps[1:step]]
            found = likeliest(step, tuple(weights.tolist()))
            return weights_view(source, written, weights, now.weights, (found, now.likeliest))

        controls: dict[str, W.Widget] = {"step": number_slider("output step", step, 1, len(self.steps))}
        self.sliders = [decimal_slider(word, 0, 0, 1, decimals=2) for word in source]
        for s, slider in enumerate(self.sliders):
            controls[f"weight {s}"] = slider
        self._start(step)
        names = list(controls)[1:]
        nothing = dict.fromkeys(names, 0.0)
        starts = [
            [round(100 * weight) for weight in self._starts(step)] for step in range(1, len(self.steps) + 1)
        ]
        data = {"starts": starts, "empty": NOWHERE, **next_word_parts(translator, text)}
        page = PageScript("hand_weights.js", data, names, lambda step: dict(zip(names, self._starts(step))))
        super().__init__(view, controls, view(len(self.steps), **nothing), page)

    def _starts(self, step: int) -> list[float]:
        """The model's own weights at a step, as far as the sliders can show them."""
        return [round(float(weight), 2) for weight in self.steps[step - 1].weights]

    def _start(self, step: int) -> None:
        for slider, weight in zip(self.sliders, self._starts(step)):
            slider.value = weight

    def _redraw(self, change: Mapping[str, Any] | None = None) -> None:
        if self._moving:
            return  # drawn once, when all of them stand
        if change is not None and change["owner"] is self.controls["step"]:
            self._moving = True
            try:
                self._start(change["new"])
            finally:
                self._moving = False
        super()._redraw()


def weights_explorer(translator: Translator, text: str | Sequence[str], step: int = 1) -> HandWeights:
    """Return sliders that set the attention of one output step by hand, one slider a word of `text`.

    They are divided by their sum. Beside them stands what the model's own weights give. It starts at
    `step`, counted from 1. Raises ValueError for a model without attention, an empty sentence,
    unknown words, and a step that the translation does not have.
    """
    return HandWeights(translator, text, step)
