"""How the course writes files: all or nothing, and by one process at a time. Nothing here needs torch."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout


def write_atomically(path: Path, content: bytes) -> None:
    """Write `content` to a temporary file, then move it to `path`: nobody ever sees half a file.

    Raises OSError, with the reason, if it can't be written; what was there before stays.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    with _told(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with open(temporary, "xb") as file:  # a new file, as private as the user's umask says
                file.write(content)
            os.replace(temporary, path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Say of an OSError in the block which file it keeps from being written: a full disk does not say it."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or error
        raise OSError(f"{path} can't be written ({reason}); mend that, or name another place") from None


class Busy(ValueError):
    """Another process is writing the file."""


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keep other processes from writing `path` in the block. The lock dies with its process.

    Its file, beside `path`, stays: to delete it would let two others lock two files of that name.
    Raises Busy if another process has the lock, OSError if there can be none in that folder.
    """
    lock = FileLock(path.with_name(f".{path.name}.lock"), blocking=False)
    with _told(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire()
        except Timeout:
            raise Busy(
                f"another run is writing {path.name} at this moment; wait for it, or name another output"
            ) from None
    try:
        yield
    finally:
        lock.release()
