"""The figures of quality and learning, and the coloured words."""

import dataclasses
import types

import numpy as np
import pytest

from course_utils.analysis.evaluation import LengthScores
from course_utils.figures.curves import LiveLoss, across_runs, plot_by_length, plot_found_by_position
from course_utils.figures.ranks import plot_ranks
from course_utils.figures.style import text_of
from course_utils.figures.words import ColouredWords

ROWS = [
    dataclasses.asdict(LengthScores(1, 9, 40, 90.0, 80.0, 99.0)),
    dataclasses.asdict(LengthScores(10, 19, 60, 50.0, 8.0, 75.0)),
]


def lines_of(figure):
    return {line.get_label(): line for line in figure.axes[0].get_lines()}


@pytest.mark.parametrize("measure", ["bleu", "exact_match", "token_accuracy"])
def test_quality_is_drawn_bin_by_bin(measure):
    figure = plot_by_length({"no attention": ROWS, "attention": ROWS[:1]}, "It falls", measure)
    lines = lines_of(figure)
    assert list(lines["no attention"].get_ydata()) == [row[measure] for row in ROWS]
    assert list(lines["attention"].get_xdata()) == [0]
    ticks = [tick.get_text() for tick in figure.axes[0].get_xticklabels()]
    assert ticks == ["1–9\nn = 40", "10–19\nn = 60"]
    assert figure.axes[0].get_title() == "It falls"


def test_several_runs_are_a_line_of_means_in_a_band():
    runs = [[{**row, "bleu": row["bleu"] + more} for row in ROWS] for more in (-2, 1, 4)]
    rows = across_runs(runs)
    assert [row["bleu"] for row in rows] == [91.0, 51.0] and [row["n"] for row in rows] == [40, 60]
    assert [(row["bleu_from"], row["bleu_to"]) for row in rows] == [(88.0, 94.0), (48.0, 54.0)]
    figure = plot_by_length({"three": rows, "one": ROWS}, "")
    (band,) = figure.axes[0].collections
    assert {tuple(point) for point in band.get_paths()[0].vertices} >= {(0, 88), (0, 94), (1, 48), (1, 54)}
    assert "“three” goes from 91 at 1–9 (n = 40) to 51" in text_of(figure)
    assert text_of(figure).count("the runs lie 6.0 apart at most") == 1
    with pytest.raises(ValueError, match="shorter"):
        across_runs([ROWS, ROWS[:1]])


def test_ranks_are_drawn_on_logarithmic_axes():
    figure = plot_ranks({"ours": {1: 900, 10: 90, 100: 9}, "other": {1: 50, 3: 40}}, "Counts")
    (ax,) = figure.axes
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    assert [*lines_of(figure)["ours"].get_ydata()] == [900, 90, 9]
    assert "“ours” goes from 900 at rank 1 to 9 at rank 100" in text_of(figure)


def test_one_line_needs_no_legend():
    assert plot_by_length({"one": ROWS}, "").axes[0].get_legend() is None
    assert plot_by_length({"one": ROWS, "two": ROWS}, "").axes[0].get_legend() is not None


def test_lines_differ_by_more_than_colour():
    lines = lines_of(plot_by_length({name: ROWS for name in "abcde"}, "")).values()
    assert len({(line.get_marker(), line.get_linestyle()) for line in lines}) == 5
    assert len({line.get_color() for line in lines}) == 5


def test_a_measure_that_does_not_exist_is_named():
    with pytest.raises(ValueError, match="rouge.*bleu"):
        plot_by_length({"a": ROWS}, "", "rouge")


@pytest.mark.parametrize("curves", [{}, {"a": []}])
def test_nothing_to_draw_is_said(curves):
    with pytest.raises(ValueError, match="at least one length bin"):
        plot_by_length(curves, "")


def test_shares_become_percentages():
    figure = plot_found_by_position({"model": [1.0, 0.5, 0.25, 0.0]}, "")
    assert list(lines_of(figure)["model"].get_ydata()) == [100, 50, 25, 0]
    ticks = [tick.get_text() for tick in figure.axes[0].get_xticklabels()]
    assert ticks == ["0–25 %", "25–50 %", "50–75 %", "75–100 %"]


