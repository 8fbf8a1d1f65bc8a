"""Faults of encoder, decoder and search."""

from fault import Fault

NETWORK = (
    # --- encoder and decoder ---
    Fault(
        "packing dropped",
        "model/encoder.py",
        "packed_outputs, hidden = self.gru(packed)\n"
        "        encoder_outputs, _ = pad_packed_sequence(packed_outputs, batch_first=True, total_length=S)",
        "encoder_outputs, hidden = self.gru(embedded)",
    ),
    Fault(
        "lengths off by one",
        "model/encoder.py",
        "pack_padded_sequence(embedded, lengths.cpu(),",
        "pack_padded_sequence(embedded, (lengths.cpu() - 1).clamp(min=1),",
    ),
    Fault(
        "sorted by length, and the order not undone",
        "model/encoder.py",
        "packed = pack_padded_sequence(embedded, lengths.cpu(), batch_first=True, enforce_sorted=False)",
        "order = lengths.cpu().argsort(descending=True)\n"
        "        packed = pack_padded_sequence(embedded[order], lengths.cpu()[order], batch_first=True)",
    ),
    Fault(
        "halves of the two directions swapped",
        "model/encoder.py",
        "hidden.transpose(0, 1).reshape(1, B, -1)",
        "hidden.flip(0).transpose(0, 1).reshape(1, B, -1)",
    ),
    Fault(
        "final state of one direction only",
        "model/encoder.py",
        "hidden.transpose(0, 1).reshape(1, B, -1)",
        "hidden[:1].expand_as(hidden).transpose(0, 1).reshape(1, B, -1)",
    ),
    Fault(
        "final states of different sentences in one row",
        "model/encoder.py",
        "hidden.transpose(0, 1).reshape(1, B, -1)",
        "hidden.reshape(1, B, -1)",
    ),
    Fault(
        "a source reversed together with its padding",
        "model/encoder.py",
        "lengths.to(rows.device).unsqueeze(1) - 1 - places",
        "rows.shape[1] - 1 - places",
    ),
    Fault(
        "states of a reversed source left reversed",
        "model/encoder.py",
        "encoder_outputs = reverse(encoder_outputs, lengths)",
        "pass",
    ),
    Fault("padding has a vector in the encoder", "model/encoder.py", ", padding_idx=PAD_ID)", ")"),
    Fault("padding has a vector in the decoder", "model/decoders.py", ", padding_idx=PAD_ID)", ")"),
    Fault(
        "the decoder does not start from the encoder's state",
        "model/seq2seq.py",
        "return memory, memory_mask, hidden",
        "return memory, memory_mask, torch.zeros_like(hidden)",
    ),
    Fault(
        "stale state: every query asks from the first one",
        "model/decoders.py",
        "F.linear(state, query_from_state)",
        "F.linear(hidden[0], query_from_state)",
    ),
    Fault(
        "stale state: every step goes on from the first one",
        "model/decoders.py",
        "torch.gru_cell(output, state, *gru_weights)",
        "torch.gru_cell(output, hidden[0], *gru_weights)",
    ),
    Fault(
        "probabilities over the batch",
        "model/decoders.py",
        "F.log_softmax(self.out(output[0]), dim=1)",
        "F.log_softmax(self.out(output[0]), dim=0)",
    ),
    Fault(
        "the two decoders without attention confused",
        "model/decoders.py",
        'if self.context == "first_state":',
        'if self.context != "first_state":',
    ),
    Fault(
        "dropout at test time",
        "model/decoders.py",
        "embedded = self.dropout(self.embedding(input))  # (B, E)\n        attn_applied",
        "embedded = F.dropout(self.embedding(input), self.dropout.p)  # (B, E)\n        attn_applied",
    ),
    Fault(
        "dropout in the steps of a search",
        "model/decoders.py",
        "embedded = self.dropout(self.embedding(input))  # (B, E)\n            context",
        "embedded = F.dropout(self.embedding(input), self.dropout.p)  # (B, E)\n            context",
    ),
    Fault("dropout while the model is measured", "model/seq2seq.py", "    model.eval()\n", ""),
    # --- search ---
    Fault(
        "greedy search takes the least likely word",
        "model/search.py",
        "log_probs.max(dim=1)",
        "log_probs.min(dim=1)",
    ),
    Fault(
        "greedy search does not stop at <eos>",
        "model/search.py",
        "running &= (input != EOS_ID) & (len(words) < limits)",
        "running &= len(words) < limits",
    ),
    Fault(
        "greedy search counts what follows the end",
        "model/search.py",
        "log_prob += best * running",
        "log_prob += best",
    ),
    Fault(
        "limit from the padded length",
        "model/search.py",
        "return 2 * lengths + 10",
        "return 2 * lengths.max().expand_as(lengths) + 10",
    ),
    Fault(
        "<eos> is a word of the translation",
        "model/search.py",
        "length = words.index(EOS_ID) if",
        "length = words.index(EOS_ID) + 1 if",
    ),
    Fault(
        "beam search without its `ended`",
        "model/search.py",
        "log_probs = torch.where(running.unsqueeze(1), log_probs, ended)",
        "pass",
    ),
    Fault("beam search does not reorder states", "model/search.py", "hidden = hidden[:, parent]", "pass"),
    Fault("beam search does not reorder words", "model/search.py", "words = words[parent]", "pass"),
    Fault("beam search does not reorder who is running", "model/search.py", "running[parent] &", "running &"),
    Fault("beam search does not follow the weights", "model/search.py", "row = parents[t][row]", "pass"),
    Fault("all beams begin alike", "model/search.py", "log_prob[:, 0] = 0.0", "log_prob[:] = 0.0"),
    Fault(
        "beams of one sentence go on in another",
        "model/search.py",
        "(first_row + choice // V)",
        "(choice // V)",
    ),
    Fault("the worst beam is returned", "model/translator.py", "[beams[0] for beams", "[beams[-1] for beams"),
    Fault(
        "translations in the order of their lengths",
        "model/translator.py",
        "return [results[i] for i in range(len(sentences))]",
        "return list(results.values())",
    ),
    Fault(
        "<unk> read without a word",
        "model/translator.py",
        "if unknown and not self.reads_unknown:",
        "if False:",
    ),
    Fault(
        "dropout while translating",
        "model/translator.py",
        "with evaluating(self.model):",
        "if True:",
    ),
)
