"""The check of lesson 4's exercise about one update of the training loop, in PyTorch."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from course_utils.exercises.answers import expect, number, same
from course_utils.exercises.checking import checked, wrong

if TYPE_CHECKING:
    from torch import Tensor, nn
    from torch.optim import Optimizer

    from course_utils.text.batching import Batch

    Update = Callable[[nn.Module, Batch, Optimizer, float], Any]

CLIP = 0.1  # the gradients are longer than this, and so are some of their numbers
LOOSE = 1000.0  # and shorter than this
# The right order, and some that are not: f empties the gradient, b makes it, p makes it with the padding
# counted, c clips it, n clips number by number, s steps.
RIGHT = "fbcs"
STILL = "The weights stay as they are: at the step there is no gradient, or there is no step."
MISTAKES = {
    "cbs": "Two things are still wrong: what the old gradient does to the new one, and what is clipped.",
    "bcs": "The gradient of the update before is still there: `backward` adds to it.",
    "fbs": "Your step is as long as the gradient. Clipping shortens only a gradient that is there already.",
    "fpcs": "The padding counts in your loss, or in its gradient.",
    "fbns": "You clip number by number. What should be limited is the length of the whole gradient.",
}


@checked("A fresh gradient, its length limited, and only then the step.")
def check_update(fixed_update: Callable[[nn.Module, Batch, Optimizer, float], Any]) -> None:
    """fixed_update(model, batch, optimizer, clip) -> the batch's loss, as a number, before the step"""
    losses, weights = _run(fixed_update)
    right_losses, right = _run(_in_order(RIGHT))
    if not same(losses[0], right_losses[0]):
        wrong("The loss that you return is not the mean over the words of the batch, before the step.")
    if same(weights[0], weights[1]) and same(weights[1], weights[2]):
        wrong(STILL)
    mistakes = {hint: _run(_in_order(order))[1] for order, hint in MISTAKES.items()}
    lengths = [np.linalg.norm(after - before) for before, after in pairwise(weights)]
    told = " and ".join(f"{length:.2f}" for length in lengths)
    otherwise = (
        f"After two updates the weights are not those of the right order. (Plain gradient descent, rate 1, "
        f"clip {CLIP}: your two steps are {told} long.)"
    )
    expect(weights, right, mistakes, otherwise)
    expect(
        losses, right_losses, {}, "The weights are right. But the loss of the second batch is not its own."
    )
    if not same(_run(fixed_update, LOOSE)[1], _run(_in_order(RIGHT), LOOSE)[1]):
        wrong(
            f"A gradient that is no longer than `clip` should stay as it is. (With {LOOSE:g} yours doesn't.)"
        )


def _run(update: Update, clip: float = CLIP) -> tuple[np.ndarray, np.ndarray]:
    """Return the losses of two updates, and the weights before, between and after: (2,), (3, all of them)."""
    import torch

    from course_utils.model.seq2seq import ModelConfig, build_model

    model = build_model(ModelConfig(hidden_size=4, embedding_size=3, dropout_p=0.0), 9, 8).double()
    generator = torch.Generator().manual_seed(4)
    with torch.no_grad():
        for parameter in model.parameters():  # large, so that the gradients are long, and differ
            parameter.copy_(torch.randn(parameter.shape, generator=generator, dtype=torch.float64))
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0)

    def weights() -> Tensor:
        return torch.cat([parameter.detach().flatten().clone() for parameter in model.parameters()])

    losses, found = [], [weights()]
    for batch in _batches():
        losses.append(number(update(model, batch, optimizer, clip)))
        found.append(weights())
    return np.array(losses), torch.stack(found).numpy()


def _batches() -> list[Batch]:
    from course_utils.text.batching import Batch, length_mask, pad
    from course_utils.text.vocab import BOS_ID, EOS_ID

    batches = []
    for sources, targets in (
        ([[4, 5, 6, 7], [8, 4]], [[4, 5, 6, 7], [5]]),
        ([[6], [7, 8, 5]], [[7], [6, 6, 4]]),
    ):
        source, lengths = pad(sources)
        target_input, target_lengths = pad([[BOS_ID, *target] for target in targets])
        target_output, _ = pad([[*target, EOS_ID] for target in targets])
        masks = length_mask(lengths), length_mask(target_lengths)
        batches.append(Batch(source, lengths, masks[0], target_input, target_output, masks[1]))
    return batches


def _in_order(order: str) -> Update:
    """Return an update that does its steps in this order."""
    import torch.nn.functional as F
    from torch.nn.utils import clip_grad_norm_, clip_grad_value_

    from course_utils.model.seq2seq import mean_word_loss

    def update(model: nn.Module, batch: Batch, optimizer: Optimizer, clip: float) -> float:
        log_probs, _ = model(batch)
        loss = mean_word_loss(log_probs, batch.target_output)
        counted = F.nll_loss(log_probs.flatten(0, 1), batch.target_output.flatten())
        steps: dict[str, Callable[[], Any]] = {
            "f": optimizer.zero_grad,
            "b": loss.backward,
            "p": counted.backward,
            "c": lambda: clip_grad_norm_(model.parameters(), clip),
            "n": lambda: clip_grad_value_(model.parameters(), clip),
            "s": optimizer.step,
        }
        for step in order:
            steps[step]()
        return loss.item()

    return update
