"""Lesson 8: its attention, heads, positions and layers give the numbers of the package's Transformer."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from lesson_code import definitions

from course_utils.model import transformer
from course_utils.model.seq2seq import TransformerConfig
from course_utils.text.batching import length_mask

B, S, T, H, HEADS = 3, 6, 5, 8, 2
REAL = length_mask(torch.tensor([6, 2, 4]))[:, None, None]  # (B, 1, 1, S)


@pytest.fixture(scope="module")
def lesson() -> dict[str, Any]:
    return definitions("08_towards_transformers")


@pytest.fixture
def states() -> tuple[torch.Tensor, torch.Tensor]:
    torch.manual_seed(8)
    return torch.randn(B, S, H), torch.randn(B, T, H)


def copied(theirs: torch.nn.Module, ours: torch.nn.Module) -> torch.nn.Module:
    """`theirs` with the weights of `ours`: the parts have the same names."""
    theirs.load_state_dict(ours.state_dict())
    return theirs


def test_its_heads_are_the_packages(lesson: dict[str, Any], states) -> None:
    source, target = states
    ours = transformer.MultiHeadAttention(H, HEADS)
    theirs = copied(lesson["MultiHeadAttention"](H, HEADS), ours)
    expected = ours(target, *ours.keys_values(source), REAL)
    torch.testing.assert_close(theirs(target, source, REAL), expected)


def test_its_positions_and_its_causal_mask_are_the_packages(lesson: dict[str, Any]) -> None:
    for size in (2, 8, 96):
        expected = transformer.sinusoidal_positions(0, 70, size)
        torch.testing.assert_close(lesson["sinusoidal_positions"](70, size), expected)
    assert torch.equal(lesson["causal_mask"](T), transformer.causal_mask(T))


def test_its_layers_are_the_packages(lesson: dict[str, Any], states) -> None:
    source, target = states
    config = TransformerConfig(H, heads=HEADS, feedforward_size=12, dropout_p=0.0)
    encoder = transformer.EncoderLayer(config)
    encoded = encoder(source, REAL)
    theirs = copied(lesson["EncoderLayer"](H, HEADS, 12), encoder)
    torch.testing.assert_close(theirs(source, REAL), encoded)

    decoder = transformer.DecoderLayer(config)
    memory = torch.stack(decoder.cross_attention.keys_values(encoded))
    decoded, _, _ = decoder(target, target.new_empty(2, B, 0, H), transformer.causal_mask(T), memory, REAL)
    theirs = copied(lesson["DecoderLayer"](H, HEADS, 12), decoder)
    torch.testing.assert_close(theirs(target, encoded, REAL), decoded)


def test_it_counts_what_the_package_counts(lesson: dict[str, Any]) -> None:
    config = TransformerConfig(layers=3, heads=1)
    kept = 3 * lesson["comparisons"](7, 5, layers=3)["Transformer"]  # three numbers a comparison
    assert kept == config.attention_numbers(7, 5)
