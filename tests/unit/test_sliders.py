"""The lessons' sliders: what they show is true, escaped, and a pure function of where they stand."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from urllib.parse import unquote

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from toy import CONFIGS, toy_model, toy_pairs, toy_vocabs

from course_utils.analysis.evaluation import matched_words
from course_utils.analysis.trace import Beam, Step, beam_steps, look
from course_utils.figures.texts import signed
from course_utils.model.pretrained import load_translator
from course_utils.model.translator import Translator
from course_utils.numpy_attention import dot_product_attention, softmax
from course_utils.widgets.beams import beam_explorer, beam_view
from course_utils.widgets.hand_weights import weights_explorer
from course_utils.widgets.model_sliders import (
    length_explorer,
    length_view,
    padding_explorer,
    padding_view,
    score_explorer,
    score_view,
)
from course_utils.widgets.query_plane import query_explorer, query_view
from course_utils.widgets.steps import step_view, stepper
from course_utils.widgets.temperature import temperature_explorer
from course_utils.widgets.views import columns_view

FRENCH, ENGLISH = "le chat noir est sur le tapis", "the black cat is on the mat"
NASTY = ["<script>alert(1)</script>", "\"a\" & 'b'", "🙂", "</td>", "<b>"]
WORDS = ["le", "chat", "tapis"]
POINTS = np.array([[0, 1.0], [1, 1], [1, -1]])
AXES = ("noun", "who (+) / where (−)")
PAIRS = toy_pairs(40)

# What XML can hold: control characters and half characters stand in no notebook.
text = st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=12).filter(
    lambda word: word.isprintable()
)
weight = st.floats(0, 1)


@pytest.fixture(scope="module")
def attention() -> Translator:
    return load_translator("attention")


@pytest.fixture(scope="module")
def bottleneck() -> Translator:
    return load_translator("bottleneck")


def toy(name: str, seed: int = 0) -> Translator:
    torch.manual_seed(seed)
    vocabs = toy_vocabs(PAIRS)
    return Translator(toy_model(name, *map(len, vocabs)), *vocabs)


def numbers(html: str) -> list[float]:
    return [float(number) for number in re.findall(r">(\d\.\d\d)</td>", html)]


def printed(weights) -> list[float]:
    return [float(f"{number:.2f}") for number in np.ravel(weights)]


class Tags(HTMLParser):
    """The names of all tags of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.names.add(tag)


def parsed(html: str) -> ET.Element:
    return ET.fromstring(html.replace("&ensp;", " "))  # which XML does not know


def is_safe(html: str, words) -> None:
    """Every word stands there as text, and all is well-formed."""
    shown = "".join(parsed(html).itertext())
    assert all(word in shown for word in words)
    assert not Tags(html).names & {"script", "img", "iframe", "style"}


# --- bars ------------------------------------------------------------------------------------


@given(st.lists(st.tuples(text, weight, weight), min_size=1, max_size=6), text, text)
def test_columns_print_their_weights_and_escape_every_text(rows, name, caption):
    words, first, second = zip(*rows)
    html = columns_view(
        words, {name: first, f"{name} 2": second}, caption, texts={caption: words}, foot={"": name}
    )
    is_safe(html, [*words, name, caption])
    assert numbers(html) == printed(np.column_stack([first, second]))
    widths = [int(width) for width in re.findall(r"width:(\d+)%;background:#", html)]
    assert widths == [round(100 * number) for number in numbers(html)]  # as long as the number says


def test_columns_want_one_weight_a_word():
    with pytest.raises(ValueError, match=r"2 words but weights of shape \(3,\)"):
        columns_view(["le", "chat"], {"a": [0.5, 0.5], "b": [0, 0, 1]})


def test_signed_has_a_real_minus_and_no_minus_zero():
    assert [signed(number) for number in (-0.004, 0, -1.5, 2)] == ["0.00", "0.00", "−1.50", "2.00"]


# --- the query in the plane ------------------------------------------------------------------


@given(st.integers(-180, 180), st.floats(0, 3.6), st.floats(0.1, 10), st.integers(0, len(WORDS)))
def test_query_view_equals_numpy(angle, length, temperature, real):
    html = query_view(WORDS, POINTS, angle, length, AXES, temperature, real)
    is_safe(html, WORDS)
    query = length * np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))])
    mask = np.arange(len(WORDS)) < real
    weights = softmax(np.where(mask, POINTS @ query / temperature, -np.inf))
    assert numbers(html) == printed(weights)
    x, y = (signed(number, 1) for number in weights @ POINTS)
    assert f"fetches the context [{x}, {y}]" in html
    assert html.count(">−∞<") == len(WORDS) - real
    assert ("mask hides" in html) == (real < len(WORDS))


