from __future__ import annotations

import math
import os
import random
import signal
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from toy import toy_pairs

from course_utils.model.checkpoints import Checkpoint, load_checkpoint
from course_utils.model.pretrained import load_translator
from course_utils.model.seq2seq import ModelConfig, TransformerConfig, mean_word_loss
from course_utils.model.translator import Translator
from course_utils.text.corpus import Pair
from course_utils.training import settings
from course_utils.training.settings import TrainingConfig, learning_rate_at
from course_utils.training.trainer import History, Trainer

MODEL = ModelConfig(hidden_size=16, embedding_size=8)
# 20 pairs in batches of 5: an epoch is 4 updates, and the last of these 11 lies within the third.
CONFIG = TrainingConfig(updates=11, batch_size=5, learning_rate=1e-2)
PAIRS, VALID = toy_pairs(20), toy_pairs(6, seed=1)


def trainer(checkpoint: Path | None = None, config: TrainingConfig = CONFIG, **options) -> Trainer:
    return Trainer(MODEL, config, PAIRS, VALID, checkpoint, **options)


def stop_after(update: int):
    """Return a callback that does what Ctrl-C does, after that many updates."""

    def callback(history: History) -> None:
        if len(history.loss) == update:
            raise KeyboardInterrupt

    return callback


def assert_same_run(ours: Trainer, theirs: Trainer) -> None:
    """Both ended with the same weights, to the bit, after the same measurements."""
    for name, weight in theirs.weights().items():
        assert torch.equal(ours.weights()[name], weight), name
        assert torch.equal(ours.best[1][name], theirs.best[1][name]), name
    assert replace(ours.history, seconds=0) == replace(theirs.history, seconds=0)
    assert ours.best[0] == theirs.best[0]


# --- learning --------------------------------------------------------------------------------


def test_dropout_acts_at_every_update_after_a_validation_too() -> None:
    pairs = toy_pairs(8)
    model = ModelConfig(hidden_size=4, embedding_size=2, dropout_p=0.5)
    ours = Trainer(model, TrainingConfig(updates=6, batch_size=4), pairs, pairs)
    modes: list[bool] = []
    translator = ours.run(lambda history: modes.append(ours.model.training))
    assert modes == [True] * 6 and len(ours.history.valid_update) == 3  # an epoch is two updates
    assert not translator.model.training


@pytest.mark.parametrize(
    "model",
    [
        ModelConfig(hidden_size=32, embedding_size=16),
        ModelConfig(hidden_size=32, embedding_size=16, attention=False),
        TransformerConfig(hidden_size=32, feedforward_size=64),
    ],
    ids=["attention", "no attention", "Transformer"],
)
def test_a_tiny_model_learns_twenty_pairs_by_heart(model: ModelConfig | TransformerConfig) -> None:
    config = TrainingConfig(updates=250, batch_size=10, learning_rate=1e-2)
    ours = Trainer(model, config, PAIRS, PAIRS)
    translator = ours.run()
    loss = ours.history.loss
    assert sum(loss[-10:]) < sum(loss[:10]) / 5
    found = translator.translate_batch([" ".join(p.source) for p in PAIRS])
    assert [f.target for f in found] == [p.target for p in PAIRS]


def test_the_first_losses_are_those_of_guessing() -> None:
    """An untrained model finds all words about equally likely: −log(1 / V) nats."""
    ours = trainer()
    ours.run()
    assert ours.history.loss[0] == pytest.approx(math.log(len(ours.target_vocab)), rel=0.1)


def test_the_history_has_a_loss_for_each_update_and_a_validation_for_each_epoch() -> None:
    calls: list[int] = []
    ours = trainer()
    ours.run(lambda history: calls.append(len(history.loss)))
    assert calls == list(range(1, 12))
    assert ours.update == len(ours.history.loss) == 11
    assert ours.history.valid_update == [4, 8, 11]
    assert len(ours.history.valid_loss) == len(ours.history.valid_accuracy) == 3
    assert ours.history.seconds > 0


