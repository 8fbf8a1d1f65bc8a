"""A class on a real JupyterHub: everybody logs in, runs lesson 2, and trains in lesson 5, all at once.

    python tests/hub/run.py                  20 learners, 35 minutes on two cores
    python tests/hub/run.py --lecture        the same with LECTURE = True: nothing trains
    python tests/hub/run.py --learners 2     a try, written nowhere without --output FILE

Installs JupyterHub and its proxy (which needs Node.js 20) into build/hub/ the first time. All of it runs
on this machine, on 127.0.0.1, and everything is stopped at the end. Measured: does anybody fail, memory
and CPU of each learner, what the lecturer waits for a simple cell meanwhile, and whether files are kept
apart. Ends with status 1 if anybody failed.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
import time
from pathlib import Path

import psutil

from apart import apart
from course_utils.files import write_atomically
from environment import ROOT, install
from hub import Hub, running_hub
from learner import Learner, lesson
from meter import Meter
from report import added, latency, report

RESULTS = ROOT / "data" / "results" / "hub.json"
READ, TRAINED = "02_attention_by_hand", "05_open_book_exam"
EACH = 0.75  # GiB, what a learner takes: a machine that has less is not loaded
QUIET, PAUSE = 20, 2.0  # simple cells before the class comes; seconds between two while it works


def study(learner: Learner, lessons: dict[str, list[str]], in_browser: bool) -> None:
    """Log in and run the lessons, cell by cell; tell what went wrong."""
    try:
        if in_browser:
            from browser import study_in_browser

            study_in_browser(learner, {name: len(cells) for name, cells in lessons.items()})
            learner.log_in()
        else:
            learner.log_in()
            learner.spawn()
            for name, cells in lessons.items():
                learner.study(name, cells)
    except Exception as error:  # whatever happens to one learner, the others go on
        learner.told.failed = f"{type(error).__name__}: {error}"
    print(f"{learner.name}: {learner.told.failed or 'done'}", flush=True)


def hold_class(hub: Hub, names: list[str], browser: bool) -> dict:
    """Let the class work, and return what was measured."""
    paths = {name: hub.folder / "lessons" / f"{name}.ipynb" for name in (READ, TRAINED)}
    lessons = {name: lesson(path, until_trained=name == TRAINED) for name, path in paths.items()}
    with Meter(hub, names) as meter:
        lecturer = Learner(hub, "lecturer")
        lecturer.log_in()
        lecturer.spawn()
        kernel = lecturer.open("notebooks/01_bottleneck.ipynb")
        quiet, waits = [latency(kernel) for _ in range(QUIET)], []
        learners = [Learner(hub, name, meter.cpu) for name in names]
        threads = [
            threading.Thread(
                target=study, args=(learner, lessons, browser and learner is learners[0]), daemon=True
            )
            for learner in learners
        ]
        begun = time.monotonic()
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads) and not meter.stopped:
            time.sleep(PAUSE)
            try:
                waits.append(latency(kernel))
            except Exception:
                if not meter.stopped:  # the hub is still there
                    raise
        took = time.monotonic() - begun
        meter.read()
        done = [learner for learner in learners if not learner.told.failed]
        answers = {} if meter.stopped else apart(done, TRAINED)
    folders = [hub.folder / "learners" / name for name in names]
    return report(meter, [learner.told for learner in learners], quiet, waits, answers, folders, took)


def main() -> None:
    """Install, start, measure, stop, write."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--learners", type=int, default=20, metavar="N")
    parser.add_argument("--lecture", action="store_true", help="with LECTURE = True: nothing trains")
    parser.add_argument("--no-browser", action="store_true", help="nobody uses a real browser")
    parser.add_argument(
        "--before", default="", help="a command that starts each server (limits its memory, say)"
    )
    parser.add_argument("--pip-args", default="", help="passed on to pip install")
    parser.add_argument("--output", type=Path, help="default: data/results/hub.json, for 20 learners")
    options = parser.parse_args()
    output = options.output or (RESULTS if options.learners == 20 else None)
    free = psutil.virtual_memory().available / 2**30
    if free < EACH * options.learners + 1:
        sys.exit(
            f"{options.learners} learners need about {EACH * options.learners + 1:.0f} GiB of memory, and "
            f"{free:.0f} are free: try --learners {max(int((free - 1) / EACH), 1)}."
        )
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the hub is stopped then, too
    environment = install(options.pip_args)
    names = [f"learner{i:02d}" for i in range(1, options.learners + 1)]
    with running_hub(environment, [*names, "lecturer"], options.lecture, options.before) as hub:
        found = hold_class(hub, names, browser=not options.no_browser)
    print(json.dumps(found, indent=2, ensure_ascii=False))
    if output is not None and not found["failed"]:
        there = json.loads(output.read_text("utf-8")) if output.exists() else {}
        text = json.dumps(added(there, found, options.lecture), indent=2, ensure_ascii=False)
        write_atomically(output, f"{text}\n".encode())
    sys.exit(1 if found["failed"] else 0)


if __name__ == "__main__":
    main()
