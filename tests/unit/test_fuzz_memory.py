"""Files that would take much more memory than they are large: ten times their size and 50 MB, and no more."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path

import pytest
import torch
from measure_reading import SECONDS
from safetensors.torch import save
from test_fuzz import PARTS, forged
from toy import CONFIGS

from course_utils.model.seq2seq import build_model
from course_utils.text.vocab import SPECIALS

pytestmark = [
    pytest.mark.slow,
    pytest.mark.weekly,
    pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the peak of a process"),
]
CONSTANT = 50 * 2**20
# A pair is an object of Python's, three tuples and its place in the lists, however short its words are.
PAIR = 500

CONTENT, TENSORS = PARTS["attention-additive"]
N = 400_000


def content(**changes: object) -> bytes:
    return forged({**CONTENT, **changes}, TENSORS)


def settings(kind: str = "attention-additive", **changes: object) -> bytes:
    content, tensors = PARTS[kind]
    return forged({**content, "config": {**content["config"], **changes}}, tensors)


def header(entries: dict[str, dict], data: bytes = b"") -> bytes:
    text = json.dumps(entries, separators=(",", ":")).encode()
    return len(text).to_bytes(8, "little") + text + data


def many_words() -> bytes:
    """A true model of 200,000 words, of the smallest vectors: what it takes is the words."""
    words = [*SPECIALS, *map(str, range(200_000))]
    config = replace(CONFIGS["vanilla-first_state"], hidden_size=2, embedding_size=1)
    model = build_model(config, len(words), 4)
    changes = {"config": asdict(config), "source_vocab": words, "target_vocab": list(SPECIALS)}
    return forged({**CONTENT, **changes}, {f"model.{k}": v for k, v in model.state_dict().items()})


EMPTY = {"dtype": "F32", "shape": [0], "data_offsets": [0, 0]}
FILES = {
    "hidden_size.safetensors": lambda: settings(hidden_size=10**6),
    "embedding.safetensors": lambda: settings(embedding_size=2**20),
    "beyond.safetensors": lambda: settings(hidden_size=10**12),
    "layers.safetensors": lambda: settings("transformer", layers=10**9),
    "layers_200.safetensors": lambda: settings("transformer", layers=200),
    "feedforward.safetensors": lambda: settings("transformer", feedforward_size=2**20),
    "words_missing.safetensors": lambda: content(source_vocab=[*SPECIALS, *map(str, range(N))]),
    "words.safetensors": many_words,
    "lists.safetensors": lambda: content(info={"a": [[] for _ in range(N)]}),
    "tables.safetensors": lambda: content(info={"a": [{"a": 0} for _ in range(N)]}),
    "strings.safetensors": lambda: content(info={"a": ["ab"] * N}),
    "numbers.safetensors": lambda: content(info={"a": [257.5] * 3 * N}),
    "wide.safetensors": lambda: content(info={"é\U0001f600": [2570] * 3 * N}),
    "deep.safetensors": lambda: forged('{"a":' * N, TENSORS),
    "pieces.safetensors": lambda: content(source_vocab=base64.b64encode(b"\n\0" * 4 * N).decode()),
    "long_pieces.safetensors": lambda: content(source_vocab="A" * 20 * N),
    "tensors.safetensors": lambda: header({f"{n:x}": EMPTY for n in range(N // 2)}),
    "huge_shape.safetensors": lambda: header({"a": {**EMPTY, "shape": [2**40, 0]}}),
    "large.safetensors": lambda: save({"model.a": torch.zeros(5 * 2**20)}, {"format": "attention-course-1"}),
    "short_lines.tsv": lambda: b"a\tb\n" * (N // 2),
    "lines.tsv": lambda: b"".join(b"%d\t%d\n" % (n, n) for n in range(N // 4)),
    "sentences.tsv": lambda: b"".join(b"le chat %d dort sur le tapis\tthe cat %d sleeps on the mat\t"
                                      b"0-0 1-1 2-2 3-3 4-4 5-5 6-6\n" % (n, n) for n in range(N // 8)),
    "one_line.tsv": lambda: b"ab " * 4 * N + b"\tb\n",
    "long_line.tsv": lambda: b"ab " * 80_000 + b"\tb\n" + b"c\td\ne\tf\n",
    "one_word.tsv": lambda: b"a" + b"-le" * 80_000 + b"\tb\nc\td\ne\tf\n",
    "links.tsv": lambda: b"a\tb\t" + b"0-0 " * 60_000 + b"\nc\td\ne\tf\n",
    "other_links.tsv": lambda: b"".join(b"a\tb\t" + b" ".join(b"%d-0" % (n % 9) for n in range(N // 9))
                                        + b"\n" for _ in range(3)),
    "blank.tsv": lambda: b"\n" * 4 * N,
    "no_newline.tsv": lambda: b"\xff" * 4 * N,
}  # fmt: skip
GOOD = {"words.safetensors", "sentences.tsv", "lines.tsv", "long_line.tsv", "one_word.tsv", "links.tsv"}


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict]:
    folder = tmp_path_factory.mktemp("memory")
    for name, made in FILES.items():
        (folder / name).write_bytes(made())
    script = Path(__file__).with_name("measure_reading.py")
    command = [sys.executable, script, *(folder / name for name in FILES)]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found = {one["file"]: one for one in map(json.loads, done.stdout.splitlines())}
    return {
        name: {**found[name], "size": (folder / name).stat().st_size, "lines": lines(folder / name)}
        for name in FILES
    }


def lines(path: Path) -> int:
    return path.read_bytes().count(b"\n") if path.suffix == ".tsv" else 0


@pytest.mark.parametrize("name", FILES)
def test_reading_takes_little_memory_and_time(name: str, measured: dict[str, dict]) -> None:
    found = measured[name]
    assert found["status"] == 0 and found["seconds"] < SECONDS, found
    assert found["bytes"] <= 10 * found["size"] + CONSTANT + PAIR * found["lines"], found
    assert (found["said"] == "") == (name in GOOD), found
    assert "\n" not in found["said"] and len(found["said"]) < 500
