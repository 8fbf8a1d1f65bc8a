"""The search for a contender's best learning rate and fewest updates to the goal; it can be stopped."""

from __future__ import annotations

import hashlib
import json
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save

import contenders
from contenders import RECIPE, Run
from course_utils.analysis.evaluation import bleu
from course_utils.files import locked, write_atomically
from course_utils.model.seq2seq import build_model
from course_utils.text.batching import make_batches
from course_utils.text.corpus import Corpus, Pair, load_corpus
from course_utils.text.vocab import Vocab
from rate import best_of, updates
from report import BUILD, Options, log
from standings import OURS

FEW, NEAR = 100, 0.8  # so many sentences suffice to see that BLEU is below this share of the goal
OURS_RATE = RECIPE.training.learning_rate


@dataclass(frozen=True)
class Plan:
    """How much is done: everything, or (`--quick`) only enough to see that it runs."""

    folder: Path
    goal: float = 95.0  # BLEU, greedy
    cap: float = 4.0  # times our seconds: then a contender has lost
    grid: tuple[int, ...] = (700, 900, 1100, 1300, 1540, 1900, 2400, 3000, 3800, 4800, 6000)  # updates
    first: int = 1540  # where a search begins: our recipe's own number
    sample: int = 500  # test sentences by which a search judges
    judged: int = 10**9  # at most so many sentences
    rounds: int = 3  # seeds, in the timed part
    pace: tuple[int, int] = (300, 770)  # updates by which a contender's pace is measured: free, scheduled


def plan_of(options: Options) -> Plan:
    if not options.quick:
        return Plan(BUILD / "search")
    return Plan(BUILD / "quick-search", 0.0, 4.0, (20, 30, 60), 30, 20, 100, 1, (4, 10))


# Those that follow our recipe: joeynmt's attention, or None for ours; and the rates that are tried.
SCHEDULED: dict[str, tuple[str | None, tuple[float, ...]]] = {
    OURS: (None, (OURS_RATE,)),
    "joeynmt, bahdanau, our recipe": ("bahdanau", (2e-3, 4e-3, 8e-3)),
    "joeynmt, luong, our recipe": ("luong", (2e-3, 4e-3, 8e-3)),
}
# Those that can be judged at any time. 0.005 is joeynmt's default; of some of its examples, 0.001.
FREE: dict[str, tuple[Callable[..., Run], tuple[float, ...]]] = {
    "joeynmt, bahdanau, its defaults": (
        partial(contenders.as_joeynmt_trains, "bahdanau"),
        (1e-3, 2e-3, 5e-3),
    ),
    "joeynmt, luong, its defaults": (partial(contenders.as_joeynmt_trains, "luong"), (1e-3, 2e-3, 5e-3)),
    "the usual tutorial": (contenders.as_the_tutorial_trains, (0.01, 0.03, 0.1)),
}


def corpus_of(plan: Plan) -> Corpus:
    corpus = load_corpus()
    return replace(corpus, valid=corpus.valid[: plan.judged], test=corpus.test[: plan.judged])


def judged(run: Run, pairs: Sequence[Pair]) -> float:
    """Return BLEU of greedy translations."""
    return round(bleu(run.translate(pairs), [pair.target for pair in pairs]), 2)


def score_of(run: Run, sample: Sequence[Pair], corpus: Corpus, goal: float) -> float:
    """Return BLEU: far below the goal of a few sentences, near it of the sample, above it of all."""
    score = judged(run, sample[:FEW])
    if score >= NEAR * goal:
        score = judged(run, sample)
    return judged(run, corpus.test) if score >= goal else score


