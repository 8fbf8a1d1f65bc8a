"""Type a sentence on a page that has no kernel: the trained model itself runs in the reader's browser.

    page_translator(load_translator("attention"))

The output holds the weights, the vocabularies, and three scripts that read the sentence, translate it and
draw what the model looked at: reading.js, model.js and page_translator.js, beside this file. It needs no
network and no library; where scripts are removed, the picture of the first sentence remains.
"""

from __future__ import annotations

import base64
import json
from html import escape
from typing import TYPE_CHECKING, Any

from course_utils.widgets.attention_view import LARGE
from course_utils.widgets.page import Shareable, asset
from course_utils.widgets.typing_field import LONGEST, TRAINED, reply

if TYPE_CHECKING:
    from course_utils.model.translator import Translator

# The scores that model.js can compute, by the names of its own table, which hold here too.
PAGE_SCORES = ("dot", "scaled-dot", "general", "additive", "location")
WITHOUT_SCRIPT = "To type a sentence of your own, run this cell or trust this notebook."
_START = "(document.currentScript.previousElementSibling);"  # how attention_view.js ends


class PageTranslator(Shareable):
    """A field to type into, a button, and the attention on what was typed, all in one piece of HTML."""

    def __init__(self, translator: Translator, text: str, labels: tuple[str, str]) -> None:
        """Start with `text`. Raises ValueError if it can't be translated, or not by the page."""
        self.data = page_data(translator)
        self.labels, self.text = labels, text
        start = reply(translator, text, labels)
        if start.view is None:
            raise ValueError(start.message)
        self.view = start.view

    def __repr__(self) -> str:
        return f"(A field to type into, as HTML: {self.labels[0]} to {self.labels[1]}, in the browser.)"

    def _repr_html_(self) -> str:
        source = escape(self.labels[0])
        known = len(self.data["source"]) - 4
        hint = f"Type a sentence and press Enter; the model knows {known:,} words."
        keep = 'autocomplete="off" autocapitalize="none" autocorrect="off" spellcheck="false"'
        # Within a script, "</script>" in a word would end it.
        data = json.dumps(self.data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
        view = asset("attention_view.js").removesuffix(_START)
        parts = [*map(asset, ("numbers.js", "reading.js", "model.js")), f"const bringToLife = {view};"]
        script = "\n".join([*parts, asset("page_translator.js")])
        return (
            '<div class="typed-view tex2jax_ignore mathjax_ignore" translate="no"'
            ' data-lm-suppress-shortcuts="true">\n'
            f"<style>\n{asset('page_translator.css')}\n</style>\n"
            # A script of a kind that no browser runs: where scripts are removed, so is the field.
            f'<script type="text/html"><form><label><span>{source}</span>'
            f'<input type="text" enterkeyhint="go" {keep} value="{escape(self.text)}"/></label>'
            '<button type="submit" class="typed-go">Translate</button></form></script>\n'
            f'<div class="typed-say" role="status" data-hint="{hint}">{WITHOUT_SCRIPT}</div>\n'
            f'{self.view.picture()}\n<script type="application/json">{data}</script>\n</div>\n'
            f"<script>\n((root) => {{\n{script}\n}}){_START}\n</script>"
        )


def page_data(translator: Translator) -> dict[str, Any]:
    """Return all that the page's model needs, as JSON can hold it.

    Raises ValueError for a model that the page can't run, and says why.
    """
    from course_utils.model.decoders import AttnDecoderRNN
    from course_utils.model.encoder import Encoder
    from course_utils.model.scores import SCORES
    from course_utils.text.vocab import Vocab

    encoder, decoder = translator.model.encoder, translator.model.decoder
    if not decoder.has_attention:
        raise ValueError("the page shows what a model looks at, and this one has no attention")
    if type(encoder) is not Encoder or type(decoder) is not AttnDecoderRNN:
        raise ValueError(
            "the page runs the course's recurrent models, an Encoder with an AttnDecoderRNN, and this is "
            f"{type(encoder).__name__} with {type(decoder).__name__}"
        )
    if encoder.direction != "both":
        raise ValueError(f"the page reads in both directions, and this encoder {encoder.direction} only")
    scores = [name for name in PAGE_SCORES if type(decoder.score) is SCORES[name]]
    if not scores:
        raise ValueError(
            f"the page knows the scores {', '.join(PAGE_SCORES)}, and not {type(decoder.score).__name__}"
        )
    if any(type(vocab) is not Vocab for vocab in translator.vocabs):
        raise ValueError("the page reads and writes whole words, and this model pieces of words")
    if translator.reads_unknown:
        raise ValueError("this model reads and copies unknown words, which the page can't")
    state = {name: tensor.float().cpu().numpy() for name, tensor in translator.model.state_dict().items()}
    weights = b"".join(array.astype("<f4").tobytes() for array in state.values())
    # Not compressed: deflate makes such numbers but 7 % smaller.
    return {
        "source": translator.source_vocab.tokens,
        "target": translator.target_vocab.tokens,
        "ends": sorted(translator.ends),
        "score": scores[0],
        "places": getattr(decoder.score, "max_length", None),
        "trained": TRAINED,
        "longest": LONGEST,
        "large": LARGE,
        "weights": {
            "shapes": [[name, list(array.shape)] for name, array in state.items()],
            "base64": base64.b64encode(weights).decode(),
        },
    }


def page_translator(
    translator: Translator,
    text: str = "le chat noir est sur le tapis",
    labels: tuple[str, str] = ("French", "English"),
) -> PageTranslator:
    """Return a field in which sentences are translated by the browser, with the attention on each.

    It starts with `text`; `labels` name what the model reads and writes. Raises ValueError for a model that
    the page can't run.
    """
    return PageTranslator(translator, text, labels)
