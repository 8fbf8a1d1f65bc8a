"""The lessons' sources and what is made of them: the learner's notebooks, the lecture, the script."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jupytext
import nbformat
import pytest
from nbformat import NotebookNode

import lessons
import live
import script
from lessons import FOLDED, LESSONS, NOTES, PLACES, PREDICT, SOLUTION, code_cells, lesson_sources, tags

SOURCES = sorted(LESSONS.glob("*.md"))
TAGS = {*PLACES, NOTES, SOLUTION, FOLDED, PREDICT, "exercise", "check", "nbval-ignore-output"}
each_source = pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.stem)

HEADER = """---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
    format_version: 0.13
  notebook_metadata_filter: -jupytext.text_representation.jupytext_version
kernelspec:
  display_name: Python 3 (ipykernel)
  language: python
  name: python3
---
"""
TOY = f"""{HEADER}
+++ {{"tags": ["slide"]}}

# A toy

+++ {{"tags": ["notes"]}}

**Minutes** 3

**Say** hello to $x$.

+++

Text for one who reads.

```{{code-cell}} ipython3
:tags: [fragment]

print(6 * 7)
```

```{{code-cell}} ipython3
:tags: [solution]

8
```
"""


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A lesson of its own, in folders of its own."""
    for name in ("lessons", "notebooks"):
        (tmp_path / name).mkdir()
        monkeypatch.setattr(lessons, name.upper(), tmp_path / name)
    source = tmp_path / "lessons" / "01_toy.md"
    source.write_text(TOY, encoding="utf-8")
    return source


def change(source: Path, old: str, new: str) -> None:
    text = source.read_text(encoding="utf-8")
    assert text.count(old) == 1
    source.write_text(text.replace(old, new), encoding="utf-8")


def of(source: Path) -> NotebookNode:
    return nbformat.read(lessons.notebook_of(source), as_version=4)


def test_every_notebook_has_its_lesson() -> None:
    notebooks = sorted(lessons.NOTEBOOKS.glob("*.ipynb"))
    assert [source.stem for source in SOURCES] == [path.stem for path in notebooks]


@each_source
def test_a_lesson_is_as_jupytext_writes_it(source: Path) -> None:
    """So that one saved in JupyterLab differs where its author changed it, and nowhere else."""
    text = source.read_text(encoding="utf-8")
    assert jupytext.writes(jupytext.reads(text, fmt="md:myst"), fmt="md:myst") == text


@each_source
def test_tags_are_known_and_at_most_one_says_where_a_cell_goes(source: Path) -> None:
    for cell in lessons.read(source).cells:
        assert set(tags(cell)) <= TAGS and set(cell.metadata) <= {"tags"}, cell.source
        assert len(set(tags(cell)) & {*PLACES, NOTES}) <= 1, cell.source
        assert NOTES not in tags(cell) or cell.cell_type == "markdown"


@each_source
def test_lesson_and_notebook_agree(source: Path) -> None:
    assert lessons.agrees(source), "run `make notebooks`"


@each_source
def test_the_learners_notebook_holds_nothing_for_lecturers(source: Path) -> None:
    notebook = of(source)
    text = json.dumps(notebook, ensure_ascii=False)
    assert not re.search(
        r"For lecturers|\*\*(Minutes|Say|Ask the room|They will ask)\*\*|\"slideshow\"", text
    )
    notes = [cell.source for cell in lessons.read(source).cells if NOTES in tags(cell)]
    assert notes and not {cell.source for cell in notebook.cells} & {*notes}
    for cell in notebook.cells:
        hidden = cell.metadata.get("jupyter", {})
        folded = SOLUTION in tags(cell) or FOLDED in tags(cell) and PREDICT not in tags(cell)
        folded = folded or lessons.only_asserts(cell)
        assert hidden.get("source_hidden", False) == folded, cell.source
        assert hidden.get("outputs_hidden", False) == bool({SOLUTION, PREDICT} & {*tags(cell)}), cell.source


