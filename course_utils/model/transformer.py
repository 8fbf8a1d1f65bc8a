"""The Transformer: an encoder and a decoder with attention alone, and no RNN (Vaswani et al. 2017).

    EncoderLayer  every source word asks all source words (self-attention); feed-forward
    DecoderLayer  every target word asks those up to itself (causal self-attention), then all source
                  words (cross-attention); feed-forward

Normalisation comes before each part, not after as in the paper: "pre-norm" (Xiong et al. 2020,
"On Layer Normalization in the Transformer Architecture").
In every shape: B sentences, S source tokens, T target tokens, H hidden, V words, L layers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course_utils.model.decoders import Step
from course_utils.model.encoder import check_lengths, check_sizes
from course_utils.model.scores import masked_softmax
from course_utils.text.batching import length_mask
from course_utils.text.vocab import PAD_ID


@dataclass(frozen=True)
class TransformerConfig:
    """All that it takes to build a Transformer anew; encoder and decoder have as many layers each."""

    hidden_size: int = 96
    layers: int = 2
    heads: int = 4
    feedforward_size: int = 192
    dropout_p: float = 0.1

    def attention_numbers(self, S: int, T: int) -> int:
        """How many numbers attention over one pair keeps for its backward pass.

        Each of its three kinds keeps the scores, the weights and what the mask left of them.
        """
        return 3 * self.layers * self.heads * (S * S + T * T + T * S)


def sinusoidal_positions(start: int, stop: int, hidden_size: int) -> Tensor:
    """Return a vector for each of the places from `start` up to, but without, `stop`: (stop − start, H).

    Sines and cosines of wavelengths from 2π to 10000 · 2π (Vaswani et al. 2017, section 3.5).
    """
    places = torch.arange(start, stop).unsqueeze(1)  # (n, 1)
    angles = places / 10_000 ** (torch.arange(0, hidden_size, 2) / hidden_size)  # (n, ⌈H/2⌉)
    return torch.stack((angles.sin(), angles.cos()), dim=2).flatten(1)[:, :hidden_size]  # in turn


def causal_mask(T: int, written: int = 0) -> Tensor:
    """Return which words each of `T` words may see, (T, written + T): all before it, and itself.

    `written` words stand before the first of them.
    """
    return torch.ones(T, written + T, dtype=torch.bool).tril(written)


class MultiHeadAttention(nn.Module):
    """Scaled dot-product attention, several times side by side (Vaswani et al. 2017, section 3.2).

    Each head has H/heads numbers of every query, key and value, its own softmax, and so its own weights.
    """

    def __init__(self, hidden_size: int, heads: int) -> None:
        super().__init__()
        if heads < 1 or hidden_size % heads:
            raise ValueError(
                f"hidden_size, {hidden_size}, must be a multiple of the number of heads, {heads}"
            )
        self.heads = heads
        self.query = nn.Linear(hidden_size, hidden_size)
        self.key = nn.Linear(hidden_size, hidden_size)
        self.value = nn.Linear(hidden_size, hidden_size)
        self.combine = nn.Linear(hidden_size, hidden_size)

    def keys_values(self, states: Tensor) -> tuple[Tensor, Tensor]:
        """Return what the states (B, S, H) have to offer: keys (B, S, H) and values (B, S, H)."""
        return self.key(states), self.value(states)

    def forward(self, states: Tensor, keys: Tensor, values: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Ask for every state at once: states (B, T, H), keys and values (B, S, H).

        `mask`, True where a query may look, is any shape that broadcasts to (B, heads, T, S).
        -> what was found (B, T, H), attn_weights (B, heads, T, S)
        """
        queries, keys, values = map(self._split, (self.query(states), keys, values))
        scores = queries @ keys.transpose(2, 3) / queries.shape[3] ** 0.5  # (B, heads, T, S)
        weights = masked_softmax(scores, mask)
        contexts = (weights @ values).transpose(1, 2).flatten(2)  # (B, heads, T, H/heads) -> (B, T, H)
        return self.combine(contexts), weights

    def _split(self, rows: Tensor) -> Tensor:
        """Share the H numbers of every row out among the heads: (B, S, H) -> (B, heads, S, H/heads)."""
        return rows.unflatten(2, (self.heads, -1)).transpose(1, 2)


