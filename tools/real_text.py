"""Train on human text, as lessons 5 and 9 report it: Multi30k, French to English, with attention and without.

    python tools/real_text.py --to build/multi30k   fetches the corpus, trains eight models, writes there
    python tools/real_text.py attention             only that one
    python tools/real_text.py --folder FOLDER       the corpus is there already

About ten minutes for each model on two cores; "bottleneck-long" takes five times that. What is stopped
goes on where it was; what has its file of results there is not trained again. Only numbers are kept of
the corpus, and translations of sentences of our own: it may not be passed on.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import torch

from course_utils.analysis.evaluation import bleu, translate_pairs
from course_utils.model.pretrained import RESULTS, load_translator
from course_utils.text.corpus import Corpus
from course_utils.text.public import load_public
from course_utils.training.recipes import MODELS, Recipe, own_recipe, train_and_measure, write_results

CORPUS = "multi30k-fr-en"
BEAM = 4
OURS = (  # captions as people would write them, and none of theirs
    "un chat noir dort sur un tapis .",
    "deux enfants jouent au ballon dans un parc .",
    "une femme lit un livre dans un café .",
    "un homme sans chapeau vend des pommes de terre au marché .",
    "trois musiciens jouent devant une vieille église pendant que des touristes les photographient .",
    "une astronaute répare son vélociraptor .",
)


def recipes(corpus: Corpus) -> dict[str, Recipe]:
    """Return what is trained: the recipe that follows from the corpus, and the same without attention."""
    attention = own_recipe(corpus)
    bottleneck = replace(attention, model=replace(attention.model, attention=False))
    # Its patience would end it early: it is to have every chance.
    long = replace(bottleneck.training, updates=5 * bottleneck.training.updates, patience=0)
    found = {}
    for seed, name in ((1, ""), (2, "-seed2"), (3, "-seed3")):
        for kind, recipe in (("attention", attention), ("bottleneck", bottleneck)):
            found[kind + name] = replace(recipe, training=replace(recipe.training, seed=seed))
    found["bottleneck-long"] = replace(bottleneck, training=long)
    more = replace(attention.training, updates=attention.training.updates * 13 // 8)
    found["attention-more"] = replace(attention, model=replace(attention.model, dropout_p=0.3), training=more)
    return found


def facts(corpus: Corpus) -> dict[str, object]:
    """Return the numbers of the corpus that the lesson shows: no sentence can be read from them."""
    counts = Counter(word for pair in corpus.train for word in pair.source)
    ranked = sorted(counts.values(), reverse=True)
    ranks = sorted({round(len(ranked) ** (i / 40)) for i in range(41)})
    test = [word for pair in corpus.test for word in pair.source]
    return {
        "pairs": len(corpus.train),
        "words": sum(ranked),
        "different": len(ranked),
        "once": ranked.count(1),
        "new": sum(word not in counts for word in test) / len(test),
        "sentences_with_new": sum(any(w not in counts for w in pair.source) for pair in corpus.test)
        / len(corpus.test),
        "unmet": [word for text in OURS for word in text.split() if word not in counts],
        "ranks": ranks,
        "counts": [ranked[rank - 1] for rank in ranks],
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("names", nargs="*", help="which models; all, if none is named")
    parser.add_argument("--folder", type=Path, help="where the corpus is, or is to be")
    parser.add_argument(
        "--to",
        type=Path,
        default=RESULTS,
        help="where the results go (default: data/results, the course's own)",
    )
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="of torch")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    corpus = load_public(CORPUS, options.folder)
    found = recipes(corpus)
    if unknown := set(options.names) - found.keys():
        parser.error(f"there is no model {min(unknown)!r}; choose from {', '.join(found)}")
    options.to.mkdir(parents=True, exist_ok=True)
    write_results(options.to / "multi30k.json", facts(corpus))
    MODELS.mkdir(exist_ok=True)
    for name in options.names or found:
        recipe = found[name]
        checkpoint, results = MODELS / f"multi30k-{name}.safetensors", options.to / f"multi30k-{name}.json"
        if results.is_file():
            print(f"{name}: {results} is there; to train it again, name another folder with --to", flush=True)
            continue
        print(f"{name}: {recipe.shows}", flush=True)
        started = time.perf_counter()
        resume = checkpoint.with_suffix(".last").exists()
        measured = train_and_measure(recipe, corpus, checkpoint, checkpoint.with_suffix(".json"), resume)
        translator = load_translator(checkpoint)
        searched = [t.target for t in translate_pairs(translator, corpus.test, BEAM)]
        measured["beam"] = {"size": BEAM, "bleu": round(bleu(searched, [p.target for p in corpus.test]), 2)}
        measured["ours"] = {text: translator.translate(text, BEAM).text for text in OURS}
        write_results(results, measured)
        print(
            f"BLEU {measured['test']['bleu']} greedy, {measured['beam']['bleu']} with a beam of {BEAM}; "
            f"{measured['history']['seconds']:.0f} s of training, "
            f"{time.perf_counter() - started:.0f} s in all",
            flush=True,
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
