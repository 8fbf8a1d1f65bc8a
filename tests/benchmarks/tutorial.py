"""What the usual tutorial computes: one sentence at a time, plain SGD, attention without looking.

As in PyTorch's "Translation with a Sequence to Sequence Network and Attention" of the years in which most of
its copies were made: the weights of attention follow from the last word and the state alone, over
`max_length` places; half of the sentences are trained with the right words given, half with the model's own.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course_utils.text.corpus import Pair
from course_utils.text.vocab import BOS_ID, EOS_ID, Vocab


class Tutorial(nn.Module):
    """An encoder, and a decoder with attention over `max_length` places; at our sizes."""

    def __init__(
        self,
        source_size: int,
        target_size: int,
        hidden_size: int = 100,
        embedding_size: int = 64,
        max_length: int = 41,
    ) -> None:
        super().__init__()
        self.max_length = max_length
        self.source_embedding = nn.Embedding(source_size, embedding_size)
        self.encoder = nn.GRU(embedding_size, hidden_size)
        self.embedding = nn.Embedding(target_size, embedding_size)
        self.attn = nn.Linear(embedding_size + hidden_size, max_length)
        self.attn_combine = nn.Linear(embedding_size + hidden_size, hidden_size)
        self.gru = nn.GRU(hidden_size, hidden_size)
        self.out = nn.Linear(hidden_size, target_size)

    def encode(self, source: Tensor) -> tuple[Tensor, Tensor]:
        """Read `source` (S,); return its states, zeros up to (max_length, H), and the last, (1, 1, H)."""
        hidden = torch.zeros(1, 1, self.encoder.hidden_size)
        states = torch.zeros(self.max_length, self.encoder.hidden_size)
        for place, word in enumerate(source):
            output, hidden = self.encoder(self.source_embedding(word).view(1, 1, -1), hidden)
            states[place] = output[0, 0]
        return states, hidden

    def step(self, word: Tensor, hidden: Tensor, states: Tensor) -> tuple[Tensor, Tensor]:
        """From the last word () to log-probabilities (1, V) of the next, and the state."""
        embedded = self.embedding(word).view(1, -1)
        weights = F.softmax(self.attn(torch.cat((embedded, hidden[0]), 1)), dim=1)  # (1, max_length)
        output = self.attn_combine(torch.cat((embedded, weights @ states), 1))
        output, hidden = self.gru(F.relu(output).unsqueeze(0), hidden)
        return F.log_softmax(self.out(output[0]), dim=1), hidden

    def loss(self, source: Tensor, target: Tensor, teacher: bool) -> Tensor:
        """Return the sum of −log p(right word) over `target` (T,), which ends in ``<eos>``."""
        states, hidden = self.encode(source)
        word, loss = torch.tensor(BOS_ID), torch.zeros(())
        for right in target:
            log_probs, hidden = self.step(word, hidden, states)
            loss = loss + F.nll_loss(log_probs, right.view(1))
            word = right if teacher else log_probs.argmax()
            if word == EOS_ID:
                break
        return loss

    @torch.no_grad()
    def translate(self, source: Tensor) -> list[int]:
        """Return the likeliest words, one by one, up to ``<eos>`` or `max_length`."""
        states, hidden = self.encode(source)
        word, ids = torch.tensor(BOS_ID), []
        while len(ids) < self.max_length:
            log_probs, hidden = self.step(word, hidden, states)
            word = log_probs.argmax()
            if word == EOS_ID:
                break
            ids.append(int(word))
        return ids


def train(
    model: Tutorial, vocabs: tuple[Vocab, Vocab], pairs: Sequence[Pair], rate: float, seed: int
) -> Iterator[None]:
    """Train on one random sentence after another; each step of the iterator is an update."""
    optimizer, dice = torch.optim.SGD(model.parameters(), lr=rate), random.Random(seed)
    while True:
        pair = dice.choice(pairs)
        source = torch.tensor(vocabs[0].encode(pair.source))
        target = torch.tensor([*vocabs[1].encode(pair.target), EOS_ID])
        optimizer.zero_grad()
        model.loss(source, target, teacher=dice.random() < 0.5).backward()
        optimizer.step()
        yield
