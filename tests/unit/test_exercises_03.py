"""Exercises of lesson 3: every named mistake gets its own hint, and every right answer passes."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from exercise_cases import Case, each_case

from course_utils import exercises

# --- right answers, each in another way than the lesson's solution ----------------------------


def batch_first_by_loops(states):
    S, B, _ = states.shape
    return [[states[s, b].tolist() for s in range(S)] for b in range(B)]


def local_by_loops(scores, p, D):
    rows = []
    for row in scores.tolist():
        powers = [math.exp(x) if p - D <= s <= p + D else 0.0 for s, x in enumerate(row)]
        rows.append([power / sum(powers) for power in powers])
    return rows


def local_in_numpy(scores, p, D):
    low, high = max(0, p - D), min(scores.shape[1], p + D + 1)
    powers = np.exp(scores.numpy()[:, low:high])
    weights = powers / powers.sum(1, keepdims=True)
    return np.pad(weights, ((0, 0), (low, scores.shape[1] - high)))


def local_renormalised(scores, p, D):
    weights = scores.softmax(1)
    for s in range(scores.shape[1]):
        if abs(s - p) > D:
            weights[:, s] = 0
    return weights / weights.sum(1, keepdim=True)


def luong_by_loops(embedded, hidden, states, gru, combine):
    tops, new, weights = [], [], []
    for b in range(len(embedded)):
        new.append(gru(embedded[b : b + 1], hidden[:, b])[0][0])
        weights.append(torch.stack([state @ new[b] for state in states[b]]).softmax(0))
        context = sum(weight * state for weight, state in zip(weights[b], states[b]))
        tops.append(torch.tanh(combine.weight @ torch.cat((context, new[b])) + combine.bias))
    return torch.stack(tops), torch.stack(new)[None], torch.stack(weights)


def luong_by_einsum(embedded, hidden, states, gru, combine):
    output, new = gru(embedded[None], hidden)
    weights = torch.einsum("bh,bsh->bs", output[0], states).softmax(dim=-1)
    context = torch.einsum("bs,bsh->bh", weights, states)
    return [torch.tanh(combine(torch.hstack((context, output.squeeze(0))))), new, weights]


def moves_by_rolling(score):
    query, keys = torch.ones(2, 3), torch.arange(24.0).view(2, 4, 3).sin()
    return torch.allclose(score(query, keys.roll(1, dims=1)), score(query, keys).roll(1, dims=1))


def moves_by_swapping(score):
    keys = torch.rand(1, 5, 8, generator=torch.Generator().manual_seed(1))
    before, after = score(keys[:, 0], keys), score(keys[:, 0], keys[:, [3, 1, 2, 0, 4]])
    return (before[0, [3, 1, 2, 0, 4]] - after[0]).abs().max() < 1e-6


# --- mistakes ---------------------------------------------------------------------------------


def window(inside):
    """A softmax over the positions s where inside(s, p, D)."""
    return lambda scores, p, D: scores.masked_fill(~inside(torch.arange(11), p, D), -torch.inf).softmax(1)


def cut_too_late(scores, p, D):
    return scores.softmax(1) * ((torch.arange(11) - p).abs() <= D)


def zero_outside(scores, p, D):
    return (scores * ((torch.arange(11) - p).abs() <= D)).softmax(1)


def softmax_over_sentences(scores, p, D):
    return scores.masked_fill((torch.arange(11) - p).abs() > D, -torch.inf).softmax(0)


def negative_start(scores, p, D):
    weights = torch.zeros_like(scores)
    weights[:, p - D : p + D + 1] = scores[:, p - D : p + D + 1].softmax(1)
    return weights


def shifted_window(scores, p, D):
    first = min(max(p - D, 0), 11 - 2 * D - 1)
    weights = torch.zeros_like(scores)
    weights[:, first : first + 2 * D + 1] = scores[:, first : first + 2 * D + 1].softmax(1)
    return weights


def cut_on_the_right_only_by_luck(scores, p, D):
    first = min(max(p - D, 0), 5)
    return window(lambda s, p, D: (s >= first) & (s - p <= D))(scores, p, D)


def in_place(scores, p, D):
    scores[:, (torch.arange(11) - p).abs() > D] = -torch.inf
    return scores.softmax(1)


def not_quite_nothing(scores, p, D):
    return scores.masked_fill((torch.arange(11) - p).abs() > D, -15.0).softmax(1)


def luong(query="new", parts=("context", "new"), squash=torch.tanh, state="new", dim=1):
    """One step in Luong's order, with one thing different."""

    def step(embedded, hidden, states, gru, combine):
        _, new = gru(embedded[None], hidden)
        have = {"new": new[0], "old": hidden[0], "word": embedded}
        weights = (states @ have[query].unsqueeze(2)).squeeze(2).softmax(dim)
        have["context"] = (weights.unsqueeze(1) @ states).squeeze(1)
        return squash(combine(torch.cat([have[part] for part in parts], 1))), have[state][None], weights

    return step


