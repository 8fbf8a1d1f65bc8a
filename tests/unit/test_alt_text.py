"""What figures say to those who do not see them: their labels, their numbers; and that it arrives."""

from __future__ import annotations

import matplotlib

matplotlib.use("Agg")

import base64
import datetime
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

from course_utils import alt_text, plots
from course_utils.alt_text import MOST, describe, mime_bundle, rounded, show_as_html
from course_utils.curves import LiveLoss, plot_by_length, plot_found_by_position, plot_learning_curves
from course_utils.diagrams import plot_decoder_step, plot_encoder_decoder
from course_utils.numpy_attention import dot_product_attention, softmax
from course_utils.reading_plots import plot_bars

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


def figure_of(draw, **labels) -> Figure:
    figure, ax = plt.subplots()
    draw(ax)
    ax.set(**labels)
    plt.close(figure)
    return figure


# What it says.


@settings(max_examples=50)
@given(LISTS)
def test_a_line_says_its_ends_and_its_extremes(numbers):
    said = describe(figure_of(lambda ax: ax.plot(numbers, label="a line"), title="T", xlabel="X", ylabel="Y"))
    assert said.startswith("T. Line chart of Y against X. “a line” ")
    y, little = np.array(numbers), 0.02 * np.ptp(numbers)
    for number in (y[0], y[-1]):
        assert re.search(rf" {re.escape(rounded(number))} at ", said)
    for word, number in (("highest", y.max()), ("lowest", y.min())):
        if min(abs(number - y[[0, -1]])) > little and rounded(number) not in map(rounded, y[[0, -1]]):
            place = re.search(rf", {word} {re.escape(rounded(number))} at (\d+)", said)[1]
            assert y[int(place)] == pytest.approx(number, rel=1e-4, abs=1e-9)
        else:
            assert word not in said


def test_extremes_are_not_said_twice():
    said = describe(figure_of(lambda ax: ax.plot([1, 5, 9, 5, 3], label="l")))
    assert "highest 9 at 2" in said and "lowest" not in said
    assert "highest" not in describe(figure_of(lambda ax: ax.plot([9, 5, 1])))
    assert "lowest" not in describe(figure_of(lambda ax: ax.plot([9, 0.1, 0.12])))


def test_places_are_called_as_the_axis_calls_them():
    rows = [{"low": a, "high": b, "n": 40, "bleu": y} for a, b, y in ((1, 9, 80), (10, 19, 95), (20, 29, 7))]
    said = describe(plot_by_length({"no attention": rows, "attention": rows[:2]}, "It falls"))
    assert "It falls. Line chart of BLEU, free-running (0–100) against source tokens" in said
    assert "“no attention” goes from 80 at 1–9 (n = 40) to 7 at 20–29 (n = 40), highest 95 at 10–19" in said
    assert "“attention” goes from 80 at 1–9 (n = 40) to 95 at 10–19 (n = 40)." in said
    said = describe(plot_found_by_position({"model": [1.0, 0.5, 0.25, 0.1]}, "The start"))
    assert "from 100 at 0–25 % to 10 at 75–100 %" in said


def test_what_has_a_name_is_told_and_what_has_none_is_background():
    history = {"valid_accuracy": [10.0, 90.0, 80.0], "valid_update": [50, 100, 150]}
    said = describe(plot_learning_curves({"additive": history, "dot": history}, "They learn"))
    assert said.count("goes from 10 at 50 to 80 at 150, highest 90 at 100") == 2
    figure = figure_of(lambda ax: (ax.plot([1, 2]), ax.plot([7, 8], label="mean")))
    assert "7" in describe(figure) and "2" not in describe(figure)
    assert "Line 2 goes from 7" in describe(figure_of(lambda ax: (ax.plot([1, 2]), ax.plot([7, 8]))))


@settings(max_examples=40)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=30), st.booleans())
def test_bars_say_their_numbers_and_many_bars_their_extremes(sizes, percent):
    names = [f"model {chr(65 + i)}" for i in range(len(sizes))]
    bars = dict(zip(names, sizes, strict=True))
    figure = plot_bars({"": bars}, "T", "error", lines={"floor": 0.137}, percent=percent)
    said = describe(figure)
    assert said.startswith("T. Bar chart of error.") and "line" in said and "“floor: 0.14”" in said
    write = (lambda number: f"{number:.0%}") if percent else rounded
    if len(sizes) <= MOST:
        assert all(f"{name} {write(size)}" in said for name, size in bars.items())
    else:
        assert f"{len(sizes)} bars" in said
        for end in (min, max):
            assert write(end(sizes)) in said
        if write(min(sizes)) != write(max(sizes)):
            low, high = re.search(r" at (model .) to .*? at (model .)\.", said).groups()
            assert bars[low] == pytest.approx(min(sizes), rel=1e-4, abs=1e-9)
            assert bars[high] == pytest.approx(max(sizes), rel=1e-4, abs=1e-9)