def test_query_view_draws_the_context_where_it_is():
    html = query_view(WORDS, POINTS, 90, 0, AXES)  # no question: the mean of all keys
    context, _ = dot_product_attention(np.zeros(2), POINTS)
    dashed = re.search(r'rotate\((-?[\d.]+)\)" fill="#D55E00"', html)
    assert float(dashed[1]) == pytest.approx(-np.degrees(np.arctan2(context[1], context[0])), abs=0.06)


def test_query_view_rejects_what_it_cannot_draw():
    with pytest.raises(ValueError, match=r"3 words but points of shape \(3, 5\)"):
        query_view(WORDS, np.zeros((3, 5)), 0, 1, AXES)
    with pytest.raises(ValueError, match="above 0"):
        query_view(WORDS, POINTS, 0, 1, AXES, temperature=0)


def test_query_explorer_has_the_sliders_that_are_asked_for():
    assert list(query_explorer(WORDS, POINTS, [3, 1], AXES).controls) == ["angle", "length"]
    explorer = query_explorer(WORDS, POINTS, [3, 1], AXES, temperature=True, mask=True)
    for name, value in {"angle": 45, "length": 2.0, "temperature": 2.5, "real": 2}.items():
        before = explorer.html.value
        explorer.controls[name].value = value
        assert explorer.html.value != before
    assert explorer.html.value == query_view(WORDS, POINTS, 45, 2.0, AXES, 2.5, 2)


# --- sentence length -------------------------------------------------------------------------


@given(st.lists(st.tuples(text, st.booleans()), max_size=6))
def test_length_view_marks_and_counts(marked):
    found, right = [word for word, _ in marked], [ok for _, ok in marked]
    html = length_view(NASTY, found, found, right, "Hidden size 3")
    is_safe(html, [*NASTY, *found])
    struck = ["".join(word.itertext()) for word in parsed(html).iter("del")]
    assert struck == [word for word, ok in marked if not ok]
    assert f"Hidden size 3, 5 French words: {sum(right)} of {len(found)} words right." in html


def test_length_explorer_translates_each_length_once(bottleneck):
    class Counting:
        calls, read = 0, bottleneck.read

        def translate_tokens(self, sentences):
            self.calls += 1
            return bottleneck.translate_tokens(sentences)

    small, large = Counting(), Counting()
    pairs = [("le chat dort", "the cat sleeps"), (FRENCH, ENGLISH)]
    explorer = length_explorer({"32": small, "208": large}, pairs)
    for model, name in enumerate(("32", "208")):
        for length, (source, reference) in enumerate(pairs):
            explorer.controls["length"].value, explorer.controls["model"].value = length, model
            found = bottleneck.translate(source).target
            right = matched_words(found, reference.split())
            assert explorer.current() == length_view(
                source.split(), reference.split(), found, right, f"Hidden size {name}"
            )
    assert (small.calls, large.calls) == (2, 2)
    assert [label for label, _ in explorer.controls["length"].options] == ["3", "7"]


def test_length_explorer_with_one_model_has_one_slider(bottleneck):
    explorer = length_explorer(bottleneck, [("le chat dort", "the cat sleeps")])
    assert list(explorer.controls) == ["length"]
    assert "Hidden" not in explorer.current() and "3 French words" in explorer.current()
    longer = length_explorer(bottleneck, [("le chat dort", "the cat sleeps"), (FRENCH, ENGLISH)]).at(length=1)
    assert "7 French words" in longer.html.value and "7 French words" in longer.still._repr_html_()


@pytest.mark.parametrize("sources", [[], ["le chat dort", "le chien dort"], [FRENCH, "le chat dort"]])
def test_sentences_must_grow(bottleneck, sources):
    with pytest.raises(ValueError, match="do not grow"):
        length_explorer(bottleneck, [(source, ENGLISH) for source in sources])


def test_without_models_there_is_nothing_to_show():
    with pytest.raises(ValueError, match="no model to show"):
        length_explorer({}, [(FRENCH, ENGLISH)])


# --- where models look -----------------------------------------------------------------------


