"""A learner's own attention, as a subclass: trained as it decodes, and told what it got wrong."""

from __future__ import annotations

from types import MethodType

import numpy as np
import pytest
import torch
from toy import CONFIGS, toy_model, toy_pairs, toy_vocabs

from course_utils import numpy_attention
from course_utils.analysis.alignments import reference_weights
from course_utils.analysis.trace import decoding_steps, look
from course_utils.model.decoders import AttnDecoderRNN, DecoderRNN
from course_utils.model.encoder import Encoder
from course_utils.model.scores import masked_softmax
from course_utils.model.search import beam_search, greedy_decode
from course_utils.model.seq2seq import Seq2Seq, mean_word_loss
from course_utils.model.translator import Translator, _chunks
from course_utils.text.batching import make_batch
from course_utils.text.vocab import UNK, UNK_ID

B, S, H, E, V = 3, 5, 6, 4, 11


class Uniform(AttnDecoderRNN):
    """Looks at all words alike."""

    def attend(self, embedded, hidden, encoder_outputs, mask):
        weights = mask / mask.sum(1, keepdim=True)
        return torch.bmm(weights.unsqueeze(1).to(encoder_outputs), encoder_outputs).squeeze(1), weights


class Window(AttnDecoderRNN):
    """Sees the first two words only."""

    def attend(self, embedded, hidden, encoder_outputs, mask):
        near = mask & (torch.arange(mask.shape[1]) < 2)
        return super().attend(embedded, hidden, encoder_outputs, near)


class AsksOfTheStateAlone(AttnDecoderRNN):
    def query(self, embedded, hidden):
        return hidden[0]


class WritesTwiceAsSurely(AttnDecoderRNN):
    def write(self, embedded, context, hidden):
        log_probs, hidden = super().write(embedded, context, hidden)
        return (2 * log_probs).log_softmax(1), hidden


class HalfContext(DecoderRNN):
    def attend(self, embedded, hidden, memory, mask):
        context, weights = super().attend(embedded, hidden, memory, mask)
        return context / 2, weights


class SeesItsState(DecoderRNN):
    def attend(self, embedded, hidden, memory, mask):
        context, weights = super().attend(embedded, hidden, memory, mask)
        return context + hidden[0], weights


class WritesTwiceAsSurelyWithoutAttention(DecoderRNN):
    def write(self, embedded, context, hidden):
        log_probs, hidden = super().write(embedded, context, hidden)
        return (2 * log_probs).log_softmax(1), hidden


class ForgetsHalf(AttnDecoderRNN):
    def forward(self, input, hidden, encoder_outputs, mask=None):
        return super().forward(input, hidden / 2, encoder_outputs, mask)


class ForgetsHalfWithoutAttention(DecoderRNN):
    def forward(self, input, hidden, memory, mask=None):
        return super().forward(input, hidden / 2, memory, mask)


OWN = [
    *(Uniform, Window, AsksOfTheStateAlone, WritesTwiceAsSurely, ForgetsHalf),
    *(HalfContext, SeesItsState, WritesTwiceAsSurelyWithoutAttention, ForgetsHalfWithoutAttention),
]


def step_by_step(model, batch):
    memory, mask, hidden = model.encode(batch.source, batch.source_lengths, batch.source_mask)
    rows = []
    for words in batch.target_input.unbind(1):
        log_probs, hidden, weights = model.decoder(words, hidden, memory, mask)
        rows.append((log_probs, weights))
    return tuple(torch.stack(part, 1) for part in zip(*rows))


def batch_and_model(decoder_class):
    torch.manual_seed(0)
    pairs = toy_pairs(6)
    vocabs = toy_vocabs(pairs)
    source_size, target_size = map(len, vocabs)
    decoder = decoder_class(H, target_size, embedding_size=E)
    return make_batch(pairs, *vocabs), Seq2Seq(Encoder(source_size, H, E), decoder).double().eval()


@pytest.mark.parametrize("decoder_class", OWN)
def test_training_uses_the_overriding_method(decoder_class) -> None:
    batch, model = batch_and_model(decoder_class)
    torch.testing.assert_close(model(batch), step_by_step(model, batch), atol=1e-10, rtol=0)
    stock = AttnDecoderRNN if decoder_class.has_attention else DecoderRNN
    _, usual = batch_and_model(stock)
    usual.load_state_dict(model.state_dict())
    assert not torch.allclose(model(batch)[0], usual(batch)[0])


