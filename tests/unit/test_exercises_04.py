"""Exercises of lesson 4: every named mistake gets its own hint, and every right answer passes."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from exercise_cases import Case, each_case
from torch.nn.utils import clip_grad_norm_, clip_grad_value_

from course_utils import exercises
from course_utils.model.scores import masked_softmax
from course_utils.model.seq2seq import mean_word_loss
from course_utils.text.vocab import PAD_ID

# --- right answers, each in another way than the lesson's solution ----------------------------


def mask_by_loops(lengths, size):
    return [[s < length for s in range(size)] for length in lengths.tolist()]


def mask_by_filling(lengths, size):
    mask = torch.zeros(len(lengths), size, dtype=torch.bool)
    for row, length in zip(mask, lengths):
        row[:length] = True
    return mask


def mask_in_numpy(lengths, size):
    return np.arange(size)[None] < lengths.numpy()[:, None]


def last_by_loop(states, lengths):
    return torch.stack([sentence[length - 1] for sentence, length in zip(states, lengths)])


def last_by_gather(states, lengths):
    places = (lengths - 1)[:, None, None].expand(-1, 1, states.shape[2])
    return states.gather(1, places).squeeze(1)


def last_by_one_hot(states, lengths):
    return np.einsum("bs,bsh->bh", np.eye(states.shape[1])[lengths.numpy() - 1], states.numpy())


def bandage_behind_fill(scores, mask):
    return scores.masked_fill(~mask, -torch.inf).softmax(-1).nan_to_num(0.0)


def by_hand(scores, mask):
    lowest = scores.double().masked_fill(~mask, -1e300)
    powers = (lowest - lowest.amax(1, keepdim=True).detach()).exp() * mask
    return powers / powers.sum(1, keepdim=True).clamp(min=1e-30)


def row_by_row(scores, mask):
    rows = []
    for row, real in zip(scores, mask):
        weights = torch.zeros(len(row))
        rows.append(weights.masked_scatter(real, row[real].softmax(0)) if real.any() else weights)
    return torch.stack(rows)


def loss_by_loops(log_probs, target):
    losses = []
    for b, t in (target != PAD_ID).nonzero().tolist():
        losses.append(-log_probs[b, t, target[b, t]].item())
    return sum(losses) / len(losses)


def loss_ignoring(log_probs, target):
    return F.nll_loss(log_probs.transpose(1, 2), target, ignore_index=PAD_ID)


def loss_by_filling(log_probs, target):
    right = log_probs.gather(2, target[:, :, None])[:, :, 0].masked_fill(target == PAD_ID, 0.0)
    return -right.sum() / torch.count_nonzero(target)


def update_as_the_trainer(model, batch, optimizer, clip):
    loss = mean_word_loss(model(batch)[0], batch.target_output)
    model.zero_grad()
    loss.backward()
    clip_grad_norm_(model.parameters(), clip)
    optimizer.step()
    return loss


def update_by_hand(model, batch, optimizer, clip):
    """Empty behind the step, clip by a product, step without the optimizer (whose rate is 1)."""
    loss = loss_ignoring(model(batch)[0], batch.target_output)
    gradients = torch.autograd.grad(loss, [*model.parameters()])
    length = torch.cat([g.flatten() for g in gradients]).norm()
    with torch.no_grad():
        for parameter, gradient in zip(model.parameters(), gradients):
            parameter -= gradient * (clip / length).clamp(max=1)
    return loss.detach().numpy()


# --- mistakes ---------------------------------------------------------------------------------


def mask_from(compare):
    return lambda lengths, size: compare(torch.arange(size), lengths[:, None])


def turned(lengths, size):
    return torch.arange(size).unsqueeze(1) < lengths


def added(fill, clean):
    """A softmax of scores with `fill` added at the padding, cleaned up afterwards."""

    def weights(scores, mask):
        return clean((scores + torch.zeros(mask.shape).masked_fill(~mask, fill)).softmax(1))

    return weights


def after_the_exponential(scores, mask, exponentials):
    """Zero the hidden exponentials, then divide by the sum of what is left."""
    zeroed = exponentials(scores).masked_fill(~mask, 0.0)
    return zeroed / zeroed.sum(1, keepdim=True).clamp(min=1e-30)


def highest_of_all_rows(scores, mask):
    hidden = scores.masked_fill(~mask, -torch.inf)
    powers = (hidden - hidden.max()).exp()
    return powers / powers.sum(1, keepdim=True).clamp(min=1e-45)


def thrown_away(scores, mask):
    """Right going forward; but the exponentials of hidden scores, infinite, are there on the way back."""
    highest = scores.masked_fill(~mask, -1e30).amax(1, keepdim=True).detach()
    powers = torch.where(mask, (scores - torch.where(mask.any(1, True), highest, 0.0)).exp(), 0.0)
    return powers / powers.sum(1, keepdim=True).clamp(min=1e-30)


def over_the_sentences(scores, mask):
    return scores.masked_fill(~mask, -torch.inf).softmax(0)


def other_slope(scores, mask):
    right = masked_softmax(scores, mask)
    return right.detach() + scores - scores.detach()


def in_order(order, loss_of=mean_word_loss, clipped_by=clip_grad_norm_, back=lambda before, after: before):
    """An update that does its steps in this order: f empties the gradient, b makes it, c clips, s steps."""

    def update(model, batch, optimizer, clip):
        loss = loss_of(model(batch)[0], batch.target_output)
        steps = {
            "f": optimizer.zero_grad,
            "b": loss.backward,
            "c": lambda: clipped_by(model.parameters(), clip),
            "s": optimizer.step,
        }
        for step in order:
            steps[step]()
        return back(loss.item(), loss_of(model(batch)[0], batch.target_output).item())

    return update


def counts_in_the_gradient(model, batch, optimizer, clip):
    counted = in_order("fbcs", padding_counts)
    right = mean_word_loss(model(batch)[0], batch.target_output).item()
    counted(model, batch, optimizer, clip)
    return right


def padding_counts(log_probs, target):
    return F.nll_loss(log_probs.flatten(0, 1), target.flatten())


def twice_as_long(model, batch, optimizer, clip):
    return update_as_the_trainer(model, batch, optimizer, 2 * clip)


def stretched(model, batch, optimizer, clip):
    loss = loss_ignoring(model(batch)[0], batch.target_output)
    optimizer.zero_grad()
    loss.backward()
    length = torch.cat([p.grad.flatten() for p in model.parameters()]).norm()
    for parameter in model.parameters():
        parameter.grad *= clip / length
    optimizer.step()
    return loss


def loss_with(combine):
    """A loss that combines losses (B, T) and real (B, T) in its own way."""
    return lambda log_probs, target: combine(
        -log_probs.gather(2, target[:, :, None]).squeeze(2), (target != PAD_ID).float()
    )


def real_only(losses_of):
    """The mean over the real tokens of what `losses_of` makes of log_probs (B, T, V) and target."""
    return lambda log_probs, target: losses_of(log_probs, target)[target != PAD_ID].mean()


def chosen(log_probs, target):
    return log_probs.gather(2, target[:, :, None]).squeeze(2)


def clipped(log_probs, target):
    losses = -log_probs.gather(2, target[:, :, None]).squeeze(2)
    pads = losses[target == PAD_ID]
    return losses[target != PAD_ID].mean() + pads.isinf().any()


def first_row_for_all(scores, mask):
    return masked_softmax(scores[:1].expand(mask.shape), mask)


def other_rows_detached(scores, mask):
    return by_hand(torch.cat((scores[:1], scores[1:].detach())), mask)


CASES = [
    Case(
        exercises.check_padding_fractions,
        right={
            "fractions": (9 / 24, 6 / 8, 15 / 24),
            "tensor, rounded": (torch.tensor(0.375), np.float32(0.75), 0.63),
        },
        wrong={
            "words": ((15 / 24, 6 / 8, 15 / 24), "the fraction of the words"),
            "eos twice": ((9 / 24, 6 / 8, 18 / 27), "`<eos>` is counted already"),
            "pads by words": ((9 / 15, 6 / 8, 15 / 24), "How many positions has the rectangle"),
            "per cent": ((37.5, 6 / 8, 15 / 24), "between 0 and 1"),
            "a guess": ((0.5, 6 / 8, 15 / 24), "Positions: that is not it"),
            "what is left": ((9 / 24, 2 / 8, 15 / 24), "left for the words"),
            "nothing": ((9 / 24, 0, 15 / 24), "a pad is a word like any other"),
            "of the batch": ((9 / 24, 9 / 24, 15 / 24), "a softmax of its own"),
            "pads by words again": ((9 / 24, 3, 15 / 24), "all positions of the row"),
            "lost": ((9 / 24, 6 / 8, 9 / 24), "the fraction that gets lost"),
            "all of it": ((9 / 24, 6 / 8, 1), "by what does"),
            "the shortest": ((9 / 24, 6 / 8, 2 / 8), "the shortest sentence alone"),
            "another guess": ((9 / 24, 6 / 8, 0.9), "Loss: that is not it"),
        },
        nearly={
            "NaN": ((9 / 24, 6 / 8, np.nan), "there is NaN"),
            "a text": ((9 / 24, "3/4 of it", 15 / 24), "this is none"),
        },
    ),
    Case(
        exercises.check_length_mask,
        right={"loops": mask_by_loops, "filled": mask_by_filling, "NumPy": mask_in_numpy},
        wrong={
            "the given one": (turned, "Row 1 (the second) should"),
            "upside down": (mask_from(torch.ge), "True at the padding"),
            "one too many": (mask_from(torch.le), "a word too many"),
            "one too few": (mask_from(lambda s, length: s < length - 1), "a word too few"),
            "from the right": (lambda *a: mask_by_filling(*a).flip(1), "in front of the words"),
            "numbers": (lambda *a: mask_by_filling(*a).long(), "boolean: `~` makes -2 of a 1"),
            "floats": (lambda *a: mask_by_filling(*a).float(), "boolean: `~` of floats raises an error"),
            "bytes": (lambda *a: mask_by_filling(*a).byte(), "boolean: `~` makes 254 of a 1"),
            "all True": (lambda n, size: torch.ones(len(n), size).bool(), "calls every position a word"),
            "without size": (lambda n, size: mask_by_filling(n, int(n.max())), "Use `size`"),
            "rows shuffled": (lambda n, size: mask_by_filling(n.flip(0), size), "with its sentence's length"),
        },
        nearly={
            "squeezed": (lambda *a: mask_by_filling(*a).squeeze(0), "should be (1, 4), and yours is (4,)"),
            "ragged": (lambda n, size: [[True] * k for k in n.tolist()], "in rows of the same length"),
        },
    ),
    Case(
        exercises.check_last_states,
        right={"loop": last_by_loop, "gather": last_by_gather, "one-hot": last_by_one_hot},
        wrong={
            "last place": (lambda states, lengths: states[:, -1], "last position of the row"),
            "one too far": (
                lambda states, lengths: last_by_loop(states, lengths + 1),
                "one position too far",
            ),
            "one short": (lambda states, lengths: last_by_loop(states, lengths - 1), "one position short"),
            "first word": (lambda states, lengths: states[:, 0], "the first word"),
            "one for all": (lambda states, n: states[:, n.max() - 1], "has its own length"),
            "a colon": (lambda states, lengths: states[:, lengths - 1], "every sentence's last position"),
            "one sentence": (lambda states, n: states[0, n - 1], "not the states at the last"),
            "transposed": (lambda *a: last_by_loop(*a).T, "yours is (2, 3)"),
        },
        nearly={
            "squeezed": (lambda *a: last_by_loop(*a).squeeze(), "yours is (2,)"),
            "a colon, for one sentence only": (
                lambda h, n: last_by_loop(h, n) if len(n) > 1 else h[:, n - 1],
                "Pair row b",
            ),
        },
    ),
    Case(
        exercises.check_masked_gradient,
        right={
            "fill": bandage_behind_fill,
            "package": masked_softmax,
            "by hand, float64": by_hand,
            "row by row": row_by_row,
        },
        wrong={
            "the given one": (added(-torch.inf, torch.nan_to_num), "no part in"),
            "no bandage": (added(-torch.inf, torch.clone), "NaN already in the weights"),
            "lowest alone": (added(-1e30, torch.clone), "looks somewhere"),
            "no mask": (lambda scores, mask: scores.softmax(1), "changes nothing"),
            "after the softmax": (lambda scores, mask: scores.softmax(1) * mask, "mask only after"),
            "upside down": (lambda s, m: masked_softmax(s, ~m), "what should be hidden"),
            "times the mask": (lambda s, mask: (s * mask).softmax(1), "is a score like any other"),
            "over the sentences": (over_the_sentences, "over the sentences"),
            "transposed": (lambda *a: bandage_behind_fill(*a).T, "lie on their side"),
            "shares as they are": (lambda s, m: s * m / (s * m).sum(1, True).clamp(min=1), "can wait"),
            "hidden by -30": (
                lambda s, m: s.masked_fill(~m, -30.0).softmax(1).masked_fill(~m, 0.0),
                "With real scores around -50",
            ),
            "divided after the softmax": (
                lambda s, m: after_the_exponential(s, m, lambda x: x.softmax(1)),
                "With scores of 200 at padding",
            ),
            "no maximum": (
                lambda s, m: after_the_exponential(s, m, torch.exp),
                "With real scores around 100 you get NaN",
            ),
            "highest of all rows": (highest_of_all_rows, "something looks beyond its own row"),
            "thrown away": (thrown_away, "throw away is still there"),
            "detached": (lambda s, m: bandage_behind_fill(s.detach(), m), "nothing is learnt through them"),
            "an array": (lambda s, m: bandage_behind_fill(s.detach(), m).numpy(), "return the tensor itself"),
            "another slope": (other_slope, "not that of a softmax"),
        },
        nearly={
            "over the sentences, no mask": (lambda s, m: s.softmax(0), "over the sentences"),
            "over the sentences, then masked": (lambda s, m: s.softmax(0) * m, "over the sentences"),
            "30 less": (lambda s, m: (s - 30.0 * ~m).softmax(1) * m.any(1, True), "of 200 at padding"),
            "no maximum, in float64": (
                lambda s, m: after_the_exponential(s.double(), m, torch.exp) * (s.abs().max() < 90),
                "With real scores around 100 the weights",
            ),
            "one row for all": (first_row_for_all, "The gradient can wait"),
            "a list of rows": (lambda *a: [*row_by_row(*a)], "return the tensor itself"),
            "other rows detached": (other_rows_detached, "not that of a softmax"),
        },
    ),
    Case(
        exercises.check_update,
        right={
            "the trainer's": update_as_the_trainer,
            "emptied behind the step": in_order("bcsf"),
            "by hand": update_by_hand,
        },
        wrong={
            "the given one": (in_order("cbs"), "Two things are still wrong"),
            "never emptied": (in_order("bcs"), "`backward` adds to it"),
            "clipped too early": (in_order("fcbs"), "a gradient that is there already"),
            "emptied before the step": (in_order("bcfs"), "at the step there is no gradient"),
            "padding in the gradient": (counts_in_the_gradient, "in your loss, or in its gradient"),
            "number by number": (in_order("fbcs", clipped_by=clip_grad_value_), "number by number"),
            "padding counts": (in_order("fbcs", padding_counts), "that you return is not the mean"),
            "twice as long": (twice_as_long, "are not those of the right order"),
            "stretched": (stretched, "no longer than `clip` should stay as it is"),
        },
        nearly={
            "never clipped": (in_order("fbs"), "a gradient that is there already"),
            "no step": (in_order("fbc"), "at the step there is no gradient"),
            "step first": (in_order("fsbc"), "at the step there is no gradient"),
            "the loss after the step": (
                in_order("fbcs", back=lambda before, after: after),
                "that you return is not the mean",
            ),
            "no number": (lambda *a: [update_as_the_trainer(*a)] * 2, "One single number, please"),
        },
    ),
    Case(
        exercises.check_word_loss,
        right={
            "loops": loss_by_loops,
            "ignore_index": loss_ignoring,
            "filled": loss_by_filling,
            "in a tensor of its own": lambda *a: loss_ignoring(*a)[None],
        },
        wrong={
            "padding counts": (loss_with(lambda losses, real: losses.mean()), "The padding counts"),
            "diluted": (loss_with(lambda losses, real: (losses * real).mean()), "out of the sum"),
            "sign": (lambda *a: -loss_ignoring(*a), "a loss is minus"),
            "sum": (loss_with(lambda losses, real: (losses * real).sum()), "That is the sum"),
            "mean of means": (
                loss_with(lambda losses, real: ((losses * real).sum(1) / real.sum(1)).mean()),
                "mean of means",
            ),
            "per sentence": (loss_with(lambda losses, real: (losses * real).sum() / 3), "of sentences, not"),
            "probabilities": (real_only(lambda *a: chosen(*a).exp()), "You take probabilities"),
            "best word": (real_only(lambda p, target: -p.max(2).values), "the model likes best"),
            "vocabulary": (real_only(lambda p, target: -p.mean(2)), "over the whole vocabulary"),
            "a logarithm more": (real_only(lambda *a: -chosen(*a).log()), "logarithms already"),
            "padding only": (loss_with(lambda losses, real: losses[real == 0].mean()), "the padding alone"),
            "one a word": (
                loss_with(lambda losses, real: losses * real),
                "One single number, please: yours has the shape (3, 4)",
            ),
            "NaN": (loss_with(lambda losses, real: (losses * real).sum() / real.sum()), "0 times infinity"),
            "half": (lambda *a: loss_ignoring(*a) / 2, "not the mean, over the words"),
            "looks at padding": (clipped, "so does your loss"),
            "left out by value": (
                loss_with(lambda x, real: (x.masked_fill(x.isinf(), 0) * real).sum() / real.sum()),
                "by *where* it stands",
            ),
        },
        nearly={
            "minus probabilities": (real_only(lambda *a: -chosen(*a).exp()), "You take probabilities"),
            "probabilities as scores": (
                lambda p, target: F.cross_entropy(p.exp().transpose(1, 2), target, ignore_index=PAD_ID),
                "You take probabilities",
            ),
        },
    ),
]


@pytest.mark.parametrize("case, kind, name", each_case(CASES))
def test_exercise(case: Case, kind: str, name: str) -> None:
    case.test(kind, name)
