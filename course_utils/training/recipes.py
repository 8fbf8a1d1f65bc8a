"""The runs that the lessons compare: what each shows, its model and its training; and what is measured."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from tqdm import tqdm

from course_utils.analysis.challenge import summary, try_challenge
from course_utils.analysis.evaluation import (
    TASK_BINS,
    bleu,
    bleu_signature,
    chrf,
    evaluate_by_length,
    rouge,
    translate_pairs,
)
from course_utils.analysis.evidence import evidence_of
from course_utils.files import locked, write_atomically
from course_utils.model.checkpoints import Checkpoint
from course_utils.model.seq2seq import ModelConfig, TransformerConfig
from course_utils.model.translator import Translator
from course_utils.text.corpus import DATA, DIALOGUES, OPEN_CORPUS, REPORTS, Corpus, Pair
from course_utils.training.processes import is_first
from course_utils.training.settings import TrainingConfig
from course_utils.training.trainer import History, Trainer

MODELS = Path("models")  # in the current folder: where a user's own models go


@dataclass(frozen=True)
class Recipe:
    """One run: what is trained, how, on which of the course's corpora, and what it is there to show."""

    shows: str
    model: ModelConfig | TransformerConfig
    training: TrainingConfig
    corpus: Path = DATA


# No dropout: a model that sees each sentence two or ten times has no time to learn them by heart.
WITH_ATTENTION = ModelConfig(dropout_p=0.0)
WITHOUT_ATTENTION = replace(WITH_ATTENTION, attention=False)
SCALED_DOT = replace(WITH_ATTENTION, score="scaled-dot")
LIVE = TrainingConfig()  # about a minute on two cores: what lessons 1 and 5 train before your eyes
LONG = replace(LIVE, updates=5 * LIVE.updates)
# At the RNNs' 4e-3 we did not try it; 2e-3 was the first rate tried, and enough.
TRANSFORMER = TransformerConfig(dropout_p=0.0)
TRANSFORMER_LIVE = replace(LIVE, learning_rate=2e-3)
OTHER_TASKS = TrainingConfig(updates=1200, min_count=5)

RECIPES = {
    "attention-live": Recipe("what lesson 5 trains", WITH_ATTENTION, LIVE),
    "bottleneck-live": Recipe("what lesson 1 trains", WITHOUT_ATTENTION, LIVE),
    "attention": Recipe("the best: five times the training", WITH_ATTENTION, LONG),
    "attention-seed2": Recipe("a minute from another start", WITH_ATTENTION, replace(LIVE, seed=2)),
    "attention-seed3": Recipe("and from a third", WITH_ATTENTION, replace(LIVE, seed=3)),
    "bottleneck": Recipe("five times the training, no attention", WITHOUT_ATTENTION, LONG),
    "bottleneck-tiny": Recipe(
        "a small cup: about a quarter of the hidden size", replace(WITHOUT_ATTENTION, hidden_size=26), LONG
    ),
    "bottleneck-narrow": Recipe("half the hidden size", replace(WITHOUT_ATTENTION, hidden_size=50), LONG),
    "bottleneck-wide": Recipe(
        "a bigger cup: twice the hidden size", replace(WITHOUT_ATTENTION, hidden_size=200), LONG
    ),
    "bottleneck-forward": Recipe(
        "an encoder that reads first to last only", replace(WITHOUT_ATTENTION, direction="forward"), LONG
    ),
    "bottleneck-backward": Recipe(
        "Sutskever's trick: it reads last to first", replace(WITHOUT_ATTENTION, direction="backward"), LONG
    ),
    "attention-dot-live": Recipe("dot-product scores", replace(WITH_ATTENTION, score="dot"), LIVE),
    "attention-scaled-live": Recipe("dot-product scores divided by √H", SCALED_DOT, LIVE),
    "attention-general-live": Recipe("general scores", replace(WITH_ATTENTION, score="general"), LIVE),
    "attention-location-live": Recipe(
        "weights that see no encoder state", replace(WITH_ATTENTION, score="location"), LIVE
    ),
    "attention-dot": Recipe(
        "dot-product scores, five times the training", replace(WITH_ATTENTION, score="dot"), LONG
    ),
    "transformer": Recipe("no RNN at all: lesson 8", TRANSFORMER, TRANSFORMER_LIVE),
    "transformer-seed2": Recipe(
        "a Transformer from another start", TRANSFORMER, replace(TRANSFORMER_LIVE, seed=2)
    ),
    "transformer-seed3": Recipe("and from a third", TRANSFORMER, replace(TRANSFORMER_LIVE, seed=3)),
    # Three times the words, and many more ways to put them together: a larger model, more time, and a lower
    # learning rate: at 3e-3 with dropout it did not even fit its training data (BLEU 94, and 93 on test).
    "open": Recipe(
        "what translates what you type: a wider French, a larger model",
        replace(WITH_ATTENTION, hidden_size=160, embedding_size=96),
        TrainingConfig(updates=24_000, batch_size=64, learning_rate=1.4e-3),
        OPEN_CORPUS,
    ),
    # Other tasks, the same model. A word that comes fewer than five times, a new name, is learnt as <unk>.
    "reports": Recipe("what writes headlines in lesson 7", SCALED_DOT, OTHER_TASKS, REPORTS),
    "reports-bottleneck": Recipe(
        "headlines without attention", replace(SCALED_DOT, attention=False), OTHER_TASKS, REPORTS
    ),
    "dialogues": Recipe("what lesson 7 trains: answers to questions", SCALED_DOT, OTHER_TASKS, DIALOGUES),
    "dialogues-bottleneck": Recipe(
        "answers without attention", replace(SCALED_DOT, attention=False), OTHER_TASKS, DIALOGUES
    ),
}


