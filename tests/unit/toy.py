"""A toy language for the unit tests: small enough that a model learns it in seconds."""

from __future__ import annotations

import random
from pathlib import Path

from course_utils.model.scores import SCORES
from course_utils.model.seq2seq import ModelConfig, Seq2Seq, TransformerConfig, build_model
from course_utils.text.corpus import Pair
from course_utils.text.vocab import Vocab

WORDS = ("un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit")
TRANSLATION = dict(zip(WORDS, ("one", "two", "three", "four", "five", "six", "seven", "eight")))

# Every way to score, the decoder without attention with both of its contexts, and a Transformer.
CONFIGS: dict[str, ModelConfig | TransformerConfig] = {
    **{f"attention-{score}": ModelConfig(hidden_size=6, embedding_size=4, score=score) for score in SCORES},
    **{
        f"vanilla-{context}": ModelConfig(hidden_size=6, embedding_size=4, attention=False, context=context)
        for context in ("every_step", "first_state")
    },
    "transformer": TransformerConfig(hidden_size=6, layers=2, heads=2, feedforward_size=8),
}


def toy_pairs(n: int, seed: int = 0, shortest: int = 1, longest: int = 6) -> list[Pair]:
    """Return `n` different sentences of French numbers, and the English ones word by word."""
    dice = random.Random(seed)
    sources: dict[tuple[str, ...], None] = {}
    while len(sources) < n:
        sources[tuple(dice.choices(WORDS, k=dice.randint(shortest, longest)))] = None
    return [Pair(source, tuple(TRANSLATION[word] for word in source), None) for source in sources]


def write_toy_corpus(folder: Path) -> Path:
    """Write a corpus of the user's, train.tsv, valid.tsv and test.tsv, into a new folder; return it."""
    folder.mkdir()
    for seed, (split, n) in enumerate((("train", 20), ("valid", 5), ("test", 10))):
        lines = (f"{' '.join(p.source)}\t{' '.join(p.target)}\n" for p in toy_pairs(n, seed))
        (folder / f"{split}.tsv").write_text("".join(lines), encoding="utf-8")
    return folder


def toy_vocabs(pairs: list[Pair]) -> tuple[Vocab, Vocab]:
    return Vocab.build(p.source for p in pairs), Vocab.build(p.target for p in pairs)


def toy_model(name: str, source_size: int = 12, target_size: int = 11) -> Seq2Seq:
    """Return an untrained float64 model, evaluating; its weights are large, so words differ."""
    model = build_model(CONFIGS[name], source_size, target_size).double().eval()
    for parameter in model.parameters():
        parameter.data.mul_(3)
    return model
