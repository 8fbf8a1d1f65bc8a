from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, settings

# How many cases of each property: HYPOTHESIS_PROFILE=thorough, or pytest's --hypothesis-profile=thorough.
# The few of `quick` are always the same, so that a red test is red again.
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
settings.register_profile("quick", PATIENT, max_examples=50, derandomize=True)
settings.register_profile("thorough", PATIENT, max_examples=3000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


@pytest.fixture(autouse=True)
def _same_random_numbers() -> None:
    """Every test draws the same random numbers, whichever ran before it."""
    torch.manual_seed(0)


@pytest.fixture(scope="module")
def corpus_tools() -> Iterator[None]:
    """What is in tools/corpus can be imported."""
    before = list(sys.path)
    sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools" / "corpus"))
    yield
    sys.path[:] = before
