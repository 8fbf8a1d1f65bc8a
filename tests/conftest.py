"""For all tests: how many cases of each property; at the end, how long each notebook took."""

from __future__ import annotations

import os
from collections import defaultdict

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before torch: tests run side by side, a core each

import pytest  # noqa: E402
from hypothesis import HealthCheck, settings  # noqa: E402

# HYPOTHESIS_PROFILE=thorough, or pytest's --hypothesis-profile=thorough, tries more. The cases of `quick` are
# always the same, so that a red test is red again. None has a time limit.
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
settings.register_profile("quick", PATIENT, max_examples=100, derandomize=True)
settings.register_profile("thorough", PATIENT, max_examples=3000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


def pytest_xdist_auto_num_workers() -> int:
    """One for each core, four at most."""
    return min(os.cpu_count() or 1, 4)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line a notebook: the seconds that its cells ran."""
    seconds: dict[str, float] = defaultdict(float)
    for reports in terminalreporter.stats.values():
        for report in reports:
            if isinstance(report, pytest.TestReport) and ".ipynb::" in report.nodeid:
                seconds[report.nodeid.partition("::")[0]] += report.duration
    if seconds:
        terminalreporter.section("notebooks")
        for name, time in seconds.items():
            terminalreporter.line(f"{time:6.1f} s  {name}")
        terminalreporter.line(f"{sum(seconds.values()):6.1f} s  together")
