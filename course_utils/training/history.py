"""What is measured while a model trains."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class History:
    """What was measured on the way. Losses are cross-entropies in nats a target token."""

    loss: list[float] = field(default_factory=list)  # of each update's batch
    valid_update: list[int] = field(default_factory=list)  # after which update we validated …
    valid_loss: list[float] = field(default_factory=list)  # … and what we found, teacher-forced
    valid_accuracy: list[float] = field(default_factory=list)  # token accuracy, 0 to 100
    seconds: float = 0.0

    def epochs_since_best(self) -> int:
        """Return how many epochs have passed since the best validation loss; 0 before the first."""
        losses = self.valid_loss
        return losses[::-1].index(min(losses)) if losses else 0
