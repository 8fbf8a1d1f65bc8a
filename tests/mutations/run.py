"""Put each fault of `faults.py` into a copy of the course, and see which quick test notices it.

    python tests/mutations/run.py               all faults (a quarter of an hour on one core)
    python tests/mutations/run.py --only beam   those whose names contain "beam"

Prints a table. The exit status is 1 if a fault survives, or stops the tests from running at all: one that
anybody would notice proves nothing.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from fault import Fault
from faults import FAULTS, TESTS

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("course_utils", "tests", "pyproject.toml")  # what the tests need besides is linked to
LIMIT = 600  # seconds for the tests of one fault

# Each process of tests begins as a copy of one that has imported what takes long (not on Windows).
FORKS = "forkserver" in multiprocessing.get_all_start_methods()
FRESH = multiprocessing.get_context("forkserver" if FORKS else "spawn")
PRELOADED = ["torch._dynamo", "hypothesis.extra.numpy", "sacrebleu", "matplotlib.pyplot", "xdist", "pytest"]
if FORKS:
    FRESH.set_forkserver_preload(PRELOADED)


def copy(folder: Path) -> None:
    """Lay the repository out in `folder`."""
    for path in ROOT.iterdir():
        if path.name.startswith("."):
            continue
        if path.name not in COPIED:
            (folder / path.name).symlink_to(path)
        elif path.is_dir():
            shutil.copytree(path, folder / path.name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(path, folder)


def _pytest(folder: Path, tests: Sequence[str]) -> None:
    os.chdir(folder)
    sys.path.insert(0, str(folder))
    # Nothing compiled: a file that is changed twice within a second might be taken for the first.
    sys.dont_write_bytecode = True
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # what these tests don't use takes seconds to load
    options = ["-o", "addopts=", "-p", "xdist.plugin", "-p", "no:cacheprovider"]
    options += ["-m", "not slow", "-x", "-q", "-rf", "-n0", "--tb=short"]
    with open("output.txt", "w", encoding="utf-8") as file, redirect_stdout(file), redirect_stderr(file):
        sys.exit(pytest.main([*options, *tests]))


def run_tests(folder: Path, tests: Sequence[str]) -> tuple[int | None, str]:
    """Run the quick ones of these tests up to the first that fails: pytest's exit status and output.

    In a process of its own, which has imported no part of the course yet. No status: it took too long.
    """
    process = FRESH.Process(target=_pytest, args=(folder, [f"tests/unit/test_{test}" for test in tests]))
    process.start()
    process.join(LIMIT)
    if process.is_alive():
        process.kill()
        process.join()
        return None, ""
    return process.exitcode, (folder / "output.txt").read_text("utf-8")


def caught_by(folder: Path, fault: Fault) -> str | None:
    """Return the test that fails with `fault`; None if none does. Raises RuntimeError if they can't run."""
    path = folder / "course_utils" / fault.file
    sound = path.read_text("utf-8")
    if sound.count(fault.old) != 1:
        raise RuntimeError(f"its old text occurs {sound.count(fault.old)} times in {fault.file}")
    path.write_text(sound.replace(fault.old, fault.new), "utf-8")
    try:
        status, output = run_tests(folder, [f"{name}.py" for name in TESTS[fault.file]])
    finally:
        path.write_text(sound, "utf-8")
    if status is None:
        return f"the clock: {LIMIT} s"
    if status == 0:
        return None
    failed = re.search(r"^FAILED tests/unit/test_(\S+?::\w+)", output, re.MULTILINE)
    if failed is None:
        raise RuntimeError("the tests do not run:\n" + output[-2000:])
    return failed[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument(
        "--only", nargs="+", default=[""], metavar="NAME", help="only faults whose names contain one of these"
    )
    only = parser.parse_args().only
    os.environ["OMP_NUM_THREADS"] = "1"
    chosen = [fault for fault in FAULTS if any(part in fault.name for part in only)]
    if not chosen:
        parser.error(f"no fault has {' or '.join(only)} in its name")
    wrong, catching = 0, {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        copy(folder)
        for fault in chosen:
            started = time.perf_counter()
            try:
                found = caught_by(folder, fault)
                if found and "::" in found:
                    catching[found] = None
            except RuntimeError as error:
                found = f"BROKEN: {error}"
            wrong += found is None or found.startswith("BROKEN")
            seconds = time.perf_counter() - started
            print(f"{fault.name:58} {seconds:5.1f} s  {found or 'SURVIVED'}", flush=True)
        status, output = run_tests(folder, list(catching)) if catching else (0, "")
        if status != 0:  # None: they took too long
            sys.exit(f"a test fails without any fault, or they take too long:\n{output[-3000:]}")
    print(f"\n{len(chosen) - wrong} of {len(chosen)} faults are caught, by tests that pass without them")
    sys.exit(wrong > 0)


if __name__ == "__main__":
    main()
