"""JupyterLab for a lecture: a notebook's RISE button shows it as live slides, with kernel and sliders.

    python lecture/live.py            # JupyterLab, lesson 1
    python lecture/live.py 02         # lesson 2; more arguments go to JupyterLab

The same JupyterLab as `make lab`, and one small extension, without which no slider shows on RISE's slides.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
NOTEBOOKS = HERE.parent / "notebooks"
EXTENSION = [f"--{app}.extra_labextensions_path={HERE / 'live'}" for app in ("LabApp", "RiseApp")]


def main() -> None:
    """Start JupyterLab on a lesson."""
    wanted, *others = sys.argv[1:] or ["1"]
    if not wanted.isdigit():
        wanted, others = "1", [wanted, *others]
    found = sorted(NOTEBOOKS.glob(f"{int(wanted):02}_*.ipynb"))
    if not found:
        sys.exit(f"There is no lesson {wanted!r} in {NOTEBOOKS.name}/.")
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0  # (Windows has no such user)
    root = ["--allow-root"] if is_root else []
    command = [sys.executable, "-m", "jupyterlab", *root, *EXTENSION, str(found[0]), *others]
    os.execv(sys.executable, command)


if __name__ == "__main__":
    main()
