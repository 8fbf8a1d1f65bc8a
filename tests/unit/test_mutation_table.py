"""The named faults of tests/mutations fit the code as it is; whether they are caught, `run.py` tells."""

from __future__ import annotations

import ast
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MUTATIONS = ROOT / "tests" / "mutations"

sys.path.insert(0, str(MUTATIONS))
try:
    import mutate
    from fault import Fault
    from faults import FAULTS, TESTS
finally:
    sys.path.remove(str(MUTATIONS))


def test_a_mutant_is_killed_only_by_a_test() -> None:
    found = {"a": "killed", "b": "segfault", "c": "timeout", "d": "not checked", "e": "survived"}
    found |= {"f": "no tests", "g": "check was interrupted by user", "h": "suspicious"}
    assert [*mutate.surviving(found)] == ["b", "e", "f", "h"]


def test_there_are_faults_enough_and_each_has_its_name() -> None:
    assert len(FAULTS) >= 25
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_changes_one_place_and_the_file_still_parses(fault: Fault) -> None:
    sound = (ROOT / "course_utils" / fault.file).read_text("utf-8")
    assert sound.count(fault.old) == 1
    faulty = sound.replace(fault.old, fault.new)
    assert ast.dump(ast.parse(faulty)) != ast.dump(ast.parse(sound))


def test_the_tests_that_should_notice_are_there() -> None:
    assert TESTS.keys() == {fault.file for fault in FAULTS}
    for names in TESTS.values():
        assert all((ROOT / "tests" / "unit" / f"test_{name}.py").is_file() for name in names)


def test_the_named_equivalents_are_lines_of_the_code() -> None:
    """Otherwise the code has changed since they were looked at."""
    for row in tomllib.loads((MUTATIONS / "equivalent.toml").read_text("utf-8"))["mutant"]:
        source = (
            (ROOT / "course_utils" / Path(*row["module"].split("."))).with_suffix(".py").read_text("utf-8")
        )
        lines = [line.strip() for line in source.splitlines()]
        assert all(line in lines for line in row["old"].splitlines()), row
        assert row["why"]
