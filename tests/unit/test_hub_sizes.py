"""The sizes of a hub for a class, from what one learner used (tests/hub/sizes.py)."""

from __future__ import annotations

import importlib.util
import json
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def hub() -> ModuleType:
    spec = importlib.util.spec_from_file_location("hub_sizes", ROOT / "tests" / "hub" / "sizes.py")
    assert spec is not None and spec.loader is not None
    module = sys.modules["hub_sizes"] = importlib.util.module_from_spec(spec)  # dataclasses look there
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def cost(hub: ModuleType):
    return hub.Cost(memory=800, shared=100, kernel=500, training_cpu=75, disk=10, hub=160, installed=1500)


def test_what_follows_for_one_learner(hub: ModuleType, cost) -> None:
    found = hub.sizes(cost, 30)
    assert found.memory_guarantee == 1024  # 900, in steps of 128
    assert found.memory_limit == 1536  # and a second kernel that trains, in steps of 256
    assert (found.cpu_guarantee, found.cpu_limit) == (0.25, 1.0)  # 75 seconds of a core in 5 minutes
    assert found.disk == 64


def test_a_class_is_the_sum_of_its_learners(hub: ModuleType, cost) -> None:
    thirty, many = hub.sizes(cost, 30), hub.sizes(cost, 300)
    assert replace(many, class_memory=0, class_cores=0, class_disk=0) == replace(
        thirty, class_memory=0, class_cores=0, class_disk=0
    )
    assert thirty.class_cores == 8 and many.class_cores == 75
    assert thirty.class_memory == 31 * 1024 and many.class_memory == 301 * 1024
    assert thirty.class_disk == 4 * 1024 and many.class_disk == 21 * 1024


def test_nothing_is_rounded_down(hub: ModuleType, cost) -> None:
    for step in range(60):
        other = replace(cost, memory=700 + 9.7 * step, training_cpu=20 + 7.3 * step, disk=3.1 * step)
        found = hub.sizes(other, 30)
        assert found.memory_guarantee >= other.memory + other.shared
        assert found.memory_limit >= found.memory_guarantee + other.kernel
        assert found.cpu_guarantee == 1 or 300 * found.cpu_guarantee >= other.training_cpu
        assert found.class_cores >= 30 * found.cpu_guarantee - 1e-6
        assert found.class_disk >= 30 * found.disk + other.installed


def test_a_training_uses_one_core_at_most(hub: ModuleType, cost) -> None:
    assert hub.sizes(cost, 1, minutes=0.5).cpu_guarantee == 1
    assert hub.sizes(cost, 1, minutes=2.5).cpu_guarantee == 0.5


def test_a_machine_holds_what_is_guaranteed(hub: ModuleType, cost) -> None:
    found = hub.sizes(cost, 30)
    assert hub.per_machine(found, cores=16, memory=64 * 1024) == 64  # both run out at once
    assert hub.per_machine(found, cores=8, memory=64 * 1024) == 32
    assert hub.per_machine(found, cores=16, memory=16 * 1024) == 16


@pytest.mark.parametrize(("learners", "minutes"), [(0, 5), (-1, 5), (30, 0)])
def test_a_class_without_learners_or_time_is_refused(
    hub: ModuleType, cost, learners: int, minutes: float
) -> None:
    with pytest.raises(ValueError, match="a class has at least one learner"):
        hub.sizes(cost, learners, minutes)


def test_of_several_runs_the_largest_counts_but_the_quietest_training(hub: ModuleType, cost) -> None:
    other = replace(cost, memory=900, training_cpu=150, disk=5)
    assert hub.together([cost, other]) == replace(cost, memory=900)
    assert hub.together([other]) == other


def test_the_stored_sizes_follow_from_the_stored_runs_and_stand_on_the_page(hub: ModuleType) -> None:
    stored = json.loads((ROOT / "data" / "results" / "hub.json").read_text("utf-8"))
    runs = stored["runs"]
    assert runs["20 learners"]["training_at_once"] == 20 and not any(run["failed"] for run in runs.values())
    costs = [hub.Cost(**run["cost"]) for name, run in runs.items() if "LECTURE" not in name]
    assert stored["sizes"] == hub.table(hub.together(costs))
    page = (ROOT / "lecture" / "hub.md").read_text("utf-8")
    for learners, found in stored["sizes"].items():
        memory, disk = found["class_memory"] // 1024, found["class_disk"] // 1024
        assert f"| {learners} | {memory} | {found['class_cores']} | {disk} |" in page
    assert f"| {found['memory_guarantee']}M | {found['memory_limit']}M |" in page
    assert page.count(f"guarantee: {found['memory_guarantee']}M") == 1
    assert page.count(f"limit: {found['memory_limit']}M") == 1
    assert page.count(f"guarantee: {found['cpu_guarantee']}") == 1
    assert f"limits.memory {found['memory_limit']}M" in page
