"""Count what is in the open corpus: `python tools/corpus/build_open.py --stats`."""

from __future__ import annotations

import hashlib
from pathlib import Path

from constructions import count
from course_utils.text.corpus import Pair, read_pairs
from shipping import table

SPLITS = ("train", "valid", "test", "test_long")
ALONE = 12  # tokens, at most, of a sentence that says one thing


def _types(pairs: list[Pair], side: int) -> int:
    return len({token for pair in pairs for token in pair[side]})


def report(folder: Path) -> str:
    """Return the counts of the files in `folder`, as Markdown tables."""
    files = {f"{name}.tsv": folder / f"{name}.tsv" for name in SPLITS}
    pairs = {name: read_pairs(path) for name, path in files.items()}
    lines = table(
        (
            "file", "pairs", "French tokens in a sentence", "French tokens", "English tokens", "French types",
            "English types", "SHA-256",
        ),
        (
            (
                name,
                len(those),
                f"{min(len(p.source) for p in those)}–{max(len(p.source) for p in those)}",
                sum(len(p.source) for p in those),
                sum(len(p.target) for p in those),
                _types(those, 0),
                _types(those, 1),
                f"`{hashlib.sha256(files[name].read_bytes()).hexdigest()[:16]}…`",
            )
            for name, those in pairs.items()
        ),
    )  # fmt: skip
    sources = [pair.source for pair in pairs["train.tsv"]]
    counts = [count(sources), count(s for s in sources if len(s) <= ALONE)]
    lines += table(
        ("training sentences with …", "all", f"of at most {ALONE} tokens"),
        ((name, *(counted[name] for counted in counts)) for name in counts[0]),
    )
    return "\n".join(lines)
