"""A Transformer head by head: what each of its attentions looked at.

In every shape: L layers, A heads, S source words, T target words (without ``<eos>``).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from course_utils.analysis.alignments import weights_by_pair
from course_utils.analysis.trace import known_tokens
from course_utils.model.transformer import TransformerDecoder
from course_utils.model.translator import Translator
from course_utils.text.batching import Batch
from course_utils.text.corpus import Pair
from course_utils.text.tokens import Words


def cross_weights(translator: Translator, pairs: Sequence[Pair], batch_size: int = 128) -> list[np.ndarray]:
    """Return what every head of cross-attention looks at while it is given each pair's own translation.

    One array (L, A, T, S) a pair, in the pairs' order, cut to its real words; the row of ``<eos>`` is left
    out. Their mean over the heads of a layer is a `reference_weights`. Raises ValueError for a model that is
    no Transformer.
    """
    model, decoder = translator.model, translator.model.decoder
    if not isinstance(decoder, TransformerDecoder):
        raise ValueError("this model is no Transformer, so it has no heads to show")

    def look(batch: Batch) -> Tensor:
        memory, mask, hidden = model.encode(batch.source, batch.source_lengths, batch.source_mask)
        return torch.stack(decoder.read(batch.target_input, hidden, memory, mask)[2], dim=1)

    return weights_by_pair(translator, pairs, look, batch_size)


def sentence_weights(translator: Translator, source: Words, target: Words) -> np.ndarray:
    """Return what every head of cross-attention looks at while it writes one sentence, (L, A, T, S).

    Raises ValueError for a model that is no Transformer, an empty source, and unknown words.
    """
    vocab = translator.target_vocab
    words = vocab.join(known_tokens(target, vocab))
    return cross_weights(translator, [Pair(tuple(translator.read(source)), tuple(words), None)])[0]
