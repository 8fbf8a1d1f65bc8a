"""The models that come with the course, by name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from course_utils.model.checkpoints import load_checkpoint
from course_utils.model.translator import Translator
from course_utils.text.corpus import DATA

CHECKPOINTS = DATA / "checkpoints"
RESULTS = DATA / "results"


def checkpoint_names() -> list[str]:
    """Return the names of the shipped checkpoints."""
    return sorted(path.stem for path in CHECKPOINTS.glob("*.safetensors"))


def load_translator(name: str | Path = "attention") -> Translator:
    """Return a trained translator: a shipped one by name, or one of your own by its file's path.

    Raises ValueError for a name that isn't shipped, naming those that are, or for a damaged file.
    """
    path = Path(name)
    if path.suffix != ".safetensors":
        path = CHECKPOINTS / f"{name}.safetensors"
        if not path.is_file():
            known = ", ".join(checkpoint_names()) or "none (install it with `pip install -e .`)"
            raise ValueError(f"there is no checkpoint {str(name)!r}; the course has: {known}")
    found = load_checkpoint(path)
    # Models that were written before this was noted have learnt no <unk>.
    reads_unknown = found.info.get("reads_unknown", False)
    ends = found.info.get("ends")
    return Translator(found.model(), found.source_vocab, found.target_vocab, reads_unknown, ends)


def load_results(name: str) -> dict[str, Any]:
    """Return what a shipped run measured: its learning curve and its scores by sentence length.

    Raises ValueError for a run that has no results, naming those that have.
    """
    path = RESULTS / f"{name}.json"
    if not path.is_file():
        known = ", ".join(sorted(p.stem for p in RESULTS.glob("*.json")))
        raise ValueError(f"there are no results of {name!r}; the course has: {known}")
    return json.loads(path.read_text(encoding="utf-8"))
