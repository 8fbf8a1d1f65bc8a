"""Faults of batches, vocabulary, training, measures and alignments."""

from fault import Fault

DATA = (
    # --- batches and loss ---
    Fault("loss on padding", "model/seq2seq.py", ", ignore_index=PAD_ID)", ")"),
    Fault(
        "loss is a sum over words",
        "model/seq2seq.py",
        "ignore_index=PAD_ID)",
        'ignore_index=PAD_ID, reduction="sum")',
    ),
    Fault(
        "smoothing over padding", "model/seq2seq.py", "log_probs[target != PAD_ID].mean()", "log_probs.mean()"
    ),
    Fault(
        "decoder is given the words that it should say",
        "text/batching.py",
        "pad([[BOS_ID, *ids] for _, ids in pairs])",
        "pad([[*ids, EOS_ID] for _, ids in pairs])",
    ),
    Fault(
        "teacher forcing shifted by one",
        "text/batching.py",
        "pad([[*ids, EOS_ID] for _, ids in pairs])",
        "pad([[*ids, EOS_ID][1:] + [PAD_ID] for _, ids in pairs])",
    ),
    Fault("<bos> dropped", "text/batching.py", "[[BOS_ID, *ids] for", "[[*ids, PAD_ID] for"),
    Fault("<eos> dropped from the target", "text/batching.py", "[[*ids, EOS_ID] for", "[[*ids, PAD_ID] for"),
    Fault(
        "padded with <eos>",
        "text/batching.py",
        "int(lengths.max())), PAD_ID)",
        "int(lengths.max())), EOS_ID)",
    ),
    Fault(
        "the last, smaller batch left out",
        "text/batching.py",
        "[_batch(chunk) for chunk in chunks]",
        "[_batch(chunk) for chunk in chunks if len(chunk) == batch_size]",
    ),
    Fault(
        "batches of long sentences as large as those of short ones",
        "text/batching.py",
        "or B * S * T > MOST_CELLS ",
        "",
    ),
    Fault(
        "seed ignored in the order of the batches",
        "text/batching.py",
        "torch.rand(len(pairs), generator=generator)",
        "torch.rand(len(pairs))",
    ),
    # --- vocabulary ---
    Fault(
        "unknown words silently left out",
        "text/vocab.py",
        "[self._ids.get(token, UNK_ID) for token in tokens]",
        "[self._ids[token] for token in tokens if token in self._ids]",
    ),
    Fault(
        "ids that depend on the order of the sentences",
        "text/vocab.py",
        "key=lambda token: (-counts[token], token)",
        "key=lambda token: -counts[token]",
    ),
    Fault(
        "words after <eos> decoded", "text/vocab.py", "                break\n", "                continue\n"
    ),
    Fault(
        "rare words counted wrong", "text/vocab.py", "counts[token] >= min_count", "counts[token] > min_count"
    ),
    Fault(
        "vocabulary from validation data, too",
        "training/trainer.py",
        "build_vocab([pair.source for pair in train_pairs], config)",
        "build_vocab([pair.source for pair in [*train_pairs, *valid_pairs]], config)",
    ),
    # --- training ---
    Fault("gradients add up", "training/trainer.py", "        self.optimizer.zero_grad()\n", ""),
    Fault(
        "gradients not clipped",
        "training/trainer.py",
        "torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.config.clip)",
        "pass",
    ),
    Fault(
        "learning rate constant",
        "training/trainer.py",
        '["lr"] = learning_rate_at(self.update, self.config)',
        '["lr"] = self.config.learning_rate',
    ),
    Fault(
        "learning rate does not warm up", "training/settings.py", "min(climb, fall, 1.0)", "min(fall, 1.0)"
    ),
    Fault(
        "best weights not restored", "training/trainer.py", "self.model.load_state_dict(self.best[1])", "pass"
    ),
    Fault("last weights kept for the best", "training/trainer.py", "if loss < self.best[0]:", "if True:"),
    Fault(
        "seed ignored",
        "training/trainer.py",
        "torch.default_generator.manual_seed(config.seed)",
        "torch.default_generator.seed()",
    ),
    Fault(
        "every epoch in the same order",
        "training/trainer.py",
        "manual_seed(1000 * self.config.seed + self.epoch)",
        "manual_seed(1000 * self.config.seed)",
    ),
    Fault("no dropout while training", "training/trainer.py", "self.model.train()\n", "self.model.eval()\n"),
    # --- measures ---
    Fault(
        "hypotheses and references swapped in BLEU",
        "analysis/evaluation.py",
        "metric.corpus_score(written, [right])",
        "metric.corpus_score(right, [written])",
    ),
    Fault(
        "exact match of a part is enough",
        "analysis/evaluation.py",
        "[h == r for h, r in zip(hypotheses, references)]",
        "[h == r[: len(h)] for h, r in zip(hypotheses, references)]",
    ),
    Fault(
        "bins of lengths off by one",
        "analysis/evaluation.py",
        "low <= len(pair.source) <= end",
        "low < len(pair.source) <= end",
    ),
    Fault(
        "bins by the target's length",
        "analysis/evaluation.py",
        "len(pair.source) <= end",
        "len(pair.target) <= end",
    ),
    Fault(
        "padding counts as a right word",
        "analysis/evaluation.py",
        "((log_probs.argmax(dim=2) == batch.target_output) & batch.target_mask)",
        "(log_probs.argmax(dim=2) == batch.target_output)",
    ),
    Fault(
        "every batch weighs alike in the loss",
        "analysis/evaluation.py",
        "float(mean_word_loss(log_probs, batch.target_output)) * words",
        "float(mean_word_loss(log_probs, batch.target_output)) * len(batch)",
    ),
    # --- alignments ---
    Fault(
        "alignments counted from one",
        "text/corpus.py",
        "links.append(link)",
        "links.append((link[0] - 1, link[1] - 1))",
    ),
    Fault(
        "alignments the wrong way round", "text/corpus.py", "links.append(link)", "links.append(link[::-1])"
    ),
    Fault(
        "alignments shuffled",
        "analysis/alignments.py",
        "return list(pair.alignment)",
        "return [(i, j) for (i, _), (_, j) in zip(pair.alignment, pair.alignment[::-1])]",
    ),
    Fault("links transposed", "analysis/alignments.py", "[(int(s), t) for", "[(t, int(s)) for"),
    Fault("gold transposed", "analysis/alignments.py", "gold[j, i] = True", "gold[i, j] = True"),
    Fault(
        "weights of each word are those of the next",
        "analysis/alignments.py",
        "weights[..., : len(written), : len(read)]",
        "weights[..., 1 : len(written) + 1, : len(read)]",
    ),
    Fault(
        "weights go to other sentences",
        "analysis/alignments.py",
        "in zip(chunk, to_numpy(look(batch)))",
        "in zip(sorted(chunk), to_numpy(look(batch)))",
    ),
)
