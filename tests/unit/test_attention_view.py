"""The attention visualiser: what its HTML holds, and what it refuses."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_utils.widgets.attention_view import LARGE, AttentionView

FRENCH = "le chat noir est sur le tapis"
HOSTILE = ["<script>alert(1)</script>", "\"'><b x='", "a & b", "🐈", "</style>", "$x$", "-->"]
PRINTED = st.characters(exclude_categories=("C", "Z"))  # what a token is made of
WORD = st.text(PRINTED, min_size=1, max_size=12) | st.sampled_from(HOSTILE)
VOID = {"br", "hr", "img", "input"}


def translation(source, target, weights=None, extra=0, seed=0):
    if weights is None:
        shape = np.full(len(source), 0.3)
        weights = np.random.default_rng(seed).dirichlet(shape, len(target) + extra)
    return SimpleNamespace(source=source, target=target, attn_weights=weights)


class Page(HTMLParser):
    """The texts of the elements in a piece of HTML, by tag, as a browser reads them."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.open, self.texts, self.tags = [], {}, []
        self.feed(html)
        self.close()
        assert self.open == [], "an element was not closed"

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
            self.texts.setdefault(tag, []).append("")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open:
            self.texts[self.open[-1]][-1] += data


@st.composite
def translations(draw):
    source = draw(st.lists(WORD, min_size=1, max_size=8))
    target = draw(st.lists(WORD, min_size=1, max_size=8))
    return translation(source, target, extra=draw(st.integers(0, 1)), seed=draw(st.integers(0, 9)))


@given(translations())
def test_every_word_is_text_and_every_weight_is_printed(example):
    view = AttentionView(example)
    page = Page(view._repr_html_())
    assert page.texts["button"] == [*view.target, *view.source]
    assert page.texts["th"] == ["", *view.source, *view.target, "sum"]
    T, S = view.weights.shape
    printed = np.array(page.texts["td"], dtype=float).reshape(T + 1, S)  # the last row: sums
    assert np.abs(printed[:-1] - view.weights).max() <= 0.005 + 1e-9
    assert np.abs(printed[-1] - view.weights.sum(axis=0)).max() <= 0.005 + 1e-9
    assert [tag for tag, _ in page.tags].count("script") == 1


@given(translations())
def test_tokens_change_neither_style_nor_script_nor_attributes(example):
    plain = AttentionView(translation(["a"] * len(example.source), ["b"] * len(example.target)))
    seen, expected = (Page(view._repr_html_()) for view in (AttentionView(example), plain))
    assert seen.texts["script"] == expected.texts["script"]
    assert seen.texts["style"] == expected.texts["style"]
    names = {(tag, tuple(attributes)) for tag, attributes in expected.tags} | {("td", ("style",)), ("td", ())}
    # A word of a script that runs from right to left says so, and changes nothing else.
    assert {attributes.pop("dir", "rtl") for _, attributes in seen.tags} <= {"rtl"}
    assert {(tag, tuple(attributes)) for tag, attributes in seen.tags} <= names
    opening = r"</?(?:script|style|b)\b"  # the page's own, and the same number of them
    assert len(re.findall(opening, AttentionView(example)._repr_html_())) == 2 * 4


def test_labels_are_escaped_too():
    html = AttentionView(translation(["a"], ["b"]), labels=('"><script>', "<i>"))._repr_html_()
    page = Page(html)
    assert page.texts["b"] == ["<i>", '"><script>']
    assert [a["aria-label"] for tag, a in page.tags if a.get("role") == "group"] == [
        "<i> words",
        '"><script> words',
    ]


def test_the_briefs_sentence_fits_in_15_kb():
    english = "the black cat is on the mat".split()
    view = AttentionView(translation(FRENCH.split(), english, extra=1))
    assert view.weights.shape == (8, 7)
    assert len(view._repr_html_().encode()) <= 15_000


def test_a_further_word_costs_less_than_60_bytes_a_weight():
    small, large = (
        len(AttentionView(translation(["mot"] * n, ["word"] * n))._repr_html_()) for n in (20, 40)
    )
    assert large - small < 60 * (40 * 40 - 20 * 20) + 40 * 120


