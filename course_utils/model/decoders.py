"""The decoder, with attention and without: it writes the target, word by word.

    one step:  embed the last word; get a context; combine both; GRU; log-probabilities of the next word
    DecoderRNN      its context is the encoder's final state, the same at every step
    AttnDecoderRNN  its context is a weighted sum of all encoder states, new at every step

In every shape: B sentences, S source tokens, T target tokens, E embedding, H hidden, V words.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course_utils.model.encoder import check_sizes
from course_utils.model.scores import Score, make_score, masked_softmax
from course_utils.text.vocab import PAD_ID

# One step with a memory that stays: input (B,), hidden (1, B, H) -> what `forward` returns.
Step = Callable[[Tensor, Tensor], tuple[Tensor, Tensor, Tensor]]


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

    def attend(self, embedded: Tensor, hidden: Tensor, memory: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
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

    def stepper(self, memory: Tensor, mask: Tensor) -> Step:
        """Return `forward` with this memory (B, 1, H) and its mask (B, 1) filled in: a search's one step.

        It takes input (B,) and hidden (1, B, H) -> log_probs (B, V), hidden (1, B, H), attn_weights (B, 1)
        """
        return lambda input, hidden: self(input, hidden, memory, mask)

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
        return all(getattr(getattr(self, name), "__func__", None) is getattr(owner, name) for name in methods)

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
        """Raises ValueError for a `score` that `course_utils.model.scores.make_score` does not know.

        Raises TypeError for a `max_length`, which the decoder of PyTorch's tutorial needs.
        """
        if max_length is not None or not isinstance(score, str):
            raise TypeError(
                "this decoder takes no max_length, as it reads sentences of any length: "
                'write AttnDecoderRNN(hidden_size, output_size, dropout_p, score="additive")'
            )
        super().__init__(hidden_size, output_size, dropout_p, embedding_size)
        self.attn = nn.Linear(self.embedding_size + hidden_size, hidden_size)
        self.score: Score = make_score(score, hidden_size)

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
        keys = self.score.keys(encoder_outputs)  # (B, S, H)
        return self._look(self.query(embedded, hidden), keys, encoder_outputs, mask)

    def _look(
        self, query: Tensor, keys: Tensor, encoder_outputs: Tensor, mask: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Return the context (B, H) of a query (B, H), and its weights (B, S)."""
        weights = masked_softmax(self.score(query, keys), mask)  # (B, S)
        return torch.bmm(weights.unsqueeze(1), encoder_outputs).squeeze(1), weights

    def stepper(self, encoder_outputs: Tensor, mask: Tensor) -> Step:
        """Return `forward` with encoder_outputs (B, S, H) and their mask (B, S) filled in.

        It takes input (B,) and hidden (1, B, H) -> log_probs (B, V), hidden (1, B, H), attn_weights (B, S)

        The keys, the same at every step, are computed once. A subclass with an `attend` or a `forward`
        of its own takes every step by that.
        """
        if not self._keeps(AttnDecoderRNN, "attend", "forward"):
            return super().stepper(encoder_outputs, mask)
        keys = self.score.keys(encoder_outputs)  # (B, S, H)

        def step(input: Tensor, hidden: Tensor) -> tuple[Tensor, Tensor, Tensor]:
            embedded = self.dropout(self.embedding(input))  # (B, E)
            context, weights = self._look(self.query(embedded, hidden), keys, encoder_outputs, mask)
            return *self.write(embedded, context, hidden), weights

        return step

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
        gru_weights = self.gru.all_weights[0]  # of its one layer

        embedded = self.dropout(self.embedding(inputs))  # (B, T, E)
        word_queries = F.linear(embedded, query_from_word, self.attn.bias)  # (B, T, H)
        word_inputs = F.linear(embedded, input_from_word, self.attn_combine.bias)  # (B, T, H)
        keys = self.score.keys(encoder_outputs)  # (B, S, H)

        state, states, all_weights = hidden[0], [], []
        for word_query, word_input in zip(word_queries.unbind(1), word_inputs.unbind(1)):
            query = word_query + F.linear(state, query_from_state)  # (B, H)
            context, weights = self._look(query, keys, encoder_outputs, mask)  # (B, H), (B, S)
            output = F.relu(word_input + F.linear(context, input_from_context))  # (B, H)
            state = torch.gru_cell(output, state, *gru_weights)  # (B, H)
            states.append(state)
            all_weights.append(weights)
        log_probs = F.log_softmax(self.out(torch.stack(states, dim=1)), dim=2)
        return log_probs, torch.stack(all_weights, dim=1)
