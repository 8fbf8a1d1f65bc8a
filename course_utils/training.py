"""Train a model: ``python -m course_utils.training --help``.

    for each update: a batch -> log-probabilities under teacher forcing -> cross-entropy -> Adam
    after each epoch: measure on the validation data, keep the best weights, save where we stand
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import torch
from torch import Tensor

from course_utils.batching import Batch, make_batches
from course_utils.checkpoints import Checkpoint, load_checkpoint, save_checkpoint
from course_utils.corpus import Pair
from course_utils.decoding import Translator
from course_utils.evaluation import teacher_forced_scores
from course_utils.models import ModelConfig, build_model, cross_entropy
from course_utils.vocab import Vocab


@dataclass(frozen=True)
class TrainingConfig:
    """How to train. The learning rate climbs over the first tenth of the updates, then falls to 0."""

    updates: int = 1540  # of 32 pairs: twice through the course's training data
    batch_size: int = 32
    learning_rate: float = 4e-3  # at its peak
    clip: float = 1.0  # longest gradient, as a Euclidean norm (Pascanu et al. 2013)
    seed: int = 1
    min_count: int = 1  # a rarer training word becomes <unk>


@dataclass
class History:
    """What was measured on the way. Losses are cross-entropies in nats a target token."""

    loss: list[float] = field(default_factory=list)  # of each update's batch
    valid_update: list[int] = field(default_factory=list)  # after which update we validated …
    valid_loss: list[float] = field(default_factory=list)  # … and what we found, teacher-forced
    valid_accuracy: list[float] = field(default_factory=list)  # token accuracy, 0 to 100
    seconds: float = 0.0


def learning_rate_at(update: int, config: TrainingConfig) -> float:
    """Return the learning rate of the update numbered `update`, from 0."""
    warm_up = max(1, config.updates // 10)
    climb = (update + 1) / warm_up
    fall = (config.updates - update) / max(1, config.updates - warm_up)
    return config.learning_rate * min(climb, fall, 1.0)


class Trainer:
    """A training run that can be stopped and gone on with.

    After each epoch it keeps the weights with the lowest validation loss. Given a `checkpoint`
    path it also writes them there, and the whole state of the run beside it (``NAME.last``), from
    which a run with ``resume=True`` goes on as if it had never stopped: from the last epoch's end.
    """

    def __init__(
        self,
        model_config: ModelConfig,
        config: TrainingConfig,
        train_pairs: Sequence[Pair],
        valid_pairs: Sequence[Pair],
        checkpoint: Path | str | None = None,
        resume: bool = False,
        device: torch.device | str = "cpu",
    ) -> None:
        """Raises ValueError for no pairs, and when the run to resume was another one or there is none."""
        if not train_pairs or not valid_pairs:
            raise ValueError("training needs at least one training pair and one validation pair")
        if config.updates < 1 or config.batch_size < 1:
            raise ValueError("updates and batch_size must be at least 1")
        self.model_config, self.config = model_config, config
        self.train_pairs = train_pairs
        self.source_vocab = Vocab.build((pair.source for pair in train_pairs), config.min_count)
        self.target_vocab = Vocab.build((pair.target for pair in train_pairs), config.min_count)
        torch.manual_seed(config.seed)
        model = build_model(model_config, len(self.source_vocab), len(self.target_vocab))
        self.model = model.to(device)
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=config.learning_rate)
        self.valid_batches = [
            batch.to(device) for batch in make_batches(valid_pairs, *self.vocabs, 128)
        ]
        self.history = History()
        self.best = (math.inf, self.weights())
        self.checkpoint = None if checkpoint is None else Path(checkpoint)
        if resume:
            self._resume()
        self._random = torch.get_rng_state()  # whatever draws random numbers before `run`

    @property
    def vocabs(self) -> tuple[Vocab, Vocab]:
        return self.source_vocab, self.target_vocab

    @property
    def update(self) -> int:
        """How many updates have been made."""
        return len(self.history.loss)

    def weights(self) -> dict[str, Tensor]:
        return {name: tensor.detach().clone() for name, tensor in self.model.state_dict().items()}

    def run(self, on_update: Callable[[History], None] | None = None) -> Translator:
        """Train to the end; return a translator with the best weights.

        `on_update` is called after each update, to draw a curve or move a bar. When stopped
        (Ctrl-C) the best weights so far are in the checkpoint, and the exception goes on; before
        the first validation they are the latest. Raises ValueError if the loss becomes infinite or NaN.
        """
        torch.set_rng_state(self._random)
        self.model.train()
        try:
            if self.update == 0:
                self._save_state()  # a run that is stopped in its first epoch resumes from here
            while self.update < self.config.updates:
                self._epoch(on_update)
        except KeyboardInterrupt:
            if self.best[0] == math.inf:
                self._save(self.checkpoint, self.weights(), {})
            raise
        if self.checkpoint is not None:
            self._last.unlink(missing_ok=True)
        self.model.load_state_dict(self.best[1])
        return Translator(self.model.eval(), *self.vocabs)

    def _epoch(self, on_update: Callable[[History], None] | None) -> None:
        size = self.config.batch_size
        epoch, done = divmod(self.update, -(-len(self.train_pairs) // size))
        # The order of an epoch follows from the seed and its number: nothing to save for resuming.
        order = torch.Generator().manual_seed(1000 * self.config.seed + epoch)
        started = time.perf_counter()
        batches = make_batches(self.train_pairs, *self.vocabs, size, order)
        if epoch == 0:
            # Short sentences first (Bengio et al. 2009): in them it is easier to find out where to
            # look, and where to look can be learnt before all else.
            batches.sort(key=lambda batch: batch.source.shape[1])
        for batch in batches[done:]:
            if self.update == self.config.updates:
                break
            self._step(batch.to(self.model.device))
            now = time.perf_counter()
            self.history.seconds += now - started
            started = now
            if on_update is not None:
                on_update(self.history)
        self._validate()
        self.history.seconds += time.perf_counter() - started

    def _step(self, batch: Batch) -> None:
        for group in self.optimizer.param_groups:
            group["lr"] = learning_rate_at(self.update, self.config)
        log_probs, _ = self.model(batch)
        loss = cross_entropy(log_probs, batch.target_output)
        value = loss.item()
        if not math.isfinite(value):
            raise ValueError(f"the loss became {value}; try a lower learning rate")
        self.optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.config.clip)
        self.optimizer.step()
        self.history.loss.append(round(value, 4))

    def _validate(self) -> None:
        loss, accuracy = teacher_forced_scores(self.model, self.valid_batches)
        self.history.valid_update.append(self.update)
        self.history.valid_loss.append(round(loss, 4))
        self.history.valid_accuracy.append(round(accuracy, 2))
        if loss < self.best[0]:
            self._save(self.checkpoint, self.weights(), {})
            self.best = (loss, self.weights())
        self._save_state()

    def _save_state(self) -> None:
        if self.checkpoint is not None:
            self._save(self._last, self.weights(), self._state())

    @property
    def _last(self) -> Path:
        return self.checkpoint.with_suffix(".last")

    def _save(self, path: Path | None, weights: dict[str, Tensor], extra: dict[str, Tensor]) -> None:
        if path is None:
            return
        info = {"training": asdict(self.config), "updates_done": self.update}
        if extra:
            info["history"] = asdict(self.history)
        save_checkpoint(path, Checkpoint(self.model_config, *self.vocabs, weights, info, extra))

    def _state(self) -> dict[str, Tensor]:
        """Return what the next update depends on besides the weights, as tensors by name."""
        best_loss = torch.tensor(self.best[0], dtype=torch.float64)
        state = {"random": torch.get_rng_state(), "best_loss": best_loss}
        for number, values in self.optimizer.state_dict()["state"].items():
            state |= {f"adam.{number}.{name}": value for name, value in values.items()}
        return state

    def _resume(self) -> None:
        if self.checkpoint is None:
            raise ValueError("to resume a run, name the checkpoint that it writes")
        if not self._last.is_file():
            raise ValueError(
                f"there is no stopped run to resume ({self._last} is missing); "
                "start it anew, without resuming"
            )
        last = load_checkpoint(self._last)
        if last.config != self.model_config or last.info["training"] != asdict(self.config):
            raise ValueError(
                f"{self._last.name} comes from a run with other settings; "
                "resume with the same ones, or start anew without resuming"
            )
        if (last.source_vocab, last.target_vocab) != self.vocabs:
            raise ValueError(f"{self._last.name} comes from a run on another corpus")
        self.model.load_state_dict(last.weights)
        adam = self.optimizer.state_dict()
        for key, value in last.extra.items():
            if key.startswith("adam."):
                _, number, name = key.split(".")
                adam["state"].setdefault(int(number), {})[name] = value
        self.optimizer.load_state_dict(adam)
        self.history = History(**last.info["history"])
        best_loss = float(last.extra["best_loss"])
        if best_loss < math.inf:  # otherwise it was stopped before the first validation
            self.best = (best_loss, load_checkpoint(self.checkpoint).weights)
        torch.set_rng_state(last.extra["random"])


if __name__ == "__main__":
    from course_utils.recipes import main

    sys.exit(main())
