"""How near is training to what the machine can do? Its share of the matrix-multiply rate, and the rest.

An update's multiplications and additions are counted by PyTorch as it runs (`FlopCounterMode`), and compared
with the formula; the machine's rate is that of `torch.mm` of two matrices of 1,024 rows, in one thread.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import torch
from torch.profiler import ProfilerActivity, profile
from torch.utils.flop_counter import FlopCounterMode

from contenders import vocabs_of
from course_utils.figures.tables import Table, table
from course_utils.model.seq2seq import ModelConfig, build_model
from course_utils.text.batching import Batch, make_batches
from course_utils.text.corpus import load_corpus
from rate import best_of, update, updates
from report import Options, log

TITLE = "The limit"
SAYS = (
    "Training with additive attention (batches of {batch}): floating-point operations of the matrix "
    "multiplications, and their share of the {gflops:.0f} billion a second that `torch.mm` of 1,024 × "
    "1,024 reaches here in one thread. Then the share of each kind of operation in the time that PyTorch's "
    "profiler sees inside operations; what passes between them, in Python, is not in it."
)
BATCH = 32
KINDS = {  # operations by what they do; the first that fits counts
    "matrix products": ("mm", "addmm", "bmm", "baddbmm", "linear"),
    "tanh and its backward": ("tanh",),
    "GRU's gates": ("gru", "sigmoid", "chunk"),
    "softmax and masks": (
        "softmax",
        "masked_fill",
        "where",
        "isneginf",
        "all",
        "bitwise_or",
        "bitwise_not",
        "nll",
    ),
    "sums and products": ("add", "mul", "sub", "div", "sum", "relu", "threshold", "neg", "rsub"),
    "copies": (
        "copy",
        "cat",
        "stack",
        "fill",
        "zero",
        "zeros",
        "clone",
        "index",
        "slice",
        "select",
        "embedding",
    )
    + ("contiguous", "empty", "resize", "gather", "unbind"),
    "clipping and Adam": ("foreach", "optimizer", "adam", "norm", "lerp", "addcmul", "addcdiv", "sqrt"),
}


def measure(options: Options) -> dict[str, Any]:
    sizes = (20, 30) if options.quick else (100, 256, 512)
    rounds, n = (2, 1) if options.quick else (5, 8)
    corpus = load_corpus()
    vocabs = vocabs_of(corpus)
    batches = make_batches(corpus.train, *vocabs, BATCH, torch.Generator().manual_seed(1))[:n]
    matrix = torch.randn(1024, 1024)
    rows, product = [], float("inf")
    for size in sizes:
        torch.manual_seed(1)
        config = ModelConfig(size, 64, 0.0)
        model = build_model(config, *map(len, vocabs))
        work = {"update": updates(model, batches), "product": lambda: torch.mm(matrix, matrix)}
        seconds = best_of(work, rounds)
        product = min(product, seconds["product"])
        optimizer = torch.optim.Adam(model.parameters())
        with FlopCounterMode(display=False) as counter:
            for batch in batches:
                update(model, optimizer, batch)
        for _ in range(2):  # the first time, the profiler has itself to start
            with profile(activities=[ProfilerActivity.CPU]) as profiler:
                for batch in batches:
                    update(model, optimizer, batch)
        rows.append(
            {
                "hidden": size,
                "seconds": seconds["update"],
                "flops": counter.get_total_flops(),
                "formula": sum(formula(batch, config, *map(len, vocabs)) for batch in batches),
                "kinds": kinds(profiler),
            }
        )
        log(f"limit: {rows[-1]}")
    return {"batch": BATCH, "gflops": 2 * 1024**3 / product / 1e9, "rounds": rounds, "rows": rows}


def formula(batch: Batch, config: ModelConfig, source_size: int, target_size: int) -> int:
    """Return the operations of an update's matrix products: three times those of the forward pass.

    B sentences, S source and T target tokens with padding; n real source tokens, as packed.
    """
    (B, S), T = batch.source.shape, batch.target_input.shape[1]
    H, E, n = config.hidden_size, config.embedding_size, int(batch.source_lengths.sum())
    encoder = 2 * n * 3 * (H // 2) * (E + H // 2)  # of two directions
    keys = B * S * H * H
    query = B * T * (E + H) * H
    scores = 2 * B * T * S * H  # v · tanh(…), and the weighted sum
    combined = B * T * (E + H) * H
    gru = B * T * 3 * H * (H + H)
    output = B * T * H * target_size
    return 3 * 2 * (encoder + keys + query + scores + combined + gru + output)


def kinds(profiler: profile) -> dict[str, float]:
    """Return each kind of operation's share of the time that all operations took."""
    seconds: dict[str, float] = defaultdict(float)
    for event in profiler.key_averages():
        name = event.key.lower().removeprefix("aten::")
        if event.key.startswith("aten::"):
            kind = next((kind for kind, words in KINDS.items() if _fits(name, words)), "other operations")
            seconds[kind] += event.self_cpu_time_total / 1e6
    return {kind: seconds[kind] / sum(seconds.values()) for kind in (*KINDS, "other operations")}


def _fits(name: str, words: tuple[str, ...]) -> bool:
    if name.startswith("_foreach") or name.startswith("_fused_adam"):
        return "foreach" in words
    return any(part in words for part in name.strip("_").split("_")) or name.strip("_") in words


def tables(found: dict[str, Any]) -> list[Table]:
    shares, where = [], []
    for row in found["rows"]:
        reached = row["flops"] / row["seconds"] / 1e9
        counted = row["flops"] / row["formula"]
        shares.append(
            (
                f"{row['hidden']}",
                f"{row['flops'] / 1e9:.2f}",
                f"{100 * counted:.0f} %",
                f"{row['seconds']:.3f}",
            )
            + (f"{reached:.1f}", f"{100 * reached / found['gflops']:.1f} %")
        )
        where.append((f"{row['hidden']}", *(f"{100 * share:.0f} %" for share in row["kinds"].values())))
    header = ("hidden", "10⁹ operations", "of the formula's", "seconds", "10⁹ a second", "share of the limit")
    return [table(header, shares), table(("hidden", *found["rows"][0]["kinds"]), where)]
