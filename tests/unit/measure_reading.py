"""What reading takes: ``python measure_reading.py FILE…`` prints, for each, bytes, seconds and what was said.

A process is forked for each file, when all that reading needs is imported; Linux tells its peak of memory.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
import time
from pathlib import Path

import torch

from course_utils.model.pretrained import load_translator
from course_utils.text.corpus import load_corpus

SECONDS = 60  # of a CPU; more is called a hang


def peak() -> int:
    """Return the most memory, in bytes, that this process has held."""
    status = Path("/proc/self/status").read_text()
    return 1024 * int(status.partition("VmHWM:")[2].split()[0])


def read(path: str) -> str:
    """Read a file as the course does; return what it says if it refuses it."""
    try:
        load_corpus(path) if path.endswith(".tsv") else load_translator(path)
    except (ValueError, OSError) as error:
        return f"{type(error).__name__}: {error}"
    return ""


def measure(path: str) -> dict:
    with tempfile.TemporaryFile() as answer:
        if not (child := os.fork()):
            signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)  # SIGVTALRM ends the process
            load_translator("attention")  # a fork maps the libraries' pages anew as it touches them
            before, start = peak(), time.process_time()
            said = read(path)
            found = {"bytes": peak() - before, "seconds": time.process_time() - start, "said": said}
            answer.write(json.dumps(found).encode())
            answer.flush()
            os._exit(0)
        _, status = os.waitpid(child, 0)
        answer.seek(0)
        return {"file": Path(path).name, "status": status, **json.loads(answer.read() or "{}")}


if __name__ == "__main__":
    torch.set_num_threads(1)
    load_translator("attention")
    for path in sys.argv[1:]:
        print(json.dumps(measure(path)), flush=True)
