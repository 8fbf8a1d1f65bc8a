"""The tools for lecturers: the check of the room, the start of live slides, formulas on slides."""

from __future__ import annotations

import os
from pathlib import Path

import check
import live
import pytest
import slides


def test_the_room_is_ready(capsys: pytest.CaptureFixture[str]) -> None:
    assert check.main() == 0
    *lines, end = capsys.readouterr().out.splitlines()
    assert len(lines) == len(check.CHECKS) and all(line.startswith("✓ ") for line in lines)
    assert end == "Ready."


def test_the_check_says_what_is_missing_and_what_to_do(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def damaged() -> str:
        raise OSError("the file ends too soon")

    def bare() -> str:
        raise ModuleNotFoundError("No module named 'torch'")

    (tmp_path / "requirements.txt").write_text("numpy==0.1  # old\nno-such-package==1\npytest>=1\n")
    monkeypatch.setattr(check, "ROOT", tmp_path)
    monkeypatch.setattr(check, "CHECKS", (check.packages, check.lessons, damaged, bare, check.python))
    assert check.main() == 1
    packages, lessons, broken, absent, python, end = capsys.readouterr().out.splitlines()
    assert "numpy 0.1 (here: " in packages and "no-such-package 1 (here: not installed)" in packages
    assert packages.endswith("run `make setup` in the course's folder")
    assert lessons.startswith("✗ notebooks/ has 0 lessons")
    assert broken == "✗ damaged: OSError: the file ends too soon: copy or clone the course anew"
    assert absent.startswith("✗ bare: ModuleNotFoundError: No module named 'torch': run `make setup`")
    assert python.startswith("✓ Python 3.") and end == "4 of 5 need attention."


@pytest.mark.parametrize(
    ("given", "lesson", "others"),
    [
        ([], "01_bottleneck", []),
        (["02"], "02_attention_by_hand", []),
        (["4", "--no-browser"], "04_padding_masks", ["--no-browser"]),
        (["--port=9999"], "01_bottleneck", ["--port=9999"]),
    ],
)
def test_live_slides_start_on_a_lesson(
    monkeypatch: pytest.MonkeyPatch, given: list[str], lesson: str, others: list[str]
) -> None:
    called: list[list[str]] = []
    monkeypatch.setattr(os, "execv", lambda path, arguments: called.append(arguments))
    monkeypatch.setattr("sys.argv", ["live.py", *given])
    live.main()
    (command,) = called
    assert command[1:3] == ["-m", "jupyterlab"] and set(live.EXTENSION) <= set(command)
    at = command.index(str(live.NOTEBOOKS / f"{lesson}.ipynb"))
    assert command[at + 1 :] == others


def test_a_lesson_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for tool in (live, slides):
        monkeypatch.setattr("sys.argv", ["tool", "17"])
        with pytest.raises(SystemExit, match="no lesson '17'"):
            tool.main()


def test_formulas_need_no_script() -> None:
    html = slides.markdown_to_html("With $e^x$:\n\n$$\\begin{aligned} a &= b \\\\ c &= d \\end{aligned}$$")
    assert html.count("<math") == 2 and html.count("<mtr") == 2
    assert "$" not in html and "\\" not in html