def test_look_gives_the_weights_of_free_running_where_the_words_are_its_own(attention):
    translation = attention.translate(FRENCH)
    seen = look(attention, FRENCH, translation.target)
    assert (seen.source, seen.target[:-1], seen.target[-1]) == (
        translation.source, translation.target, "<eos>",
    )  # fmt: skip
    np.testing.assert_allclose(seen.weights[:-1], translation.attn_weights, atol=1e-5)
    assert seen.likeliest == seen.target  # greedy: it would have written the same


@pytest.mark.parametrize("name", [name for name in CONFIGS if name.startswith("attention")])
@pytest.mark.parametrize("pads", [0, 1, 7])
def test_with_the_mask_padding_changes_nothing_and_gets_nothing(name, pads):
    translator, pair = toy(name), PAIRS[3]
    alone, padded = (look(translator, pair.source, pair.target, n) for n in (0, pads))
    S = len(pair.source)
    np.testing.assert_allclose(padded.weights[:, :S], alone.weights, atol=1e-12)
    assert (padded.weights[:, S:] == 0).all() and padded.likeliest == alone.likeliest
    leaky = look(translator, pair.source, pair.target, pads, masked=False)
    assert leaky.weights.shape == (len(pair.target) + 1, S + pads)
    np.testing.assert_allclose(leaky.weights.sum(axis=1), 1)
    assert (leaky.weights[:, S:] > 0).all()


def test_look_leaves_the_model_as_it_was(attention):
    attention.model.train()
    try:
        first, second = (look(attention, FRENCH, ENGLISH).weights for _ in range(2))
        assert attention.model.training
    finally:
        attention.model.eval()
    np.testing.assert_array_equal(first, second)  # no dropout


def test_look_says_what_it_cannot_do(attention, bottleneck):
    with pytest.raises(ValueError, match="no attention"):
        look(bottleneck, FRENCH, ENGLISH)
    with pytest.raises(ValueError, match="does not know “zzz”"):
        look(attention, "le zzz dort", ENGLISH)
    for ask in (lambda: look(attention, "", ENGLISH), lambda: beam_steps(attention, "", 2)):
        with pytest.raises(ValueError, match="there is nothing"):
            ask()


def test_what_is_translated_can_be_looked_at(attention):
    """A capital and a full stop are no reason to refuse a sentence."""
    assert look(attention, "Le chat dort.", "the cat sleeps").source == ("le", "chat", "dort")
    assert beam_steps(attention, "Le chat dort.", 2)[-1][0].words == ("the", "cat", "sleeps", "<eos>")


def test_length_explorer_says_which_words_it_does_not_know(bottleneck):
    with pytest.raises(ValueError, match="does not know “zzz”"):
        length_explorer(bottleneck, [("le zzz dort", "the cat sleeps")])


def test_score_explorer_shows_every_model_at_every_step(attention):
    models = {"additive": attention, "<dot>": load_translator("attention-dot-live")}
    explorer = score_explorer(models, FRENCH, ENGLISH)
    looks = [look(model, FRENCH, ENGLISH) for model in models.values()]
    for t, word in enumerate([*ENGLISH.split(), "<eos>"]):
        explorer.controls["step"].value = t + 1
        html = explorer.current()
        is_safe(html, [word, *models])
        assert numbers(html) == printed(np.column_stack([seen.weights[t] for seen in looks]))
        for seen in looks:
            mark = "✓" if seen.likeliest[t] == word else "✗"
            assert f"{mark} {seen.likeliest[t]}" in "".join(ET.fromstring(html).itertext())


def test_score_view_escapes():
    weights = {name: np.full(5, 0.2) for name in NASTY}
    html = score_view(NASTY, weights, NASTY, "<i>", dict.fromkeys(NASTY, "<u>"))
    is_safe(html, [*NASTY, "<i>", "<u>"])


@given(st.integers(1, 5), st.integers(0, 20), st.integers(0, 2**32 - 1))
def test_padding_view_adds_up_what_falls_on_the_pads(S, pads, seed):
    masked, unmasked = np.random.default_rng(seed).dirichlet(np.ones(S + pads), 2)
    html = padding_view(NASTY[:S], masked, unmasked, "<i>")
    is_safe(html, [*NASTY[:S], "<i>", f"{pads} × <pad>"])
    rows = [np.append(weights[:S], weights[S:].sum()) for weights in (masked, unmasked)]
    assert numbers(html) == printed(np.column_stack(rows))
    assert f"{masked[S:].sum():.0%} of the attention is on padding with the mask" in html
    assert f"{unmasked[S:].sum():.0%} without" in html


