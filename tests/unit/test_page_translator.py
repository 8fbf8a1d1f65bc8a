"""The model that runs in the page: what its HTML holds, and which models it refuses."""

from __future__ import annotations

import base64
import json
import re

import numpy as np
import pytest
import torch

from course_utils.model.decoders import AttnDecoderRNN
from course_utils.model.pretrained import load_translator
from course_utils.model.scores import SCORES, AdditiveScore
from course_utils.model.seq2seq import ModelConfig, build_model
from course_utils.model.translator import Translator
from course_utils.text.vocab import SPECIALS, Vocab
from course_utils.widgets.attention_view import AttentionView
from course_utils.widgets.page import asset
from course_utils.widgets.page_translator import PAGE_SCORES, WITHOUT_SCRIPT, page_translator

FRENCH = "le chat noir est sur le tapis"
HOSTILE = (
    "</script><script>alert(1)</script>",
    "<!--",
    "\"'><img src=x onerror=alert(1)>",
    "a & b",
    "</style>",
)


@pytest.fixture(scope="module")
def translator():
    return load_translator("attention")


def small(direction="both", score="additive", words=("chat", *HOSTILE)) -> Translator:
    """An untrained model that always writes the first word that it knows beside "chat"."""
    vocab = Vocab([*SPECIALS, *words])
    torch.manual_seed(0)
    model = build_model(ModelConfig(4, 3, score=score, direction=direction), len(vocab), len(vocab))
    with torch.no_grad():
        model.decoder.out.bias[5] = 100.0
    return Translator(model, vocab, vocab)


def read(html: str) -> dict:
    """The data in the page, as the browser's script reads them."""
    (found,) = re.findall(r'<script type="application/json">(.*?)</script>', html, re.DOTALL)
    return json.loads(found)


def test_the_page_holds_every_weight_and_word_and_nothing_from_elsewhere(translator):
    html = page_translator(translator)._repr_html_()
    data = read(html)
    assert data["source"] == list(translator.source_vocab.tokens)
    assert data["target"] == list(translator.target_vocab.tokens)
    numbers = np.frombuffer(base64.b64decode(data["weights"]["base64"]), "<f4")
    start = 0
    for (name, shape), (expected, tensor) in zip(
        data["weights"]["shapes"], translator.model.state_dict().items(), strict=True
    ):
        assert (name, shape) == (expected, list(tensor.shape))
        assert np.array_equal(numbers[start : start + tensor.numel()], tensor.flatten().numpy())
        start += tensor.numel()
    assert start == len(numbers)
    assert len(html.encode()) < 1_600_000
    assert not re.search(r"https?:|url\(|@import|\bfetch\(|XMLHttpRequest|\beval\(|import\(| id=", html)
    assert page_translator(load_translator("attention"))._repr_html_() == html


def test_without_scripts_the_first_sentence_stands_there(translator):
    page = page_translator(translator, FRENCH, ("français", "anglais"))
    html = page._repr_html_()
    picture = AttentionView(translator.translate(FRENCH), ("français", "anglais"))._repr_html_()
    assert picture.partition("\n<script>")[0] in html
    assert WITHOUT_SCRIPT in html and html.count("<form") == 1
    assert '<script type="text/html"><form>' in html  # which is removed with all other scripts
    assert repr(page) == "(A field to type into, as HTML: français to anglais, in the browser.)"


def test_one_script_runs_and_nothing_in_it_ends_it(translator):
    html = page_translator(translator)._repr_html_()
    assert html.count("<script") == html.count("</script>") == 3
    script = html.rpartition("<script>")[2]
    assert script.count("document.currentScript") == 1 and "const bringToLife = ((root) =>" in script
    assert script.endswith("\n})(document.currentScript.previousElementSibling);\n</script>")


def test_hostile_words_and_labels_are_escaped():
    html = page_translator(small(), "chat", ('"><script>', "</style>"))._repr_html_()
    assert html.count("<script") == html.count("</script>") == 3
    assert html.count("</style>") == 2 and "<!--" not in html and "<img" not in html
    assert read(html)["source"][-5:] == list(HOSTILE)


@pytest.mark.parametrize("score", PAGE_SCORES)
def test_every_score_that_the_page_knows_will_do(score):
    assert page_translator(small(score=score), "chat").data["score"] == score


def test_the_page_knows_the_scores_in_the_table_of_its_script():
    (table,) = re.findall(r"const SCORES = \{\n(.*?)\n\};", asset("model.js"), re.DOTALL)
    assert tuple(re.findall(r'^"(.+?)": \(', table, re.MULTILINE)) == PAGE_SCORES


def test_a_new_score_is_refused_until_the_page_knows_it(monkeypatch):
    class NewScore(AdditiveScore):
        pass

    monkeypatch.setitem(SCORES, "new", NewScore)
    with pytest.raises(ValueError, match="knows the scores dot, .*, location, and not NewScore"):
        page_translator(small(score="new"), "chat")


@pytest.mark.parametrize(
    "name, message",
    [
        ("bottleneck", "has no attention"),
        ("transformer", "recurrent models.*TransformerEncoder"),
        ("dialogues", "copies unknown words"),
    ],
)
def test_models_that_the_page_cannot_run(name, message):
    with pytest.raises(ValueError, match=message):
        page_translator(load_translator(name))


def test_parts_that_the_page_does_not_know():
    class OwnDecoder(AttnDecoderRNN):
        pass

    class OwnScore(AdditiveScore):
        pass

    class Pieces(Vocab):
        pass

    with pytest.raises(ValueError, match="this encoder forward only"):
        page_translator(small(direction="forward"), "chat")
    own = small()
    own.model.decoder.__class__ = OwnDecoder
    with pytest.raises(ValueError, match="Encoder with OwnDecoder"):
        page_translator(own, "chat")
    own = small()
    own.model.decoder.score.__class__ = OwnScore
    with pytest.raises(ValueError, match="scores dot, .* not OwnScore"):
        page_translator(own, "chat")
    own = small()
    own.source_vocab = Pieces(own.source_vocab.tokens)
    with pytest.raises(ValueError, match="pieces of words"):
        page_translator(own, "chat")


def test_a_first_sentence_that_cannot_be_translated(translator):
    with pytest.raises(ValueError, match="does not know “chatt”, but it knows “chat”"):
        page_translator(translator, "le chatt dort")
