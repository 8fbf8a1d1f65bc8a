"""A model on disk: its weights and all that is needed to build it again, in one safetensors file.

The format can hold no code (unlike pickle), so a checkpoint from anywhere is safe to open.
"""

from __future__ import annotations

import base64
import hashlib
import json
import reprlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import regex
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from course_utils.files import write_atomically
from course_utils.model.seq2seq import ModelConfig, Seq2Seq, TransformerConfig, build_model
from course_utils.text.subwords import SubwordVocab
from course_utils.text.vocab import Vocab

FORMAT = "attention-course-1"
KINDS: dict[str, type[ModelConfig] | type[TransformerConfig]] = {
    "rnn": ModelConfig,
    "transformer": TransformerConfig,
}
# A file may come from anywhere, and its checksum with it: what it asks for is compared with what it holds
# before any memory is taken. That, while it is read, stays below ten times its size, and 50 MB.
MOST_TIMES, MOST_BYTES = 10, 50 * 2**20
MOST_TENSORS, MOST_LAYERS, MOST_SIZE = 20_000, 200, 2**20
FLOATS = (torch.float16, torch.bfloat16, torch.float32, torch.float64)


@dataclass(frozen=True)
class Checkpoint:
    """What a checkpoint file holds."""

    config: ModelConfig | TransformerConfig
    source_vocab: Vocab
    target_vocab: Vocab
    weights: dict[str, Tensor]  # of the model, as its state_dict names them
    info: dict[str, Any]  # plain values: how it was trained, what it reached
    extra: dict[str, Tensor]  # while training: the optimiser's and the random generator's state

    def model(self) -> Seq2Seq:
        """Build the model and load its weights; ready to translate (no dropout)."""
        model = build_model(self.config, len(self.source_vocab), len(self.target_vocab))
        model.load_state_dict(self.weights)
        return model.eval()


def save_checkpoint(path: Path | str, checkpoint: Checkpoint) -> None:
    """Write `checkpoint` to `path`, all of it or nothing.

    Raises ValueError for what `load_checkpoint` would refuse, and OSError if it can't be written.
    """
    tensors = {f"model.{name}": tensor for name, tensor in checkpoint.weights.items()}
    tensors |= {f"extra.{name}": tensor for name, tensor in checkpoint.extra.items()}
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    (kind,) = (name for name, config in KINDS.items() if type(checkpoint.config) is config)
    content = json.dumps(
        {
            "kind": kind,
            "config": asdict(checkpoint.config),
            "source_vocab": _written(checkpoint.source_vocab),
            "target_vocab": _written(checkpoint.target_vocab),
            "info": checkpoint.info,
        },
        ensure_ascii=False,
    )
    metadata = {"format": FORMAT, "content": content, "sha256": _digest(tensors, content)}
    file = _in_order(save(tensors, metadata))
    try:
        _checkpoint(kind, _content(content, MOST_TIMES * len(file) + MOST_BYTES), tensors)
    except ValueError as error:
        raise ValueError(
            f"{Path(path).name} was not written, as no one could read it again: {error}"
        ) from None
    write_atomically(Path(path), file)


def _in_order(file: bytes) -> bytes:
    """Return a safetensors file with its metadata in one order: left to chance, equal models would differ."""
    start = 8 + int.from_bytes(file[:8], "little")
    header = json.loads(file[8:start])
    header["__metadata__"] = dict(sorted(header["__metadata__"].items()))
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text + file[start:]


