"""Is everything there for the lecture? Says in a few seconds what is missing, and what to do about it.

    python lecture/check.py

Ends with status 1 if something is missing. Nothing is fetched and nothing is changed.
"""

from __future__ import annotations

import os
import re
import sys
import tomllib
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SET_UP, ANEW = "run `make setup` in the course's folder", "copy or clone the course anew"
SENTENCE, TRANSLATION = "le chat noir est sur le tapis", "the black cat is on the mat"


class Missing(Exception):
    """Something is not as it should be; the message says what, and what to do."""


def python() -> str:
    """The version of Python."""
    found = ".".join(map(str, sys.version_info[:3]))
    if not (3, 11) <= sys.version_info[:2] <= (3, 14):
        raise Missing(f"Python {found}: the course needs 3.11 to 3.14")
    return f"Python {found}"


def packages() -> str:
    """The packages, and whether they have the versions that the course was tested with."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    asked = [*project["project"]["dependencies"], *project["dependency-groups"]["lecture"]]
    names = [re.match(r"[\w.-]+", line)[0] for line in asked]
    constraints = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    pins = dict(re.findall(r"^([\w.-]+)==([\w.]+)", constraints, re.MULTILINE))
    wrong = []
    for name in names:
        try:
            found = version(name)
        except PackageNotFoundError:
            found = "not installed"
        if found.split("+")[0] != pins[name]:  # torch calls itself 2.13.0+cpu
            wrong.append(f"{name} {pins[name]} (here: {found})")
    if wrong:
        raise Missing(f"packages: {', '.join(wrong)}: {SET_UP}")
    return f"{len(names)} packages, in the versions that the course was tested with"


def lessons() -> str:
    """The notebooks."""
    lessons, found = (
        {path.stem for path in (ROOT / folder).glob(f"0*.{ending}")}
        for folder, ending in (("lessons", "md"), ("notebooks", "ipynb"))
    )
    if not found or lessons - found:
        raise Missing(f"notebooks/ has {len(lessons & found)} of {len(lessons)} lessons: {ANEW}")
    return f"{len(found)} lessons"


def corpus() -> str:
    """The corpus that all lessons read."""
    from course_utils.text.corpus import load_corpus

    return f"the corpus: {len(load_corpus().train):,} pairs to train on"


def models() -> str:
    """Every checkpoint loads, and the best one translates."""
    from course_utils.model.pretrained import checkpoint_names, load_translator

    names = checkpoint_names()
    for name in names:
        load_translator(name)
    found = load_translator("attention").translate(SENTENCE).text
    if found != TRANSLATION:
        raise Missing(f"the model says “{found}” for “{SENTENCE}”: {ANEW}")
    return f"{len(names)} trained models; “{SENTENCE}” → “{found}”"


def machine() -> str:
    """What will compute."""
    import torch

    device = torch.cuda.get_device_name() if torch.cuda.is_available() else "no GPU (none is needed)"
    return f"{os.cpu_count()} cores, {device}; lessons 1, 5 and 7 train for a minute or two if you let them"


def folder() -> str:
    """Jupyter must be able to save."""
    if not os.access(ROOT / "notebooks", os.W_OK):
        raise Missing("notebooks/ can't be written to: work in a copy that belongs to you")
    return "notebooks/ can be written to"


CHECKS: tuple[Callable[[], str], ...] = (python, packages, lessons, folder, corpus, models, machine)


def main() -> int:
    """Print a line for each check; 1 if one failed."""
    missing = 0
    for check in CHECKS:
        try:
            print(f"✓ {check()}", flush=True)
        except Missing as what:
            missing += 1
            print(f"✗ {what}", flush=True)
        except Exception as error:  # a package that isn't there, or a file that is damaged
            missing += 1
            remedy = SET_UP if isinstance(error, ImportError) else ANEW
            print(f"✗ {check.__name__}: {type(error).__name__}: {error}: {remedy}", flush=True)
    print("Ready." if not missing else f"{missing} of {len(CHECKS)} need attention.")
    return bool(missing)


if __name__ == "__main__":
    sys.exit(main())
