"""Attention for batches in PyTorch: five ways to score, one softmax that never looks at padding.

    query (B, H), keys (B, S, H) --score--> scores (B, S) --masked_softmax--> weights (B, S)

`score` answers "how well does this encoder state suit what the decoder asks for?". Every score has
`keys`, the work that does not depend on the query and so is done once a sentence, and `forward`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable

import torch
from torch import Tensor, nn


def masked_softmax(scores: Tensor, mask: Tensor | None = None, dim: int = -1) -> Tensor:
    """Return softmax of `scores` along `dim`, over the places where `mask` is True.

    All other places get a weight of exactly 0, and so does a score of -inf. Where that leaves no place
    of a row there is nothing to share out, and all its weights are 0. `scores` and `mask` stay as
    they are; `mask` may be any shape that broadcasts to the scores'. Whole numbers become floats. Raises
    ValueError for a mask of another shape, or not boolean.
    """
    if not scores.is_floating_point():
        scores = scores.float()
    if mask is None:
        mask = torch.ones_like(scores, dtype=torch.bool)
    if mask.dtype != torch.bool:
        raise ValueError(f"the mask must be boolean, True at a real token, but is {mask.dtype}")
    try:
        mask = mask.broadcast_to(scores.shape)
    except RuntimeError:
        raise ValueError(
            f"the mask's shape {tuple(mask.shape)} does not fit the scores' {tuple(scores.shape)}; "
            "give one truth value a score"
        ) from None
    left_out = ~mask | scores.isneginf()
    # Softmax of a row of -inf, and its gradient, is NaN: such a row gets zeros, before and after.
    empty = left_out.all(dim, keepdim=True)
    weights = scores.masked_fill(left_out, -torch.inf).masked_fill(empty, 0.0).softmax(dim)
    return weights.masked_fill(left_out, 0.0)


class Score(nn.Module, ABC):
    """What every score has: its decoder calls `keys` once a sentence, and itself at every step."""

    @abstractmethod
    def keys(self, encoder_outputs: Tensor) -> Tensor:
        """Return what the query is compared with: from encoder_outputs (B, S, H), keys (B, S, H)."""

    @abstractmethod
    def forward(self, query: Tensor, keys: Tensor) -> Tensor:
        """Return a score for every word: from query (B, H) and keys (B, S, H), scores (B, S)."""


class DotScore(Score):
    """score(q, h̄_s) = q · h̄_s (Luong et al. 2015, section 3.1, "dot"). No weights of its own."""

    def __init__(self, hidden_size: int) -> None:
        super().__init__()

    def keys(self, encoder_outputs: Tensor) -> Tensor:
        return encoder_outputs  # (B, S, H)

    def forward(self, query: Tensor, keys: Tensor) -> Tensor:
        return torch.bmm(keys, query.unsqueeze(2)).squeeze(2)  # (B, S, H) @ (B, H, 1) -> (B, S)


class ScaledDotScore(DotScore):
    """score(q, h̄_s) = q · h̄_s / √H (Vaswani et al. 2017, section 3.2.1): less sure at the start."""

    def forward(self, query: Tensor, keys: Tensor) -> Tensor:
        return super().forward(query, keys) / query.shape[1] ** 0.5


class GeneralScore(DotScore):
    """score(q, h̄_s) = qᵀ W h̄_s (Luong et al. 2015, section 3.1, "general")."""

    def __init__(self, hidden_size: int) -> None:
        super().__init__(hidden_size)
        self.weight = nn.Linear(hidden_size, hidden_size, bias=False)

    def keys(self, encoder_outputs: Tensor) -> Tensor:
        return self.weight(encoder_outputs)  # (B, S, H)


class AdditiveScore(Score):
    """score(q, h̄_s) = vᵀ tanh(q + W h̄_s) (Bahdanau et al. 2015, appendix A.1.2).

    The paper's matrix for the decoder's side is the layer that makes the query.
    """

    def __init__(self, hidden_size: int) -> None:
        super().__init__()
        self.weight = nn.Linear(hidden_size, hidden_size, bias=False)
        self.v = nn.Linear(hidden_size, 1, bias=False)

    def keys(self, encoder_outputs: Tensor) -> Tensor:
        return self.weight(encoder_outputs)  # (B, S, H)

    def forward(self, query: Tensor, keys: Tensor) -> Tensor:
        summed = query.unsqueeze(1) + keys  # (B, S, H): large, so tanh takes its place
        return self.v(summed.tanh_()).squeeze(2)  # (B, S)


class LocationScore(Score):
    """score_s = row s of W q (Luong et al. 2015, equation 8, "location"): it sees no encoder state.

    So it must fix in advance how many places there are, and knows none beyond `max_length`.
    """

    def __init__(self, hidden_size: int, max_length: int = 40) -> None:
        super().__init__()
        self.max_length = max_length
        self.weight = nn.Linear(hidden_size, max_length)

    def keys(self, encoder_outputs: Tensor) -> Tensor:
        if encoder_outputs.shape[1] > self.max_length:
            raise ValueError(
                f"location-based attention has weights for {self.max_length} source words, but the "
                f"source has {encoder_outputs.shape[1]}; use a score that looks at the states"
            )
        return encoder_outputs  # only its size is used

    def forward(self, query: Tensor, keys: Tensor) -> Tensor:
        return self.weight(query)[:, : keys.shape[1]]  # (B, max_length) -> (B, S)


SCORES: dict[str, Callable[[int], Score]] = {
    "dot": DotScore,
    "general": GeneralScore,
    "additive": AdditiveScore,
    "location": LocationScore,
    "scaled-dot": ScaledDotScore,
}


def make_score(name: str, hidden_size: int) -> Score:
    """Return the score function called `name`. Raises ValueError for a name not in `SCORES`."""
    if name not in SCORES:
        raise ValueError(f"there is no score {name!r}; choose one of {', '.join(SCORES)}")
    return SCORES[name](hidden_size)
