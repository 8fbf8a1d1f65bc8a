"""How long must a learner wait for a good model? Seconds of training to 95 BLEU, ours and others'.

First each contender is searched for its best of three learning rates and its fewest updates; what was found
is kept, as long as the data and the recipe stay the same. Then the best are trained again from the
beginning, ours and theirs in turn, and timed: training and batching; all judging is left out.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

import torch

import contenders
from course_utils.analysis.evaluation import bleu_signature
from course_utils.figures.tables import Table, table
from report import Options, log
from search import FREE, SCHEDULED, Plan, corpus_of, judged, plan_of, search
from standings import OURS, standings

TITLE = "Time to a good model"
SAYS = (
    "Seconds of training to {goal:g} BLEU, greedy, on all {test} test sentences of up to 40 tokens "
    "(sacrebleu, {signature}); {train} pairs to learn from. Of each peer the best of three learning rates. "
    "By our recipe, whose rate falls to 0 at the end: the fewest updates that suffice. By a peer's own "
    "trainer, at a constant rate: all three equally long, until one is there or {cap:g} times our seconds "
    "are over. Ours and the best peer: the median of {rounds} seeds, trained in turn. BLEU is that "
    "after these updates; of who did not get there, the best on the way beside it, by {sample} of the "
    "sentences or fewer."
)


def timed(task: tuple[str, int, int, bool], plan: Plan) -> dict[str, Any]:
    """Train a contender at its best rate, by the clock; judge it on the whole test split.

    `task`: its name, the number of updates, the seed, and whether to judge.
    """
    name, updates, seed, judge = task
    torch.set_num_threads(1)
    corpus, found = corpus_of(plan), search(name, plan)
    if name in SCHEDULED:
        seconds, run = contenders.scheduled(SCHEDULED[name][0], corpus, found["rate"], updates, seed)
    else:
        run = FREE[name][0](corpus, contenders.vocabs_of(corpus), found["rate"], seed)
        began = time.process_time()
        for _ in range(updates):
            next(run.updates)
        seconds = time.process_time() - began
    result = {"name": name, "updates": updates, "seed": seed, "seconds": round(seconds, 2)}
    if judge:
        result["bleu"] = round(judged(run, corpus.test), 2)
    log(f"{name}: {result}")
    return result


def measure(options: Options) -> dict[str, Any]:
    plan = plan_of(options)
    names = [*SCHEDULED, *FREE]
    with ProcessPoolExecutor(options.jobs, get_context("spawn")) as pool:
        search(OURS, plan)
        found = dict(zip(names, pool.map(search, names, [plan] * len(names))))
        # First all at their pace; by our recipe, through all of the training data once.
        paces = [
            (name, min(found[name]["updates"], plan.pace[name in SCHEDULED]), 1, False) for name in names
        ]
        runs = list(pool.map(timed, paces, [plan] * len(paces)))
        rivals = {
            run["name"]: run["seconds"] / run["updates"] * found[run["name"]]["updates"]
            for run in runs
            if run["name"] != OURS and found[run["name"]]["reached"]
        }
        again = [OURS, *([min(rivals, key=lambda name: rivals[name])] if rivals else [])]
        tasks = [
            (name, found[name]["updates"], seed, True) for seed in range(1, plan.rounds + 1) for name in again
        ]
        runs += pool.map(timed, tasks, [plan] * len(tasks))
    return {
        "goal": plan.goal,
        "cap": plan.cap,
        "signature": bleu_signature(),
        "train": len(corpus_of(plan).train),
        "test": len(corpus_of(plan).test),
        "rounds": plan.rounds,
        "sample": plan.sample,
        "searched": found,
        "timed": runs,
    }


def tables(found: Mapping[str, Any]) -> list[Table]:
    rows = standings(found)
    ours = next(row for row in rows if row.name == OURS)
    cells = []
    for row in rows:
        there, ratio = row.beside(ours, found["cap"])
        told = f"{ratio:.2f}" if there else f"> {ratio:.1f}"
        cells.append(
            (row.name, f"{row.rate:g}", f"{row.updates:,}", f"{row.seconds:.0f}", told, f"{row.bleu:.1f}")
            + ("" if row.reached else f"{row.best:.1f}",)
        )
    header = ("who learns", "rate", "updates", "seconds", "times ours", "BLEU", "best on the way")
    seeds = [
        (run["name"], str(run["seed"]), f"{run['updates']:,}", f"{run['seconds']:.1f}", f"{run['bleu']:.1f}")
        for run in found["timed"]
        if "bleu" in run
    ]
    return [table(header, cells), table(("trained again", "seed", "updates", "seconds", "BLEU"), seeds)]