def test_output_is_the_same_each_time_and_holds_nothing_from_elsewhere():
    pictures = {AttentionView(translation(HOSTILE, FRENCH.split()))._repr_html_() for _ in range(3)}
    assert len(pictures) == 1
    tags = [attributes for _, attributes in Page(*pictures).tags]
    assert not [a for a in tags if {"id", "src", "href"} & set(a)]
    plain = AttentionView(translation(["a"], ["b"]))._repr_html_()
    assert not re.search(r"https?:|url\(|@import|fetch|random|setTimeout|innerHTML", plain)


def test_every_word_is_a_button_that_keeps_the_notebooks_shortcuts_away():
    page = Page(AttentionView(translation(HOSTILE, FRENCH.split()))._repr_html_())
    buttons = [attributes for tag, attributes in page.tags if tag == "button"]
    assert len(buttons) == 2 * 7
    assert all(b == {"type": "button", "data-lm-suppress-shortcuts": "true"} for b in buttons)


def test_words_do_not_run_together_without_style():
    html = AttentionView(translation(FRENCH.split(), ["a", "b"]))._repr_html_()
    body = re.sub(r"<(style|script)>.*?</\1>", "", html, flags=re.DOTALL)
    assert f"French {FRENCH}" in re.sub(r"<[^>]+>", "", body)


@pytest.mark.parametrize("weight, ink", [(0.64, False), (0.644, False), (0.65, True), (1.0, True)])
def test_cells_are_coloured_inline_by_the_number_that_they_print(weight, ink):
    html = AttentionView(translation(["a", "b"], ["c"], [[weight, 1 - weight]]))._repr_html_()
    colour = f"background-color:rgba(230,159,0,{weight:.2f}){';color:#000' * ink}"
    assert f'<td style="{colour}">{weight:.2f}</td>' in html


def test_a_large_table_is_folded_up():
    def is_open(T, S):
        page = Page(AttentionView(translation(["a"] * S, ["b"] * T))._repr_html_())
        return "open" in dict(page.tags)["details"]

    assert is_open(10, LARGE // 10) and not is_open(11, LARGE // 10)


def test_the_row_of_eos():
    both = translation(["le", "chat"], ["the", "cat"], extra=1)
    assert AttentionView(both).target == ("the", "cat", "<eos>")
    assert AttentionView(translation(["le", "chat"], ["the", "cat"])).target == ("the", "cat")
    written = AttentionView(translation(["le"], ["the", "<eos>"], [[1], [1]]))
    assert written.target == ("the", "<eos>")


@pytest.mark.parametrize(
    "source, target, weights, message",
    [
        (["a"], ["b"], None, "no attention"),
        ([], ["b"], np.zeros((1, 0)), "no words"),
        (["a"], [], np.zeros((0, 1)), "no words"),
        (["a"], [], np.ones((1, 1)), "no words"),
        (["a", "b"], ["c"], np.ones((2, 1)), r"shape \(2, 1\) do not fit 1 target and 2 source"),
        (["a"], ["b"], np.ones((3, 1)), r"pass an array of shape \(1, 1\), or \(2, 1\)"),
        (["a"], ["b"], np.ones(1), "shape"),
        (["a", "b"], ["c"], [[0.5, 0.6]], "sum to 1"),
        (["a", "b"], ["c"], [[-0.5, 1.5]], "from 0 to 1"),
        (["a"], ["b"], [[np.nan]], "from 0 to 1"),
    ],
)
def test_what_cannot_be_shown_is_an_error_that_says_why(source, target, weights, message):
    words = SimpleNamespace(source=source, target=target, attn_weights=weights)
    with pytest.raises(ValueError, match=message):
        AttentionView(words)


def test_as_text():
    view = AttentionView(translation(["l'", "homme"], ["the", "man"], [[0.9, 0.1], [0.004, 0.996]]))
    assert repr(view) == "l'homme → the man\n  the: l' 0.90, homme 0.10\n  man: homme 1.00"
