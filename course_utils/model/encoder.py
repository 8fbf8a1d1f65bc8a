"""The encoder: it reads the source, word by word, into one state a word.

    source (B, S) --Encoder--> encoder_outputs (B, S, H), hidden (1, B, H)

In every shape: B sentences, S source tokens, T target tokens, E embedding, H hidden, V words.
"""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from course_utils.text.vocab import PAD_ID


def check_sizes(hidden_size: int, embedding_size: int, dropout_p: float) -> None:
    """Raise ValueError for sizes below 1, and for a dropout outside [0, 1)."""
    if hidden_size < 1 or embedding_size < 1:
        raise ValueError(
            f"hidden_size and embedding_size must be at least 1, not {hidden_size} and {embedding_size}"
        )
    if not 0 <= dropout_p < 1:
        raise ValueError(f"dropout_p must be at least 0 and below 1, not {dropout_p}")


def check_lengths(source: Tensor, lengths: Tensor) -> None:
    """Raise ValueError unless there is a length, from 1 to S, for each sentence of `source` (B, S)."""
    B, S = source.shape
    if lengths.shape != (B,):
        raise ValueError(f"{B} sentences need {B} lengths, not a tensor {tuple(lengths.shape)}")
    if int(lengths.min()) < 1:
        raise ValueError("an empty sentence can't be encoded; every length must be at least 1")
    if int(lengths.max()) > S:
        raise ValueError(f"a length is {int(lengths.max())}, but the sentences have {S} places")


def reverse(rows: Tensor, lengths: Tensor) -> Tensor:
    """Turn round the first ``lengths[b]`` places of each row of `rows` (B, S, …); padding stays."""
    places = torch.arange(rows.shape[1], device=rows.device).expand(rows.shape[:2])  # (B, S)
    mirrored = lengths.to(rows.device).unsqueeze(1) - 1 - places
    order = torch.where(mirrored >= 0, mirrored, places)
    return rows[torch.arange(len(rows), device=rows.device).unsqueeze(1), order]


class Encoder(nn.Module):
    """A GRU that reads the source (Cho et al. 2014), in both directions (Bahdanau et al. 2015).

    The two directions have H/2 units each, so that a state has H either way. ``direction="forward"``
    reads first to last only, ``"backward"`` last to first (Sutskever et al. 2014, section 3.3).
    The sentences are packed: the GRU reads the real tokens of each only; padding changes nothing.
    """

    def __init__(
        self,
        vocab_size: int,
        hidden_size: int,
        embedding_size: int | None = None,
        dropout_p: float = 0.1,
        direction: Literal["both", "forward", "backward"] = "both",
    ) -> None:
        super().__init__()
        if direction not in ("both", "forward", "backward"):
            raise ValueError(f'direction is "both", "forward" or "backward", not {direction!r}')
        if direction == "both" and hidden_size % 2:
            raise ValueError(f"two directions share hidden_size, which must be even, not {hidden_size}")
        embedding_size = hidden_size if embedding_size is None else embedding_size
        check_sizes(hidden_size, embedding_size, dropout_p)
        self.direction = direction
        self.embedding = nn.Embedding(vocab_size, embedding_size, padding_idx=PAD_ID)
        self.dropout = nn.Dropout(dropout_p)
        both = direction == "both"
        self.gru = nn.GRU(embedding_size, hidden_size // (1 + both), batch_first=True, bidirectional=both)

    def forward(self, source: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """Read `source` (B, S), of which the first ``lengths[b]`` tokens of row ``b`` are real.

        Returns encoder_outputs (B, S, H), zero at padding, and the final state hidden (1, B, H):
        each direction's state after its last word. Raises ValueError for a length below 1 or over S.
        """
        check_lengths(source, lengths)
        B, S = source.shape
        if self.direction == "backward":
            source = reverse(source, lengths)
        embedded = self.dropout(self.embedding(source))  # (B, S, E)
        packed = pack_padded_sequence(embedded, lengths.cpu(), batch_first=True, enforce_sorted=False)
        packed_outputs, hidden = self.gru(packed)
        encoder_outputs, _ = pad_packed_sequence(packed_outputs, batch_first=True, total_length=S)
        if self.direction == "backward":
            encoder_outputs = reverse(encoder_outputs, lengths)  # state s stands at word s again
        # hidden: (directions, B, H/directions) -> (1, B, H)
        return encoder_outputs, hidden.transpose(0, 1).reshape(1, B, -1)