def test_bars_of_two_series_keep_their_names():
    figure = plot_bars({"one": {"a": 0.1, "b": 0.2}, "two": {"a": 0.3, "b": 0.4}}, "T", "error")
    assert "“one”: a 0.1; b 0.2. “two”: a 0.3; b 0.4." in describe(figure)


@settings(max_examples=25)
@given(st.integers(1, 26), st.integers(2, 10), st.integers(0, 99))
def test_a_heat_map_says_where_each_row_is_largest(T, S, seed):
    weights = np.random.default_rng(seed).dirichlet(np.full(S, 0.3), T)
    target, source = [f"word {chr(65 + t)}" for t in range(T)], [f"mot {chr(65 + s)}" for s in range(S)]
    said = describe(plots.plot_attention(weights, source, target, "A title!"))
    assert said.startswith(f"A title! Heat map of attention weight, target words (T = {T}) down, source")
    places = [(t, int(row.argmax())) for t, row in enumerate(weights)]
    if T > MOST:
        assert f"{T} rows and {S} columns" in said
        smallest = float(re.search(r"smallest number is ([\d.]+),", said)[1])
        assert smallest == pytest.approx(weights.min(), abs=1e-3)
        places = [place for place in places if np.isclose(weights[place], weights.max(), rtol=1e-4)]
        if len(places) > 4:
            assert f" and {len(places) - 3} others {rounded(weights.max())}." in said
            places = places[:3]
    told = re.findall(r"word (.) → mot (.)", said)
    assert len(told) == said.count("→") == len(places)
    for (t, s), (row, column) in zip(places, told, strict=True):
        assert T > MOST or f"word {row} → mot {column} {rounded(weights[t, s])}" in said
        assert f" {rounded(weights[t, s])}" in said
        assert weights[ord(row) - 65, ord(column) - 65] == pytest.approx(weights[t, s], rel=1e-4)
        assert T > MOST or ord(row) - 65 == t


def label_x(ax, places, names):
    ax.set_xticks(places, names)


@pytest.mark.parametrize(
    ("draw", "text"),
    [
        (
            lambda ax: (ax.bar(range(4), range(4)), label_x(ax, [0, 2], ["start", "middle"])),
            "Bar chart. start 0; 1: 1; middle 2; 3: 3.",
        ),
        (lambda ax: (ax.bar(0.4, 1), label_x(ax, [0, 9], ["only", "no"])), "Bar chart. only 1."),
        (lambda ax: ax.bar(["a", "a", "b"], 1), "Bar chart. a 1; a 1; b 1."),
        (lambda ax: (ax.bar([np.nan, 1], [3, 4]), label_x(ax, [0, 1], "ab")), "Bar chart. b 4."),
    ],
)
def test_a_bar_has_no_name_of_its_neighbours(draw, text):
    assert describe(figure_of(draw)) == text


def test_bars_beside_a_tick_share_its_label():
    figure, ax = plt.subplots()
    for k in range(8):
        ax.bar(np.arange(3) + (k - 3.5) / 10, [1, 2, 3], 0.1)
    label_x(ax, [0, 1, 2], "abc")
    plt.close(figure)
    assert describe(figure) == f"Bar chart.{8 * ' a 1; b 2; c 3.'}"


