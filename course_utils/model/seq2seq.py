"""The encoder–decoder: an encoder and a decoder joined, built from a `ModelConfig`, and its loss.

In every shape: B sentences, S source tokens, T target tokens, E embedding, H hidden, V words.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course_utils.model.decoders import AttnDecoderRNN, DecoderRNN
from course_utils.model.encoder import Encoder
from course_utils.model.transformer import TransformerConfig, TransformerDecoder, TransformerEncoder
from course_utils.text.batching import Batch
from course_utils.text.vocab import PAD_ID


class Seq2Seq(nn.Module):
    """An encoder and a decoder, joined: the encoder's final state is the decoder's first."""

    def __init__(
        self, encoder: Encoder | TransformerEncoder, decoder: DecoderRNN | TransformerDecoder
    ) -> None:
        super().__init__()
        self.encoder = encoder
        self.decoder = decoder

    def encode(self, source: Tensor, lengths: Tensor, mask: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Read `source` (B, S); return what the decoder starts with.

        -> memory (B, S', H) and its mask (B, S'), where S' is S with attention and 1 without,
        and hidden (1, B, H); of a Transformer with L layers memory (B, 2 L, S, H), hidden (2 L, B, 0, H)
        """
        encoder_outputs, hidden = self.encoder(source, lengths)
        memory, memory_mask = self.decoder.memory(encoder_outputs, hidden, mask)
        return memory, memory_mask, hidden

    def forward(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Return log_probs (B, T, V) of each next word given the right ones so far, and the weights."""
        memory, mask, hidden = self.encode(batch.source, batch.source_lengths, batch.source_mask)
        return self.decoder.teacher_forced(batch.target_input, hidden, memory, mask)

    @property
    def device(self) -> torch.device:
        return self.decoder.out.weight.device


@dataclass(frozen=True)
class ModelConfig:
    """All that it takes to build a model anew, before its weights are loaded."""

    hidden_size: int = 100
    embedding_size: int = 64
    dropout_p: float = 0.1
    attention: bool = True
    score: str = "additive"  # with attention: how a query meets a state
    context: Literal["every_step", "first_state"] = "every_step"  # without: when the final state is seen
    direction: Literal["both", "forward", "backward"] = "both"  # how the encoder reads

    def attention_numbers(self, S: int, T: int) -> int:
        """How many numbers attention over one pair keeps for its backward pass."""
        return S * T * self.hidden_size if self.attention else 0


def build_model(config: ModelConfig | TransformerConfig, source_size: int, target_size: int) -> Seq2Seq:
    """Return an untrained model for vocabularies of `source_size` and `target_size` words."""
    if isinstance(config, TransformerConfig):
        return Seq2Seq(TransformerEncoder(source_size, config), TransformerDecoder(target_size, config))
    encoder = Encoder(
        source_size, config.hidden_size, config.embedding_size, config.dropout_p, config.direction
    )
    sizes = (config.hidden_size, target_size, config.dropout_p)
    decoder: DecoderRNN
    if config.attention:
        decoder = AttnDecoderRNN(*sizes, score=config.score, embedding_size=config.embedding_size)
    else:
        decoder = DecoderRNN(*sizes, embedding_size=config.embedding_size, context=config.context)
    return Seq2Seq(encoder, decoder)


@contextmanager
def evaluating(model: nn.Module) -> Iterator[None]:
    """Switch dropout off in the block; afterwards the model is as it was, even after an error."""
    was_training = model.training
    model.eval()
    try:
        yield
    finally:
        model.train(was_training)


def mean_word_loss(log_probs: Tensor, target: Tensor, smoothing: float = 0.0) -> Tensor:
    """Return the mean of −log p(right word) over the real words: log_probs (B, T, V), target (B, T).

    With `smoothing` s the right word is worth 1 − s, and all V words share s: no word is ever quite certain
    (Szegedy et al. 2016, section 7, https://arxiv.org/abs/1512.00567).
    """
    loss = F.nll_loss(log_probs.flatten(0, 1), target.flatten(), ignore_index=PAD_ID)
    if smoothing:
        loss = (1 - smoothing) * loss - smoothing * log_probs[target != PAD_ID].mean()
    return loss
