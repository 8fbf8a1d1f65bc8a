"""The tools for lecturers: the check of the room, the start of live slides, formulas on slides."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

import check
import lessons
import live
import script
import slides
import student
from course_utils.model import pretrained

ROOT = Path(__file__).resolve().parents[2]
NUMBERS = "".join(path.stem[1] for path in sorted((ROOT / "lessons").glob("*.md")))  # of all lessons: 1234…


@pytest.mark.slow
def test_the_room_is_ready() -> None:
    """From any folder, as `make check` runs it."""
    command = [sys.executable, ROOT / "lecture" / "check.py"]
    done = subprocess.run(command, cwd="/", capture_output=True, encoding="utf-8")
    *lines, end = done.stdout.splitlines()
    assert done.returncode == 0 and end == "Ready." and all(line.startswith("✓ ") for line in lines)
    parts = (
        "Python 3",
        "packages",
        f"{len(NUMBERS)} lessons",
        "written to",
        "pairs to train on",
        "→ “the black",
        "cores",
    )
    for line, said in zip(lines, parts, strict=True):
        assert said in line


@pytest.mark.slow
def test_a_folder_without_the_course_fails(tmp_path: Path) -> None:
    (tmp_path / "lecture").mkdir()
    shutil.copy(ROOT / "lecture" / "check.py", tmp_path / "lecture")
    command = [sys.executable, "lecture/check.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8")
    assert done.returncode == 1 and "✗ notebooks/ has 0 of 0 lessons" in done.stdout


@pytest.mark.skipif(not shutil.which("make"), reason="there is no make here")
def test_make_check_fails_before_anything_is_installed(tmp_path: Path) -> None:
    shutil.copy(ROOT / "Makefile", tmp_path)
    done = subprocess.run(["make", "check"], cwd=tmp_path, capture_output=True, encoding="utf-8")
    assert done.returncode != 0 and "✗ nothing is installed yet" in done.stdout


@pytest.mark.parametrize(
    ("part", "where", "name", "value", "said"),
    [
        (check.python, sys, "version_info", (3, 10, 9), "Python 3.10.9: the course needs"),
        (check.python, sys, "version_info", (3, 15, 0), "Python 3.15.0: the course needs"),
        (check.folder, os, "access", lambda *a: False, "notebooks/ can't be written to"),
        (check.models, check, "TRANSLATION", "the dog", "the model says “the black cat is on the mat”"),
        (check.models, pretrained, "checkpoint_names", lambda: ["no-such-model"], "no-such-model"),
    ],
)
def test_each_part_can_be_missing(
    monkeypatch: pytest.MonkeyPatch,
    part: Callable[[], str],
    where: object,
    name: str,
    value: object,
    said: str,
) -> None:
    monkeypatch.setattr(where, name, value)
    with pytest.raises(Exception, match=re.escape(said)):
        part()


def test_a_lesson_can_be_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for folder, ending, last in (("lessons", "md", 9), ("notebooks", "ipynb", 8)):
        (tmp_path / folder).mkdir()
        for number in range(1, last + 1):
            (tmp_path / folder / f"0{number}.{ending}").touch()
    monkeypatch.setattr(check, "ROOT", tmp_path)
    with pytest.raises(check.Missing, match="has 8 of 9 lessons"):
        check.lessons()
    (tmp_path / "notebooks" / "09.ipynb").touch()
    assert check.lessons() == "9 lessons"


def test_the_check_says_what_is_missing_and_what_to_do(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def damaged() -> str:
        raise OSError("the file ends too soon")

    def bare() -> str:
        raise ModuleNotFoundError("No module named 'torch'")

    (tmp_path / "constraints.txt").write_text("numpy==0.1  # old\nno-such-package==1\npytest==2\n")
    groups = '[project]\ndependencies = ["numpy>=0"]\n[dependency-groups]\nlecture = ["no-such-package"]\n'
    (tmp_path / "pyproject.toml").write_text(groups)
    monkeypatch.setattr(check, "ROOT", tmp_path)
    monkeypatch.setattr(check, "CHECKS", (check.packages, check.lessons, damaged, bare, check.python))
    assert check.main() == 1
    packages, lessons, broken, absent, python, end = capsys.readouterr().out.splitlines()
    assert "numpy 0.1 (here: " in packages and "no-such-package 1 (here: not installed)" in packages
    assert packages.endswith("run `make setup` in the course's folder")
    assert lessons.startswith("✗ notebooks/ has 0 of 0 lessons")
    assert broken == "✗ damaged: OSError: the file ends too soon: copy or clone the course anew"
    assert absent.startswith("✗ bare: ModuleNotFoundError: No module named 'torch': run `make setup`")
    assert python.startswith("✓ Python 3.") and end == "4 of 5 need attention."


@pytest.mark.parametrize(
    ("given", "lesson", "others"),
    [
        ([], "01_bottleneck", []),
        (["02"], "02_attention_by_hand", []),
        (["4", "--no-browser"], "04_padding_masks", ["--no-browser"]),
        (["--port=9999", "--no-browser"], "01_bottleneck", ["--port=9999", "--no-browser"]),
    ],
)
def test_live_slides_start_on_a_lesson(
    monkeypatch: pytest.MonkeyPatch, given: list[str], lesson: str, others: list[str]
) -> None:
    called: list[tuple[str, list[str]]] = []
    monkeypatch.setattr(live, "make", lambda source: live.HERE / f"{source.stem}.ipynb")
    monkeypatch.setattr(os, "execv", lambda *arguments: called.append(arguments))
    monkeypatch.setattr("sys.argv", ["live.py", *given])
    for user in (0, 1000):
        monkeypatch.setattr(os, "geteuid", lambda user=user: user, raising=False)
        live.main()
    opened = [*live.EXTENSION, str(live.HERE / f"{lesson}.ipynb"), *others]
    for (path, command), root in zip(called, (["--allow-root"], []), strict=True):
        assert path == sys.executable
        assert command == [sys.executable, "-m", "jupyterlab", *root, *opened]


def test_the_extension_for_live_slides_is_where_jupyterlab_looks() -> None:
    for application, argument in zip(("LabApp", "RiseApp"), live.EXTENSION, strict=True):
        name, _, folder = argument.partition("=")
        assert name == f"--{application}.extra_labextensions_path"
        (package,) = Path(folder).glob("*/package.json")
        build = json.loads(package.read_text(encoding="utf-8"))["jupyterlab"]["_build"]
        assert (package.parent / build["load"]).is_file()


def test_a_lesson_that_is_not_there_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for tool in (live, slides, script):
        monkeypatch.setattr("sys.argv", ["tool", "17"])
        with pytest.raises(SystemExit) as stopped:
            tool.main()
        assert "no lesson '17' in lessons/" in f"{stopped.value}{capsys.readouterr().err}"


@pytest.mark.parametrize(("given", "numbers"), [([], NUMBERS), (["02"], "2"), (["01", "03"], "13")])
def test_slides_are_made_of_the_lessons_that_are_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, given: list[str], numbers: str
) -> None:
    made: list[tuple[str, Path]] = []
    monkeypatch.setattr(slides, "make", lambda source, folder: made.append((source.stem[1], folder)))
    monkeypatch.setattr("sys.argv", ["slides.py", *given, "--output", str(tmp_path)])
    slides.main()
    assert made == [(number, tmp_path) for number in numbers]


def lesson() -> NotebookNode:
    new = nbformat.v4
    cells = [
        new.new_markdown_cell("# A lesson\n\nWith $e^x$.", metadata={"slideshow": {"slide_type": "slide"}}),
        new.new_markdown_cell("**Say** hello.", metadata={"slideshow": {"slide_type": "notes"}}),
        new.new_code_cell("answer = 42", execution_count=7),
    ]
    return new.new_notebook(cells=cells)


def test_slides_are_one_page_with_a_title_and_open_notes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slides, "lecture", lambda source: lesson())
    page = slides.make(tmp_path / "lesson.md", tmp_path / "slides")
    assert [*(tmp_path / "slides").iterdir()] == [page] and page.name == "lesson.html"
    html = page.read_text(encoding="utf-8")
    assert "<title>A lesson</title>" in html and "<math" in html and "hello." in html
    body = html[html.index("<body") : html.index("<script>")]
    assert "<details" not in body and "For lecturers" not in body and "[7]" not in body
    assert html.count("</script") == 3  # none within what stands in the page


def test_formulas_need_no_script() -> None:
    html = slides.markdown_to_html("With $e^x$:\n\n$$\\begin{aligned} a &= b \\\\ c &= d \\end{aligned}$$")
    assert html.count("<math") == 2 and html.count("<mtr") == 2 and html.count('display="block"') == 1
    assert "$" not in html and "\\" not in html
    assert "<b>bold</b>" in slides.markdown_to_html("<b>bold</b>")  # a lesson's HTML stays HTML


def test_students_get_the_lessons_and_nothing_else_that_lies_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = shutil.copytree(lessons.NOTEBOOKS, tmp_path / "notebooks")
    shutil.copy(there / "01_bottleneck.ipynb", there / "01_bottleneck-Copy1.ipynb")  # solved by the lecturer
    for module in (lessons, student):
        monkeypatch.setattr(module, "NOTEBOOKS", there)
    monkeypatch.setattr(sys, "argv", ["student.py", "--output", str(tmp_path / "student")])
    student.main()
    copies = {path.name for path in (tmp_path / "student").glob("*.ipynb")}
    assert copies == {f"{source.stem}.ipynb" for source in lessons.lesson_sources()}


def test_the_makefile_names_what_is_there() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    scripts = set(re.findall(r"\$\(RUN\) ((?:lecture|tests|tools)/[\w/]+\.py)", text))
    tools = ("lessons", "live", "check", "slides", "student", "script")
    assert {f"lecture/{tool}.py" for tool in tools} <= scripts
    assert all((ROOT / script).is_file() for script in scripts)
    text = text.replace("\\\n", " ")  # long lines
    phony = set(re.search(r"^\.PHONY: (.*)$", text, re.M)[1].split())
    assert phony == set(re.findall(r"^([\w-]+):", text, re.M))  # `lecture`, `data` … may be folders, too
    removed = re.search(r"^clean:\n\trm -rf (.*)$", text, re.M)[1].split()
    kept = {"lessons", "notebooks", "data", "tools", "tests", "lecture", "course_utils"}
    kept |= {"build", "build/experiments", "build/checkpoints", "build/benchmarks"}  # hours of a user's own
    assert not kept & set(removed) and "student" in removed
