"""How fast do models write? Sentences a second, greedily and with a beam, ours and joeynmt's; and one alone.

Models trained by the same recipe on the same data (joeynmt's by the part `good-model`); each with its own
search, which ends when all sentences of a batch have ended. What they write is judged, and its words counted.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from statistics import median
from typing import Any

from safetensors.torch import load_file

import peers
import search
from course_utils.analysis.evaluation import bleu
from course_utils.figures.tables import Table, table
from course_utils.model.pretrained import load_translator
from course_utils.model.search import beam_search, greedy_decode
from course_utils.model.translator import Translator
from course_utils.text.batching import Batch, make_batch, make_batches
from course_utils.text.corpus import load_corpus
from rate import best_of
from report import Options, log, times

TITLE = "Decoding"
SAYS = (
    "Sentences a second over {sentences} test sentences of up to 40 tokens in batches of {batch}, by "
    "models of the same recipe; the fastest of {rounds} rounds, the models in turn. And one sentence of "
    "ten words, from its words' numbers to the translation's words: the median of {repeats}."
)
OURS = {"additive": "attention-live", "general": "attention-general-live"}  # shipped
BATCH = 64
Search = Callable[[Sequence[Any]], list[list[str]]]  # of batches, each side's own
BEAMS = (1, 5)


def measure(options: Options) -> dict[str, Any]:
    plan = search.plan_of(options)
    rounds, repeats, number = (1, 3, 20) if options.quick else (3, 50, 500)
    corpus = load_corpus()
    ten = next(pair for pair in corpus.test if len(pair.source) == 10 == len(pair.target))
    pairs = corpus.test[:: len(corpus.test) // number][:number]
    rows = []
    for its, ours in peers.ATTENTIONS.items():
        translator = load_translator(OURS[ours])
        path = search.model_path(its, plan)
        if not path.is_file():
            raise FileNotFoundError(f"joeynmt's model ({its}) is not trained; run the part good-model first")
        peer = peers.Peer(its, translator.vocabs)
        peer.load_state_dict(load_file(path))
        peer.eval()
        batches = make_batches(pairs, *translator.vocabs, BATCH)
        one = [make_batch([ten], *translator.vocabs)]
        right = [translator.target_vocab.decode(row) for batch in batches for row in batch.target_output]
        for beam in BEAMS:
            searches: dict[str, Search] = {
                "ours": partial(our_words, translator, beam),
                "its": partial(its_words, peer, translator, beam),
            }
            # Each gets the batches in its own form; to make them is not timed.
            given = {"ours": batches, "its": list(map(peers.convert, batches))}
            alone = {"ours": one, "its": list(map(peers.convert, one))}
            written = {name: search(given[name]) for name, search in searches.items()}
            work = {name: partial(search, given[name]) for name, search in searches.items()}
            rows.append(
                {
                    "ours": ours,
                    "its": its,
                    "beam": beam,
                    "seconds": best_of(work, rounds),
                    "bleu": {name: round(bleu(words, right), 2) for name, words in written.items()},
                    "words": {name: sum(map(len, words)) for name, words in written.items()},
                    "alone": {
                        name: latency(search, alone[name], repeats) for name, search in searches.items()
                    },
                }
            )
            log(f"decoding: {rows[-1]}")
    return {"sentences": len(pairs), "batch": BATCH, "rounds": rounds, "repeats": repeats, "rows": rows}


def our_words(translator: Translator, beam: int, batches: Sequence[Batch]) -> list[list[str]]:
    """Return the likeliest translations, by our search."""
    words = []
    for batch in batches:
        task = (translator.model, batch.source, batch.source_lengths)
        found = greedy_decode(*task) if beam == 1 else [beams[0] for beams in beam_search(*task, beam)]
        words += [translator.target_vocab.decode(hypothesis.ids) for hypothesis in found]
    return words


def its_words(
    peer: peers.Peer, translator: Translator, beam: int, batches: Sequence[peers.ItsBatch]
) -> list[list[str]]:
    """Return the likeliest translations, by joeynmt's search, in our order."""
    words = []
    for batch in batches:
        found = peers.decode(peer.its, batch, translator.target_vocab, beam)
        words += [found[place] for place in batch.order.argsort().tolist()]
    return words


def latency(search: Search, batches: Sequence[Any], repeats: int) -> float:
    """Return the median of the seconds that a search takes."""
    seconds = []
    for _ in range(repeats):
        began = time.process_time()
        search(batches)
        seconds.append(time.process_time() - began)
    return median(seconds)


def tables(found: dict[str, Any]) -> list[Table]:
    rows, alone = [], []
    for row in found["rows"]:
        search = "greedy" if row["beam"] == 1 else f"beam {row['beam']}"
        names = (search, row["ours"], row["its"])
        mine, other = row["seconds"]["ours"], row["seconds"]["its"]
        rates = (f"{found['sentences'] / seconds:.0f}" for seconds in (mine, other))
        judged = (f"{row['bleu'][who]:.1f}, {row['words'][who]:,}" for who in ("ours", "its"))
        rows.append((*names, *rates, times(other, mine), *judged))
        mine, other = row["alone"]["ours"], row["alone"]["its"]
        alone.append((*names, f"{1000 * mine:.1f}", f"{1000 * other:.1f}", times(other, mine)))
    start = ("search", "ours", "joeynmt's")
    ends = ("ours (sentences/s)", "its (sentences/s)", "ratio", "BLEU and words, ours", "its")
    return [
        table((*start, *ends), rows),
        table((*start, "one sentence, ours (ms)", "its (ms)", "ratio"), alone),
    ]
