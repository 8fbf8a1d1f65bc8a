"""How good is a translator? BLEU, exact match and token accuracy, by sentence length; alignment error.

Three measures, never to be mixed up. *BLEU* and *exact match* judge what the model writes on its
own (free-running, greedy). *Token accuracy* is measured under teacher forcing: how often the next
word is right when all the words before it are.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from sacrebleu.metrics import BLEU, CHRF

from course_utils.model.seq2seq import Seq2Seq, evaluating, mean_word_loss
from course_utils.model.translator import Translation, Translator
from course_utils.text.batching import Batch, make_batches
from course_utils.text.corpus import Pair
from course_utils.text.tokens import only_tokens

Tokens = Sequence[str]

# Lowest and highest number of source tokens; the last has no end, so that each sentence is in one.
LENGTH_BINS = ((1, 9), (10, 19), (20, 29), (30, 40), (41, 50), (51, 60), (61, None))
TASK_BINS: dict[str, tuple[tuple[int, int | None], ...]] = {  # for what a `Corpus` is for
    "translation": LENGTH_BINS,
    "summary": ((1, 79), (80, 99), (100, None)),
    "answer": ((1, 19), (20, 29), (30, 44), (45, 69), (70, None)),
}


def bleu(hypotheses: Iterable[Tokens], references: Iterable[Tokens]) -> float:
    """Return corpus BLEU from 0 to 100 (Papineni et al. 2002), by sacrebleu (Post 2018).

    Both sides are tokens already, so sacrebleu's own tokenisation is off (``tok:none``); the score
    is over the corpus, not a mean over sentences. 0 for no sentences at all. Raises ValueError for text
    that is not split, and unless both sides are equally many.
    """
    return _corpus_score(BLEU(tokenize="none", force=True), hypotheses, references)


def bleu_signature() -> str:
    """Return what sacrebleu wants told with a BLEU score of ours: its settings and version (Post 2018)."""
    metric = BLEU(tokenize="none", force=True)
    metric.corpus_score(["a"], [["a"]])  # from here on it knows that each sentence has one reference
    return str(metric.get_signature())


def chrf(hypotheses: Iterable[Tokens], references: Iterable[Tokens]) -> float:
    """Return corpus chrF from 0 to 100 (Popović 2015), by sacrebleu: runs of one to six letters in common.

    It also judges sentences of fewer than four words, in which BLEU finds no run of four: BLEU is 0
    for a corpus of such sentences, even if all are right. Raises ValueError as `bleu` does.
    """
    return _corpus_score(CHRF(), hypotheses, references)


def rouge(hypotheses: Iterable[Tokens], references: Iterable[Tokens]) -> dict[str, float]:
    """Return ROUGE-1, ROUGE-2 and ROUGE-L from 0 to 100 (Lin 2004), by torchmetrics: the mean F over pairs.

    Shared words, shared pairs of neighbours, and the longest common subsequence. Both sides are tokens
    already, so nothing is split or dropped. Raises ValueError as `bleu` does.
    """
    from torchmetrics.functional.text.rouge import rouge_score  # imports much: only when it is asked for

    written, right = _texts(hypotheses, references)
    kinds = {"ROUGE-1": "rouge1", "ROUGE-2": "rouge2", "ROUGE-L": "rougeL"}
    if not written:
        return dict.fromkeys(kinds, 0.0)
    scores = rouge_score(
        written, right, normalizer=str, tokenizer=str.split, rouge_keys=tuple(kinds.values())
    )
    return {name: 100 * float(scores[f"{key}_fmeasure"]) for name, key in kinds.items()}


def _corpus_score(metric: BLEU | CHRF, hypotheses: Iterable[Tokens], references: Iterable[Tokens]) -> float:
    written, right = _texts(hypotheses, references)
    return metric.corpus_score(written, [right]).score if written else 0.0


def _texts(hypotheses: Iterable[Tokens], references: Iterable[Tokens]) -> tuple[list[str], list[str]]:
    """Return both sides with spaces between the tokens. Raises ValueError as `bleu` does."""
    written, right = ([" ".join(only_tokens(tokens)) for tokens in side] for side in (hypotheses, references))
    if len(written) != len(right):
        raise ValueError(f"{len(written)} hypotheses can't match {len(right)} references")
    return written, right


def matched_words(hypothesis: Tokens, reference: Tokens) -> list[bool]:
    """Say of each word of `hypothesis` whether it is right: in the longest common subsequence.

    That is the most words that both sentences have in the same order, whatever stands between.
    Swap the arguments to learn which words of the reference were found; there are as many.
    """
    H, R = len(hypothesis), len(reference)
    common = [[0] * (R + 1) for _ in range(H + 1)]  # [i][j]: of hypothesis[i:] and reference[j:]
    for i in reversed(range(H)):
        for j in reversed(range(R)):
            if hypothesis[i] == reference[j]:
                common[i][j] = common[i + 1][j + 1] + 1
            else:
                common[i][j] = max(common[i + 1][j], common[i][j + 1])
    matched, i, j = [False] * H, 0, 0
    while i < H and j < R:
        if hypothesis[i] == reference[j]:
            matched[i] = True
            i, j = i + 1, j + 1
        elif common[i + 1][j] >= common[i][j + 1]:
            i += 1
        else:
            j += 1
    return matched


def found_by_position(
    hypotheses: Sequence[Tokens], references: Sequence[Tokens], parts: int = 5
) -> np.ndarray:
    """Return which share of the reference words was found, from the sentences' first part to the last.

    Each reference is cut into `parts` of equal length; the result has one share (0 to 1) a part.
    Some words are found by chance: compare with the output for other sentences.
    """
    found, total = np.zeros(parts), np.zeros(parts)
    for hypothesis, reference in zip(hypotheses, references, strict=True):
        part = np.arange(len(reference)) * parts // len(reference)
        # Where a word could be matched in two places, one end would be favoured: read both ways.
        forward = np.array(matched_words(reference, hypothesis))
        backward = np.array(matched_words(reference[::-1], hypothesis[::-1]))[::-1]
        np.add.at(total, part, 1)
        np.add.at(found, part, (forward.astype(float) + backward) / 2)
    return found / np.maximum(total, 1)


@dataclass(frozen=True)
class LengthScores:
    """The three measures over `n` sentences of `low` to `high` source tokens, each from 0 to 100."""

    low: int
    high: int | None  # None: or more
    n: int
    bleu: float
    exact_match: float
    token_accuracy: float

    @property
    def label(self) -> str:
        return f"{self.low}+" if self.high is None else f"{self.low}–{self.high}"


def translate_pairs(
    translator: Translator, pairs: Sequence[Pair], beam_size: int = 1, batch_size: int = 128
) -> list[Translation]:
    """Translate the sources of `pairs`, in batches of similar length; results in the pairs' order."""
    return translator.translate_tokens([pair.source for pair in pairs], beam_size, batch_size)