OWN = "own"  # the recipe's name for a corpus of one's own
LARGE = 10_000  # pairs, from which on it gets the larger model
PAIRS_TO_SEE = 100_000  # in training, of a small corpus
LEAST_EPOCHS, MOST_EPOCHS, MOST_UPDATES = 8, 100, 10_000
BATCH_TOKENS, BATCH_PAIRS = 1000, 128  # at most
MOST_NEW = 0.01  # share of words in validation that training never had, above which words are cut
PIECE_SEEN = 100  # how many words of training text there should be for each kind of piece
MOST_PIECES = 4000


def own_recipe(corpus: Corpus) -> Recipe:
    """Return what suits a corpus of one's own: its sizes and its updates follow from the data.

    Few pairs: a small model that sees each often. Many: a larger one. Where new sentences have new words, it
    reads and writes pieces of words. It ends early when nothing gets better any more.
    """
    pairs = len(corpus.train)
    sides = [pair.source for pair in corpus.train], [pair.target for pair in corpus.train]
    tokens = [sum(map(len, side)) for side in sides]
    size, dropout_p = (256, 0.2) if pairs >= LARGE else (128, 0.3)
    epochs = min(MOST_EPOCHS, max(LEAST_EPOCHS, PAIRS_TO_SEE // pairs))
    # So many batches an epoch has: a small corpus, or one of short sentences, never fills them.
    batches = max(max(tokens) / BATCH_TOKENS, math.ceil(pairs / BATCH_PAIRS))
    subwords = 0
    if _share_of_new_words(corpus) > MOST_NEW:
        letters = max(len({letter for words in side for word in words for letter in word}) for side in sides)
        # Each character is a piece, and each special: of few pieces these are the least, of many the most.
        subwords = max(2 * letters, letters + 10, min(tokens) // PIECE_SEEN)
        subwords = min(subwords, max(MOST_PIECES, letters + 100))
    return Recipe(
        f"a corpus of {pairs:,} pairs: hidden size {size}, "
        + (f"{subwords:,} kinds of pieces" if subwords else "whole words"),
        ModelConfig(hidden_size=size, embedding_size=size, dropout_p=dropout_p),
        TrainingConfig(
            updates=min(MOST_UPDATES, math.ceil(epochs * batches)),
            batch_size=BATCH_PAIRS,
            batch_tokens=BATCH_TOKENS,
            learning_rate=2e-3,
            subwords=subwords,
            label_smoothing=0.1,
            patience=3,
        ),
    )


def _share_of_new_words(corpus: Corpus) -> float:
    """Return, of the side where it is larger, the share of words in validation that training never had."""
    shares = []
    for side in ("source", "target"):
        known = {word for pair in corpus.train for word in getattr(pair, side)}
        words = [word for pair in corpus.valid for word in getattr(pair, side)]
        shares.append(sum(word not in known for word in words) / len(words))
    return max(shares)


def judged_splits(translator: Translator, corpus: Corpus) -> Iterator[tuple[str, list[Pair]]]:
    """Yield the splits that a model is judged on, test first, with the pairs that it can read; no empty one.

    Of the training pairs the first 1,000. Location-based attention reads no source beyond its limit.
    """
    score = getattr(translator.model.decoder, "score", None)
    longest = getattr(score, "max_length", math.inf)
    for name, split in (
        ("test", corpus.test),
        ("test_long", corpus.test_long),
        ("train", corpus.train[:1000]),
    ):
        if pairs := [pair for pair in split if len(pair.source) <= longest]:
            yield name, pairs


def measure(translator: Translator, corpus: Corpus) -> dict[str, Any]:
    """Return the scores by source length on the test splits and on 1,000 training pairs (greedy).

    Of the course's own French also how many sentences of the challenge split come out right; of summaries
    also ROUGE; of summaries and answers, for a model with attention, how much of it lies on the evidence.
    """
    results: dict[str, Any] = {}
    for name, pairs in judged_splits(translator, corpus):
        translations = translate_pairs(translator, pairs)
        scores = evaluate_by_length(translator, pairs, TASK_BINS[corpus.task], translations)
        written, right = [t.target for t in translations], [p.target for p in pairs]
        results[name] = {
            "bleu": round(bleu(written, right), 2),
            "chrf": round(chrf(written, right), 2),
            "by_length": [_rounded(asdict(score)) for score in scores],
        }
        if corpus.task == "summary":
            results[name]["rouge"] = _rounded(rouge(written, right))
        if corpus.task != "translation" and translator.model.decoder.has_attention:
            results[name]["evidence"] = _rounded(evidence_of(translator, pairs), 4)
    if corpus.own and corpus.task == "translation":
        results["challenge"] = summary(try_challenge(translator))
    return results


def results_table(results: dict[str, Any]) -> str:
    """Return what `measure` found, to print: by split and source length."""
    lines = ["split      source tokens      n   BLEU  exact match  token accuracy"]
    no_runs_of_four = False
    for split in ("test", "test_long", "train"):
        for row in results.get(split, {}).get("by_length", ()):
            length = f"{row['low']}+" if row["high"] is None else f"{row['low']}–{row['high']}"
            lines.append(
                f"{split:10} {length:>13} {row['n']:6} {row['bleu']:6.1f}"
                f" {row['exact_match']:10.1f} % {row['token_accuracy']:13.1f} %"
            )
            no_runs_of_four |= row["bleu"] == 0 and row["exact_match"] > 0
        if split in results:
            lines.append(
                f"{split:10} {'all':>13}        {results[split]['bleu']:6.1f}"
                f"          chrF {results[split]['chrf']:.1f}"
            )
            for name, score in results[split].get("rouge", {}).items():
                lines.append(f"{split:10} {name:>13} {score:13.1f}")
            if shares := results[split].get("evidence"):
                model, chance = 100 * shares["model"], 100 * shares["uniform"]
                lines.append(f"{split:10} weights on the evidence: {model:.0f} % (by chance {chance:.0f} %)")
    if challenge := results.get("challenge"):
        told = ", ".join(f"{number} {name}" for name, number in challenge.items())
        lines.append(f"of {sum(challenge.values())} sentences as people type them: {told}")
    if no_runs_of_four:
        lines.append(
            "(BLEU counts runs of up to four words. Where no sentence has four, it is 0 whatever the "
            "model says: look at chrF, which counts runs of letters, and at the exact matches.)"
        )
    lines.append(f"(BLEU by sacrebleu: {bleu_signature()})")
    return "\n".join(lines)


def _rounded(values: dict[str, Any], decimals: int = 2) -> dict[str, Any]:
    return {key: round(x, decimals) if isinstance(x, float) else x for key, x in values.items()}


def train_and_measure(
    recipe: Recipe,
    corpus: Corpus,
    checkpoint: Path,
    results: Path,
    resume: bool = False,
    device: str = "cpu",
    start: Checkpoint | None = None,
) -> dict[str, Any]:
    """Train `recipe` on `corpus`, with a progress bar; write its checkpoint and its results file.

    Stopped at any time, even while it measures, it goes on with `resume`. Of several processes that train
    together only the first writes, measures and returns anything. Raises ValueError if another run is
    writing the same checkpoint, and as `Trainer` does.
    """
    first = is_first()
    with locked(checkpoint) if first else nullcontext():
        trainer = Trainer(
            recipe.model, recipe.training, corpus.train, corpus.valid, checkpoint, resume, device, start
        )
        updates = recipe.training.updates
        with tqdm(total=updates, initial=trainer.update, unit="update", disable=not first) as bar:

            def show(history: History) -> None:
                bar.update()
                accuracy = history.valid_accuracy[-1] if history.valid_accuracy else float("nan")
                bar.set_postfix_str(f"loss {history.loss[-1]:.2f}, valid accuracy {accuracy:.1f} %")

            translator = trainer.train(show)
        if not first:
            return {}
        found = {
            "corpus": corpus.name,
            "model": asdict(recipe.model),
            "training": asdict(recipe.training),
            "parameters": sum(p.numel() for p in translator.model.parameters()),
            "history": asdict(trainer.history),
            **measure(translator, corpus),
        }
        write_results(results, found)
        trainer.forget_state()
    return found


def write_results(path: Path, found: dict[str, Any]) -> None:
    """Write what was measured, a line for each name."""
    content = json.dumps(found, ensure_ascii=False)
    write_atomically(path, content.replace(', "', ',\n"').encode() + b"\n")
