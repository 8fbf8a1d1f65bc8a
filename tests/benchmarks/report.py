"""Results: merged into one JSON file, and told as tables; and the machine in words."""

from __future__ import annotations

import json
import os
import platform
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from course_utils.figures.tables import Table
from course_utils.files import write_atomically

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "benchmarks"  # the peers' environment, searches, quick results
RESULTS = ROOT / "data" / "results" / "benchmarks.json"
QUICK_RESULTS = BUILD / "quick" / "benchmarks.json"


class Options(NamedTuple):
    """What the command line asked for."""

    quick: bool = False
    jobs: int = 1


def path_of(options: Options) -> Path:
    """Return the file of results; that of a quick run lies where no one takes it for one."""
    return QUICK_RESULTS if options.quick else RESULTS


def log(text: str) -> None:
    """Say what is being done, on the screen only."""
    print(f"{time.strftime('%H:%M:%S')}  {text}", file=sys.stderr, flush=True)


def machine() -> dict[str, Any]:
    """Return in words what matters of this machine; nothing that names it."""
    import torch

    try:
        system = platform.freedesktop_os_release()["PRETTY_NAME"]
    except OSError:
        system = f"{platform.system()} {platform.release()}"
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") if hasattr(os, "sysconf") else 0
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory (GB)": round(memory / 2**30),
        "system": system,
        "Python": platform.python_version(),
        "PyTorch": torch.__version__,
        "instructions": torch.backends.cpu.get_cpu_capability(),
        "threads": torch.get_num_threads(),
    }


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        for line in cpuinfo.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def load(path: Path) -> dict[str, Any]:
    """Return the results so far; nothing, if there are none."""
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def store(path: Path, part: str, found: Mapping[str, Any], here: Mapping[str, Any]) -> None:
    """Put what a part measured into the file; what another machine measured does not stay beside it."""
    results = load(path)
    if results.get("machine") != here:
        results = {"machine": dict(here)}
    results[part] = dict(found)
    write_atomically(path, json.dumps(results, ensure_ascii=False, indent=1).encode() + b"\n")


def times(value: float, base: float) -> str:
    """Return how many times `base` is `value`, to be read: "1.23 ×"."""
    return f"{value / base:.2f} ×"


def markdown(table: Table) -> str:
    """Return a table as Markdown, numbers at the right."""
    rule = ["---" if left else "---:" for left in table.left]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (table.header, rule, *table.rows))


def page(results: Mapping[str, Any], sections: Sequence[tuple[str, str, Sequence[Table], str]]) -> str:
    """Return one Markdown page: of each part its title, what is compared, tables and picture."""
    told = ", ".join(f"{name} {value}" for name, value in results["machine"].items())
    lines = ["# Benchmarks", "", f"Measured by `make bench` on one machine: {told}.", ""]
    lines += ["Seconds are processor time, of one thread; of notebooks and pages, the clock's.", ""]
    for title, text, tables, picture in sections:
        lines += [f"## {title}", "", text, ""]
        for table in tables:
            lines += [markdown(table), ""]
        if picture:
            lines += [f"![{title}]({picture})", ""]
    return "\n".join(lines)
