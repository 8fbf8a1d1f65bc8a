"""A real JupyterLab and a real browser, neither of which reaches anything but this machine."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserType, Page

pytest.register_assert_rewrite("lab", "views")  # their assertions say what they found, too

from lab import ROOT, Lab, Watched  # noqa: E402
from live import EXTENSION  # noqa: E402

CHROMIUM = Path("/usr/bin/chromium")  # Debian's; elsewhere Playwright's own
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict, browser_type: BrowserType) -> dict:
    """Which browser to start; without one these tests are skipped, but fail in CI."""
    arguments = {**browser_type_launch_args, "args": FLAGS}
    if CHROMIUM.exists():
        arguments["executable_path"] = str(CHROMIUM)
    elif not Path(browser_type.executable_path).exists():
        message = "no browser: install Debian's chromium, or run `playwright install chromium`"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return arguments


@pytest.fixture(scope="session")
def base_url() -> str:
    """Tests open whole addresses. (The plugin's own fixture warns under pytest 9.)"""
    return ""


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """JupyterLab on a free port, with its own folders and a copy of the notebooks."""
    home = tmp_path_factory.mktemp("lab")
    lessons = ROOT / "notebooks"
    shutil.copytree(lessons, home / "root", ignore=shutil.ignore_patterns(".*"))
    shutil.copy(ROOT / "lecture" / "rise.css", home / "root")  # beside a lecture's notebooks
    settings = home / "settings" / "@jupyterlab" / "apputils-extension"
    settings.mkdir(parents=True)
    (settings / "notification.jupyterlab-settings").write_text(
        json.dumps({"fetchNews": "false", "checkForUpdates": False, "doNotDisturbMode": True})
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_hex(16)
    folders = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "IPYTHONDIR": "ipython",
    }
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    command += ["--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}"]
    command += ["--ServerApp.port_retries=0"]
    command += EXTENSION
    command += [f"--ServerApp.root_dir={home / 'root'}", f"--IdentityProvider.token={token}"]
    command += ["--LabApp.expose_app_in_browser=True", "--LabApp.extension_manager=readonly"]
    log = home / "lab.log"
    with log.open("w") as output:
        server = subprocess.Popen(
            command,
            env=os.environ | {name: str(home / folder) for name, folder in folders.items()},
            cwd=home,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        address = f"http://127.0.0.1:{port}"
        wait_for(f"{address}/api?token={token}", server, log)
        yield Lab(address, token)
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def wait_for(url: str, server: subprocess.Popen, log: Path, seconds: int = 90) -> None:
    """Return once the server answers; fail with its log when it ends or takes too long."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    end = time.monotonic() + seconds
    while time.monotonic() < end and server.poll() is None:
        try:
            with opener.open(url, timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"JupyterLab did not start:\n{log.read_text()[-3000:]}")


@pytest.fixture
def watched(page: Page) -> Watched:
    """A new page that keeps a list of its requests to other hosts and of its errors."""
    return Watched(page)
