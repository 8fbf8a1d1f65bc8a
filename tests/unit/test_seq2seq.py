from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from toy import CONFIGS, toy_model, toy_pairs, toy_vocabs

from course_utils.model.decoders import AttnDecoderRNN, DecoderRNN
from course_utils.model.encoder import Encoder, reverse
from course_utils.model.scores import AdditiveScore, DotScore
from course_utils.model.seq2seq import ModelConfig, build_model, evaluating, mean_word_loss
from course_utils.text.batching import length_mask, make_batch
from course_utils.text.vocab import BOS_ID, PAD_ID

LENGTHS = torch.tensor([3, 5, 1, 4])
B, S, H, E, V = 4, 5, 6, 4, 12


@pytest.mark.parametrize("training", [True, False])
def test_evaluating_restores_the_mode_even_after_an_error(training: bool) -> None:
    model = nn.Dropout().train(training)
    with evaluating(model):
        assert not model.training
    assert model.training is training
    with pytest.raises(ZeroDivisionError), evaluating(model):
        _ = 1 / 0
    assert model.training is training


def ragged_source(lengths: torch.Tensor = LENGTHS, size: int | None = None) -> torch.Tensor:
    """Return random words (B, S) with padding after each sentence's end."""
    mask = length_mask(lengths, size)
    return torch.randint(4, V, mask.shape) * mask


# --- encoder ---------------------------------------------------------------------------------


@given(st.lists(st.integers(0, 6), min_size=1, max_size=4), st.integers(0, 2))
def test_reverse_turns_round_the_real_places_only(lengths: list[int], more: int) -> None:
    size = max(lengths) + more
    rows = torch.arange(len(lengths) * size * 2).view(len(lengths), size, 2)
    turned = reverse(rows, torch.tensor(lengths))
    for row, new, length in zip(rows.tolist(), turned.tolist(), lengths):
        assert new == row[:length][::-1] + row[length:]


@pytest.mark.parametrize("direction", ["both", "forward", "backward"])
def test_encoder_equals_a_gru_on_each_sentence_alone(direction: str) -> None:
    """torch's GRU on one unpadded sentence is the reference: padding and company change nothing."""
    encoder = Encoder(V, H, E, direction=direction).double().eval()
    source = ragged_source(size=S + 2)
    encoder_outputs, hidden = encoder(source, LENGTHS)
    assert encoder_outputs.shape == (B, S + 2, H) and hidden.shape == (1, B, H)
    for b, length in enumerate(LENGTHS):
        words = source[b, :length]
        if direction == "backward":
            words = words.flip(0)
        states, final = encoder.gru(encoder.embedding(words))  # (S, H), (directions, H')
        if direction == "backward":
            states = states.flip(0)
        torch.testing.assert_close(encoder_outputs[b, :length], states, atol=1e-10, rtol=0)
        torch.testing.assert_close(hidden[0, b], final.flatten(), atol=1e-10, rtol=0)
        assert (encoder_outputs[b, length:] == 0).all()