@pytest.mark.parametrize("masked, unmasked", [([1], [1, 0]), ([1], [1]), ([[1, 0]], [[1, 0]])])
def test_padding_view_wants_one_weight_a_place(masked, unmasked):
    with pytest.raises(ValueError, match="one weight a place"):
        padding_view(["le", "chat"], masked, unmasked, "the")


def test_padding_explorer_follows_its_sliders(attention):
    models = {"one": attention, "two": load_translator("attention-dot-live")}
    explorer = padding_explorer(models, FRENCH, ENGLISH)
    for model, pads, step in ((0, 0, 1), (1, 3, 2), (1, 20, 8)):
        for name, value in {"model": model, "pads": pads, "step": step}.items():
            explorer.controls[name].value = value
        with_mask, without = (
            look(list(models.values())[model], FRENCH, ENGLISH, pads, masked) for masked in (True, False)
        )
        assert explorer.current() == padding_view(
            FRENCH.split(), with_mask.weights[step - 1], without.weights[step - 1], with_mask.target[step - 1]
        )
        assert "0% of the attention is on padding with the mask" in explorer.current()


# --- beams -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CONFIGS)
@pytest.mark.parametrize("beam_size", range(1, 7))
def test_the_winner_is_what_the_translator_writes(name, beam_size):
    translator = toy(name, seed=beam_size)
    for pair in PAIRS[:4]:
        steps = beam_steps(translator, pair.source, beam_size)
        expected = translator.translate_tokens([pair.source], beam_size)[0]
        winner = steps[-1][0]
        assert tuple(word for word in winner.words if word != "<eos>") == expected.target
        assert winner.log_prob == pytest.approx(expected.log_prob, abs=1e-10)


def test_a_beam_is_likeliest_first_and_grows_from_its_parent(bottleneck):
    steps = beam_steps(bottleneck, FRENCH, 5)
    for before, beams in zip([[Beam((), 0.0, 0)], *steps], steps):
        assert [b.log_prob for b in beams] == sorted((b.log_prob for b in beams), reverse=True)
        assert len({beam.words for beam in beams}) == len(beams) <= 5
        for beam in beams:
            parent = before[beam.parent]
            if parent.words[-1:] == ("<eos>",):
                assert beam.words == parent.words and beam.log_prob == parent.log_prob
            else:
                assert beam.words[:-1] == parent.words and beam.log_prob <= parent.log_prob
    assert all(beam.words[-1] == "<eos>" for beam in steps[-1])


def orange(html: str) -> list[str]:
    """The words in the boxes on the winner's path."""
    boxes = ET.fromstring(html).iter("g")
    return [box.find("title").text for box in boxes if box.find("rect").get("fill") == "#E69F00"]


def test_beam_view_highlights_the_winner_and_lists_the_rest(bottleneck):
    for width in (1, 4):
        steps = beam_steps(bottleneck, FRENCH, width)
        html = beam_view(steps, greedy=-1.25)
        won = [*steps[-1][0].words]
        path = orange(html)
        assert path == ["<bos>", *won, *["(ended)"] * (len(steps) - len(won))]
        said = next(ET.fromstring(html).iter("svg")).get("aria-label")
        told = [pair.split()[0] for pair in said.split(": ")[1].split(". ")[0].split(", ")]
        assert told == path[1:] and f"{won[-1]} {signed(steps[-1][0].log_prob)}" in said
        assert html.count("<rect") == 1 + sum(map(len, steps))
        items = ["".join(item.itertext()).split() for item in ET.fromstring(html).iter("li")]
        assert items == [[signed(b.log_prob), *b.words[:-1]] for b in steps[-1]]
        assert "(greedy: −1.25)" in html


def test_beam_view_tells_the_winner_the_losers_and_those_given_up():
    """Of three beginnings one wins, one comes second, and one is given up."""
    first = [Beam(("a",), -1.0, 0), Beam(("b",), -2.0, 0), Beam(("c",), -3.0, 0)]
    last = [Beam(("b", "<eos>"), -2.5, 1), Beam(("a", "<eos>"), -3.0, 0)]
    boxes = {}
    for box in ET.fromstring(beam_view([first, last], widest=1)).iter("g"):
        rect, text = box.find("rect"), box.find("text")
        lost = "dashed" if rect.get("stroke-dasharray") else "plain"
        kind = lost if rect.get("fill") == "none" else "orange"
        boxes.setdefault(box.find("title").text, []).append((kind, text.get("font-weight") == "bold"))
    assert boxes == {
        "<bos>": [("orange", True)], "a": [("plain", True)], "b": [("orange", True)],
        "c": [("dashed", False)], "<eos>": [("orange", True), ("plain", True)],
    }  # fmt: skip


