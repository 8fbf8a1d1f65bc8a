"""A slider over what the heads of a Transformer look at, word by word.

`heads_view` is a pure function of plain data; `heads_explorer` asks a model and puts sliders above it.
Nothing here needs torch before a model is asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from course_utils.text.tokens import Words, as_tokens
from course_utils.widgets.base import Explorer, choice_slider, number_slider
from course_utils.widgets.views import columns_view

if TYPE_CHECKING:
    from course_utils.model.translator import Translator


def heads_view(
    source: Sequence[str], weights: ArrayLike, layer: int, written: Sequence[str], word: str
) -> str:
    """Return HTML: what the heads of one layer look at before one word, side by side.

    Args:
        source: S words.
        weights: (heads, S), each row summing to 1.
        layer: its number, from 1.
        written: the words before this one.
        word: the one that is due.
    """
    columns = {f"head {number}": row for number, row in enumerate(np.asarray(weights, dtype=float), start=1)}
    caption = f"Layer {layer}, next word: “{word}”. So far: {' '.join(written) or 'nothing'}."
    return columns_view(source, columns, caption)


def heads_explorer(translator: Translator, source: Words, target: Words) -> Explorer:
    """Return sliders over the layers, and over the steps in which `target` is written.

    The right words so far are given (teacher forcing). Raises ValueError for a model that is no
    Transformer and for unknown words.
    """
    from course_utils.analysis.heads import sentence_weights

    weights = sentence_weights(translator, source, target)  # (L, heads, T, S)
    words, written = translator.read(source), as_tokens(target)

    def view(layer: int, step: int) -> str:
        t = step - 1
        return heads_view(words, weights[layer, :, t], layer + 1, written[:t], written[t])

    layers, _, steps, _ = weights.shape
    controls = {
        "layer": choice_slider("layer", [str(number) for number in range(1, layers + 1)]),
        "step": number_slider("output step", 1, 1, steps),
    }
    return Explorer(view, controls, tallest=view(0, steps))