def test_the_translator_has_the_best_weights_not_the_last() -> None:
    # Validated on the wrong words: the surer it grows of the right ones, the worse it gets.
    wrong = [Pair(pair.source, tuple(reversed(other.target)), None) for pair, other in zip(PAIRS, PAIRS[1:])]
    ours = Trainer(MODEL, replace(CONFIG, updates=160), PAIRS, wrong)
    translator = ours.run()
    best = min(ours.history.valid_loss)
    assert ours.history.valid_loss[-1] > best + 0.2  # otherwise this test shows nothing
    assert ours.best[0] == pytest.approx(best, abs=1e-4)
    assert isinstance(translator, Translator) and not translator.model.training
    for name, weight in translator.model.state_dict().items():
        assert torch.equal(weight, ours.best[1][name])


def test_the_same_seed_gives_the_same_weights() -> None:
    ours = trainer()
    ours.run()
    again = trainer()
    torch.rand(17)  # whatever a notebook does between the two cells
    again.run()
    assert_same_run(again, ours)
    other = trainer(config=replace(CONFIG, seed=2))
    other.run()
    assert other.history.loss != ours.history.loss


def test_every_epoch_has_other_batches() -> None:
    seen: list[list] = []
    ours = trainer()
    step = ours._step
    ours._step = lambda batch: (seen.append(batch.source.tolist()), step(batch))
    ours.run()
    first, second = sorted(seen[:4]), sorted(seen[4:8])
    assert first != second
    assert sorted(len(b) for b in seen[:4]) == [5] * 4


def test_gradients_are_clipped() -> None:
    ours = trainer(config=replace(CONFIG, clip=1e-3))
    steps: list[float] = []
    step = ours.optimizer.step

    def measured() -> None:
        gradients = [p.grad.flatten() for p in ours.model.parameters()]
        steps.append(float(torch.cat(gradients).norm()))
        step()

    ours.optimizer.step = measured
    ours.run()
    assert max(steps) <= 1.001e-3


def test_learning_rate_climbs_then_falls() -> None:
    config = TrainingConfig(updates=100, learning_rate=0.5)
    rates = [learning_rate_at(update, config) for update in range(100)]
    assert rates[0] == pytest.approx(0.05) and rates[9] == pytest.approx(0.5)
    assert rates[:10] == sorted(rates[:10]) and rates[9:] == sorted(rates[9:], reverse=True)
    assert max(rates) == pytest.approx(0.5) and 0 < rates[-1] < 0.01
    assert learning_rate_at(0, replace(config, updates=1)) == 0.5


def test_the_optimizer_gets_the_scheduled_rate() -> None:
    ours = trainer()
    rates: list[float] = []
    ours.run(lambda history: rates.append(ours.optimizer.param_groups[0]["lr"]))
    assert rates == [learning_rate_at(update, CONFIG) for update in range(11)]


def test_padding_has_no_part_in_the_loss() -> None:
    """The loss of a ragged batch is that of its sentences' words, whatever is said at padding."""
    target = torch.tensor([[5, 2, 0, 0], [5, 6, 7, 2]])
    log_probs = torch.randn(2, 4, 9).log_softmax(2)
    loss = mean_word_loss(log_probs, target)
    log_probs[0, 2:] = -99.0
    assert mean_word_loss(log_probs, target) == loss


def test_validation_words_do_not_enter_the_vocabulary() -> None:
    ours = Trainer(MODEL, CONFIG, PAIRS, [Pair(("neuf",), ("nine",), None)])
    assert "neuf" not in ours.source_vocab and "nine" not in ours.target_vocab
    assert not ours.reads_unknown  # it has never seen <unk>


def test_a_checkpoint_says_with_which_marks_its_sentences_end(tmp_path: Path) -> None:
    marked = [Pair(("!", *pair.source, "?"), pair.target, None) for pair in PAIRS[:4]] + [*PAIRS[4:]]
    path = tmp_path / "mine.safetensors"
    ours = Trainer(MODEL, replace(CONFIG, updates=1), marked, VALID, path).run()
    assert ours.ends == load_translator(path).ends == {"?"} and "!" in ours.source_vocab
    # Trained on, it keeps those that it had met.
    assert Trainer(MODEL, CONFIG, PAIRS, VALID, start=load_checkpoint(path)).ends == ["?"]
    assert ours.read(f"{PAIRS[0].source[0]} !") == [PAIRS[0].source[0]]