def test_beam_view_has_room_for_every_box():
    steps = [[Beam((word,), -1.0, 0) for word in "abcdefgh"]]
    tree = next(ET.fromstring(beam_view(steps, widest=2)).iter("svg"))
    right = max(int(box.get("x")) + int(box.get("width")) for box in tree.iter("rect"))
    assert right <= int(tree.get("width"))


def test_beam_explorer_needs_a_beam(bottleneck):
    with pytest.raises(ValueError, match="at least 1"):
        beam_explorer(bottleneck, FRENCH, widest=0)


def test_beam_view_escapes_and_shortens():
    steps = [[Beam((word,), -1.0 - i, 0) for i, word in enumerate([*NASTY, "a very long word"])]]
    html = beam_view(steps)
    is_safe(html, [*NASTY, "a very long word", "a very lon…"])
    with pytest.raises(ValueError, match="no beams"):
        beam_view([])


def test_beam_explorer_follows_its_slider_and_keeps_the_room_of_the_tallest(bottleneck):
    explorer = beam_explorer(bottleneck, FRENCH, widest=4)
    greedy = bottleneck.translate(FRENCH).log_prob
    for width in (1, 2, 4):
        explorer.controls["width"].value = width
        expected = beam_view(beam_steps(bottleneck, FRENCH, width), 4, greedy if width > 1 else None)
        assert explorer.current() == expected and expected in explorer.html.value
        assert explorer.html.value.endswith(f'visibility:hidden">{explorer.tallest}</div></div>')


# --- all of them -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def explorers(attention, bottleneck):
    return {
        "temperature": temperature_explorer(NASTY, np.arange(5)),
        "query": query_explorer(NASTY, np.eye(5)[:, :2], [1, 1], AXES, temperature=True, mask=True),
        "length": length_explorer(bottleneck, [("le chat dort", "it"), (FRENCH, ENGLISH)]),
        "score": score_explorer({"additive": attention}, FRENCH, ENGLISH),
        "padding": padding_explorer(attention, FRENCH, ENGLISH),
        "beam": beam_explorer(bottleneck, FRENCH),
    }


def test_a_still_picture_comes_first_and_then_the_sliders(explorers, monkeypatch):
    for explorer in explorers.values():
        shown = []
        monkeypatch.setattr("course_utils.widgets.base.display", lambda *a, **k: shown.append((a[0], k)))  # noqa: B023
        explorer._ipython_display_()
        (still, _), (bundle, how) = shown
        assert still is explorer.still and how == {"raw": True}
        assert "application/vnd.jupyter.widget-view+json" in bundle
        assert bundle["text/plain"] == "(Sliders: run this notebook in JupyterLab to move them.)"
        html = still._repr_html_()
        view = explorer.view(**{n: c.value for n, c in explorer.controls.items()})
        outside = re.split(r"<svg.*?</svg>", view, flags=re.DOTALL)
        assert all(part in html for part in outside) and "<svg" not in html
        assert html.count("<img ") == len(outside) - 1
        assert "visibility:hidden" not in html  # no second view where styles are stripped
        assert repr(still) == "(A picture, as the sliders start.)"
        assert len(html.partition("<script>")[0]) < 15_000 and len(html) < 40_000  # with all its views


def test_a_drawing_becomes_a_picture_of_the_same(explorers):
    """Untrusted notebooks and code hosts remove `<svg>`, but not `<img>`."""
    view = explorers["query"].current()
    drawing = re.search("<svg .*?</svg>", view, re.DOTALL)[0]
    still = explorers["query"].still._repr_html_()
    picture = ET.fromstring(re.search("<img .*?/>", still)[0])
    said = "Arrows in the plane: the query (.*), the context (.*), and the keys"
    arrows = re.fullmatch(said, picture.get("alt"))
    assert arrows and f"The query {arrows[1]} fetches the context {arrows[2]}" in view
    kind, _, data = picture.get("src").partition(",")
    assert kind == "data:image/svg+xml"
    shown = ET.fromstring(unquote(data))
    texts, wanted = (["".join(e.itertext()) for e in tree.iter() if e.tag.endswith("text")]
                     for tree in (shown, ET.fromstring(drawing)))  # fmt: skip
    assert texts == wanted and "query" in texts
    assert len(list(shown.iter())) == len(list(ET.fromstring(drawing).iter()))
    # No page's colours reach a picture: each has another to fall back on, in a style, where `var` works.
    assert unquote(data).count("var(") == len(re.findall(r"var\(--[\w-]+, ", unquote(data))) > 0
    assert not any("var(" in value for e in shown.iter() for name, value in e.items() if name != "style")