@torch.no_grad()
def teacher_forced_scores(model: Seq2Seq, batches: Iterable[Batch]) -> tuple[float, float]:
    """Return the loss (nats a token) and the token accuracy (0 to 100) over all real target tokens.

    Both count ``<eos>`` as a token: the model must also know when to stop.
    """
    loss, right, total = 0.0, 0, 0
    with evaluating(model):
        for batch in batches:
            batch = batch.to(model.device)
            log_probs, _ = model(batch)
            words = int(batch.target_mask.sum())
            loss += float(mean_word_loss(log_probs, batch.target_output)) * words
            right += int(((log_probs.argmax(dim=2) == batch.target_output) & batch.target_mask).sum())
            total += words
    return loss / total, 100 * right / total


def evaluate_by_length(
    translator: Translator,
    pairs: Sequence[Pair],
    bins: Sequence[tuple[int, int | None]] = LENGTH_BINS,
    translations: Sequence[Translation] | None = None,
) -> list[LengthScores]:
    """Return a `LengthScores` for each bin (lowest and highest source length) that has sentences.

    `translations` of the same pairs save translating them here (greedily).
    """
    if translations is None:
        translations = translate_pairs(translator, pairs)
    scores = []
    for low, high in bins:
        end = math.inf if high is None else high
        group = [i for i, pair in enumerate(pairs) if low <= len(pair.source) <= end]
        if not group:
            continue
        hypotheses = [translations[i].target for i in group]
        references = [tuple(pairs[i].target) for i in group]
        batches = make_batches([pairs[i] for i in group], *translator.vocabs, 128)
        scores.append(
            LengthScores(
                low,
                high,
                n=len(group),
                bleu=bleu(hypotheses, references),
                exact_match=100 * float(np.mean([h == r for h, r in zip(hypotheses, references)])),
                token_accuracy=teacher_forced_scores(translator.model, batches)[1],
            )
        )
    return scores