def gru_reads_zeros(embedded, hidden, states, gru, combine):
    return luong()(embedded * 0, hidden, states, gru, combine)


def other_scores(embedded, hidden, states, gru, combine):
    top, new, _ = luong()(embedded, hidden, states, gru, combine)
    return top, new, states.mean(2).softmax(1)


def dot_only(score):
    query, keys = torch.ones(1, 3), torch.arange(12.0).view(1, 4, 3)
    return torch.allclose(score(query, keys)[0], keys[0] @ query[0])


def just_changes(score):
    query, keys = torch.ones(1, 3), torch.arange(12.0).view(1, 4, 3)
    return not torch.equal(score(query, keys), score(query, keys.flip(1)))


def by_reversal(score):
    query, keys = torch.ones(1, 3), torch.arange(12.0).view(1, 4, 3)
    return torch.allclose(score(query, keys.flip(1)), score(query, keys).flip(1))


def by_the_first_two(score):
    query, keys, order = torch.ones(2, 4), torch.arange(40.0).view(2, 5, 4).sin(), [1, 0, 2, 3, 4]
    return torch.allclose(score(query, keys[:, order]), score(query, keys)[:, order], atol=1e-6)


def by_one_word(score):
    keys = torch.arange(56.0).view(1, 7, 8).sin()
    before, after = score(torch.ones(1, 8), keys), score(torch.ones(1, 8), keys.roll(1, dims=1))
    return torch.isclose(before[0, 0], after[0, 1], atol=1e-6)


def by_the_best(score):
    query, keys = torch.ones(2, 3), torch.arange(30.0).view(2, 5, 3).sin()
    return bool((score(query, keys.roll(1, 1)).argmax(1) == (score(query, keys).argmax(1) + 1) % 5).all())


def by_rank(score):
    keys = torch.rand(1, 5, 8, generator=torch.Generator().manual_seed(1))
    ranks = [score(keys[:, 0], order).argsort(dim=1).argsort(dim=1) for order in (keys, keys.roll(1, 1))]
    return torch.equal(ranks[0].roll(1, 1), ranks[1])


def not_closely(score):
    query, keys = torch.ones(2, 3), torch.arange(24.0).view(2, 4, 3).sin()
    return torch.allclose(score(query, keys.roll(1, 1)), score(query, keys).roll(1, 1), atol=0.9)


def by_first_and_last(score):
    keys = torch.rand(1, 5, 8, generator=torch.Generator().manual_seed(1))
    order = [4, 1, 2, 3, 0]
    return torch.allclose(score(keys[:, 0], keys[:, order]), score(keys[:, 0], keys)[:, order])


def by_weights(score):
    query, keys = torch.ones(2, 3), torch.arange(24.0).view(2, 4, 3).sin()
    return torch.allclose(score(query, keys.roll(1, 1)).softmax(1), score(query, keys).softmax(1).roll(1, 1))


def only_down(states):
    return states.transpose(0, 1) if len(states) > states.shape[1] else states.reshape(states.shape[1], -1, 3)


def no_window_for_0(scores, p, D):
    return local_by_loops(scores, p, D) if D else scores.softmax(1)


def empty_slice(scores, p, D):
    inside = torch.zeros(11).bool()
    inside[p - D : p + D + 1] = True
    return scores.masked_fill(~inside, -torch.inf).softmax(1)


