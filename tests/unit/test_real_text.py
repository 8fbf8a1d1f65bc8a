"""What real text needs: subwords, batches by number of tokens, label smoothing, early stopping."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from toy import toy_pairs, toy_vocabs

import real_text
from course_utils.analysis.alignments import reference_weights
from course_utils.analysis.trace import decoding_steps, encoder_states, look, probabilities_after, top_words
from course_utils.model.pretrained import load_translator
from course_utils.model.seq2seq import ModelConfig, mean_word_loss
from course_utils.model.translator import Translator
from course_utils.text.batching import make_batches
from course_utils.text.corpus import DIALOGUES, Corpus, load_corpus
from course_utils.text.subwords import SubwordVocab
from course_utils.text.vocab import EOS, PAD_ID, UNK
from course_utils.training.recipes import Recipe
from course_utils.training.settings import TrainingConfig, check_settings
from course_utils.training.trainer import Trainer
from course_utils.widgets.hand_weights import weights_explorer

MODEL = ModelConfig(hidden_size=32, embedding_size=16, dropout_p=0.0)
PAIRS = toy_pairs(40)
IN_PIECES = TrainingConfig(updates=300, batch_size=20, learning_rate=1e-2, subwords=30)


@pytest.fixture(scope="module")
def translator(tmp_path_factory: pytest.TempPathFactory) -> Translator:
    """A model that reads and writes pieces, as it comes back from its file."""
    path = tmp_path_factory.mktemp("pieces") / "mine.safetensors"
    Trainer(MODEL, IN_PIECES, PAIRS, PAIRS, path).run()
    return load_translator(path)


# --- subwords --------------------------------------------------------------------------------


def test_a_model_of_pieces_takes_and_gives_words(translator: Translator) -> None:
    assert isinstance(translator.source_vocab, SubwordVocab) and len(translator.source_vocab) == 30
    found = translator.translate_tokens([pair.source for pair in PAIRS])
    assert np.mean([one.target == pair.target for one, pair in zip(found, PAIRS)]) > 0.9
    for one, pair in zip(found, PAIRS):
        assert one.source == pair.source and one.text == " ".join(one.target)
        assert one.attn_weights is not None and one.attn_weights.shape == (len(one.target), len(one.source))
        assert np.allclose(one.attn_weights.sum(axis=1), 1, atol=1e-5)
    assert any(len(translator.source_vocab.cut(pair.source)) > len(pair.source) for pair in PAIRS)


def test_every_view_takes_pieces(translator: Translator) -> None:
    """The sliders of the weights, too: they decode from the numbers that the model wrote."""
    pair = max(PAIRS, key=lambda pair: len(translator.source_vocab.cut(pair.source)))
    explorer = weights_explorer(translator, pair.source)
    assert len(explorer.sliders) == len(translator.source_vocab.cut(pair.source)) > len(pair.source)
    assert len(explorer.steps) == len(translator.target_vocab.cut(pair.target)) + 1
    explorer.controls["step"].value = len(explorer.steps)
    written = [step.last for step in explorer.steps[1:]]
    assert translator.target_vocab.join(written) == [*pair.target]  # it has learnt them
    assert f"Written so far: {' '.join(written)}." in explorer.html.value


def test_a_model_that_copies_shows_its_own_steps() -> None:
    """It writes <unk>, for which the translator puts a word of the source."""
    translator = load_translator("dialogues")
    sources = [pair.source for pair in load_corpus(DIALOGUES).test[:200]]
    source = next(
        found.source
        for found in translator.translate_tokens(sources)
        if any(word not in translator.target_vocab for word in found.target)
    )
    steps, states = decoding_steps(translator, source), encoder_states(translator, source)
    assert any(step.word == UNK for step in steps)
    assert [step.last for step in steps[1:]] == [step.word for step in steps[:-1]]
    weights_explorer(translator, source).controls["step"].value = len(steps)
    before = [step.id for step in steps[1:]]
    found = top_words(translator, probabilities_after(translator, source, before, steps[-1].weights @ states))
    assert found[0][0] == steps[-1].word == EOS


def test_a_word_that_was_never_seen_is_read_in_pieces(translator: Translator) -> None:
    assert translator.read("deuxtrois") == ["deuxtrois"] and translator.translate("deuxtrois").text
    with pytest.raises(ValueError, match="^the model does not know “日”$"):
        translator.translate("deux 日")


def test_weights_of_words_are_sums_over_pieces_read_and_means_over_pieces_written(
    translator: Translator,
) -> None:
    weights = np.array([[0.1, 0.2, 0.7], [0.3, 0.1, 0.6], [0.5, 0.25, 0.25]])
    read, written = ["▁a", "b", "▁c"], ["▁d", "▁e", "f"]
    expected = [[0.3, 0.7], [(0.4 + 0.75) / 2, (0.6 + 0.25) / 2]]
    assert np.allclose(translator.weights_of_words(weights, read, written), expected)
    assert translator.weights_of_words(np.zeros((0, 3)), read, []).shape == (0, 2)


def test_attention_along_a_reference_is_by_words_and_step_by_step_by_pieces(translator: Translator) -> None:
    pair = max(PAIRS, key=lambda pair: len(translator.source_vocab.cut(pair.source)))
    (weights,) = reference_weights(translator, [pair])
    assert weights.shape == (len(pair.target), len(pair.source))
    assert np.allclose(weights.sum(axis=1), 1, atol=1e-5)
    seen = look(translator, pair.source, pair.target)
    assert list(seen.source) == translator.source_vocab.cut(pair.source)
    assert seen.weights.shape == (len(seen.target), len(seen.source))
    read, written = seen.source, seen.target[:-1]
    assert np.allclose(translator.weights_of_words(seen.weights[:-1], read, written), weights, atol=1e-5)
    steps = decoding_steps(translator, pair.source, pair.target)
    assert [step.word for step in steps[:-1]] == translator.target_vocab.cut(pair.target)


def test_pieces_are_learnt_from_training_text_only() -> None:
    strange = [pair._replace(source=("日本",)) for pair in PAIRS[:2]]
    made = Trainer(MODEL, IN_PIECES, PAIRS, strange)
    assert "日" not in made.source_vocab and not made.reads_unknown


def test_subwords_and_a_smallest_count_exclude_each_other() -> None:
    with pytest.raises(ValueError, match="choose either subwords or min_count"):
        check_settings(replace(IN_PIECES, min_count=2))


# --- batches by number of tokens ---------------------------------------------------------------


@given(most=st.integers(1, 60), seed=st.none() | st.integers(0, 9))
def test_a_batch_has_no_more_tokens_than_it_may(most: int, seed: int | None) -> None:
    pairs = toy_pairs(30)
    generator = None if seed is None else torch.Generator().manual_seed(seed)
    batches = make_batches(pairs, *toy_vocabs(pairs), 100, generator, most)
    for batch in batches:
        assert len(batch) == 1 or max(batch.source.numel(), batch.target_output.numel()) <= most
    assert sum(map(len, batches)) == len(pairs)
    # A batch could not take the next pair as well, or it would have.
    if seed is None:
        for batch, after in zip(batches, batches[1:]):
            S = max(batch.source.shape[1], int(after.source_lengths[0]))
            T = max(batch.target_output.shape[1], int(after.target_mask[0].sum()))
            assert (len(batch) + 1) * max(S, T) > most


# --- label smoothing -----------------------------------------------------------------------------


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.5])
def test_smoothing_is_that_of_torch(smoothing: float) -> None:
    generator = torch.Generator().manual_seed(0)
    scores = torch.randn(3, 4, 7, generator=generator, dtype=torch.double)
    target = torch.tensor([[4, 5, 6, 2], [5, 2, PAD_ID, PAD_ID], [2, PAD_ID, PAD_ID, PAD_ID]])
    ours = mean_word_loss(scores.log_softmax(dim=2), target, smoothing)
    theirs = F.cross_entropy(
        scores.flatten(0, 1), target.flatten(), ignore_index=PAD_ID, label_smoothing=smoothing
    )
    assert torch.allclose(ours, theirs)


# --- early stopping ------------------------------------------------------------------------------


def test_training_ends_when_nothing_gets_better_and_keeps_the_best(tmp_path: Path) -> None:
    """What is learnt by heart, words at random, does not help with other sentences."""
    noise = [pair._replace(target=other.target) for pair, other in zip(PAIRS, reversed(PAIRS))]
    config = TrainingConfig(updates=400, batch_size=20, learning_rate=1e-2, patience=3)
    made = Trainer(MODEL, config, noise, toy_pairs(20, seed=3))
    made.run()
    losses = made.history.valid_loss
    assert len(losses) < 200 and losses.index(min(losses)) == len(losses) - 1 - 3
    assert made.best[0] == pytest.approx(min(losses), abs=1e-4)
    patient = Trainer(MODEL, replace(config, patience=0, updates=30), noise, PAIRS)
    patient.run()
    assert patient.update == 30


@pytest.mark.parametrize("name", ["subwords", "batch_tokens", "patience"])
def test_none_is_below_zero(name: str) -> None:
    with pytest.raises(ValueError, match="must be at least 0"):
        check_settings(replace(TrainingConfig(), **{name: -1}))


def test_smoothing_is_a_share() -> None:
    with pytest.raises(ValueError, match="label_smoothing must be at least 0 and below 1, not 1"):
        check_settings(TrainingConfig(label_smoothing=1.0))
    for seed in (-1, 2**32):
        with pytest.raises(ValueError, match=f"seed must be at least 0 and below 4294967296, not {seed}"):
            check_settings(TrainingConfig(seed=seed))


def test_what_is_measured_goes_where_it_is_asked_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    corpus = Corpus("toy", tuple(toy_pairs(40)), tuple(toy_pairs(8, 1)), tuple(toy_pairs(8, 2)))
    small = Recipe("small", MODEL, replace(IN_PIECES, updates=2, subwords=0))
    monkeypatch.setattr(real_text, "load_public", lambda *arguments: corpus)
    monkeypatch.setattr(real_text, "recipes", lambda corpus: {"attention": small})
    monkeypatch.setattr(real_text, "OURS", ["un deux"])
    monkeypatch.setattr(sys, "argv", ["real_text.py", "--to", "here/results", "--threads", "1"])
    monkeypatch.chdir(tmp_path)
    assert real_text.main() == 0 and "BLEU" in capsys.readouterr().out
    results = Path("here/results/multi30k-attention.json")
    first = results.read_bytes()
    assert {path.name for path in results.parent.iterdir()} == {"multi30k.json", results.name}
    assert real_text.main() == 0 and results.read_bytes() == first
    assert f"{results} is there; to train it again, name another folder" in capsys.readouterr().out