class Search:
    """The search for a contender's best rate and fewest updates.

    What it found is kept for the next time, and of a search by our recipe each training, so that it can be
    stopped; unless the plan, the rates, the recipe or the data are others now.
    """

    def __init__(self, name: str, plan: Plan) -> None:
        self.name, self.plan, self.corpus = name, plan, corpus_of(plan)
        self.path = plan.folder / f"{name.replace(', ', '-').replace(' ', '-')}.json"
        rates = SCHEDULED[name][1] if name in SCHEDULED else FREE[name][1]
        data = (replace(plan, folder=Path()), rates, RECIPE, self.corpus.train, self.corpus.test)
        about = hashlib.sha256(repr(data).encode()).hexdigest()
        self.found: dict[str, Any] = {"about": about, "tried": []}
        if self.path.is_file() and (kept := json.loads(self.path.read_text())).get("about") == about:
            self.found = kept

    def run(self) -> dict[str, Any]:
        """Return the best ``rate``, its ``updates``, whether they ``reached`` the goal; and all ``tried``."""
        if "updates" not in self.found:
            with locked(self.path):
                self.sample = random.Random(0).sample(self.corpus.test, self.plan.sample)
                rate, updates, reached = self.scheduled() if self.name in SCHEDULED else self.free()
                self.found |= {"rate": rate, "updates": updates, "reached": reached}
                self.write()
        return self.found

    def write(self) -> None:
        write_atomically(self.path, json.dumps(self.found).encode())

    def note(self, rate: float, updates: int, score: float) -> None:
        self.found["tried"].append({"rate": rate, "updates": updates, "bleu": score})
        log(f"{self.name}: rate {rate:g}, {updates} updates, BLEU {score:.1f}")

    def attempt(self, rate: float, updates: int) -> float:
        """Return BLEU after a whole training by our recipe."""
        tried = self.found["tried"]
        for entry in tried:
            if (entry["rate"], entry["updates"]) == (rate, updates):
                return entry["bleu"]
        attention = SCHEDULED[self.name][0]
        _, run = contenders.scheduled(attention, self.corpus, rate, updates, seed=1)
        score = score_of(run, self.sample, self.corpus, self.plan.goal)
        if attention is not None and score >= max((entry["bleu"] for entry in tried), default=0.0):
            weights = {name: tensor.contiguous() for name, tensor in run.model.state_dict().items()}
            write_atomically(model_path(attention, self.plan), save(weights))
        self.note(rate, updates, score)
        self.write()
        return score

    def scheduled(self) -> tuple[float, int, bool]:
        """Try the rates with our recipe's own number of updates; with the best find the fewest in the grid.

        More than the cap allows are never tried. More updates are taken to be better ones.
        """
        first, goal = self.plan.first, self.plan.goal
        best, rate = max((self.attempt(rate, first), rate) for rate in SCHEDULED[self.name][1])
        enough = first if best >= goal else None
        fewer, more = [n for n in self.plan.grid if n < first], [n for n in self.plan.grid if n > first]
        if enough is not None:
            while fewer and self.attempt(rate, fewer[-1]) >= goal:
                enough = fewer.pop()
            return rate, enough, True
        if self.name != OURS:
            more = [n for n in more if n <= self.plan.cap * Search(OURS, self.plan).run()["updates"]]
        while more:  # first the most; then the middle of what is left, again and again
            tried = more[-1] if enough is None else more[len(more) // 2]
            if self.attempt(rate, tried) >= goal:
                enough, more = tried, [n for n in more if n < tried]
            elif enough is None:
                return rate, tried, False
            else:
                more = [n for n in more if n > tried]
        return rate, enough or first, enough is not None

    def free(self) -> tuple[float, int, bool]:
        """Train with all rates, each as long as the others, until one reaches the goal or all the cap."""
        start, rates = FREE[self.name]
        vocabs, plan = contenders.vocabs_of(self.corpus), self.plan
        ours = Search(OURS, plan).run()["updates"] * our_pace(self.corpus, vocabs)
        runs = {rate: start(self.corpus, vocabs, rate, 1) for rate in rates}
        made, seconds, scores = dict.fromkeys(rates, 0), dict.fromkeys(rates, 0.0), dict.fromkeys(rates, 0.0)
        self.found["tried"] = []
        while min(seconds.values()) < 1.1 * plan.cap * ours:
            rate = min(rates, key=lambda rate: seconds[rate])  # whoever has had the least
            run, began, spent = runs[rate], time.process_time(), 0.0
            # Look more closely where the goal is near.
            while spent < ours * (0.25 if scores[rate] < NEAR * plan.goal else 0.05):
                next(run.updates)
                made[rate] += 1
                spent = time.process_time() - began
            seconds[rate] += spent
            scores[rate] = score_of(run, self.sample, self.corpus, plan.goal)
            self.note(rate, made[rate], scores[rate])
            if scores[rate] >= plan.goal:
                return rate, made[rate], True
        best = max(self.found["tried"], key=lambda entry: entry["bleu"])["rate"]
        return best, made[best], False


def our_pace(corpus: Corpus, vocabs: tuple[Vocab, Vocab]) -> float:
    """Return how many seconds an update of ours takes here and now."""
    order = torch.Generator().manual_seed(1)
    batches = make_batches(corpus.train, *vocabs, RECIPE.training.batch_size, order)[:10]
    model = build_model(RECIPE.model, *map(len, vocabs))
    return best_of({"ours": updates(model, batches)}, 3)["ours"] / len(batches)


def search(name: str, plan: Plan) -> dict[str, Any]:
    """Search, in a process of its own."""
    torch.set_num_threads(1)
    return Search(name, plan).run()


def model_path(attention: str, plan: Plan) -> Path:
    """Return where the best of joeynmt's models by our recipe is kept, for the comparison of decoding."""
    return plan.folder / f"{attention}.safetensors"
