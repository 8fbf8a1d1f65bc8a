"""Sliders over what trained models do: sentence length, the score function, padding.

Each `…_view` is a pure function of plain data; each `…_explorer` asks the models, remembers what they
answered, and puts sliders above the view. Nothing here needs torch before a model is asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from course_utils.figures.style import ATTENTION, VERMILION
from course_utils.figures.words import ColouredWords
from course_utils.text.tokens import Words, as_tokens
from course_utils.text.vocab import PAD
from course_utils.widgets.base import Explorer, choice_slider, number_slider
from course_utils.widgets.views import columns_view, frame

if TYPE_CHECKING:
    from course_utils.analysis.trace import Look
    from course_utils.model.translator import Translator

    Translators = Translator | Mapping[str, Translator]

MOST_PADS = 20


def length_view(
    source: Sequence[str],
    reference: Sequence[str],
    found: Sequence[str],
    right: Sequence[bool],
    model: str = "",
) -> str:
    """Return HTML: a sentence, its reference, and a translation with its words marked right or wrong.

    Right words are green, wrong ones orange and struck through. Raises ValueError unless there is one
    `right` a `found` word.
    """
    if len(found) != len(right):
        raise ValueError(f"{len(found)} words but {len(right)} marks: pass one truth value a word")
    said = f"{len(source)} French words: {sum(right)} of {len(reference)} words right"
    lines = ColouredWords(
        [("French", source, None), ("should be", reference, None), ("the model", found, right)]
    )
    return frame(f"{model}, {said}." if model else f"{said}.", lines._repr_html_())


def length_explorer(translators: Translators, pairs: Sequence[tuple[Words, Words]]) -> Explorer:
    """Return a slider for how much of a sentence is read, with its translation marked right and wrong.

    Args:
        translators: one, or several by their hidden size for a second slider.
        pairs: a sentence, growing, with its reference at every length.

    Raises:
        ValueError: there are no pairs, they do not grow, or have unknown words.
    """
    from course_utils.analysis.evaluation import matched_words

    models = _by_name(translators)
    names = list(models)
    read = models[names[0]].read
    sentences = [(tuple(read(source)), tuple(as_tokens(reference))) for source, reference in pairs]
    lengths = [len(source) for source, _ in sentences]
    if not lengths or any(b <= a for a, b in zip(lengths, lengths[1:])):
        raise ValueError(f"sentences of {lengths} words do not grow: pass them from short to long")

    @cache
    def translate(length: int, model: int) -> tuple[tuple[str, ...], list[bool]]:
        source, reference = sentences[length]
        found = models[names[model]].translate_tokens([source])[0].target
        return found, matched_words(found, reference)

    def view(length: int, model: int = 0) -> str:
        name = f"Hidden size {names[model]}" if len(names) > 1 else ""
        return length_view(*sentences[length], *translate(length, model), name)

    last = len(sentences) - 1
    wordiest = max(range(len(names)), key=lambda model: len(" ".join(translate(last, model)[0])))
    controls = {"length": choice_slider("words read", [str(length) for length in lengths])}
    if len(names) > 1:
        controls["model"] = choice_slider("hidden size", names)
    return Explorer(view, controls, tallest=view(last, wordiest))


def score_view(
    source: Sequence[str],
    weights: Mapping[str, ArrayLike],
    written: Sequence[str],
    word: str,
    likeliest: Mapping[str, str],
) -> str:
    """Return HTML: what several models look at before the same word, side by side.

    Args:
        source: S words.
        weights: for each model's name its S weights.
        written: the words before this one.
        word: the right next one.
        likeliest: for each model's name the word that it would write.
    """
    caption = f"Next word: “{word}”. So far: {' '.join(written) or 'nothing'}."
    foot = {"": "writes"} | {
        name: f"{'✓' if likeliest[name] == word else '✗'} {likeliest[name]}" for name in weights
    }
    return columns_view(source, weights, caption, foot=foot)


def score_explorer(translators: Mapping[str, Translator], source: Words, target: Words) -> Explorer:
    """Return a slider over the steps in which `target` is written, with each model's weights.

    All models are given the right words so far (teacher forcing), so that they stand at the same
    place. Raises ValueError for a model without attention and for unknown words.
    """
    from course_utils.analysis.trace import look

    looks = {name: look(translator, source, target) for name, translator in _by_name(translators).items()}
    first = next(iter(looks.values()))

    def view(step: int) -> str:
        t = step - 1
        return score_view(
            first.source,
            {name: seen.weights[t] for name, seen in looks.items()},
            first.target[:t],
            first.target[t],
            {name: seen.likeliest[t] for name, seen in looks.items()},
        )

    steps = len(first.target)
    return Explorer(view, {"step": number_slider("output step", 1, 1, steps)}, tallest=view(steps))


def padding_view(source: Sequence[str], masked: ArrayLike, unmasked: ArrayLike, word: str) -> str:
    """Return HTML: the weights with and without the mask, side by side; all pads share a row.

    Args:
        source: S words.
        masked: (S + pads,) weights with the mask.
        unmasked: (S + pads,) weights without it.
        word: that is written next.

    Raises:
        ValueError: the two differ in length, or have no place for every word.
    """
    table = {"with the mask": np.asarray(masked, float), "without": np.asarray(unmasked, float)}
    S, places = len(source), len(table["without"])
    if any(weights.shape != (places,) for weights in table.values()) or places < S:
        raise ValueError(
            f"weights of shape {table['with the mask'].shape} and {table['without'].shape} "
            f"for {S} words: pass one weight a place, for the words first"
        )
    pads = places - S
    table = {name: np.append(weights[:S], weights[S:].sum()) for name, weights in table.items()}
    on_pads = {name: f"{weights[-1]:.0%}" for name, weights in table.items()}
    caption = (
        f"Writing “{word}”, beside {pads} pad{'' if pads == 1 else 's'}: {on_pads['with the mask']} of the "
        f"attention is on padding with the mask, {on_pads['without']} without."
    )
    colours = [ATTENTION] * S + [VERMILION]
    return columns_view([*source, f"{pads:\N{FIGURE SPACE}>2} × {PAD}"], table, caption, colours=colours)


def padding_explorer(translators: Translators, source: Words, target: Words) -> Explorer:
    """Return sliders for how many pads follow the sentence, and for the output step.

    Several translators, by name, get a slider of their own. The right words so far are given (teacher
    forcing). Raises ValueError for a model without attention and unknown words.
    """
    from course_utils.analysis.trace import look

    models = _by_name(translators)
    names = list(models)

    @cache
    def both(model: int, pads: int) -> tuple[Look, Look]:
        translator = models[names[model]]
        return look(translator, source, target, pads), look(translator, source, target, pads, masked=False)

    def view(pads: int, step: int, model: int = 0) -> str:
        masked, unmasked = both(model, pads)
        t = step - 1
        return padding_view(masked.source, masked.weights[t], unmasked.weights[t], masked.target[t])

    writing = both(0, 0)[0].target
    steps = len(writing)
    longest = max(range(steps), key=lambda t: len(writing[t])) + 1
    controls = {
        "pads": number_slider("pads", MOST_PADS // 2, 0, MOST_PADS),
        "step": number_slider("output step", 1, 1, steps),
    }
    if len(names) > 1:
        controls = {"model": choice_slider("model", names)} | controls
    return Explorer(view, controls, tallest=view(MOST_PADS, longest))


def _by_name(translators: Translators) -> dict[str, Translator]:
    models = dict(translators) if isinstance(translators, Mapping) else {"": translators}
    if not models:
        raise ValueError("there is no model to show: pass a translator, or several by name")
    return models
