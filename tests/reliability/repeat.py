"""Run the tests again and again, and name those that do not always end alike: ``make reliability``.

    python tests/reliability/repeat.py             # thousands of random cases; then all tests, ten times
    python tests/reliability/repeat.py --times 3 tests/unit/test_vocab.py -n 0

What follows the options goes to pytest. Without it, first the properties are tried with thousands of cases,
and what the shipped models reach with other sets of a processor's instructions. Each run has another
PYTHONHASHSEED. The exit status is 0 if every test passed, or was skipped, in every run.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections import Counter, defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SIDE_BY_SIDE = ("-n", "auto", "--dist", "loadfile", "--no-loadscope-reorder")
GOOD = {"passed", "skipped"}
UNIT = "tests/unit"
MODELS = [f"{UNIT}/test_{name}.py" for name in ("pretrained", "padding_invariance", "scores", "transformer")]
# What is run once, by the environment that it needs.
ONCE = {
    ("HYPOTHESIS_PROFILE", "thorough"): [
        f"{UNIT}/test_properties_text.py",
        f"{UNIT}/test_properties_model.py",
        f"{UNIT}/test_fuzz.py",
    ],
    ("ATEN_CPU_CAPABILITY", "default"): MODELS,
    ("ATEN_CPU_CAPABILITY", "avx2"): MODELS,
}


def outcomes(report: Path) -> dict[str, str]:
    """Return how each test ended, from pytest's report in JUnit's XML; an error counts more than a pass."""
    found: dict[str, str] = {}
    for case in ET.parse(report).iter("testcase"):
        name = f"{case.get('classname')}::{case.get('name')}"
        ends = [kind for kind in ("error", "failure", "skipped") if case.find(kind) is not None]
        if name not in found or ends:
            found[name] = ends[0] if ends else "passed"
    return found


def run(number: int, arguments: list[str], folder: Path, name: str, value: str) -> dict[str, str]:
    """Run pytest once, in an environment; return how each test ended. Raises RuntimeError if none was run."""
    report, printed = folder / f"{number}.xml", folder / f"{number}.txt"
    print(f"run {number}, {name}={value}", flush=True)
    start = time.perf_counter()
    with printed.open("w") as out:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *arguments, "-q", f"--junit-xml={report}"],
            cwd=ROOT,
            env={**os.environ, name: value},
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    found = outcomes(report) if report.is_file() else {}
    if not found or done.returncode not in (0, 1):  # 1: tests failed; above it: no tests, or not all of them
        raise RuntimeError(f"run {number} ended with status {done.returncode}: see {printed}")
    counts = ", ".join(f"{n} {end}" for end, n in sorted(Counter(found.values()).items()))
    seconds = time.perf_counter() - start
    print(f"  {counts}; exit status {done.returncode}; {seconds:.0f} s", flush=True)
    return found


def flakes(runs: list[dict[str, str]]) -> dict[str, Counter[str]]:
    """Return the tests that did not end well, or not alike in all runs (``missing``: a run lacks it)."""
    ends: dict[str, Counter[str]] = defaultdict(Counter)
    for name in {name for found in runs for name in found}:
        ends[name] = Counter(found.get(name, "missing") for found in runs)
    return {name: count for name, count in sorted(ends.items()) if len(count) > 1 or not set(count) & GOOD}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--times", type=int, default=10, metavar="N", help="how many runs (default: 10)")
    options, arguments = parser.parse_known_args()
    if options.times < 0 or (arguments and not options.times):
        parser.error(f"--times {options.times} runs nothing")
    folder = Path(tempfile.mkdtemp(prefix="runs-"))
    print(f"what each run printed is in {folder}", flush=True)
    found = {}
    if not arguments:
        arguments = [*SIDE_BY_SIDE]
        for number, (setting, files) in enumerate(ONCE.items(), 100):
            found |= flakes([run(number, [*SIDE_BY_SIDE, *files], folder, *setting)])
    numbers = range(1, options.times + 1)
    found |= flakes([run(number, arguments, folder, "PYTHONHASHSEED", str(number)) for number in numbers])
    for name, count in found.items():
        print(f"{name}: " + ", ".join(f"{n} × {end}" for end, n in count.most_common()))
    print(f"{len(found)} tests that failed, or did not end alike in {options.times} runs")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
