"""A learner as the hub sees one: logs in by its form, and runs lessons cell by cell through its proxy."""

from __future__ import annotations

import json
import re
import struct
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
import requests
from websocket import WebSocket, create_connection

from hub import Hub

XSRF = re.compile(r'name="_xsrf" value="([^"]+)"')
PATIENCE = 3600  # seconds for one cell: many learners share the cores
TRAINS, CLAIMS = "trainer.run", "assert "


def lesson(path: Path, until_trained: bool = False) -> list[str]:
    """Return the code cells of a lesson's notebook.

    `until_trained`: only those up to its first claims about the model that it trains live.
    """
    cells = nbformat.read(path, as_version=4).cells
    code = [cell.source for cell in cells if cell.cell_type == "code"]
    if not until_trained:
        return code
    trains = next(i for i, cell in enumerate(code) if TRAINS in cell)
    return code[: next(i for i, cell in enumerate(code) if i > trains and CLAIMS in cell) + 1]


@dataclass
class Told:
    """What a learner measured; all in seconds."""

    name: str
    spawn: float = 0.0  # from asking for the server until it is ready
    lab: float = 0.0  # until JupyterLab's page is there
    lessons: dict[str, float] = field(default_factory=dict)
    training: tuple[float, float] = (0.0, 0.0)  # when it began and ended, on one clock for all
    training_cpu: float = 0.0
    cells: int = 0
    failed: str = ""


class Learner:
    """One user of a hub, with a browser's cookies and then a token of their own.

    `cpu` returns the CPU seconds that a user has used so far.
    """

    def __init__(self, hub: Hub, name: str, cpu: Callable[[str], float] = lambda name: 0.0) -> None:
        self.hub, self.name, self.cpu, self.told = hub, name, cpu, Told(name)
        self.session, self._bare = requests.Session(), requests.Session()
        self.session.trust_env = self._bare.trust_env = False  # no proxy but the hub's
        self.token = ""

    def log_in(self, password: str | None = None) -> None:
        """Fill in the hub's form, and ask for a token. Raises RuntimeError if the hub refuses."""
        page = self.session.get(f"{self.hub.address}/hub/login", timeout=PATIENCE)
        found = XSRF.search(page.text)
        form = {"username": self.name, "password": self.hub.password if password is None else password}
        form["_xsrf"] = found[1] if found else ""
        answer = self.session.post(
            f"{self.hub.address}/hub/login?next=%2Fhub%2Ftoken", data=form, timeout=PATIENCE
        )
        if not answer.ok or not answer.url.endswith("/hub/token"):
            raise RuntimeError(f"{self.name} could not log in: {answer.status_code} at {answer.url}")
        xsrf = next(cookie.value for cookie in self.session.cookies if cookie.name == "_xsrf")
        made = self.session.post(
            f"{self.hub.address}/hub/api/users/{self.name}/tokens",
            json={"note": "hub-test"},
            headers={"X-XSRFToken": xsrf or "", "Referer": f"{self.hub.address}/hub/token"},
            timeout=PATIENCE,
        )
        made.raise_for_status()
        self.token = made.json()["token"]

    def ask(self, method: str, path: str, **what: Any) -> requests.Response:
        """Ask the hub for `path` in this learner's name, without cookies."""
        headers = {"Authorization": f"token {self.token}"}
        url = f"{self.hub.address}{path}"
        return self._bare.request(
            method, url, headers=headers, timeout=PATIENCE, allow_redirects=False, **what
        )

    def api(self, method: str, path: str, **what: Any) -> Any:
        """Ask this learner's own server (/api/…), and return what it answers. Raises on a refusal."""
        answer = self.ask(method, f"/user/{self.name}/api/{path}", **what)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def spawn(self) -> None:
        """Ask for a server as the button does, wait for it, and fetch the page of JupyterLab."""
        begun = time.monotonic()
        self.session.get(f"{self.hub.address}/hub/spawn", timeout=PATIENCE).raise_for_status()
        while True:
            server = self.ask("GET", f"/hub/api/users/{self.name}").json()["servers"].get("", {})
            if server.get("ready"):
                break
            if not server.get("pending"):
                raise RuntimeError(f"the server of {self.name} did not start")
            time.sleep(0.5)
        self.told.spawn = time.monotonic() - begun
        page = self.session.get(f"{self.hub.address}/user/{self.name}/lab", timeout=PATIENCE)
        if not page.ok or "JupyterLab" not in page.text:
            raise RuntimeError(f"{self.name} got no JupyterLab: {page.status_code}")
        self.told.lab = time.monotonic() - begun

    def open(self, notebook: str) -> Kernel:
        """Open a notebook, as JupyterLab does: a session with a kernel of its own."""
        what = {"path": notebook, "name": notebook, "type": "notebook", "kernel": {"name": "python3"}}
        return Kernel(self, self.api("POST", "sessions", json=what)["kernel"]["id"])

    def study(self, name: str, cells: list[str]) -> None:
        """Run a lesson's cells in a new kernel, which stays. Raises RuntimeError if a cell fails."""
        begun = time.monotonic()
        kernel = self.open(f"notebooks/{name}.ipynb")
        for cell in cells:
            with self.training(TRAINS in cell):
                kernel.run(cell)
            self.told.cells += 1
        self.told.lessons[name] = time.monotonic() - begun

    @contextmanager
    def training(self, trains: bool) -> Iterator[None]:
        """Measure the cell in the block, if it is the one that trains."""
        begun, cpu = time.monotonic(), self.cpu(self.name) if trains else 0.0
        yield
        if trains:
            self.told.training = (begun, time.monotonic())
            self.told.training_cpu = self.cpu(self.name) - cpu

    def kernel_of(self, name: str) -> Kernel:
        """Go back to the kernel of a lesson that is open."""
        sessions = self.api("GET", "sessions")
        return Kernel(self, next(s["kernel"]["id"] for s in sessions if s["path"].endswith(f"{name}.ipynb")))


