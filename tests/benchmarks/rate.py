"""How fast does training go? Target tokens a second, ours against joeynmt's, and where our time goes.

The same batches, one thread, the models in turn; of each the fastest of several rounds counts, as whatever
else a machine does only ever slows a round down.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cache
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

import peers
from contenders import RECIPE, vocabs_of
from course_utils.figures.tables import Table, table
from course_utils.model.decoders import AttnDecoderRNN
from course_utils.model.scores import masked_softmax
from course_utils.model.seq2seq import ModelConfig, Seq2Seq, build_model, mean_word_loss
from course_utils.text.batching import Batch, make_batches
from course_utils.text.corpus import load_corpus
from report import Options, log, times

TITLE = "Training rate"
SAYS = (
    "Target tokens a second: forward, loss, backward, clipping and Adam, on the same batches. The ratio "
    "is ours over joeynmt's with the same kind of scores; each the fastest of {rounds} rounds, the "
    "models in turn."
)


def measure(options: Options) -> dict[str, Any]:
    """Return seconds by model for each size and batch, and where our seconds go."""
    sizes, batch_sizes = ((20,), (4,)) if options.quick else ((100, 256), (32, 64))
    rounds, n = (2, 2) if options.quick else (5, 8)
    corpus = load_corpus()
    vocabs = vocabs_of(corpus)
    rows = []
    for batch_size in batch_sizes:
        order = torch.Generator().manual_seed(1)
        batches = make_batches(corpus.train, *vocabs, batch_size, order)[:n]
        for size in sizes:
            models: dict[str, nn.Module] = {}
            for its, ours in peers.ATTENTIONS.items():
                torch.manual_seed(1)
                config = ModelConfig(size, 64, 0.0, score=ours)
                models[ours] = build_model(config, *map(len, vocabs))
                models[its] = peers.Peer(its, vocabs, size)
            seconds = best_of({name: updates(model, batches) for name, model in models.items()}, rounds)
            tokens = sum(int(batch.target_mask.sum()) for batch in batches)
            parameters = {name: sum(p.numel() for p in model.parameters()) for name, model in models.items()}
            rows.append(
                {
                    "hidden": size,
                    "batch": batch_size,
                    "tokens": tokens,
                    "seconds": seconds,
                    "parameters": parameters,
                    "parts": best_of(parts(models["additive"], batches), rounds),
                }
            )
            log(f"rate: hidden {size}, batch {batch_size}: {seconds}")
    return {"rounds": rounds, "rows": rows}


def best_of(work: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Return the seconds of each piece of work, the least of some rounds, all in turn in each.

    Of processor time: of one thread on an idle machine they are the clock's, and on a busy one still right.
    """
    best = dict.fromkeys(work, float("inf"))
    for _ in range(rounds):
        for name, do in work.items():
            began = time.process_time()
            do()
            best[name] = min(best[name], time.process_time() - began)
    return best


def updates(model: nn.Module, batches: list[Batch]) -> Callable[[], None]:
    """Return what makes one update with each batch."""
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)

    def do() -> None:
        for batch in batches:
            update(model, optimizer, batch)

    return do


def update(model: nn.Module, optimizer: torch.optim.Optimizer, batch: Batch) -> None:
    loss = mean_word_loss(model(batch)[0], batch.target_output)
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), RECIPE.training.clip)
    optimizer.step()


def parts(model: Seq2Seq, batches: list[Batch]) -> dict[str, Callable[[], object]]:
    """Return each part of an update of ours alone, forward and backward, on tensors of the same shapes."""
    decoder = model.decoder
    assert isinstance(decoder, AttnDecoderRNN)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    update(model, optimizer, batches[0])  # there are gradients

    @cache  # made in the first round only; of all rounds the fastest counts
    def made(*shape: int) -> Tensor:
        return torch.randn(*shape, requires_grad=True)

    def random(*shape: int) -> Tensor:
        tensor = made(*shape)
        tensor.grad = None  # as in an update: nothing is added to what a backward pass left
        return tensor

    def encoder(batch: Batch) -> Tensor:
        return model.encoder(batch.source, batch.source_lengths)[0]

    def attention(batch: Batch) -> Tensor:
        (B, S), T, H = batch.source.shape, batch.target_input.shape[1], decoder.hidden_size
        states, queries = random(B, S, H), random(T, B, H)
        keys, contexts = decoder.score.keys(states), []
        for query in queries.unbind():
            weights = masked_softmax(decoder.score(query, keys), batch.source_mask)
            contexts.append(torch.bmm(weights.unsqueeze(1), states).squeeze(1))
        return torch.stack(contexts)

    def gru(batch: Batch) -> Tensor:
        (B, T), H = batch.target_input.shape, decoder.hidden_size
        inputs, state, states = random(T, B, H), random(B, H), []
        for input in inputs.unbind():
            state = torch.gru_cell(input, state, *decoder.gru.all_weights[0])
            states.append(state)
        return torch.stack(states)

    def output(batch: Batch) -> Tensor:
        (B, T), H = batch.target_input.shape, decoder.hidden_size
        return mean_word_loss(F.log_softmax(decoder.out(random(B, T, H)), dim=2), batch.target_output)

    def optimiser(batch: Batch) -> None:
        nn.utils.clip_grad_norm_(model.parameters(), RECIPE.training.clip)
        optimizer.step()

    def alone(part: Callable[[Batch], Tensor | None]) -> Callable[[], None]:
        def do() -> None:
            for batch in batches:
                result = part(batch)
                if result is not None:
                    result.sum().backward()

        return do

    named = {"encoder": encoder, "attention": attention, "decoder's GRU": gru}
    return {
        name: alone(part) for name, part in (named | {"output layer": output, "optimiser": optimiser}).items()
    }


def tables(found: dict[str, Any]) -> list[Table]:
    rates, shares = [], []
    for row in found["rows"]:
        for its, ours in peers.ATTENTIONS.items():
            mine, other = row["seconds"][ours], row["seconds"][its]
            rates.append(
                (f"{row['hidden']}", f"{row['batch']}", ours, its)
                + (f"{row['tokens'] / mine:,.0f}", f"{row['tokens'] / other:,.0f}", times(other, mine))
            )
        whole, parts = row["seconds"]["additive"], row["parts"]
        left = {**parts, "the rest": whole - sum(parts.values())}
        cells = (f"{1e6 * seconds / row['tokens']:z.1f}" for seconds in (whole, *left.values()))
        shares.append((f"{row['hidden']}", f"{row['batch']}", *cells))
    return [
        table(("hidden", "batch", "ours", "joeynmt's", "ours (tokens/s)", "its (tokens/s)", "ratio"), rates),
        table(("hidden", "batch", "an update (µs a token)", *left), shares),
    ]