def test_every_drawing_has_a_text(explorers, attention):
    others = [stepper(attention, FRENCH), weights_explorer(attention, FRENCH)]
    drawings = pictures = 0
    for explorer in (*explorers.values(), *others):
        for tag in re.findall("<svg [^>]*>", explorer.html.value):
            drawings += 1
            assert 'role="img"' in tag and re.search(r'aria-label="[^"]*\w[^"]*"', tag)
        for tag in re.findall("<img [^>]*>", explorer.still._repr_html_()):
            pictures += 1
            assert re.search(r'alt="[^"]*\w[^"]*"', tag)
    assert drawings > pictures >= 4  # there are drawings in a view's `tallest`, too


def test_the_still_picture_stays_while_the_sliders_move(explorers):
    explorer = explorers["temperature"]
    before = explorer.still._repr_html_()
    explorer.controls["temperature"].value = 5
    assert explorer.still._repr_html_() == before != explorer.current()


def test_a_move_sets_the_view_once(explorers):
    for explorer in explorers.values():
        seen = []
        explorer.html.observe(seen.append, names="value")
        for moves, control in enumerate(explorer.controls.values(), start=1):
            last = len(control.options) - 1 if hasattr(control, "options") else control.max
            first = 0 if hasattr(control, "options") else control.min
            control.value = last if control.value != last else first
            assert len(seen) == moves


def test_views_are_the_same_every_time(attention, bottleneck):
    for make in (
        lambda: beam_explorer(bottleneck, FRENCH),
        lambda: padding_explorer(attention, FRENCH, ENGLISH),
        lambda: length_explorer(bottleneck, [(FRENCH, ENGLISH)]),
    ):
        assert make().still._repr_html_() == make().still._repr_html_()


def test_a_still_ends_whatever_the_words_are():
    words = ["var(x)", "var(--a, b)"]
    still = query_explorer(words, np.eye(2), [1, 0], ("x", "y")).still._repr_html_()
    assert still.count("<img ") == 1 and "<svg" not in still


def test_a_still_holds_what_no_picture_can():
    controls = [chr(code) for code in (*range(32), 0x7F, 0xFFFE, 0xFFFF)]
    still = query_explorer([f"a{c}b" for c in controls], np.eye(2)[[0] * len(controls)], [1, 0], AXES).still
    picture = ET.fromstring(unquote(re.search('src="(.*?)"', still._repr_html_())[1].partition(",")[2]))
    (label,) = (text for e in picture.iter() if (text := e.text or "").startswith("a"))
    drawn = [word[1:-1] for word in label.split(", ")]
    assert drawn == [c if c in "\t\n\x7f" else "\n" if c == "\r" else "\ufffd" for c in controls]


def test_the_query_that_is_given_is_the_one_that_is_shown():
    explorer = query_explorer(WORDS, POINTS, [6, 0], AXES)
    assert "The query [6.0, 0.0]" in explorer.current()
    with pytest.raises(ValueError, match=r"a query of shape \(3,\)"):
        query_explorer(WORDS, POINTS, [1, 2, 3], AXES)
    with pytest.raises(ValueError, match="-1 real words of 3"):
        query_view(WORDS, POINTS, 0, 1, AXES, real=-1)


def test_columns_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="not a number"):
        columns_view(["a"], {"weight": [float("nan")]})
    with pytest.raises(ValueError, match="one text and one colour a word"):
        columns_view(["a", "b"], {"weight": [0, 1]}, texts={"score": ["1"]})


@pytest.mark.parametrize(
    ("word", "letters"),
    [("chat", 4), ("北京大学", 8), ("ｃａｔ", 6), ("사과a", 5), ("cafe\u0301", 4), ("", 0)],
)
def test_the_column_of_words_is_as_wide_as_they_are(word, letters):
    width = 14 + 9 * letters
    assert f'<col style="width:{width}px"/>' in columns_view([word, ""], {"weight": [0, 1]})
    vector = np.array([0.5, -1.0])
    step = Step("<bos>", 1, vector, vector, np.array([0.9, 0.1]), vector, (("a", 1.0),), "a")
    assert f'<col style="width:{width}px"/>' in step_view([word, ""], [step], 1)
