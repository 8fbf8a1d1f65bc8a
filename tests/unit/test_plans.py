"""The lecturers' plans: they add up, name what is there, and leave each section the minutes of its notes."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from course_utils.training.__main__ import _parser
from lessons import NOTES, lesson_sources, read, tags
from script import MINUTES

LECTURE = Path(__file__).resolve().parents[2] / "lecture"
README = (LECTURE / "README.md").read_text(encoding="utf-8")
PLAN = re.compile(r"^### (.+) \((\d+) minutes\)$", re.MULTILINE)
SPARE = 5  # the most minutes that a row has beyond its sections' notes
LONGEST, MOST_SLIDES = 45, 25  # of a lesson


class Section(NamedTuple):
    minutes: int
    slides: int


@cache
def sections(lesson: int) -> dict[str, Section]:
    """Return a lesson's sections, with all that is below them; what is above the first is its title's."""
    found: dict[str, Section] = {}
    (source,) = lesson_sources([str(lesson)])
    name = ""
    for cell in read(source).cells:
        if cell.cell_type == "markdown" and NOTES not in tags(cell):
            text = re.sub(r"```.*?```", "", cell.source, flags=re.DOTALL)
            for name in re.findall(r"^##? (.+)$", text, re.MULTILINE):
                found[name] = Section(0, 0)
        minutes = sum(map(int, MINUTES.findall(cell.source))) if NOTES in tags(cell) else 0
        slides = len({"slide", "subslide"} & set(tags(cell)))
        found[name] = Section(found[name].minutes + minutes, found[name].slides + slides)
    return found


@cache
def exercises(lesson: int) -> set[str]:
    """Return the names of the exercises of a lesson, without number and difficulty."""
    (source,) = lesson_sources([str(lesson)])
    return set(
        re.findall(r"^### \d+ · (.+?)(?: [●○]{3})?$", source.read_text(encoding="utf-8"), re.MULTILINE)
    )


class Row(NamedTuple):
    cells: dict[str, str]
    minutes: int

    @property
    def lessons(self) -> list[int]:
        return [int(number) for number in re.findall(r"\d", self.cells["lesson"])]

    @property
    def named(self) -> list[str]:
        return re.findall(r'"([^"]+)"', self.cells["sections"])

    def shown(self) -> Section:
        """Return the minutes and the slides of all that the row shows."""
        text, named = self.cells["sections"], self.named
        whole = text.startswith("all")
        parts = [
            section
            for lesson in self.lessons
            for name, section in sections(lesson).items()
            if (name in named) != whole
        ]
        return Section(sum(part.minutes for part in parts), sum(part.slides for part in parts))


def minutes_of(cells: dict[str, str]) -> int:
    if "time" not in cells:
        return int(cells["minutes"])
    start, end = (int(hour) * 60 + int(minute) for hour, minute in re.findall(r"(\d+):(\d\d)", cells["time"]))
    return end - start


def plans() -> dict[str, tuple[int, list[Row], str]]:
    """Return the plans by title: how long they say they are, their rows, and their text."""
    parts = PLAN.split(README[README.index("## Plans") : README.index("## What to withhold")])
    found = {}
    for title, minutes, text in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        lines = [line for line in text.splitlines() if line.startswith("|")]
        head, _, *body = ([cell.strip() for cell in line.strip("|").split("|")] for line in lines)
        cells = [dict(zip(head, row, strict=True)) for row in body]
        found[title] = (int(minutes), [Row(row, minutes_of(row)) for row in cells], text)
    return found


each_plan = pytest.mark.parametrize(("minutes", "rows", "text"), plans().values(), ids=plans().keys())


def test_there_are_six_plans() -> None:
    assert len(plans()) == 6


@each_plan
def test_a_plan_adds_up(minutes: int, rows: list[Row], text: str) -> None:
    assert sum(row.minutes for row in rows) == minutes
    times = [row.cells["time"].split("–") for row in rows if "time" in row.cells]
    assert [start for start, _ in times[1:]] == [end for _, end in times[:-1]]


@each_plan
def test_a_plan_names_what_is_there(minutes: int, rows: list[Row], text: str) -> None:
    for row in rows:
        for name in row.named:
            assert any(name in sections(lesson) for lesson in row.lessons), name
        for name in re.findall(r'"([^"]+)"', row.cells.get("what", "")):
            assert any(name in exercises(lesson) for lesson in row.lessons), name
    before = text[: text.index("\n|")]
    for name, lesson in re.findall(r'"([^"]+)" of lesson (\d)', before):
        assert name in exercises(int(lesson)), name


@each_plan
def test_a_plan_has_time_for_what_it_shows(minutes: int, rows: list[Row], text: str) -> None:
    for row in rows:
        if row.lessons and row.cells["sections"]:
            needed = row.shown().minutes
            assert needed <= row.minutes <= needed + SPARE, (row.cells, needed)
        if row.cells.get("slides"):
            assert int(row.cells["slides"]) == row.shown().slides, row.cells


@pytest.mark.parametrize("lesson", range(1, 10))
def test_a_lesson_is_no_longer_than_the_plans_say(lesson: int) -> None:
    assert f"at most {LONGEST} minutes and {MOST_SLIDES} slides" in README
    assert sum(section.minutes for section in sections(lesson).values()) <= LONGEST
    assert sum(section.slides for section in sections(lesson).values()) <= MOST_SLIDES
    assert 5 <= len(exercises(lesson)) <= 7


def test_the_page_leads_to_exam_key_and_project() -> None:
    for name in re.findall(r"\]\(([^)#]+)\)", README):
        assert name.startswith("http") or (LECTURE / name).exists(), name
    assert {"(exam.md)", "(exam_key.md)", "(project.md)"} <= set(re.findall(r"\([\w.]+\)", README))


def test_the_project_names_options_that_there_are_and_its_rubric_makes_100() -> None:
    text = (LECTURE / "project.md").read_text(encoding="utf-8")
    options = {option for action in _parser()._actions for option in action.option_strings}
    assert set(re.findall(r"--[a-z][\w-]*", text)) <= options
    points = re.findall(r"^\| (\d+) \| \*\*", text[text.index("## How it is marked") :], re.MULTILINE)
    assert sum(map(int, points)) == 100
