"""What a hub needs, installed once into build/hub/: the course, JupyterHub, and its proxy."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "build" / "hub"  # which git ignores and `make clean` removes
JUPYTERHUB = "jupyterhub==6.1.1"
PROXY = "configurable-http-proxy@5.3.0"


@dataclass(frozen=True)
class Environment:
    """The programs of an installed hub."""

    python: Path
    proxy: list[str]  # a command

    @property
    def server(self) -> Path:
        """The program that the hub starts for each user."""
        return self.python.with_name("jupyterhub-singleuser")


def install(pip_args: str = "") -> Environment:
    """Install what is not there yet, as lecture/hub.md says for a class, and return its programs.

    `pip_args` go to pip. Raises SystemExit if there is no node, or an installation fails.
    """
    if shutil.which("npm") is None or shutil.which("node") is None:
        sys.exit("JupyterHub's proxy needs Node.js 20 or later, with npm: install it first.")
    python = FOLDER / "venv" / "bin" / "python"
    proxy = FOLDER / "node" / "node_modules" / ".bin" / "configurable-http-proxy"
    ready = FOLDER / "ready"
    wanted = "\n".join((str(ROOT), JUPYTERHUB, PROXY, (ROOT / "constraints.txt").read_text("utf-8")))
    if not ready.is_file() or ready.read_text("utf-8") != wanted:
        pip = [str(python), "-m", "pip", "install", "--disable-pip-version-check", "--quiet"]
        for command in (
            [sys.executable, "-m", "venv", str(FOLDER / "venv")],
            [*pip, *shlex.split(pip_args), "-r", str(ROOT / "requirements.txt"), JUPYTERHUB],
            ["npm", "install", "--silent", "--prefix", str(FOLDER / "node"), PROXY],
        ):
            print("+", shlex.join(command), flush=True)
            if subprocess.run(command, cwd=ROOT).returncode:
                sys.exit("The hub could not be installed: the lines above say why.")
        ready.write_text(wanted, "utf-8")
    return Environment(python, ["node", str(proxy)])
