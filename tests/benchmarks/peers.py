"""The peer: joeynmt's recurrent models, in an environment of their own, fed with our batches.

joeynmt 2.3.0 pins packages that are years old, so it comes alone (``--no-deps``), and of what it asks for
only what importing its models needs. The environment sees the course's own packages, its PyTorch above all:
the two are measured in one process. So it is imported where it is used, there only.
"""

from __future__ import annotations

import logging
import subprocess
import sysconfig
import venv
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from course_utils.model.seq2seq import evaluating
from course_utils.text.batching import Batch, make_batch
from course_utils.text.corpus import Pair
from course_utils.text.vocab import SPECIALS, Vocab

Vocabs = tuple[Vocab, Vocab]

JOEYNMT = "joeynmt==2.3.0"
# Its models import its data sets, its tokenizers and its plots, and these the packages here.
NEEDED = ("subword-nmt==0.3.8", "importlib_metadata==10.2.0", "tensorboard==2.21.0")
ATTENTIONS = {"bahdanau": "additive", "luong": "general"}  # its name, and ours for the same scores


def environment(folder: Path) -> Path:
    """Return a Python that has joeynmt; make its environment in `folder` if there is none."""
    python = folder / ("Scripts" if sysconfig.get_platform().startswith("win") else "bin") / "python"
    ready = folder / "ready"
    courses = sysconfig.get_path("purelib")
    wanted = " ".join((JOEYNMT, *NEEDED, courses))
    if not ready.is_file() or ready.read_text() != wanted:
        venv.create(folder, with_pip=True, clear=True)
        packages = Path(sysconfig.get_path("purelib", "venv", {"base": str(folder)}))
        # `addsitedir` finds the course itself, too, which is installed as a link.
        (packages / "course.pth").write_text(f"import site; site.addsitedir({courses!r})\n")
        pip = [str(python), "-m", "pip", "install", "--quiet"]
        subprocess.run([*pip, *NEEDED], check=True)
        subprocess.run([*pip, "--no-deps", JOEYNMT], check=True)
        ready.write_text(wanted)
    return python


class ItsBatch(NamedTuple):
    """One of our batches as joeynmt wants it: the longest source first."""

    src: Tensor  # (B, S)
    src_length: Tensor  # (B,)
    src_mask: Tensor  # (B, 1, S)
    trg_input: Tensor  # (B, T)
    trg: Tensor  # (B, T)
    trg_mask: Tensor  # (B, 1, T)
    nseqs: int  # B
    order: Tensor  # (B,): which of our rows each row was


def convert(batch: Batch) -> ItsBatch:
    """Return our `batch` as joeynmt's own batches hold it."""
    order = batch.source_lengths.argsort(descending=True)
    return ItsBatch(
        batch.source[order],
        batch.source_lengths[order],
        batch.source_mask[order].unsqueeze(1),
        batch.target_input[order],
        batch.target_output[order],
        batch.target_mask[order].unsqueeze(1),
        len(batch),
        order,
    )


class Peer(nn.Module):
    """joeynmt's encoder–decoder, called as our `Seq2Seq` is, so that our `Trainer` can train it."""

    def __init__(
        self, attention: str, vocabs: Vocabs, hidden_size: int = 100, embedding_size: int = 64
    ) -> None:
        super().__init__()
        self.its = build(attention, vocabs, hidden_size, embedding_size)
        self.device = torch.device("cpu")

    def forward(self, batch: Batch) -> tuple[Tensor, None]:
        """Return log_probs (B, T, V) of each next word given the right ones so far."""
        its = self.its
        order = batch.source_lengths.argsort(descending=True)  # its encoder wants the longest first …
        source = its.src_embed(batch.source[order])
        states, last = its.encoder(source, batch.source_lengths[order], None)
        back = order.argsort()  # … and nothing else of it does
        steps = batch.target_input.shape[1]
        logits, *_ = its._decode(
            states[back], last[back], batch.source_mask.unsqueeze(1), batch.target_input, steps
        )
        return logits.log_softmax(dim=-1), None


def build(attention: str, vocabs: Vocabs, hidden_size: int, embedding_size: int) -> nn.Module:
    """Return joeynmt's model at our sizes: a GRU in two directions, then a GRU with attention.

    Its encoder's `hidden_size` is that of a direction, ours that of both. Initialised as its example
    of a recurrent model says (``configs/rnn_small.yaml``); no dropout, which is its classes' default.
    """
    logging.disable(logging.INFO)  # it tells of every model that it builds
    common: dict[str, Any] = {"type": "recurrent", "rnn_type": "gru"}
    common["embeddings"] = {"embedding_dim": embedding_size}
    config = {
        "initializer": "xavier_uniform",
        "bias_initializer": "zeros",
        "embed_initializer": "normal",
        "embed_init_weight": 0.1,
        "encoder": {**common, "hidden_size": hidden_size // 2, "bidirectional": True},
        "decoder": {**common, "hidden_size": hidden_size, "attention": attention, "init_hidden": "bridge"},
    }
    model = import_module("joeynmt.model").build_model(config, *map(_its_vocabulary, vocabs))
    model.loss_function = ("crossentropy", 0.0)
    return model


def _its_vocabulary(vocab: Vocab) -> Any:
    """Return `vocab` as joeynmt's models ask for it: with our numbers, so that no batch is renumbered."""
    kind = import_module("joeynmt.vocabulary").Vocabulary
    its = kind.__new__(kind)
    its.specials, its.lang_tags, its._itos = list(SPECIALS), [], list(vocab.tokens)
    its._stoi = {token: i for i, token in enumerate(vocab.tokens)}
    its.pad_index, its.bos_index, its.eos_index, its.unk_index, its.sep_index = *range(4), None
    return its


def decode(model: nn.Module, batch: ItsBatch, vocab: Vocab, beam_size: int) -> list[list[str]]:
    """Return the words that joeynmt's own search finds, in the rows' order.

    Its limit on the length is ours, for the longest; no penalty for length, as we have none.
    """
    source = SimpleNamespace(**batch._asdict(), has_trg=False, trg_prompt_mask=None)
    limit = 2 * int(batch.src_length.max()) + 10
    options = {"max_output_length": limit, "beam_size": beam_size, "beam_alpha": -1}
    ids, _, _ = import_module("joeynmt.search").search(model, source, **options)
    return [vocab.decode(row) for row in ids.tolist()]


def translate(peer: Peer, vocabs: Vocabs, pairs: Sequence[Pair]) -> list[list[str]]:
    """Return joeynmt's greedy translations of the sources of `pairs`, as words, in the pairs' order."""
    order = sorted(range(len(pairs)), key=lambda i: len(pairs[i].source))
    found: list[list[str]] = [[] for _ in pairs]
    with evaluating(peer):
        for start in range(0, len(order), 128):
            places = order[start : start + 128]
            batch = convert(make_batch([pairs[i] for i in places], *vocabs))
            for row, words in zip(batch.order.tolist(), decode(peer.its, batch, vocabs[1], beam_size=1)):
                found[places[row]] = words
    return found
