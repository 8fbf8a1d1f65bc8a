"""Public corpora: fetched once, checked, gone on with; from a host of our own that can misbehave."""

from __future__ import annotations

import errno
import hashlib
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import Any

import pytest
from filelock import FileLock

from course_utils.text import public
from course_utils.text.public import PUBLIC, PublicCorpus, fetch, load_public, read_public

FRENCH = 500 * b"un chien court .\nl&apos; homme dort .\n\nle chat boit du lait .\n"
ENGLISH = 500 * b"a dog runs .\nthe man sleeps .\nnothing\nthe cat drinks milk .\n"
FILES = {f"{name}.{language}": text for name in ("train", "val", "test") for language, text in
         (("fr", FRENCH), ("en", ENGLISH))}  # fmt: skip


@dataclass
class Host:
    """A host of files, and what it was asked for."""

    url: str
    files: dict[str, bytes]
    asked: list[tuple[str, str | None]] = field(default_factory=list)  # the file, and from which byte on
    drop_after: int | None = None  # break the connection off after so many bytes
    ranges: bool = True  # it can begin in the middle of a file


@pytest.fixture
def host() -> Iterator[Host]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name, asked = self.path[1:], self.headers["Range"]
            ours.asked.append((name, asked))
            content = ours.files.get(name)
            if content is None:
                self.send_error(404)
                return
            asked = asked if ours.ranges else None
            start = int(asked.removeprefix("bytes=").removesuffix("-")) if asked else 0
            if start >= len(content):
                self.send_error(416)
                return
            self.send_response(206 if asked else 200)
            self.send_header("Content-Length", str(len(content) - start))
            self.end_headers()
            self.wfile.write(content[start:][: ours.drop_after])

        def log_message(self, *arguments: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    ours = Host(f"http://127.0.0.1:{server.server_port}/", dict(FILES))
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield ours
    server.shutdown()
    server.server_close()
    thread.join()


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def corpus(host: Host) -> PublicCorpus:
    return PublicCorpus(
        url=host.url,
        files={
            "train": ("train.fr", "train.en"),
            "valid": ("val.fr", "val.en"),
            "test": ("test.fr", "test.en"),
        },
        terms="by A. Nonymous, CC BY 2.0",
        tokenised=True,
        sha256={name: sha256(text) for name, text in FILES.items()},
    )


def visible(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if not path.name.startswith(".")]


def test_what_is_fetched_is_read_and_fetched_no_second_time(
    host: Host, corpus: PublicCorpus, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = read_public("toy", corpus, fetch("toy", corpus, tmp_path))
    assert [len(split) for split in (found.train, found.valid, found.test)] == [1500, 1500, 1500]
    assert found.left_out == 1500  # a line in four is empty on one side
    assert found.train[1].source == ("l'", "homme", "dort", ".")  # as its authors cut it, entities read
    assert sorted(host.asked) == [(name, None) for name in sorted(FILES)]
    assert capsys.readouterr().out == "by A. Nonymous, CC BY 2.0\n"
    fetch("toy", corpus, tmp_path)
    assert len(host.asked) == len(FILES)
    assert capsys.readouterr().out == ""
    assert sorted(visible(tmp_path)) == sorted(FILES)


def test_the_terms_are_said_before_anything_is_fetched(
    host: Host, corpus: PublicCorpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    monkeypatch.setattr("builtins.print", lambda *said, **_: asked.append(len(host.asked)))
    fetch("toy", corpus, tmp_path)
    assert asked == [0]


def test_an_interrupted_download_goes_on_where_it_stopped(
    host: Host, corpus: PublicCorpus, tmp_path: Path
) -> None:
    host.drop_after = 20_000
    with pytest.raises(ConnectionError, match="what has come is kept: try again"):
        fetch("toy", corpus, tmp_path)
    assert visible(tmp_path) == ["train.fr.part"]
    part = (tmp_path / "train.fr.part").read_bytes()
    assert 10_000 < len(part) <= 20_000 and FRENCH.startswith(part)
    host.drop_after = None
    fetch("toy", corpus, tmp_path)
    assert host.asked[1] == ("train.fr", f"bytes={len(part)}-")
    assert {name: (tmp_path / name).read_bytes() for name in FILES} == FILES


def test_a_host_that_knows_no_middle_sends_all_again(
    host: Host, corpus: PublicCorpus, tmp_path: Path
) -> None:
    (tmp_path / "train.fr.part").write_bytes(FRENCH[:5000])
    host.ranges = False
    fetch("toy", corpus, tmp_path)
    assert host.asked[0] == ("train.fr", "bytes=5000-")
    assert (tmp_path / "train.fr").read_bytes() == FRENCH


def test_a_download_that_was_complete_but_for_its_name(
    host: Host, corpus: PublicCorpus, tmp_path: Path
) -> None:
    (tmp_path / "train.fr.part").write_bytes(FRENCH)
    fetch("toy", corpus, tmp_path)
    assert (tmp_path / "train.fr").read_bytes() == FRENCH and not (tmp_path / "train.fr.part").exists()


@pytest.mark.parametrize(
    "wrong", [FRENCH[:-9], FRENCH.replace(b"chat", b"rat")], ids=["cut short", "changed"]
)
def test_what_has_another_checksum_is_not_kept(
    host: Host, corpus: PublicCorpus, tmp_path: Path, wrong: bytes
) -> None:
    host.files["val.fr"] = wrong
    with pytest.raises(ValueError, match=r"val\.fr has another checksum .* Nothing of it is kept; try again"):
        fetch("toy", corpus, tmp_path)
    assert {*visible(tmp_path)} == {"train.fr", "train.en"}
    host.files["val.fr"] = FRENCH
    fetch("toy", corpus, tmp_path)


def test_a_kept_file_that_was_changed_is_fetched_anew(
    host: Host, corpus: PublicCorpus, tmp_path: Path
) -> None:
    fetch("toy", corpus, tmp_path)
    (tmp_path / "val.fr").write_bytes(b"half")
    fetch("toy", corpus, tmp_path)
    assert (tmp_path / "val.fr").read_bytes() == FRENCH


def test_two_at_once_fetch_one_after_the_other(
    host: Host, corpus: PublicCorpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: Queue[str] = Queue()
    monkeypatch.setattr("builtins.print", lambda *words, **_: said.put(" ".join(words)))
    with FileLock(tmp_path / ".lock"):  # as a process has it that is in the middle of it
        thread = Thread(target=fetch, args=("toy", corpus, tmp_path))
        thread.start()
        assert "another process is fetching" in said.get(timeout=60)
        assert not host.asked
        for name, content in FILES.items():
            (tmp_path / name).write_bytes(content)
    thread.join()
    assert not host.asked and said.empty()  # nothing is fetched, so no terms are said


def test_what_nobody_may_write_is_read(
    host: Host, corpus: PublicCorpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch("toy", corpus, tmp_path)

    def refused(self: FileLock, **options: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(public.FileLock, "acquire", refused)  # to root nothing is forbidden
    assert len(read_public("toy", corpus, fetch("toy", corpus, tmp_path)).train) == 1500
    assert len(host.asked) == len(FILES)


def test_a_file_that_the_host_has_no_more(host: Host, corpus: PublicCorpus, tmp_path: Path) -> None:
    del host.files["test.en"]
    with pytest.raises(
        ConnectionError, match=rf"the host answers 404 for {re.escape(host.url)}test\.en; see"
    ):
        fetch("toy", corpus, tmp_path)


def test_no_host(corpus: PublicCorpus, tmp_path: Path) -> None:
    nowhere = replace(corpus, url="http://127.0.0.1:9/")  # the port where everything is thrown away
    with pytest.raises(ConnectionError, match="can't be fetched .* try again when the network is back"):
        fetch("toy", nowhere, tmp_path)


def test_no_space_left(
    host: Host, corpus: PublicCorpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full(io.FileIO):
        def write(self, content: Any) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(public, "open", Full, raising=False)
        with pytest.raises(OSError, match=r"there is no space left for train\.fr .* the same call goes on"):
            fetch("toy", corpus, tmp_path)
    fetch("toy", corpus, tmp_path)


def test_without_a_known_checksum_what_came_counts_until_it_is_deleted(
    host: Host, corpus: PublicCorpus, tmp_path: Path
) -> None:
    unknown = replace(corpus, sha256={})
    host.files["train.fr"] = b"<html>Log in to this network</html>"
    fetch("toy", unknown, tmp_path)
    with pytest.raises(ValueError, match=r"train\.fr has 1 lines, but train\.en 2000; fetch them anew"):
        read_public("toy", unknown, tmp_path)
    host.files["train.fr"] = FRENCH
    (tmp_path / "train.fr").unlink()  # as it was told to do
    assert len(read_public("toy", unknown, fetch("toy", unknown, tmp_path)).train) == 1500
    (tmp_path / "train.fr").write_bytes(b"changed on the way to the disk")
    host.files["train.fr"] = FRENCH.replace(b"chat", b"rat")
    with pytest.raises(ValueError, match=r"train\.fr has another checksum"):  # and the host has changed
        fetch("toy", unknown, tmp_path)


def test_checksums_need_not_be_kept_where_nobody_may_write(
    host: Host, corpus: PublicCorpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch("toy", corpus, tmp_path)

    def refused(*arguments: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(public, "write_atomically", refused)
    assert fetch("toy", replace(corpus, sha256={}), tmp_path) == tmp_path
    assert len(host.asked) == len(FILES)


def test_an_archive_is_shared_out(host: Host, corpus: PublicCorpus, tmp_path: Path) -> None:
    french = "".join(f"J’ai {n} chats.\n" for n in range(2, 42))
    english = "".join(f"I have {n} cats.\n" for n in range(2, 42))
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("x.fr", french)
        archive.writestr("x.en", english)
    host.files["x.zip"] = made.getvalue()
    zipped = replace(corpus, files={"all": ("x.fr", "x.en")}, tokenised=False, sha256={}, archive="x.zip")
    found = read_public("toy", zipped, fetch("toy", zipped, tmp_path), max_length=5)
    assert [len(split) for split in (found.train, found.valid, found.test)] == [32, 4, 4]
    pair = found.test[0]
    assert (
        pair.source[:2] == ("j'", "ai")
        and pair.target[:2] == ("i", "have")
        and pair.source[2] == pair.target[2]
    )


def test_two_sides_of_different_lengths(host: Host, corpus: PublicCorpus, tmp_path: Path) -> None:
    host.files["train.en"] = ENGLISH + b"one more\n"
    unknown = replace(corpus, sha256={})
    with pytest.raises(ValueError, match=r"train\.fr has 2000 lines, but train\.en 2001"):
        read_public("toy", unknown, fetch("toy", unknown, tmp_path))


def test_a_split_of_which_nothing_is_short_enough(host: Host, corpus: PublicCorpus, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"train\.fr has no pair of at most 2 tokens a side"):
        read_public("toy", corpus, fetch("toy", corpus, tmp_path), max_length=2)


def test_a_name_that_is_not_there() -> None:
    with pytest.raises(ValueError, match=r"no public corpus 'multi30k'; choose one of multi30k-fr-en, "):
        load_public("multi30k")


def test_what_is_listed_names_its_terms_and_a_version_that_never_changes() -> None:
    for corpus in PUBLIC.values():
        assert "http" in corpus.terms and re.search(r"[0-9a-f]{40}|v\d{4}-\d\d-\d\d", corpus.url)
        assert set(corpus.sha256) <= set(corpus.fetched)
        assert all(re.fullmatch(r"[0-9a-f]{64}", digest) for digest in corpus.sha256.values())
    assert set(PUBLIC["multi30k-fr-en"].sha256) == set(PUBLIC["multi30k-fr-en"].fetched)