def test_the_final_state_is_each_directions_state_after_its_last_word() -> None:
    encoder = Encoder(V, H, E).eval()
    encoder_outputs, hidden = encoder(ragged_source(), LENGTHS)
    for b, length in enumerate(LENGTHS):
        assert torch.equal(hidden[0, b, : H // 2], encoder_outputs[b, length - 1, : H // 2])
        assert torch.equal(hidden[0, b, H // 2 :], encoder_outputs[b, 0, H // 2 :])


def test_backward_reads_the_reversed_sentence() -> None:
    forward = Encoder(V, H, E, direction="forward").double().eval()
    backward = Encoder(V, H, E, direction="backward").double().eval()
    backward.load_state_dict(forward.state_dict())
    source = ragged_source()
    states, hidden = backward(source, LENGTHS)
    expected_states, expected_hidden = forward(reverse(source, LENGTHS), LENGTHS)
    assert torch.equal(hidden, expected_hidden)
    assert torch.equal(states, reverse(expected_states, LENGTHS))


@pytest.mark.parametrize("name", ["attention-additive", "transformer"])
def test_what_stands_at_padding_does_not_matter(name: str) -> None:
    encoder = toy_model(name).encoder
    source = ragged_source()
    rubbish = source.where(length_mask(LENGTHS), 7)
    for ours, theirs in zip(encoder(source, LENGTHS), encoder(rubbish, LENGTHS)):
        assert torch.equal(ours, theirs)


@pytest.mark.parametrize(
    ("lengths", "message"),
    [
        ([3, 0, 1, 2], "empty sentence"),
        ([3, -1, 1, 2], "empty sentence"),
        ([3, 6, 1, 2], "a length is 6, but the sentences have 5 places"),
        ([3, 4, 1], "4 sentences need 4 lengths"),
    ],
)
def test_encoder_refuses_lengths_that_do_not_fit(lengths: list[int], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Encoder(V, H)(ragged_source(), torch.tensor(lengths))


def test_encoder_refuses_impossible_settings() -> None:
    with pytest.raises(ValueError, match="even, not 7"):
        Encoder(V, 7)
    assert Encoder(V, 7, direction="forward")(ragged_source(), LENGTHS)[0].shape == (B, S, 7)
    with pytest.raises(ValueError, match="'sideways'"):
        Encoder(V, H, direction="sideways")


@pytest.mark.parametrize("direction", ["both", "backward"])
def test_what_an_encoder_makes_stands_where_its_sentences_do(direction: str) -> None:
    """Not on torch's default device: on this one there are no numbers."""
    encoder, source = Encoder(V, H, E, direction=direction).eval(), ragged_source()
    expected = encoder(source, LENGTHS)
    with torch.device("meta"):
        found = encoder(source, LENGTHS)
        mask = length_mask(LENGTHS)
    assert all(torch.equal(ours, theirs) for ours, theirs in zip(found, expected, strict=True))
    assert mask.device.type == "cpu"


@pytest.mark.parametrize("name", CONFIGS)
def test_padding_has_no_vector(name: str) -> None:
    model = toy_model(name)
    for embedding in (model.encoder.embedding, model.decoder.embedding):
        assert not embedding.weight[PAD_ID].any()
        assert embedding.weight[PAD_ID + 1 :].any(dim=1).all()


def test_sizes_default_to_the_hidden_size() -> None:
    assert Encoder(V, H).embedding.embedding_dim == H
    assert DecoderRNN(H, V).embedding.embedding_dim == H


# --- decoders --------------------------------------------------------------------------------


def decoder_inputs(T: int = 3) -> tuple[torch.Tensor, ...]:
    """Return words (B, T), hidden (1, B, H), encoder_outputs (B, S, H) and mask (B, S)."""
    hidden = torch.randn(1, B, H, dtype=torch.float64)
    states = torch.randn(B, S, H, dtype=torch.float64)
    return torch.randint(4, 11, (B, T)), hidden, states, length_mask(LENGTHS)


RNNS = [name for name in CONFIGS if name != "transformer"]


@pytest.mark.parametrize("name", RNNS)
def test_shapes_of_one_step(name: str) -> None:
    decoder = toy_model(name).decoder
    words, hidden, states, mask = decoder_inputs()
    memory, memory_mask = decoder.memory(states, hidden, mask)
    slots = S if isinstance(decoder, AttnDecoderRNN) else 1
    assert memory.shape == (B, slots, H) and memory_mask.shape == (B, slots)
    log_probs, next_hidden, weights = decoder(words[:, 0], hidden, memory, memory_mask)
    assert log_probs.shape == (B, 11)
    assert next_hidden.shape == (1, B, H)
    assert weights.shape == (B, slots)
    ones = torch.ones(B, dtype=torch.float64)
    torch.testing.assert_close(log_probs.exp().sum(1), ones)
    torch.testing.assert_close(weights.sum(1), ones)


@pytest.mark.parametrize("name", CONFIGS)
def test_teacher_forcing_gives_the_numbers_of_single_steps(name: str) -> None:
    model = toy_model(name)
    words = torch.cat((torch.full((B, 1), BOS_ID), torch.randint(4, 11, (B, 6))), dim=1)
    memory, mask, hidden = model.encode(ragged_source(), LENGTHS, length_mask(LENGTHS))
    log_probs, weights = model.decoder.teacher_forced(words, hidden, memory, mask)
    assert log_probs.shape == (B, 7, 11) and weights.shape == (B, 7, mask.shape[1])
    for t in range(7):
        step_log_probs, hidden, step_weights = model.decoder(words[:, t], hidden, memory, mask)
        torch.testing.assert_close(log_probs[:, t], step_log_probs, atol=1e-10, rtol=0)
        torch.testing.assert_close(weights[:, t], step_weights, atol=1e-10, rtol=0)


def test_one_attention_step_written_out() -> None:
    """The brief's flow, one sentence, by nothing but torch's own layers and functions."""
    decoder = AttnDecoderRNN(H, 11, score="general", embedding_size=E).double().eval()
    words, hidden, states, mask = decoder_inputs()
    log_probs, next_hidden, weights = decoder(words[:, 0], hidden, states, mask)
    for b, length in enumerate(LENGTHS):
        embedded = decoder.embedding.weight[words[b, 0]]
        query = decoder.attn(torch.cat((embedded, hidden[0, b])))
        real = states[b, :length]
        keys = real @ decoder.score.weight.weight.T
        by_torch = F.scaled_dot_product_attention(
            query.view(1, 1, -1), keys.unsqueeze(0), real.unsqueeze(0), scale=1.0
        )
        output = F.relu(decoder.attn_combine(torch.cat((embedded, by_torch.flatten()))))
        output, state = decoder.gru(output.unsqueeze(0), hidden[:, b])
        torch.testing.assert_close(next_hidden[:, b], state)
        torch.testing.assert_close(log_probs[b], F.log_softmax(decoder.out(output[0]), dim=0))
        torch.testing.assert_close(weights[b, :length], (keys @ query).softmax(0))


@pytest.mark.parametrize("context", ["every_step", "first_state"])
def test_the_vanilla_context_never_changes(context: str) -> None:
    decoder = toy_model(f"vanilla-{context}").decoder
    words, hidden, states, mask = decoder_inputs()
    memory, memory_mask = decoder.memory(states, hidden, mask)
    for embedded in torch.randn(3, B, E, dtype=torch.float64):
        state = torch.randn(1, B, H, dtype=torch.float64)
        seen, weights = decoder.attend(embedded, state, memory, memory_mask)
        assert torch.equal(seen, hidden[0] if context == "every_step" else torch.zeros(B, H))
        assert (weights == 1).all()


def test_the_decoders_differ_in_the_context_alone() -> None:
    torch.manual_seed(1)
    vanilla = build_model(ModelConfig(H, E, attention=False), V, 11).eval()
    torch.manual_seed(1)
    attentive = build_model(ModelConfig(H, E), V, 11).eval()
    ours, theirs = vanilla.state_dict(), attentive.state_dict()
    extra = theirs.keys() - ours.keys()
    assert ours.keys() <= theirs.keys()
    assert extra and all(key.startswith(("decoder.attn.", "decoder.score.")) for key in extra)
    assert all(torch.equal(ours[key], theirs[key]) for key in ours)  # the same start, too

    # Attention over a single encoder state, the final one, is the decoder without attention.
    words, hidden, _, _ = (x.float() if x.is_floating_point() else x for x in decoder_inputs())
    memory, mask = vanilla.decoder.memory(torch.randn(B, S, H), hidden, length_mask(LENGTHS))
    for step in ("forward", "teacher_forced"):
        input = words if step == "teacher_forced" else words[:, 0]
        torch.testing.assert_close(
            getattr(vanilla.decoder, step)(input, hidden, memory, mask),
            getattr(attentive.decoder, step)(input, hidden, memory, mask),
        )


@pytest.mark.parametrize("name", CONFIGS)
def test_every_parameter_learns(name: str) -> None:
    pairs = toy_pairs(12)
    vocabs = toy_vocabs(pairs)
    model = toy_model(name, *map(len, vocabs)).train()
    batch = make_batch(pairs, *vocabs)
    log_probs, _ = model(batch)
    mean_word_loss(log_probs, batch.target_output).backward()
    for key, parameter in model.named_parameters():
        assert parameter.grad is not None and parameter.grad.isfinite().all(), key
        assert parameter.grad.abs().sum() > 0, key
    for embedding in (model.encoder.embedding, model.decoder.embedding):
        assert (embedding.weight.grad[PAD_ID] == 0).all()


@pytest.mark.parametrize("name", CONFIGS)
@settings(max_examples=10)
@given(st.permutations(range(6)))
def test_the_order_of_a_batch_changes_nothing(name: str, order: list[int]) -> None:
    torch.manual_seed(0)
    pairs = toy_pairs(6)
    vocabs = toy_vocabs(pairs)
    model = toy_model(name, *map(len, vocabs))
    log_probs, weights = model(make_batch(pairs, *vocabs))
    ours = model(make_batch([pairs[i] for i in order], *vocabs))
    torch.testing.assert_close(ours, (log_probs[order], weights[order]), atol=1e-10, rtol=0)


def test_dropout_acts_while_training_only() -> None:
    pairs = toy_pairs(6)
    vocabs = toy_vocabs(pairs)
    model = toy_model("attention-additive", *map(len, vocabs))
    batch = make_batch(pairs, *vocabs)
    assert torch.equal(model(batch)[0], model(batch)[0])
    model.train()
    assert not torch.equal(model(batch)[0], model(batch)[0])


@pytest.mark.parametrize("name", ["attention-dot", "vanilla-every_step"])
def test_a_function_in_the_place_of_a_method_is_used(name: str) -> None:
    """Not only a method: a plain function, put into one model, as one does in a notebook."""
    model = toy_model(name)
    words = torch.full((B, 2), BOS_ID)
    memory, mask, hidden = model.encode(ragged_source(), LENGTHS, length_mask(LENGTHS))
    before, _ = model.decoder.teacher_forced(words, hidden, memory, mask)
    attend = model.decoder.attend
    model.decoder.attend = lambda *about: (0 * attend(*about)[0], attend(*about)[1])
    after, _ = model.decoder.teacher_forced(words, hidden, memory, mask)
    step, _, _ = model.decoder(words[:, 0], hidden, memory, mask)
    torch.testing.assert_close(after[:, 0], step, atol=1e-10, rtol=0)
    assert not torch.allclose(before[:, 0], step)


def test_decoders_refuse_unknown_settings() -> None:
    with pytest.raises(ValueError, match="'last'"):
        DecoderRNN(H, V, context="last")
    with pytest.raises(ValueError, match="'cosine'.*additive"):
        AttnDecoderRNN(H, V, score="cosine")
    with pytest.raises(ValueError, match="'cosine'.*additive"):
        build_model(ModelConfig(score="cosine"), V, V)


@pytest.mark.parametrize("attention", [True, False])
def test_a_model_is_built_as_its_config_says(attention: bool) -> None:
    config = ModelConfig(
        hidden_size=6,
        embedding_size=4,
        dropout_p=0.3,
        attention=attention,
        score="dot",
        context="first_state",
        direction="backward",
    )
    model = build_model(config, 12, 11)
    assert model.encoder.direction == "backward" and not model.encoder.gru.bidirectional
    assert model.encoder.embedding.weight.shape == (12, 4)
    assert model.decoder.embedding.weight.shape == (11, 4) and model.decoder.out.out_features == 11
    assert model.encoder.gru.hidden_size == model.decoder.hidden_size == 6
    assert model.encoder.dropout.p == model.decoder.dropout.p == 0.3
    assert type(model.decoder) is (AttnDecoderRNN if attention else DecoderRNN)
    assert type(model.decoder.score) is DotScore if attention else model.decoder.context == "first_state"


def test_sizes_must_be_possible() -> None:
    for sizes in ((0, 4), (4, 0)):
        with pytest.raises(ValueError, match=f"at least 1, not {sizes[0]} and {sizes[1]}"):
            Encoder(V, *sizes, direction="forward")
        with pytest.raises(ValueError, match=f"at least 1, not {sizes[0]} and {sizes[1]}"):
            DecoderRNN(sizes[0], V, embedding_size=sizes[1])
    for dropout_p in (-0.1, 1.0, 1.5):
        with pytest.raises(ValueError, match=f"at least 0 and below 1, not {dropout_p}"):
            Encoder(V, H, dropout_p=dropout_p)
    assert Encoder(V, 1, 1, dropout_p=0.0, direction="forward").gru.hidden_size == 1  # the smallest


def test_the_brief_signature() -> None:
    decoder = AttnDecoderRNN(H, V)
    assert decoder.dropout.p == Encoder(V, H).dropout.p == DecoderRNN(H, V).dropout.p == 0.1
    assert type(decoder.score) is AdditiveScore and DecoderRNN(H, V).context == "every_step"
    assert decoder.embedding.embedding_dim == H
    names = ("hidden", "encoder_outputs", "mask")
    _, hidden, states, mask = decoder_inputs()
    decoder.double()(torch.full((B,), BOS_ID), **dict(zip(names, (hidden, states, mask))))


def test_attention_keeps_a_vector_for_each_pair_of_words() -> None:
    assert ModelConfig(hidden_size=10).attention_numbers(S=3, T=4) == 3 * 4 * 10
    assert ModelConfig(hidden_size=10, attention=False).attention_numbers(S=3, T=4) == 0


def test_a_model_knows_where_it_is() -> None:
    model = toy_model("attention-dot")
    assert model.device.type == "cpu"
    assert model.to("meta").device.type == "meta"


# --- loss ------------------------------------------------------------------------------------


def test_mean_word_loss_is_the_mean_over_real_words() -> None:
    pairs = toy_pairs(9)
    vocabs = toy_vocabs(pairs)
    batch = make_batch(pairs, *vocabs)
    scores = torch.randn(*batch.target_output.shape, len(vocabs[1]))
    real = batch.target_mask
    expected = nn.CrossEntropyLoss()(scores[real], batch.target_output[real])
    torch.testing.assert_close(mean_word_loss(scores.log_softmax(2), batch.target_output), expected)


def test_mean_word_loss_ignores_padding() -> None:
    target = torch.tensor([[5, 6, 2], [7, 2, PAD_ID]])
    scores = torch.randn(2, 3, 9, requires_grad=True)
    loss = mean_word_loss(scores.log_softmax(2), target)
    loss.backward()
    assert (scores.grad[1, 2] == 0).all()
    assert (scores.grad[target != PAD_ID] != 0).all()
    longer = F.pad(scores, (0, 0, 0, 4)).log_softmax(2)
    torch.testing.assert_close(mean_word_loss(longer, F.pad(target, (0, 4), value=PAD_ID)), loss)
