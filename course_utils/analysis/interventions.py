"""What if it had looked elsewhere? Replace the weights of single steps, and see which word is chosen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Tensor

from course_utils.analysis.trace import rnn_decoder
from course_utils.model.seq2seq import evaluating
from course_utils.model.translator import Translator
from course_utils.text.batching import make_batches
from course_utils.text.corpus import Pair

# From weights (B, S), their mask (B, S) and a source of chance: other weights (B, S). On the CPU, where
# the dice are thrown alike whichever device the model is on.
Change = Callable[[Tensor, Tensor, torch.Generator], Tensor]
OWN = "own weights"


@torch.no_grad()
def chosen_words(
    translator: Translator,
    pairs: Sequence[Pair],
    changes: Mapping[str, Change],
    seed: int = 0,
    batch_size: int = 128,
) -> dict[str, list[str]]:
    """Return the word that is chosen at every step: with the model's own weights, and with changed ones.

    Every step is given the right words before it, and a state that its own weights have made: only
    the weights of this one step are changed. One list under `OWN`, one under the name of each
    change, all in the same order, of all steps of all pairs but those that write ``<eos>``.
    Raises ValueError for a model without attention, a Transformer, a change that returns another shape,
    and one that is named like the model's own weights.
    """
    model, decoder = translator.model, translator.model.decoder
    if not decoder.has_attention:
        raise ValueError("this model has no attention, so there are no weights to change")
    decoder = rnn_decoder(translator)
    if OWN in changes:
        raise ValueError(f"{OWN!r} is the name of the unchanged weights: give your change another")
    dice = torch.Generator().manual_seed(seed)
    chosen: dict[str, list[int]] = {name: [] for name in (OWN, *changes)}
    with evaluating(model):
        for batch in make_batches(pairs, *translator.vocabs, batch_size):
            batch = batch.to(model.device)
            memory, mask, hidden = model.encode(batch.source, batch.source_lengths, batch.source_mask)
            real = batch.target_mask.sum(dim=1) - 1  # words, without <eos>
            for t in range(int(real.max())):
                input, kept = batch.target_input[:, t], t < real
                log_probs, next_hidden, weights = decoder(input, hidden, memory, mask)
                chosen[OWN] += log_probs.argmax(dim=1)[kept].tolist()
                for name, change in changes.items():
                    # Its own copies: a change that writes into them alters nothing else.
                    changed = change(weights.to("cpu", copy=True), mask.to("cpu", copy=True), dice)
                    if changed.shape != weights.shape:
                        raise ValueError(
                            f"{name!r} made weights of shape {tuple(changed.shape)} out of "
                            f"{tuple(weights.shape)}: return as many"
                        )
                    context = torch.bmm(changed.to(memory).unsqueeze(1), memory).squeeze(1)
                    log_probs, _ = decoder.write(decoder.embedding(input), context, hidden)
                    chosen[name] += log_probs.argmax(dim=1)[kept].tolist()
                hidden = next_hidden
    tokens = translator.target_vocab.tokens
    return {name: [tokens[i] for i in ids] for name, ids in chosen.items()}
