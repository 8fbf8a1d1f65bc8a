"""A model on disk: its weights and all that is needed to build it again, in one safetensors file.

The format can hold no code (unlike pickle), so a checkpoint from anywhere is safe to open.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

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
    """Write `checkpoint` to `path`, all of it or nothing."""
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
    write_atomically(Path(path), save(tensors, metadata))


def load_checkpoint(path: Path | str) -> Checkpoint:
    """Read the checkpoint at `path`.

    Raises FileNotFoundError if there is none, and ValueError if the file is no checkpoint of ours,
    was cut short, or holds other bytes than were written.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"there is no checkpoint {path.name} in {path.parent}")
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}
    except (SafetensorError, OSError) as error:
        raise ValueError(
            f"{path.name} is damaged or no safetensors file ({error}); fetch or train it again"
        ) from None
    if metadata.get("format") != FORMAT:
        raise ValueError(f"{path.name} is a safetensors file, but not a checkpoint of this course")
    if metadata.get("sha256") != _digest(tensors, metadata.get("content", "")):
        raise ValueError(
            f"{path.name} was altered since it was written (its checksum differs); fetch or train it again"
        )
    content = json.loads(metadata["content"])
    kind = content.get("kind", "rnn")  # files older than the Transformer don't say
    if kind not in KINDS:
        raise ValueError(
            f"{path.name} has a kind of model that this edition of the course does not know ({kind}); "
            "open it with the edition that wrote it"
        )
    if unknown := sorted(content["config"].keys() - {field.name for field in fields(KINDS[kind])}):
        raise ValueError(
            f"{path.name} has a setting that this edition of the course does not know ({unknown[0]}); "
            "open it with the edition that wrote it"
        )
    return Checkpoint(
        config=KINDS[kind](**content["config"]),
        source_vocab=_read(content["source_vocab"]),
        target_vocab=_read(content["target_vocab"]),
        weights=_part(tensors, "model."),
        info=content["info"],
        extra=_part(tensors, "extra."),
    )


def _written(vocab: Vocab) -> Sequence[str] | str:
    """Return a vocabulary as JSON can hold it: its words, or the sentencepiece model of its pieces."""
    return base64.b64encode(vocab.model).decode() if isinstance(vocab, SubwordVocab) else vocab.tokens


def _read(written: Sequence[str] | str) -> Vocab:
    return SubwordVocab(base64.b64decode(written)) if isinstance(written, str) else Vocab(written)


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