class Layer(nn.Module):
    """What both kinds of layer have: self-attention, then a feed-forward network at every place.

    Each part is added to what came in (a residual connection), so that what came in is not lost.
    """

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__()
        H, inner = config.hidden_size, config.feedforward_size
        self.norm_self = nn.LayerNorm(H)
        self.self_attention = MultiHeadAttention(H, config.heads)
        self.norm_feedforward = nn.LayerNorm(H)
        self.feedforward = nn.Sequential(nn.Linear(H, inner), nn.ReLU(), nn.Linear(inner, H))
        self.dropout = nn.Dropout(config.dropout_p)

    def think(self, states: Tensor) -> Tensor:
        """Return the states (B, T, H) after the feed-forward part."""
        return states + self.dropout(self.feedforward(self.norm_feedforward(states)))


class EncoderLayer(Layer):
    def forward(self, states: Tensor, mask: Tensor) -> Tensor:
        """From states (B, S, H) and their mask (B, 1, 1, S), the next layer's states (B, S, H)."""
        normed = self.norm_self(states)
        found, _ = self.self_attention(normed, *self.self_attention.keys_values(normed), mask)
        return self.think(states + self.dropout(found))


class DecoderLayer(Layer):
    def __init__(self, config: TransformerConfig) -> None:
        super().__init__(config)
        self.norm_cross = nn.LayerNorm(config.hidden_size)
        self.cross_attention = MultiHeadAttention(config.hidden_size, config.heads)

    def forward(
        self, states: Tensor, cache: Tensor, causal: Tensor, memory: Tensor, mask: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Take in T words that follow t written ones.

        states (B, T, H); cache (2, B, t, H), the keys and values of what is written; causal (T, t + T);
        memory (2, B, S, H), the keys and values of the source, and its mask (B, 1, 1, S)
        -> states (B, T, H), cache (2, B, t + T, H), cross-attention's weights (B, heads, T, S)
        """
        normed = self.norm_self(states)
        cache = torch.cat((cache, torch.stack(self.self_attention.keys_values(normed))), dim=2)
        found, _ = self.self_attention(normed, cache[0], cache[1], causal)
        states = states + self.dropout(found)
        found, weights = self.cross_attention(self.norm_cross(states), memory[0], memory[1], mask)
        return self.think(states + self.dropout(found)), cache, weights


class _Stack(nn.Module):
    """What encoder and decoder have in common: words and their places as vectors, and layers over them."""

    def __init__(self, vocab_size: int, config: TransformerConfig, layer: type[Layer]) -> None:
        super().__init__()
        self.hidden_size = config.hidden_size
        check_sizes(config.hidden_size, config.hidden_size, config.dropout_p)
        for name in ("layers", "feedforward_size"):
            if getattr(config, name) < 1:
                raise ValueError(f"{name} must be at least 1, not {getattr(config, name)}")
        self.embedding = nn.Embedding(vocab_size, config.hidden_size, padding_idx=PAD_ID)
        self.dropout = nn.Dropout(config.dropout_p)
        self.layers = nn.ModuleList(layer(config) for _ in range(config.layers))
        self.norm = nn.LayerNorm(config.hidden_size)

    def embed(self, ids: Tensor, start: int = 0) -> Tensor:
        """Return word + place, (B, T, H), for ids (B, T) of which the first stands at place `start`."""
        places = sinusoidal_positions(start, start + ids.shape[1], self.hidden_size)
        words = self.embedding(ids)
        return self.dropout(words + places.to(words))


class TransformerEncoder(_Stack):
    """All source words at once, in every layer: no step waits for the one before."""

    def __init__(self, vocab_size: int, config: TransformerConfig) -> None:
        super().__init__(vocab_size, config, EncoderLayer)

    def forward(self, source: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """Read `source` (B, S), of which the first ``lengths[b]`` tokens of row ``b`` are real.

        Returns encoder_outputs (B, S, H), zero at padding, and in place of a final state what the decoder
        starts with: a cache (2 L, B, 0, H) in which nothing is written. Raises ValueError as `Encoder` does.
        """
        check_lengths(source, lengths)
        mask = length_mask(lengths, source.shape[1]).to(source.device)[:, None, None]  # (B, 1, 1, S)
        states = self.embed(source)
        for layer in self.layers:
            states = layer(states, mask)
        nothing_written = states.new_empty(2 * len(self.layers), len(source), 0, self.hidden_size)
        return self.norm(states) * mask[:, 0, 0, :, None], nothing_written


class TransformerDecoder(_Stack):
    """Its state is all that it has written: the keys and values of every word, in every layer.

    So `hidden` is that cache, (2 L, B, t, H): empty before the first word, one place longer after each.
    """

    has_attention = True

    def __init__(self, output_size: int, config: TransformerConfig) -> None:
        super().__init__(output_size, config, DecoderLayer)
        self.out = nn.Linear(config.hidden_size, output_size)

    def memory(self, encoder_outputs: Tensor, hidden: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Return what this decoder may consult, and its mask: the source's keys and values of every layer.

        They are made once a sentence: memory (B, 2 L, S, H), mask (B, S).
        """
        rows = [
            row
            for layer in self.layers
            for row in cast(DecoderLayer, layer).cross_attention.keys_values(encoder_outputs)
        ]
        return torch.stack(rows, dim=1), mask

    def forward(
        self, input: Tensor, hidden: Tensor, memory: Tensor, mask: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Take one step: from the last word to the next word's log-probabilities.

        input (B,), hidden (2 L, B, t, H), memory (B, 2 L, S, H), mask (B, S)
        -> log_probs (B, V), hidden (2 L, B, t + 1, H), attn_weights (B, S)
        """
        log_probs, hidden, weights = self.read(input.unsqueeze(1), hidden, memory, mask)
        return log_probs[:, 0], hidden, _shown(weights)[:, 0]

    def stepper(self, memory: Tensor, mask: Tensor) -> Step:
        """Return `forward` with this memory (B, 2 L, S, H) and its mask (B, S) filled in: a search's step."""
        return lambda input, hidden: self(input, hidden, memory, mask)

    def teacher_forced(
        self, inputs: Tensor, hidden: Tensor, memory: Tensor, mask: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Take all T steps at once, given the right words: the numbers of `forward`.

        inputs (B, T), the rest as in `forward` -> log_probs (B, T, V), attn_weights (B, T, S)
        """
        log_probs, _, weights = self.read(inputs, hidden, memory, mask)
        return log_probs, _shown(weights)

    def read(
        self, inputs: Tensor, hidden: Tensor, memory: Tensor, mask: Tensor
    ) -> tuple[Tensor, Tensor, list[Tensor]]:
        """Take in the next T words at once.

        inputs (B, T), the rest as in `forward` -> log_probs (B, T, V), hidden (2 L, B, t + T, H),
        and the weights of cross-attention, (B, heads, T, S) from every layer
        """
        written, T = hidden.shape[2], inputs.shape[1]
        causal = causal_mask(T, written).to(inputs.device)
        states, caches, weights = self.embed(inputs, written), [], []
        for n, layer in enumerate(self.layers):
            own = slice(2 * n, 2 * n + 2)
            states, cache, layer_weights = layer(
                states, hidden[own], causal, memory[:, own].transpose(0, 1), mask[:, None, None]
            )
            caches.append(cache)
            weights.append(layer_weights)
        log_probs = F.log_softmax(self.out(self.norm(states)), dim=2)
        return log_probs, torch.cat(caches), weights


def _shown(weights: list[Tensor]) -> Tensor:
    """Return one table of weights (B, T, S) out of all: the mean over the heads of the last layer."""
    return weights[-1].mean(dim=1)
