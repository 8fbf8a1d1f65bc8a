"""Which words does a model write? Greedy search and beam search, for batches."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from course_utils.model.seq2seq import Seq2Seq
from course_utils.text.batching import length_mask
from course_utils.text.vocab import BOS_ID, EOS_ID, PAD_ID


class Hypothesis(NamedTuple):
    """One decoded sentence: its T words, what each looked at, and how likely the model finds it."""

    ids: list[int]  # T words, without <bos> and <eos>
    weights: Tensor  # (T, S): a row for each word
    log_prob: float  # the sum over the words and, if the sentence came to its end, <eos>


@torch.no_grad()
def greedy_decode(
    model: Seq2Seq, source: Tensor, lengths: Tensor, max_length: int | None = None
) -> list[Hypothesis]:
    """Translate `source` (B, S), of which ``lengths[b]`` tokens are real; always take the likeliest word.

    A sentence ends at its ``<eos>``, at the latest after `max_length` words (by default, 10 more
    than twice its own length).
    """
    B, S = source.shape
    limits = _limits(lengths, max_length).to(source.device)
    memory, mask, hidden = model.encode(source, lengths, length_mask(lengths, S).to(source.device))
    step = model.decoder.stepper(memory, mask)
    input = torch.full((B,), BOS_ID, device=source.device)
    running = torch.ones(B, dtype=torch.bool, device=source.device)
    log_prob = torch.zeros(B, dtype=_sum_dtype(source.device), device=source.device)
    words: list[Tensor] = []
    weights = _room(int(limits.max()), memory, mask)
    while running.any():
        log_probs, hidden, attn_weights = step(input, hidden)
        best, input = log_probs.max(dim=1)
        log_prob += best * running
        input = input.where(running, PAD_ID)
        weights[len(words)] = attn_weights
        words.append(input)
        running &= (input != EOS_ID) & (len(words) < limits)
    ids, weights = torch.stack(words, dim=1).tolist(), weights.transpose(0, 1)
    return [_hypothesis(*row) for row in zip(ids, weights, log_prob.tolist(), limits.tolist())]


@torch.no_grad()
def beam_search(
    model: Seq2Seq,
    source: Tensor,
    lengths: Tensor,
    beam_size: int,
    max_length: int | None = None,
    on_step: Callable[[Tensor, Tensor], None] | None = None,
) -> list[list[Hypothesis]]:
    """Translate `source` (B, S), following the `beam_size` likeliest beginnings at every step.

    Returns, for each sentence, its `beam_size` hypotheses, likeliest first (fewer if `max_length`
    allows fewer sentences). Log-probabilities are summed, not divided by the length (Sutskever et
    al. 2014, section 3.2). With ``beam_size=1`` this is `greedy_decode`. `on_step` is called after
    every step with the beginnings that are kept: their words (B K, n) and log-probabilities (B, K).
    Raises ValueError for a beam size below 1.
    """
    if beam_size < 1:
        raise ValueError(f"beam_size must be at least 1, not {beam_size}")
    (B, S), K, V = source.shape, beam_size, model.decoder.out.out_features
    limits = _limits(lengths, max_length).to(source.device).repeat_interleave(K)  # (B K,)
    memory, mask, hidden = model.encode(source, lengths, length_mask(lengths, S).to(source.device))
    # Row b * K + k is beam k of sentence b.
    memory, mask = memory.repeat_interleave(K, dim=0), mask.repeat_interleave(K, dim=0)
    hidden = hidden.repeat_interleave(K, dim=1)
    step = model.decoder.stepper(memory, mask)
    input = torch.full((B * K,), BOS_ID, device=source.device)
    # All K beams begin alike: only the first counts, or we would find each hypothesis K times.
    log_prob = torch.full((B, K), -torch.inf, dtype=_sum_dtype(source.device), device=source.device)
    log_prob[:, 0] = 0.0
    running = torch.ones(B * K, dtype=torch.bool, device=source.device)
    longest, n = int(limits.max()), 0
    words = torch.full((B * K, longest), PAD_ID, device=source.device)
    parents = words.new_empty(longest, B * K)
    weights = _room(longest, memory, mask)
    first_row = torch.arange(B, device=source.device).unsqueeze(1) * K
    ended = hidden.new_full((V,), -torch.inf)
    ended[PAD_ID] = 0.0  # an ended hypothesis goes on with padding, which costs nothing
    while running.any():
        log_probs, hidden, attn_weights = step(input, hidden)
        log_probs = torch.where(running.unsqueeze(1), log_probs, ended)  # (B K, V)
        candidates = (log_prob.view(B * K, 1) + log_probs).view(B, K * V)
        log_prob, choice = candidates.topk(K, dim=1)  # (B, K)
        parent = (first_row + choice // V).flatten()  # (B K): the row each new beam continues
        input = (choice % V).flatten()
        words = words[parent]
        words[:, n], parents[n], weights[n] = input, parent, attn_weights
        n += 1
        hidden = hidden[:, parent]
        running = running[parent] & (input != EOS_ID) & (n < limits)
        if on_step:
            on_step(words[:, :n], log_prob)
    weights = _follow(weights[:n], parents[:n])  # (B K, T, S)
    rows = [
        _hypothesis(*row)
        for row in zip(words[:, :n].tolist(), weights, log_prob.flatten().tolist(), limits.tolist())
    ]
    # A beam that was never filled has log-probability -inf.
    return [[row for row in rows[b * K : (b + 1) * K] if row.log_prob != -torch.inf] for b in range(B)]


def _room(longest: int, memory: Tensor, mask: Tensor) -> Tensor:
    """Return room for the weights of all steps, (T, B, S), in one piece.

    Kept as one small tensor a step, they scatter over the memory, which then grows many times over.
    """
    return memory.new_empty(longest, *mask.shape)


def _follow(weights: Tensor, parents: Tensor) -> Tensor:
    """Return what each beam looked at, (B K, T, S), from the steps' weights and parents (T, B K).

    Backwards, from each last row to the one it continues: to carry all weights along from step to
    step would copy them T times.
    """
    row = torch.arange(weights.shape[1], device=weights.device)
    looked_at = torch.empty_like(weights)
    for t in reversed(range(len(parents))):
        row = parents[t][row]
        looked_at[t] = weights[t, row]
    return looked_at.transpose(0, 1)


def _sum_dtype(device: torch.device) -> torch.dtype:
    """Return double precision, as a float would round the sum at every word; Apple's GPUs have none."""
    return torch.float32 if device.type == "mps" else torch.float64


def _limits(lengths: Tensor, max_length: int | None) -> Tensor:
    """Return how many words each translation may have (B,), by default ample for any real one.

    It follows from the sentence's own length, not the padded one: its company must not matter.
    """
    if max_length is None:
        return 2 * lengths + 10
    if max_length < 1:
        raise ValueError(f"max_length must be at least 1, not {max_length}")
    return torch.full_like(lengths, max_length)


def _hypothesis(words: list[int], weights: Tensor, log_prob: float, limit: int) -> Hypothesis:
    length = words.index(EOS_ID) if EOS_ID in words else min(len(words), limit)
    # A copy: a view would keep the whole batch's weights in memory.
    return Hypothesis(words[:length], weights[:length].clone(), log_prob)
