"""What was measured, as one table of plain values."""

from __future__ import annotations

import importlib.metadata
import platform
import statistics
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import psutil

from environment import FOLDER, JUPYTERHUB, PROXY, ROOT
from learner import Kernel, Told
from meter import MIB, Meter
from sizes import Cost, table, together


def latency(kernel: Kernel) -> tuple[float, float]:
    """Return when a simple cell was run, and the seconds until its answer was there."""
    begun = time.monotonic()
    kernel.run("1 + 1")
    return begun, time.monotonic() - begun


def spread(values: Sequence[float], decimals: int = 1) -> dict[str, float]:
    """Return the median and the largest of some values."""
    return {"median": round(statistics.median(values), decimals), "largest": round(max(values), decimals)}


def at_once(spans: Sequence[tuple[float, float]]) -> int:
    """Return how many of the spans (begin, end) overlapped at the busiest moment."""
    return max((sum(begin <= moment < end for begin, end in spans) for moment, _ in spans), default=0)


def report(
    meter: Meter,
    told: Sequence[Told],
    quiet: Sequence[tuple[float, float]],
    waits: Sequence[tuple[float, float]],
    answers: dict[str, dict[int, int]],
    folders: Sequence[Path],
    took: float,
) -> dict:
    """Return everything as plain values: seconds, MiB, HTTP statuses.

    `quiet` and `waits` are what the lecturer waited for simple cells before the class came and while it
    worked; `answers`, how the hub answered those who asked for another's files; `folders`, the learners'.
    """
    found = {
        "learners": len(told),
        "failed": {one.name: one.failed for one in told if one.failed}
        | ({"": meter.stopped} if meter.stopped else {}),
        "machine": {
            "cores": psutil.cpu_count(),
            "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
            "system": platform.system(),
            "python": platform.python_version(),
            "packages": [JUPYTERHUB, PROXY, f"torch=={importlib.metadata.version('torch')}"],
        },
        "cells": sum(one.cells for one in told),
    }
    done = [one for one in told if not one.failed]
    if not done:
        return found
    spans = [one.training for one in done]
    all_train = max(begin for begin, _ in spans), min(end for _, end in spans)
    uses = [meter.uses[one.name] for one in done]
    disk = [_size(folder) for folder in folders]
    costs = dict(
        memory=max(use.uss for use in uses),
        shared=max(use.rss - use.uss for use in uses),
        kernel=max(use.kernel for use in uses),
        training_cpu=statistics.median(one.training_cpu for one in done),
        disk=max(disk),
        hub=meter.uses[""].uss,
        installed=_size(FOLDER / "venv")
        + _size(FOLDER / "node")
        + _size(ROOT / "data")
        + _size(ROOT / "course_utils"),
    )
    cost = Cost(**{name: round(value, 1) for name, value in costs.items()})
    busy = [wait for moment, wait in waits if all_train[0] <= moment < all_train[1]]
    return found | {
        "training_at_once": at_once(spans),
        "seconds": {
            "server started": spread([one.spawn for one in done]),
            "JupyterLab there": spread([one.lab for one in done]),
            **{name: spread([one.lessons[name] for one in done]) for name in done[0].lessons},
            "training": spread([end - begin for begin, end in spans]),
            "all": round(took, 1),
        },
        "cpu_seconds": {
            "a learner": spread([use.cpu for use in uses]),
            "of this, training": spread([one.training_cpu for one in done]),
        },
        "memory_mib": {
            "a learner, rss": spread([use.rss for use in uses], 0),
            "a learner, pss": spread([use.pss for use in uses], 0),
            "a learner, uss": spread([use.uss for use in uses], 0),
            "of this, the kernel that trains": spread([use.kernel for use in uses], 0),
            "all learners at one moment, pss": round(meter.together.pss),
            "hub and proxy, uss": round(meter.uses[""].uss),
        },
        "disk_mib": {"a learner": round(max(disk), 1), "environment and course": round(cost.installed)},
        "simple_cell_ms": {
            "before the class came": spread([1000 * wait for _, wait in quiet], 0),
            "while the class worked": spread([1000 * wait for _, wait in waits], 0),
            **(
                {"while all trained": spread([1000 * wait for wait in busy], 0) | {"n": len(busy)}}
                if busy
                else {}
            ),
        },
        "answers": answers,
        "cost": asdict(cost),
    }


def added(there: dict, found: dict, lecture: bool) -> dict:
    """Return what is stored, with one more run, and the sizes that follow from all runs that trained."""
    name = f"{found['learners']} learners" + (", LECTURE = True" if lecture else "")
    runs = there.get("runs", {}) | {name: found}
    costs = [Cost(**run["cost"]) for name, run in runs.items() if "LECTURE" not in name]
    return {"runs": runs} | ({"sizes": table(together(costs))} if costs else {})


def _size(folder: Path) -> float:
    """Return the MiB on disc of the files in a folder."""
    return (
        sum(
            path.stat().st_blocks * 512
            for path in folder.rglob("*")
            if path.is_file() and not path.is_symlink()
        )
        / MIB
    )
