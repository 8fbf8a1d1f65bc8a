"""Type a sentence, press Enter: what the model makes of it and what it looked at.

`reply` does the work, from text to something to show; `TranslationExplorer` is a thin shell over it.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

import ipywidgets as W
from IPython.display import display

from course_utils.text.tokens import STOPS
from course_utils.widgets.attention_view import AttentionView

if TYPE_CHECKING:
    from course_utils.model.translator import Translator

TRAINED = 40  # source words: the longest sentence that the course's models were trained on
LONGEST = 100  # source words: the longest that is translated here


@dataclass(frozen=True)
class Reply:
    """What a translator answers: a sentence to the reader, a picture, or both."""

    message: str = ""
    view: AttentionView | None = None

    def __repr__(self) -> str:
        return "\n".join(str(part) for part in (self.message, self.view) if part)

    def _repr_html_(self) -> str:
        said = f'<p role="status" style="font-size:18px;margin:6px 4px">{escape(self.message)}</p>\n'
        return (said if self.message else "") + (self.view._repr_html_() if self.view else "")


def reply(
    translator: Translator, text: str, labels: tuple[str, str] = ("French", "English"), before: str = ""
) -> Reply:
    """Translate what a person typed, after `before`, and show its attention; or say, in a sentence, why not.

    Capitals, every kind of apostrophe and space, quotation marks and a final full stop are fine.
    """
    tokens = translator.source_vocab.read(text)
    if len(tokens) > LONGEST:
        return Reply(f"That is {len(tokens)} words; at most {LONGEST} are translated here.")
    if any(token in STOPS and token not in translator.source_vocab for token in tokens):
        return Reply("One sentence at a time, please: this one has a stop in the middle.")
    try:
        translation = translator.translate(f"{before} {text}" if tokens else "")
    except ValueError as error:
        message = str(error)
        return Reply(f"{message[:1].upper()}{message[1:]}.")
    if not translation.target:
        return Reply("The model ended its sentence before the first word.")
    if translation.attn_weights is None:
        return Reply(f"“{translation.text}” (A model without attention: it has no weights to show.)")
    note = f"That is {len(tokens)} words; the course's models learnt from at most {TRAINED}: expect mistakes."
    return Reply(note if len(tokens) > TRAINED else "", AttentionView(translation, labels))


class _Field(W.VBox):
    """The part that needs a kernel. Without one a reader sees its text, not a list of objects."""

    def __repr__(self) -> str:
        return "(A text field: run this notebook in JupyterLab to type into it.)"


class TranslationExplorer:
    """A translation's `AttentionView`, and below it a field: type a sentence, press Enter, see the next.

    Shown, it makes two outputs. The first, of the sentence that it starts with, needs no kernel and
    stays where none runs; the second holds the field, and the answer under it.
    """

    def __init__(
        self,
        translator: Translator,
        text: str,
        labels: tuple[str, str] = ("French", "English"),
        before: str = "",
    ) -> None:
        """Name the source and the target by `labels`; `before` is what the model reads before the field."""
        self.translator, self.labels, self.before = translator, labels, before
        self.start = reply(translator, text, labels, before)
        self.field = W.Text(
            value=text,
            placeholder=f"type a sentence: {labels[0]}",
            description=labels[0],
            continuous_update=False,  # only on Enter, or when the field is left
            layout=W.Layout(width="min(620px, 98%)"),
            style={"description_width": "76px", "font_size": "18px"},
        )
        hint = "Change the sentence and press Enter: the answer appears below."
        self.output = W.Output()
        self.box = _Field([W.HTML(f'<span style="font-size:16px">{hint}</span>'), self.field, self.output])
        self.field.observe(self._answer, names="value")

    def _answer(self, _change: object = None) -> None:
        answer = reply(self.translator, self.field.value, self.labels, self.before)
        data = {"text/plain": repr(answer), "text/html": answer._repr_html_()}
        # Set whole, not cleared and printed to: it needs no cell that runs, and nothing flickers.
        self.output.outputs = ({"output_type": "display_data", "data": data, "metadata": {}},)

    def __repr__(self) -> str:
        return f"{self.start!r}\n{self.box!r}"

    def _ipython_display_(self) -> None:
        display(self.start)
        display(self.box)


def translation_explorer(
    translator: Translator,
    text: str = "le chat noir est sur le tapis",
    labels: tuple[str, str] = ("French", "English"),
    before: str = "",
) -> TranslationExplorer:
    """Return the attention on `text`, over a field in which to type other sentences.

    `labels` name what the model reads and writes. What is typed stands after `before`, a text that stays:
    the facts, say, that a question is about.
    """
    return TranslationExplorer(translator, text, labels, before)
