"""What figures say to those who do not see them: their labels, their numbers; and that it arrives."""

from __future__ import annotations

import matplotlib

matplotlib.use("Agg")

import base64
import pickle
import re
import types
from html.parser import HTMLParser

import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from IPython.core.displaypub import CapturingDisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.pylabtools import select_figure_formats
from IPython.display import display
from matplotlib.figure import Figure

from course_utils.figures.attention import plot_attention, plot_pedals
from course_utils.figures.bars import plot_temperatures
from course_utils.figures.curves import (
    LiveLoss,
    plot_by_length,
    plot_found_by_position,
    plot_learning_curves,
    plot_scaling,
)
from course_utils.figures.diagrams import plot_decoder_step, plot_encoder_decoder
from course_utils.figures.style import finish, mime_bundle, say, style, text_of
from course_utils.figures.texts import MOST, line_text, rounded, rows_text
from course_utils.numpy_attention import dot_product_attention, softmax

WORDS = "le chat noir est sur le tapis".split()
HOSTILE = ["<script>alert(1)</script>", "\"'><b x='", "a & b", "🐈", "$x$", "two\nlines", "_x", ""]
NUMBERS = st.floats(-1e6, 1e6, allow_nan=False)
LISTS = st.lists(NUMBERS, min_size=1, max_size=30)


class Images(HTMLParser):
    """The attributes of each `<img>`, as a browser reads them, and of how many tags in all."""

    def __init__(self, page):
        super().__init__()
        self.found, self.tags = [], 0
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.tags += 1
        if tag == "img":
            self.found.append(dict(attributes))


# What it says.


@settings(max_examples=50)
@given(LISTS)
def test_a_line_says_its_ends_and_its_extremes(numbers):
    said = line_text("ours", [f"place {i}" for i in range(len(numbers))], numbers)
    assert said.startswith("“ours” ")
    assert f"{rounded(numbers[0])} at place 0" in said
    assert len(numbers) == 1 or f"to {rounded(numbers[-1])} at place {len(numbers) - 1}" in said
    little = 0.021 * (max(numbers) - min(numbers))
    for end in (max(numbers), min(numbers)):
        if min(abs(end - numbers[0]), abs(end - numbers[-1])) > little:
            assert rounded(end) in said


def test_extremes_are_said_once_and_gaps_left_out():
    assert line_text("a", "xyz", [1, 3, 2]) == "“a” goes from 1 at x to 2 at z, highest 3 at y"
    assert line_text("a", "xyz", [1, 2, 3]) == "“a” goes from 1 at x to 3 at z"
    assert line_text("a", "xyz", [np.nan, 2, np.nan]) == "“a” is a point, 2 at y"
    assert line_text("a", "", []) == "“a” has no points"


@settings(max_examples=25)
@given(st.integers(1, 26), st.integers(2, 10), st.integers(0, 99))
def test_a_heat_map_says_where_each_row_is_largest(T, S, seed):
    weights = np.random.default_rng(seed).dirichlet(np.full(S, 0.3), T)
    target, source = [f"word {chr(65 + t)}" for t in range(T)], [f"mot {chr(65 + s)}" for s in range(S)]
    said = text_of(plot_attention(weights, source, target, "A title!"))
    assert said.startswith(f"A title! Heat map of attention weight, target words (T = {T}) down, source")
    if T <= MOST:
        for t, row in enumerate(weights):
            if (row > 0.999 * row.max()).sum() == 1:
                assert f"{target[t]} → {source[row.argmax()]} {rounded(row.max())}" in said
    else:
        assert f"{T} rows and {S} columns; the largest number is" in said
        assert f" {rounded(weights.max())}." in said


def test_rows_say_all_that_tie_and_rows_without_numbers_nothing():
    table = [[0.5, 0.5, 0], [1, 1, 1], [np.nan] * 3]
    assert rows_text("xyz", "abc", table) == "The largest in each row: x → a and b 0.5; y: all 1"
    assert rows_text("x", "a", [[np.nan]]) == "It holds no numbers"


@pytest.mark.parametrize(("weight", "hits"), [(0.5, 2), (0.4, 2), (0.6, 1)])
def test_a_frame_on_any_of_the_largest_counts(weight, hits):
    weights = [[weight, 1 - weight], [0, 1]]
    figure = plot_attention(weights, "ab", "xy", framed=[(1, 0), (1, 1)])
    assert f"Framed squares: 2; {hits} of them are the largest in their row" in text_of(figure)
    frames = [p.get_xy() for p in figure.axes[0].patches]
    assert frames == [(0.53, -0.47), (0.53, 0.53)]


