"""Change the course's core in two thousand small ways, one at a time: do the quick tests notice each?

    python tests/mutations/mutate.py            all modules (hours)
    python tests/mutations/mutate.py model.scores text.vocab
    python tests/mutations/mutate.py --again    only what was not killed last time

mutmut (https://mutmut.readthedocs.io) makes the changes, mutants, in a copy of the package, and runs for each
the tests that reach the changed function. What is in `results.json` comes from here: for each module the
number of mutants; how many a test killed, how many took far too long and were stopped, and how many survived.
Of these, so many are equivalent: they are named in `equivalent.toml`, with the reason why no test can or
should tell them from the original. The exit status is 1 if any other mutant survived.

What is not mutated: the arguments of ``raise``, so what an error says (the tests match its main words);
type hints; names and constants outside functions. mutmut passes over functions with a decorator; the copy
has ``f = decorator(f)`` after each instead.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
RESULTS = HERE / "results.json"
EQUIVALENT = HERE / "equivalent.toml"
WAITING = ("not checked", "check was interrupted by user")  # as mutmut tells

# Of each module the tests that are run: tests/unit/test_….py, without those that train.
MODULES = {
    "model.scores": ("scores", "seq2seq"),
    "text.batching": ("batching", "seq2seq", "real_text::test_a_batch_has_no_more_tokens_than_it_may"),
    "model.search": ("translator",),
    "model.decoders": ("seq2seq", "own_attention"),
    "model.encoder": ("seq2seq",),
    "model.seq2seq": ("seq2seq", "real_text::test_smoothing_is_that_of_torch"),
    "text.vocab": ("vocab",),
    "numpy_attention": ("numpy_attention",),
    "analysis.evaluation": ("evaluation",),
    "analysis.alignments": ("alignments", "evaluation"),
}
# A mutant that takes far longer than its tests do is stopped: it loops, say. (Not on a busy machine, please.)
CONFIG = """
[tool.mutmut]
source_paths = ["course_utils"]
only_mutate = ["{file}"]
do_not_mutate_patterns = ['raise \\w+\\(']
pytest_add_cli_args = ["-m", "not slow", "-p", "xdist.plugin", "-n0", "-p", "no:cacheprovider"]
pytest_add_cli_args_test_selection = [{tests}]
process_isolation = "forkserver"
timeout_multiplier = 5.0
timeout_constant = 10.0
use_git_change_detection = false

[tool.pytest.ini_options]
markers = ["slow"]
"""


def file_of(module: str) -> Path:
    """Return where a module of the course is, from the repository's root."""
    return Path("course_utils", *module.split(".")).with_suffix(".py")


def undecorated(source: str) -> str:
    """Return a module with ``f = decorator(f)`` after a function where ``@decorator`` stood before it."""
    lines = source.splitlines()
    functions = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)]
    for node in sorted(functions, key=lambda node: -node.lineno):  # from below: the line numbers stay right
        for decorator in node.decorator_list:
            name = ast.unparse(decorator)
            if name not in ("staticmethod", "classmethod", "abstractmethod"):
                lines.insert(
                    node.end_lineno or 0, f"{' ' * node.col_offset}{node.name} = {name}({node.name})"
                )
                lines[decorator.lineno - 1] = ""
    return "\n".join(lines) + "\n"


def copy(folder: Path, module: str) -> None:
    """Copy the package and the tests of `module` into `folder`, with mutmut's configuration."""
    for part in ("course_utils", "tests"):
        shutil.rmtree(folder / part, ignore_errors=True)
    shutil.copytree(
        ROOT / "course_utils", folder / "course_utils", ignore=shutil.ignore_patterns("__pycache__")
    )
    path = folder / file_of(module)
    path.write_text(undecorated(path.read_text("utf-8")), "utf-8")
    (folder / "tests" / "unit").mkdir(parents=True)
    shutil.copy(ROOT / "tests" / "conftest.py", folder / "tests")  # no time limit for a property
    tests = [test.partition("::") for test in MODULES[module]]
    for name in {"conftest", "toy", *(f"test_{name}" for name, _, _ in tests)}:
        shutil.copy(ROOT / "tests" / "unit" / f"{name}.py", folder / "tests" / "unit")
    config = CONFIG.format(
        file=file_of(module).as_posix(),
        tests=", ".join(f'"tests/unit/test_{name}.py{colons}{test}"' for name, colons, test in tests),
    )
    (folder / "pyproject.toml").write_text(config, "utf-8")


