"""Train the shipped models again: `make checkpoints`, or `make checkpoints ARGS="attention bottleneck"`.

Any of them from another start, too, to see what is luck: "open-seed4". What is not shipped goes into
build/checkpoints, results and all. Stopped, it goes on where it was.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import torch

from course_utils.model.pretrained import CHECKPOINTS, RESULTS
from course_utils.text.corpus import load_corpus
from course_utils.training.__main__ import THREADS
from course_utils.training.recipes import RECIPES, Recipe, train_and_measure

NOT_SHIPPED = Path(__file__).resolve().parents[1] / "build" / "checkpoints"


def recipe_of(name: str) -> tuple[Recipe, Path, Path]:
    """Return the recipe of that name, and the folders for its weights and its results.

    Raises ValueError if there is none.
    """
    if name in RECIPES:
        return RECIPES[name], CHECKPOINTS, RESULTS
    known, _, seed = name.rpartition("-seed")
    if known not in RECIPES or not seed.isdecimal():
        raise ValueError(f"there is no recipe {name!r}; choose from {', '.join(RECIPES)}, or name one-seed2")
    recipe = RECIPES[known]
    return replace(recipe, training=replace(recipe.training, seed=int(seed))), NOT_SHIPPED, NOT_SHIPPED


def main(names: list[str]) -> int:
    torch.set_num_threads(THREADS)
    try:
        wanted = {name: recipe_of(name) for name in names or RECIPES}
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    for name, (recipe, weights, results) in wanted.items():
        checkpoint = weights / f"{name}.safetensors"
        print(f"{name}: {recipe.shows}", flush=True)
        resume = checkpoint.with_suffix(".last").exists()
        train_and_measure(recipe, load_corpus(recipe.corpus), checkpoint, results / f"{name}.json", resume)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
