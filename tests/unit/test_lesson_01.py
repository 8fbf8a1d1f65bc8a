"""Lesson 1: the encoder and decoder that it writes out give the package's numbers."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from lesson_code import definitions
from torch import nn
from toy import toy_model, toy_pairs, toy_vocabs

from course_utils.model.search import greedy_decode
from course_utils.model.seq2seq import ModelConfig, Seq2Seq, build_model
from course_utils.text.batching import pad
from course_utils.text.vocab import BOS_ID

V, E, H = 12, 4, 6


@pytest.fixture(scope="module")
def lesson() -> dict[str, Any]:
    return definitions("01_bottleneck")


@pytest.fixture(scope="module")
def package() -> Seq2Seq:
    config = ModelConfig(hidden_size=H, embedding_size=E, attention=False)
    return build_model(config, V, V).eval()


@pytest.fixture()
def pair(lesson: dict[str, Any], package: Seq2Seq) -> tuple[nn.Module, nn.Module]:
    """The lesson's encoder and decoder, with the package's weights."""
    encoder, decoder = lesson["Encoder"](V, H, E), lesson["DecoderRNN"](H, V, E)
    encoder.load_state_dict(package.encoder.state_dict())
    decoder.load_state_dict(package.decoder.state_dict())
    return encoder, decoder


def test_encoder_and_decoder_are_the_packages(pair: tuple[nn.Module, nn.Module], package: Seq2Seq) -> None:
    encoder, decoder = pair
    source = torch.tensor([[5, 9, 4, 7]])
    states, final = encoder(source)
    encoder_outputs, encoder_hidden = package.encoder(source, torch.tensor([4]))
    torch.testing.assert_close(states, encoder_outputs)
    torch.testing.assert_close(final, encoder_hidden)

    mask = torch.ones(1, 4, dtype=torch.bool)
    memory, memory_mask = package.decoder.memory(encoder_outputs, encoder_hidden, mask)
    hidden = theirs = final
    for word in (BOS_ID, 8, 5):
        log_probs, hidden = decoder(torch.tensor([word]), hidden, context=final[0])
        expected, theirs, _ = package.decoder(torch.tensor([word]), theirs, memory, memory_mask)
        torch.testing.assert_close(log_probs, expected)


def test_greedy_decoding_is_the_packages(lesson: dict[str, Any]) -> None:
    pairs = toy_pairs(8)
    source_vocab, target_vocab = toy_vocabs(pairs)
    package = toy_model("vanilla-every_step", len(source_vocab), len(target_vocab)).eval()
    sizes = package.encoder.gru.hidden_size * 2, package.encoder.embedding.embedding_dim
    encoder = lesson["Encoder"](len(source_vocab), *sizes).double()
    decoder = lesson["DecoderRNN"](sizes[0], len(target_vocab), sizes[1]).double()
    encoder.load_state_dict(package.encoder.state_dict())
    decoder.load_state_dict(package.decoder.state_dict())
    lesson["target_vocab"] = target_vocab  # the lesson's function reads it from its notebook
    for pair in pairs:
        ids, lengths = pad([source_vocab.encode(pair.source)])
        words = lesson["greedy_decode"](encoder, decoder, ids, max_length=7)
        [expected] = greedy_decode(package, ids, lengths, max_length=7)
        assert words == [target_vocab.tokens[i] for i in expected.ids]


def test_the_first_mistake_is_found(lesson: dict[str, Any]) -> None:
    right_words = lesson["right_words"]
    assert right_words(("a", "b", "c"), ("a", "b", "d")) == 2
    assert right_words(("a", "b"), ("a", "b", "d")) == 2
    assert right_words(("x",), ("a",)) == 0