def test_rare_words_are_trained_as_unknown() -> None:
    often = sorted(Counter(word for pair in PAIRS for word in pair.source).values())[-1]
    rare = Trainer(MODEL, replace(CONFIG, min_count=often), PAIRS, VALID)
    assert rare.reads_unknown and 4 < len(rare.source_vocab) < len(trainer().source_vocab)
    with pytest.raises(ValueError, match="no word of a side occurs 1000 times"):
        trainer(config=replace(CONFIG, min_count=1000))


# --- stopping and going on -------------------------------------------------------------------


@pytest.fixture(scope="module")
def uninterrupted() -> Trainer:
    ours = trainer()
    ours.run()
    return ours


# Within the first epoch, at its last update (before its validation), within the second, at its
# last update, within the unfinished third, and at the run's last update.
STOPS = [1, 4, 6, 8, 9, 11]


def stopped_at(update: int, path: Path, **options) -> Trainer:
    ours = trainer(path, **options)
    with pytest.raises(KeyboardInterrupt):
        ours.run(stop_after(update))
    return ours


@pytest.mark.parametrize("update", STOPS)
def test_a_resumed_run_ends_like_one_that_was_never_stopped(
    update: int, tmp_path: Path, uninterrupted: Trainer
) -> None:
    path = tmp_path / "model.safetensors"
    stopped_at(update, path)
    if update <= 4:  # before the first validation there is no best
        assert [p.name for p in tmp_path.iterdir()] == ["model.last"]
    else:
        assert load_checkpoint(path).info["updates_done"] == 4 * ((update - 1) // 4)
        load_translator(path).translate("un deux")

    torch.rand(13)
    resumed = trainer(path, resume=True)
    assert resumed.update == update
    torch.rand(13)
    resumed.run()
    assert_same_run(resumed, uninterrupted)
    assert [p.name for p in tmp_path.iterdir()] == ["model.safetensors"]
    best = load_checkpoint(path).weights
    assert all(torch.equal(best[name], uninterrupted.best[1][name]) for name in best)


def test_a_finished_model_is_no_run_to_resume(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    trainer(path).run()
    path.rename(path.with_suffix(".last"))
    with pytest.raises(ValueError, match="model.last is no stopped run; start anew"):
        trainer(path, resume=True)


@pytest.mark.skipif(os.name == "nt", reason="Windows has other signals")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_waits_until_the_update_is_done_and_the_state_saved(
    name: str, tmp_path: Path, uninterrupted: Trainer
) -> None:
    path, number = tmp_path / "model.safetensors", getattr(signal, name)
    ours, happened = trainer(path), []

    def handler(number: int, frame: object) -> None:
        happened.append(load_checkpoint(path.with_suffix(".last")).info["updates_done"])

    clip = torch.nn.utils.clip_grad_norm_

    def in_the_middle(*arguments: object) -> object:
        if ours.update == 5:
            signal.raise_signal(number)
        return clip(*arguments)

    before = signal.signal(number, handler)
    try:
        with pytest.MonkeyPatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr(torch.nn.utils, "clip_grad_norm_", in_the_middle)
            ours.run()
        assert signal.getsignal(number) is handler
    finally:
        signal.signal(number, before)
    assert happened == [6]
    resumed = trainer(path, resume=True)
    resumed.run()
    assert_same_run(resumed, uninterrupted)


def test_it_trains_off_the_main_thread_too(uninterrupted: Trainer) -> None:
    with ThreadPoolExecutor() as threads:
        ours = trainer()
        threads.submit(ours.run).result()
    assert_same_run(ours, uninterrupted)


def test_the_callers_random_numbers_stay_as_they_are() -> None:
    torch.manual_seed(7)
    expected = torch.rand(3)
    torch.manual_seed(7)
    ours = trainer()
    ours.run()
    assert torch.equal(torch.rand(3), expected)


def test_after_training_the_state_stays_until_it_is_forgotten(tmp_path: Path, uninterrupted: Trainer) -> None:
    """What follows training (measuring) may break off as well."""
    path = tmp_path / "model.safetensors"
    trainer(path).train()
    again = trainer(path, resume=True)
    again.train()
    assert_same_run(again, uninterrupted)
    again.forget_state()
    assert [p.name for p in tmp_path.iterdir()] == ["model.safetensors"]


def test_a_finished_model_is_trained_on(tmp_path: Path, uninterrupted: Trainer) -> None:
    path, longer = tmp_path / "model.safetensors", tmp_path / "longer.safetensors"
    trainer(path).run()
    start = load_checkpoint(path)
    ours = Trainer(MODEL, CONFIG, [*PAIRS, Pair(("neuf",), ("nine",), None)], VALID, longer, start=start)
    assert ours.vocabs == (start.source_vocab, start.target_vocab) and ours.reads_unknown
    assert all(torch.equal(ours.weights()[name], start.weights[name]) for name in start.weights)
    ours.run()
    assert len(ours.history.loss) == 11 and ours.best[0] < uninterrupted.best[0]
    assert all(torch.equal(load_checkpoint(path).weights[name], w) for name, w in start.weights.items())
    with pytest.raises(ValueError, match="with its own settings"):
        Trainer(replace(MODEL, hidden_size=18), CONFIG, PAIRS, VALID, start=start)


def test_a_pair_too_long_for_the_memory_is_refused_before_training() -> None:
    long = Pair(("un",) * 4000, ("one",) * 5000, None)
    with pytest.raises(ValueError, match="4000 source and 5000 target tokens.*--max-length 4000"):
        Trainer(MODEL, CONFIG, [*PAIRS, long], VALID)
    Trainer(replace(MODEL, attention=False), CONFIG, [*PAIRS, long], VALID)
    # In a Transformer a long source asks itself, however short its target.
    long = Pair(("un",) * 3400, ("one",), None)
    Trainer(MODEL, CONFIG, [*PAIRS, long], VALID)
    with pytest.raises(ValueError, match="3400 source and 1 target tokens.*1.1 GB.*--max-length 1900"):
        Trainer(TransformerConfig(), CONFIG, [*PAIRS, long], VALID)


def test_more_words_than_the_memory_holds_are_refused_before_training(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    many = [Pair((f"f{i}",), (f"e{i}",), None) for i in range(3000)]
    Trainer(MODEL, CONFIG, many, VALID)
    # Four numbers for each of a word's 16 (twice on the target side), three for each word of a batch's 10.
    size = 4 * (4 * 16 * 3 * 3004 + 3 * 10 * 3004)
    monkeypatch.setattr(settings, "MOST_BYTES_OF_WORDS", size)
    Trainer(MODEL, CONFIG, many, VALID)
    monkeypatch.setattr(settings, "MOST_BYTES_OF_WORDS", size - 1)
    with pytest.raises(ValueError, match="3,004 different source words.*--subwords 4000.*--min-count 2"):
        Trainer(MODEL, CONFIG, many, VALID)
    Trainer(MODEL, replace(CONFIG, subwords=100), many, VALID)


def test_a_word_of_thousands_of_pieces_is_as_long_as_they_are_many() -> None:
    dice = random.Random(1)
    word = "".join(dice.choice("abcdefghijklmnop") for _ in range(20_000))
    pairs = [*PAIRS, Pair((word,), (word,), None)]
    Trainer(MODEL, CONFIG, pairs, VALID)
    with pytest.raises(ValueError, match="one pair has .* source and .* GB to train.*--max-length"):
        Trainer(MODEL, replace(CONFIG, subwords=60), pairs, VALID)


def test_stopped_twice(tmp_path: Path, uninterrupted: Trainer) -> None:
    path = tmp_path / "model.safetensors"
    for update, resume in ((6, False), (7, True), (10, True)):
        with pytest.raises(KeyboardInterrupt):
            trainer(path, resume=resume).run(stop_after(update))
    resumed = trainer(path, resume=True)
    resumed.run()
    assert_same_run(resumed, uninterrupted)


@pytest.mark.parametrize("update", [2, 4, 6])
def test_killed_without_time_to_save(update: int, tmp_path: Path, uninterrupted: Trainer) -> None:
    """The run goes on from the last epoch's end."""
    path = tmp_path / "model.safetensors"
    ours = trainer(path)
    save = ours._save_state
    ours._save_state = lambda: save() if ours.batches_done == 0 else None
    with pytest.raises(KeyboardInterrupt):
        ours.run(stop_after(update))
    resumed = trainer(path, resume=True)
    assert resumed.update == 4 * (update // 5)
    resumed.run()
    assert_same_run(resumed, uninterrupted)


def test_killed_between_the_best_weights_and_the_state(tmp_path: Path, uninterrupted: Trainer) -> None:
    path = tmp_path / "model.safetensors"
    ours = trainer(path)
    save = ours._save_state

    def dies() -> None:
        if ours.update == 8:
            raise SystemExit
        save()

    ours._save_state = dies
    with pytest.raises(SystemExit):
        ours.run()
    assert load_checkpoint(path).info["updates_done"] == 8
    resumed = trainer(path, resume=True)
    assert resumed.update == 4
    resumed.run()
    assert_same_run(resumed, uninterrupted)


@pytest.mark.parametrize("update", STOPS)
def test_a_stopped_trainer_can_go_on_in_the_same_session(update: int, uninterrupted: Trainer) -> None:
    ours = trainer()
    with pytest.raises(KeyboardInterrupt):
        ours.run(stop_after(update))
    torch.rand(13)
    ours.run()
    assert_same_run(ours, uninterrupted)


def test_a_stopped_run_without_a_checkpoint_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        trainer().run(stop_after(2))
    assert not list(tmp_path.iterdir())


def test_resuming_refuses_what_does_not_belong_together(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    with pytest.raises(ValueError, match="name the checkpoint"):
        trainer(resume=True)
    with pytest.raises(ValueError, match="no stopped run.*model.last"):
        trainer(path, resume=True)
    with pytest.raises(KeyboardInterrupt):
        trainer(path).run(stop_after(6))
    with pytest.raises(ValueError, match="other settings"):
        trainer(path, replace(CONFIG, seed=2), resume=True)
    with pytest.raises(ValueError, match="other settings"):
        Trainer(replace(MODEL, score="dot"), CONFIG, PAIRS, VALID, path, resume=True)
    with pytest.raises(ValueError, match="another corpus"):
        Trainer(MODEL, CONFIG, [Pair(("a",), ("b",), None)], VALID, path, resume=True)
    first, second, *others = PAIRS
    swapped = [first._replace(target=second.target), second._replace(target=first.target), *others]
    for train, valid in ((swapped, VALID), (PAIRS[::-1], VALID), (PAIRS, VALID[:-1])):  # the same words
        with pytest.raises(ValueError, match="another corpus, or one in another order"):
            Trainer(MODEL, CONFIG, train, valid, path, resume=True)


# --- errors ----------------------------------------------------------------------------------


def test_training_needs_pairs_and_updates() -> None:
    for train, valid in (([], VALID), (PAIRS, [])):
        with pytest.raises(ValueError, match="at least one training pair and one validation pair"):
            Trainer(MODEL, CONFIG, train, valid)
    for name in ("updates", "batch_size", "min_count"):
        with pytest.raises(ValueError, match="at least 1"):
            trainer(config=replace(CONFIG, **{name: 0}))
    for name in ("clip", "learning_rate"):
        for wrong in (-1.0, 0.0, math.nan, math.inf):
            with pytest.raises(ValueError, match=f"{name} must be a number above 0"):
                trainer(config=replace(CONFIG, **{name: wrong}))


def test_a_loss_that_is_no_number_stops_the_run() -> None:
    ours = trainer()
    ours.model.decoder.out.bias.data[4] = math.nan
    with pytest.raises(ValueError, match="the loss became nan; try a lower learning rate"):
        ours.run()


def test_a_model_that_reads_unknown_words_does_so_when_it_is_trained_on() -> None:
    rare = Trainer(MODEL, replace(CONFIG, min_count=2), [*PAIRS, Pair(("rare",), ("rare",), None)], VALID)
    assert rare.reads_unknown
    start = Checkpoint(MODEL, *rare.vocabs, rare.weights(), {"reads_unknown": True}, {})
    assert Trainer(MODEL, CONFIG, PAIRS, VALID, start=start).reads_unknown
    assert not Trainer(MODEL, CONFIG, PAIRS, VALID, start=replace(start, info={})).reads_unknown


@pytest.mark.parametrize("size", [10**6, 10**12, 10**30])
@pytest.mark.parametrize("name", ["hidden_size", "embedding_size", "feedforward_size"])
def test_a_model_larger_than_the_memory_is_refused_before_it_is_made(name: str, size: int) -> None:
    model = TransformerConfig() if name == "feedforward_size" else MODEL
    size *= 1000 if name != "hidden_size" else 1
    with pytest.raises(ValueError, match="takes too much memory to train; choose smaller sizes"):
        Trainer(replace(model, **{name: size}), CONFIG, PAIRS, VALID)
