"""The same seed gives the same file, byte for byte; with other processors' instructions the claims hold."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from toy import toy_pairs

from course_utils.model.pretrained import load_results

pytestmark = pytest.mark.slow  # in processes of their own

# Runs to the end, and runs that are stopped and go on; of words, of pieces, with dropout; and a Transformer.
TRAIN = """
import json, sys
from pathlib import Path
import torch
from course_utils.model.checkpoints import load_checkpoint
from course_utils.model.seq2seq import ModelConfig, TransformerConfig
from course_utils.text.corpus import load_corpus
from course_utils.training.trainer import Trainer, TrainingConfig
torch.set_num_threads(1)
folder, corpus = Path(sys.argv[1]), load_corpus(sys.argv[2])
small = ModelConfig(hidden_size=16, embedding_size=8, dropout_p=0.2)
runs = {
    "words": (small, {}),
    "rare": (ModelConfig(hidden_size=16, embedding_size=8, attention=False), {"min_count": 3}),
    "pieces": (small, {"subwords": 24, "label_smoothing": 0.1, "batch_tokens": 30}),
    "transformer": (TransformerConfig(hidden_size=16, layers=1, heads=2, feedforward_size=16), {}),
}
def made(name, path, resume=False):
    model, changes = runs[name]
    config = TrainingConfig(updates=13, batch_size=6, learning_rate=1e-2, **changes)
    return Trainer(model, config, corpus.train, corpus.valid, path, resume)
def stop(history):
    if len(history.loss) in (2, 8):
        raise KeyboardInterrupt
for name in runs:
    made(name, folder / f"{name}.safetensors").run()
    path = folder / f"{name}-resumed.safetensors"
    for resume in (False, True):
        try:
            made(name, path, resume).run(stop)
        except KeyboardInterrupt:
            pass
    state = load_checkpoint(path.with_suffix(".last"))
    state.info["history"]["seconds"] = 0  # the one number that a clock gives
    told = {"info": state.info, "sums": {key: float(t.double().sum()) for key, t in state.extra.items()}}
    (folder / f"{name}.state").write_text(json.dumps(told))
    made(name, path, True).run()
"""


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("corpus") / "numbers.tsv"
    lines = (f"{' '.join(pair.source)}\t{' '.join(pair.target)}\n" for pair in toy_pairs(40))
    path.write_text("".join(lines), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def trained(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, bytes]]:
    """What two processes have written that hash differently."""
    found = []
    for seed in ("1", "2"):
        folder = tmp_path_factory.mktemp(f"seed{seed}")
        environment = {**os.environ, "PYTHONHASHSEED": seed, "OMP_NUM_THREADS": "1"}
        command = [sys.executable, "-c", TRAIN, str(folder), str(corpus)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        found.append({path.name: path.read_bytes() for path in folder.iterdir()})
    return found


NAMES = ("words", "rare", "pieces", "transformer")


@pytest.mark.parametrize("name", NAMES)
def test_the_same_seed_gives_the_same_file(name: str, trained: list[dict[str, bytes]]) -> None:
    first, second = trained
    for file in (f"{name}.safetensors", f"{name}-resumed.safetensors", f"{name}.state"):
        assert first[file] == second[file], file
    assert len({first[f"{other}.safetensors"] for other in NAMES}) == len(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_run_that_was_stopped_twice_gives_the_same_file(name: str, trained: list[dict[str, bytes]]) -> None:
    assert trained[0][f"{name}.safetensors"] == trained[0][f"{name}-resumed.safetensors"]
    assert json.loads(trained[0][f"{name}.state"])["info"]["updates_done"] == 8


def test_nothing_but_the_models_is_left(trained: list[dict[str, bytes]]) -> None:
    for files in trained:
        assert {Path(name).suffix for name in files} == {".safetensors", ".state"}


# --- instruction sets --------------------------------------------------------------------------

# Claims of README, of lessons 1, 5 and 6 and of `test_pretrained.py`, on a part of the test split.
CLAIMS = """
import json
import torch
from course_utils import load_corpus, load_translator
from course_utils.analysis.alignments import (
    alignment_error_rate, attention_links, diagonal_links, gold_links, reference_weights
)
from course_utils.analysis.evaluation import bleu
torch.set_num_threads(1)
found = {"capability": torch.backends.cpu.get_cpu_capability()}
test = load_corpus().test[::8]
for name in ("attention", "bottleneck", "transformer"):
    translator = load_translator(name)
    for low in (1, 10, 20, 30):
        pairs = [pair for pair in test if low <= len(pair.source) < low + 10 - (low == 1)]
        written = [one.target for one in translator.translate_tokens([pair.source for pair in pairs])]
        found[f"{name} {low}"] = bleu(written, [pair.target for pair in pairs])
    if name != "bottleneck":
        looked = map(attention_links, reference_weights(translator, test))
        found[f"{name} error"] = alignment_error_rate(looked, map(gold_links, test))
diagonal = [diagonal_links(len(pair.source), len(pair.target)) for pair in test]
found["diagonal error"] = alignment_error_rate(diagonal, map(gold_links, test))
for name in RUNNING:
    for beam_size in (1, 4):
        one = load_translator(name).translate("le chat noir est sur le tapis", beam_size)
        found[f"{name} beam {beam_size}"] = one.text, [one.source[row.argmax()] for row in one.attn_weights]
print(json.dumps(found))
"""
RUNNING = ("attention", "attention-live", "attention-seed2", "attention-seed3", "transformer", "open")


@pytest.fixture(scope="module")
def claims() -> dict[str, dict]:
    """What each set of instructions gives; torch says which it used."""
    found = {}
    for name in ("default", "avx2"):
        environment = {**os.environ, "ATEN_CPU_CAPABILITY": name, "OMP_NUM_THREADS": "1"}
        done = subprocess.run(
            [sys.executable, "-c", f"{RUNNING = }\n{CLAIMS}"], env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        one = json.loads(done.stdout)
        found[one.pop("capability")] = one
    return found


@pytest.mark.weekly
def test_the_claims_hold_with_other_instructions(claims: dict[str, dict]) -> None:
    for found in claims.values():
        for name in ("attention", "transformer"):
            assert min(found[f"{name} {low}"] for low in (1, 10, 20, 30)) >= 94
        assert max(found["bottleneck 20"], found["bottleneck 30"]) <= 50
        assert found["bottleneck 1"] - found["bottleneck 30"] > 25
        assert found["attention error"] < found["diagonal error"] / 2
        for name in RUNNING:
            for beam_size in (1, 4):
                text, looked_at = found[f"{name} beam {beam_size}"]
                assert text == "the black cat is on the mat"
                assert [looked_at[i] for i in (1, 2, 6)] == ["noir", "chat", "tapis"]


@pytest.mark.weekly
def test_other_instructions_change_hardly_a_number(claims: dict[str, dict]) -> None:
    if len(claims) == 1:
        pytest.skip(f"this processor has one set of instructions: {', '.join(claims)}")
    first, second = claims.values()
    for name, value in first.items():
        assert second[name] == (pytest.approx(value, abs=1.0) if isinstance(value, float) else value), name
    rows = load_results("attention")["test"]["by_length"]
    for row in rows:  # a part of the split is not the split
        assert first[f"attention {row['low']}"] == pytest.approx(row["bleu"], abs=3)
