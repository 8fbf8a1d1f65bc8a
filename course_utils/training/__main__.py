"""The command line: ``python -m course_utils.training --help``."""

from __future__ import annotations

import argparse
import math
import os
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from dataclasses import asdict, replace
from io import StringIO
from pathlib import Path

import torch

from course_utils.model.checkpoints import Checkpoint, load_checkpoint
from course_utils.text.corpus import Corpus, load_corpus
from course_utils.text.public import PUBLIC, load_public
from course_utils.training.consoles import make_consoles_safe
from course_utils.training.processes import is_first, joined
from course_utils.training.recipes import (
    MODELS,
    OWN,
    RECIPES,
    Recipe,
    own_recipe,
    results_table,
    train_and_measure,
)

THREADS = 1  # of torch; two are little faster, and beside another busy program ten times slower

# The settings of a model: not every kind of model has each.
SIZES = ("hidden_size", "embedding_size", "dropout_p", "layers", "heads", "feedforward_size")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m course_utils.training",
        description="Train an encoder–decoder, write its checkpoint and measure it on the test data.",
        epilog="recipes:\n" + "\n".join(f"  {name:24}{r.shows}" for name, r in RECIPES.items()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--recipe",
        nargs="+",
        metavar="NAME",
        help="which of the course's runs to train, or “all” (default: attention; with --corpus: own, whose "
        "sizes and updates follow from the data); the options below change single settings of it",
    )
    parser.add_argument(
        "--from",
        type=Path,
        metavar="FILE",
        dest="start",
        help="train a finished model on: its size and vocabulary, a new schedule",
    )
    parser.add_argument(
        "--corpus",
        type=Path,
        metavar="PATH",
        help="a .tsv file of yours, a folder with train.tsv, valid.tsv and test.tsv, or a public corpus: "
        f"{', '.join(PUBLIC)} (default: the recipe's: one of the course's)",
    )
    parser.add_argument(
        "--output",
        type=Path,
        metavar="FILE",
        help="where to write the checkpoint, ending in .safetensors; the results go "
        f"beside it as .json (default: {MODELS}/RECIPE.safetensors in this folder)",
    )
    parser.add_argument(
        "--resume", action="store_true", help="go on with a run that was stopped, from where it stood"
    )
    parser.add_argument(
        "--overwrite",
        action="store_true",
        help="replace a model, or the state of a stopped run, that is there already",
    )
    parser.add_argument(
        "--device",
        type=_device,
        default="cuda" if torch.cuda.is_available() else "cpu",
        help="cpu or cuda (default: cuda where there is one)",
    )
    parser.add_argument(
        "--threads",
        type=_positive(int),
        metavar="N",
        default=THREADS,
        help=f"how many processors to compute with (default: {THREADS}; more gain "
        "little, and lose much beside other busy programs)",
    )
    parser.add_argument(
        "--max-length",
        type=_positive(int),
        metavar="N",
        help="leave out pairs with more than N source or target tokens",
    )
    parser.add_argument(
        "--columns",
        type=_columns,
        metavar="N,N",
        help="which columns of your file are source and target, counted from 1 (2,1 for "
        "flash cards: English, French, attribution); the others are not read",
    )
    for option, kind, meaning in (
        ("updates", _positive(int), "how many batches to learn from"),
        ("batch-size", _positive(int), "sentence pairs in a batch"),
        ("learning-rate", _positive(float), "its peak; it climbs to it, then falls to 0"),
        ("clip", _positive(float), "longest gradient, as a Euclidean norm"),
        ("seed", int, "start of the random numbers"),
        ("min-count", _positive(int), "how often a training word must occur not to become <unk>"),
        ("subwords", _count, "cut rare words into pieces, of so many kinds; 0: words stay whole"),
        ("batch-tokens", _count, "at most so many tokens in a batch, on its longer side; 0: any number"),
        ("label-smoothing", _share, "share of probability for all words alike"),
        ("patience", _count, "stop after so many epochs without a better validation loss; 0: never"),
        ("hidden-size", _positive(int), "units in an encoder state and in the decoder's state"),
        ("embedding-size", _positive(int), "numbers in a word's vector"),
        ("dropout-p", _share, "share of embedding values zeroed while training"),
        ("layers", _positive(int), "of a Transformer's encoder, and as many of its decoder"),
        ("heads", _positive(int), "in each of a Transformer's attentions"),
        ("feedforward-size", _positive(int), "units in a Transformer's feed-forward parts"),
    ):
        parser.add_argument(f"--{option}", type=kind, metavar="N", help=meaning)
    return parser


