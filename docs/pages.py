"""From notebooks and Markdown of the repository to pages of the site."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from html import escape
from pathlib import Path, PurePosixPath
from posixpath import normpath, relpath

import nbformat
from nbformat import NotebookNode

from lessons import FOLDED, PREDICT, ROOT, SOLUTION, WIDGET, only_asserts, tags

CHECK = "check"  # the tag of a cell that looks at a learner's answer

LINK = re.compile(r"\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^()\s]+)\)")
ROW = re.compile(
    r"^\| \[(?P<title>[^\]]+)\]\(notebooks/(?P<name>[^)]+)\) \|(?P<knowing>.*)\| *(?P<minutes>\d+) *\|$"
)
CODE = re.compile(r"(```.*?```|`[^`\n]*`)", re.DOTALL)

# What a page says that a notebook need not.
TYPING = (
    "(Where the lesson has a field to type into, this page shows its first answer. "
    "The field needs the notebook."
)
FRENCH = " But the smaller model `attention` runs in the browser: [type your own French](../translate.md)."
EXERCISES = (
    "(Here they are only to read. To have your answers checked, run the notebook in the course's folder.)"
)

# What the folded part of a cell says on its line: closed, and open. (`{type}` is myst-nb's word for it.)
PROMPTS = {
    SOLUTION: ("Show a solution", "Hide the solution"),
    PREDICT: ("Show what it prints", "Hide what it prints"),
    FOLDED: ("Show the code", "Hide the code"),
    "asserts": ("Show how these claims are checked", "Hide the check"),
}


@dataclass(frozen=True)
class Lesson:
    """A lesson as the README's table has it: its title, what one learns, how long it takes."""

    path: Path
    title: str
    knowing: str
    minutes: int

    @property
    def number(self) -> str:
        return self.title.partition(" ")[0]

    @property
    def page(self) -> str:
        return f"lessons/{self.path.name}"


def course(notebooks: list[Path]) -> list[Lesson]:
    """Return the lessons, in order. Raises ValueError where the README's table has no row for one."""
    rows = map(ROW.match, (ROOT / "README.md").read_text(encoding="utf-8").splitlines())
    found = {row["name"]: row for row in rows if row}
    missing = [path.name for path in notebooks if path.name not in found]
    if missing:
        raise ValueError(f"README.md has no row with minutes for {', '.join(missing)}")
    return [
        Lesson(path, row["title"], row["knowing"].strip(), int(row["minutes"]))
        for path in notebooks
        for row in [found[path.name]]
    ]


def lesson_page(lesson: Lesson, with_slides: bool) -> NotebookNode:
    """Return the notebook as a page: its views without a kernel, its folded cells folded."""
    notebook = nbformat.read(lesson.path, as_version=4)
    typing = False
    for cell in notebook.cells:
        if cell.source.startswith("## Exercises"):
            cell.source += f"\n\n{EXERCISES}"
        if CHECK in tags(cell):
            cell.outputs = []  # "Not started yet"
        if cell.cell_type == "code":
            # What stands before a widget shows the same, and needs no kernel.
            widgets = [output for output in cell.outputs if WIDGET in output.get("data", {})]
            cell.outputs = [output for output in cell.outputs if output not in widgets]
            fold(cell)
            typing = typing or any("A text field" in output.data["text/plain"] for output in widgets)
    bar = nbformat.v4.new_markdown_cell(f'<ul class="lesson-bar">{links(lesson, "../", with_slides)}</ul>')
    if typing:
        bar.source += f"\n\n{TYPING}{FRENCH if lesson.number == '6' else ''})"
    bar.id = "lesson-bar"
    notebook.cells.insert(1, bar)
    return notebook


def fold(cell: NotebookNode) -> None:
    """Tell myst-nb which part of a cell is folded, and what its line says."""
    hidden = cell.metadata.get("jupyter", {})
    source = bool(hidden.get("source_hidden")) or only_asserts(cell)
    outputs = bool(hidden.get("outputs_hidden")) and bool(cell.outputs)
    if not (source or outputs):
        return
    tag = "hide-cell" if source and outputs else "hide-input" if source else "hide-output"
    kept = tags(cell)
    kind = next((kind for kind in (SOLUTION, PREDICT, FOLDED) if kind in kept), FOLDED)
    if source and only_asserts(cell):
        kind = "asserts"
    show, hide = PROMPTS[kind]
    cell.metadata.tags = [*kept, tag]
    cell.metadata.mystnb = {"code_prompt_show": show, "code_prompt_hide": hide}


def links(lesson: Lesson, up: str, with_slides: bool) -> str:
    """Return a lesson's time and its files as items of a list."""
    name, stem = lesson.path.name, lesson.path.stem
    items = [f"{lesson.minutes} minutes"]
    if with_slides:
        items.append(f'<a href="{up}slides/{stem}.html">Slides</a>')
    items.append(f'<a href="{up}notebooks/{name}" download>Notebook</a>')
    items.append(f'<a href="{up}student/{name}" download>Notebook without solutions</a>')
    items.append("(notebooks run in the course's folder)" if up else "")
    label = escape(f"lesson {lesson.number}")
    items = [item.replace("<a ", f'<a title="{label}" ', 1) for item in items if item]
    return "".join(f"<li>{item}</li>" for item in items)


def lesson_map(lessons: list[Lesson], with_slides: bool) -> str:
    """Return the map of the course: a card for each lesson."""
    cards = [
        f":::{{container}} lesson-card\n[{lesson.title}]({lesson.page})\n\n{lesson.knowing}\n\n"
        f'<ul class="lesson-bar">{links(lesson, "", with_slides)}</ul>\n:::\n'
        for lesson in lessons
    ]
    return "::::{container} lesson-map\n" + "\n".join(cards) + "::::\n"


def slides_list(lessons: list[Lesson], with_slides: bool) -> str:
    """Return links to the slides of all lessons."""
    if not with_slides:
        return "(This copy of the site was made without them.)"
    return "\n".join(
        f'- <a href="slides/{lesson.path.stem}.html">{escape(lesson.title)}</a>' for lesson in lessons
    )


def relinked(text: str, origin: str, homes: dict[str, str], folder: Path) -> str:
    """Return Markdown whose links to files of the repository lead to pages of the site.

    `origin` is the file that the text comes from, `homes` says which page shows which file. Another file
    is copied into `folder`, to be downloaded; a link to one that the site withholds becomes plain text.
    """
    here = PurePosixPath(homes[origin]).parent

    def new(match: re.Match[str]) -> str:
        said, target = match.groups()
        path, mark, section = target.partition("#")
        section = section.lower()  # Jupyter keeps capitals in its anchors
        if re.match(r"[a-z]+:", target):
            return match[0]
        if not path:
            return f"[{said}](#{section})"
        source = normpath(PurePosixPath(origin).parent / path)
        if source not in homes:
            if not (ROOT / source).is_file() or source.endswith(".md"):
                return said
            home = f"files/{source}"
            (folder / home).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / source, folder / home)
        else:
            home = homes[source]
        return f"[{said}]({relpath(home, here)}{mark}{section})"

    # Code stays code, whatever it looks like; but the text of a link may hold some.
    protected: list[str] = []

    def put_aside(match: re.Match[str]) -> str:
        protected.append(match[0])
        return f"\0{len(protected) - 1}\0"

    text = LINK.sub(new, CODE.sub(put_aside, text))
    return re.sub(r"\0(\d+)\0", lambda match: protected[int(match[1])], text)