def test_words_are_marked_in_html_and_in_plain_text():
    words = ColouredWords([("French", ["l'", "eau"], None), ("model", ["the", "cat"], [True, False])])
    assert repr(words) == "French: l' eau\nmodel: the [cat]"
    page = words._repr_html_()
    assert page.count("<del") == 1 and ">cat</del>" in page and ">the</span>" in page


def test_words_are_escaped():
    page = ColouredWords([("<b>", ["<script>", "&"], [False, True])])._repr_html_()
    assert "<script>" not in page and "&lt;script&gt;" in page and "&amp;" in page


def test_each_word_needs_a_mark():
    with pytest.raises(ValueError):
        repr(ColouredWords([("model", ["the", "cat"], [True])]))


@pytest.fixture
def clock(monkeypatch):
    """A clock that goes on only where a test says so, and by `drawing` seconds with each picture."""
    clock = types.SimpleNamespace(now=0.0, drawing=0.0, shown=[])

    def show(figure):
        clock.shown.append(figure.axes[0].get_xlabel())
        clock.now += clock.drawing

    def display(figure, display_id):
        clock.shown.append(figure.axes[0].get_xlabel())
        return types.SimpleNamespace(update=show)

    monkeypatch.setattr("course_utils.figures.curves.display", display)
    monkeypatch.setattr("course_utils.figures.curves.time.monotonic", lambda: clock.now)
    return clock


def test_the_live_curve_is_drawn_at_the_start_in_good_time_and_at_the_end(clock):
    live = LiveLoss(updates=40, every=3.0)
    for clock.now, updates in ((1.0, 1), (4.0, 30), (5.0, 35), (5.5, 40)):  # the first and third: too early
        live(types.SimpleNamespace(loss=[5.0] * updates))
    assert clock.shown == ["update (0 of 40)", "update (30 of 40)", "update (40 of 40)"]


def test_the_live_curve_says_and_shows_what_the_loss_does(clock, monkeypatch):
    pictures = []
    monkeypatch.setattr(LiveLoss, "_picture", keep(LiveLoss._picture, pictures))
    for title, loss in (
        ("Learning", [6.0] * 200),  # it stays
        ("Learning", [*np.linspace(6, 12, 200)]),  # it rises, out of the usual picture
        ("Learning: the loss falls", [*np.linspace(6, 1, 200)]),
        ("Learning", [6.0, 5.0]),  # too early to say
    ):
        LiveLoss(updates=len(loss))(types.SimpleNamespace(loss=loss))
        ax = pictures[-1].axes[0]
        assert ax.get_title() == title and text_of(pictures[-1]).startswith(f"{title}.")
        assert ax.get_ylim()[0] == 0 and ax.get_ylim()[1] >= max(7, *loss)


def keep(draw, pictures):
    """Return `draw`, which also adds what it drew to `pictures`."""

    def drawn(self, loss):
        pictures.append(draw(self, loss))
        return pictures[-1]

    return drawn


def test_every_line_is_drawn_however_many_there_are():
    rows = [{"low": 1, "high": 9, "n": 3, "bleu": 5.0}]
    for figure in (
        plot_by_length({f"model {i}": rows for i in range(9)}, "Nine"),
        plot_by_length({f"model {i}": rows for i in range(9)}, "Nine", colours=["red"]),
        plot_found_by_position({f"model {i}": [0.5, 0.2] for i in range(9)}, "Nine"),
        plot_ranks({f"text {i}": {1: 9, 2: 3} for i in range(9)}, "Nine"),
    ):
        assert len(figure.axes[0].get_lines()) == 9 == len(figure.axes[0].get_legend().get_texts())


def test_where_drawing_is_slow_the_live_curve_takes_a_twentieth_of_the_time(clock):
    live, clock.drawing = LiveLoss(updates=400, every=3.0), 1.0
    for clock.now, updates in ((3.0, 30), (23.9, 200), (24.0, 201), (44.9, 350), (44.95, 400)):
        live(types.SimpleNamespace(loss=[5.0] * updates))
    assert clock.shown == [f"update ({n} of 400)" for n in (0, 30, 201, 400)]
