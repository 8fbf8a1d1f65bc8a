"""How fast is the course? Measured again, beside its peers, on your machine.

    python tests/benchmarks/run.py [PART …] [--quick] [--jobs 2]

Parts: good-model, rate, decoding, limit, scaling, course (all of them, in this order). Each is a module that
measures, and that says what it measured. Its results are in data/results/benchmarks.json as soon as it is
done: after a stop, name the parts that are left. Allow an hour or so, most of it for good-model.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from importlib import import_module
from types import ModuleType

os.environ["OMP_NUM_THREADS"] = "1"  # before torch: everyone gets one thread

import torch  # noqa: E402

import peers  # noqa: E402
import plots  # noqa: E402
import report  # noqa: E402
from course_utils.files import write_atomically  # noqa: E402
from report import BUILD, Options  # noqa: E402

PARTS = ("good-model", "rate", "decoding", "limit", "scaling", "course")  # decoding needs good-model's models
WITH_PEERS = ("good-model", "rate", "decoding")


def module_of(part: str) -> ModuleType:
    return import_module(part.replace("-", "_"))


def measure(part: str, options: Options) -> None:
    """Measure a part in this process, and put what was found into the file of results."""
    torch.set_num_threads(1)
    began = time.perf_counter()
    found = module_of(part).measure(options)
    found["minutes"] = round((time.perf_counter() - began) / 60, 1)
    report.store(report.path_of(options), part, found, report.machine())


def tell(options: Options) -> None:
    """Print all results as tables; write them as a page of Markdown, with pictures, beside their file."""
    path = report.path_of(options)
    results = report.load(path)
    pictures = plots.draw(results, path.parent)
    sections = []
    for part in PARTS:
        if part in results:
            module, found = module_of(part), results[part]
            text, tables = module.SAYS.format(**found), module.tables(found)
            sections.append((module.TITLE, text, tables, pictures.get(part, "")))
            print(f"\n{module.TITLE}. {text}", *tables, sep="\n\n")
    write_atomically(path.with_suffix(".md"), report.page(results, sections).encode())


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)} (all)")
    parser.add_argument("--quick", action="store_true", help="so little that the numbers mean nothing")
    parser.add_argument("--jobs", type=int, default=1, help="how many trainings go side by side (1)")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if unknown := {*asked.parts} - {*PARTS}:
        parser.error(f"there is no part {', '.join(sorted(unknown))}; choose of {', '.join(PARTS)}")
    options = Options(asked.quick, asked.jobs)
    for part in asked.parts or PARTS:
        if asked.here:
            measure(part, options)
            continue
        # A process of its own for each: the peers' Python where they are needed, and a clean memory.
        python = peers.environment(BUILD / "peers") if part in WITH_PEERS else sys.executable
        command = [str(python), __file__, part, "--here", "--jobs", str(asked.jobs)]
        if subprocess.run(command + ["--quick"] * asked.quick).returncode:
            print(f"The part {part} has failed, and those after it were not measured.", file=sys.stderr)
            return 1
    if not asked.here:
        tell(options)
    return 0


if __name__ == "__main__":
    sys.exit(main())
