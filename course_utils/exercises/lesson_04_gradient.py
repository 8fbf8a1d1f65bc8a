"""The check of lesson 4's exercise about NaN on the way back, in PyTorch."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from course_utils.exercises.answers import expect, numbers, same, slopes
from course_utils.exercises.checking import checked, wrong

if TYPE_CHECKING:
    from torch import Tensor


@checked("No NaN going forward, and none coming back: the empty row is quiet, and the others learn.")
def check_masked_gradient(repaired: Callable[[Tensor, Tensor], Any]) -> None:
    """repaired(scores (B, S), mask (B, S)) -> weights (B, S)"""
    import torch

    from course_utils.model.scores import masked_softmax

    mask = torch.tensor([[True, True, False, False], [False] * 4, [True] * 4])
    scores = torch.tensor([[2.0, 1, 3, 0], [1, 2, 0, 1], [0, 3, 1, 2]], requires_grad=True)
    found = numbers(repaired(scores, mask))
    _recognise_masking(found, scores.detach(), mask)
    otherwise = "The weights are not right yet. The gradient can wait."
    expect(found, masked_softmax(scores, mask), {}, otherwise)
    for real, hidden, hint in (
        (100.0, 99.0, "real scores around 100 the weights are no longer right. Only differences count."),
        (
            -50.0,
            -49.0,
            "real scores around -50 the weights are no longer right. A number that hides, or "
            "keeps you from dividing by 0, must be low enough even for these.",
        ),
        (
            -50.0,
            200.0,
            "scores of 200 at padding the weights are no longer right. Your softmax, or the "
            "highest score that you subtract, still sees them.",
        ),
    ):
        large = torch.where(mask, real + scores.detach(), hidden)
        found = numbers(repaired(large.requires_grad_(), mask))
        if real == 100 and np.isnan(found).any():
            wrong(
                "With real scores around 100 you get NaN: so high a power of e is infinite. What does a "
                "softmax take from all scores first?"
            )
        if not same(found, masked_softmax(large, mask)):
            wrong(f"With {hint}")
    mixed = torch.tensor([[-50.0, -51, 200], [2, 2, 2], [100, 200, 99], [1, 2, 3]], requires_grad=True)
    words = torch.tensor([[True, True, False], [False] * 3, [True, False, True], [True] * 3])
    if not same(repaired(mixed, words), masked_softmax(mixed, words)):
        wrong("Each row is right by itself, but not beside others: something looks beyond its own row.")
    for table, real_words in ((scores, mask), (mixed, words)):
        _check_slopes(repaired(table, real_words), masked_softmax(table, real_words), table)


def _recognise_masking(found: np.ndarray, scores: Tensor, mask: Tensor) -> None:
    """Call `wrong` if weights are those of a known mistake. Row 1 of the mask, only, has no real word."""
    import torch

    if np.isnan(found).any():
        wrong("There is NaN already in the weights, before any gradient.")
    if found.shape == mask.T.shape:
        wrong("Your weights lie on their side: a row for each sentence is asked for.")
    hidden = scores.masked_fill(~mask, -torch.inf)
    right = hidden.softmax(1)
    if found.shape == right.shape and same(found[::2], right[::2]) and found[1].any():
        wrong("The row without a real word looks somewhere, at padding. It should get zeros.")
    for hint, mistakes in {
        "The mask changes nothing.": [scores.softmax(1)],
        "Row 0 (the first) no longer sums to 1. Did you mask only after the softmax?": [
            scores.softmax(1) * mask
        ],
        "You hide what should be seen, and see what should be hidden.": [
            scores.masked_fill(mask, -1e6).softmax(1) * ~mask
        ],
        "Padding still has weight. A score of 0 is a score like any other.": [
            (scores * mask).softmax(1), (scores * mask).softmax(1) * mask.any(1, keepdim=True)
        ],
        "Your softmax runs over the sentences, not over the words of each.": [
            scores.softmax(0), hidden.softmax(0), scores.softmax(0) * mask
        ],
    }.items():  # fmt: skip
        if any(same(found, mistake) for mistake in mistakes):
            wrong(hint)


def _check_slopes(weights: Any, right: Tensor, scores: Tensor) -> None:
    """Call `wrong` unless each of the weights, which are right, changes with the scores as it should."""
    import torch

    if not isinstance(weights, torch.Tensor):
        wrong("The weights are right, but return the tensor itself, not a list, an array or a number.")
    if not weights.requires_grad:
        wrong("The weights are right, but they have lost their gradient; nothing is learnt through them.")
    for b, s in np.ndindex(*weights.shape):
        slope, right_slope = slopes(weights[b, s], scores), slopes(right[b, s], scores)
        so_far = f"The weights are right. But the gradient of `weights[{b}, {s}]` is NaN"
        if slope[b].isnan().any():
            wrong(
                f"{so_far}, with scores {scores[b].tolist()}. What you make of padding and throw away is "
                "still there on the way back."
            )
        if slope.isnan().any():
            wrong(
                f"{so_far} in a row it has no part in. On the way back softmax multiplies by what it made: "
                "NaN that is swept up behind it is still NaN. Don't let it arise."
            )
        expect(slope, right_slope, {}, "The weights are right, but their gradient is not that of a softmax.")
