"""Being asked to stop (Ctrl-C, TERM, HUP) waits for the end of an update."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def waiting_signals() -> Iterator[list[int]]:
    """Collect signals to stop in the list that is given; raise them after the block.

    In the middle of an update they would leave weights of before it beside others of after it.
    """
    asked: list[int] = []
    before = {}
    if threading.current_thread() is threading.main_thread():  # the others get none
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):
            number = getattr(signal, name, None)  # Windows has no SIGHUP
            # What is ignored stays so (nohup), and what was not set by Python can't be put back.
            if number is not None and signal.getsignal(number) not in (signal.SIG_IGN, None):
                before[number] = signal.signal(number, lambda number, frame: asked.append(number))
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if asked:
        signal.raise_signal(asked[0])