@pytest.mark.parametrize(
    ("weights", "text"),
    [
        ([[0.45, 0.45, 0.1], [0, 0, 0]], "The largest in each row: x → a and b 0.45; y: all 0."),
        ([[0, 1, 1], [1, np.nan, 1]], "The largest in each row: x → b and c 1; y → a and c 1."),
        (np.eye(1, 6) == 0, "The largest in each row: x → b, c, d and 2 others 1."),
        ([[0.5], [0.2]], "The largest in each row: x → a 0.5; y → a 0.2."),
        (np.eye(13, 2), "13 rows and 2 columns; the smallest number is 0, the largest x → a and y → b 1."),
        (np.eye(13), "13 rows and 13 columns; the smallest number is 0, the largest 1, in every row."),
        (
            np.diag([1] * 12 + [0.5]),
            "13 rows and 13 columns; the smallest number is 0, the largest x → a, y → b, z → c "
            "and 9 others 1.",
        ),
        (np.ones((13, 2)), "13 rows and 2 columns, all 1."),
    ],
)
def test_all_that_are_largest_are_said(weights, text):
    rows, columns = np.shape(weights)
    source, target = "abcdefghijklm"[:columns], "xyz0123456789"[:rows]
    said = describe(plots.plot_attention(weights, source, target))
    assert said.endswith(f"(S = {columns}) across. {text}")


def test_a_frame_on_any_of_the_largest_counts():
    figure = plots.plot_attention([[0.5, 0.5], [1, 0]], "ab", "xy")
    for place in ((0, 0), (1, 0), (1, 1)):
        figure.axes[0].add_patch(plt.Rectangle(np.array(place) - 0.5, 1, 1, fill=False))
    assert describe(figure).endswith("Framed squares: 3; 2 of them are the largest in their row.")


@pytest.mark.parametrize("size", [(2, 1), (1, 2), (2, 2), (0.1, 1)])
def test_a_box_of_another_size_than_a_square_frames_none(size):
    figure = plots.plot_attention(np.eye(2), "ab", "xy")
    figure.axes[0].add_patch(plt.Rectangle((-0.5, -0.5), *size, fill=False))
    assert "Framed" not in describe(figure)


def test_what_is_drawn_later_is_said_too():
    weights = np.eye(3)
    figure = plots.plot_attention(weights, list("abc"), list("xyz"))
    before = mime_bundle(figure)["text/plain"]
    for column, row in ((0, 0), (1, 1), (0, 2)):
        square = plt.Rectangle((column - 0.4, row - 0.4), 0.8, 0.8, fill=False)
        figure.axes[0].add_patch(square)
    figure.axes[0].axvspan(0, 1, alpha=0.1)  # no frame
    after = mime_bundle(figure)["text/plain"]
    assert after == f"{before} Framed squares: 3; 2 of them are the largest in their row."


def test_rows_turned_and_stretched_keep_their_names():
    for origin, extent in (("lower", None), ("upper", (-0.5, 1.5, 1.5, -0.5)), ("lower", (0, 20, 0, 20))):
        figure, ax = plt.subplots()
        ax.imshow([[0, 1], [3, 2]], origin=origin, extent=extent, aspect="auto")
        ticks = [0, 1] if not extent or extent[1] == 1.5 else [5, 15]
        ax.set_xticks(ticks, ["left", "right"])
        ax.set_yticks(ticks, ["first", "second"])
        plt.close(figure)
        assert "first → right 1; second → left 3" in describe(figure)


def test_panels_are_counted_and_colour_bars_and_hidden_ones_are_not():
    with plots.style():
        figure, axes = plt.subplots(1, 4)
    plots.plot_attention(np.eye(2), ["a", "b"], ["x", "y"], "One", ax=axes[0])
    axes[1].plot([1, 2])
    axes[2].set_visible(False)
    figure.suptitle("All")
    plt.close(figure)
    said = describe(figure)
    assert said.startswith("All. Panel 1 of 2. One. Heat map") and "Panel 2 of 2. Line chart." in said
    assert said.count("Panel") == 2


def test_hidden_panels_are_not_told_and_one_left_over_is_one():
    figure, (shown, hidden) = plt.subplots(1, 2)
    shown.plot([1, 2])
    hidden.plot([7, 8])
    hidden.set_visible(False)
    figure.supxlabel("under all")
    plt.close(figure)
    assert describe(figure) == "under all. Line chart. The line goes from 1 at 0 to 2 at 1."
    figure, axes = plt.subplots(1, 13)
    for ax in axes:
        ax.plot([1, 2])
    plt.close(figure)
    said = describe(figure)
    assert said.endswith("Panel 12 of 13. Line chart. The line goes from 1 at 0 to 2 at 1. 1 more panel.")


