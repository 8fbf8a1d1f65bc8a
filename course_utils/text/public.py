"""Public corpora by name: fetched when you ask for them, checked, and kept for the next time.

    load_public("multi30k-fr-en") --fetch--> files in a folder of the user's cache --read--> Corpus

Nothing else in the course touches the network.
"""

from __future__ import annotations

import errno
import html
import json
import os
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from course_utils.files import write_atomically
from course_utils.text.corpus import Corpus, Pair, split_pairs
from course_utils.text.tokens import tokenize

SECONDS = 30  # without a byte from the host, after which we give up


@dataclass(frozen=True)
class PublicCorpus:
    """Where a corpus is, what it is made of, and on which terms.

    `files`: by the names of its splits, a source and a target file, line *n* a translation of line *n*; one
    split that is called ``all`` is shared out by the course. `archive`: the zip file that holds them.
    `sha256`: of what is fetched, by name; where a name is missing, what came counts, as long as it is there.
    """

    url: str  # the folder that holds what is fetched; of a version that never changes
    files: dict[str, tuple[str, str]]
    terms: str  # licence and attribution
    tokenised: bool  # by its authors; otherwise as people write
    sha256: dict[str, str]
    archive: str = ""

    @property
    def fetched(self) -> list[str]:
        return [self.archive] if self.archive else [name for names in self.files.values() for name in names]


_MULTI30K_TERMS = (
    "Multi30k: captions of photographs and their translations (Elliott et al. 2016, 2017; "
    "https://github.com/multi30k/dataset). The repository states no licence; it was made for research."
)
_TATOEBA_TERMS = (
    "Tatoeba: sentences and translations by the members of https://tatoeba.org, under CC BY 2.0 FR; "
    "the version of 2023-04-12 at OPUS (Tiedemann 2012, https://opus.nlpl.eu). Name both if you pass it on."
)


def _multi30k(source: str, target: str, sha256: dict[str, str]) -> PublicCorpus:
    splits = {"train": "train", "valid": "val", "test": "test_2016_flickr"}
    return PublicCorpus(
        url="https://raw.githubusercontent.com/multi30k/dataset/7bee46bc74186b4b6254603143610f730d40bf66/data/task1/tok/",
        files={
            split: (f"{name}.lc.norm.tok.{source}", f"{name}.lc.norm.tok.{target}")
            for split, name in splits.items()
        },
        terms=_MULTI30K_TERMS,
        tokenised=True,
        sha256=sha256,
    )


_ENGLISH = {
    "train.lc.norm.tok.en": "08925f8e0572bcd5a006702fc5fe20e2d77c6917d4eebd576fc20de6693c2119",
    "val.lc.norm.tok.en": "46573ce391ae227f1c72f873392436a20ef18e0a6d518098cfbd70b77c8572ec",
    "test_2016_flickr.lc.norm.tok.en": "5b7f32627cf99eced828311b955dae9800bb52bc8b91cf8b6526829e605b29d2",
}
_FRENCH = {
    "train.lc.norm.tok.fr": "8fa41bb718412bcb7c5dfa58603842810a01543eae86a51279f9886b901266e1",
    "val.lc.norm.tok.fr": "b303e301aa21fe7822a846b2b3fb2d5a1121ec807cd5b1d006fb7b2b5507168a",
    "test_2016_flickr.lc.norm.tok.fr": "1463bd5960f9bfe098ec3cd752d3df0c49c84dc646fb518964a29232658cd836",
}

PUBLIC = {
    "multi30k-fr-en": _multi30k("fr", "en", _ENGLISH | _FRENCH),
    "multi30k-de-en": _multi30k("de", "en", _ENGLISH),
    "tatoeba-fr-en": PublicCorpus(
        url="https://object.pouta.csc.fi/OPUS-Tatoeba/v2023-04-12/moses/",
        files={"all": ("Tatoeba.en-fr.fr", "Tatoeba.en-fr.en")},
        terms=_TATOEBA_TERMS,
        tokenised=False,
        sha256={},
        archive="en-fr.txt.zip",
    ),
}


def load_public(name: str, folder: Path | str | None = None, max_length: int | None = None) -> Corpus:
    """Fetch a corpus of `PUBLIC`, if it is not there yet, and read it.

    `folder` is where the files are kept: by default one of the course in the user's cache. Pairs with an
    empty side, or more than `max_length` tokens on one, are left out and counted. Raises ValueError for a
    name that is not in `PUBLIC`, and as `fetch` does.
    """
    if name not in PUBLIC:
        raise ValueError(f"there is no public corpus {name!r}; choose one of {', '.join(PUBLIC)}")
    return read_public(name, PUBLIC[name], fetch(name, PUBLIC[name], folder), max_length)


