"""Many sentences at once: pad them to one length, and remember which tokens are real.

pairs --make_batches--> [Batch, Batch, …]        a mask is True at a real token, False at padding
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields

import torch
from torch import Tensor

from course_utils.text.corpus import Pair
from course_utils.text.vocab import BOS_ID, EOS_ID, PAD_ID, Vocab

# The most weights of attention, B · S · T, that a batch may have. What an attention keeps for its
# backward pass is H numbers each: 400 MB at a hidden size of 100. (The course's batches have a tenth.)
MOST_CELLS = 2**20


def pad(sequences: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
    """Stack sequences of different lengths: ids (B, S), filled up with ``<pad>``, and lengths (B,).

    Raises ValueError if there is no sequence, or an empty one: an encoder can't read nothing.
    """
    if not sequences:
        raise ValueError("there is no sentence to pad; give at least one")
    for i, sequence in enumerate(sequences):
        if not sequence:
            raise ValueError(f"sentence {i} is empty; leave it out or give it a word")
    lengths = torch.tensor([len(sequence) for sequence in sequences])
    ids = torch.full((len(sequences), int(lengths.max())), PAD_ID)
    for row, sequence in zip(ids, sequences):
        row[: len(sequence)] = torch.tensor(sequence)
    return ids, lengths


def length_mask(lengths: Tensor, size: int | None = None) -> Tensor:
    """Return the mask (B, size) that is True at the first ``lengths[b]`` places of row ``b``.

    `size` defaults to the longest length. Raises ValueError for a length below 0 or above `size`.
    """
    size = int(lengths.max()) if size is None else size
    if int(lengths.min()) < 0 or int(lengths.max()) > size:
        raise ValueError(f"lengths must lie between 0 and the padded size {size}, but are {lengths.tolist()}")
    return torch.arange(size, device=lengths.device) < lengths.unsqueeze(1)


@dataclass(frozen=True)
class Batch:
    """B sentence pairs as tensors. S and T are the longest source and target; T counts ``<eos>``."""

    source: Tensor  # (B, S)
    source_lengths: Tensor  # (B,)
    source_mask: Tensor  # (B, S)
    target_input: Tensor  # (B, T): <bos> w1 w2 …, what the decoder is given
    target_output: Tensor  # (B, T): w1 w2 … <eos>, what it should say
    target_mask: Tensor  # (B, T)

    def __len__(self) -> int:
        return self.source.shape[0]

    def to(self, device: torch.device | str) -> Batch:
        """Return the same batch on `device`."""
        return Batch(*(getattr(self, field.name).to(device) for field in fields(self)))


Ids = tuple[list[int], list[int]]  # of a pair: source and target


def make_batch(pairs: Sequence[Pair], source_vocab: Vocab, target_vocab: Vocab) -> Batch:
    """Turn `pairs` into one batch, in their order."""
    return _batch(_encode(pairs, source_vocab, target_vocab))


def _encode(pairs: Sequence[Pair], source_vocab: Vocab, target_vocab: Vocab) -> list[Ids]:
    return [(source_vocab.encode(pair.source), target_vocab.encode(pair.target)) for pair in pairs]


def _batch(pairs: Sequence[Ids]) -> Batch:
    source, source_lengths = pad([ids for ids, _ in pairs])
    target_input, target_lengths = pad([[BOS_ID, *ids] for _, ids in pairs])
    target_output, _ = pad([[*ids, EOS_ID] for _, ids in pairs])
    return Batch(
        source,
        source_lengths,
        length_mask(source_lengths),
        target_input,
        target_output,
        length_mask(target_lengths),
    )


def make_batches(
    pairs: Sequence[Pair],
    source_vocab: Vocab,
    target_vocab: Vocab,
    batch_size: int,
    generator: torch.Generator | None = None,
    batch_tokens: int = 0,
) -> list[Batch]:
    """Cut `pairs` into batches of similar length, so that little of each is padding.

    A batch has `batch_size` pairs, or fewer if it would hold more than `MOST_CELLS` weights, or more than
    `batch_tokens` tokens on a side, padding included, unless that is 0. (A longer pair is a batch alone.)

    With a `generator` the batches come in random order, and which sentences meet in one is random
    too (among those of nearly the same length); without, the longest come last.
    """
    encoded = _encode(pairs, source_vocab, target_vocab)  # its subwords count, where words are cut
    lengths = torch.tensor([len(source) + len(target) for source, target in encoded])
    if generator is None:
        order = lengths.sort(stable=True).indices
    else:
        # A little noise on the length (± 1 word or so) makes other neighbours in each epoch.
        order = (lengths + 2 * torch.rand(len(pairs), generator=generator)).argsort()
    chunks = _cut([encoded[i] for i in order.tolist()], batch_size, batch_tokens or math.inf)
    if generator is not None:
        chunks = [chunks[i] for i in torch.randperm(len(chunks), generator=generator)]
    return [_batch(chunk) for chunk in chunks]


def _cut(pairs: Sequence[Ids], batch_size: int, batch_tokens: float) -> list[list[Ids]]:
    """Cut `pairs` into pieces of `batch_size`, or fewer where they are long."""
    chunks: list[list[Ids]] = []
    S = T = 0
    for source, target in pairs:
        S, T = max(S, len(source)), max(T, len(target) + 1)
        B = len(chunks[-1]) + 1 if chunks else 0
        if not chunks or B > batch_size or B * S * T > MOST_CELLS or B * max(S, T) > batch_tokens:
            chunks.append([])
            S, T = len(source), len(target) + 1
        chunks[-1].append((source, target))
    return chunks
