"""What a view needs to move without a kernel: its states, its script, and a page of its own."""

from __future__ import annotations

import base64
import json
import zlib
from pathlib import Path

import ipywidgets as W
import numpy as np
import pytest

from course_utils.widgets.attention_view import AttentionView
from course_utils.widgets.base import (
    Explorer,
    choice_slider,
    decimal_slider,
    number_slider,
    temperature_slider,
)
from course_utils.widgets.moving import PageScript, nearest, pack, places
from course_utils.widgets.temperature import temperature_explorer


def unpacked(packed: str) -> dict:
    return json.loads(zlib.decompress(base64.b64decode(packed)))


def test_a_slider_has_the_values_that_ipywidgets_gives_it() -> None:
    assert places(number_slider("n", 1, -1, 2)) == ([-1, 0, 1, 2], ["-1", "0", "1", "2"])
    assert places(choice_slider("c", ["a", "b"])) == ([0, 1], ["a", "b"])
    values, readouts = places(decimal_slider("d", 0, 0, 0.3))
    assert values == [0.0, 0.1, 0.2, 0.3] and readouts == ["0.0", "0.1", "0.2", "0.3"]
    values, readouts = places(temperature_slider())
    assert len(values) == 41 and (readouts[0], readouts[20], readouts[-1]) == ("0.10", "1.00", "10.00")
    assert values[nearest(values, 3.16)] == pytest.approx(10**0.5)
    with pytest.raises(TypeError, match="a Text has no list of values"):
        places(W.Text())


def test_equal_views_are_stored_once_and_each_state_finds_its_own() -> None:
    controls = {"a": number_slider("a", 1, 0, 2), "b": choice_slider("b", ["x", "y"])}
    found = unpacked(pack(lambda a, b: f"{a % 2}{b}", controls, {"a": 2, "b": 1}, "tall"))
    assert found["views"] == ["00", "01", "10", "11"] and found["index"] == [0, 1, 2, 3, 0, 1]
    assert found["starts"] == [2, 1] and found["tallest"] == "tall" and found["data"] is None


def test_what_a_script_moves_is_not_in_the_table() -> None:
    controls = {"a": number_slider("a", 0, 0, 3), "b": number_slider("b", 5, 0, 9)}
    array = np.array([[1.5, -2.0]])
    page = PageScript("query_plane.js", {"array": array}, ["b"], lambda a: {"b": a})
    found = unpacked(pack(lambda a, b: f"{a} {b}", controls, {"a": 0, "b": 5}, "", page))
    assert found["views"] == ["0 0", "1 1", "2 2", "3 3"]
    assert [control["tabled"] for control in found["controls"]] == [True, False]
    numbers = base64.b64decode(found["data"]["array"]["float32"])
    assert np.frombuffer(numbers, "<f4").tolist() == [1.5, -2.0]


def test_too_many_views_are_a_picture_and_no_page_to_share(tmp_path: Path) -> None:
    controls = {name: number_slider(name, 0, 0, 99) for name in "ab"}
    explorer = Explorer(lambda a, b: f"<b>{a} and {b}</b>", controls)
    shown = explorer.still._repr_html_()
    assert "<b>0 and 0</b>" in shown and "explorerKeys" in shown and "DecompressionStream" not in shown
    with pytest.raises(ValueError, match="10,000 views are too many .* 2,000 the most: give its sliders"):
        explorer.save(tmp_path / "page.html")
    assert not list(tmp_path.iterdir())


def test_a_page_to_share_starts_as_the_sliders_stand(tmp_path: Path) -> None:
    explorer = temperature_explorer(["le", "chat"], [1.0, 2.0])
    explorer.controls["temperature"].value = 10
    explorer.save(tmp_path / "new" / "shared.html")
    page = (tmp_path / "new" / "shared.html").read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>") and "At temperature 10.00" in page
    assert "<title>Sliders: temperature</title>" in page and 'lang="en"' in page
    assert not any(scheme in page for scheme in ("http:", "https:", 'src="/'))
    with pytest.raises(ValueError, match=r'end in .html: write save\("shared.html"\)'):
        explorer.save(tmp_path / "shared.png")
    (tmp_path / "taken.html").mkdir()
    with pytest.raises(OSError, match="taken.html can't be written"):
        explorer.save(tmp_path / "taken.html")


def test_the_visualiser_is_saved_with_its_sentence_as_the_title(tmp_path: Path) -> None:
    class Seen:
        source, target, attn_weights = ("a", "<b>"), ("c",), np.array([[0.25, 0.75]])

    AttentionView(Seen).save(tmp_path / "sentence.html")
    page = (tmp_path / "sentence.html").read_text(encoding="utf-8")
    assert "<title>a &lt;b&gt; → c</title>" in page and "<td>0.25" in page.replace(
        '<td style="background-color:rgba(230,159,0,0.25)">', "<td>"
    )
