"""The measurements behind lessons 1, 3 and 5, several runs each: data/results/experiments.csv.

    python tools/experiments.py             trains what is still missing
    python tools/experiments.py additive    only the runs whose name begins like that
    python tools/experiments.py --list      says what there is to train, and what has been
    python tools/experiments.py --table mine.csv    measures all again, for a table of your own

It tells each run's BLEU; with a table of your own, beside the course's. Some hours on one core. Stop it
whenever you like, and start it again: it goes on from the very update. Start it twice, and the two share
the work. The file is tidy, a number a row: which run (`experiment`, `hidden_size`, `learning_rate`,
`updates`, `seed`), on which `split`, of which `measure`, for which `group` (source tokens as 10–19, a fifth
of the sentence as 3/5, an update, or all).
"""

from __future__ import annotations

import argparse
import csv
import io
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MethodType
from typing import Any

import numpy as np
import torch
from filelock import FileLock
from torch import Tensor
from tqdm import tqdm

from course_utils.analysis.evaluation import bleu, evaluate_by_length, found_by_position, translate_pairs
from course_utils.analysis.experiments import COLUMNS, KEY, TABLE, read_table
from course_utils.files import Busy, locked, write_atomically
from course_utils.model.decoders import DecoderRNN
from course_utils.model.seq2seq import ModelConfig
from course_utils.model.translator import Translator
from course_utils.text.corpus import Corpus, load_corpus
from course_utils.training.recipes import LIVE, WITH_ATTENTION, WITHOUT_ATTENTION, judged_splits
from course_utils.training.settings import TrainingConfig
from course_utils.training.trainer import History, Trainer

STATES = Path(__file__).resolve().parents[1] / "build" / "experiments"  # of runs that were stopped
SEEDS, SIZES, RATES = (1, 2, 3), (100, 64, 256), (2e-3, 8e-3)
SCORES = ("location", "dot", "scaled-dot", "general", "additive")
SLOW = ("dot", "general")  # to learn: is that the score, or the learning rate?
CLOSE, MORE_SEEDS = ("scaled-dot", "additive"), (4, 5)  # two lines that lie close get five runs each
LONG = 20  # source tokens, from which on we ask which part of a sentence went missing
WINDOW = 35  # updates, over which the training loss is averaged
Key = tuple[str, ...]


@dataclass(frozen=True)
class Run:
    """One run of an experiment: what that is called, its model and its training."""

    name: str
    model: ModelConfig
    training: TrainingConfig
    own_words: float = 0.0  # how often, at the end of training, the decoder reads its own last word

    @property
    def key(self) -> Key:
        training = self.training
        numbers = (self.model.hidden_size, training.learning_rate, training.updates, training.seed)
        return (self.name, *map(str, numbers))


def all_runs() -> Iterator[Run]:
    """Yield every run, the most wanted first."""
    none = {
        "none": WITHOUT_ATTENTION,
        "none, forwards": replace(WITHOUT_ATTENTION, direction="forward"),
        "none, backwards": replace(WITHOUT_ATTENTION, direction="backward"),
    }
    models = none | {score: replace(WITH_ATTENTION, score=score) for score in SCORES}
    for size in SIZES:
        for seed in SEEDS:
            training = replace(LIVE, seed=seed)
            for name, model in models.items():
                yield Run(name, replace(model, hidden_size=size), training)
        if size == 100:  # the size of the lessons: five times the training, and each score's best rate
            for seed in MORE_SEEDS:
                for score in CLOSE:
                    yield Run(score, models[score], replace(LIVE, seed=seed))
            yield from other_rates(models, SLOW)
            yield from longer({"none": WITHOUT_ATTENTION}, size, SEEDS)
            yield from longer({"none": WITHOUT_ATTENTION}, size, (1,), times=10)
            yield Run("none, own words", WITHOUT_ATTENTION, longer_training(5, 1), own_words=0.25)
            tricks = {name: model for name, model in none.items() if name != "none"}
            tricks["none, first state"] = replace(WITHOUT_ATTENTION, context="first_state")
            yield from longer(tricks, size, SEEDS)
            yield from other_rates(models, [score for score in SCORES if score not in SLOW])
    for size in SIZES[1:]:
        yield from longer({"none": WITHOUT_ATTENTION}, size, SEEDS)


def other_rates(models: dict[str, ModelConfig], scores: Sequence[str]) -> Iterator[Run]:
    for rate in RATES:
        for seed in SEEDS:
            for score in scores:
                yield Run(score, models[score], replace(LIVE, learning_rate=rate, seed=seed))


def longer_training(times: int, seed: int) -> TrainingConfig:
    return replace(LIVE, updates=times * LIVE.updates, seed=seed)


def longer(
    models: dict[str, ModelConfig], size: int, seeds: tuple[int, ...], times: int = 5
) -> Iterator[Run]:
    for seed in seeds:
        for name, model in models.items():
            yield Run(name, replace(model, hidden_size=size), longer_training(times, seed))


def read_own_words(trainer: Trainer, share: float) -> None:
    """Let the decoder read, now and then, its own last word instead of the right one.

    Scheduled sampling (Bengio et al. 2015, https://arxiv.org/abs/1506.03099): how often grows evenly from
    0 to `share` over the run; word by word, each by a toss of its own. No gradient flows through the choice.
    """

    def teacher_forced(
        self: DecoderRNN, inputs: Tensor, hidden: Tensor, memory: Tensor, mask: Tensor
    ) -> tuple[Tensor, Tensor]:
        if not self.training:
            return DecoderRNN.teacher_forced(self, inputs, hidden, memory, mask)
        often = share * trainer.update / trainer.config.updates
        all_log_probs, all_weights, own = [], [], inputs[:, 0]
        for t, right in enumerate(inputs.unbind(1)):
            tossed = (torch.rand(len(right)) < often) & (t > 0)
            log_probs, hidden, weights = self(torch.where(tossed, own, right), hidden, memory, mask)
            own = log_probs.argmax(dim=1)
            all_log_probs.append(log_probs)
            all_weights.append(weights)
        return torch.stack(all_log_probs, dim=1), torch.stack(all_weights, dim=1)

    decoder = trainer.model.decoder
    decoder.teacher_forced = MethodType(teacher_forced, decoder)  # type: ignore[method-assign]