def test_the_loss_reaches_what_overrides() -> None:
    batch, model = batch_and_model(AsksOfTheStateAlone)
    mean_word_loss(model(batch)[0], batch.target_output).backward()
    assert model.decoder.attn.weight.grad is None  # this query does not use the layer


def test_a_method_of_the_object_itself_counts_too() -> None:
    batch, model = batch_and_model(AttnDecoderRNN)
    before = model(batch)[0]
    model.decoder.attend = MethodType(Uniform.attend, model.decoder)
    assert not torch.allclose(model(batch)[0], before)
    torch.testing.assert_close(model(batch), step_by_step(model, batch), atol=1e-10, rtol=0)


def test_stock_decoders_take_the_fast_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DecoderRNN, "_step_by_step", None)
    for decoder_class in (AttnDecoderRNN, DecoderRNN):
        batch, model = batch_and_model(decoder_class)
        model(batch)


@pytest.mark.parametrize("decoder_class", [AttnDecoderRNN, DecoderRNN, *OWN])
def test_a_search_takes_the_steps_of_forward(decoder_class) -> None:
    batch, model = batch_and_model(decoder_class)
    memory, mask, hidden = model.encode(batch.source, batch.source_lengths, batch.source_mask)
    step, state = model.decoder.stepper(memory, mask), hidden
    for words in batch.target_input.unbind(1):
        expected = model.decoder(words, hidden, memory, mask)
        found = step(words, state)
        assert all(map(torch.equal, found, expected))
        hidden, state = expected[1], found[1]


def test_a_search_asks_for_the_keys_once(monkeypatch: pytest.MonkeyPatch) -> None:
    batch, model = batch_and_model(AttnDecoderRNN)
    keys, asked = model.decoder.score.keys, []
    monkeypatch.setattr(model.decoder.score, "keys", lambda states: asked.append(1) or keys(states))
    greedy_decode(model, batch.source, batch.source_lengths, max_length=7)
    assert len(asked) == 1
    beam_search(model, batch.source, batch.source_lengths, 3, max_length=7)
    assert len(asked) == 2


# --- errors --------------------------------------------------------------------------------------


@pytest.mark.parametrize("call", [
    lambda: AttnDecoderRNN(128, 1000, 0.1, max_length=10),
    lambda: AttnDecoderRNN(128, 1000, 0.1, 10),
])  # fmt: skip
def test_the_tutorials_max_length_is_refused(call) -> None:
    with pytest.raises(TypeError, match="takes no max_length.*write AttnDecoderRNN"):
        call()


def test_a_step_says_what_it_lacks() -> None:
    hidden, states, mask = torch.zeros(1, 1, H), torch.zeros(1, S, H), torch.ones(1, S).bool()
    word = torch.tensor([4])
    with pytest.raises(TypeError, match=r"needs a mask.*length_mask"):
        AttnDecoderRNN(H, V)(word, hidden, states)
    with pytest.raises(ValueError, match=r"not \(1, 1\); pass input.flatten"):
        AttnDecoderRNN(H, V)(word[None], hidden, states, mask)
    for call in (DecoderRNN(H, V), lambda w, *rest: DecoderRNN(H, V).teacher_forced(w[None], *rest)):
        with pytest.raises(ValueError, match=r"\(B, 1, H\), not \(1, 5, 6\); pass what decoder.memory"):
            call(word, hidden, states, mask)


@pytest.mark.parametrize("build", [Encoder, DecoderRNN, AttnDecoderRNN])
def test_impossible_sizes_are_refused(build) -> None:
    for sizes in ({"embedding_size": 0}, {"hidden_size": -2}, {"dropout_p": 1.0}, {"dropout_p": -0.1}):
        first = "vocab_size" if build is Encoder else "output_size"
        with pytest.raises(ValueError, match="must be at least"):
            build(**{first: V, "hidden_size": H} | sizes)


