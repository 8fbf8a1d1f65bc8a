"""Checks of lesson 8: what a Transformer counts, its masks, heads, cache, and distance in the scores."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from course_utils.exercises.answers import array, expect, number, numbers, parts, recognise, same
from course_utils.exercises.checking import checked, given, wrong

if TYPE_CHECKING:
    from torch import Tensor, nn

WIDTH, HEADS, LAYERS, WRITTEN, WORDS = 512, 8, 6, 50, 1000  # of exercise 1


@checked("Heads cost no parameters, a cache saves the square, and the tables of weights grow with it.")
def check_transformer_counts(my_parameters: float, my_words_read: float, my_weights: float) -> None:
    """Parameters of MultiHeadAttention(512, 8); words read without a cache; weights of 6 layers, 8 heads."""
    matrix, square = WIDTH * WIDTH, WORDS * WORDS
    if given(my_parameters):
        of_a_head = 4 * (WIDTH * WIDTH // HEADS + WIDTH // HEADS)
        mistakes = {
            "You left out the biases: each layer has as many as it gives numbers.": 4 * matrix,
            "Three layers make queries, keys and values; a fourth mixes what the heads found.": 3
            * (matrix + WIDTH),
            "Each of the four layers counts once: the heads cut its numbers, they add none.": 4
            * HEADS
            * (matrix + WIDTH),
            "That is the share of one head. The eight together have the whole layers.": of_a_head,
        }
        expect(number(my_parameters), 4 * (matrix + WIDTH), mistakes, "my_parameters: not the four layers.")
    if given(my_words_read):
        mistakes = {
            "That is with the cache. Without it, word after word, all before it are read again.": WRITTEN,
            "For the first word it reads 1 (`<bos>`), not 0, and for the last 50.": sum(range(WRITTEN)),
            "It does not read all 50 every time: for the first word there is only `<bos>`.": WRITTEN**2,
        }
        right = WRITTEN * (WRITTEN + 1) // 2
        expect(
            number(my_words_read), right, mistakes, "my_words_read: 1, then 2, then 3 … What do they make?"
        )
    if given(my_weights):
        mistakes = {
            "That is the table of one head of one layer. There are more.": square,
            "That is one layer. There are six.": HEADS * square,
            "Every one of a layer's heads has a table of its own.": LAYERS * square,
            "Each of the words asks each of the words: a table, not a row.": LAYERS * HEADS * WORDS,
            "Weights are asked for, not bytes.": 4 * LAYERS * HEADS * square,
        }
        otherwise = "my_weights: how many tables are there, and how many weights has each?"
        expect(number(my_weights), LAYERS * HEADS * square, mistakes, otherwise)


def truth_values(answer: Any, shape: tuple[int, ...], name: str) -> np.ndarray:
    """Return a mask as an array; a hint if it is not boolean or of another shape."""
    found = array(answer, name)
    if found.dtype != bool:
        wrong(f"{name} should hold truth values, True and False. Yours holds {found.dtype}.")
    if found.shape != shape:
        wrong(f"{name} should have the shape {shape}, and yours is {found.shape}.")
    return found


@checked("One question for every function that takes a mask: what does True mean here?")
def check_for_torch(for_torch: Callable[[Tensor, int], Any]) -> None:
    """for_torch(real (B, S), T) -> key_padding_mask (B, S), attn_mask (T, T), for nn.MultiheadAttention"""
    import torch

    for lengths, S, T in (([3, 1, 5], 5, 4), ([2, 2], 3, 6), ([1], 1, 2)):
        real = torch.arange(S) < torch.tensor(lengths).unsqueeze(1)
        hint = "Return two things: the key_padding_mask and the attn_mask."
        one, two = parts(for_torch(real, T), 2, hint)
        padding = truth_values(one, (len(lengths), S), "The key_padding_mask")
        future = truth_values(two, (T, T), "The attn_mask")
        ours, causal = real.numpy(), np.tri(T, dtype=bool)
        if (padding == ours).all() and (future == causal).all():
            wrong("Both are as we write them. In nn.MultiheadAttention True means: may NOT be looked at.")
        if (padding == ours).all():
            wrong("The key_padding_mask is True at the real words: those would be ignored.")
        if (future == causal).all():
            wrong("The attn_mask is True at what is past: only the future should be forbidden.")
        if (future == ~np.tri(T, k=-1, dtype=bool)).all():
            wrong("Your attn_mask forbids each word itself. In the first row nothing is left: NaN.")
        if (future == ~causal.T).all():
            wrong("Your attn_mask forbids the past and allows the future. Rows ask, columns are looked at.")
        if (padding != ~ours).any():
            wrong("The key_padding_mask should be True exactly where the padding stands.")
        if (future != ~causal).any():
            wrong("The attn_mask should be True exactly where a word (row) would see a later one (column).")


@checked("Two masks are one: a word may look where both say yes.")
def check_causal_and_real(causal_and_real: Callable[[Tensor, int], Any]) -> None:
    """causal_and_real(lengths (B,), T) -> mask (B, 1, T, T), True where query t may look at key s"""
    import torch

    for lengths, T in (([3, 1, 4], 4), ([2, 5], 6), ([1], 3)):
        found = array(causal_and_real(torch.tensor(lengths), T), "The mask")
        real, causal = np.arange(T) < np.array(lengths)[:, None], np.tri(T, dtype=bool)
        right = real[:, None, None, :] & causal
        if found.dtype == bool and found.shape == right[:, 0].shape:
            wrong(f"Heads need a dimension of their own: {right.shape}. Yours is {found.shape}.")
        found = truth_values(found, right.shape, "The mask")
        mistakes = {
            "That is PyTorch's other meaning. In ours True means: may look.": ~right,
            "A word may look at padding. Only keys that are real count.": np.broadcast_to(
                causal, right.shape
            ),
            "A word may look ahead: only what is not later counts.": np.broadcast_to(
                real[:, None, None, :], right.shape
            ),
            "You take *or*: both must allow it.": real[:, None, None, :] | causal,
            "The rows of padding are empty, where there may be NaN. Forbid only columns, and no rows.": (
                real[:, None, :, None] & causal
            ),
            "Your words see what is later, and not what is earlier.": real[:, None, None, :] & causal.T,
            "Each word may also see itself.": real[:, None, None, :] & np.tri(T, k=-1, dtype=bool),
        }
        if (found != right).any():
            recognise(found, mistakes)
            wrong(f"Not for lengths {lengths} and T = {T}: s at most t, and s below the length.")


@checked("A diagonal of the table, one step below the main one: each word, and the word before it.")
def check_looks_back(looks_back: Callable[[Tensor], Any]) -> None:
    """looks_back(weights (heads, T, T)) -> for each head the mean weight on the word before (heads,)"""
    import torch

    generator = torch.Generator().manual_seed(8)
    for heads, T in ((3, 5), (1, 2), (4, 9)):
        weights = torch.rand(heads, T, T, generator=generator).softmax(dim=2)
        table = weights.numpy().astype(float)
        below, above = (np.stack([np.diagonal(head, k) for head in table]) for k in (-1, 1))
        found = numbers(looks_back(weights))
        if found.shape == () and heads > 1:
            wrong("One number for each head, not one for all of them.")
        mistakes = {
            "That is the word itself. One place to its left, please.": np.stack(
                [np.diagonal(head) for head in table]
            ).mean(axis=1),
            "That is the word after. Rows ask, columns are looked at.": above.mean(axis=1),
            "You add the weights up. Their mean is asked for.": below.sum(axis=1),
            "You divide by T. The first word has no word before it, and is left out.": below.sum(axis=1) / T,
            "That is the largest of these weights. Their mean is asked for.": below.max(axis=1),
        }
        expect(
            found, below.mean(axis=1), mistakes, "Not the mean of weight (t, t − 1) over all t but the first."
        )


@checked("Keys and values of what is written never change: so each step adds one of each, and asks once.")
def check_step_with_cache(
    step_with_cache: Callable[[Tensor, nn.Linear, nn.Linear, nn.Linear, Tensor, Tensor], Any],
) -> None:
    """step_with_cache(x (B, D), three layers, keys and values (B, t, D)) -> context, keys and values"""
    import torch

    generator = torch.Generator().manual_seed(8)
    for B, t, D in ((2, 3, 4), (1, 0, 6), (3, 5, 4)):
        x, keys, values = (
            torch.randn(shape, generator=generator) for shape in ((B, D), (B, t, D), (B, t, D))
        )
        layers = [torch.nn.Linear(D, D) for _ in range(3)]
        for layer in layers:
            layer.weight.data = torch.randn(D, D, generator=generator)
        with torch.no_grad():
            query, key, value = (layer(x).unsqueeze(1) for layer in layers)  # (B, 1, D)
            hint = "Return three things: the context, the keys and the values."
            context, new_keys, new_values = parts(
                step_with_cache(x, layers[0], layers[1], layers[2], keys, values), 3, hint
            )
            all_keys, all_values = torch.cat((keys, key), dim=1), torch.cat((values, value), dim=1)
            reverse_keys = torch.cat((key, keys), dim=1)
            wrong_ones = {
                "The new word does not see itself: put its key and value in before you ask.": (
                    _context(query, keys, values) if t else None
                ),
                "Scores are divided by the root of D.": _context(query * D**0.5, all_keys, all_values),
                "You weigh the keys. It is the values that are added up.": _context(
                    query, all_keys, all_keys
                ),
                "The vector itself asks. It must go through `to_query` first.": _context(
                    x.unsqueeze(1), all_keys, all_values
                ),
                "That is the value of the new word alone. What of the words before it?": value.squeeze(1),
            }
        found = numbers(new_keys, "What you return for the keys")
        if same(found, reverse_keys) and t:
            wrong("The new key stands first. The words are in their order: it comes last.")
        if same(found, torch.cat((keys, x.unsqueeze(1)), dim=1)):
            wrong("You add the vector itself. Its key is made by `to_key`.")
        if same(found, key) and t:
            wrong("You return only the new key. Keep those before it: the next step needs them.")
        if same(found, keys):
            wrong("Your keys have not grown: the next step will miss this word.")
        expect(found, all_keys, {}, "The keys: the old ones, then that of the new word.", "The keys")
        if same(new_values, all_keys) and not same(all_keys, all_values):
            wrong("You return the keys twice. The values are made by `to_value`.")
        expect(
            new_values, all_values, {}, "The values: the old ones, then that of the new word.", "The values"
        )
        mistakes = {hint: wrong_one for hint, wrong_one in wrong_ones.items() if wrong_one is not None}
        right = _context(query, all_keys, all_values)
        if numbers(context).shape == (B, 1, D):
            wrong(f"The context of one word is {(B, D)}: take the place of the one query away.")
        expect(context, right, mistakes, "The context: one query over all keys, the new one included.")


def _context(query: Tensor, keys: Tensor, values: Tensor) -> Tensor:
    """Return softmax(q Kᵀ / √D) V for one query a sentence: (B, 1, D), (B, t, D) twice -> (B, D)."""
    weights = (query @ keys.transpose(1, 2) / query.shape[2] ** 0.5).softmax(dim=2)
    return (weights @ values).squeeze(1)


@checked("Each head sees as far as its slope lets it, and no place needs a vector.")
def check_with_distance(with_distance: Callable[[Tensor, Tensor], Any]) -> None:
    """with_distance(scores (B, heads, T, S), slopes (heads,)) -> scores, each lowered by slope · |t − s|"""
    import torch

    generator = torch.Generator().manual_seed(8)
    for B, heads, T, S in ((2, 3, 4, 6), (1, 4, 4, 4), (3, 1, 5, 2)):
        scores = torch.randn(B, heads, T, S, generator=generator)
        slopes = torch.rand(heads, generator=generator) + 0.1
        found = numbers(with_distance(scores, slopes))
        one, slope = numbers(scores), numbers(slopes)[:, None, None]
        signed = np.arange(T)[:, None] - np.arange(S)
        distance = np.abs(signed)
        mistakes = {
            "You *add* to far scores. They should become lower.": one + slope * distance,
            "Words that come after get a higher score: |t − s| has no sign.": one - slope * signed,
            "Words that come before get a higher score: |t − s| has no sign.": one + slope * signed,
            "The distance is squared. It should count as it is.": one - slope * distance**2,
            "All heads have the same slope. Each has its own.": one - slope[:1] * distance,
            "The slopes are not in it: they scale the distance.": one - distance,
            "Nothing is taken off.": one,
            "That is after the softmax. Scores are asked for.": numbers(
                (scores - slopes[:, None, None] * torch.tensor(distance)).softmax(dim=3)
            ),
        }
        if heads == 1:
            mistakes.pop("All heads have the same slope. Each has its own.")
        expect(
            found, one - slope * distance, mistakes, "Not score − slope · |t − s| for every head, t and s."
        )
