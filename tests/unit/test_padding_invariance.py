"""A sentence alone and the same sentence in any padded batch: the same numbers, everywhere.

The second half takes the guards away one by one (the packing, the attention mask, `ignore_index`,
…) and demands that the first half's check goes red: a check that can't fail proves nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

import pytest
import torch
import torch.nn.functional as F
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from torch import Tensor

from course_utils.analysis.evaluation import teacher_forced_scores
from course_utils.model import decoders, encoder, search, seq2seq, transformer
from course_utils.model.scores import SCORES
from course_utils.model.search import beam_search, greedy_decode
from course_utils.model.seq2seq import ModelConfig, Seq2Seq, TransformerConfig, build_model
from course_utils.model.translator import Translator
from course_utils.text.batching import Batch, length_mask, pad
from course_utils.text.vocab import BOS_ID, EOS_ID, PAD_ID, SPECIALS, Vocab

SOURCE_WORDS, TARGET_WORDS = 13, 11  # vocabulary sizes, the special tokens included
TOLERANCE = {torch.float32: 1e-5, torch.float64: 1e-10}
SIZES = ModelConfig(hidden_size=8, embedding_size=6)
DECODERS = {f"attention-{score}": replace(SIZES, score=score) for score in SCORES}
DECODERS |= {
    "vanilla": replace(SIZES, attention=False),
    "vanilla-first-state": replace(SIZES, attention=False, context="first_state"),
}
TRANSFORMER = TransformerConfig(hidden_size=8, layers=2, heads=2, feedforward_size=12)
DIRECTIONS = ("both", "forward", "backward")

# The same examples in every run: near a tie of two words, float32 may pick either, and no run
# should fail by such luck. The float64 results are exact enough for any example.
repeatable = settings(
    derandomize=True,
    deadline=None,
    database=None,
    max_examples=30,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


class Ragged(NamedTuple):
    """A batch to be: sentences as ids, in their order, and how many columns of padding to add."""

    sources: tuple[tuple[int, ...], ...]
    targets: tuple[tuple[int, ...], ...]
    more_source: int = 0
    more_target: int = 0

    def one(self, i: int) -> Ragged:
        """Sentence `i` alone, with no padding at all."""
        return Ragged((self.sources[i],), (self.targets[i],))

    def batch(self) -> Batch:
        source, source_lengths = pad(self.sources)
        target_input, target_lengths = pad([(BOS_ID, *target) for target in self.targets])
        target_output, _ = pad([(*target, EOS_ID) for target in self.targets])
        source = F.pad(source, (0, self.more_source), value=PAD_ID)
        target_input = F.pad(target_input, (0, self.more_target), value=PAD_ID)
        target_output = F.pad(target_output, (0, self.more_target), value=PAD_ID)
        return Batch(
            source,
            source_lengths,
            length_mask(source_lengths, source.shape[1]),
            target_input,
            target_output,
            length_mask(target_lengths, target_input.shape[1]),
        )


@st.composite
def ragged(draw: st.DrawFn) -> Ragged:
    """1 to 6 pairs of any lengths, in any order, with up to 6 more columns of padding each side."""

    def sentences(vocabulary: int, longest: int) -> st.SearchStrategy[tuple[int, ...]]:
        word = st.integers(len(SPECIALS), vocabulary - 1)
        return st.lists(word, min_size=1, max_size=longest).map(tuple)

    pairs = st.tuples(sentences(SOURCE_WORDS, 9), sentences(TARGET_WORDS, 7))
    drawn = draw(st.permutations(draw(st.lists(pairs, min_size=1, max_size=6))))
    more = st.integers(0, 6)
    return Ragged(*zip(*drawn), draw(more), draw(more))


def make_model(config: ModelConfig | TransformerConfig, dtype: torch.dtype, seed: int) -> Seq2Seq:
    """An untrained model with large weights, so that attention is sharp and words are clear."""
    torch.manual_seed(seed)
    model = build_model(config, SOURCE_WORDS, TARGET_WORDS)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_(std=0.6)
        model.decoder.out.bias[EOS_ID] += 1.0  # some translations end on their own, some do not
    return model.eval().to(dtype)


def step_by_step(model: Seq2Seq, batch: Batch) -> tuple[Tensor, Tensor]:
    """What `teacher_forced` returns, made with `forward`, one step at a time."""
    memory, mask, hidden = model.encode(batch.source, batch.source_lengths, batch.source_mask)
    log_probs, weights = [], []
    for words in batch.target_input.unbind(1):
        step, hidden, attn_weights = model.decoder(words, hidden, memory, mask)
        log_probs.append(step)
        weights.append(attn_weights)
    return torch.stack(log_probs, 1), torch.stack(weights, 1)


@torch.no_grad()
def results(model: Seq2Seq, batch: Batch) -> list[dict[str, Tensor]]:
    """All that the model says of each sentence of `batch`, cut to the real tokens."""
    encoder_outputs, hidden = model.encoder(batch.source, batch.source_lengths)
    log_probs, weights = model(batch)
    step_log_probs, step_weights = step_by_step(model, batch)
    greedy = greedy_decode(model, batch.source, batch.source_lengths)
    beams = beam_search(model, batch.source, batch.source_lengths, beam_size=3)
    found = []
    for b in range(len(batch)):
        S, T = int(batch.source_lengths[b]), int(batch.target_mask[b].sum())
        found.append(
            {
                "encoder states": encoder_outputs[b, :S],
                "final state": hidden[0, b],
                "weights": weights[b, :T, :S],
                "weights, step by step": step_weights[b, :T, :S],
                "log-probabilities": log_probs[b, :T],
                "log-probabilities, step by step": step_log_probs[b, :T],
            }
        )
        hypotheses = {"greedy": greedy[b]} | {f"beam {k}": h for k, h in enumerate(beams[b])}
        for name, hypothesis in hypotheses.items():
            found[b][f"{name} words"] = torch.tensor(hypothesis.ids)
            found[b][f"{name} weights"] = hypothesis.weights[:, :S]
            found[b][f"{name} log-probability"] = torch.tensor(hypothesis.log_prob, dtype=torch.float64)
    return found


def loss_and_gradient(model: Seq2Seq, batch: Batch) -> tuple[Tensor, Tensor]:
    """The loss of a batch, and its gradient for all parameters in one long vector."""
    model.zero_grad()
    loss = seq2seq.mean_word_loss(model(batch)[0], batch.target_output)
    loss.backward()
    gradients = [p.grad.flatten() for p in model.parameters() if p.grad is not None]
    return loss.detach(), torch.cat(gradients)


def assert_same(actual: Tensor, expected: Tensor, tolerance: float, what: str) -> None:
    assert actual.shape == expected.shape, f"{what}: {actual.shape} and not {expected.shape}"
    if actual.numel():
        off = float((actual.double() - expected.double()).abs().max())
        assert off <= tolerance, f"{what}: off by {off:.2g}"  # also false for NaN


def check_sentences(model: Seq2Seq, drawn: Ragged, tolerance: float) -> None:
    """States, weights, log-probabilities and output of each sentence are those it has alone."""
    together = results(model, drawn.batch())
    for i, found in enumerate(together):
        alone = results(model, drawn.one(i).batch())[0]
        for name, value in found.items():
            assert_same(value, alone[name], tolerance, f"{name} of sentence {i}")


def check_padding_is_empty(model: Seq2Seq, drawn: Ragged) -> None:
    """Nothing at all stands at padding: no state, no weight."""
    batch = drawn.batch()
    with torch.no_grad():
        encoder_outputs, _ = model.encoder(batch.source, batch.source_lengths)
        _, weights = model(batch)
    assert not encoder_outputs[~batch.source_mask].any(), "a state stands at padding"
    if model.decoder.has_attention:
        assert not weights.transpose(1, 2)[~batch.source_mask].any(), "a weight falls on padding"
    assert_same(weights.sum(2), torch.ones_like(weights[:, :, 0]), 1e-5, "sum of weights")


def check_loss(model: Seq2Seq, drawn: Ragged, tolerance: float) -> None:
    """The loss of a batch, and its gradient, are means over its real words."""
    loss, gradient = loss_and_gradient(model, drawn.batch())
    words = [len(target) + 1 for target in drawn.targets]  # <eos> counts
    mean_loss, mean_gradient = torch.zeros_like(loss), torch.zeros_like(gradient)
    for i, n in enumerate(words):
        own_loss, own_gradient = loss_and_gradient(model, drawn.one(i).batch())
        mean_loss += own_loss * n / sum(words)
        mean_gradient += own_gradient * n / sum(words)
    assert_same(loss, mean_loss, tolerance, "loss")
    assert_same(gradient, mean_gradient, tolerance, "gradient")


@pytest.mark.parametrize("dtype", TOLERANCE, ids=str)
@pytest.mark.parametrize("direction", DIRECTIONS)
@repeatable
@given(decoder=st.sampled_from(sorted(DECODERS)), drawn=ragged(), seed=st.integers(0, 99))
def test_a_sentence_does_not_notice_its_company(
    direction: str, dtype: torch.dtype, decoder: str, drawn: Ragged, seed: int
) -> None:
    model = make_model(replace(DECODERS[decoder], direction=direction), dtype, seed)
    check_sentences(model, drawn, TOLERANCE[dtype])
    check_padding_is_empty(model, drawn)


@pytest.mark.parametrize("dtype", TOLERANCE, ids=str)
@pytest.mark.parametrize("direction", DIRECTIONS)
@repeatable
@given(decoder=st.sampled_from(sorted(DECODERS)), drawn=ragged(), seed=st.integers(0, 99))
def test_the_loss_is_the_mean_over_real_words(
    direction: str, dtype: torch.dtype, decoder: str, drawn: Ragged, seed: int
) -> None:
    check_loss(
        make_model(replace(DECODERS[decoder], direction=direction), dtype, seed),
        drawn,
        TOLERANCE[dtype],
    )


@pytest.mark.parametrize("dtype", TOLERANCE, ids=str)
@repeatable
@given(drawn=ragged(), seed=st.integers(0, 99))
def test_nor_does_it_in_a_transformer(dtype: torch.dtype, drawn: Ragged, seed: int) -> None:
    model = make_model(TRANSFORMER, dtype, seed)
    check_sentences(model, drawn, TOLERANCE[dtype])
    check_padding_is_empty(model, drawn)
    check_loss(model, drawn, TOLERANCE[dtype])


@repeatable
@given(drawn=ragged(), seed=st.integers(0, 99))
def test_the_measures_are_the_same_in_any_batches(drawn: Ragged, seed: int) -> None:
    model = make_model(SIZES, torch.float64, seed)
    alone = [drawn.one(i).batch() for i in range(len(drawn.sources))]
    together = teacher_forced_scores(model, [drawn.batch()])
    assert together == pytest.approx(teacher_forced_scores(model, alone), abs=1e-10)


def test_a_translator_translates_each_sentence_as_if_alone() -> None:
    vocab = Vocab([*SPECIALS, *"le chat noir est sur tapis ici il dort".split()])
    target_vocab = Vocab([*SPECIALS, *"the black cat is on mat".split(), "here"])
    model = make_model(SIZES, torch.float64, seed=4)
    translator = Translator(model, vocab, target_vocab)
    assert (len(vocab), len(target_vocab)) == (SOURCE_WORDS, TARGET_WORDS)
    texts = ["il dort", "le chat noir est sur le tapis", "ici", "le chat dort sur le tapis ici"]
    for beam_size in (1, 4):
        together = translator.translate_batch(texts, beam_size)
        for text, found in zip(texts, together):
            alone = translator.translate(text, beam_size)
            assert (found.text, found.source) == (alone.text, alone.source)
            assert found.log_prob == pytest.approx(alone.log_prob, abs=1e-10)
            assert_same(*map(torch.tensor, (found.attn_weights, alone.attn_weights)), 1e-10, text)


# --- The checks can fail -----------------------------------------------------------------------

EXAMPLE = Ragged(
    sources=((5, 9, 12, 4, 8, 5, 7), (6, 11), (10, 4, 9, 8)),
    targets=((4, 6, 5, 9, 7, 4, 10), (8,), (9, 5, 6)),
    more_source=2,
    more_target=2,
)
# By name, as the guards are looked up at each call: (module, name, what replaces it)
Broken = Sequence[tuple[object, str, Callable]]


def no_pad_packed(outputs: Tensor, **_: object) -> tuple[Tensor, None]:
    return outputs, None


def mask_after_softmax(scores: Tensor, mask: Tensor, dim: int = -1) -> Tensor:
    return scores.softmax(dim) * mask


def sum_over_all_places(log_probs: Tensor, target: Tensor) -> Tensor:
    """Leaves padding out of the sum, but not out of the number that it divides by."""
    losses = F.nll_loss(log_probs.flatten(0, 1), target.flatten(), ignore_index=PAD_ID, reduction="sum")
    return losses / target.numel()


def mean_of_sentence_means(log_probs: Tensor, target: Tensor) -> Tensor:
    rows = [F.nll_loss(row, words, ignore_index=PAD_ID) for row, words in zip(log_probs, target)]
    return torch.stack(rows).mean()


LEAKS: dict[str, tuple[str, Broken, str]] = {
    "no packing": (
        "sentences",
        [
            (encoder, "pack_padded_sequence", lambda embedded, *_, **__: embedded),
            (encoder, "pad_packed_sequence", no_pad_packed),
        ],
        "encoder states|final state",
    ),
    "no attention mask": (
        "sentences",
        [(decoders, "masked_softmax", lambda scores, mask=None, dim=-1: scores.softmax(dim))],
        "weights",
    ),
    "attention masked after the softmax": (
        "sentences",
        [(decoders, "masked_softmax", mask_after_softmax)],
        "weights",
    ),
    "no mask while translating": (
        "sentences",
        [(search, "length_mask", lambda lengths, size: torch.ones(len(lengths), size).bool())],
        "greedy weights|greedy words",
    ),
    "a limit that follows the padded length": (
        "sentences",
        [(search, "_limits", lambda lengths, _: 2 * lengths.max().expand(len(lengths)) + 10)],
        "greedy words",
    ),
    "no ignore_index": (
        "loss",
        [(seq2seq, "mean_word_loss", lambda p, t: F.nll_loss(p.flatten(0, 1), t.flatten()))],
        "loss",
    ),
    "loss divided by all places": (
        "loss",
        [(seq2seq, "mean_word_loss", sum_over_all_places)],
        "loss",
    ),
    "mean of sentence means": (
        "loss",
        [(seq2seq, "mean_word_loss", mean_of_sentence_means)],
        "loss",
    ),
}
CHECKS = {"sentences": check_sentences, "loss": check_loss}


@pytest.mark.parametrize("dtype", TOLERANCE, ids=str)
@pytest.mark.parametrize("leak", LEAKS)
def test_the_check_notices(leak: str, dtype: torch.dtype, monkeypatch: pytest.MonkeyPatch) -> None:
    check, broken, says = LEAKS[leak]
    model = make_model(SIZES, dtype, seed=11)
    CHECKS[check](model, EXAMPLE, TOLERANCE[dtype])  # sound as it is
    for module, name, replacement in broken:
        monkeypatch.setattr(module, name, replacement)
    with pytest.raises(AssertionError, match=says):
        CHECKS[check](model, EXAMPLE, TOLERANCE[dtype])


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("decoder", DECODERS)
def test_the_check_notices_missing_packing_in_every_model(
    decoder: str, direction: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = make_model(replace(DECODERS[decoder], direction=direction), torch.float64, seed=1)
    for module, name, replacement in LEAKS["no packing"][1]:
        monkeypatch.setattr(module, name, replacement)
    with pytest.raises(AssertionError, match="encoder states|final state"):
        check_sentences(model, EXAMPLE, TOLERANCE[torch.float64])


def every_word(T: int, written: int = 0) -> Tensor:
    """What a causal mask would be if words might see those that follow."""
    return torch.ones(T, written + T, dtype=torch.bool)


@pytest.mark.parametrize(
    ("name", "replacement", "says"),
    [
        ("masked_softmax", lambda scores, mask=None, dim=-1: scores.softmax(dim), "encoder states"),
        ("length_mask", lambda lengths, size: torch.ones(len(lengths), size).bool(), "encoder states"),
        ("causal_mask", every_word, "weights"),
    ],
)
def test_the_check_notices_what_a_transformer_may_not_see(
    name: str, replacement: Callable, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = make_model(TRANSFORMER, torch.float64, seed=11)
    check_sentences(model, EXAMPLE, TOLERANCE[torch.float64])  # unbroken, it passes
    monkeypatch.setattr(transformer, name, replacement)
    with pytest.raises(AssertionError, match=says):
        check_sentences(model, EXAMPLE, TOLERANCE[torch.float64])


@pytest.mark.parametrize("score", SCORES)
def test_the_check_notices_a_missing_mask_with_every_score(
    score: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = make_model(DECODERS[f"attention-{score}"], torch.float64, seed=1)
    monkeypatch.setattr(decoders, "masked_softmax", lambda scores, mask=None, dim=-1: scores.softmax(dim))
    with pytest.raises(AssertionError, match="weights"):
        check_sentences(model, EXAMPLE, TOLERANCE[torch.float64])


def test_the_check_notices_a_backward_reader_that_begins_with_padding(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    model = make_model(replace(SIZES, direction="backward"), torch.float64, seed=1)
    monkeypatch.setattr(encoder, "reverse", lambda rows, lengths: rows.flip(1))
    with pytest.raises(AssertionError, match="encoder states"):
        check_sentences(model, EXAMPLE, TOLERANCE[torch.float64])