# --- scores of -inf ------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16, torch.float32, torch.float64])
@pytest.mark.parametrize("masked", [True, False])
def test_minus_infinity_gets_nothing(dtype: torch.dtype, masked: bool) -> None:
    scores = torch.tensor([[1, -torch.inf, 2], [-torch.inf] * 3, [0, 1, 2]], dtype=dtype)
    scores.requires_grad_()
    mask = torch.tensor([[True, True, False], [True, False, False], [True] * 3]) if masked else None
    with torch.autograd.detect_anomaly(check_nan=True):  # no NaN on the way, either
        weights = masked_softmax(scores, mask)
        weights.pow(2).sum().backward()
    allowed = scores.detach().double().masked_fill(~mask, -torch.inf) if masked else scores.detach()
    expected = numpy_attention.softmax(allowed.double().numpy())
    np.testing.assert_allclose(weights.detach().double().numpy(), expected, atol=5e-3)
    assert (weights[1] == 0).all()
    assert scores.grad.isfinite().all()


def test_the_lowest_number_is_a_score_like_any_other() -> None:
    scores = torch.full((1, 2), torch.finfo(torch.float32).min)
    assert masked_softmax(scores, torch.tensor([[True, False]])).tolist() == [[1, 0]]


# --- decoding ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CONFIGS)
@pytest.mark.parametrize("beam_size", [1, 3])
def test_batches_of_any_size_translate_alike(name: str, beam_size: int) -> None:
    torch.manual_seed(0)
    pairs = toy_pairs(9)
    vocabs = toy_vocabs(pairs)
    ours = Translator(toy_model(name, *map(len, vocabs)), *vocabs)
    sources = [pair.source for pair in pairs]
    found = [ours.translate_tokens(sources, beam_size, batch_size=size) for size in (128, 2, 1)]
    for together in found:
        assert [t.source for t in together] == sources
        assert [t.target for t in together] == [t.target for t in found[0]]
    with pytest.raises(ValueError, match="batch_size must be at least 1, not 0"):
        ours.translate_tokens(sources, batch_size=0)


def test_a_translation_keeps_no_more_than_its_own_weights() -> None:
    pairs = toy_pairs(9)
    vocabs = toy_vocabs(pairs)
    ours = Translator(toy_model("attention-dot", *map(len, vocabs)), *vocabs)
    for beam_size in (1, 3):
        for found in ours.translate_tokens([pair.source for pair in pairs], beam_size):
            assert found.attn_weights.base is None
            assert found.attn_weights.shape == (len(found.target), len(found.source))


def test_long_sentences_share_no_batch() -> None:
    assert list(_chunks([2, 900, 1, 800], 1, 128)) == [[2, 0], [3], [1]]
    assert [len(chunk) for chunk in _chunks([10] * 200, 5, 128)] == [128, 72]


@pytest.mark.parametrize("attention", [True, False])
def test_unknown_words_are_read_and_copied(attention: bool) -> None:
    torch.manual_seed(0)
    vocabs = toy_vocabs(toy_pairs(30))
    name = "attention-dot" if attention else "vanilla-every_step"
    model = toy_model(name, *map(len, vocabs))
    model.decoder.out.bias.data[UNK_ID] = 100
    with pytest.raises(ValueError, match="does not know “onze”"):
        Translator(model, *vocabs).translate("un onze")
    found = Translator(model, *vocabs, reads_unknown=True).translate("onze un douze")
    assert found.source == ("onze", "un", "douze")
    if attention:  # copied is, of the words that the model does not know, the one most looked at
        assert found.target == tuple("onze" if row[0] > row[2] else "douze" for row in found.attn_weights)
        assert UNK not in found.text
    else:
        assert set(found.target) == {UNK}
    assert UNK in Translator(model, *vocabs).translate("un").target


@pytest.mark.parametrize("beam_size", [1, 2])
def test_a_bfloat16_model_translates(beam_size: int) -> None:
    pairs = toy_pairs(4)
    vocabs = toy_vocabs(pairs)
    ours = Translator(toy_model("attention-additive", *map(len, vocabs)).bfloat16(), *vocabs)
    found = ours.translate_tokens([pair.source for pair in pairs], beam_size)
    assert all(t.attn_weights.dtype == np.float32 for t in found)
    for weights in reference_weights(ours, pairs):
        assert weights.dtype == np.float32 and np.allclose(weights.sum(axis=1), 1, atol=0.02)
    steps = decoding_steps(ours, pairs[0].source, pairs[0].target)
    assert np.allclose(look(ours, *pairs[0][:2]).weights, [step.weights for step in steps], atol=0.02)


def test_decoders_say_whether_they_have_attention() -> None:
    assert AttnDecoderRNN.has_attention and not DecoderRNN.has_attention
