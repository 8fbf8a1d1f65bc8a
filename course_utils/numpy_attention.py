"""Dot-product attention in NumPy: the function that lesson 2 builds by hand.

    query (…, T, D) ──┐
    keys  (…, S, D) ──┴─ dot products ─ mask ─ softmax ─ weights (…, T, S) ──┐
    values (…, S, Dv) ───────────────────────────────────── weighted sum ────┴─ context (…, T, Dv)

Nothing but NumPy is needed. Luong et al. (2015), "Effective Approaches to Attention-based Neural
Machine Translation", https://arxiv.org/abs/1508.04025, equation 7 with the score `dot`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def softmax(scores: ArrayLike, axis: int = -1) -> NDArray[np.floating]:
    """Turn `scores` into weights along `axis`: none negative, and all together 1.

    A score of ``-inf`` gets a weight of exactly 0. Where all scores along `axis` are ``-inf``
    there is nothing to share out, and all weights are 0 (plain softmax would give NaN there).
    """
    scores = _as_floats(scores)
    # Softmax does not change when one number is taken from all scores; with the highest at 0, no
    # exponential can overflow. A row of only -inf is left as it is, for -inf minus -inf is NaN.
    highest = scores.max(axis=axis, keepdims=True)
    exponentials = np.exp(scores - np.where(np.isneginf(highest), 0, highest))
    total = exponentials.sum(axis=axis, keepdims=True)
    return exponentials / np.where(total == 0, 1, total)


def dot_product_attention(
    query: ArrayLike,
    keys: ArrayLike,
    values: ArrayLike | None = None,
    mask: ArrayLike | None = None,
) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
    """Look up `values` by how well their `keys` match the `query`; unscaled dot-product attention.

    ``weights = softmax(query · keys)`` and ``context = weights · values``.

    Args:
        query: one query (D,), or T of them in any number of batch dimensions (…, T, D).
        keys: (S, D) or (…, S, D).
        values: (S, Dv) or (…, S, Dv); the keys themselves if None.
        mask: boolean, True = a real token; anything that broadcasts to the shape of the weights.
            For the padding mask (B, S) of a batch of T queries each, write ``mask[:, None, :]``.

    Returns:
        context, (…, T, Dv), and weights, (…, T, S); for one query (…, Dv) and (…, S). A masked
        token has weight 0 exactly; a row without a real token, weights and context of zeros.

    Raises:
        ValueError: the shapes do not fit one another, there is no key, or the mask is not boolean.
    """
    query, keys = _as_floats(query), _as_floats(keys)
    values = keys if values is None else _as_floats(values)
    _check_shapes(query, keys, values)

    single = query.ndim == 1
    if single:
        query = query[None, :]  # (1, D)
    scores = query @ np.swapaxes(keys, -1, -2)  # (…, T, S)
    if mask is not None:
        scores = np.where(_fit_mask(mask, scores.shape, single), scores, -np.inf)
    weights = softmax(scores)  # (…, T, S)
    context = weights @ values  # (…, T, Dv)
    if single:
        return context[..., 0, :], weights[..., 0, :]
    return context, weights


def _as_floats(array: ArrayLike) -> NDArray[np.floating]:
    """Return `array` as it is if it holds floats, otherwise as float64."""
    array = np.asarray(array)
    return array if np.issubdtype(array.dtype, np.floating) else array.astype(np.float64)


def _check_shapes(query: NDArray, keys: NDArray, values: NDArray) -> None:
    if query.ndim < 1 or keys.ndim < 2 or values.ndim < 2:
        raise ValueError(
            f"query {query.shape}, keys {keys.shape}, values {values.shape}: give a query of shape "
            "(D,) or (..., T, D), keys of shape (..., S, D) and values of shape (..., S, Dv)"
        )
    if query.shape[-1] != keys.shape[-1]:
        raise ValueError(
            f"query {query.shape} and keys {keys.shape} differ in their last dimension "
            f"({query.shape[-1]} and {keys.shape[-1]}): give both the same number of features, "
            "or there is no dot product"
        )
    if keys.shape[-2] != values.shape[-2]:
        raise ValueError(
            f"keys {keys.shape} and values {values.shape} differ in their last dimension but one "
            f"({keys.shape[-2]} and {values.shape[-2]}): give one value for each key"
        )
    if keys.shape[-2] == 0:
        raise ValueError(
            f"keys {keys.shape} hold no key to look at: give at least one (a masked one will do)"
        )
    try:
        np.broadcast_shapes(query.shape[:-2], keys.shape[:-2], values.shape[:-2])
    except ValueError:
        raise ValueError(
            f"query {query.shape}, keys {keys.shape}, values {values.shape} have batch dimensions "
            "that do not fit one another: make all but the last two dimensions equal (or 1)"
        ) from None


def _fit_mask(mask: ArrayLike, shape: tuple[int, ...], single: bool) -> NDArray[np.bool_]:
    """Return `mask` broadcast to the `shape` of the scores, (…, T, S); if `single`, it has no T."""
    mask = np.asarray(mask)
    if mask.dtype != np.bool_:
        raise ValueError(
            f"the mask holds {mask.dtype}, not booleans: pass True for a real token and False for "
            "padding, for example mask != 0"
        )
    expected = (*shape[:-2], shape[-1]) if single else shape
    try:
        mask = np.broadcast_to(mask, expected)
    except ValueError:
        raise ValueError(
            f"the mask {mask.shape} does not fit the scores {expected}: "
            "for a padding mask (B, S) and T queries a sentence, pass mask[:, None, :]"
        ) from None
    return mask[..., None, :] if single else mask
