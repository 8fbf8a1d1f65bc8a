"""Faults of the field, by name: what goes wrong in other people's translators, put into ours on purpose.

Each fault replaces a piece of text, which occurs once in its file, by a faulty one. `run.py` beside this
file makes them one at a time, and demands that a test of `make quick` fails.
"""

from __future__ import annotations

from faults_attention import ATTENTION
from faults_data import DATA
from faults_network import NETWORK

# Where a fault in this file is to be noticed: tests/unit/test_….py, in this order.
TESTS: dict[str, tuple[str, ...]] = {
    "analysis/alignments.py": ("alignments", "evaluation"),
    "analysis/evaluation.py": ("evaluation", "padding_invariance"),
    "figures/bars.py": ("figure_texts", "alignments"),
    "model/decoders.py": ("seq2seq", "translator", "padding_invariance"),
    "model/encoder.py": ("seq2seq", "padding_invariance"),
    "model/scores.py": ("scores", "seq2seq", "padding_invariance"),
    "model/search.py": ("translator", "padding_invariance"),
    "model/seq2seq.py": ("seq2seq", "real_text", "padding_invariance"),
    "model/transformer.py": ("transformer", "seq2seq", "padding_invariance"),
    "model/translator.py": ("translator", "evaluation"),
    "numpy_attention.py": ("numpy_attention", "scores"),
    "text/batching.py": ("batching", "seq2seq", "padding_invariance"),
    "text/corpus.py": ("corpus", "cases"),
    "text/vocab.py": ("vocab", "batching"),
    "training/settings.py": ("training",),
    "training/trainer.py": ("training",),
}

FAULTS = (*ATTENTION, *NETWORK, *DATA)
