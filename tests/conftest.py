"""For all tests: no time limit for a single example; at the end, how long each notebook took."""

from __future__ import annotations

from collections import defaultdict

import hypothesis
import pytest

hypothesis.settings.register_profile("patient", hypothesis.settings(), deadline=None)
hypothesis.settings.load_profile("patient")


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