def test_axes_over_each_other_are_one_panel():
    figure, (left, right) = plt.subplots(1, 2, layout="constrained")
    left.plot([1, 2])
    other = left.twinx()
    other.plot([7, 8])
    other.set_ylabel("other")
    right.plot([3, 4])
    plt.close(figure)
    for _ in range(2):
        assert describe(figure) == (
            "Panel 1 of 2. Line chart. The line goes from 1 at 0 to 2 at 1. Line chart of other. The line "
            "goes from 7 at 0 to 8 at 1. Panel 2 of 2. Line chart. The line goes from 3 at 0 to 4 at 1."
        )
        figure.canvas.draw()  # moves both


TOP = "The largest in each row: 0 →"  # and one row only


@pytest.mark.parametrize(
    ("draw", "text"),
    [
        (lambda ax: ax.imshow(np.zeros((2, 3, 3))), "A picture of 3 × 2 pixels."),
        (lambda ax: ax.scatter([1, 2, 3], [1, 2, 3], label="a"), "Scatter plot. “a”: 3."),
        (lambda ax: ax.plot([1, 2, 3], "o", label="a"), "Scatter plot. “a”: 3."),
        (lambda ax: ax.plot([1, np.nan, 3], "o"), "Scatter plot. Points: 2."),
        (lambda ax: ax.plot([], "o"), "A chart."),
        (lambda ax: ax.plot([5], marker=[(0, 0), (1, 1), (1, 0)]),
         "Line chart. The line is a point, 5 at 0."),
        (lambda ax: ax.plot(0.5, 0.5, "o", transform=ax.transAxes), "A chart."),
        (lambda ax: ax.plot([2], [5], "o", label="best"), "Scatter plot. “best” is a point, 5 at 2."),
        (lambda ax: ax.errorbar([0, 1], [1, 2], 1, capsize=3),
         "Line chart. The line goes from 1 at 0 to 2 at 1."),
        (lambda ax: (ax.bar([0, 1], [1, 2], yerr=1, capsize=3)), "Bar chart. 0: 1; 1: 2."),
        (lambda ax: ax.axvline(2, label="end"), "A vertical line at 2 marks “end”."),
        (lambda ax: ax.axhline(2, label="end"), "A horizontal line at 2 marks “end”."),
        (lambda ax: ax.axvline(2, label="end: 2"), "A vertical line marks “end: 2”."),
        (lambda ax: (ax.plot([1, 2]), ax.plot([7, 8], visible=False)),
         "Line chart. The line goes from 1 at 0 to 2 at 1."),
        (lambda ax: plt.setp(ax.bar([1], [2]), visible=False), "A figure."),
        (lambda ax: (ax.bar([1, 2], [3, 4])[0].set_visible(False)), "Bar chart. 2: 4."),
        (lambda ax: ax.imshow(np.eye(2), visible=False), "A figure."),
        (lambda ax: ax.scatter([1], [2], visible=False), "A figure."),
        (lambda ax: ax.plot([1, np.nan, 3]), "Line chart. The line goes from 1 at 0 to 3 at 2."),
        (lambda ax: ax.imshow(np.ma.masked_greater([[1, 2, 9]], 5)), f"Heat map. {TOP} 1: 2."),
        (lambda ax: ax.imshow([[1, 2, np.inf]]), f"Heat map. {TOP} 1: 2."),
        (lambda ax: ax.imshow([[np.nan, np.nan], [1, 2]]), "Heat map. The largest in each row: 1 → 1: 2."),
        (lambda ax: ax.imshow(np.full((2, 2), np.nan)), "Heat map. It holds no numbers."),
        (lambda ax: ax.bar(range(13), np.full(13, np.nan)),
         f"Bar chart. {'; '.join(f'{i}: nan' for i in range(13))}."),
        (lambda ax: ax.bar(range(13), 2), "Bar chart. 13 bars, all 2."),
        (lambda ax: ax.semilogy([1, 10, 153.7]), "Line chart. The line goes from 1 at 0 to 154 at 2."),
        (lambda ax: (ax.plot([1, 2]), ax.xaxis.set_major_formatter(plt.NullFormatter())),
         "Line chart. The line goes from 1 at 0 to 2 at 1."),
        (lambda ax: (ax.plot([1, 2]), label_x(ax, [0, 1], ["", "b"])),
         "Line chart. The line goes from 1 at 0 to 2 at b."),
        (lambda ax: (ax.plot([0, 0.5], [1, 2]), label_x(ax, [0, 1], "ab")),
         "Line chart. The line goes from 1 at a to 2 at 0.5."),
        (lambda ax: ax.set_title("aside", loc="left"), "aside."),
        (lambda ax: ax.text(0, 0, "hello"), "hello."),
        (lambda ax: ax.text(0, 0, "hello", visible=False), "A figure."),
        (lambda ax: ax.figure.colorbar(ax.imshow([[1, 2]]), orientation="horizontal", label="weight"),
         f"Heat map of weight. {TOP} 1: 2."),
    ],
)  # fmt: skip
def test_a_learners_chart(draw, text):
    assert describe(figure_of(draw)) == text


