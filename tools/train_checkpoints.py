"""Train the shipped models again: `make checkpoints`, or `make checkpoints ARGS="attention bottleneck"`.

Only this writes into data/checkpoints and data/results. Stopped, it goes on where it was.
"""

from __future__ import annotations

import sys

import torch

from course_utils.model.pretrained import CHECKPOINTS, RESULTS
from course_utils.text.corpus import load_corpus
from course_utils.training.__main__ import THREADS
from course_utils.training.recipes import RECIPES, train_and_measure


def main(names: list[str]) -> int:
    torch.set_num_threads(THREADS)
    for name in names or RECIPES:
        checkpoint, results = CHECKPOINTS / f"{name}.safetensors", RESULTS / f"{name}.json"
        print(f"{name}: {RECIPES[name].shows}", flush=True)
        resume = checkpoint.with_suffix(".last").exists()
        corpus = load_corpus(RECIPES[name].corpus)
        train_and_measure(RECIPES[name], corpus, checkpoint, results, resume)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