def measured(translator: Translator, history: History, corpus: Corpus) -> Iterator[dict[str, Any]]:
    """Yield what there is to know of a finished run, a number at a time."""
    for split, pairs in judged_splits(translator, corpus):
        translations = translate_pairs(translator, pairs)
        written, right = [t.target for t in translations], [tuple(p.target) for p in pairs]
        row = {"split": split, "group": "all", "n": len(pairs)}
        yield row | {"measure": "bleu", "value": bleu(written, right)}
        for scores in evaluate_by_length(translator, pairs, translations=translations):
            for measure in ("bleu", "exact_match", "token_accuracy"):
                group = {"group": scores.label, "n": scores.n}
                yield row | group | {"measure": measure, "value": getattr(scores, measure)}
        long = [i for i, pair in enumerate(pairs) if len(pair.source) >= LONG]
        shares = found_by_position([written[i] for i in long], [right[i] for i in long])
        for part, share in enumerate(shares, start=1):
            group = {"group": f"{part}/{len(shares)}", "n": len(long)}
            yield row | group | {"measure": "found", "value": 100 * share}
    for start in range(0, len(history.loss), WINDOW):
        losses = history.loss[start : start + WINDOW]
        row = {"split": "train", "group": str(start + len(losses)), "n": len(losses)}
        yield row | {"measure": "loss", "value": float(np.mean(losses))}
    yield {"split": "train", "group": "all", "n": 1, "measure": "seconds", "value": history.seconds}


def done(table: Path = TABLE) -> set[Key]:
    """Return the keys of the runs that are in the table."""
    return {tuple(row[name] for name in KEY) for row in read_table(table)}


def add(run: Run, found: list[dict[str, Any]], table: Path = TABLE) -> None:
    """Write a run's rows into the table, in the order of `all_runs`."""
    order = {one.key: i for i, one in enumerate(all_runs())}
    named = dict(zip(KEY, run.key))
    new = [named | row | {"value": f"{row['value']:.4g}"} for row in found]
    with FileLock(STATES / "table.lock"):  # another process may want to write its own
        old = [row for row in read_table(table) if tuple(row[name] for name in KEY) != run.key]
        rows = sorted([*old, *new], key=lambda row: order.get(tuple(row[name] for name in KEY), len(order)))
        text = io.StringIO()
        writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        write_atomically(table, text.getvalue().encode())


def told(run: Run, table: Path = TABLE) -> str:
    """Return a run's name and its BLEU on the test split; in another table, beside that of the course."""

    def score(path: Path) -> str:
        wanted = {**dict(zip(KEY, run.key)), "split": "test", "measure": "bleu", "group": "all"}
        rows = [row["value"] for row in read_table(path) if wanted.items() <= row.items()]
        return rows[0] if rows else "not measured"

    beside = "" if table.resolve() == TABLE else f"; in the course's table {score(TABLE)}"
    return f"{' '.join(run.key)}: BLEU {score(table)}{beside}"


def make(run: Run, corpus: Corpus, table: Path = TABLE) -> None:
    """Train, or go on training, and write what is measured; nothing if it is in the table.

    Raises Busy if another process is at it, and ValueError as `Trainer` does.
    """
    name = "-".join(run.key).replace(", ", "-").replace(" ", "-")
    checkpoint = STATES / f"{name}.safetensors"
    with locked(checkpoint):
        if run.key in done(table):  # here, as another process may have finished it a moment ago
            return
        resume = checkpoint.with_suffix(".last").is_file()
        trainer = Trainer(run.model, run.training, corpus.train, corpus.valid, checkpoint, resume)
        if run.own_words:
            read_own_words(trainer, run.own_words)
        with tqdm(total=run.training.updates, initial=trainer.update, desc=name, mininterval=5) as bar:
            translator = trainer.train(lambda history: bar.update())
        add(run, list(measured(translator, trainer.history, corpus)), table)
        trainer.forget_state()
        checkpoint.unlink(missing_ok=True)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("names", nargs="*", help="beginnings of names; all, if none is given")
    parser.add_argument("--list", action="store_true", help="only say what there is, and what is done")
    parser.add_argument(
        "--table", type=Path, default=TABLE, help="where the numbers go (default: the course's)"
    )
    options = parser.parse_args(arguments)
    wanted = [run for run in all_runs() if not options.names or run.name.startswith(tuple(options.names))]
    if not wanted:
        known = ", ".join(dict.fromkeys(run.name for run in all_runs()))
        parser.error(f"no experiment begins with {' or '.join(options.names)}; there are {known}")
    if options.list:
        finished = done(options.table)
        for run in wanted:
            print("done   " if run.key in finished else "to do  ", *run.key, sep="\t")
        return 0
    torch.set_num_threads(1)
    corpus = load_corpus()
    try:
        for run in wanted:
            try:
                make(run, corpus, options.table)
                print(told(run, options.table), flush=True)
            except Busy as busy:
                print(busy, file=sys.stderr)  # on to the next
    except KeyboardInterrupt:
        parser.exit(130, "\nstopped; the same command goes on from there\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