def test_a_polar_plot_is_a_chart():
    figure = plt.figure()
    figure.add_subplot(projection="polar").plot([1, 2])
    plt.close(figure)
    assert describe(figure) == "A chart."


@pytest.mark.parametrize("what", ["plot", "bar", "imshow"])
@settings(max_examples=25)
@given(numbers=st.lists(st.integers(-99, 99), min_size=2, max_size=20), seed=st.integers(0, 99))
def test_the_last_digits_do_not_matter(what, numbers, seed):
    exact = np.array(numbers) / 100
    noise = np.random.default_rng(seed).uniform(-1e-6, 1e-6, len(exact))
    said = []
    for y in (exact, exact * (1 + noise) + noise / 1e6):
        arguments = {"plot": [y], "bar": [range(len(y)), y], "imshow": [[y, y]]}[what]
        said.append(describe(figure_of(lambda ax: getattr(ax, what)(*arguments))))  # noqa: B023
    assert said[0] == said[1]


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
OWN = {
    "pedals": lambda: plots.plot_pedals(WORDS, QUERY, POINTS, np.eye(7), ["x", "y"], WORDS),
    "plane": lambda: plots.plot_query_plane(WORDS, POINTS, QUERY, ("noun", "who"), "It wins"),
    "temperatures": lambda: plots.plot_temperatures(WORDS, POINTS @ QUERY, [0.3, 1, 10], "Cold"),
    "encoder-decoder": lambda: plot_encoder_decoder(WORDS, ["the", "cat"]),
    "step": lambda: plot_decoder_step(False),
    "step 2": lambda: plot_decoder_step(True),
}


@pytest.mark.parametrize("name", OWN)
def test_own_texts_are_short_sentences(name):
    said = mime_bundle(OWN[name]())["text/plain"]
    assert 150 < len(said) < 600 and said.endswith(".")
    assert not re.search("(image|picture|figure) of|None|nan|<__", said)
    assert said != describe(OWN[name]())


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


@settings(max_examples=20)
@given(st.integers(0, 99))
def test_the_plane_says_who_reaches_furthest(seed):
    draw = np.random.default_rng(seed)
    points, query = draw.integers(-3, 4, (5, 2)), draw.integers(-3, 4, 2)
    said = mime_bundle(plots.plot_query_plane(list("abcde"), points, query, ("x", "y")))["text/plain"]
    scores, weights = points @ query, softmax(points @ query)
    furthest = re.search(r"Furthest along the query: (.*)\.$", said)
    assert bool(furthest) == bool(query.any())
    for i, word in enumerate("abcde"):
        assert re.search(rf"\b{word}\b.*?weight {weights[i]:.2f}", said)
        if furthest:
            assert (word in furthest[1].replace("and", "")) == (scores[i] == scores.max())


def test_temperatures_say_the_smallest_and_the_largest_weight():
    said = mime_bundle(OWN["temperatures"]())["text/plain"]
    for temperature in (0.3, 1, 10):
        weights = softmax(POINTS @ QUERY / temperature)
        assert f"{temperature:g}: {weights.min():.2f} to {weights.max():.2f} (chat)" in said


def test_own_texts_say_all_that_tie():
    keys = np.array([[1.0, 0], [0, 1], [1, 0]])
    figure = plots.plot_pedals("abc", [3, 0], keys, np.eye(3), "xy", "pqr")
    assert "the rows of a and c, framed, count most." in mime_bundle(figure)["text/plain"]
    frames = [patch.get_y() for patch in figure.axes[1].patches]
    assert frames == [-0.5, 1.5] == [patch.get_y() for patch in figure.axes[4].patches]
    figure = plots.plot_pedals("abc", [0, 0], keys, np.eye(3), "xy", "pqr")
    assert "all rows, framed, count the same." in mime_bundle(figure)["text/plain"]
    said = mime_bundle(plots.plot_temperatures("ab", [1, 1], [1, 2], "Even"))["text/plain"]
    assert said.endswith("at temperature 1: 0.50 to 0.50 (all); 2: 0.50 to 0.50 (all).")
    said = mime_bundle(plots.plot_temperatures("abc", [1, 1, 0], [1], "Even"))["text/plain"]
    assert said.endswith("1: 0.16 to 0.42 (a and b).")
    plane = plots.plot_query_plane("ab", [[1, 0], [1, 1]], [1, 0], ("x", "y"))
    assert mime_bundle(plane)["text/plain"].endswith("Furthest along the query: all.")


