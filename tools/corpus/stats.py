"""Count what is in the corpora: `python tools/corpus/build_open.py --stats`, and `build_tasks.py --stats`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

from constructions import count
from course_utils.text.corpus import Pair, read_pairs
from shipping import table

SPLITS = ("train", "valid", "test", "test_long")
ALONE = 12  # tokens, at most, of a sentence that says one thing


def _types(pairs: list[Pair], side: int) -> int:
    return len({token for pair in pairs for token in pair[side]})


def _span(texts: Iterable[Sequence[str]]) -> str:
    lengths = [len(text) for text in texts]
    return f"{min(lengths)}–{max(lengths)}"


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


def task_report(folder: Path) -> str:
    """Return the counts of a task's three files in `folder`, as a Markdown table."""
    files = {path.name: path for split in SPLITS[:3] if (path := folder / f"{split}.tsv").is_file()}
    pairs = {name: read_pairs(path) for name, path in files.items()}
    return "\n".join(
        table(
            (
                "file", "pairs", "source tokens in a pair", "target tokens in a pair", "source types",
                "target types", "SHA-256",
            ),
            (
                (
                    name,
                    len(those),
                    *map(_span, zip(*(pair[:2] for pair in those))),
                    _types(those, 0),
                    _types(those, 1),
                    f"`{hashlib.sha256(files[name].read_bytes()).hexdigest()[:16]}…`",
                )
                for name, those in pairs.items()
            ),
        )
    )  # fmt: skip
