"""A real JupyterHub on free ports of 127.0.0.1, which ends with the block that started it."""

from __future__ import annotations

import os
import secrets
import shlex
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import requests

from environment import ROOT, Environment

HERE = Path(__file__).resolve().parent
STARTS, STOPS = 120, 120  # seconds to wait for the hub
SWITCH = ("LECTURE = False", "LECTURE = True")


@dataclass(frozen=True)
class Hub:
    """A running hub."""

    address: str  # http://127.0.0.1:PORT
    password: str  # of every user
    folder: Path  # its files; lessons/ is what learners get a copy of, learners/NAME is a learner's home
    process: psutil.Process
    seen: set[psutil.Process] = field(default_factory=set)  # what it has started, as far as anybody looked

    def processes(self) -> dict[str, list[psutil.Process]]:
        """Return what runs for each user: the server, its kernels and what they started.

        The hub itself and its proxy stand under "".
        """
        found = {"": [self.process]}
        try:
            for child in self.process.children():
                user = child.environ().get("JUPYTERHUB_USER", "")
                found.setdefault(user, []).extend([child, *child.children(recursive=True)])
        except psutil.Error:  # one ended at this moment: the next reading is complete again
            pass
        self.seen.update(*found.values())
        return found


def free_ports(n: int) -> list[int]:
    """Return `n` different ports of 127.0.0.1 that nobody uses."""
    with_ports = [socket.create_server(("127.0.0.1", 0)) for _ in range(n)]
    ports = [free.getsockname()[1] for free in with_ports]
    for free in with_ports:
        free.close()
    return ports


def copy_lessons(folder: Path, lecture: bool) -> None:
    """Copy the notebooks into `folder`; with `lecture`, those that train load the trained model instead."""
    shutil.copytree(ROOT / "notebooks", folder, ignore=shutil.ignore_patterns(".*", "models", "*.py[co]"))
    for notebook in folder.glob("*.ipynb") if lecture else ():
        notebook.write_text(notebook.read_text("utf-8").replace(*SWITCH), "utf-8")


@contextmanager
def running_hub(
    environment: Environment, users: Sequence[str], lecture: bool = False, before: str = ""
) -> Iterator[Hub]:
    """Start a hub for `users`, and stop it and all that it started at the end, whatever happens.

    With `lecture` their notebooks have LECTURE switched on, so that nothing trains.
    `before`: a command that starts each user's server, to limit its memory, say.
    Raises RuntimeError with the end of its log if it does not start.
    """
    folder = Path(tempfile.mkdtemp(prefix="hub-test-"))
    copy_lessons(folder / "lessons", lecture)
    port, hub_port, proxy_port = free_ports(3)
    address, password = f"http://127.0.0.1:{port}", secrets.token_hex(16)
    settings = {
        "FOLDER": folder,
        "PORT": port,
        "HUB_PORT": hub_port,
        "PROXY_PORT": proxy_port,
        "PROXY": shlex.join(environment.proxy),
        "SERVER": environment.server,
        "PASSWORD": password,
        "USERS": " ".join(users),
        "BEFORE": before,
    }
    names = {f"HUB_TEST_{name}": str(value) for name, value in settings.items()}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("JUPYTER")}
    log = folder / "hub.log"
    with log.open("w") as output:
        started = subprocess.Popen(
            [str(environment.python), "-m", "jupyterhub", "-f", str(HERE / "jupyterhub_config.py")],
            cwd=folder,
            env=kept | names | {"CONFIGPROXY_AUTH_TOKEN": secrets.token_hex(32)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C comes to us alone, and we stop the rest
        )
    hub = Hub(address, password, folder, psutil.Process(started.pid))
    try:
        _wait(hub, started, log)
        yield hub
    finally:
        _stop(started, hub)
        shutil.rmtree(folder, ignore_errors=True)


def _wait(hub: Hub, started: subprocess.Popen, log: Path) -> None:
    """Return once the hub answers. Raises RuntimeError if it ends or takes too long."""
    end = time.monotonic() + STARTS
    while time.monotonic() < end and started.poll() is None:
        try:
            if requests.get(f"{hub.address}/hub/health", timeout=5).ok:
                return
        except requests.RequestException:
            pass
        time.sleep(0.2)
    raise RuntimeError(f"the hub did not start:\n{log.read_text('utf-8')[-3000:]}")


def _stop(started: subprocess.Popen, hub: Hub) -> None:
    """Stop the hub politely, and what is left of its servers, kernels and proxy without asking."""
    hub.processes()
    left = hub.seen - {hub.process}  # also what outlives a hub that has ended already
    started.terminate()
    try:
        started.wait(STOPS)
    except subprocess.TimeoutExpired:
        started.kill()
        started.wait()
    for other in psutil.wait_procs([*left], timeout=5)[1]:
        try:
            other.kill()
        except psutil.NoSuchProcess:
            continue
