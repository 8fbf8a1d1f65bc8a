"""Train a model: ``python -m course_utils.training --help``.

for each update: a batch -> log-probabilities under teacher forcing -> cross-entropy -> Adam
after each epoch: measure on the validation data, keep the best weights, save where we stand
when stopped:     save where we stand, at that very update
"""

from __future__ import annotations

import math
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict
from pathlib import Path

import torch
from torch import Tensor

from course_utils.analysis.evaluation import teacher_forced_scores
from course_utils.model.checkpoints import Checkpoint, load_checkpoint, save_checkpoint
from course_utils.model.seq2seq import ModelConfig, TransformerConfig, build_model, mean_word_loss
from course_utils.model.translator import ENDS, Translator
from course_utils.text.batching import Batch, make_batches
from course_utils.text.corpus import Pair, fingerprint
from course_utils.text.vocab import Vocab
from course_utils.training import processes
from course_utils.training.history import History
from course_utils.training.settings import (
    TrainingConfig,
    build_vocab,
    check_memory,
    check_settings,
    learning_rate_at,
)
from course_utils.training.signals import waiting_signals


class Trainer:
    """A training run that can be stopped and gone on with.

    After each epoch it keeps the weights with the lowest validation loss. Given a `checkpoint`
    path it also writes them there, and the whole state of the run beside it (``NAME.last``). When it
    is stopped it saves that state at once, and a run with ``resume=True`` goes on from there as if it
    had never stopped. (After a crash, which leaves no time to save: from the last epoch's end.)

    With `start`, a finished model, its weights are trained on, with its vocabularies and a new schedule.
    The caller's random numbers stay as they are.
    """

    def __init__(
        self,
        model_config: ModelConfig | TransformerConfig,
        config: TrainingConfig,
        train_pairs: Sequence[Pair],
        valid_pairs: Sequence[Pair],
        checkpoint: Path | str | None = None,
        resume: bool = False,
        device: torch.device | str = "cpu",
        start: Checkpoint | None = None,
    ) -> None:
        """Raises ValueError for no pairs, settings that make no sense, a pair too long for the memory,
        and when the run to resume was another one or there is none.
        """
        if not train_pairs or not valid_pairs:
            raise ValueError("training needs at least one training pair and one validation pair")
        check_settings(config)
        if start is not None and start.config != model_config:
            raise ValueError("a model is trained on with its own settings; pass start.config")
        self.model_config, self.config = model_config, config
        self.train_pairs, self.pairs = train_pairs, fingerprint(train_pairs, valid_pairs)
        if start is None:
            self.source_vocab = build_vocab([pair.source for pair in train_pairs], config)
            self.target_vocab = build_vocab([pair.target for pair in train_pairs], config)
        else:
            self.source_vocab, self.target_vocab = start.source_vocab, start.target_vocab
        check_memory(train_pairs, self.vocabs, model_config, config)
        # A rare word, or one that `start` had not met, is trained as <unk>: then the model can read any.
        self.reads_unknown = bool(start and start.info.get("reads_unknown")) or any(
            word not in self.source_vocab for pair in train_pairs for word in pair.source
        )
        # A mark at the end of a sentence, where the model has never met it, says nothing.
        met = () if start is None else start.info.get("ends", start.source_vocab.tokens)
        self.ends = sorted({*met, *(pair.source[-1] for pair in train_pairs)} & {*ENDS})
        self.device = torch.device(device)
        with self._own_random_numbers():
            torch.default_generator.manual_seed(config.seed)
            if self.device.type == "cuda":
                with torch.cuda.device(self.device):
                    torch.cuda.manual_seed(config.seed)
            model = build_model(model_config, len(self.source_vocab), len(self.target_vocab))
            self._random = self._random_states()
        if start is not None:
            model.load_state_dict(start.weights)
        self.model = model.to(self.device)
        self.learner = processes.averaging(self.model)  # the model itself, unless several learn together
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=config.learning_rate)
        self.valid_batches = [batch.to(self.device) for batch in make_batches(valid_pairs, *self.vocabs, 128)]
        self.history = History()
        self.epoch = self.batches_done = 0  # the epoch we are in, and how many of its batches are done
        self.best = (math.inf, self.weights())
        self.checkpoint = None if checkpoint is None else Path(checkpoint)
        if resume:
            self._resume()

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
        """Train to the end, and forget how to resume; return a translator with the best weights.

        Raises as `train` does.
        """
        translator = self.train(on_update)
        self.forget_state()
        return translator

    def train(self, on_update: Callable[[History], None] | None = None) -> Translator:
        """Train to the end; return a translator with the best weights.

        `on_update` is called after each update, to draw a curve or move a bar. A signal to stop
        (Ctrl-C, SIGTERM, SIGHUP) waits until the update is done and the state is saved; then it does
        what it would have done. Raises ValueError if the loss becomes infinite or NaN.
        """
        with self._own_random_numbers(), waiting_signals() as asked:
            self._set_random_states(self._random)
            try:
                if self.update == 0:
                    self._save_state()  # from here even a run that is killed in its first epoch resumes
                self.model.train()
                while (self.update < self.config.updates and not self._gives_up()) or self.batches_done:
                    self._epoch(on_update, asked)
                    if asked:
                        break
            except KeyboardInterrupt:  # by on_update
                asked.append(signal.SIGINT)
                raise
            finally:
                self._random = self._random_states()
                if asked:
                    self._save_state()
        if asked:  # and the signal has changed nothing
            raise KeyboardInterrupt
        self.model.load_state_dict(self.best[1])
        return Translator(self.model.eval(), *self.vocabs, self.reads_unknown, self.ends)

    def forget_state(self) -> None:
        """Delete the state that the run would resume from."""
        if self.checkpoint is not None:
            _last(self.checkpoint).unlink(missing_ok=True)

    def _gives_up(self) -> bool:
        return 0 < self.config.patience <= self.history.epochs_since_best()

    def _epoch(self, on_update: Callable[[History], None] | None, asked: list[int]) -> None:
        """Go through the rest of an epoch, and validate; or return early, when `asked` to stop."""
        # The order of an epoch follows from the seed and its number: nothing to save for resuming.
        order = torch.Generator().manual_seed(1000 * self.config.seed + self.epoch)
        started = time.perf_counter()
        size, tokens = self.config.batch_size, self.config.batch_tokens
        batches = make_batches(self.train_pairs, *self.vocabs, size, order, tokens)
        if self.epoch == 0:
            # Short sentences first (Bengio et al. 2009): in them it is easier to find out where to
            # look, and where to look can be learnt before all else.
            batches.sort(key=lambda batch: batch.source.shape[1])
        for batch in batches[self.batches_done :]:
            if self.update == self.config.updates:
                break
            self._step(batch.to(self.device))
            self.batches_done += 1
            processes.agree(asked, self.device)
            now = time.perf_counter()
            self.history.seconds += now - started
            started = now
            if on_update is not None:
                on_update(self.history)
            if asked:
                return
        self._validate()
        self.history.seconds += time.perf_counter() - started

    def _step(self, batch: Batch) -> None:
        for group in self.optimizer.param_groups:
            group["lr"] = learning_rate_at(self.update, self.config)
        part, weight = processes.share(batch, 10**9 * self.config.seed + self.update)
        log_probs, _ = self.learner(part)
        loss = weight * mean_word_loss(log_probs, part.target_output, self.config.label_smoothing)
        value = processes.joint(loss)
        if not math.isfinite(value):
            raise ValueError(f"the loss became {value}; try a lower learning rate")
        self.optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.config.clip)
        self.optimizer.step()
        self.history.loss.append(round(value, 4))

    def _validate(self) -> None:
        loss, accuracy = teacher_forced_scores(self.model, self.valid_batches)
        if loss < self.best[0]:
            self._save(self.checkpoint, self.weights(), {})
            self.best = (loss, self.weights())
        self.history.valid_update.append(self.update)
        self.history.valid_loss.append(round(loss, 4))
        self.history.valid_accuracy.append(round(accuracy, 2))
        self.epoch, self.batches_done = self.epoch + 1, 0
        self._save_state()

    def _save_state(self) -> None:
        if self.checkpoint is not None:
            self._save(_last(self.checkpoint), self.weights(), self._state())

    def _save(self, path: Path | None, weights: dict[str, Tensor], extra: dict[str, Tensor]) -> None:
        if path is None or not processes.is_first():
            return
        info = {
            "training": asdict(self.config),
            "updates_done": self.update,
            "reads_unknown": self.reads_unknown,
            "ends": self.ends,
        }
        if extra:
            where = [self.epoch, self.batches_done]
            info |= {"history": asdict(self.history), "epoch": where, "pairs": self.pairs}
        save_checkpoint(path, Checkpoint(self.model_config, *self.vocabs, weights, info, extra))

    def _state(self) -> dict[str, Tensor]:
        """Return what the next update depends on besides the weights, as tensors by name."""
        state = {"best_loss": torch.tensor(self.best[0], dtype=torch.float64)}
        state |= {f"random.{name}": value for name, value in self._random_states().items()}
        for number, values in self.optimizer.state_dict()["state"].items():
            state |= {f"adam.{number}.{name}": value for name, value in values.items()}
        return state

    def _own_random_numbers(self) -> AbstractContextManager[None]:
        """Return a context after which the caller's random numbers go on as if nothing had been."""
        return torch.random.fork_rng([self.device] if self.device.type == "cuda" else [])

    def _random_states(self) -> dict[str, Tensor]:
        states = {"cpu": torch.get_rng_state()}
        if self.device.type == "cuda":
            states["cuda"] = torch.cuda.get_rng_state(self.device)
        return states

    def _set_random_states(self, states: dict[str, Tensor]) -> None:
        torch.set_rng_state(states["cpu"])
        if self.device.type == "cuda" and "cuda" in states:  # a run may go on on another device
            torch.cuda.set_rng_state(states["cuda"], self.device)

    def _resume(self) -> None:
        if self.checkpoint is None:
            raise ValueError("to resume a run, name the checkpoint that it writes")
        path = _last(self.checkpoint)
        if not path.is_file():
            raise ValueError(
                f"there is no stopped run to resume ({path} is missing); start it anew, without resuming"
            )
        last = load_checkpoint(path)
        if not {"training", "history", "epoch"} <= last.info.keys():
            raise ValueError(f"{path.name} is no stopped run; start anew without resuming")
        defaults = asdict(TrainingConfig())  # a run from before a setting existed had its default
        if last.config != self.model_config or asdict(self.config) != defaults | last.info["training"]:
            raise ValueError(
                f"{path.name} comes from a run with other settings; "
                "resume with the same ones, or start anew without resuming"
            )
        trained_on = last.source_vocab, last.target_vocab, last.info.get("pairs", self.pairs)
        if trained_on != (*self.vocabs, self.pairs):
            raise ValueError(f"{path.name} comes from a run on another corpus, or one in another order")
        self.model.load_state_dict(last.weights)
        adam = self.optimizer.state_dict()
        for key, value in last.extra.items():
            if key.startswith("adam."):
                _, number, name = key.split(".")
                adam["state"].setdefault(int(number), {})[name] = value
        self.optimizer.load_state_dict(adam)
        self.history = History(**last.info["history"])
        self.epoch, self.batches_done = last.info["epoch"]
        best_loss = float(last.extra["best_loss"])
        if best_loss < math.inf:  # otherwise it was stopped before the first validation
            self.best = (best_loss, load_checkpoint(self.checkpoint).weights)
        self._random = {
            key.removeprefix("random."): value
            for key, value in last.extra.items()
            if key.startswith("random.")
        }


def _last(checkpoint: Path) -> Path:
    """Return where the state of the run is kept that writes `checkpoint`."""
    return checkpoint.with_suffix(".last")
