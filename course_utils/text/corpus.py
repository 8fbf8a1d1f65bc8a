"""Sentence pairs: the course's own, or yours from a tab-separated file.

source <TAB> target [<TAB> alignment]      one pair a line; the alignment as "0-0 1-2 2-1",
                                           source token – target token, both counted from 0
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import regex

from course_utils.text.tokens import tokenize

_OTHER_COLUMNS = (
    "; if a column holds something else, say which two are source and target: columns=(2, 1), or "
    "--columns 2,1"
)
MOST_BYTES = 2**18  # in a line: more is no sentence pair, and takes ninety times its size to read
DATA = Path(__file__).resolve().parents[2] / "data"
OPEN_CORPUS = DATA / "open"  # a wider French than that of the lessons: what the model `open` is trained on
REPORTS = DATA / "reports"  # English reports and their headlines
DIALOGUES = DATA / "dialogues"  # facts and a question in English, and the answer
OWN = {  # the course's corpora: their names, and what they are for
    DATA: ("course", "translation"),
    OPEN_CORPUS: ("course, open", "translation"),
    REPORTS: ("course, reports", "summary"),
    DIALOGUES: ("course, dialogues", "answer"),
}


class Pair(NamedTuple):
    """A sentence, its translation, and which token of one goes with which of the other."""

    source: tuple[str, ...]
    target: tuple[str, ...]
    alignment: tuple[tuple[int, int], ...] | None  # (i in source, j in target); None: not known


@dataclass(frozen=True)
class Corpus:
    """Pairs to learn from, to choose by, and to judge by.

    Where the course makes the splits, no source sentence is in two of them; `shared` counts those in yours.
    """

    name: str
    train: tuple[Pair, ...]
    valid: tuple[Pair, ...]
    test: tuple[Pair, ...]
    test_long: tuple[Pair, ...] = ()  # longer than any training sentence
    left_out: int = 0  # how many pairs were longer than what was asked for, or had an empty side
    own: bool = False  # whether it is one of the course's
    task: str = "translation"  # or "summary", "answer"

    def shared(self, split: str) -> int:
        """Return how many pairs of ``"valid"`` or ``"test"`` have a source that is in training, too."""
        known = {pair.source for pair in self.train}
        return sum(pair.source in known for pair in getattr(self, split))


def load_corpus(
    path: Path | str | None = None,
    max_length: int | None = None,
    columns: tuple[int, int] | None = None,
) -> Corpus:
    """Load the lessons' corpus, another of the course's (`OPEN_CORPUS`, `REPORTS`, `DIALOGUES`), or yours.

    `path` is a folder with train.tsv, valid.tsv and test.tsv (and test_long.tsv, if you like), or
    one .tsv file, of whose source sentences one in ten goes to validation, one in ten to test, and
    the rest to training. Pairs with more than `max_length` source or target tokens are left out, and
    counted, before that. `columns` says which columns are source and target, counted from 1; what the
    others hold is not read. Blank lines are skipped.

    Raises FileNotFoundError for a missing file; ValueError, with the line number, for a line that
    is not a pair, for a split that ends up empty, and for text without spaces between its words.
    """
    path = DATA if path is None else Path(path)
    names = [path.name]
    if path.is_dir():
        names = [f"{split}.tsv" for split in ("train", "valid", "test")]
        names += ["test_long.tsv"] * (path / "test_long.tsv").is_file()
    if path == DATA and not path.is_dir():
        raise FileNotFoundError(
            "the course's data is not beside the package; install it from the course's folder with "
            "`pip install -e .`"
        )
    files = {name: read_pairs(path / name if path.is_dir() else path, columns) for name in names}
    for pairs in files.values():
        _check_spaces(pairs, path.name)
    kept = {name: [pair for pair in pairs if _fits(pair, max_length)] for name, pairs in files.items()}
    for name, pairs in kept.items():
        if not pairs and name != "test_long.tsv":
            raise ValueError(
                f"{name} has no pair of at most {max_length} tokens a side; allow a greater max_length"
            )
    left_out = sum(map(len, files.values())) - sum(map(len, kept.values()))
    if path.is_dir():
        splits = {Path(name).stem: pairs for name, pairs in kept.items()}
    else:
        splits = split_pairs(kept[path.name], path.name)
    name, task = OWN.get(path.resolve(), (path.stem, "translation"))
    parts = {split: tuple(pairs) for split, pairs in splits.items()}
    return Corpus(name, **parts, left_out=left_out, own=path.resolve() in OWN, task=task)


def _fits(pair: Pair, max_length: int | None) -> bool:
    return max_length is None or max(len(pair.source), len(pair.target)) <= max_length


_UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]{3,}")


def _run_together(tokens: Sequence[str]) -> bool:
    """Return whether no space parts two words, but some are of a script that may need none."""
    words = [regex.search(r"\w", token) is not None for token in tokens]
    return not any(map(all, pairwise(words))) and any(map(_UNSPACED.search, tokens))


def _check_spaces(pairs: Sequence[Pair], name: str) -> None:
    """Raise ValueError if the sentences of a side have no spaces, so that each would be one token."""
    for side in ("source", "target"):
        run_together = sum(_run_together(getattr(pair, side)) for pair in pairs)
        if 2 * run_together > len(pairs):
            raise ValueError(
                f"the {side} side of {name} is written without spaces, so each sentence would be one token; "
                "put spaces between its words or subwords (a segmenter does it), or between its characters"
            )


def read_pairs(path: Path, columns: tuple[int, int] | None = None) -> list[Pair]:
    """Read one tab-separated file. Raises as `load_corpus` says."""
    if not path.is_file():
        raise FileNotFoundError(f"there is no file {path.name} in {path.parent}")
    content = path.read_bytes()
    if b"\0" in content:
        raise ValueError(
            f"{path.name} holds zero bytes, as binary and UTF-16 files do; save it as UTF-8 text"
        )
    content = content.removeprefix(b"\xef\xbb\xbf")
    if not content.strip():
        raise ValueError(f"{path.name} is empty; give it one sentence pair a line")
    known: dict[str, str] = {}
    return [
        _parse(line, f"line {number} of {path.name}", columns, known)
        for number, line in enumerate((found[1] for found in _LINE.finditer(content)), 1)
        if line.strip()
    ]


_LINE = regex.compile(rb"([^\r\n]*+)(?:\r\n|\r|\n|\Z)")  # one by one: a list of short ones takes much memory


def _parse(line: bytes, where: str, wanted: tuple[int, int] | None, known: dict[str, str]) -> Pair:
    """Read one line. `known` has each word once, however often it comes: that is a third of the memory."""
    if len(line) > MOST_BYTES:
        raise ValueError(f"{where} is longer than {MOST_BYTES:,} bytes; write one sentence pair a line")
    try:
        columns = line.decode("utf-8").split("\t")
    except UnicodeDecodeError:
        raise ValueError(f"{where} is not UTF-8 text; save the file in that encoding") from None
    count = f"{len(columns)} column{'s' * (len(columns) > 1)}"
    if wanted is not None:
        if min(wanted) < 1 or wanted[0] == wanted[1]:
            raise ValueError(f"columns are two different numbers from 1, not {wanted[0]},{wanted[1]}")
        if max(wanted) > len(columns):
            raise ValueError(f"{where} has {count}, but column {max(wanted)} is asked for")
        columns = [columns[number - 1] for number in wanted]
    elif not 2 <= len(columns) <= 3:
        raise ValueError(
            f"{where} has {count}, but a pair has two or three, with tabs between: source, target, "
            f"alignment{_OTHER_COLUMNS if len(columns) > 3 else ''}"
        )
    source, target = (tuple(map(known.setdefault, tokens, tokens)) for tokens in map(tokenize, columns[:2]))
    if not source or not target:
        raise ValueError(f"{where} has an empty sentence; fill it in or leave the line out")
    if len(columns) == 2:
        return Pair(source, target, None)
    return Pair(source, target, _parse_alignment(columns[2], len(source), len(target), where))


def fingerprint(*splits: Sequence[Pair]) -> str:
    """Return what tells these splits, pair by pair and in their order, from all others."""
    digest = hashlib.sha256()
    for split in splits:
        for pair in split:
            digest.update(f"{pair.source}{pair.target}".encode())
        digest.update(b"\n")
    return digest.hexdigest()


_LINK = regex.compile(r"(\d{1,9})-(\d{1,9})")


@lru_cache(10_000)  # the same few thousand links come again and again
def _parse_link(written: str) -> tuple[int, int] | None:
    found = _LINK.fullmatch(written)
    return (int(found[1]), int(found[2])) if found else None


def _parse_alignment(text: str, S: int, T: int, where: str) -> tuple[tuple[int, int], ...]:
    links = []
    for written in text.split():
        link = _parse_link(written)
        if link is None:
            raise ValueError(
                f"{where}: {written[:40]!r} is no alignment link (write them like 0-0 1-2){_OTHER_COLUMNS}"
            )
        if link[0] >= S or link[1] >= T:
            raise ValueError(
                f"{where}: the link {link[0]}-{link[1]} points past the sentence, which has {S} "
                f"source and {T} target tokens, counted from 0"
            )
        links.append(link)
    return tuple(links)


def split_pairs(pairs: Sequence[Pair], name: str) -> dict[str, list[Pair]]:
    """Share out pairs by a hash of the source: equal sources together, on every machine alike.

    Returns the splits train, valid and test. Raises ValueError for fewer than three different sources.
    """
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
