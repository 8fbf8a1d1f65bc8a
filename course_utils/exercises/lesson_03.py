"""Checks of lesson 3: scores, windows and steps of the attention decoder, in PyTorch."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from course_utils.exercises.answers import expect, number, numbers, parts
from course_utils.exercises.checking import checked, given, wrong

if TYPE_CHECKING:
    from torch import Tensor, nn


@checked("Version 1 grows with the longest sentence; version 2 has one size for sentences of any length.")
def check_score_parameters(my_version_1_40: float, my_version_1_80: float, my_version_2: float) -> None:
    """How many parameters, H = 256: version 1's `attn`, for 40 and 80 words; version 2's with its score"""
    answers = my_version_1_40, my_version_1_80, my_version_2
    if any(isinstance(answer, (tuple, list)) and len(answer) > 1 for answer in answers):
        wrong("Write each number without a comma: to Python, what follows a comma is a second number.")
    H, counts = 256, [number(answer) if given(answer) else None for answer in answers]
    for positions, count in zip((40, 80), counts):
        if count is None:
            continue
        where = f"Version 1, {positions} positions:"
        if count in (2 * H * positions, H * positions):
            wrong(f"{where} the biases are missing. A linear layer adds a number of its own to each output.")
        if count == (H + 1) * positions:
            wrong(f"{where} what goes into `attn` is wider: two things stand side by side.")
        if count == (2 * H + 1) * H:
            wrong(f"{where} that would be a layer that makes a query. Version 1 makes scores.")
        if positions == 80 and count == (2 * H + 1) * 40:
            wrong(f"{where} the same as for 40? Each position has a row of weights of its own.")
        if count != (2 * H + 1) * positions:
            wrong(f"{where} that is not it. Look at how wide the layer's input is, and its output.")
    if counts[2] is None:
        return
    query, W, v = (2 * H + 1) * H, H * H, H
    right = query + W + v
    mistakes: dict[str, list[float]] = {
        "that is `attn` alone. The score also has weights.": [query],
        "that is the score alone. Its `attn` also has weights.": [W + v],
        "look at how the two layers of the score are made. They have no biases.": [right + H + 1],
        "nearly. Either the biases of `attn` are missing, or the vector v of the score.": [query + W],
        "its `attn` puts out a query, not one score for each position.": [
            (2 * H + 1) * positions + W + v for positions in (40, 80)
        ],
    }
    for hint, counted in mistakes.items():
        if counts[2] in counted:
            wrong(f"Version 2: {hint}")
    if counts[2] != right:
        wrong("Version 2: that is not it. Which three layers has it, and which of them has biases?")


@checked("Only the order of the dimensions changes: each sentence keeps its own words.")
def check_batch_first(batch_first: Callable[[Tensor], Any]) -> None:
    """batch_first(states (S, B, H)) -> (B, S, H)"""
    import torch

    for S, B, H in ((4, 3, 2), (5, 2, 3), (2, 4, 3)):
        states = torch.arange(S * B * H, dtype=torch.float32).view(S, B, H)
        right = states.transpose(0, 1)
        mistakes = {
            "This is the colleague's mistake still: the numbers stay in their old order, and only the cuts "
            "between them move. Sentence 0 gets words of its neighbours.": states.reshape(B, S, H),
            "Each sentence has its words, but from the last to the first.": right.flip(1),
            "The sentences come in another order than before.": right.flip(0),
        }
        otherwise = "The shape is right, but the numbers are not: `[b, s]` must hold what was at `[s, b]`."
        expect(batch_first(states), right, mistakes, otherwise)


@checked("The words near p share all the weight, and the rest of the sentence gets none.")
def check_local_weights(local_weights: Callable[[Tensor, int, int], Any]) -> None:
    """local_weights(scores (B, S), p, D) -> weights (B, S)"""
    import torch

    S = 11
    scores = 3 * torch.randn(2, S, generator=torch.Generator().manual_seed(2))

    def softmax(window: Tensor, dim: int = 1) -> Tensor:
        return scores.masked_fill(~window, -torch.inf).softmax(dim)

    for p, D, side in (
        (5, 3, ""), (6, 1, ""), (4, 0, ""), (1, 3, "left"), (9, 3, "right"), (5, 12, "left and right"),
    ):  # fmt: skip
        weights, off = numbers(local_weights(scores, p, D)), torch.arange(S) - p
        window = off.abs() <= D
        mistakes = {
            "The window changes nothing: every word still gets weight.": scores.softmax(1),
            "Your rows no longer sum to 1. Did you cut after the softmax?": scores.softmax(1) * window,
            "There is weight outside. A score of 0 is a score like any other.": (scores * window).softmax(1),
            "Your window ends too early. Where does a slice of Python end?": softmax(window & (off < D)),
            "The words exactly D positions away also belong to the window.": softmax(off.abs() < D),
            "Your window looks back only. It reaches D positions to both sides.": softmax(
                window & (off <= 0)
            ),
            "Your window has the right width, but is one position too far left. p counts from 0.": (
                softmax((off + 1).abs() <= D)
            ),
            "Your window has the right width, but is one position too far right. p counts from 0.": (
                softmax((off - 1).abs() <= D)
            ),
            "D is how far the window reaches to each side, not how wide it is.": softmax(off.abs() <= D // 2),
            "You hide what should be seen, and see what should be hidden.": softmax(~window),
            "Your softmax runs over the sentences, not over the words of each.": softmax(window, dim=0),
        }
        otherwise = f"With p = {p} and D = {D} it is not right yet. The window lies inside the sentence here."
        if "left" in side and not np.nan_to_num(weights).any():  # a softmax over an empty window is NaN
            wrong(f"With p = {p} and D = {D} your window is empty. What is a negative index to Python?")
        if side:
            otherwise = f"With p = {p}, D = {D} and {S} words the window sticks out on the {side}. Leave out "
            otherwise += "what sticks out; the rest of the window stays where it is."
        expect(weights, softmax(window), mistakes if (p, D) == (5, 3) else {}, otherwise)
        if weights[:, ~window.numpy()].any():
            wrong("Nearly: a tiny weight is left outside the window. Exactly 0, please.")


@checked("First the GRU, then the question: that is Luong's order.")
def check_luong_step(luong_step: Callable[[Tensor, Tensor, Tensor, nn.GRU, nn.Linear], Any]) -> None:
    """luong_step(embedded (B, H), hidden (1, B, H), encoder_outputs (B, S, H), gru, combine) -> a triple"""
    import torch
    from torch import nn

    def attend(query: Tensor, states: Tensor, dim: int = 1) -> Tensor:
        return (states @ query.unsqueeze(2)).squeeze(2).softmax(dim)

    generator = torch.Generator().manual_seed(3)
    for B, S, H in ((2, 5, 4), (1, 3, 6)):
        shapes = (B, H), (1, B, H), (B, S, H)
        embedded, hidden, states = (torch.randn(shape, generator=generator) for shape in shapes)
        gru, combine = nn.GRU(H, H), nn.Linear(2 * H, H)
        for parameter in (*gru.parameters(), *combine.parameters()):
            nn.init.uniform_(parameter, -1, 1, generator=generator)
        answer = luong_step(embedded, hidden, states, gru, combine)
        hint = "Return three things: h̃_t, the new hidden state, and the weights."
        names = "h̃_t", "The new state", "The weights"
        top, state, weights = found = [numbers(*part) for part in zip(parts(answer, 3, hint), names)]
        returned, wanted = [part.shape for part in found], [(B, H), (1, B, H), (B, S)]
        if returned != wanted and sorted(returned) == sorted(wanted):
            wrong("You return the three in another order than the one asked for.")

        _, new = gru(embedded.unsqueeze(0), hidden)
        mistakes = {"You return the state from before the step. The next word needs the new one.": hidden}
        otherwise = "The state is not right: the GRU reads the embedded word alone."
        expect(state, new, mistakes, otherwise, "The new state")
        h, old = new[0], hidden[0]
        right = attend(h, states)
        mistakes = {
            "You ask with the state from before the step: that is Bahdanau's order.": attend(old, states),
            "You ask with the embedded word. Luong asks with the state.": attend(embedded, states),
            "Your softmax runs over the sentences, not over the words of each.": attend(h, states, dim=0),
        }
        otherwise = "The weights are not those of the dot products with h_t."
        expect(weights, right, mistakes, otherwise, "The weights")
        context = (right.unsqueeze(1) @ states).squeeze(1)
        pairs = (context, h), (h, context), (context, embedded), (context, old)
        joined, turned, with_word, with_old = (combine(torch.cat(pair, dim=1)) for pair in pairs)
        mistakes = {
            "h̃_t: the tanh is missing.": joined,
            "h̃_t: ReLU is what our class takes. What does Luong take?": joined.relu(),
            "h̃_t: in the formula the context stands first.": turned.tanh(),
            "h̃_t: the context is joined with the state, not with the word.": with_word.tanh(),
            "h̃_t: the context is joined with an old state.": with_old.tanh(),
        }
        otherwise = "State and weights are right, h̃_t is not. Compare with the formula."
        expect(top, joined.tanh(), mistakes, otherwise, "h̃_t")


@checked("Your test passes what is right and fails what is wrong. Only both together make it a test.")
def check_moves_along(moves_along: Callable[[Callable[[Tensor, Tensor], Tensor]], Any]) -> None:
    """moves_along(score: query (B, H), keys (B, S, H) -> scores (B, S)) -> True or False"""
    import torch

    def dot(query: Tensor, keys: Tensor) -> Tensor:
        return (keys * query.unsqueeze(1)).sum(2)

    def additive(query: Tensor, keys: Tensor) -> Tensor:
        return torch.tanh(query.unsqueeze(1) + keys).sum(2)

    def location(query: Tensor, keys: Tensor) -> Tensor:
        return query[:, :1] + torch.arange(keys.shape[1])

    def late(query: Tensor, keys: Tensor) -> Tensor:
        return dot(query, keys) + location(query, keys)

    def best(query: Tensor, keys: Tensor) -> Tensor:
        scores, positions = dot(query, keys), location(query, keys)
        return torch.where(
            scores == scores.amax(1, keepdim=True), positions.amax(1, keepdim=True) + 1, positions
        )

    def nearly(query: Tensor, keys: Tensor) -> Tensor:
        return dot(query, keys) + 0.1 * torch.arange(keys.shape[1])

    def middle(query: Tensor, keys: Tensor) -> Tensor:
        return dot(query, keys) - (torch.arange(keys.shape[1]) - (keys.shape[1] - 1) / 2).abs()

    def from_the_third(query: Tensor, keys: Tensor) -> Tensor:
        return dot(query, keys) + (torch.arange(keys.shape[1]) - 1).clamp(min=0)

    for score, sound, hint in (
        (dot, True, "You fail the dot product, whose scores do move along with their states."),
        (additive, True, "You fail an additive score, though it is sound. Not every score is a dot product."),
        (location, False, "You pass scores like those of version 1, which never look at the states."),
        (late, False, "You pass a score that does look at the states, but likes late positions better."),
        (best, False, "You pass a score of which only the best word moves along. All scores should."),
        (nearly, False, "You pass a score that likes late positions a little better. Compare the scores "
         "themselves, and closely."),
        (middle, False, "You pass a score that likes the middle of a sentence better. Do the words that you "
         "compare stay as far from the middle as they were, as in a reversal?"),
        (from_the_third, False, "You pass a score that prefers late positions, from the third on. Does "
         "every word change its place, and do you compare them all?"),
    ):  # fmt: skip
        truth_value = "Return one truth value, True or False."
        answer = number(moves_along(score), truth_value)
        if answer not in (0, 1):
            wrong(truth_value)
        if answer != sound:
            wrong(hint)
