"""Figure of how often words occur: the commonest first."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import cycle

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from course_utils.figures.curves import LINE_COLOURS
from course_utils.figures.style import finish, style
from course_utils.figures.texts import line_text, sentences


def plot_ranks(counts: Mapping[str, Mapping[int, int]], title: str) -> Figure:
    """Draw how often words occur against their rank (1: the commonest), both on logarithmic axes.

    `counts` has for each text's name the count of the word of each rank; not every rank need be there.
    """
    with style():
        figure, ax = plt.subplots(figsize=(7.2, 4.0))
        looks = zip(cycle(LINE_COLOURS), cycle(("-", "--", "-.", ":")))
        for (name, ranks), (colour, dash) in zip(counts.items(), looks):
            ax.plot([*ranks], [*ranks.values()], dash, color=colour, label=name)
        ax.set(xscale="log", yscale="log", xlabel="rank of the word (1: the commonest)")
        ax.set_ylabel("how often it occurs")
        ax.grid(color="#DDDDDD")
        ax.legend()
        ax.set_title(title)
    said = [title, "Line chart of how often a word occurs against its rank, both logarithmic"]
    for name, ranks in counts.items():
        some = [rank for rank in (1, 10, 100, 1000, 10_000) if rank <= max(ranks)]
        nearest = [min(ranks, key=lambda there: abs(there - rank)) for rank in some]
        said.append(
            line_text(name, [f"rank {rank:,}" for rank in nearest], [ranks[rank] for rank in nearest])
        )
    return finish(figure, sentences(said))
