"""The sliders: what they show is a pure function of where they stand."""

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from course_utils.widgets.query_plane import query_explorer, query_view
from course_utils.widgets.temperature import temperature_explorer, temperature_view
from course_utils.widgets.views import bars_view

WORDS = ["le", "<pad>", "noir & co"]
POINTS = np.array([[0, 1.0], [1, 1], [0, 1]])
AXES = ("noun", "who (+) / where (−)")


def numbers(html):
    return [float(number) for number in re.findall(r">(\d\.\d\d)</td>", html)]


def test_bars_print_the_weights_escape_the_words_and_are_well_formed():
    html = bars_view(WORDS, [0.5, 0.25, 0.25], "a < b")
    assert numbers(html) == [0.5, 0.25, 0.25]
    assert "width:50%" in html
    root = ET.fromstring(html)  # every word escaped, every tag closed
    assert {"a < b", *WORDS} <= set(root.itertext())
    with pytest.raises(ValueError, match="one weight a word"):
        bars_view(WORDS, [0.5, 0.5])


def test_temperature_sharpens_and_flattens():
    scores = [1.0, 2.0, 0.0]
    cold, hot = (numbers(temperature_view(WORDS, scores, t)) for t in (0.1, 1000))
    assert cold == [0, 1, 0]
    assert hot == [0.33] * 3
    assert "Writing “cat”" in temperature_view(WORDS, scores, 1, "cat")
    with pytest.raises(ValueError, match="above 0"):
        temperature_view(WORDS, scores, 0)


def test_query_view_draws_and_weighs():
    html = query_view(WORDS, POINTS, angle=0, length=3, axis_labels=AXES)
    assert numbers(html) == [0.05, 0.91, 0.05]
    drawn = "".join(ET.fromstring(html).itertext())
    assert "The query [3.0, 0.0]" in drawn and "le, noir & co" in drawn
    assert numbers(query_view(WORDS, POINTS, 40, 0, AXES)) == [0.33] * 3
    assert "-0.0" not in query_view(WORDS, POINTS, 180, 1, AXES)


def test_views_are_deterministic():
    assert query_view(WORDS, POINTS, 18, 3, AXES) == query_view(WORDS, POINTS, 18, 3, AXES)


def test_temperature_explorer_follows_its_sliders():
    scores = np.array([[1.0, 2, 0], [0, 0, 5]])
    explorer = temperature_explorer(WORDS, scores, steps=["the", "cat"])
    assert explorer.html.value == temperature_view(WORDS, scores[0], 1, "the")
    explorer.controls["step"].value = 2
    explorer.controls["temperature"].value = 10
    assert explorer.html.value == temperature_view(WORDS, scores[1], 10, "cat")
    with pytest.raises(ValueError, match="one row of scores a step"):
        temperature_explorer(WORDS, scores, steps=["the"])


def test_temperature_explorer_without_steps_has_one_slider():
    explorer = temperature_explorer(WORDS, [1.0, 2, 0])
    assert list(explorer.controls) == ["temperature"]
    explorer.controls["temperature"].value = 0.1
    assert numbers(explorer.html.value) == [0, 1, 0]


def test_query_explorer_starts_at_its_query_and_turns():
    explorer = query_explorer(WORDS, POINTS, [3, 1], AXES)
    assert (explorer.controls["angle"].value, explorer.controls["length"].value) == (18, 3.2)
    explorer.controls["angle"].value = 90
    assert explorer.html.value == query_view(WORDS, POINTS, 90, 3.2, AXES)


def test_without_a_kernel_a_reader_sees_a_sentence():
    bundle = temperature_explorer(WORDS, [1.0, 2, 0])._repr_mimebundle_()
    assert bundle["text/plain"] == "(Sliders: run this notebook in JupyterLab to move them.)"
    assert "application/vnd.jupyter.widget-view+json" in bundle
