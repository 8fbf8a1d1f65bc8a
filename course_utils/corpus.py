"""Sentence pairs: the course's own, or yours from a tab-separated file.

source <TAB> target [<TAB> alignment]      one pair a line; the alignment as "0-0 1-2 2-1",
                                           source token – target token, both counted from 0
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

from course_utils.vocab import tokenize

DATA = Path(__file__).resolve().parent.parent / "data"


class Pair(NamedTuple):
    """A sentence, its translation, and which token of one goes with which of the other."""

    source: tuple[str, ...]
    target: tuple[str, ...]
    alignment: tuple[tuple[int, int], ...] | None  # (i in source, j in target); None: not known


@dataclass(frozen=True)
class Corpus:
    """Pairs to learn from, to choose by, and to judge by. No source sentence is in two splits."""

    name: str
    train: tuple[Pair, ...]
    valid: tuple[Pair, ...]
    test: tuple[Pair, ...]
    test_long: tuple[Pair, ...] = ()  # longer than any training sentence


def load_corpus(path: Path | str | None = None, max_length: int | None = None) -> Corpus:
    """Load the course's corpus, or yours at `path`.

    `path` is a folder with train.tsv, valid.tsv and test.tsv (and test_long.tsv, if you like), or
    one .tsv file, of whose source sentences one in ten goes to validation, one in ten to test, and
    the rest to training. Pairs with more than `max_length` source tokens are left out.

    Raises FileNotFoundError for a missing file; ValueError, with the line number, for a line that
    is not a pair, and for a split that ends up empty.
    """
    path = DATA if path is None else Path(path)
    if path.is_dir():
        names = ["train", "valid", "test"] + ["test_long"] * (path / "test_long.tsv").is_file()
        splits = {name: read_pairs(path / f"{name}.tsv") for name in names}
    else:
        splits = _split(read_pairs(path), path.name)
    for name, pairs in splits.items():
        if max_length is not None:
            pairs = splits[name] = [pair for pair in pairs if len(pair.source) <= max_length]
        if not pairs and name != "test_long":
            raise ValueError(
                f"the {name} split of {path.name} has no pair of at most {max_length} source "
                "tokens; allow a greater max_length"
            )
    name = "course" if path == DATA else path.stem
    return Corpus(name, **{split: tuple(pairs) for split, pairs in splits.items()})


def read_pairs(path: Path) -> list[Pair]:
    """Read one tab-separated file. Raises as `load_corpus` says."""
    if not path.is_file():
        raise FileNotFoundError(f"there is no file {path.name} in {path.parent}")
    content = path.read_bytes()
    if b"\0" in content:
        raise ValueError(
            f"{path.name} holds zero bytes, as binary and UTF-16 files do; save it as UTF-8 text"
        )
    lines = content.removeprefix(b"\xef\xbb\xbf").splitlines()
    if not any(line.strip() for line in lines):
        raise ValueError(f"{path.name} is empty; give it one sentence pair a line")
    return [_parse(line, f"line {number} of {path.name}") for number, line in enumerate(lines, 1)]


def _parse(line: bytes, where: str) -> Pair:
    try:
        columns = line.decode("utf-8").split("\t")
    except UnicodeDecodeError:
        raise ValueError(f"{where} is not UTF-8 text; save the file in that encoding") from None
    if not 2 <= len(columns) <= 3:
        raise ValueError(
            f"{where} has {len(columns)} column{'s' * (len(columns) > 1)}, but a pair has two or "
            "three, with tabs between: source, target, alignment"
        )
    source, target = (tuple(tokenize(text)) for text in columns[:2])
    if not source or not target:
        raise ValueError(f"{where} has an empty sentence; fill it in or leave the line out")
    if len(columns) == 2:
        return Pair(source, target, None)
    return Pair(source, target, _parse_alignment(columns[2], len(source), len(target), where))


@cache  # the same few thousand links come again and again
def _parse_link(link: str) -> tuple[int, int] | None:
    i, _, j = link.partition("-")
    return (int(i), int(j)) if i.isdecimal() and j.isdecimal() else None


def _parse_alignment(text: str, S: int, T: int, where: str) -> tuple[tuple[int, int], ...]:
    links = tuple(map(_parse_link, text.split()))
    for n, link in enumerate(links):
        if link is None:
            raise ValueError(
                f"{where}: {text.split()[n]!r} is no alignment link; write them like 0-0 1-2"
            )
        if link[0] >= S or link[1] >= T:
            raise ValueError(
                f"{where}: the link {link[0]}-{link[1]} points past the sentence, which has {S} "
                f"source and {T} target tokens, counted from 0"
            )
    return links


def _split(pairs: Sequence[Pair], name: str) -> dict[str, list[Pair]]:
    """Share out pairs by a hash of the source: equal sources together, on every machine alike."""
    sources = {pair.source for pair in pairs}
    if len(sources) < 3:
        raise ValueError(
            f"{name} has {len(sources)} different source sentence{'s' * (len(sources) > 1)}, but "
            "training, validation and test need at least one each; add some"
        )
    ranked = sorted(sources, key=lambda s: (hashlib.sha256(" ".join(s).encode()).digest(), s))
    tenth = max(1, len(ranked) // 10)
    valid, test = set(ranked[:tenth]), set(ranked[tenth : 2 * tenth])
    splits: dict[str, list[Pair]] = {"train": [], "valid": [], "test": []}
    for pair in pairs:
        source = pair.source
        splits["valid" if source in valid else "test" if source in test else "train"].append(pair)
    return splits
