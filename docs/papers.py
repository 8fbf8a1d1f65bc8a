"""The papers that the lessons cite, read from the lists of sources at their ends."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field

import nbformat

from pages import Lesson

ITEM = re.compile(r"^(?:-|\d+\.) ", re.MULTILINE)
SHORT = re.compile(r"(?P<authors>[^;:()\[\]]*? \d{4}), \[(?P<title>[^\]]+)\]\((?P<url>[^)]+)\)")
MORE = re.compile(r" and \[(?P<title>[^\]]+)\]\((?P<url>[^)]+)\)")
FULL = re.compile(
    r"(?P<authors>[^*]*?) \((?P<year>\d{4})\)\. \*(?P<title>[^*]+?)\.?\*(?P<rest>.*)", re.DOTALL
)
URL = re.compile(r"\]\((https?://[^)]+)\)")


@dataclass
class Paper:
    """A paper, as the lesson says it that says most, and the lessons that cite it."""

    text: str
    title: str
    year: int
    url: str = ""
    lessons: list[Lesson] = field(default_factory=list)


def sources(lesson: Lesson) -> list[str]:
    """Return the items of the list below the heading Sources."""
    notebook = nbformat.read(lesson.path, as_version=4)
    text = "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    _, found, below = text.partition("\n## Sources\n")
    if not found:
        raise ValueError(f"{lesson.path.name} has no section Sources")
    return [" ".join(item.split()) for item in ITEM.split(below.partition("\n## ")[0])[1:]]


def parse(item: str) -> list[Paper]:
    """Return the papers of one item: written in full, or short and several in a line."""
    if full := FULL.match(item):
        # One paper an item; a note behind its link belongs to the lesson alone.
        end = "" if full["title"][-1] in "?!" else "."
        text = f"{full['authors']} ({full['year']}). *{full['title']}{end}*"
        rest, url = full["rest"], URL.search(full["rest"])
        text += rest[: url.end()] if url else rest
        return [Paper(text.strip(), full["title"], int(full["year"]), url[1] if url else "")]
    found = []
    for short in SHORT.finditer(item):
        authors, year = short["authors"].strip().rsplit(" ", 1)
        pairs = [(short["title"], short["url"])]
        if more := MORE.search(item, short.end()):
            pairs.append((more["title"], more["url"]))
        for title, url in pairs:
            found.append(Paper(f"{authors} ({year}). [*{title}*]({url})", title, int(year), url))
    return found


def plain(title: str) -> str:
    return re.sub(r"\W+", " ", title).strip().lower()


def page(lessons: list[Lesson]) -> str:
    """Return the list of all papers, the oldest first."""
    entries = [(paper, lesson) for lesson in lessons for item in sources(lesson) for paper in parse(item)]
    urls = {plain(paper.title): paper.url for paper, _ in entries if paper.url}
    papers: dict[str, Paper] = {}
    cited: dict[str, list[Lesson]] = defaultdict(list)
    for paper, lesson in entries:
        key = (paper.url or urls.get(plain(paper.title), plain(paper.title))).rstrip("/")
        kept = papers.setdefault(key, paper)
        # The lesson that says most says it for all; but never one without a link for one with it.
        if (bool(paper.url), len(paper.text)) > (bool(kept.url), len(kept.text)):
            papers[key] = paper
        if lesson not in cited[key]:
            cited[key].append(lesson)
    rows = []
    for key, paper in sorted(papers.items(), key=lambda item: (item[1].year, item[1].text)):
        where = ", ".join(f"[{lesson.number}]({lesson.page})" for lesson in cited[key])
        word = "lesson" if len(cited[key]) == 1 else "lessons"
        end = "" if paper.text.endswith(".") else "."
        rows.append(f"- {paper.text}{end} In {word} {where}.")
    others = [
        f"- {item}{'' if item.endswith('.') else '.'} In lesson [{lesson.number}]({lesson.page})."
        for lesson in lessons
        for item in sources(lesson)
        if not parse(item)
    ]
    return "\n".join(rows) + ("\n\n## Other sources\n\n" + "\n".join(others) if others else "")
