"""The model that runs in the page gives what PyTorch gives: words, weights, and what it says of mistakes."""

from __future__ import annotations

import base64
import json
import random
import statistics
from copy import deepcopy
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page

from course_utils.analysis.challenge import CHALLENGE
from course_utils.model.pretrained import load_translator
from course_utils.model.translator import Translation, Translator
from course_utils.text.corpus import load_corpus
from course_utils.text.tokens import tokenize
from course_utils.widgets.page import asset
from course_utils.widgets.page_translator import page_data
from course_utils.widgets.typing_field import reply
from lab import Watched

pytestmark = pytest.mark.browser

BATCH = 300
EVERYDAY = [line.split("\t")[0] for line in CHALLENGE.read_text(encoding="utf-8").splitlines()]
TYPED = [
    "", "   ", "...", "« »", "'", ",", "!", "le chat dort !?", "… le chat dort…", "LE CHAT DORT", "<unk>",
    "l’homme dort", "L ' homme dort", "l&apos;homme dort", "l& #39 ;homme dort", "&eacute;t&eacute;",
    "&#1;le chat", "le chat dort. le chien dort.", "ma soeur dort", "ma sœur dort", "aujourd'hui il dort",
    "le grand\u2011pe\u0300re dort", "le chat\u200b noir", "le cha\u00adt", "dort-il", "va-t-elle",
    "3,5 12:30 1.", "rendez-vous", "donne-le-moi", "<b>zzz</b> zzz", "<pad> <eos>", "constructor __proto__",
    "👩‍🍳 👍🏽 🇫🇷 ❤️", "می‌خواهم", "İstanbul ΟΔΟΣ", "chatt " * 3, "x" * 300,
    "le chat dort " * 13, "le chat dort " * 20, "le chat dort " * 34,
]  # fmt: skip


@pytest.fixture(scope="module")
def translator() -> Translator:
    return load_translator("attention")


def open_model(page: Page, data: dict[str, Any]) -> None:
    """Let the page have the model by names of its own; what runs is the scripts of every output."""
    page.set_content("<p>")
    for name in ("numbers.js", "reading.js", "model.js"):
        page.add_script_tag(content=asset(name))
    page.evaluate(
        "text => { const data = JSON.parse(text); window.read = sentenceReader.open(data);"
        " window.translate = attentionModel.open(data); }",
        json.dumps(data),
    )


def ask(page: Page, function: str, inputs: list) -> list:
    """What a function of the page gives for each of the inputs. (As text: a million numbers go faster.)"""
    code = f"text => JSON.stringify(JSON.parse(text).map(each => {function}(each)))"
    batches = [inputs[i : i + BATCH] for i in range(0, len(inputs), BATCH)]
    return [answer for batch in batches for answer in json.loads(page.evaluate(code, json.dumps(batch)))]


def compare(answers: list[dict], expected: list[Translation]) -> tuple[int, float]:
    """How many sentences differ in a word, and the largest difference of a weight in the others."""
    pairs = list(zip(answers, expected, strict=True))
    same = [(a, e) for a, e in pairs if tuple(a["target"]) == e.target]
    differences = [np.abs(np.array(a["weights"]) - e.attn_weights).max() for a, e in same if e.target]
    return len(pairs) - len(same), float(max(differences, default=0.0))


def test_every_test_sentence_is_translated_as_pytorch_does(watched: Watched, translator: Translator) -> None:
    sentences = [list(pair.source) for pair in load_corpus().test]
    assert len(sentences) == 2052
    open_model(watched.page, page_data(translator))
    wrong, largest = compare(
        ask(watched.page, "translate", sentences), translator.translate_tokens(sentences)
    )
    print(f"\n{len(sentences) - wrong} of {len(sentences)} sentences equal, weights within {largest:.1e}")
    assert wrong == 0 and largest < 1e-4
    watched.saw_nothing_wrong()


@pytest.mark.parametrize("score", ["dot", "scaled", "general", "location"])
def test_the_other_scores(page: Page, score: str) -> None:
    translator = load_translator(f"attention-{score}-live")
    sentences = [list(pair.source) for pair in load_corpus().test[:60]]
    open_model(page, page_data(translator))
    wrong, largest = compare(ask(page, "translate", sentences), translator.translate_tokens(sentences))
    assert wrong == 0 and largest < 1e-4
    answers = ask(page, "read", ["le chat dort " * n for n in (13, 14)])
    assert [answer["message"] for answer in answers] == [
        reply(translator, "le chat dort " * n).message for n in (13, 14)
    ]