def test_a_new_sentence_changes_one_cell_and_runs_nothing(toy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert lessons.make(toy).startswith("run in")
    before = lessons.notebook_of(toy).read_text(encoding="utf-8").splitlines()
    monkeypatch.setattr(lessons, "run", None)  # it would be called
    assert lessons.make(toy) == "as it was"
    change(toy, "one who reads", "all who read")
    assert not lessons.agrees(toy) and lessons.main(["--check"]) == 1
    assert lessons.make(toy) == "new text, the same code"
    assert lessons.agrees(toy) and lessons.main(["--check"]) == 0
    after = lessons.notebook_of(toy).read_text(encoding="utf-8").splitlines()
    differ = [(a, b) for a, b in zip(before, after, strict=True) if a != b]
    assert len(differ) == 2 and '"id"' in differ[0][0] and "all who read" in differ[1][1]


def test_new_code_is_run_and_other_tags_are_not(toy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lessons.make(toy)
    change(toy, "6 * 7", "6 * 8")
    assert lessons.make(toy).startswith("run in")
    assert "48" in str(code_cells(of(toy))[0].outputs)
    monkeypatch.setattr(lessons, "run", None)
    change(toy, ":tags: [fragment]", ":tags: [fragment, nbval-ignore-output]")
    assert lessons.make(toy) == "new text, the same code"
    assert tags(code_cells(of(toy))[0]) == ["nbval-ignore-output"]


def test_a_lesson_that_fails_leaves_its_notebook_as_it_was(
    toy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lessons.make(toy)
    before = lessons.notebook_of(toy).read_bytes()
    change(toy, "6 * 7", "1 / 0")
    assert lessons.main([]) == 1
    assert "ZeroDivisionError" in capsys.readouterr().err
    assert [path.read_bytes() for path in lessons.NOTEBOOKS.iterdir()] == [before]


def test_running_twice_gives_the_same_bytes(toy: Path) -> None:
    """Widgets, too, whose ids are random."""
    change(toy, "print(6 * 7)", "import ipywidgets as W\nW.IntSlider(3)")
    lessons.make(toy)
    first = lessons.notebook_of(toy).read_bytes()
    assert lessons.make(toy, again=True).startswith("run in")
    assert lessons.notebook_of(toy).read_bytes() == first and b"widget-view" in first
    assert set(of(toy).metadata) == {"kernelspec", "language_info"}


def test_the_lecture_has_the_notes_the_slides_and_the_outputs(toy: Path) -> None:
    lessons.make(toy)
    places = [cell.metadata.slideshow.slide_type for cell in lessons.lecture(toy).cells]
    assert places == ["slide", "notes", "skip", "fragment", "skip"]
    assert "42" in str(code_cells(lessons.lecture(toy))[0].outputs)
    change(toy, "6 * 7", "6 * 8")
    with pytest.raises(ValueError, match="01_toy.ipynb is older than 01_toy.md: run `make notebooks`"):
        lessons.lecture(toy)


def test_a_lecturers_changes_stay_until_the_lesson_changes_and_then_beside_it(
    toy: Path, tmp_path: Path
) -> None:
    lessons.make(toy)
    made = live.make(toy, tmp_path)
    text = made.read_text(encoding="utf-8")
    assert "<summary>For lecturers</summary>" in text and '"rise"' in text
    mine = text.replace("# A toy", "# My toy")
    made.write_text(mine, encoding="utf-8")
    assert live.make(toy, tmp_path).read_text(encoding="utf-8") == mine
    change(toy, "one who reads", "all who read")
    lessons.make(toy)
    assert "all who read" in live.make(toy, tmp_path).read_text(encoding="utf-8")
    assert (tmp_path / "01_toy.old-1.ipynb").read_text(encoding="utf-8") == mine
    change(toy, "all who read", "everybody")
    lessons.make(toy)
    live.make(toy, tmp_path)  # what nobody changed is made anew, and leaves nothing
    made.write_text(made.read_text(encoding="utf-8").replace("# A toy", "# My other toy"), encoding="utf-8")
    change(toy, "everybody", "nobody")
    lessons.make(toy)
    live.make(toy, tmp_path)
    kept = [path.read_text(encoding="utf-8") for path in sorted(tmp_path.glob("*.old-*.ipynb"))]
    assert len(kept) == 2 and kept[0] == mine and "# My other toy" in kept[1]


@each_source
def test_the_script_has_every_note_and_the_clock(source: Path) -> None:
    lesson = lessons.read(source)
    page = script.script(lesson)
    notes = [cell.source for cell in lesson.cells if NOTES in tags(cell)]
    minutes = sum(int(n) for text in notes for n in re.findall(r"^\*\*Minutes\*\* (\d+)", text, re.M))
    groups = sum("slide" in tags(cell) for cell in lesson.cells)
    assert f"{groups} groups of slides, {minutes} minutes." in page and page.count("<section>") == groups
    for text in notes:
        first = re.findall(r"[A-Za-z]{4,}", text.splitlines()[-1])
        assert all(word in page for word in first[:5]), text
    assert "<script" not in page and "<link" not in page


def test_a_lesson_is_named_by_its_number() -> None:
    assert [source.stem[:2] for source in lesson_sources(["3", "05"])] == ["03", "05"]
    with pytest.raises(ValueError, match="there is no lesson '17'"):
        lesson_sources(["17"])
