"""Diagrams of the models. Nothing here needs torch."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from course_utils.figures.style import ATTENTION, GREEN, GREY, INK, NO_ATTENTION, finish, style


def plot_encoder_decoder(source: Sequence[str], target: Sequence[str]) -> Figure:
    """Draw an encoder–decoder at work: words in, one final state, words out, each fed back in."""
    S, T = len(source), len(target)
    cup, first = S + 0.6, S + 2.2  # where the final state and the decoder's first step stand
    with style():
        figure, ax = plt.subplots(figsize=(0.66 * (S + T + 4), 3.1))
        for s, word in enumerate(source):
            _cell(ax, s, GREEN)
            ax.text(s, -1.0, word, ha="center", va="top", parse_math=False)  # a dollar is a dollar
            _arrow(ax, (s, -0.95), (s, -0.38))
            _arrow(ax, (s + 0.3, 0), (s + 0.7 if s < S - 1 else cup - 0.42, 0))
        _cell(ax, cup, NO_ATTENTION, height=0.85)
        ax.text(cup, 1.05, "final state:\nall it knows", ha="center", color=NO_ATTENTION, weight="bold")
        _arrow(ax, (cup + 0.35, 0), (first - 0.35, 0))
        for t, word in enumerate((*target, "<eos>")):
            x = first + t
            _cell(ax, x, GREY)
            ax.text(x, 1.0, word, ha="center", va="bottom", parse_math=False)
            fed = ("<bos>", *target)[t]
            ax.text(x, -1.0, fed, ha="center", va="top", color=GREY, parse_math=False)
            _arrow(ax, (x, 0.38), (x, 0.95))
            _arrow(ax, (x, -0.95), (x, -0.38), GREY)
            if t < T:
                _arrow(ax, (x + 0.3, 0), (x + 0.7, 0))
        ax.text((S - 1) / 2, 0.55, "encoder", ha="center", color=GREEN, weight="bold")
        ax.text(first + T / 2, -1.95, "decoder: each word is fed back in", ha="center", color=GREY)
        ax.set_xlim(-0.6, first + T + 0.7)
        ax.set_ylim(-2.2, 2.1)
        ax.axis("off")
        ax.set_title("Whatever the sentence, all of it goes through one vector")
    read, written = (textwrap.shorten(" ".join(words), 150, placeholder=" …") for words in (source, target))
    alt = (
        "Whatever the sentence, all of it goes through one vector. The encoder reads one word in "
        f"each of {S} steps, {read}, and passes its state on to the next step. Only its final "
        f"state, “all it knows”, leads to the decoder. Its {T + 1} steps write {written} <eos>: "
        "the first is given <bos>, each later one the word that was written before it."
    )
    return finish(figure, alt)


def _cell(ax: Axes, x: float, colour: str, height: float = 0.35) -> None:
    ax.add_patch(plt.Rectangle((x - 0.28, -height), 0.56, 2 * height, color=colour, alpha=0.85))


def _arrow(ax: Axes, start: tuple[float, float], end: tuple[float, float], colour: str = INK) -> None:
    ax.annotate("", end, start, arrowprops={"arrowstyle": "-|>", "color": colour, "lw": 1.4})


# What `plot_decoder_step` shows, by whether the states are examined.
_STEP_IN_WORDS = {
    False: (
        "One step of AttnDecoderRNN, with the letters of PEDALS. P, D: the embedded last word, "
        "after dropout, and the state h t−1 go into a layer, attn, which gives 10 scores. A: "
        "softmax makes them weights. L: bmm with the encoder states, 7 and 3 empty positions, as "
        "values gives the context c t. S: combine joins it to the embedded word. ReLU and a GRU, "
        "which also gets h t−1, give the new state h t; out and log-softmax, the next word."
    ),
    True: (
        "Version 2: the query is compared with every encoder state. P: attn makes the query q t "
        "of the embedded last word and the state h t−1. E, D: new, in orange, are a box, score, "
        "and an arrow to it from the 7 encoder states, the keys. A: softmax makes the scores "
        "weights. L: bmm with the same states as values gives the context c t. S: combine joins "
        "it to the embedded word. ReLU and a GRU, which also gets h t−1, give the new state h t; "
        "out and log-softmax, the next word."
    ),
}


def plot_decoder_step(content_based: bool) -> Figure:
    """Draw one step of the attention decoder of lesson 3, with the letters of PEDALS.

    Without `content_based` the weights come from places alone, and no arrow leads to them from the
    encoder states; with it the states are examined before the weights are chosen.
    """
    with style():
        figure, ax = plt.subplots(figsize=(11.5, 4.5))
        ax.set(xlim=(0, 115), ylim=(3, 47))
        ax.axis("off")

        def box(x: float, y: float, text: str, width: float, new: bool = False) -> None:
            ax.text(x, y, text, ha="center", va="center", fontsize=11.5, zorder=3)
            face, edge = ("#FBE3AE", ATTENTION) if new else ("#F2F2F2", GREY)
            ax.add_patch(
                plt.Rectangle(
                    (x - width / 2, y - 2.4),
                    width,
                    4.8,
                    facecolor=face,
                    edgecolor=edge,
                    linewidth=1.4,
                    zorder=2,
                )
            )

        def arrow(*points: tuple[float, float], new: bool = False) -> None:
            colour = ATTENTION if new else INK
            width = 2.6 if new else 1.4
            *corners, last, end = points
            ax.plot(*zip(*corners, last), color=colour, linewidth=width, zorder=1)
            ax.annotate(
                "",
                end,
                last,
                arrowprops={"arrowstyle": "-|>", "color": colour, "lw": width, "shrinkA": 0, "shrinkB": 0},
            )

        def letter(x: float, y: float, text: str) -> None:
            ax.text(
                x,
                y,
                text,
                color="white",
                fontsize=11,
                fontweight="bold",
                ha="center",
                va="center",
                bbox={"boxstyle": "circle,pad=0.25", "facecolor": NO_ATTENTION, "edgecolor": "none"},
                zorder=4,
            )

        # The two inputs of the query, and the line of the embedded word along the top.
        ax.text(1, 40, "last word", va="center")
        arrow((12, 40), (15.5, 40))
        box(21.5, 40, "embedding", 12)
        arrow((27.5, 40), (30.5, 40))
        box(35.5, 40, "dropout", 10)
        arrow((40.5, 40), (72, 40), (72, 31.5))
        ax.text(56, 42, "embedded $e_t$", ha="center", va="center")
        ax.text(1, 22, "state $h_{t-1}$", va="center")
        arrow((12, 22), (14, 22), (14, 27.8), (18.2, 27.8))
        arrow((44, 40), (44, 36.2), (16, 36.2), (16, 30.2), (18.2, 30.2))
        # The attention.
        box(22, 29, "attn", 7.5)
        for x, text in [(22, "P")] if content_based else [(20, "P"), (24, "D")]:
            letter(x, 33.4, text)
        if content_based:
            arrow((25.7, 29), (31.3, 29))
            ax.text(28.4, 26.9, "$q_t$", ha="center", va="center")
            box(35.5, 29, "score", 8.5, new=True)
            letter(33.5, 33.4, "E")
            letter(37.5, 33.4, "D")
            arrow((39.7, 29), (42.8, 29))
        else:
            arrow((25.7, 29), (42.8, 29))
            ax.text(34, 31, "10 scores", ha="center", va="center")
        box(47.5, 29, "softmax", 9.5)
        letter(47.5, 33.4, "A")
        arrow((52.2, 29), (57.3, 29))
        ax.text(54.6, 31.2, "$α_{ts}$", ha="center", va="center")
        box(61, 29, "bmm", 7.5)
        letter(61, 33.4, "L")
        arrow((64.7, 29), (69.0, 29))
        ax.text(66.7, 26.6, "$c_t$", ha="center", va="center")
        box(75, 29, "combine", 12)
        letter(79.5, 33.4, "S")
        # The encoder states.
        for place in range(7 if content_based else 10):
            face, line = (GREEN, "solid") if place < 7 else ("none", ":")
            corner = (45 + 3.2 * place, 10)
            ax.add_patch(plt.Rectangle(corner, 2.2, 5, facecolor=face, edgecolor=GREEN, linestyle=line))
        states = r"encoder_outputs  $\bar h_1 … \bar h_S$"
        if not content_based:
            states += ", and empty positions up to 10"
        ax.text(45, 6.3, states, va="center", fontsize=12)
        arrow((61, 15.7), (61, 26.4))
        ax.text(62, 20.5, "values", va="center")
        if content_based:
            arrow((48, 15.7), (48, 20.5), (35.5, 20.5), (35.5, 26.4), new=True)
            ax.text(36.5, 18.4, "keys", va="center")
        # The rest of the step.
        arrow((81, 29), (84, 29))
        box(87.5, 29, "ReLU", 7)
        arrow((91, 29), (94, 29))
        box(97.2, 29, "GRU", 6.5)
        arrow((12, 22), (14, 22), (14, 3.6), (97.2, 3.6), (97.2, 26.4))
        arrow((100.5, 29), (106, 29))
        ax.text(107, 29, "$h_t$", va="center")
        arrow((97.2, 31.6), (97.2, 37.4))
        box(97.2, 40, "out, log-softmax", 17)
        arrow((97.2, 42.6), (97.2, 45))
        ax.text(99, 45, "next word", va="center")
        ax.set_title(
            "Version 2: the query is compared with every encoder state"
            if content_based
            else "One step of AttnDecoderRNN: from the last word to the next"
        )
    return finish(figure, _STEP_IN_WORDS[content_based])