def test_a_matrix_that_stands_on_its_side_is_noticed(page: Page, translator: Translator) -> None:
    data, start = deepcopy(page_data(translator)), 0
    numbers = np.frombuffer(base64.b64decode(data["weights"]["base64"]), "<f4").copy()
    for name, shape in data["weights"]["shapes"]:
        size = int(np.prod(shape))
        if name == "decoder.score.weight.weight":
            numbers[start : start + size] = numbers[start : start + size].reshape(shape).T.flatten()
        start += size
    data["weights"]["base64"] = base64.b64encode(numbers.tobytes()).decode()
    sentences = [list(pair.source) for pair in load_corpus().test[:40]]
    open_model(page, data)
    wrong, largest = compare(ask(page, "translate", sentences), translator.translate_tokens(sentences))
    assert wrong > 0 or largest > 1e-2


@pytest.mark.parametrize("name, refused", [("attention", 250), ("open", 15)])
def test_what_is_typed_is_read_as_python_reads_it(page: Page, name: str, refused: int) -> None:
    translator, typed = load_translator(name), EVERYDAY + TYPED
    assert len(EVERYDAY) == 392
    open_model(page, page_data(translator))
    unread = 0
    for text, answer in zip(typed, ask(page, "read", typed), strict=True):
        expected = reply(translator, text)
        tokens = list(expected.view.source) if expected.view else None
        assert (answer.get("tokens"), answer["message"]) == (tokens, expected.message), text
        unread += tokens is None
    assert unread > refused  # so many messages were compared, at least


def test_near_words_are_difflibs(page: Page, translator: Translator) -> None:
    """Asked for every known word with one to three mistakes in it."""
    rng, vocab = random.Random(0), translator.source_vocab
    typed = []
    for word in vocab.tokens[4:]:
        letters = list(word)
        for _ in range(rng.randint(1, 3)):
            at = rng.randrange(len(letters) + 1)
            letters[at : at + rng.randint(0, 2)] = rng.sample("aeinorst", rng.randint(0, 2))
        typed.append("".join(letters) or word)
    page.set_content("<p>")
    page.add_script_tag(content=asset("reading.js"))
    page.evaluate(
        "words => { window.near = (word) => sentenceReader.nearest(word, words) }", vocab.tokens[4:]
    )
    assert ask(page, "near", typed) == [vocab.nearest(word) for word in typed]


def test_tokens_of_random_text_are_pythons(page: Page) -> None:
    signs = [
        *"aAeÉlLdnqu'’-. ,!?…;:«»\"()12_\t\u200b\u200d\u200c\u00a0\u00ad\u2011İiΣß&#;`",
        "&eacute;",
        "& apos ;",
    ]
    signs += [
        "&#39;",
        "&notit;",
        "& regulators;",
        "&semi;",
        "&#1;",
        "&#150;",
        "l'",
        "qu'",
        "aujourd'hui",
        "-il",
        "-t-elle",
        "e\u0301",
        "3,5",
    ]
    signs += ["👩‍🍳", "👍🏽", "🇫🇷", "❤️", "क्‍ष", "می‌خواهم", "\ufeff", "\x85", "\u2028", "\U000e0100", "\u180b"]
    rng = random.Random(0)
    typed = ["".join(rng.choices(signs, k=rng.randint(1, 14))) for _ in range(3000)]
    page.set_content("<p>")
    page.add_script_tag(content=asset("reading.js"))
    assert ask(page, "sentenceReader.tokenize", typed) == [tokenize(text) for text in typed]


def test_it_answers_at_once(page: Page, translator: Translator) -> None:
    open_model(page, page_data(translator))
    ten = next(pair.source for pair in load_corpus().test if len(pair.source) == 10)
    times = page.evaluate(
        "words => Array.from({ length: 50 }, () => {"
        " const start = performance.now(); translate(words); return performance.now() - start; })",
        list(ten),
    )
    print(f"\nten words: median {statistics.median(times):.1f} ms, worst {max(times):.1f} ms, n = 50")
    assert statistics.median(times) < 100
