"""Several processes, or GPUs, train one model: ``torchrun --nproc_per_node=2 -m course_utils.training …``.

Each has the whole model and learns from its share of every batch. PyTorch's `DistributedDataParallel`
averages the gradients, so that all make the same update: the one that a process alone would make. A lone
process, as in the lessons, passes through here unchanged.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from course_utils.text.batching import Batch


@contextmanager
def joined(device: str) -> Iterator[str]:
    """Join the processes that `torchrun` started, if it did; give the device of this one: a GPU each.

    Raises ValueError if they can't meet: one has ended already, say; or if there are fewer GPUs than of them.
    """
    if not dist.is_torchelastic_launched():
        yield device
        return
    if device == "cuda":
        place, there = int(os.environ["LOCAL_RANK"]), torch.cuda.device_count()
        if place >= there:
            raise ValueError(
                f"there is no GPU for process {place + 1} of this machine, which has {there}; start no more "
                "of them (--nproc_per_node), or train with --device cpu"
            )
        device = f"cuda:{place}"
        torch.cuda.set_device(device)
    try:
        dist.init_process_group("nccl" if device.startswith("cuda") else "gloo")
    except RuntimeError as error:
        raise ValueError(f"the processes could not meet, one may have ended ({error})") from None
    try:
        yield device
    finally:
        dist.destroy_process_group()


def count() -> int:
    """Return how many processes train together: 1 for a lone one."""
    return dist.get_world_size() if dist.is_initialized() else 1


def is_first() -> bool:
    """Whether this process is the one that writes files and tells of them."""
    return not dist.is_initialized() or dist.get_rank() == 0


def averaging(model: nn.Module) -> nn.Module:
    """Return `model`, or what calls it and then averages its gradients over the processes."""
    return DistributedDataParallel(model) if count() > 1 else model


def share(batch: Batch, seed: int) -> tuple[Batch, float]:
    """Return every n-th sentence of `batch`, for this one of n processes, and what its mean loss counts.

    Its loss times that number, averaged over the processes, is the loss of the joint batch, each word
    alike: a share of more words counts more. Dropout gets random numbers of this share's own, from `seed`.
    """
    n = count()
    if n == 1:
        return batch, 1.0
    rank = dist.get_rank()
    torch.manual_seed((n * seed + rank) % 2**63)
    # With fewer sentences than processes, this one reads a sentence of another's, which counts nothing.
    rows = slice(rank, None, n) if rank < len(batch) else slice(0, 1)
    part = Batch(*(getattr(batch, field.name)[rows] for field in fields(batch)))
    weight = n * int(part.target_mask.sum()) / int(batch.target_mask.sum())
    return part, weight if rank < len(batch) else 0.0


def joint(loss: Tensor) -> float:
    """Return the mean of all processes' losses: the loss of the joint batch."""
    loss = loss.detach().clone()
    if count() > 1:
        dist.all_reduce(loss)
    return loss.item() / count()


def agree(asked: list[int], device: torch.device) -> None:
    """Let all stop after the same update: where another process was asked to, this one is asked, too."""
    if count() > 1:
        anyone = torch.tensor(int(bool(asked)), device=device)
        dist.all_reduce(anyone)
        if anyone and not asked:
            asked.append(signal.SIGTERM)