@pytest.mark.parametrize("title", ["It wins", "It wins!", "Why?"])
def test_a_title_ends_its_sentence_once(title):
    end = title if title[-1] in "!?" else f"{title}."
    plane = plots.plot_query_plane("ab", np.eye(2), [1, 0], ("x", "y"), title)
    assert mime_bundle(plane)["text/plain"].startswith(f"{end} Arrows")
    temperatures = plots.plot_temperatures("ab", [1, 0], [1], title)
    assert mime_bundle(temperatures)["text/plain"].startswith(f"{end} Bars")


def test_the_decoders_words_are_said_and_long_sentences_cut_short():
    said = mime_bundle(OWN["encoder-decoder"]())["text/plain"]
    assert "7 steps, le chat noir est sur le tapis," in said and "3 steps write the cat <eos>" in said
    assert len(mime_bundle(plot_encoder_decoder(WORDS * 9, WORDS * 9))["text/plain"]) < 700


def test_only_the_step_that_examines_the_keys_says_so():
    first, second = (mime_bundle(OWN[name]())["text/plain"] for name in ("step", "step 2"))
    assert not re.search(r"\bE\b", first) and "10 scores" in first
    assert "E, D" in second and "keys" in second and "keys" not in first


# A learner's figures.


@st.composite
def drawings(draw) -> Figure:
    """Whatever: lines, bars, pictures, dates, words, broken numbers, hostile labels."""
    wild = st.lists(st.floats(allow_nan=True, allow_infinity=True, width=32), max_size=20)
    label = st.sampled_from(HOSTILE) | st.text(st.characters(exclude_categories=("C",)), max_size=8)
    label = label.filter(lambda text: text.count("$") != 2)  # broken formulas cannot be drawn
    figure = plt.figure()
    plt.close(figure)
    for place in range(draw(st.integers(0, 2))):
        kind = draw(st.sampled_from([None, None, "polar", "3d"]))
        ax = figure.add_subplot(1, 2, place + 1, projection=kind)
        flat = ax.name == "rectilinear"
        y = draw(wild)
        for what in draw(st.lists(st.integers(0, 11), max_size=3)):
            if what == 0 or not flat:
                ax.plot(range(len(y)), y, label=draw(label))
            elif what == 1:
                ax.bar(range(len(y)), y, label=draw(label))
            elif what == 2:
                ax.barh([draw(label) or "x" for _ in y], y)
            elif what == 3 and y:
                ax.imshow(np.ma.masked_invalid([y, y[::-1]]))
            elif what == 4:
                ax.imshow(draw(st.sampled_from([np.zeros((2, 3, 3)), np.full((3, 2), np.nan), np.eye(20)])))
            elif what == 5:
                ax.scatter(range(len(y)), y, label=draw(label))
            elif what == 6:
                ax.plot([datetime.date(2024, 1, 1 + i) for i in range(len(y))], y)
            elif what == 7:
                ax.axhline(0.5, label=draw(label))
                ax.axline((0, 0), slope=1)
            elif what == 8:
                ax.errorbar(range(len(y)), y, yerr=1, label=draw(label))
                ax.pcolormesh(np.eye(3))
            elif what == 9:
                ax.hist([1, 2, 2, 3], bins=20, histtype=draw(st.sampled_from(["bar", "step"])))
            elif what == 10:
                ax.set_xticks([])
                ax.yaxis.set_major_formatter(lambda value, place: 1 / 0)
            else:
                ax.boxplot([[1, 2, 3]])
                ax.set_axis_off()
        ax.set_title(draw(label))
        ax.set_xlabel(draw(label))
        if flat and draw(st.booleans()):
            ax.set_yscale("symlog")
    return figure