class Kernel:
    """A learner's kernel, over a websocket through the hub's proxy."""

    def __init__(self, learner: Learner, kernel_id: str) -> None:
        self.path = f"/user/{learner.name}/api/kernels/{kernel_id}/channels"
        self._session = uuid.uuid4().hex
        self._socket = connect(learner, f"{self.path}?session_id={self._session}")

    def run(self, code: str) -> str:
        """Run a cell to its end; return what it printed. Raises RuntimeError if it failed."""
        header = {"msg_id": uuid.uuid4().hex, "msg_type": "execute_request", "username": "learner"}
        header |= {"session": self._session, "version": "5.3", "date": ""}
        content = {"code": code, "silent": False, "store_history": True, "user_expressions": {}}
        content |= {"allow_stdin": False, "stop_on_error": True}
        request = {"channel": "shell", "header": header, "parent_header": {}, "metadata": {}}
        self._socket.send(json.dumps(request | {"content": content, "buffers": []}))
        printed, open_ends = "", {"execute_reply", "idle"}
        while open_ends:
            message = _decode(self._socket.recv())
            if message["parent_header"].get("msg_id") != header["msg_id"]:
                continue
            kind, content = message["header"]["msg_type"], message["content"]
            if kind == "error":
                raise RuntimeError(f"a cell failed: {content['ename']}: {content['evalue']}")
            if kind == "stream" and content["name"] == "stdout":
                printed += content["text"]
            open_ends -= {kind, content.get("execution_state") if kind == "status" else kind}
        return printed


def connect(learner: Learner, path: str) -> WebSocket:
    """Open a websocket through the hub's proxy in a learner's name."""
    address = learner.hub.address.replace("http", "ws", 1)
    return create_connection(
        f"{address}{path}",
        header={"Authorization": f"token {learner.token}"},
        timeout=PATIENCE,
        http_no_proxy=["127.0.0.1"],
    )


def _decode(frame: str | bytes) -> dict[str, Any]:
    """Return the message in a frame, without its buffers (which a widget's picture has)."""
    if isinstance(frame, bytes):
        first, *others = struct.unpack_from(f"!{struct.unpack_from('!I', frame)[0]}I", frame, 4)
        frame = frame[first : others[0] if others else None].decode("utf-8")
    return json.loads(frame)
