"""Checks of lesson 4: padding, masks, and what must not leak, in PyTorch.

The gradient and the update have modules of their own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from course_utils.exercises.answers import array, expect, number, numbers, same
from course_utils.exercises.checking import checked, given, wrong
from course_utils.text.vocab import PAD_ID

if TYPE_CHECKING:
    from torch import Tensor


@checked("Padding takes its part of the rectangle, of attention and of a mean, and no error tells you so.")
def check_padding_fractions(my_positions: float, my_attention: float, my_loss: float) -> None:
    """Fractions, for 2, 5 and 8 words: of the rectangle, of the first row's attention, of the loss"""
    questions = {
        "Positions": (
            my_positions,
            9 / 24,
            {
                "that is the fraction of the words.": 15 / 24,
                "you divide by the number of words. How many positions has the rectangle?": 9 / 15,
            },
        ),
        "Attention": (
            my_attention,
            6 / 8,
            {
                "that is what is left for the words.": 2 / 8,
                "nothing? Without a mask a pad is a word like any other.": 0,
                "that is for the whole batch. Each sentence has a softmax of its own.": 9 / 24,
                "you divide by the number of words. The softmax is over all positions of the row.": 6 / 2,
            },
        ),
        "Loss": (
            my_loss,
            15 / 24,
            {
                "that is the fraction that gets lost.": 9 / 24,
                "all of it? The sum is right, but by what does `.mean()` divide it?": 1,
                "that would be for the shortest sentence alone. The mean is over the whole batch.": 2 / 8,
                "`<eos>` is counted already: 2, 5 and 8 tokens.": 18 / 27,
            },
        ),
    }
    for name, (answer, right, mistakes) in questions.items():
        if not given(answer):
            continue
        fraction = number(answer)
        mistakes = {f"{name}: {hint}": mistake for hint, mistake in mistakes.items()}
        otherwise = f"{name}: that is not it. Draw the three rows, and count."
        if not 0 <= fraction <= 1:
            otherwise = f"{name}: a fraction is a number between 0 and 1."
        expect(fraction, right, mistakes, otherwise, within=0.006)


@checked("True at each real word, whatever the number of sentences, and of positions.")
def check_length_mask(fixed_mask: Callable[[Tensor, int], Any]) -> None:
    """fixed_mask(lengths (B,), size) -> mask (B, size), boolean"""
    import torch

    for lengths, size in (([4, 1, 2, 3], 4), ([2, 5, 3], 7), ([3], 4)):
        found = array(fixed_mask(torch.tensor(lengths), size))
        column = np.array(lengths)[:, None]
        if found.shape == (len(lengths), max(lengths)) and size > max(lengths):
            wrong("Use `size`: a batch may have more positions than its longest sentence has words.")
        right = np.arange(size) < column
        mistakes = {
            "Row 1 (the second) should have one True. Which way do your sentences run?": right.T,
            "That calls every position a word.": np.ones_like(right),
            "That is True at the padding. In this course True means a real word.": ~right,
            "Each sentence has a word too many. Positions are counted from 0.": np.arange(size) <= column,
            "Each sentence has a word too few. Positions are counted from 0.": np.arange(size) < column - 1,
            "The padding stands in front of the words. In this course it stands behind them.": right[:, ::-1],
        }
        expect(found, right, mistakes, "The shape is right. Compare each row with its sentence's length.")
        if found.dtype != bool:
            whole = found.dtype.kind in "iu"
            why = f"makes {~found.dtype.type(1)} of a 1" if whole else "of floats raises an error"
            wrong(f"The numbers are right, but a mask should be boolean: `~` {why}.")


@checked("The forward states at real words never saw the padding, so the last of them is sound.")
def check_last_states(last_states: Callable[[Tensor, Tensor], Any]) -> None:
    """last_states(states (B, S, H), lengths (B,)) -> (B, H)"""
    import torch

    S, H, generator = 8, 2, torch.Generator().manual_seed(5)
    # First with a pad behind every sentence, then with the longest in full, then with one sentence alone.
    for lengths in map(torch.tensor, ([5, 2, 7], [6, 3, 8], [4])):
        B = len(lengths)
        states = torch.randn(B, S, H, generator=generator)
        found = numbers(last_states(states, lengths))
        if found.shape == (B, B, H):
            wrong("From each sentence you take every sentence's last position. Pair row b with its own.")
        before, right, behind = (states[range(B), (lengths + off) % S] for off in (-2, -1, 0))
        mistakes = {
            "You take the last position of the row. In a short sentence that is padding.": states[:, -1],
            "You are one position too far. Positions are counted from 0.": behind,
            "You are one position short of the last word.": before,
            "You take the first word of each sentence.": states[:, 0],
            "You take one position for all; each sentence has its own length.": states[:, lengths.max() - 1],
        }
        expect(found, right, mistakes, "The shape is right, but these are not the states at the last words.")


@checked("The same loss, whatever stands at the padding and however much of it there is.")
def check_word_loss(word_loss: Callable[[Tensor, Tensor], Any]) -> None:
    """word_loss(log_probs (B, T, V), target (B, T)) -> the mean over the real tokens"""
    import torch

    target = torch.tensor([[3, 1, 4, 2], [4, 2, PAD_ID, PAD_ID], [2, PAD_ID, PAD_ID, PAD_ID]])
    log_probs = 2 * torch.randn(3, 4, 5, generator=torch.Generator().manual_seed(6))
    log_probs, real = log_probs.log_softmax(2), target != PAD_ID

    def of_right_words(numbers: Tensor) -> Tensor:
        return numbers.gather(2, target.unsqueeze(2)).squeeze(2)

    losses = -of_right_words(log_probs)
    right = losses[real].mean()
    mistakes = {
        "The padding counts: positions where `<pad>` was due are in your mean.": losses.mean(),
        "The padding is out of the sum, but still in the number by which you divide.": (losses * real).mean(),
        "The sign: a loss is minus the log-probability.": -right,
        "That is the sum. With it, a batch with more words takes larger steps.": losses[real].sum(),
        "That is a mean of means: a sentence of one word counts as much as one of four.": (
            ((losses * real).sum(1) / real.sum(1)).mean()
        ),
        "You divide by the number of sentences, not of words.": losses[real].sum() / len(target),
        "That is the loss of the padding alone.": losses[~real].mean(),
        "You take the word that the model likes best. What does the *right* one cost?": (
            -log_probs.max(2).values[real].mean()
        ),
        "You average over the whole vocabulary. At each position one word is right.": -log_probs[real].mean(),
    }
    loss, powers = number(word_loss(log_probs, target)), log_probs.exp()
    for chances in (powers, -powers, -powers.log_softmax(2)):
        if same(loss, of_right_words(chances)[real].mean()):
            wrong("You take probabilities. What the loss adds up are logarithms: `log_probs`, as they are.")
    if np.isnan(loss):
        wrong("You get NaN. Do you take a logarithm? These are logarithms already; below 0 there is none.")
    expect(loss, right, mistakes, "That is not the mean, over the words, of minus the log-probability.")
    log_probs[~real] = -torch.inf
    again = number(word_loss(log_probs, target))
    if np.isnan(again):
        wrong("If a log-probability at padding is -inf, you get NaN: 0 times infinity.")
    expect(again, right, {}, "If the log-probabilities at padding change, so does your loss.")
    log_probs[0, 0, 3] = -torch.inf  # a right word that the model held for impossible
    if not number(word_loss(log_probs, target)) == np.inf:
        wrong(
            "A right word of probability 0 costs infinitely much; not with you. Leave the padding out by "
            "*where* it stands, not by what stands there."
        )