def _positive(kind: type) -> Callable[[str], float]:
    """Return a reader of numbers of a `kind` that are above 0."""

    def read(text: str) -> float:
        try:
            number = kind(text)
        except ValueError:
            number = 0
        if not 0 < number < math.inf:
            what = "a whole number of at least 1" if kind is int else "a number above 0"
            raise argparse.ArgumentTypeError(f"{text!r} must be {what}")
        return number

    return read


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} must be a whole number of at least 0")
    return int(text)


def _columns(text: str) -> tuple[int, int]:
    first, _, second = text.partition(",")
    if not (first.strip().isdecimal() and second.strip().isdecimal()):
        raise argparse.ArgumentTypeError(f"{text!r} must be two numbers with a comma between, as 2,1")
    return int(first), int(second)


def _share(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} must be a number from 0 up to, but below, 1")
    return number


def _device(name: str) -> str:
    try:
        torch.zeros(1, device=name).item()  # "meta" makes tensors, but holds no numbers
    except Exception:  # for each kind of device PyTorch has another
        raise argparse.ArgumentTypeError(f"PyTorch can't compute on {name!r} here; try cpu") from None
    return name


def _changed(recipe: Recipe, options: argparse.Namespace, start: Checkpoint | None) -> Recipe:
    """Return `recipe` with the settings that the command line gave, and the model of `start`.

    What it shows tells what is other. Raises ValueError for a setting that its model does not have.
    """
    given = {name: value for name, value in vars(options).items() if value is not None}
    model = {name: given[name] for name in asdict(recipe.model) if name in given}
    if strange := [name for name in SIZES if name in given and name not in model]:
        option = strange[0].replace("_", "-")
        raise ValueError(f"the recipe's model, {recipe.shows!r}, has no --{option}")
    training = {name: given[name] for name in asdict(recipe.training) if name in given}
    if "min_count" in given and "subwords" not in given:
        training["subwords"] = 0
    config = replace(recipe.model, **model)
    if start:
        config, old = start.config, start.info.get("training", {})
        training |= {"min_count": old.get("min_count", 1), "subwords": old.get("subwords", 0)}
    changed = replace(recipe, model=config, training=replace(recipe.training, **training))
    before, after = ({**asdict(of.model), **asdict(of.training)} for of in (recipe, changed))
    other = [f"{name} {value}" for name, value in after.items() if before.get(name) != value]
    other = [f"trained on from {options.start}"] * bool(start) + other
    return replace(changed, shows=f"{recipe.shows}; but {', '.join(other)}") if other else changed


def _load(path: Path, options: argparse.Namespace) -> Corpus:
    """Return the corpus at `path`, or the public one of that name."""
    if str(path) in PUBLIC and not path.exists():
        return load_public(str(path), max_length=options.max_length)
    return load_corpus(path, options.max_length, options.columns)


