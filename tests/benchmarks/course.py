"""What do learners, and CI, wait for? Seconds for each notebook, for nbval, and up to the first figure."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import parse

from course_utils.figures.tables import Table, table
from report import ROOT, Options, log

TITLE = "The course"
SAYS = (
    "Seconds that the cells of each notebook run, as nbval measures them from a fresh kernel, {workers} "
    "notebooks at a time, and for nbval as a whole; and from starting JupyterLab to lesson 1's first "
    "figure in the page, its cells run from the first one on: the median of {starts}."
)


def measure(options: Options) -> dict[str, Any]:
    notebooks = sorted((ROOT / "notebooks").glob("0*.ipynb"))
    workers = min(os.cpu_count() or 1, 4)
    if options.quick:
        notebooks, workers = notebooks[1:2], 1
    began = time.perf_counter()
    seconds = nbval(notebooks, workers)
    whole = time.perf_counter() - began
    log(f"course: nbval {whole:.0f} s, {seconds}")
    starts = [first_figure() for _ in range(1 if options.quick else 3)]
    log(f"course: first figure {starts}")
    found = {"workers": workers, "starts": len(starts), "nbval": whole, "notebooks": seconds}
    return {**found, "first figure": starts}


def nbval(notebooks: Sequence[Path], workers: int) -> dict[str, float]:
    """Return the seconds that each notebook's cells ran. Raises RuntimeError if an output is another."""
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "seconds.xml"
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={told}"]
        command += ["-n", str(workers), "--dist", "loadfile", *map(str, notebooks)]
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        if done.returncode:
            raise RuntimeError(f"nbval found something wrong:\n{done.stdout[-3000:]}")
        cells = [(cell.get("classname", ""), cell.get("time", "0")) for cell in parse(told).iter("testcase")]
    return {
        path.stem: round(sum(float(time) for name, time in cells if path.stem in name), 1)
        for path in notebooks
    }


def first_figure() -> float:
    """Return the seconds from starting JupyterLab to lesson 1's first figure, in a real browser."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "seconds"
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--noconftest"]
        command += [
            "-o",
            "addopts=",
            "-o",
            "pythonpath=lecture tests/browser",
            "tests/benchmarks/first_figure.py",
        ]
        subprocess.run(command, cwd=ROOT, env=os.environ | {"SECONDS_TO": str(path)}, check=True)
        return float(path.read_text())


def tables(found: dict[str, Any]) -> list[Table]:
    rows = [(name, seconds) for name, seconds in found["notebooks"].items()]
    rows += [("all together, nbval", found["nbval"])]
    rows += [("to the first figure", sorted(found["first figure"])[len(found["first figure"]) // 2])]
    return [table(("notebook", "seconds"), rows)]