def test_what_is_drawn_on_ones_own_axes_is_said_panel_by_panel():
    with style():
        figure, axes = plt.subplots(1, 2)
    plot_by_length({"ours": CURVE}, "Left", ax=axes[0])
    plot_attention(np.eye(2), "ab", "xy", "Right", ax=axes[1])
    figure.suptitle("Both")
    said = text_of(finish(figure))
    assert re.fullmatch(r"Both\. Left\. Line chart .*\. Right\. Heat map .*\.", said)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.98, "0.98"), (1 / 7, "0.14"), (92.345, "92.3"), (153.7, "154"), (999.7, "1,000"),
        (15365, "15,365"), (15364.99999, "15,365"), (153700, "153,700"), (1234.56, "1,230"),
        (2.0000001, "2"),
        (-0.5, "−0.5"), (-1e-17, "0"), (-0.0, "0"), (3e-7, "3e−07"), (4e9, "4e+09"),
        (float("nan"), "nan"),
    ],
)  # fmt: skip
def test_numbers_are_rounded_to_what_counts(value, text):
    assert rounded(value) == text


# Texts that functions write themselves.


POINTS = np.array([[0.0, 1], [1, 1], [0, 1], [0, 1], [0, -1], [0, -1], [1, -1]])
QUERY = np.array([3.0, 1])
CURVE = [{"low": 1, "high": 9, "n": 378, "bleu": 48.3}, {"low": 10, "high": None, "n": 594, "bleu": 21}]
HISTORY = {"valid_update": [10, 20, 30], "valid_accuracy": [30, 70, 60]}
OWN = {
    "attention": lambda: plot_attention(np.eye(7), WORDS, WORDS, "Each looks at itself", framed=[(0, 0)]),
    "length": lambda: plot_by_length({"no attention": CURVE, "attention": CURVE}, "Longer is worse"),
    "position": lambda: plot_found_by_position({"no attention": [0.5, 0.2, 0.3]}, "The start survives"),
    "learning": lambda: plot_learning_curves({"dot": HISTORY, "additive": HISTORY}, "Both learn"),
    "scaling": lambda: plot_scaling([4, 16], [0.5, 0.9], [0.4, 0.4], 10),
    "pedals": lambda: plot_pedals(WORDS, QUERY, POINTS, np.eye(7), ["x", "y"], WORDS),
    "temperatures": lambda: plot_temperatures(WORDS, POINTS @ QUERY, [0.3, 1, 10], "Cold"),
    "encoder-decoder": lambda: plot_encoder_decoder(WORDS, ["the", "cat"]),
    "step": lambda: plot_decoder_step(False),
    "step 2": lambda: plot_decoder_step(True),
}


@pytest.mark.parametrize("name", OWN)
def test_own_texts_are_short_sentences(name):
    said = mime_bundle(OWN[name]())["text/plain"]
    assert 80 < len(said) < 600 and said.endswith(".")
    assert not re.search("(image|picture|figure) of|None|nan|<__", said)


def test_pedals_says_each_words_score_and_weight_and_the_context():
    said = mime_bundle(OWN["pedals"]())["text/plain"]
    context, weights = dot_product_attention(QUERY, POINTS, np.eye(7))
    for word, score, weight, number in zip(WORDS, POINTS @ QUERY, weights, context, strict=True):
        assert f"{word} {score:.0f}".replace("-", "−") in said.partition("scores")[2]
        assert f"{word} {weight:.2f}" in said.partition("weights")[2].partition("Look up")[0]
        assert f"{word} {number:.2f}" in said.partition("context")[2]
    assert "the row of chat, framed" in said and "query: x 3, y 1" in said
    letters = re.findall(r"\b(Pose|Examine|Determine|Apply|Look up|Send) ", said)
    assert "".join(step[0] for step in letters) == "PEDALS"


def test_temperatures_say_the_smallest_and_the_largest_weight():
    said = mime_bundle(OWN["temperatures"]())["text/plain"]
    for temperature in (0.3, 1, 10):
        weights = softmax(POINTS @ QUERY / temperature)
        assert f"{temperature:g}: {weights.min():.2f} to {weights.max():.2f} (chat)" in said


def test_own_texts_say_all_that_tie():
    keys = np.array([[1.0, 0], [0, 1], [1, 0]])
    figure = plot_pedals("abc", [3, 0], keys, np.eye(3), "xy", "pqr")
    assert "the rows of a and c, framed, count most." in mime_bundle(figure)["text/plain"]
    frames = [patch.get_y() for patch in figure.axes[1].patches]
    assert frames == [-0.5, 1.5] == [patch.get_y() for patch in figure.axes[4].patches]
    figure = plot_pedals("abc", [0, 0], keys, np.eye(3), "xy", "pqr")
    assert "all rows, framed, count the same." in mime_bundle(figure)["text/plain"]
    said = mime_bundle(plot_temperatures("ab", [1, 1], [1, 2], "Even"))["text/plain"]
    assert said.endswith("at temperature 1: 0.50 to 0.50 (all); 2: 0.50 to 0.50 (all).")
    said = mime_bundle(plot_temperatures("abc", [1, 1, 0], [1], "Even"))["text/plain"]
    assert said.endswith("1: 0.16 to 0.42 (a and b).")


@pytest.mark.parametrize("title", ["It wins", "It wins!", "Why?"])
def test_a_title_ends_its_sentence_once(title):
    end = title if title[-1] in "!?" else f"{title}."
    temperatures = plot_temperatures("ab", [1, 0], [1], title)
    assert mime_bundle(temperatures)["text/plain"].startswith(f"{end} Bars")


