"""How to train: the numbers to choose, the learning rate's course, and what is refused before it begins."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch

from course_utils.model.seq2seq import ModelConfig, TransformerConfig, build_model
from course_utils.text.batching import MOST_CELLS
from course_utils.text.corpus import Pair
from course_utils.text.subwords import SubwordVocab
from course_utils.text.vocab import SPECIALS, Vocab

# The most memory that attention over the longest training pair may take: the numbers that its backward
# pass needs (an RNN decoder's: T · S · H). Twice as much or so is in use for a moment.
MOST_BYTES = 2**30
MOST_BYTES_OF_WORDS = 2**33  # and what the vocabularies may take
MOST_PARAMETERS = 2**29  # and how many parameters there may be besides: four numbers each, with Adam's


@dataclass(frozen=True)
class TrainingConfig:
    """How to train. The learning rate climbs over the first tenth of the updates, then falls to 0."""

    updates: int = 1540  # of 32 pairs: twice through the course's training data
    batch_size: int = 32  # pairs, at most
    learning_rate: float = 4e-3  # at its peak
    clip: float = 1.0  # longest gradient, as a Euclidean norm (Pascanu et al. 2013)
    seed: int = 1
    min_count: int = 1  # a rarer training word becomes <unk>
    subwords: int = 0  # cut words into as many different pieces; 0: words stay whole
    batch_tokens: int = 0  # at most so many in a batch on its longer side, padding included; 0: any
    label_smoothing: float = 0.0  # how much probability is shared out among all words (Szegedy et al. 2016)
    patience: int = 0  # stop after so many epochs without a better validation loss; 0: never


def learning_rate_at(update: int, config: TrainingConfig) -> float:
    """Return the learning rate of the update numbered `update`, from 0."""
    warm_up = max(1, config.updates // 10)
    climb = (update + 1) / warm_up
    fall = (config.updates - update) / max(1, config.updates - warm_up)
    return config.learning_rate * min(climb, fall, 1.0)


def check_settings(config: TrainingConfig) -> None:
    """Raise ValueError for settings with which nothing can be learnt."""
    if config.updates < 1 or config.batch_size < 1 or config.min_count < 1:
        raise ValueError("updates, batch_size and min_count must be at least 1")
    if min(config.subwords, config.batch_tokens, config.patience) < 0:
        raise ValueError("subwords, batch_tokens and patience must be at least 0")
    if config.subwords and config.min_count > 1:
        raise ValueError("with subwords no word is rare: choose either subwords or min_count")
    if not 0 <= config.seed < 2**32:
        raise ValueError(f"seed must be at least 0 and below {2**32}, not {config.seed}")
    if not 0 <= config.label_smoothing < 1:
        raise ValueError(f"label_smoothing must be at least 0 and below 1, not {config.label_smoothing}")
    for name in ("learning_rate", "clip"):
        value = getattr(config, name)
        if not 0 < value < math.inf:
            raise ValueError(f"{name} must be a number above 0, not {value}")


def check_memory(
    pairs: Sequence[Pair],
    vocabs: tuple[Vocab, Vocab],
    model: ModelConfig | TransformerConfig,
    config: TrainingConfig,
) -> None:
    """Raise ValueError if the model, its words or one pair need too much memory, before any training."""
    read, written = map(len, vocabs)
    if _parameters(model) > MOST_PARAMETERS:
        raise ValueError(
            f"a model of these sizes has more than {MOST_PARAMETERS:,} parameters, words not counted, and "
            "takes too much memory to train; choose smaller sizes (--hidden-size, --embedding-size …)"
        )
    size, S, T = max(
        (4 * model.attention_numbers(S, T), S, T)
        for S, T in ((len(vocabs[0].cut(pair.source)), len(vocabs[1].cut(pair.target)) + 1) for pair in pairs)
    )
    if size > MOST_BYTES:
        longest = math.isqrt(MOST_BYTES // (4 * model.attention_numbers(1, 1))) // 100 * 100
        raise ValueError(
            f"one pair has {S} source and {T - 1} target tokens, and attention over it takes "
            f"{size / 1e9:.1f} GB to train; leave out what is so long with max_length (--max-length "
            f"{longest})"
        )
    # Each word's vectors, their gradients and Adam's two means; and a batch's probabilities of all words,
    # their logarithms and gradients.
    tokens = config.batch_tokens or min(config.batch_size * T, max(T, MOST_CELLS // S))
    size = 4 * (4 * model.hidden_size * (read + 2 * written) + 3 * tokens * written)
    if size > MOST_BYTES_OF_WORDS:
        raise ValueError(
            f"{read:,} different source words and {written:,} target words take {size / 1e9:.0f} GB to "
            "train; cut them into pieces with subwords (--subwords 4000), or leave out the rare ones with "
            "min_count (--min-count 2)"
        )


def _parameters(model: ModelConfig | TransformerConfig) -> float:
    """Return how many parameters a model without words has, without making them; infinity past counting."""
    try:
        with torch.device("meta"):
            return sum(p.numel() for p in build_model(model, len(SPECIALS), len(SPECIALS)).parameters())
    except (RuntimeError, TypeError, OverflowError):
        return math.inf


def build_vocab(sentences: Sequence[Sequence[str]], config: TrainingConfig) -> Vocab:
    """Return the words, or the subwords, of the training sentences of a side.

    Raises ValueError if no word occurs `min_count` times, or there are too few subwords for the characters.
    """
    if config.subwords:
        return SubwordVocab.learn(sentences, config.subwords)
    vocab = Vocab.build(sentences, config.min_count)
    if len(vocab) == len(SPECIALS):
        raise ValueError(f"no word of a side occurs {config.min_count} times; choose a smaller min_count")
    return vocab
