"""Memory and CPU of every learner: their server, their kernels and whatever else they started."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType

import psutil

from hub import Hub

MIB = 1024 * 1024
EVERY = 10.0  # seconds between two readings, which cost CPU, too
RESERVE = 700 * MIB  # with less memory than this left the hub is stopped, before the machine suffers


@dataclass
class Use:
    """What one user used: peaks of memory in MiB, CPU in seconds.

    Pages that several processes read (PyTorch's code, say) count in `rss` for each of them, in `pss` each
    for its share, and in `uss` not at all.
    """

    rss: float = 0.0
    pss: float = 0.0
    uss: float = 0.0
    kernel: float = 0.0  # the uss of the largest process
    cpu: float = 0.0


class Meter:
    """Reads in a thread of its own while its block runs."""

    def __init__(self, hub: Hub, names: Sequence[str]) -> None:
        self.hub = hub
        self.uses = {name: Use() for name in (*names, "")}  # "": the hub and its proxy
        self.together = Use()  # all learners at one moment: the largest sums
        self.stopped = ""  # why, if the hub had to be stopped
        self._cpu: dict[psutil.Process, float] = {}  # seconds of each process, also of those that ended
        self._end, self._lock = threading.Event(), threading.Lock()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Meter:
        self._thread.start()
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._end.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._end.wait(EVERY):
            self.read()
            if psutil.virtual_memory().available < RESERVE:
                self.stopped = "the machine's memory was nearly used up"
                self.hub.process.terminate()
                return

    def read(self) -> None:
        """Take a reading of everybody, and keep the peaks."""
        with self._lock:
            total = Use()
            for name, processes in self.hub.processes().items():
                if name in self.uses:
                    now = self._read(self.uses[name], processes)
                    if name:
                        _add(total, now)
            _keep(self.together, total)

    def cpu(self, name: str) -> float:
        """Return the CPU seconds that a user has used so far."""
        with self._lock:
            self._read(self.uses[name], self.hub.processes().get(name, []))
            return self.uses[name].cpu

    def _read(self, kept: Use, processes: Sequence[psutil.Process]) -> Use:
        now = Use(cpu=kept.cpu)
        for process in processes:
            try:
                memory, cpu = process.memory_full_info(), process.cpu_times()
            except psutil.Error:  # it ended at this moment
                continue
            _add(now, Use(memory.rss / MIB, memory.pss / MIB, memory.uss / MIB))
            now.kernel = max(now.kernel, memory.uss / MIB)
            now.cpu += cpu.user + cpu.system - self._cpu.get(process, 0.0)
            self._cpu[process] = cpu.user + cpu.system
        _keep(kept, now)
        return now


def _add(total: Use, use: Use) -> None:
    for what, value in vars(use).items():
        setattr(total, what, getattr(total, what) + value)


def _keep(peaks: Use, use: Use) -> None:
    for what, value in vars(use).items():
        setattr(peaks, what, max(getattr(peaks, what), value))