def fetch(name: str, corpus: PublicCorpus, folder: Path | str | None = None) -> Path:
    """Return the folder in which all files of `corpus` are, and fetch those that are missing.

    The terms are printed before anything is fetched. What is interrupted goes on where it stopped; only what
    has the right checksum is kept. Raises ConnectionError if the host can't be reached or has it no more,
    ValueError if what came is not what it should be, OSError if it can't be written.
    """
    import pooch  # it takes half a second

    folder = pooch.os_cache("attention-course") / name if folder is None else Path(folder)
    with _alone(folder):
        there = {file: digest for file, digest in _seen(folder).items() if (folder / file).is_file()}
        known = {file: corpus.sha256.get(file) or there.get(file) for file in corpus.fetched}
        if any(not (folder / file).is_file() for file in known):
            print(corpus.terms, flush=True)
        keeper = pooch.create(folder, corpus.url, registry=known)
        pooch.get_logger().setLevel("ERROR")
        for file in known:
            _fetch_file(keeper, file)
        if new := {file: pooch.file_hash(folder / file) for file, digest in known.items() if digest is None}:
            with suppress(OSError):  # where nobody can write, nothing changes, either
                write_atomically(folder / "sha256.json", json.dumps(there | new).encode())
    return folder


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let one process at a time fetch into `folder`; the others wait, and then find there what they want."""
    lock = FileLock(folder / ".lock")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire(blocking=False)
        except Timeout:
            print(f"another process is fetching into {folder}; waiting for it", flush=True)
            lock.acquire()
    except OSError:  # nobody can write there: what is there is read, and what is missing is told of
        yield
        return
    try:
        yield
    finally:
        lock.release()


def _seen(folder: Path) -> dict[str, str]:
    """Return the checksums of what came, of files of which we know none."""
    path = folder / "sha256.json"
    if not path.is_file():
        return {}
    try:
        return {file: str(digest) for file, digest in json.loads(path.read_bytes()).items()}
    except (ValueError, AttributeError):
        raise ValueError(f"{path} is damaged; delete it, and what is there counts as it is") from None


def _fetch_file(keeper: Any, file: str) -> None:
    import requests

    host = keeper.get_url(file)
    try:
        keeper.fetch(file, downloader=_go_on)
    except requests.RequestException as error:
        raise ConnectionError(
            f"{host} can't be fetched ({type(error).__name__}); what has come is kept: try again when the "
            "network is back, and it goes on from there"
        ) from None
    except ConnectionError:
        raise
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise OSError(
                f"there is no space left for {file} in {keeper.path}; make some, and the same call goes on"
            ) from None
        reason = error.strerror or str(error).partition("\n")[0]
        raise OSError(
            f"{file} can't be written into {keeper.path} ({reason}); mend that, or pass another folder"
        ) from None
    except ValueError:
        raise ValueError(
            f"{host} has another checksum than it should: it was damaged on the way, or has changed at its "
            "source. Nothing of it is kept; try again"
        ) from None


def _go_on(url: str, output_file: str, keeper: Any) -> None:
    """Fetch `url` into `output_file`, going on where an earlier try was interrupted. For pooch."""
    import requests
    from tqdm import tqdm

    part = Path(keeper.path) / f"{url.rsplit('/', 1)[1]}.part"
    size = part.stat().st_size if part.is_file() else 0
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={size}-"} if size else {})
    with requests.get(url, headers=headers, stream=True, timeout=SECONDS) as response:
        complete = size and response.status_code == requests.codes.requested_range_not_satisfiable
        if not complete:
            if not response.ok:
                raise ConnectionError(
                    f"the host answers {response.status_code} for {url}; see on its own page whether "
                    "it has moved"
                )
            goes_on = response.status_code == requests.codes.partial_content
            total = int(response.headers.get("Content-Length", 0)) + size * goes_on
            with (
                open(part, "ab" if goes_on else "wb") as file,
                tqdm(total=total, initial=size * goes_on, unit="B", unit_scale=True, desc=part.stem) as bar,
            ):
                for chunk in response.iter_content(2**13):
                    file.write(chunk)
                    bar.update(len(chunk))
    os.replace(part, output_file)


def read_public(name: str, corpus: PublicCorpus, folder: Path, max_length: int | None = None) -> Corpus:
    """Read the fetched files of `corpus` in `folder`.

    Raises ValueError for two sides of different lengths, for text that is not UTF-8, and if a split ends up
    empty.
    """
    splits: dict[str, list[Pair]] = {}
    left_out = 0
    for split, names in corpus.files.items():
        source, target = (list(_sentences(corpus, folder, file)) for file in names)
        if len(source) != len(target):
            raise ValueError(
                f"{names[0]} has {len(source)} lines, but {names[1]} {len(target)}; fetch them anew"
            )
        pairs = [Pair(s, t, None) for s, t in zip(source, target)]
        splits[split] = [
            pair
            for pair in pairs
            if pair.source and pair.target and (max_length is None or max(map(len, pair[:2])) <= max_length)
        ]
        left_out += len(pairs) - len(splits[split])
        if not splits[split]:
            long = f" of at most {max_length} tokens a side; allow a greater max_length"
            none = " with words on both sides; fetch it anew"
            raise ValueError(f"{names[0]} has no pair{none if max_length is None else long}")
    if "all" in splits:
        splits = split_pairs(splits["all"], name)
    train, valid, test = (tuple(splits[split]) for split in ("train", "valid", "test"))
    return Corpus(name, train, valid, test, left_out=left_out)


def _sentences(corpus: PublicCorpus, folder: Path, file: str) -> Iterator[tuple[str, ...]]:
    if corpus.archive:
        try:
            with zipfile.ZipFile(folder / corpus.archive) as archive:
                content = archive.read(file)
        except (zipfile.BadZipFile, zlib.error, KeyError):
            raise ValueError(
                f"{folder / corpus.archive} is no zip file with {file} in it; delete it, and fetch it anew"
            ) from None
    else:
        content = (folder / file).read_bytes()
    try:
        lines = content.decode("utf-8").split("\n")
    except UnicodeDecodeError:
        raise ValueError(f"{file} is not UTF-8 text; fetch it anew") from None
    for line in lines[: -1 if lines[-1] == "" else None]:
        yield tuple(html.unescape(line).split() if corpus.tokenised else tokenize(line))
