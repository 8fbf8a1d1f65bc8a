"""Exercises of lesson 8: every named mistake gets its own hint, and every right answer passes."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from exercise_cases import Case, each_case
from torch.nn import functional as F

from course_utils import exercises


def tri(T, k=0):
    return torch.ones(T, T, dtype=torch.bool).tril(k)


def both_by_loops(lengths, T):
    lengths = lengths.tolist()
    return [[[[s <= t and s < n for s in range(T)] for t in range(T)]] for n in lengths]


def both(lengths, T):
    return real(lengths, T)[:, None, None] & tri(T)


def real(lengths, T):
    return torch.arange(T) < lengths.unsqueeze(1)


def back_by_loops(weights):
    heads, T, _ = weights.shape
    return [sum(weights[a, t, t - 1].item() for t in range(1, T)) / (T - 1) for a in range(heads)]


def diagonal(weights, offset=-1):
    return weights.diagonal(offset, 1, 2)


def cached(x, to_query, to_key, to_value, keys, values):
    keys = torch.cat((keys, to_key(x)[:, None]), dim=1)
    values = torch.cat((values, to_value(x)[:, None]), dim=1)
    return F.scaled_dot_product_attention(to_query(x)[:, None], keys, values)[:, 0], keys, values


def cached_by_hand(x, to_query, to_key, to_value, keys, values):
    key, value = to_key(x), to_value(x)
    all_keys, all_values = [*keys.unbind(1), key], [*values.unbind(1), value]
    scores = torch.stack([(to_query(x) * k).sum(1) for k in all_keys], 1) / x.shape[1] ** 0.5
    weights = scores.softmax(1)
    context = sum(weights[:, i : i + 1] * v for i, v in enumerate(all_values))
    return [context.detach(), torch.stack(all_keys, 1).detach(), torch.stack(all_values, 1).detach()]


def grown(rows, layer, x):
    return torch.cat((rows, layer(x)[:, None]), dim=1)


def ask(query, keys, values, scale=None):
    return F.scaled_dot_product_attention(query[:, None], keys, values, scale=scale)[:, 0]


def other_context(found):
    """A step whose keys and values are right, and its context `found` of all that is given."""

    def step(x, q, k, v, keys, values):
        return found(x, q, k, v, keys, values), grown(keys, k, x), grown(values, v, x)

    return step


def apart(scores):
    T, S = scores.shape[2:]
    return torch.arange(T)[:, None] - torch.arange(S)


def lowered(scores, slopes):
    return scores - slopes[:, None, None] * apart(scores).abs()


def lowered_by_loops(scores, slopes):
    new = scores.double().numpy().copy()
    for place in np.ndindex(new.shape):
        _, head, t, s = place
        new[place] -= float(slopes[head]) * abs(t - s)
    return new


PARAMETERS, READ, WEIGHTS = 4 * (512 * 512 + 512), 1275, 48_000_000

CASES = [
    Case(
        exercises.check_transformer_counts,
        right={"numbers": (PARAMETERS, READ, WEIGHTS), "floats": (float(PARAMETERS), [READ], 4.8e7)},
        wrong={
            "no biases": ((4 * 512 * 512, READ, WEIGHTS), "left out the biases"),
            "three layers": ((3 * (512 * 512 + 512), READ, WEIGHTS), "a fourth mixes"),
            "times heads": ((8 * PARAMETERS, READ, WEIGHTS), "Each of the four layers counts once"),
            "a head": ((4 * (512 * 64 + 64), READ, WEIGHTS), "the share of one head"),
            "another number": ((7, READ, WEIGHTS), "not the four layers"),
            "with the cache": ((PARAMETERS, 50, WEIGHTS), "That is with the cache"),
            "from 0": ((PARAMETERS, 1225, WEIGHTS), "not 0, and for the last 50"),
            "square": ((PARAMETERS, 2500, WEIGHTS), "does not read all 50"),
            "another read": ((PARAMETERS, 77, WEIGHTS), "my_words_read: 1, then"),
            "one head": ((PARAMETERS, READ, 1_000_000), "one head of one layer"),
            "one layer": ((PARAMETERS, READ, 8_000_000), "There are six"),
            "layers only": ((PARAMETERS, READ, 6_000_000), "a table of its own"),
            "a row": ((PARAMETERS, READ, 48_000), "a table, not a row"),
            "bytes": ((PARAMETERS, READ, 4 * WEIGHTS), "not bytes"),
            "another": ((PARAMETERS, READ, 12), "how many tables are there"),
        },
        nearly={
            "a little more": ((PARAMETERS, READ, WEIGHTS + 400), "how many tables are there"),
            "some more parameters": ((PARAMETERS - 4, READ, WEIGHTS), "not the four layers"),
        },
    ),
    Case(
        exercises.check_for_torch,
        right={
            "tilde": lambda real, T: (~real, ~tri(T)),
            "lists": lambda real, T: [(~real).tolist(), [[s > t for s in range(T)] for t in range(T)]],
            "triu": lambda real, T: (real.logical_not(), torch.ones(T, T).triu(1).bool()),
        },
        wrong={
            "as ours": (lambda real, T: (real, tri(T)), "Both are as we write them"),
            "padding as ours": (lambda real, T: (real, ~tri(T)), "those would be ignored"),
            "causal as ours": (lambda real, T: (~real, tri(T)), "only the future should"),
            "itself too": (lambda real, T: (~real, ~tri(T, -1)), "forbids each word itself"),
            "the past": (lambda real, T: (~real, ~tri(T).T), "forbids the past"),
            "numbers": (lambda real, T: (~real, torch.zeros(T, T)), "should hold truth values"),
            "one": (lambda real, T: ~real, "Return two things"),
            "another shape": (lambda real, T: (~real, ~tri(T + 1)), "should have the shape"),
            "nothing ignored": (
                lambda real, T: (torch.zeros_like(real), ~tri(T)),
                "exactly where the padding",
            ),
            "nothing forbidden": (lambda real, T: (~real, ~tri(T) & False), "would see a later one"),
        },
    ),
    Case(
        exercises.check_causal_and_real,
        right={"loops": both_by_loops, "and": both, "multiplied": lambda n, T: (both(n, T) * 1).bool()},
        wrong={
            "no heads": (lambda n, T: both(n, T)[:, 0], "a dimension of their own"),
            "PyTorch's": (lambda n, T: ~both(n, T), "PyTorch's other meaning"),
            "causal only": (lambda n, T: tri(T).expand(len(n), 1, T, T), "may look at padding"),
            "real only": (lambda n, T: real(n, T)[:, None, None].expand(-1, 1, T, T), "may look ahead"),
            "or": (lambda n, T: real(n, T)[:, None, None] | tri(T), "You take *or*"),
            "rows": (lambda n, T: real(n, T)[:, None, :, None] & tri(T), "The rows of padding are empty"),
            "later": (lambda n, T: real(n, T)[:, None, None] & tri(T).T, "and not what is earlier"),
            "not itself": (lambda n, T: real(n, T)[:, None, None] & tri(T, -1), "may also see itself"),
            "numbers": (lambda n, T: both(n, T).float(), "should hold truth values"),
            "all": (lambda n, T: torch.ones(len(n), 1, T, T).bool(), "s at most t, and s below"),
            "not expanded": (lambda n, T: real(n, T)[:, None, None], "should have the shape"),
        },
    ),
    Case(
        exercises.check_looks_back,
        right={"loops": back_by_loops, "diagonal": lambda w: diagonal(w).mean(1).numpy()},
        wrong={
            "itself": (lambda w: diagonal(w, 0).mean(1), "the word itself"),
            "after": (lambda w: diagonal(w, 1).mean(1), "the word after"),
            "sum": (lambda w: diagonal(w).sum(1), "add the weights up"),
            "by T": (lambda w: diagonal(w).sum(1) / w.shape[1], "divide by T"),
            "largest": (lambda w: diagonal(w).amax(1), "the largest of these"),
            "all heads": (lambda w: diagonal(w).mean(), "not one for all of them"),
            "another": (lambda w: w.mean((1, 2)) / 3, "Not the mean of weight"),
        },
        nearly={
            "across heads": (lambda w: diagonal(w).mean(0), "The shape should be"),
        },
    ),
    Case(
        exercises.check_step_with_cache,
        right={"torch's": cached, "by hand": cached_by_hand},
        wrong={
            "not itself": (other_context(lambda x, q, k, v, K, V: ask(q(x), K, V)), "does not see itself"),
            "unscaled": (
                other_context(lambda x, q, k, v, K, V: ask(q(x), grown(K, k, x), grown(V, v, x), 1.0)),
                "divided by the root",
            ),
            "keys weighed": (
                other_context(lambda x, q, k, v, K, V: ask(q(x), grown(K, k, x), grown(K, k, x))),
                "weigh the keys",
            ),
            "no query": (
                other_context(lambda x, q, k, v, K, V: ask(x, grown(K, k, x), grown(V, v, x))),
                "must go through `to_query`",
            ),
            "value alone": (other_context(lambda x, q, k, v, K, V: v(x)), "of the new word alone"),
            "another context": (
                other_context(lambda x, q, k, v, K, V: ask(q(x), grown(K, k, x), grown(V, v, x)) + 1),
                "one query over all keys",
            ),
            "a place too many": (
                lambda x, *a: (cached(x, *a)[0][:, None], *cached(x, *a)[1:]),
                "take the place of the one query away",
            ),
            "in front": (
                lambda x, q, k, v, K, V: (
                    cached(x, q, k, v, K, V)[0],
                    torch.cat((k(x)[:, None], K), 1),
                    torch.cat((v(x)[:, None], V), 1),
                ),
                "stands first",
            ),
            "the vector": (
                lambda x, q, k, v, K, V: (x, torch.cat((K, x[:, None]), 1), V),
                "made by `to_key`",
            ),
            "new only": (lambda x, q, k, v, K, V: (x, k(x)[:, None], v(x)[:, None]), "only the new key"),
            "not grown": (lambda x, q, k, v, K, V: (v(x), K.clone(), V.clone()), "have not grown"),
            "keys twice": (
                lambda x, q, k, v, K, V: (v(x), grown(K, k, x), grown(K, k, x)),
                "the keys twice",
            ),
            "context only": (lambda *a: cached(*a)[0], "Return three things"),
        },
        nearly={
            "no layer for the values": (
                lambda x, q, k, v, K, V: (v(x), grown(K, k, x), torch.cat((V, x[:, None]), 1)),
                "then that of the new word",
            ),
        },
    ),
    Case(
        exercises.check_with_distance,
        right={"broadcast": lowered, "loops": lowered_by_loops},
        wrong={
            "added": (lambda s, m: s + m[:, None, None] * apart(s).abs(), "You *add*"),
            "sign, after": (lambda s, m: s - m[:, None, None] * apart(s), "come after get a higher"),
            "sign, before": (lambda s, m: s + m[:, None, None] * apart(s), "come before get a higher"),
            "squared": (lambda s, m: s - m[:, None, None] * apart(s) ** 2, "is squared"),
            "one slope": (lambda s, m: s - m[0] * apart(s).abs(), "the same slope"),
            "no slope": (lambda s, m: s - apart(s).abs(), "are not in it"),
            "nothing": (lambda s, m: s.clone(), "Nothing is taken off"),
            "softmax": (lambda s, m: lowered(s, m).softmax(3), "after the softmax"),
            "another": (lambda s, m: lowered(s, m) * 2, "for every head, t and s"),
        },
    ),
]


@pytest.mark.parametrize("case, kind, name", each_case(CASES))
def test_exercise(case: Case, kind: str, name: str) -> None:
    case.test(kind, name)
