"""The runs that the lessons compare, and the command that trains them or one of your own."""

from __future__ import annotations

import argparse
import json
import signal
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch
from tqdm import tqdm

from course_utils.corpus import Corpus, load_corpus
from course_utils.decoding import Translator
from course_utils.evaluation import LENGTH_BINS, bleu, evaluate_by_length, translate_pairs
from course_utils.files import write_atomically
from course_utils.models import ModelConfig
from course_utils.pretrained import CHECKPOINTS, RESULTS
from course_utils.training import History, Trainer, TrainingConfig


@dataclass(frozen=True)
class Recipe:
    """One run: what is trained, how, and what it is there to show."""

    shows: str
    model: ModelConfig
    training: TrainingConfig


# No dropout: a model that sees each sentence two or ten times has no time to learn them by heart.
ATTENTION = ModelConfig(dropout_p=0.0)
BOTTLENECK = replace(ATTENTION, attention=False)
LIVE = TrainingConfig()  # about a minute on two cores: what lessons 1 and 5 train before your eyes
LONG = replace(LIVE, updates=5 * LIVE.updates)

RECIPES = {
    "attention-live": Recipe("what lesson 5 trains", ATTENTION, LIVE),
    "bottleneck-live": Recipe("what lesson 1 trains", BOTTLENECK, LIVE),
    "attention": Recipe("the best: five times the training", ATTENTION, LONG),
    "attention-seed2": Recipe("a minute from another start", ATTENTION, replace(LIVE, seed=2)),
    "attention-seed3": Recipe("and from a third", ATTENTION, replace(LIVE, seed=3)),
    "bottleneck": Recipe("five times the training, no attention", BOTTLENECK, LONG),
    "bottleneck-tiny": Recipe(
        "a small cup: about a quarter of the hidden size", replace(BOTTLENECK, hidden_size=26), LONG
    ),
    "bottleneck-narrow": Recipe("half the hidden size", replace(BOTTLENECK, hidden_size=50), LONG),
    "bottleneck-wide": Recipe(
        "a bigger cup: twice the hidden size", replace(BOTTLENECK, hidden_size=200), LONG
    ),
    "bottleneck-forward": Recipe(
        "an encoder that reads first to last only", replace(BOTTLENECK, direction="forward"), LONG
    ),
    "bottleneck-backward": Recipe(
        "Sutskever's trick: it reads last to first", replace(BOTTLENECK, direction="backward"), LONG
    ),
    "bottleneck-first-state": Recipe(
        "the final state starts the decoder, and is not seen again",
        replace(BOTTLENECK, context="first_state"),
        LONG,
    ),
    "attention-dot-live": Recipe("dot-product scores", replace(ATTENTION, score="dot"), LIVE),
    "attention-scaled-live": Recipe(
        "dot-product scores divided by √H", replace(ATTENTION, score="scaled-dot"), LIVE
    ),
    "attention-general-live": Recipe("general scores", replace(ATTENTION, score="general"), LIVE),
    "attention-location-live": Recipe(
        "weights that see no encoder state", replace(ATTENTION, score="location"), LIVE
    ),
    "attention-dot": Recipe(
        "dot-product scores, five times the training", replace(ATTENTION, score="dot"), LONG
    ),
}


def measure(translator: Translator, corpus: Corpus, longest: int) -> dict[str, Any]:
    """Return the scores by source length on the test splits and on 1,000 training pairs (greedy).

    `longest` limits the source length, for models that can't read more.
    """
    results = {}
    for name, pairs in (
        ("test", corpus.test),
        ("test_long", corpus.test_long),
        ("train", corpus.train[:1000]),
    ):
        pairs = [pair for pair in pairs if len(pair.source) <= longest]
        if not pairs:
            continue
        translations = translate_pairs(translator, pairs)
        scores = evaluate_by_length(translator, pairs, LENGTH_BINS, translations)
        results[name] = {
            "bleu": round(bleu([t.target for t in translations], [p.target for p in pairs]), 2),
            "by_length": [
                {key: round(value, 2) for key, value in asdict(score).items()} for score in scores
            ],
        }
    return results


def train_and_measure(
    recipe: Recipe,
    corpus: Corpus,
    checkpoint: Path,
    results: Path,
    resume: bool = False,
    device: str = "cpu",
) -> dict[str, Any]:
    """Train `recipe` on `corpus`, with a progress bar; write its checkpoint and its results file."""
    trainer = Trainer(
        recipe.model, recipe.training, corpus.train, corpus.valid, checkpoint, resume, device
    )
    with tqdm(total=recipe.training.updates, initial=trainer.update, unit="update") as bar:

        def show(history: History) -> None:
            bar.update()
            accuracy = history.valid_accuracy[-1] if history.valid_accuracy else float("nan")
            bar.set_postfix_str(f"loss {history.loss[-1]:.2f}, valid accuracy {accuracy:.1f} %")

        translator = trainer.run(show)
    found = {
        "corpus": corpus.name,
        "model": asdict(recipe.model),
        "training": asdict(recipe.training),
        "parameters": sum(p.numel() for p in translator.model.parameters()),
        "history": asdict(trainer.history),
        **measure(translator, corpus, _longest_source(translator)),
    }
    content = json.dumps(found, ensure_ascii=False)
    write_atomically(results, content.replace(', "', ',\n"').encode() + b"\n")
    return found


