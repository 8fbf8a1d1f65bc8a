"""Draw the README's two pictures from the shipped results: ``python tools/draw_figures.py``."""

from __future__ import annotations

import io
from pathlib import Path

from matplotlib.figure import Figure

from course_utils.figures.attention import plot_attention
from course_utils.figures.curves import plot_by_length
from course_utils.files import write_atomically
from course_utils.model.pretrained import RESULTS, load_results, load_translator


def save(figure: Figure, path: Path) -> None:
    picture = io.BytesIO()
    figure.savefig(picture, format="png", dpi=90)
    write_atomically(path, picture.getvalue())


def main() -> None:
    curves = {}
    for label, name in (("no attention", "bottleneck-live"), ("attention", "attention-live")):
        results = load_results(name)
        curves[label] = results["test"]["by_length"] + results["test_long"]["by_length"]
    title = "After the same 1,540 updates: without attention, long sentences are lost"
    save(plot_by_length(curves, title), RESULTS / "quality_by_length.png")

    translation = load_translator("attention").translate("le chat noir est sur le tapis")
    figure = plot_attention(
        translation.attn_weights,
        translation.source,
        translation.target,
        "Where the model looks for each English word",
    )
    save(figure, RESULTS / "attention_weights.png")


if __name__ == "__main__":
    main()
