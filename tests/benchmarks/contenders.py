"""Who learns to translate: ours, joeynmt's models in two ways, and the usual tutorial's computation.

All have the same sentences, vocabularies and sizes (hidden 100, embeddings 64), one thread, and no dropout.
`scheduled` trains by our recipe, whose learning rate falls to 0 at an update chosen beforehand; the others
train at one rate, and can be stopped and judged after any update.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple
from unittest.mock import patch

import torch
from torch import nn

import peers
import tutorial
from course_utils.analysis.evaluation import translate_pairs
from course_utils.model.seq2seq import build_model
from course_utils.model.translator import Translator
from course_utils.text.batching import make_batch
from course_utils.text.corpus import Corpus, Pair
from course_utils.text.vocab import Vocab
from course_utils.training.history import History
from course_utils.training.recipes import RECIPES
from course_utils.training.settings import build_vocab
from course_utils.training.trainer import Trainer

RECIPE = RECIPES["attention-live"]
ITS_BATCH_SIZE, ITS_CLIP = 10, 1.0  # of configs/rnn_small.yaml

Words = Sequence[Sequence[str]]


class Run(NamedTuple):
    """A model in training: a step of `updates` is an update; `translate` is greedy, in the pairs' order."""

    updates: Iterator[None]
    translate: Callable[[Sequence[Pair]], Words]
    model: nn.Module


def vocabs_of(corpus: Corpus) -> tuple[Vocab, Vocab]:
    """Return the vocabularies that our `Trainer` builds."""
    sides = [pair.source for pair in corpus.train], [pair.target for pair in corpus.train]
    return build_vocab(sides[0], RECIPE.training), build_vocab(sides[1], RECIPE.training)


def scheduled(
    attention: str | None, corpus: Corpus, rate: float, updates: int, seed: int
) -> tuple[float, Run]:
    """Train by our recipe, from beginning to end: our model, or joeynmt's with this `attention`.

    Returns the seconds of processor time up to the last update, and the run. Batching is in them, and the
    validation after the first epoch, on both sides alike.
    """
    config = replace(RECIPE.training, learning_rate=rate, updates=updates, seed=seed)
    vocabs, build = vocabs_of(corpus), build_model
    if attention is not None:
        build = lambda *sizes: peers.Peer(attention, vocabs)  # noqa: E731
    with patch("course_utils.training.trainer.build_model", build):
        trainer = Trainer(RECIPE.model, config, corpus.train, corpus.valid)
    began = now = time.process_time()

    def look(_: History) -> None:
        nonlocal now
        now = time.process_time()

    translator = trainer.train(look)
    seconds = now - began
    if attention is None:
        return seconds, Run(iter(()), lambda pairs: our_words(translator, pairs), translator.model)
    peer = trainer.model
    assert isinstance(peer, peers.Peer)
    return seconds, Run(iter(()), lambda pairs: peers.translate(peer, vocabs, pairs), peer)


def our_words(translator: Translator, pairs: Sequence[Pair]) -> Words:
    """Return our greedy translations, as words."""
    return [found.target for found in translate_pairs(translator, pairs)]


def as_joeynmt_trains(attention: str, corpus: Corpus, vocabs: peers.Vocabs, rate: float, seed: int) -> Run:
    """joeynmt's model as its own trainer trains it: Adam at a constant rate, random batches.

    Its defaults (``parse_train_args`` in ``joeynmt/config.py`` of 2.3.0): Adam, 0.005, no schedule. Where
    they leave a choice, that of ``configs/rnn_small.yaml``, its example of a recurrent model: 10 sentences
    in a batch, the gradient's values clipped. (That example waits for five validations without progress
    before it halves its rate; at the default distance, a thousand updates, that would come too late here.)
    """
    torch.manual_seed(seed)
    peer = peers.Peer(attention, vocabs)

    def updates() -> Iterator[None]:
        order = torch.Generator().manual_seed(seed)
        optimizer = torch.optim.Adam(peer.parameters(), lr=rate)
        while True:
            places = torch.randperm(len(corpus.train), generator=order).tolist()
            for start in range(0, len(places) - ITS_BATCH_SIZE + 1, ITS_BATCH_SIZE):
                pairs = [corpus.train[i] for i in places[start : start + ITS_BATCH_SIZE]]
                batch = peers.convert(make_batch(pairs, *vocabs))
                loss, *_ = peer.its(return_type="loss", **batch._asdict())
                optimizer.zero_grad()
                (loss / batch.nseqs).backward()  # its normalization: "batch"
                nn.utils.clip_grad_value_(peer.parameters(), ITS_CLIP)
                optimizer.step()
                yield

    return Run(updates(), lambda pairs: peers.translate(peer, vocabs, pairs), peer)


def as_the_tutorial_trains(corpus: Corpus, vocabs: peers.Vocabs, rate: float, seed: int) -> Run:
    """The usual tutorial's model and training."""
    torch.manual_seed(seed)
    model = tutorial.Tutorial(*map(len, vocabs))

    def words(pairs: Sequence[Pair]) -> Words:
        sources = (torch.tensor(vocabs[0].encode(pair.source)) for pair in pairs)
        return [vocabs[1].decode(model.translate(source)) for source in sources]

    return Run(tutorial.train(model, vocabs, corpus.train, rate, seed), words, model)
