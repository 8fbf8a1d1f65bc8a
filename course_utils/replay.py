"""What a model does step by step, for the pictures: where it looks, and which beginnings a beam keeps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from course_utils.batching import length_mask, pad
from course_utils.decoding import Translator, beam_search
from course_utils.models import evaluating
from course_utils.vocab import BOS_ID, EOS, EOS_ID, PAD_ID, Vocab, tokenize

Words = str | Sequence[str]  # a sentence: text, or its tokens


class Look(NamedTuple):
    """The T + 1 steps in which `target` and its end are written, each given the right words before it."""

    source: tuple[str, ...]  # S words
    target: tuple[str, ...]  # T words, and <eos>
    weights: np.ndarray  # (T + 1, S + pads)
    likeliest: tuple[str, ...]  # T + 1: the word that the model would have written


@torch.no_grad()
def look(
    translator: Translator, source: Words, target: Words, pads: int = 0, masked: bool = True
) -> Look:
    """Return where an attention model looks while it writes `target`, teacher-forced.

    `pads` places of padding follow the source; if not `masked`, the model may look at them.
    Raises ValueError for a model without attention, an empty source, and unknown words.
    """
    model = translator.model
    source = attended_tokens(translator, source)
    target = known_tokens(target, translator.target_vocab)
    ids, lengths = pad([translator.source_vocab.encode(source)])
    ids = torch.nn.functional.pad(ids, (0, pads), value=PAD_ID).to(model.device)  # (1, S + pads)
    inputs = torch.tensor([[BOS_ID, *translator.target_vocab.encode(target)]], device=model.device)
    mask = length_mask(lengths, ids.shape[1]) if masked else torch.ones_like(ids, dtype=torch.bool)
    with evaluating(model):
        memory, mask, hidden = model.encode(ids, lengths, mask.to(model.device))
        log_probs, weights = model.decoder.teacher_forced(inputs, hidden, memory, mask)
    likeliest = tuple(translator.target_vocab.tokens[i] for i in log_probs[0].argmax(dim=1).tolist())
    return Look(tuple(source), (*target, EOS), weights[0].cpu().numpy(), likeliest)


class Beam(NamedTuple):
    """One beginning that a beam search keeps."""

    words: tuple[str, ...]  # with <eos> if it has come to its end
    log_prob: float
    parent: int  # its rank, from 0, among those kept one step earlier


def beam_steps(translator: Translator, source: Words, beam_size: int) -> list[list[Beam]]:
    """Return, for each step of `beam_search`, the beginnings that it keeps, likeliest first.

    The first of the last step is what `Translator.translate` writes. Raises ValueError as it does.
    """
    source = translator.read(source)
    tokens, steps = translator.target_vocab.tokens, []
    ranks: dict[tuple[str, ...], int] = {(): 0}  # of those kept one step earlier

    def keep(words: Tensor, log_prob: Tensor) -> None:
        nonlocal ranks
        beams = []
        for ids, total in zip(words.tolist(), log_prob[0].tolist()):
            if total == -np.inf:
                continue  # a beam that is not filled yet
            ended = EOS_ID in ids
            said = tuple(tokens[i] for i in (ids[: ids.index(EOS_ID) + 1] if ended else ids))
            beams.append(Beam(said, total, ranks[said if said in ranks else said[:-1]]))
        ranks = {beam.words: rank for rank, beam in enumerate(beams)}
        steps.append(beams)

    model = translator.model
    ids, lengths = pad([translator.source_vocab.encode(source)])
    with evaluating(model):
        beam_search(model, ids.to(model.device), lengths, beam_size, on_step=keep)
    return steps


def attended_tokens(translator: Translator, source: Words) -> list[str]:
    """Return what `Translator.read` does; raises ValueError also for a model without attention."""
    if not translator.model.decoder.has_attention:
        raise ValueError("this model has no attention, so there are no weights to show")
    return translator.read(source)


def known_tokens(words: Words, vocab: Vocab) -> list[str]:
    """Return the tokens; raises ValueError for one that is not in `vocab`."""
    tokens = tokenize(words) if isinstance(words, str) else list(words)
    for token in tokens:
        if token not in vocab:
            raise ValueError(f"the model does not know “{token}”; choose a sentence of known words")
    return tokens
