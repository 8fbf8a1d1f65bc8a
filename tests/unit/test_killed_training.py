"""What named faults of tests/mutations showed that no other test of training noticed."""

from __future__ import annotations

from toy import toy_pairs

from course_utils.model.seq2seq import ModelConfig
from course_utils.training.settings import TrainingConfig
from course_utils.training.trainer import Trainer


def test_dropout_acts_at_every_update_after_a_validation_too() -> None:
    pairs = toy_pairs(8)
    model = ModelConfig(hidden_size=4, embedding_size=2, dropout_p=0.5)
    ours = Trainer(model, TrainingConfig(updates=6, batch_size=4), pairs, pairs)
    modes: list[bool] = []
    translator = ours.run(lambda history: modes.append(ours.model.training))
    assert modes == [True] * 6 and len(ours.history.valid_update) == 3  # an epoch is two updates
    assert not translator.model.training
