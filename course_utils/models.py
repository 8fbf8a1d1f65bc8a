"""The encoder–decoder, with attention and without.

    source (B, S) --Encoder--> encoder_outputs (B, S, H), hidden (1, B, H)
    one step:  embed the last word; get a context; combine both; GRU; log-probabilities of the next word
    DecoderRNN      its context is the encoder's final state, the same at every step
    AttnDecoderRNN  its context is a weighted sum of all encoder states, new at every step

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
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from course_utils.attention import make_score, masked_softmax
from course_utils.batching import Batch
from course_utils.vocab import PAD_ID


def check_sizes(hidden_size: int, embedding_size: int, dropout_p: float) -> None:
    """Raise ValueError for sizes below 1, and for a dropout outside [0, 1)."""
    if hidden_size < 1 or embedding_size < 1:
        raise ValueError(
            f"hidden_size and embedding_size must be at least 1, not {hidden_size} and {embedding_size}"
        )
    if not 0 <= dropout_p < 1:
        raise ValueError(f"dropout_p must be at least 0 and below 1, not {dropout_p}")


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
        self.gru = nn.GRU(
            embedding_size, hidden_size // (1 + both), batch_first=True, bidirectional=both
        )

    def forward(self, source: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """Read `source` (B, S), of which the first ``lengths[b]`` tokens of row ``b`` are real.

        Returns encoder_outputs (B, S, H), zero at padding, and the final state hidden (1, B, H):
        each direction's state after its last word. Raises ValueError for a length below 1 or over S.
        """
        B, S = source.shape
        if lengths.shape != (B,):
            raise ValueError(f"{B} sentences need {B} lengths, not a tensor {tuple(lengths.shape)}")
        if int(lengths.min()) < 1:
            raise ValueError("an empty sentence can't be encoded; every length must be at least 1")
        if int(lengths.max()) > S:
            raise ValueError(f"a length is {int(lengths.max())}, but the sentences have {S} places")
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


class DecoderRNN(nn.Module):
    """The decoder without attention: all it knows of the source is the encoder's final state.

    With ``context="every_step"`` that state is its context at every step (as in Cho et al. 2014);
    with ``"first_state"`` its context is zero and it gets the final state as its own first state
    only (as in Sutskever et al. 2014).
    """

    has_attention = False

    def __init__(
        self,
        hidden_size: int,
        output_size: int,
        dropout_p: float = 0.1,
        embedding_size: int | None = None,
        context: Literal["every_step", "first_state"] = "every_step",
    ) -> None:
        super().__init__()
        if context not in ("every_step", "first_state"):
            raise ValueError(f'context is "every_step" or "first_state", not {context!r}')
        self.hidden_size = hidden_size
        self.embedding_size = hidden_size if embedding_size is None else embedding_size
        check_sizes(hidden_size, self.embedding_size, dropout_p)
        self.context = context
        self.embedding = nn.Embedding(output_size, self.embedding_size, padding_idx=PAD_ID)
        self.dropout = nn.Dropout(dropout_p)
        self.attn_combine = nn.Linear(self.embedding_size + hidden_size, hidden_size)
        self.gru = nn.GRU(hidden_size, hidden_size)
        self.out = nn.Linear(hidden_size, output_size)

    def memory(self, encoder_outputs: Tensor, hidden: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Return what this decoder may consult, and its mask: the final state, as a single slot.

        From encoder_outputs (B, S, H), hidden (1, B, H), mask (B, S): memory (B, 1, H), mask (B, 1).
        """
        memory = hidden.transpose(0, 1)
        if self.context == "first_state":
            memory = torch.zeros_like(memory)
        return memory, mask.any(dim=1, keepdim=True)

    def attend(
        self, embedded: Tensor, hidden: Tensor, memory: Tensor, mask: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Return the context (B, H) and its weights (B, 1): here always the one slot, with weight 1.

        Raises ValueError for a memory of more slots.
        """
        if memory.dim() != 3 or memory.shape[1] != 1:
            raise ValueError(
                f"a decoder without attention has a memory of shape (B, 1, H), not {tuple(memory.shape)}; "
                "pass what decoder.memory(encoder_outputs, hidden, mask) returns"
            )
        return memory[:, 0], mask.to(memory.dtype)

    def forward(
        self, input: Tensor, hidden: Tensor, memory: Tensor, mask: Tensor | None = None
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Take one step: from the last word to the next word's log-probabilities.

        input (B,), hidden (1, B, H), memory (B, 1, H) and its mask (B, 1), as `memory` gives them
        -> log_probs (B, V), hidden (1, B, H), attn_weights (B, 1)

        Raises TypeError without a mask, ValueError for an input or a memory of another shape.
        """
        if mask is None:
            raise TypeError(
                "the decoder needs a mask (B, S), True at real tokens, such as source != PAD_ID or "
                "length_mask(lengths); without padding, torch.ones(B, S, dtype=torch.bool)"
            )
        if input.dim() != 1:
            raise ValueError(
                f"the input holds one word a sentence, (B,), and is not {tuple(input.shape)}; "
                "pass input.flatten()"
            )
        embedded = self.dropout(self.embedding(input))  # (B, E)
        attn_applied, attn_weights = self.attend(embedded, hidden, memory, mask)
        log_probs, hidden = self.write(embedded, attn_applied, hidden)
        return log_probs, hidden, attn_weights

    def write(self, embedded: Tensor, context: Tensor, hidden: Tensor) -> tuple[Tensor, Tensor]:
        """Take the half of a step that follows the context: combine, GRU, log-probabilities.

        embedded (B, E), context (B, H), hidden (1, B, H) -> log_probs (B, V), hidden (1, B, H)
        """
        output = torch.cat((embedded, context), dim=1)  # (B, E + H)
        output = F.relu(self.attn_combine(output))  # (B, H)
        output, hidden = self.gru(output.unsqueeze(0), hidden)  # (1, B, H)
        return F.log_softmax(self.out(output[0]), dim=1), hidden

    def _keeps(self, owner: type[DecoderRNN], *methods: str) -> bool:
        """Whether these methods are still those of `owner`: no subclass, nor object, has its own."""
        return all(
            getattr(getattr(self, name), "__func__", None) is getattr(owner, name) for name in methods
        )

    def _step_by_step(
        self, inputs: Tensor, hidden: Tensor, memory: Tensor, mask: Tensor
    ) -> tuple[Tensor, Tensor]:
        """`teacher_forced` by calls of `forward`, whatever a subclass makes of it."""
        log_probs, weights = [], []
        for input in inputs.unbind(1):
            step_log_probs, hidden, step_weights = self(input, hidden, memory, mask)
            log_probs.append(step_log_probs)
            weights.append(step_weights)
        return torch.stack(log_probs, dim=1), torch.stack(weights, dim=1)

    def teacher_forced(
        self, inputs: Tensor, hidden: Tensor, memory: Tensor, mask: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Take all T steps, given the right words: the numbers of `forward`, in less time.

        inputs (B, T), the rest as in `forward` -> log_probs (B, T, V), attn_weights (B, T, 1)

        A subclass with an `attend`, `write` or `forward` of its own takes them one by one.
        """
        if not self._keeps(DecoderRNN, "attend", "write", "forward"):
            return self._step_by_step(inputs, hidden, memory, mask)
        T = inputs.shape[1]
        embedded = self.dropout(self.embedding(inputs))  # (B, T, E)
        context, weights = self.attend(embedded, hidden, memory, mask)
        output = torch.cat((embedded, context.unsqueeze(1).expand(-1, T, -1)), dim=2)
        output = F.relu(self.attn_combine(output))  # (B, T, H)
        output, _ = self.gru(output.transpose(0, 1), hidden)  # (T, B, H)
        log_probs = F.log_softmax(self.out(output.transpose(0, 1)), dim=2)
        return log_probs, weights.unsqueeze(1).expand(-1, T, -1)


class AttnDecoderRNN(DecoderRNN):
    """The decoder with attention: at every step it looks at all encoder states and picks.

    It asks before its GRU step, from the embedded word and the previous state (as Bahdanau et al.
    2015 do; Luong et al. 2015 ask after it): q_t = attn([embedded; h_{t-1}]),
    α_ts = softmax_s score(q_t, h̄_s), c_t = Σ_s α_ts h̄_s.
    """

    has_attention = True

    def __init__(
        self,
        hidden_size: int,
        output_size: int,
        dropout_p: float = 0.1,
        score: str = "additive",
        embedding_size: int | None = None,
        max_length: None = None,
    ) -> None:
        """Raises ValueError for a `score` that `course_utils.attention.make_score` does not know.

        Raises TypeError for a `max_length`, which the decoder of PyTorch's tutorial needs.
        """
        if max_length is not None or not isinstance(score, str):
            raise TypeError(
                "this decoder takes no max_length, as it reads sentences of any length: "
                'write AttnDecoderRNN(hidden_size, output_size, dropout_p, score="additive")'
            )
        super().__init__(hidden_size, output_size, dropout_p, embedding_size)
        self.attn = nn.Linear(self.embedding_size + hidden_size, hidden_size)
        self.score = make_score(score, hidden_size)

    def memory(self, encoder_outputs: Tensor, hidden: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Return what this decoder may consult, and its mask: every encoder state."""
        return encoder_outputs, mask

    def query(self, embedded: Tensor, hidden: Tensor) -> Tensor:
        """Return what is asked for: from the last word (B, E) and the state (1, B, H), a query (B, H)."""
        return self.attn(torch.cat((embedded, hidden[0]), dim=1))

    def forward(
        self, input: Tensor, hidden: Tensor, encoder_outputs: Tensor, mask: Tensor | None = None
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Take one step: from the last word to the next word's log-probabilities.

        input (B,), hidden (1, B, H), encoder_outputs (B, S, H), mask (B, S)
        -> log_probs (B, V), hidden (1, B, H), attn_weights (B, S)

        Raises TypeError without a mask, ValueError for an input of another shape.
        """
        return super().forward(input, hidden, encoder_outputs, mask)

    def attend(
        self, embedded: Tensor, hidden: Tensor, encoder_outputs: Tensor, mask: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Return the context (B, H) and its weights (B, S)."""
        query = self.query(embedded, hidden)  # (B, H)
        scores = self.score(query, self.score.keys(encoder_outputs))  # (B, S)
        weights = masked_softmax(scores, mask)  # (B, S)
        return torch.bmm(weights.unsqueeze(1), encoder_outputs).squeeze(1), weights

    def teacher_forced(
        self, inputs: Tensor, hidden: Tensor, encoder_outputs: Tensor, mask: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Take all T steps, given the right words: the numbers of `forward`, in less time.

        inputs (B, T), the rest as in `forward` -> log_probs (B, T, V), attn_weights (B, T, S)

        Each step needs the state of the one before, so the loop stays; all that needs no state
        leaves it: the keys, the words' share of both linear layers, and the output layer. A subclass
        with a `query`, `attend`, `write` or `forward` of its own takes the steps one by one.
        """
        if not self._keeps(AttnDecoderRNN, "query", "attend", "write", "forward"):
            return self._step_by_step(inputs, hidden, encoder_outputs, mask)
        sizes = [self.embedding_size, self.hidden_size]
        query_from_word, query_from_state = self.attn.weight.split(sizes, dim=1)
        input_from_word, input_from_context = self.attn_combine.weight.split(sizes, dim=1)
        gru_weights = (
            self.gru.weight_ih_l0, self.gru.weight_hh_l0, self.gru.bias_ih_l0, self.gru.bias_hh_l0
        )

        embedded = self.dropout(self.embedding(inputs))  # (B, T, E)
        word_queries = F.linear(embedded, query_from_word, self.attn.bias)  # (B, T, H)
        word_inputs = F.linear(embedded, input_from_word, self.attn_combine.bias)  # (B, T, H)
        keys = self.score.keys(encoder_outputs)  # (B, S, H)

        state, states, all_weights = hidden[0], [], []
        for word_query, word_input in zip(word_queries.unbind(1), word_inputs.unbind(1)):
            query = word_query + F.linear(state, query_from_state)  # (B, H)
            weights = masked_softmax(self.score(query, keys), mask)  # (B, S)
            context = torch.bmm(weights.unsqueeze(1), encoder_outputs).squeeze(1)  # (B, H)
            output = F.relu(word_input + F.linear(context, input_from_context))  # (B, H)
            state = torch.gru_cell(output, state, *gru_weights)  # (B, H)
            states.append(state)
            all_weights.append(weights)
        log_probs = F.log_softmax(self.out(torch.stack(states, dim=1)), dim=2)
        return log_probs, torch.stack(all_weights, dim=1)


class Seq2Seq(nn.Module):
    """An encoder and a decoder, joined: the encoder's final state is the decoder's first."""

    def __init__(self, encoder: Encoder, decoder: DecoderRNN) -> None:
        super().__init__()
        self.encoder = encoder
        self.decoder = decoder

    def encode(self, source: Tensor, lengths: Tensor, mask: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Read `source` (B, S); return what the decoder starts with.

        -> memory (B, S', H) and its mask (B, S'), where S' is S with attention and 1 without,
        and hidden (1, B, H)
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


def build_model(config: ModelConfig, source_size: int, target_size: int) -> Seq2Seq:
    """Return an untrained model for vocabularies of `source_size` and `target_size` words."""
    encoder = Encoder(
        source_size, config.hidden_size, config.embedding_size, config.dropout_p, config.direction
    )
    sizes = (config.hidden_size, target_size, config.dropout_p)
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


def cross_entropy(log_probs: Tensor, target: Tensor) -> Tensor:
    """Return the mean of −log p(right word) over the real words: log_probs (B, T, V), target (B, T)."""
    return F.nll_loss(log_probs.flatten(0, 1), target.flatten(), ignore_index=PAD_ID)
