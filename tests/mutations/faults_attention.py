"""Faults of masks and of attention."""

from fault import Fault

ATTENTION = (
    # --- masks ---
    Fault(
        "mask dropped",
        "model/scores.py",
        "left_out = ~mask | scores.isneginf()",
        "left_out = scores.isneginf()",
    ),
    Fault(
        "mask inverted",
        "model/scores.py",
        "left_out = ~mask | scores.isneginf()",
        "left_out = mask | scores.isneginf()",
    ),
    Fault(
        "mask applied after the softmax only",
        "model/scores.py",
        "scores.masked_fill(left_out, -torch.inf).masked_fill(empty, 0.0).softmax(dim)",
        "scores.softmax(dim)",
    ),
    Fault(
        "masked with a large negative number, and no row of zeros",
        "model/scores.py",
        "return weights.masked_fill(left_out, 0.0)",
        "return scores.masked_fill(left_out, -1e6).softmax(dim)",
    ),
    Fault(
        "mask inverted in NumPy",
        "numpy_attention.py",
        "np.where(_fit_mask(mask, scores.shape, single), scores, -np.inf)",
        "np.where(_fit_mask(mask, scores.shape, single), -np.inf, scores)",
    ),
    Fault(
        "mask one place too long", "text/batching.py", ") < lengths.unsqueeze(1)", ") <= lengths.unsqueeze(1)"
    ),
    Fault(
        "no mask while the decoder takes one step",
        "model/decoders.py",
        "return self._look(self.query(embedded, hidden), keys, encoder_outputs, mask)",
        "return self._look(self.query(embedded, hidden), keys, encoder_outputs, torch.ones_like(mask))",
    ),
    Fault(
        "no mask under teacher forcing",
        "model/decoders.py",
        "self._look(query, keys, encoder_outputs, mask)",
        "self._look(query, keys, encoder_outputs, torch.ones_like(mask))",
    ),
    Fault(
        "no mask in the steps of a search",
        "model/decoders.py",
        "context, weights = self._look(self.query(embedded, hidden), keys, encoder_outputs, mask)",
        "context, weights = self._look(\n"
        "                self.query(embedded, hidden), keys, encoder_outputs, torch.ones_like(mask)\n"
        "            )",
    ),
    Fault(
        "no mask in greedy search",
        "model/search.py",
        "length_mask(lengths, S).to(source.device))\n    step = model",
        "torch.ones(B, S, dtype=torch.bool))\n    step = model",
    ),
    Fault(
        "no mask in beam search",
        "model/search.py",
        "length_mask(lengths, S).to(source.device))\n    # Row b * K + k",
        "torch.ones(B, S, dtype=torch.bool))\n    # Row b * K + k",
    ),
    Fault(
        "a Transformer's encoder reads padding",
        "model/transformer.py",
        "states = layer(states, mask)",
        "states = layer(states, torch.ones_like(mask))",
    ),
    Fault(
        "causal mask dropped", "model/transformer.py", "dtype=torch.bool).tril(written)", "dtype=torch.bool)"
    ),
    Fault(
        "causal mask lets a word see the next one",
        "model/transformer.py",
        ".tril(written)",
        ".tril(written + 1)",
    ),
    # --- attention ---
    Fault(
        "softmax over the wrong axis",
        "model/scores.py",
        ".masked_fill(empty, 0.0).softmax(dim)",
        ".masked_fill(empty, 0.0).softmax(0)",
    ),
    Fault(
        "softmax over the wrong axis in NumPy",
        "numpy_attention.py",
        "weights = softmax(scores)",
        "weights = softmax(scores, axis=-2)",
    ),
    Fault(
        "softmax that overflows",
        "numpy_attention.py",
        "np.exp(scores - np.where(np.isneginf(highest), 0, highest))",
        "np.exp(scores)",
    ),
    Fault(
        "keys and values swapped in NumPy",
        "numpy_attention.py",
        "_check_shapes(query, keys, values)\n\n",
        "_check_shapes(query, keys, values)\n    keys, values = values, keys\n",
    ),
    Fault("context from the keys in NumPy", "numpy_attention.py", "weights @ values", "weights @ keys"),
    Fault(
        "keys and values swapped in a Transformer",
        "model/transformer.py",
        "return self.key(states), self.value(states)",
        "return self.value(states), self.key(states)",
    ),
    Fault(
        "context from the keys",
        "model/decoders.py",
        "return torch.bmm(weights.unsqueeze(1), encoder_outputs).squeeze(1), weights",
        "return torch.bmm(weights.unsqueeze(1), keys).squeeze(1), weights",
    ),
    Fault(
        "context from the keys under teacher forcing",
        "model/decoders.py",
        "self._look(query, keys, encoder_outputs, mask)",
        "self._look(query, keys, keys, mask)",
    ),
    Fault(
        "context from the keys in the steps of a search",
        "model/decoders.py",
        "context, weights = self._look(self.query(embedded, hidden), keys, encoder_outputs, mask)",
        "context, weights = self._look(self.query(embedded, hidden), keys, keys, mask)",
    ),
    Fault(
        "stale state: a search's queries never change",
        "model/decoders.py",
        "context, weights = self._look(self.query(embedded, hidden), keys,",
        "context, weights = self._look(self.query(embedded, 0 * hidden), keys,",
    ),
    Fault(
        "the scaled dot product is not scaled",
        "model/scores.py",
        "return super().forward(query, keys) / query.shape[1] ** 0.5",
        "return super().forward(query, keys)",
    ),
    Fault(
        "the scaled dot product is scaled twice",
        "model/scores.py",
        "query.shape[1] ** 0.5",
        "query.shape[1] ** 1.0",
    ),
    Fault(
        "a Transformer's heads are not scaled",
        "model/transformer.py",
        "queries @ keys.transpose(2, 3) / queries.shape[3] ** 0.5",
        "queries @ keys.transpose(2, 3)",
    ),
    Fault(
        "additive score without its tanh",
        "model/scores.py",
        "self.v(summed.tanh_())",
        "self.v(summed)",
    ),
    Fault(
        "temperature inverted",
        "figures/bars.py",
        "weights = softmax(scores / temperature)",
        "weights = softmax(scores * temperature)",
    ),
    Fault("positions dropped", "model/transformer.py", "words + places.to(words)", "words"),
    Fault(
        "positions begin again at every step",
        "model/transformer.py",
        "self.embed(inputs, written)",
        "self.embed(inputs)",
    ),
)
