from __future__ import annotations

import pytest
import torch


@pytest.fixture(autouse=True)
def _same_random_numbers() -> None:
    """Every test draws the same random numbers, whichever ran before it."""
    torch.manual_seed(0)
