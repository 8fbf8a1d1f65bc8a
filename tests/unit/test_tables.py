"""Small tables of results."""

from __future__ import annotations

import re

import numpy as np
import pytest

from course_utils.figures.tables import table


def test_numbers_are_rounded_and_words_escaped() -> None:
    made = table(
        ["model", "short", "long", "note"],
        [["with", 99.96, 90, "a < b"], ["without", 99.97, 12.34, "?"]],
    )
    html = made._repr_html_()
    assert html.count(">100.0</td>") == 2 and ">90</td>" in html
    assert ">12.3</td>" in html and "a &lt; b" in html
    assert repr(made).splitlines() == [
        "model    short  long  note",
        "with     100.0    90  a < b",
        "without  100.0  12.3  ?",
    ]
    # Words stand at the left, numbers at the right, and a column's name with them.
    sides = ["left", "right", "right", "left"]
    assert re.findall(r"text-align: (\w+)", html) == 3 * sides


def test_numbers_of_arrays_are_numbers() -> None:
    numbers = [np.float32(0.126), np.float64(0.126), np.int64(3)]
    made = table(["", "a", "b", "c"], [["x", *numbers], ["y", *(0 * n for n in numbers)]], 2)
    assert repr(made).splitlines()[1].split() == ["x", "0.13", "0.13", "3"]
    html = made._repr_html_()
    assert html.count(">0.13</td>") == 2 and ">3</td>" in html


def test_a_row_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match=r"the header has 2 cells, and this row 1: \['a'\]"):
        table(["", "loss"], [["a"]])
