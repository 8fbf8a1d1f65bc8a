"""The figures: their words and numbers, not their pixels."""

import matplotlib

matplotlib.use("Agg")

import io

import matplotlib.pyplot as plt
import numpy as np
import pytest

from course_utils.figures.attention import plot_attention, plot_pedals
from course_utils.figures.bars import plot_temperatures
from course_utils.figures.curves import plot_scaling
from course_utils.figures.diagrams import plot_encoder_decoder

SOURCE = "le chat noir est sur le tapis".split()
TARGET = "the black cat is on mat".split()
WEIGHTS = np.full((6, 7), 1 / 7)


def texts(ax):
    return [text.get_text() for text in ax.texts]


def labels(axis):
    return [label.get_text() for label in axis.get_ticklabels()]


def test_attention_has_the_words_on_its_axes_and_the_weights_in_its_squares():
    figure = plot_attention(WEIGHTS, SOURCE, TARGET, title="Even")
    ax = figure.axes[0]
    assert labels(ax.xaxis) == SOURCE
    assert labels(ax.yaxis) == TARGET
    assert texts(ax) == ["0.14"] * 42
    assert ax.get_title() == "Even"
    assert ax.images[0].get_clim() == (0, 1)


def test_attention_can_do_without_numbers_and_draws_where_told():
    _, ax = plt.subplots()
    assert plot_attention(WEIGHTS, SOURCE, TARGET, ax=ax, numbers=False) is ax.figure
    assert texts(ax) == []
    plt.close(ax.figure)


def test_a_long_sentence_gets_no_numbers():
    words = [f"mot{i}" for i in range(40)]
    figure = plot_attention(np.eye(40), words, words)
    assert texts(figure.axes[0]) == []
    assert max(figure.get_size_inches()) <= 12


def test_attention_refuses_weights_that_do_not_fit():
    with pytest.raises(ValueError, match=r"\(7, 6\).*pass an array of shape \(6, 7\)"):
        plot_attention(WEIGHTS.T, SOURCE, TARGET)


KEYS = np.array([[1.0, 0], [0, 1], [0, 1]])


@pytest.mark.parametrize(
    "draw",
    [
        lambda: plot_attention(WEIGHTS, SOURCE, TARGET),
        lambda: plot_pedals(["a", "b", "c"], [2, 0], KEYS, np.eye(3), ["x", "y"], ["p", "q", "r"]),
        lambda: plot_temperatures(["a", "b", "c"], [1, 2, 3], [0.1, 1], "Title"),
        lambda: plot_scaling([4, 16], [0.5, 0.7], [0.4, 0.4], 10),
    ],
    ids=["attention", "pedals", "temperatures", "scaling"],
)
def test_figures_are_opaque_legible_shown_once_and_leave_no_trace(draw):
    before = dict(matplotlib.rcParams)
    figure = draw()
    assert plt.get_fignums() == []  # closed: Jupyter shows it once, as the value of the cell
    assert dict(matplotlib.rcParams) == before
    assert figure.get_facecolor() == (1, 1, 1, 1)
    assert figure.dpi <= 110
    written = [t for t in figure.findobj(matplotlib.text.Text) if t.get_text().strip() and t.get_visible()]
    assert min(text.get_fontsize() for text in written) >= 11
    figure.savefig(io.BytesIO())


ODD = ["$$", "$x$", r"\$"]  # read as formulas, the first is an error and the others lose their signs


@pytest.mark.parametrize(
    "draw",
    [
        lambda: plot_attention(np.eye(3), ODD, ODD),
        lambda: plot_pedals(ODD, [2, 0, 0], np.eye(3), np.eye(3), ODD, ODD),
        lambda: plot_temperatures(ODD, [1, 2, 3], [0.1, 1], "Title"),
        lambda: plot_encoder_decoder(ODD, ODD),
    ],
    ids=["attention", "pedals", "temperatures", "encoder-decoder"],
)
def test_words_are_no_formulas(draw):
    figure = draw()
    figure.savefig(io.BytesIO())
    written = [t for t in figure.findobj(matplotlib.text.Text) if t.get_text() in ODD and t.get_visible()]
    assert {text.get_text() for text in written} == set(ODD)
    assert not any(text.get_parse_math() for text in written)


def test_pedals_names_its_six_steps_and_shows_their_numbers():
    figure = plot_pedals(["a", "b", "c"], [2, 0], KEYS, np.eye(3), ["x", "y"], ["p", "q", "r"])
    assert "".join(ax.get_title(loc="left")[0] for ax in figure.axes) == "PEDALS"
    scores, weights, context = (texts(figure.axes[i]) for i in (2, 3, 5))
    assert scores == ["2", "0", "0"]
    assert weights == context == ["0.79", "0.11", "0.11"]
    with pytest.raises(ValueError, match="keys"):
        plot_pedals(["a", "b"], [2, 0], KEYS, np.eye(3), ["x", "y"], ["p", "q", "r"])