def test_the_decoders_words_are_said_and_long_sentences_cut_short():
    said = mime_bundle(OWN["encoder-decoder"]())["text/plain"]
    assert "7 steps, le chat noir est sur le tapis," in said and "3 steps write the cat <eos>" in said
    assert len(mime_bundle(plot_encoder_decoder(WORDS * 9, WORDS * 9))["text/plain"]) < 700


def test_only_the_step_that_examines_the_keys_says_so():
    first, second = (mime_bundle(OWN[name]())["text/plain"] for name in ("step", "step 2"))
    assert not re.search(r"\bE\b", first) and "10 scores" in first
    assert "E, D" in second and "keys" in second and "keys" not in first


# That it arrives.

KINDS = {"text/plain", "text/html", "image/png"}


def test_text_of_no_words():
    assert text_of(Figure()) == "A figure."
    assert set(mime_bundle(Figure())) == {"text/plain"}  # as Jupyter, which draws nothing then


@pytest.mark.parametrize("hostile", HOSTILE)
def test_labels_reach_the_alternative_text_and_nothing_else(hostile):
    figure = simple()
    say(figure, hostile)
    bundle = mime_bundle(finish(figure))
    images = Images(bundle["text/html"])
    assert images.tags == len(images.found) == 1
    assert images.found[0]["alt"] == bundle["text/plain"]
    assert " ".join(hostile.split()) in images.found[0]["alt"]
    assert base64.b64decode(images.found[0]["src"].partition(",")[2]).startswith(b"\x89PNG")


def test_the_picture_comes_as_png_too_for_what_knows_no_html():
    bundle = mime_bundle(OWN["pedals"]())
    assert Images(bundle["text/html"]).found[0]["src"].endswith(bundle["image/png"])


@pytest.fixture
def shell(tmp_path, monkeypatch):
    """IPython as Jupyter's kernel sets it up, with the inline backend's formatters."""
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    assert not InteractiveShell.initialized()
    shell = InteractiveShell.instance()
    # Only a display with rich outputs uses them all; the default one is for the terminal.
    shell.display_formatter.active_types = shell.display_formatter.format_types
    shell.display_pub = CapturingDisplayPublisher()
    select_figure_formats(shell, {"png"}, bbox_inches="tight")
    yield shell
    shell.history_manager.end_session()
    InteractiveShell.clear_instance()


def simple() -> Figure:
    with style():
        figure, ax = plt.subplots()
        ax.plot([1, 2])
        ax.set(title="It <rises>", xlabel="x")
    return figure


def test_without_our_work_there_would_be_a_picture_and_no_text(shell):
    """So that the next tests do not pass for another reason."""
    figure = simple()
    plt.close(figure)
    assert set(shell.display_formatter.format(figure)[0]) == {"image/png", "text/plain"}


def test_a_figure_is_one_output_the_same_picture_with_a_text(shell):
    figure = simple()
    png = shell.display_formatter.format(figure)[0]["image/png"]
    finish(figure)
    data, metadata = shell.display_formatter.format(figure)  # of the last value of a cell
    assert set(data) == KINDS and not metadata
    (image,) = Images(data["text/html"]).found
    assert image["alt"] == data["text/plain"] == "It <rises>. x."
    assert image["src"] == f"data:image/png;base64,{png}" and image["style"] == "max-width:100%"
    display(figure)
    assert [output["data"] for output in shell.display_pub.outputs] == [data]


def test_a_text_of_ones_own_is_kept(shell):
    figure = finish(simple(), 'Mine, with <b> & "quotes".')
    finish(figure)
    for other in (figure, pickle.loads(pickle.dumps(figure))):
        data, _ = shell.display_formatter.format(other)
        assert data["text/plain"] == Images(data["text/html"]).found[0]["alt"]
        assert data["text/plain"] == 'Mine, with <b> & "quotes".'
        assert set(data) == KINDS


def test_figures_that_jupyter_shows_by_itself_get_a_text_too(shell):
    finish(simple())
    figure = simple()
    plt.close(figure)
    assert set(shell.display_formatter.format(figure)[0]) == KINDS


def test_the_backend_may_be_set_up_late(shell):
    finish(simple())
    select_figure_formats(shell, {"png"})
    figure = finish(simple())
    assert set(shell.display_formatter.format(figure)[0]) == KINDS


def test_the_live_curve_is_updated_in_place(shell):
    live = LiveLoss(updates=2, every=0)
    live(types.SimpleNamespace(loss=[5.0, 3.0]))
    first, second = shell.display_pub.outputs
    assert not first["update"] and second["update"]
    assert first["transient"]["display_id"] == second["transient"]["display_id"]
    for output in (first, second):
        assert set(output["data"]) == KINDS
    assert first["data"]["text/plain"].startswith("Learning begins.")
    assert "goes from 5 at 0 to 3 at 1" in second["data"]["text/html"]


def test_nothing_is_needed_where_ipython_does_not_run(monkeypatch):
    assert not InteractiveShell.initialized()
    figure = finish(simple())
    assert mime_bundle(figure)["text/plain"].startswith("It <rises>")
