"""What all builders do with what they have built: write it, compare it with what is shipped, count it."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterable
from pathlib import Path

Row = tuple[str, str, str]  # source, target, alignment
Splits = dict[str, list[Row]]


def text(rows: list[Row]) -> str:
    """Return what a file of these rows holds."""
    return "".join("\t".join(row) + "\n" for row in rows)


def write(folder: Path, splits: Splits) -> None:
    """Write a file for each split; none is replaced before all are written beside it."""
    folder.mkdir(exist_ok=True)
    try:
        for name, rows in splits.items():
            (folder / f"{name}.tsv.tmp").write_bytes(text(rows).encode())
        for name in splits:
            os.replace(folder / f"{name}.tsv.tmp", folder / f"{name}.tsv")
    finally:
        for name in splits:
            (folder / f"{name}.tsv.tmp").unlink(missing_ok=True)


def differing(folder: Path, splits: Splits) -> list[str]:
    """Return the names of the splits that are not what is in their files."""
    paths = {name: folder / f"{name}.tsv" for name in splits}
    return [
        name
        for name, rows in splits.items()
        if not paths[name].is_file() or paths[name].read_bytes() != text(rows).encode()
    ]


def table(header: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> list[str]:
    """Return the lines of a Markdown table, and an empty one."""

    def line(cells: Iterable[object]) -> str:
        return "| " + " | ".join(f"{c:,}" if isinstance(c, int) else str(c) for c in cells) + " |"

    return [line(header), "|---|" + "---:|" * (len(header) - 1), *map(line, rows), ""]


def run(what: str, folder: Path, build: Callable[[], Splits], report: Callable[[Path], str]) -> int:
    """Run a builder's command line on `what` it builds; return its exit status."""
    parser = argparse.ArgumentParser(description=f"Build {what}.")
    parser.add_argument(
        "--check", action="store_true", help="rebuild and compare with the shipped files; write nothing"
    )
    parser.add_argument("--stats", action="store_true", help="print the counts of the shipped files")
    options = parser.parse_args()
    if options.stats:
        print(report(folder), end="")
        return 0
    splits = build()
    if not options.check:
        write(folder, splits)
        return 0
    wrong = differing(folder, splits)
    print(
        f"differs from what is shipped: {', '.join(wrong)}"
        if wrong
        else "the shipped files are what the builder makes"
    )
    return bool(wrong)