def load_checkpoint(path: Path | str) -> Checkpoint:
    """Read the checkpoint at `path`.

    Raises FileNotFoundError if there is none, and ValueError if the file is no checkpoint of ours,
    was cut short, holds other bytes than were written, or a model that can't be built from it.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"there is no checkpoint {path.name} in {path.parent}")
    try:
        _check_header(path)
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}
    except (SafetensorError, OSError, ValueError, RuntimeError) as error:
        reason = " ".join(str(error).split())
        raise ValueError(
            f"{path.name} is damaged or no safetensors file ({reason}); fetch or train it again"
        ) from None
    if metadata.get("format") != FORMAT:
        raise ValueError(f"{path.name} is a safetensors file, but not a checkpoint of this course")
    written = metadata.get("content", "")
    if metadata.get("sha256") != _digest(tensors, written):
        raise ValueError(
            f"{path.name} was altered since it was written (its checksum differs); fetch or train it again"
        )
    try:
        content = _content(written, MOST_TIMES * path.stat().st_size + MOST_BYTES)
        kind, settings = _entry(content, "kind", str, "rnn"), _entry(content, "config", dict)
    except ValueError as error:
        raise ValueError(f"{path.name} has no metadata of ours: {error}; fetch or train it again") from None
    if kind not in KINDS:  # files older than the Transformer don't say
        raise ValueError(
            f"{path.name} has a kind of model that this edition of the course does not know ({kind[:40]}); "
            "open it with the edition that wrote it"
        )
    if unknown := sorted(settings.keys() - {field.name for field in fields(KINDS[kind])}):
        raise ValueError(
            f"{path.name} has a setting that this edition of the course does not know ({unknown[0][:40]}); "
            "open it with the edition that wrote it"
        )
    try:
        return _checkpoint(kind, content, tensors)
    except ValueError as error:
        raise ValueError(
            f"{path.name} holds no model that can be built: {error}; fetch or train it again"
        ) from None


def _check_header(path: Path) -> None:
    """Raise ValueError for more tensors than any model has: a list of them takes fifteen times its size."""
    with open(path, "rb") as file:
        header = file.read(min(int.from_bytes(file.read(8), "little"), path.stat().st_size))
    if header.count(b"{") > MOST_TENSORS:  # one for each
        raise ValueError(f"it has more than {MOST_TENSORS:,} tensors, and no model of the course so many")


def _content(written: str, room: int) -> dict[str, Any]:
    """Read JSON. Raises ValueError for what is none, and for what could take more than `room` bytes."""
    # What its parts take as Python's objects, at most: a word is a string and an entry of two tables; of a
    # sentencepiece model, which is one long string, every two bytes may be a piece.
    words = written.count('"') // 2 + written.count("[") + written.count("{")
    longest = max(map(len, regex.findall('[^"]{1000,}+', written)), default=0)
    if 250 * words + 40 * written.count(",") + 5 * len(written) + 30 * longest > room:
        raise ValueError("it is far too large for the weights")
    try:
        return json.loads(written)
    except (ValueError, RecursionError):
        raise ValueError("it is no JSON") from None


def _checkpoint(kind: str, content: dict[str, Any], tensors: dict[str, Tensor]) -> Checkpoint:
    """Put together what a file holds. Raises ValueError for what does not fit together."""
    config = _config(kind, content["config"])
    vocabs = [_read(_entry(content, f"{side}_vocab", (list, str))) for side in ("source", "target")]
    info, weights = _entry(content, "info", dict), _part(tensors, "model.")
    _entry(info, "reads_unknown", bool, False)
    if not all(isinstance(mark, str) for mark in _entry(info, "ends", list, [])):
        raise ValueError(f"its ends are {reprlib.repr(info['ends'])}, and not marks")
    _check_weights(weights, config, *map(len, vocabs))
    return Checkpoint(config, vocabs[0], vocabs[1], weights, info, _part(tensors, "extra."))


def _entry(content: Any, name: str, kind: type | tuple[type, ...], default: Any = None) -> Any:
    value = content.get(name, default) if isinstance(content, dict) else None
    if not isinstance(value, kind):
        raise ValueError(f"its {name} is {reprlib.repr(value)}")
    return value


def _config(kind: str, settings: dict[str, Any]) -> ModelConfig | TransformerConfig:
    """Return the settings of a model. Raises ValueError for those of another type, or beyond all measure."""
    for field in fields(KINDS[kind]):
        value, usual = settings.get(field.name, field.default), type(field.default)
        most = MOST_LAYERS if field.name == "layers" else MOST_SIZE
        if (
            type(value) is not usual
            and not (type(value) is int and usual is float)
            or (isinstance(value, int) and value > most)
        ):
            raise ValueError(f"its {field.name} is {reprlib.repr(value)}")
    return KINDS[kind](**settings)


def _check_weights(
    weights: dict[str, Tensor], config: ModelConfig | TransformerConfig, source_size: int, target_size: int
) -> None:
    """Raise ValueError unless the weights are all that the model needs. To see it takes no memory."""
    with torch.device("meta"):
        needed = build_model(config, source_size, target_size).state_dict()
    for name in sorted(needed.keys() | weights.keys()):
        shapes = [tuple(each[name].shape) if name in each else None for each in (weights, needed)]
        if shapes[0] != shapes[1]:
            raise ValueError(
                f"its weights {name[:80]} are {shapes[0]}, but its settings and words want {shapes[1]}"
            )
        if weights[name].dtype not in FLOATS or not weights[name].isfinite().all():
            raise ValueError(f"its weights {name} are not all finite numbers")


def _written(vocab: Vocab) -> Sequence[str] | str:
    """Return a vocabulary as JSON can hold it: its words, or the sentencepiece model of its pieces."""
    return base64.b64encode(vocab.model).decode() if isinstance(vocab, SubwordVocab) else vocab.tokens


def _read(written: Sequence[str] | str) -> Vocab:
    """Return the vocabulary. Raises ValueError for what is none."""
    if isinstance(written, str):
        return SubwordVocab(base64.b64decode(written))
    try:
        "".join(written).encode()
    except (TypeError, UnicodeEncodeError):
        raise ValueError("its vocabulary is no list of words") from None
    return Vocab(written)


def _part(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): t for name, t in tensors.items() if name.startswith(prefix)}


def _digest(tensors: dict[str, Tensor], content: str) -> str:
    """Return the SHA-256 of all names, types, shapes, weights and metadata: it notices any change."""
    digest = hashlib.sha256(content.encode())
    for name in sorted(tensors):
        tensor = tensors[name]
        digest.update(f"{name} {str(tensor.dtype).removeprefix('torch.')} {tuple(tensor.shape)}".encode())
        digest.update(tensor.reshape(-1).view(torch.uint8).numpy().tobytes())  # NumPy has no bfloat16
    return digest.hexdigest()