def _longest_source(translator: Translator) -> int:
    """Return how many source words the model can read: location-based attention has a limit."""
    score = getattr(translator.model.decoder, "score", None)
    return getattr(score, "max_length", 10**9)


def _table(results: dict[str, Any]) -> str:
    lines = ["split      source tokens     n   BLEU  exact match  token accuracy"]
    for split in ("test", "test_long", "train"):
        for row in results.get(split, {}).get("by_length", ()):
            lines.append(
                f"{split:10} {row['low']:6}–{row['high']:<6} {row['n']:5} {row['bleu']:6.1f}"
                f" {row['exact_match']:10.1f} % {row['token_accuracy']:13.1f} %"
            )
    return "\n".join(lines)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m course_utils.training",
        description="Train an encoder–decoder, write its checkpoint and measure it on the test data.",
        epilog="recipes:\n" + "\n".join(f"  {name:24}{r.shows}" for name, r in RECIPES.items()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--recipe", nargs="+", metavar="NAME", default=["attention"],
                        help="which of the course's runs to train, or “all” (default: attention); "
                        "the options below change single settings of it")
    parser.add_argument("--corpus", type=Path, metavar="PATH",
                        help="a .tsv file of yours, or a folder with train.tsv, valid.tsv and test.tsv "
                        "(default: the course's corpus)")
    parser.add_argument("--output", type=Path, metavar="FILE",
                        help="where to write the checkpoint, ending in .safetensors; the results go "
                        "beside it as .json (default: the course's own place for the recipe)")
    parser.add_argument("--resume", action="store_true",
                        help="go on with a run that was stopped, from its last validation")
    parser.add_argument("--device", type=_device,
                        default="cuda" if torch.cuda.is_available() else "cpu",
                        help="cpu or cuda (default: cuda where there is one)")
    parser.add_argument("--max-length", type=int, metavar="N",
                        help="leave out sentences of more than N source tokens")
    for option, kind, meaning in (
        ("updates", int, "how many batches to learn from"),
        ("batch-size", int, "sentence pairs in a batch"),
        ("learning-rate", float, "its peak; it climbs to it, then falls to 0"),
        ("clip", float, "longest gradient, as a Euclidean norm"),
        ("seed", int, "start of the random numbers"),
        ("min-count", int, "how often a training word must occur not to become <unk>"),
        ("hidden-size", int, "units in an encoder state and in the decoder's state"),
        ("embedding-size", int, "numbers in a word's vector"),
        ("dropout-p", float, "share of embedding values zeroed while training"),
    ):
        parser.add_argument(f"--{option}", type=kind, metavar="N", help=meaning)
    return parser


def _device(name: str) -> str:
    try:
        torch.empty(0, device=name)
    except (RuntimeError, AssertionError):
        raise argparse.ArgumentTypeError(f"PyTorch can't compute on {name!r} here; try cpu") from None
    return name


def _changed(recipe: Recipe, options: argparse.Namespace) -> Recipe:
    """Return `recipe` with the settings that the command line gave."""
    given = {name: value for name, value in vars(options).items() if value is not None}
    model = {name: given[name] for name in asdict(recipe.model) if name in given}
    training = {name: given[name] for name in asdict(recipe.training) if name in given}
    return Recipe(recipe.shows, replace(recipe.model, **model), replace(recipe.training, **training))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return its exit status."""
    parser = _parser()
    options = parser.parse_args(arguments)
    names = list(RECIPES) if options.recipe == ["all"] else options.recipe
    if unknown := [name for name in names if name not in RECIPES]:
        parser.error(f"there is no recipe {unknown[0]!r}; choose from {', '.join(RECIPES)}")
    if options.output and (len(names) > 1 or options.output.suffix != ".safetensors"):
        parser.error("--output takes one recipe, and a file name that ends in .safetensors")
    recipes = {name: _changed(RECIPES[name], options) for name in names}
    own = options.corpus or options.max_length or recipes != {name: RECIPES[name] for name in names}
    if own and not options.output:
        parser.error(
            "name an --output too: a corpus or settings of yours must not replace the course's models"
        )
    # Being asked to end is treated like Ctrl-C: the best weights so far are kept.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    checkpoint = None
    try:
        corpus = load_corpus(options.corpus, max_length=options.max_length)
        for name, recipe in recipes.items():
            checkpoint = options.output or CHECKPOINTS / f"{name}.safetensors"
            results = checkpoint.with_suffix(".json") if options.output else RESULTS / f"{name}.json"
            print(f"{name}: {recipe.shows}", flush=True)
            found = train_and_measure(
                recipe, corpus, checkpoint, results, options.resume, options.device
            )
            print(_table(found))
            print(f"{checkpoint.name} and {results.name} are written", flush=True)
    except (ValueError, OSError) as error:
        parser.exit(2, f"{parser.prog}: {error}\n")
    except KeyboardInterrupt:
        stopped = "stopped"
        if checkpoint and checkpoint.with_suffix(".last").is_file():
            stopped += (
                f"; the best weights so far are in {checkpoint.name}, and the same command "
                f"with --recipe {name} --resume goes on from the last validation"
            )
        parser.exit(130, f"\n{stopped}\n")
    return 0
