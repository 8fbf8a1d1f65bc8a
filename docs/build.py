"""Make the site of the course: every lesson with its stored outputs, slides, glossary, reference.

    python docs/build.py                 # into site/
    python docs/build.py --output FOLDER

Nothing is run. The site needs no network: open site/index.html from disk, or put the folder on any host.
A build that fails leaves the site that was there.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

NEEDED = ("sphinx", "myst_nb", "furo", "jupytext", "nbconvert", "latex2mathml")
if missing := [name.replace("_", "-") for name in NEEDED if not find_spec(name)]:
    sys.exit(f"The site needs {', '.join(missing)}: python -m pip install -r requirements.txt --group site")

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path[:0] = [str(ROOT / "lecture"), str(ROOT)]

import nbformat  # noqa: E402

import papers  # noqa: E402
import reference  # noqa: E402
import slides  # noqa: E402
from course_utils.model.pretrained import load_translator  # noqa: E402
from course_utils.widgets.page_translator import page_translator  # noqa: E402
from lessons import NOTEBOOKS, lesson_sources, notebook_of, written  # noqa: E402
from pages import Lesson, course, lesson_map, lesson_page, relinked, slides_list  # noqa: E402
from student import for_students  # noqa: E402

# Pages that live elsewhere in the repository, by the name they have in the site. The exam's key has none.
COPIED = {
    "lecture/README.md": "lecture/guide.md",
    "lecture/hub.md": "lecture/hub.md",
    "lecture/project.md": "lecture/project.md",
    "lecture/exam.md": "lecture/exam.md",
    "data/README.md": "data/corpus.md",
    "data/open/README.md": "data/open.md",
    "data/reports/README.md": "data/reports.md",
    "data/dialogues/README.md": "data/dialogues.md",
}


def prepare(folder: Path, lessons: list[Lesson], with_slides: bool) -> None:
    """Write all pages, as Sphinx reads them, into `folder`."""
    shutil.copytree(HERE, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("_*", "*.py"))
    own = {f"docs/{name}": name for name in (p.relative_to(folder).as_posix() for p in folder.rglob("*.md"))}
    homes = {f"notebooks/{lesson.path.name}": lesson.page for lesson in lessons}
    homes |= own | COPIED | reference.homes()
    (folder / "lessons").mkdir()
    for lesson in lessons:
        notebook = lesson_page(lesson, with_slides)
        for cell in notebook.cells:
            if cell.cell_type == "markdown":
                place = f"notebooks/{lesson.path.name}"
                cell.source = relinked(cell.source, place, homes, folder)
        (folder / lesson.page).write_bytes(written(notebook))
    for source, page in (own | COPIED).items():
        (folder / page).parent.mkdir(exist_ok=True)
        text = (ROOT / source).read_text(encoding="utf-8").replace("- [ ] ", "- ☐ ")
        (folder / page).write_text(relinked(text, source, homes, folder), encoding="utf-8")

    reference.write(folder / "reference")
    fill(folder / "index.md", "repository", repository())
    fill(folder / "index.md", "lessons", lesson_map(lessons, with_slides))
    fill(folder / "lecturers.md", "slides", slides_list(lessons, with_slides))
    fill(folder / "papers.md", "papers", papers.page(lessons))
    field = page_translator(load_translator("attention"))._repr_html_()
    fill(folder / "translate.md", "translator", f"```{{raw}} html\n{field}\n```")


def repository() -> str:
    """Return where the course's folder is, if the build is told, as on GitHub it is."""
    name = os.environ.get("GITHUB_REPOSITORY")
    return f"[The folder is here.](https://github.com/{name})" if name else ""


def fill(page: Path, name: str, text: str) -> None:
    """Put `text` where a page says `<!-- name -->`."""
    mark = f"<!-- {name} -->"
    before = page.read_text(encoding="utf-8")
    if mark not in before:
        raise ValueError(f"docs/{page.name} must say {mark} once")
    page.write_text(before.replace(mark, text), encoding="utf-8")


def add_downloads(site: Path, lessons: list[Lesson], with_slides: bool) -> None:
    """Put notebooks, students' copies and slides into the site, as files of their own."""
    for name in ("notebooks", "student"):
        (site / name).mkdir()
        for page in NOTEBOOKS.glob("*.py"):  # the page that lesson 5 shows
            shutil.copy(page, site / name)
    for lesson in lessons:
        shutil.copy(lesson.path, site / "notebooks")
        copy = for_students(nbformat.read(lesson.path, as_version=4))
        (site / "student" / lesson.path.name).write_bytes(written(copy))
    if with_slides:
        for source in lesson_sources():
            slides.make(source, site / "slides")
    (site / ".nojekyll").touch()  # GitHub Pages would leave out folders that begin with _


def replace(site: Path, old: Path) -> None:
    """Put the new site where the old one is, and that aside, to go with the folder of the build."""
    aside = site.with_name("old")
    if old.exists():
        old.rename(aside)
    try:
        site.rename(old)
    except OSError:
        if aside.exists():
            aside.rename(old)
        raise


def build(output: Path, with_slides: bool) -> None:
    """Make the site in `output`. Raises ValueError or OSError; the old site then stays."""
    if output.exists() and not (output / "searchindex.js").exists() and any(output.iterdir()):
        raise ValueError(f"{output} is there and is no site: name another folder")
    lessons = course([notebook_of(source) for source in lesson_sources()])
    output.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".site-", dir=output.parent) as folder:
        pages, site = Path(folder) / "pages", Path(folder) / "site"
        pages.mkdir()
        prepare(pages, lessons, with_slides)
        command = [sys.executable, "-m", "sphinx", "-b", "html", "-q", "-W", "--keep-going"]
        command += ["-c", HERE, "-d", Path(folder) / "doctrees", pages, site]
        if subprocess.run(command, env=os.environ | {"PYTHONUTF8": "1"}).returncode:
            raise ValueError("Sphinx says above what is wrong")
        shutil.rmtree(site / "_sources", ignore_errors=True)
        for left in (".buildinfo", "objects.inv"):
            (site / left).unlink(missing_ok=True)
        add_downloads(site, lessons, with_slides)
        replace(site, output)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--output", type=Path, default=ROOT / "site", metavar="FOLDER")
    parser.add_argument("--no-slides", action="store_true", help="leave the slides out, for a quick look")
    options = parser.parse_args()
    try:
        build(options.output.resolve(), not options.no_slides)
    except (ValueError, OSError) as error:
        print(f"The site was not made, the old one stays: {error}", file=sys.stderr)
        return 1
    print(f"Open {options.output / 'index.html'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