@pytest.mark.filterwarnings("ignore")  # matplotlib's, about what is drawn here
@settings(max_examples=100)
@given(drawings())
def test_whatever_is_drawn_gets_a_text(figure):
    said = describe(figure)
    assert isinstance(said, str) and said.strip() and said == describe(figure)
    assert all(" ".join(ax.get_title().split()) in said for ax in figure.axes)


def test_text_of_no_words():
    assert describe(Figure()) == "A figure."
    assert "text/html" not in mime_bundle(Figure())  # as Jupyter, which draws nothing then
    assert describe(figure_of(lambda ax: ax.pcolormesh(np.eye(2)), ylabel="Y")) == "A chart of Y."
    assert describe(figure_of(lambda ax: ax.plot([]))) == "Line chart. The line has no points."
    assert "3 more lines." in describe(figure_of(lambda ax: [ax.plot([i, 1]) for i in range(MOST + 3)]))


# That it arrives.


@pytest.mark.filterwarnings("ignore:Glyph")
@pytest.mark.parametrize("hostile", HOSTILE)
def test_labels_reach_the_alternative_text_and_nothing_else(hostile):
    figure = figure_of(lambda ax: ax.plot([1, 2], label=hostile), title=hostile.replace("$", ""))
    page = show_as_html(figure, describe(figure))
    images = Images(page)
    assert images.tags == len(images.found) == 1
    assert images.found[0]["alt"] == describe(figure)
    assert " ".join(hostile.replace("$", "").split()) in images.found[0]["alt"]
    assert base64.b64decode(images.found[0]["src"].partition(",")[2]).startswith(b"\x89PNG")


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
    with plots.style():
        figure, ax = plt.subplots()
        ax.plot([1, 2], label="<a>")
    return figure


def test_without_our_work_there_would_be_a_picture_and_no_text(shell):
    """So that the next tests do not pass for another reason."""
    figure = simple()
    plt.close(figure)
    assert set(shell.display_formatter.format(figure)[0]) == {"image/png", "text/plain"}


def test_a_figure_is_one_output_the_same_picture_with_a_text(shell):
    figure = simple()
    png = shell.display_formatter.format(figure)[0]["image/png"]
    plots.finish(figure)
    data, metadata = shell.display_formatter.format(figure)  # of the last value of a cell
    assert set(data) == {"text/html", "text/plain"} and not metadata
    (image,) = Images(data["text/html"]).found
    assert image["alt"] == data["text/plain"] == "Line chart. “<a>” goes from 1 at 0 to 2 at 1."
    assert image["src"] == f"data:image/png;base64,{png}" and image["style"] == "max-width:100%"
    display(figure)
    assert [output["data"] for output in shell.display_pub.outputs] == [data]


def test_a_text_of_ones_own_is_kept(shell):
    figure = plots.finish(simple(), "Mine, with <b> & \"quotes\".")
    plots.finish(figure)
    for other in (figure, pickle.loads(pickle.dumps(figure))):
        data, _ = shell.display_formatter.format(other)
        assert data["text/plain"] == Images(data["text/html"]).found[0]["alt"]
        assert data["text/plain"] == "Mine, with <b> & \"quotes\"."
        assert set(data) == {"text/html", "text/plain"}


def test_figures_that_jupyter_shows_by_itself_get_a_text_too(shell):
    plots.finish(simple())
    assert set(shell.display_formatter.format(figure_of(lambda ax: ax.plot([1])))[0]) == {
        "text/html",
        "text/plain",
    }


def test_the_backend_may_be_set_up_late(shell):
    plots.finish(simple())
    select_figure_formats(shell, {"png"})
    figure = plots.finish(simple())
    assert set(shell.display_formatter.format(figure)[0]) == {"text/html", "text/plain"}


def test_the_live_curve_is_updated_in_place(shell):
    live = LiveLoss(updates=2, every=0)
    live(types.SimpleNamespace(loss=[5.0, 3.0]))
    first, second = shell.display_pub.outputs
    assert not first["update"] and second["update"]
    assert first["transient"]["display_id"] == second["transient"]["display_id"]
    for output in (first, second):
        assert set(output["data"]) == {"text/html", "text/plain"}
    assert "The line has no points" in first["data"]["text/plain"]
    assert "goes from 5 at 0 to 3 at 1" in second["data"]["text/html"]


def test_nothing_is_needed_where_ipython_does_not_run(monkeypatch):
    assert not InteractiveShell.initialized()
    figure = plots.finish(simple())
    assert alt_text.mime_bundle(figure)["text/plain"].startswith("Line chart")