def cut_on_one_side(scores, p, D):
    low, high = p - D, p + D + 1
    if low < 0:
        low = 0
    elif high > 11:
        high = 11
    return torch.nn.functional.pad(scores[:, low:high].softmax(1), (low, 11 - high))


def nothing_on_the_right(scores, p, D):
    return torch.tensor(local_by_loops(scores, p, D)) * (p < 9)


def luong_squeezed(*given):
    top, new, weights = luong_by_einsum(*given)
    return top, new, weights.squeeze()


def flat_state(*given):
    top, new, weights = luong_by_einsum(*given)
    return top, new[0], weights


def top_in_a_column(*given):
    top, new, weights = luong_by_einsum(*given)
    return top[:, :, None], new, weights


V1_40, V1_80, V2 = (512 + 1) * 40, (512 + 1) * 80, (512 + 1) * 256 + 256 * 256 + 256

CASES = [
    Case(
        exercises.check_score_parameters,
        right={
            "integers": (V1_40, V1_80, V2),
            "tensors and floats": (torch.tensor(V1_40), float(V1_80), np.int64(V2)),
            "a comma behind, a list of one": ((V1_40,), [V1_80], V2),
        },
        wrong={
            "a comma": (((20, 520), V1_80, V2), "without a comma"),
            "no biases": ((512 * 40, 512 * 80, V2), "40 positions: the biases are missing"),
            "half the input": ((257 * 40, V1_80, V2), "two things stand side by side"),
            "makes a query": ((513 * 256, V1_80, V2), "Version 1 makes scores"),
            "the same for 80": ((V1_40, V1_40, V2), "the same as for 40"),
            "a guess": ((12345, V1_80, V2), "how wide the layer's input is"),
            "attn alone": ((V1_40, V1_80, 513 * 256), "The score also has weights"),
            "score alone": ((V1_40, V1_80, 257 * 256), "Its `attn` also has weights"),
            "biases in the score": ((V1_40, V1_80, V2 + 257), "They have no biases"),
            "no v": ((V1_40, V1_80, V2 - 256), "Either the biases"),
            "positions in version 2": ((V1_40, V1_80, V1_40 + 257 * 256), "not one score for each position"),
            "another guess": ((V1_40, V1_80, 1), "Which three layers"),
        },
        nearly={
            "a text": (("many", V1_80, V2), "this is none: 'many'"),
            "half the input, no biases": ((256 * 40, V1_80, V2), "40 positions: the biases are missing"),
            "half the input, no biases, 80": ((V1_40, 256 * 80, V2), "80 positions: the biases are missing"),
        },
    ),
    Case(
        exercises.check_batch_first,
        right={
            "loops": batch_first_by_loops,
            "permute": lambda states: states.permute(1, 0, 2),
            "einsum": lambda states: torch.einsum("sbh->bsh", states).double(),
            "stack": lambda states: np.stack(list(states.numpy()), axis=1),
        },
        wrong={
            "view": (lambda h: h.view(h.shape[1], h.shape[0], h.shape[2]), "colleague's mistake still"),
            "as it is": (lambda h: h, "yours is (4, 3, 2)"),
            "the wrong two": (lambda h: h.transpose(1, 2), "yours is (4, 2, 3)"),
            "backwards": (lambda h: h.transpose(0, 1).flip(1), "from the last to the first"),
            "sentences": (lambda h: h.transpose(0, 1).flip(0), "in another order than before"),
            "features": (lambda h: h.transpose(0, 1).flip(2), "must hold what was at"),
        },
        nearly={
            "if there are more words than sentences": (only_down, "colleague's mistake still"),
        },
    ),
    Case(
        exercises.check_local_weights,
        right={"loops": local_by_loops, "NumPy": local_in_numpy, "divided again": local_renormalised},
        wrong={
            "no window": (lambda scores, p, D: scores.softmax(1), "changes nothing"),
            "after the softmax": (cut_too_late, "cut after the softmax"),
            "by multiplication": (zero_outside, "a score like any other"),
            "slice too short": (window(lambda s, p, D: (s >= p - D) & (s < p + D)), "Where does a slice"),
            "strictly nearer": (window(lambda s, p, D: (s - p).abs() < D), "exactly D positions away"),
            "back only": (window(lambda s, p, D: (s >= p - D) & (s <= p)), "looks back only"),
            "counted from 1": (window(lambda s, p, D: (s + 1 - p).abs() <= D), "too far left"),
            "slice begins too late": (window(lambda s, p, D: (s - 1 - p).abs() <= D), "too far right"),
            "D wide": (window(lambda s, p, D: (s - p).abs() <= D // 2), "not how wide it is"),
            "upside down": (window(lambda s, p, D: (s - p).abs() > D), "see what should be hidden"),
            "over sentences": (softmax_over_sentences, "runs over the sentences"),
            "forward only": (window(lambda s, p, D: (s >= p) & (s - p <= D)), "With p = 5 and D = 3 it is"),
            "D forgotten": (window(lambda s, p, D: (s - p).abs() <= 3), "With p = 6 and D = 1 it is"),
            "negative start": (negative_start, "negative index"),
            "moved at the edge": (shifted_window, "sticks out on the left"),
            "wrong on the right": (cut_on_the_right_only_by_luck, "sticks out on the right"),
            "in place": (in_place, "in place"),
            "nearly nothing": (not_quite_nothing, "a tiny weight is left"),
        },
        nearly={
            "no window if D is 0": (no_window_for_0, "With p = 4 and D = 0 it is not"),
            "nothing on the right": (nothing_on_the_right, "sticks out on the right"),
            "negative start, NaN": (empty_slice, "negative index"),
            "right at each end": (cut_on_one_side, "yours is (2, 4)"),
        },
    ),
    Case(
        exercises.check_luong_step,
        right={"loops": luong_by_loops, "einsum, a list": luong_by_einsum},
        wrong={
            "old state": (luong(state="old"), "from before the step. The next word"),
            "another input": (gru_reads_zeros, "the GRU reads the embedded word alone"),
            "Bahdanau's order": (luong(query="old"), "Bahdanau's order"),
            "asks with the word": (luong(query="word"), "Luong asks with the state"),
            "over sentences": (luong(dim=0), "runs over the sentences"),
            "no tanh": (luong(squash=lambda x: x), "the tanh is missing"),
            "ReLU": (luong(squash=torch.relu), "ReLU is what"),
            "other order": (luong(parts=("new", "context")), "the context stands first"),
            "joined with the word": (luong(parts=("context", "word")), "not with the word"),
            "joined with the old state": (luong(parts=("context", "old")), "with an old state"),
            "sigmoid": (luong(squash=torch.sigmoid), "h̃_t is not. Compare"),
            "other scores": (other_scores, "not those of the dot products"),
            "two things": (lambda *a: luong()(*a)[:2], "Return three things"),
            "as our decoder": (lambda *a: [luong()(*a)[i] for i in (2, 0, 1)], "in another order"),
            "flat state": (flat_state, "The new state should have the shape"),
        },
        nearly={
            "squeezed": (luong_squeezed, "The weights should have the shape (1, 3), and yours is (3,)"),
            "a column": (top_in_a_column, "h̃_t should have the shape"),
        },
    ),
    Case(
        exercises.check_moves_along,
        right={
            "rolled": moves_by_rolling,
            "two words swapped": moves_by_swapping,
            "0 or 1": lambda score: int(moves_by_rolling(score)),
            "weights": by_weights,
        },
        wrong={
            "never": (lambda score: False, "You fail the dot product"),
            "dot only": (dot_only, "You fail an additive score"),
            "always": (lambda score: True, "like those of version 1"),
            "any change": (just_changes, "likes late positions better"),
            "reversal": (by_reversal, "likes the middle"),
            "the first two": (by_the_first_two, "from the third on"),
            "the best word": (by_the_best, "only the best word moves along"),
            "not closely": (not_closely, "likes late positions a little better"),
            "a tensor": (lambda score: torch.ones(3) > 0, "one truth value"),
        },
        nearly={
            "a text": (lambda score: "yes", "one truth value"),
            "ranks": (by_rank, "likes late positions"),
            "one word": (by_one_word, "do you compare them all"),
            "first and last swapped": (by_first_and_last, "likes the middle"),
        },
    ),
]


@pytest.mark.parametrize("case, kind, name", each_case(CASES))
def test_exercise(case: Case, kind: str, name: str) -> None:
    case.test(kind, name)