def mutmut(folder: Path, *arguments: str, quiet: bool = True) -> str:
    """Run mutmut in `folder`; return what it printed."""
    environment = os.environ | {
        "OMP_NUM_THREADS": "1",
        "MPLBACKEND": "agg",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }
    done = subprocess.run(
        [sys.executable, "-m", "mutmut", *arguments],
        cwd=folder,
        env=environment,
        text=True,
        stdout=subprocess.PIPE if quiet else None,
    )
    if done.returncode:
        raise SystemExit(f"mutmut {arguments[0]} ended with {done.returncode}:\n{done.stdout or ''}")
    return done.stdout or ""


def statuses(folder: Path) -> dict[str, str]:
    """Return of each mutant's name what became of it: killed, survived, timeout, no tests, not checked …"""
    rows = (line.strip().partition(": ") for line in mutmut(folder, "results", "--all", "true").splitlines())
    return {name: status for name, _, status in rows if "__mutmut_" in name}


def place(name: str) -> tuple[str, str]:
    """Return a mutant's module and function: ("model.scores", "DotScore.forward")."""
    module, _, mangled = name.removeprefix("course_utils.").rpartition(".")
    function = re.sub(r"^x[_ǁ]", "", mangled).rpartition("__mutmut_")[0]
    return module, function.replace("ǁ", ".")


def change(folder: Path, name: str) -> tuple[str, str]:
    """Return the lines that a mutant lacks, and those that it has instead."""
    lines = mutmut(folder, "show", name).splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("@@"))
    gone, new = (
        "\n".join(line[1:].strip() for line in lines[start:] if line.startswith(sign)) for sign in "-+"
    )
    return gone, new


def named_equivalent() -> set[tuple[str, str, str, str]]:
    """Return module, function, old and new lines of each mutant in `equivalent.toml`."""
    table = tomllib.loads(EQUIVALENT.read_text("utf-8"))["mutant"]
    return {(row["module"], row["function"], row["old"], row["new"]) for row in table}


def surviving(found: dict[str, str]) -> Iterator[str]:
    """Yield the mutants that no test noticed, or perhaps none: their process crashed, say."""
    return (name for name, status in found.items() if status not in ("killed", "timeout", *WAITING))


def report(folder: Path, module: str) -> dict[str, int] | None:
    """Print what survived without a name; return the numbers of mutants, None if some are not tried yet."""
    found, named, equivalent = statuses(folder), named_equivalent(), 0
    survivors = list(surviving(found))
    for name in survivors:
        row = (*place(name), *change(folder, name))
        if row in named:
            equivalent += 1
        else:
            print(f"\n{name}: {found[name]}\n- {row[2]}\n+ {row[3]}")
    counts = Counter(found.values())
    if waiting := sum(counts[status] for status in WAITING):
        print(f"{module}: {waiting} of {len(found)} mutants are not tried yet")
        return None
    return {
        "mutants": len(found),
        "killed": counts["killed"],
        "timeout": counts["timeout"],
        "survived": len(survivors),
        "equivalent": equivalent,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("modules", nargs="*", help=f"of {', '.join(MODULES)}; all of them, if none is named")
    parser.add_argument(
        "--again", action="store_true", help="try only those that were not killed, with new tests"
    )
    parser.add_argument("--report", action="store_true", help="run nothing; tell what was found before")
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "mutations", help="where to work")
    options = parser.parse_args()
    modules = options.modules or list(MODULES)
    if unknown := set(modules) - set(MODULES):
        parser.error(f"there is no module {unknown.pop()} here; choose of {', '.join(MODULES)}")
    table = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {}
    for module in modules:
        folder = options.folder / module
        if not options.report:
            folder.mkdir(parents=True, exist_ok=True)
            copy(folder, module)
            names: list[str] = []
            if options.again:
                names = [n for n, status in statuses(folder).items() if status not in ("killed", *WAITING)]
            if names or not options.again:
                mutmut(folder, "run", "--max-children", "1", *names, quiet=False)
        if counts := report(folder, module):
            table[module] = counts
            ordered = {name: table[name] for name in MODULES if name in table}
            RESULTS.write_text(json.dumps(ordered, indent=2) + "\n", "utf-8")
    print(f"\n{'module':22}{'mutants':>9}{'killed':>9}{'timeout':>9}{'survived':>10}{'equivalent':>12}")
    for module in [name for name in MODULES if name in table and name in modules]:
        mutants, killed, timeout, survived, equivalent = table[module].values()
        share = f"{100 * (killed + timeout) / mutants:6.1f} %"
        print(f"{module:22}{mutants:9}{killed:9}{timeout:9}{survived:10}{equivalent:12}{share}")
    unnamed = sum(table[name]["survived"] - table[name]["equivalent"] for name in modules if name in table)
    sys.exit(unnamed > 0 or not table.keys() >= set(modules))


if __name__ == "__main__":
    main()