def _refuse_to_replace(files: Sequence[Path], options: argparse.Namespace) -> None:
    """Raise ValueError if something of the user's is there and would be replaced without being asked."""
    if options.resume or options.overwrite:
        return
    if there := [file for file in files if file.exists()]:
        names = " and ".join(str(file) for file in there)
        raise ValueError(
            f"{names} {'is' if len(there) == 1 else 'are'} there already; go on with a stopped run by "
            "--resume, replace what is there by --overwrite, or name another --output"
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return its exit status."""
    make_consoles_safe()
    parser = _parser()
    options = parser.parse_args(arguments)
    names = options.recipe or [OWN if options.corpus else "attention"]
    names = list(RECIPES) if names == ["all"] else names
    if unknown := [name for name in names if name not in (*RECIPES, OWN)]:
        parser.error(f"there is no recipe {unknown[0]!r}; choose from {', '.join(RECIPES)}, {OWN}")
    if OWN in names and not options.corpus:
        parser.error("the recipe “own” needs your corpus: --corpus FILE")
    if options.output and (len(names) > 1 or options.output.suffix != ".safetensors"):
        parser.error("--output takes one recipe, and a file name that ends in .safetensors")
    if options.resume and options.overwrite:
        parser.error("--resume goes on with a run and --overwrite begins anew; choose one of them")
    if options.start and (
        len(names) > 1 or any(vars(options)[size] is not None for size in (*SIZES, "min_count", "subwords"))
    ):
        parser.error("--from takes one recipe, and the model's size and vocabulary as they are")
    torch.set_num_threads(min(options.threads, os.cpu_count() or 1))
    for number in (signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):  # Windows has no SIGHUP
        if signal.getsignal(number) is not signal.SIG_IGN:  # as under nohup
            signal.signal(number, signal.default_int_handler)  # being asked to end is like Ctrl-C
    checkpoint = None
    try:
        with joined(options.device) as device, redirect_stdout(sys.stdout if is_first() else StringIO()):
            start = load_checkpoint(options.start) if options.start else None
            outputs = {name: options.output or MODELS / f"{name}.safetensors" for name in names}
            for output in outputs.values():
                files = [output, output.with_suffix(".json"), output.with_suffix(".last")]
                _refuse_to_replace(files, options)
            paths = dict.fromkeys(options.corpus or RECIPES[name].corpus for name in names)
            corpora = {path: _load(path, options) for path in paths}
            if left_out := sum(corpus.left_out for corpus in corpora.values()):
                long = f"more than {options.max_length} tokens on a side, or " if options.max_length else ""
                print(f"{left_out} pairs are left out: {long}none on one")
            for corpus in corpora.values():
                for split in ("valid", "test"):
                    if shared := corpus.shared(split):
                        print(
                            f"{shared} of {len(getattr(corpus, split))} pairs of {split} have a source that "
                            "train has, too: what is measured there flatters"
                        )
            chosen = [own_recipe(corpora[options.corpus]) if name == OWN else RECIPES[name] for name in names]
            for name, recipe in zip(names, [_changed(recipe, options, start) for recipe in chosen]):
                corpus = corpora[options.corpus or recipe.corpus]
                checkpoint, results = outputs[name], outputs[name].with_suffix(".json")
                print(f"{name}: {recipe.shows}", flush=True)
                found = train_and_measure(recipe, corpus, checkpoint, results, options.resume, device, start)
                print(results_table(found))
                print(f"{checkpoint} and {results} are written", flush=True)
    except (ValueError, OSError) as error:
        parser.exit(2, f"{parser.prog}: {error}\n")
    except RuntimeError as error:
        if not isinstance(error, torch.OutOfMemoryError) and "can't allocate memory" not in str(error):
            raise
        smaller = "--batch-size or --batch-tokens, leave out what is long (--max-length)"
        parser.exit(2, f"{parser.prog}: too little memory on {options.device}; take a smaller {smaller}\n")
    except KeyboardInterrupt:
        parser.exit(130, f"\n{_where_it_stands(checkpoint, name if checkpoint else '')}\n")
    return 0


def _where_it_stands(checkpoint: Path | None, name: str) -> str:
    """Return what is true after a stop: what there is of the run, and how to go on."""
    try:
        state = load_checkpoint(checkpoint.with_suffix(".last")) if checkpoint else None
    except (ValueError, OSError):  # there is none
        state = None
    if state is None:
        return "stopped; nothing was written"
    best = f"; the best weights so far are in {checkpoint}" if state.info["history"]["valid_update"] else ""
    done = f"stopped after {state.info['updates_done']} updates{best}"
    return f"{done}; the same command with --recipe {name} --resume goes on from there"


if __name__ == "__main__":
    sys.exit(main())
