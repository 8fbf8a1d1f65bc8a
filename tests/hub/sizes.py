"""What a hub needs for a class, from what one learner used. Nothing here measures anything."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any


@dataclass(frozen=True)
class Cost:
    """What a learner costs, the largest of those measured. Memory and disc in MiB, CPU in seconds."""

    memory: float  # of their own: server, and the kernels of a lesson that is read and one that trains
    shared: float  # pages that all learners on one machine read: once a machine
    kernel: float  # of this, the kernel that trains
    training_cpu: float
    disk: float  # their folder
    hub: float  # memory of the hub and its proxy
    installed: float  # disc: the environment and the course, once a machine


@dataclass(frozen=True)
class Sizes:
    """What to write into a hub's settings, and the sum for a class. Memory and disc in MiB, CPU in cores."""

    memory_guarantee: int
    memory_limit: int
    cpu_guarantee: float
    cpu_limit: float
    disk: int
    class_memory: int
    class_cores: int
    class_disk: int


def together(costs: Sequence[Cost]) -> Cost:
    """Return one cost for several runs: of each thing the largest, but of the training's CPU the smallest.

    On an overloaded machine a training takes longer, and draws its live curve more often.
    """
    largest = {field.name: max(getattr(cost, field.name) for cost in costs) for field in fields(Cost)}
    return Cost(**largest | {"training_cpu": min(cost.training_cpu for cost in costs)})


def sizes(cost: Cost, learners: int, minutes: float = 5.0) -> Sizes:
    """Return the sizes for a class in which all train at once, and nobody waits longer than `minutes`.

    The memory guaranteed is what the largest learner used, in steps of 128 MiB; the limit leaves room for
    one more kernel that trains. The CPU guaranteed makes the training last `minutes` when everybody
    trains, in steps of 0.05 cores; more than one core a training can't use. Raises ValueError for a class
    without learners, and for no time.
    """
    if learners < 1 or minutes <= 0:
        raise ValueError("a class has at least one learner, and a training takes some time")
    guarantee = _up(cost.memory + cost.shared, 128)
    share = min(_up(100 * cost.training_cpu / (60 * minutes), 5) / 100, 1.0)
    disk = _up(2 * cost.disk, 64)  # as much again for what they train and write
    return Sizes(
        memory_guarantee=guarantee,
        memory_limit=_up(guarantee + cost.kernel, 256),
        cpu_guarantee=share,
        cpu_limit=1.0,
        disk=disk,
        class_memory=_up(learners * guarantee + cost.hub, 1024),
        class_cores=math.ceil(round(learners * share, 6)),
        class_disk=_up(learners * disk + cost.installed, 1024),
    )


def per_machine(found: Sizes, cores: int, memory: int) -> int:
    """Return for how many learners a machine has what is guaranteed: `cores`, `memory` in MiB."""
    return min(int(round(cores / found.cpu_guarantee, 6)), memory // found.memory_guarantee)


def table(cost: Cost, classes: tuple[int, ...] = (30, 300)) -> dict[str, dict[str, Any]]:
    """Return the sizes for classes of some sizes, as they are written to data/results/hub.json."""
    return {str(learners): asdict(sizes(cost, learners)) for learners in classes}


def _up(value: float, step: int) -> int:
    """Round up to a multiple of `step`."""
    return step * math.ceil(round(value / step, 6))
