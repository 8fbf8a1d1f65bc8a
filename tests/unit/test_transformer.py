"""The Transformer against torch's own layers, its positions, its cache, and what it refuses."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn
from toy import CONFIGS, toy_model, toy_pairs, toy_vocabs

from course_utils.model.seq2seq import TransformerConfig, build_model
from course_utils.model.transformer import (
    DecoderLayer,
    EncoderLayer,
    MultiHeadAttention,
    causal_mask,
    sinusoidal_positions,
)
from course_utils.text.batching import length_mask, make_batch

B, S, T, H, HEADS, F = 3, 6, 5, 8, 2, 12
LENGTHS = torch.tensor([6, 2, 4])
REAL = length_mask(LENGTHS)
CONFIG = TransformerConfig(H, heads=HEADS, feedforward_size=F, dropout_p=0.0)
SAME = {"dropout": 0.0, "batch_first": True, "norm_first": True}


def random(*shape: int) -> Tensor:
    return torch.randn(*shape, dtype=torch.float64)


def copy_attention(theirs: nn.MultiheadAttention, ours: MultiHeadAttention) -> None:
    for layer, weight, bias in zip(
        (ours.query, ours.key, ours.value), theirs.in_proj_weight.chunk(3), theirs.in_proj_bias.chunk(3)
    ):
        layer.load_state_dict({"weight": weight, "bias": bias})
    ours.combine.load_state_dict(theirs.out_proj.state_dict())


def copy_rest(theirs, ours, norms) -> None:
    copy_attention(theirs.self_attn, ours.self_attention)
    for number, norm in enumerate(norms, start=1):
        norm.load_state_dict(getattr(theirs, f"norm{number}").state_dict())
    ours.feedforward[0].load_state_dict(theirs.linear1.state_dict())
    ours.feedforward[2].load_state_dict(theirs.linear2.state_dict())


def test_heads_are_torchs() -> None:
    theirs, ours = (
        nn.MultiheadAttention(H, HEADS, batch_first=True).double(),
        MultiHeadAttention(H, HEADS).double(),
    )
    nn.init.normal_(theirs.in_proj_bias)  # torch begins with zeros, which would hide a swap
    copy_attention(theirs, ours)
    source, target = random(B, S, H), random(B, T, H)
    found = ours(target, *ours.keys_values(source), REAL[:, None, None])
    expected = theirs(target, source, source, key_padding_mask=~REAL, average_attn_weights=False)
    torch.testing.assert_close(found, expected, atol=1e-10, rtol=0)


def test_an_encoder_layer_is_torchs() -> None:
    theirs, ours = (
        nn.TransformerEncoderLayer(H, HEADS, F, **SAME).double(),
        EncoderLayer(CONFIG).double(),
    )
    copy_rest(theirs, ours, (ours.norm_self, ours.norm_feedforward))
    source = random(B, S, H)
    found = ours(source, REAL[:, None, None])
    expected = theirs(source, src_key_padding_mask=~REAL)
    torch.testing.assert_close(found[REAL], expected[REAL], atol=1e-10, rtol=0)


def test_a_decoder_layer_is_torchs_at_once_and_word_by_word() -> None:
    theirs, ours = (
        nn.TransformerDecoderLayer(H, HEADS, F, **SAME).double(),
        DecoderLayer(CONFIG).double(),
    )
    copy_rest(theirs, ours, (ours.norm_self, ours.norm_cross, ours.norm_feedforward))
    copy_attention(theirs.multihead_attn, ours.cross_attention)
    source, target = random(B, S, H), random(B, T, H)
    expected = theirs(target, source, tgt_mask=~causal_mask(T), memory_key_padding_mask=~REAL)
    memory, mask = torch.stack(ours.cross_attention.keys_values(source)), REAL[:, None, None]
    nothing = target.new_empty(2, B, 0, H)
    found, cache, _ = ours(target, nothing, causal_mask(T), memory, mask)
    torch.testing.assert_close(found, expected, atol=1e-10, rtol=0)
    grown = nothing
    for t in range(T):
        one, grown, _ = ours(target[:, t : t + 1], grown, causal_mask(1, t), memory, mask)
        torch.testing.assert_close(one[:, 0], expected[:, t], atol=1e-10, rtol=0)
    torch.testing.assert_close(grown, cache, atol=1e-10, rtol=0)


@given(st.integers(0, 90), st.integers(1, 30), st.integers(1, 13))
def test_positions_are_the_papers(start: int, n: int, hidden_size: int) -> None:
    """PE(pos, 2i) = sin(pos / 10000^(2i/d)), PE(pos, 2i + 1) = cos(pos / 10000^(2i/d))."""
    found = sinusoidal_positions(start, start + n, hidden_size)
    assert found.shape == (n, hidden_size)
    for row, place in zip(found.tolist(), range(start, start + n)):
        for number, value in enumerate(row):
            angle = place / 10_000 ** (number // 2 * 2 / hidden_size)
            assert value == pytest.approx((math.cos if number % 2 else math.sin)(angle), abs=1e-4)


def test_a_word_sees_itself_and_what_was_written() -> None:
    assert causal_mask(3).tolist() == [[True, False, False], [True, True, False], [True, True, True]]
    assert causal_mask(2, written=2).tolist() == [[True, True, True, False], [True] * 4]


def test_a_row_that_may_look_nowhere_finds_nothing_and_learns() -> None:
    ours, source = MultiHeadAttention(H, HEADS), torch.randn(1, 3, H, requires_grad=True)
    found, weights = ours(source, *ours.keys_values(source), torch.zeros(1, 1, 1, 3, dtype=torch.bool))
    assert not weights.any() and torch.equal(found, ours.combine.bias.expand_as(found))
    found.sum().backward()
    assert source.grad.isfinite().all()


def test_the_order_of_the_words_matters_by_their_positions_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    model = toy_model("transformer")
    source, turned = torch.tensor([[5, 6, 7, 8]]), torch.tensor([[8, 7, 6, 5]])
    lengths = torch.tensor([4])
    states, other = model.encoder(source, lengths)[0], model.encoder(turned, lengths)[0]
    assert not torch.allclose(states, other.flip(1))
    monkeypatch.setattr(
        "course_utils.model.transformer.sinusoidal_positions",
        lambda a, b, hidden_size: torch.zeros(b - a, hidden_size),
    )
    states, other = model.encoder(source, lengths)[0], model.encoder(turned, lengths)[0]
    torch.testing.assert_close(states, other.flip(1))


def test_hidden_is_a_cache_that_grows_by_a_place_a_step() -> None:
    model, pairs = toy_model("transformer", *map(len, toy_vocabs(toy_pairs(5)))), toy_pairs(5)
    batch = make_batch(pairs, *toy_vocabs(pairs))
    memory, mask, hidden = model.encode(batch.source, batch.source_lengths, batch.source_mask)
    layers = CONFIGS["transformer"].layers
    assert memory.shape == (5, 2 * layers, batch.source.shape[1], 6) and mask is batch.source_mask
    for t, words in enumerate(batch.target_input.unbind(1)):
        assert hidden.shape == (2 * layers, 5, t, 6)
        before = hidden
        _, hidden, _ = model.decoder(words, hidden, memory, mask)
        assert torch.equal(hidden[:, :, :t], before)  # what is written stays as it is


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"heads": 5}, "hidden_size, 96, must be a multiple of the number of heads, 5"),
        ({"heads": 0}, "must be a multiple of the number of heads, 0"),
        ({"layers": 0}, "layers must be at least 1, not 0"),
        ({"hidden_size": 0}, "at least 1, not 0"),
        ({"feedforward_size": 0}, "feedforward_size must be at least 1, not 0"),
        ({"dropout_p": 1.0}, "dropout_p must be at least 0 and below 1"),
    ],
)
def test_it_refuses_impossible_settings(changes: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        build_model(TransformerConfig(**changes), 9, 9)


@pytest.mark.parametrize(
    ("lengths", "message"),
    [([3, 0, 1], "empty sentence"), ([3, 6, 1], "a length is 6"), ([3, 4], "need 2|3 sentences")],
)
def test_its_encoder_refuses_lengths_that_do_not_fit(lengths: list[int], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        toy_model("transformer").encoder(torch.full((3, 5), 5), torch.tensor(lengths))
