from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest
import sacrebleu
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from toy import toy_model, toy_pairs, toy_vocabs

from course_utils.analysis.alignments import alignment_error_rate, attention_links
from course_utils.analysis.evaluation import (
    LENGTH_BINS,
    bleu,
    bleu_signature,
    chrf,
    evaluate_by_length,
    found_by_position,
    matched_words,
    rouge,
    teacher_forced_scores,
    translate_pairs,
)
from course_utils.model.translator import Translation, Translator
from course_utils.text.batching import make_batch, make_batches
from course_utils.text.corpus import Pair
from course_utils.text.vocab import PAD_ID

sentences = st.lists(st.sampled_from("abcde"), max_size=8)


# --- ROUGE


def test_rouge_by_hand() -> None:
    """Four of 6 and 4 words are in common, three of 5 and 3 pairs of neighbours; then the mean over pairs."""
    found = rouge(["a b c d e f".split()], ["a b c d".split()])
    assert found == pytest.approx({"ROUGE-1": 80, "ROUGE-2": 75, "ROUGE-L": 80})
    swapped = rouge(["d c b a".split()], ["a b c d".split()])
    assert swapped == pytest.approx({"ROUGE-1": 100, "ROUGE-2": 0, "ROUGE-L": 25})
    both = rouge(["a b c d e f".split(), "x".split()], ["a b c d".split(), "y".split()])
    assert both == pytest.approx({"ROUGE-1": 40, "ROUGE-2": 37.5, "ROUGE-L": 40})


def test_rouge_takes_the_tokens_as_they_are() -> None:
    assert rouge([["<unk>", ",", "é"]], [["<unk>", ",", "é"]])["ROUGE-1"] == 100
    assert rouge([["Cat"]], [["cat"]])["ROUGE-1"] == 0
    assert rouge([[]], [["cat"]])["ROUGE-1"] == 0 and rouge([], [])["ROUGE-L"] == 0
    with pytest.raises(ValueError, match="1 hypotheses can't match 2 references"):
        rouge([["a"]], [["a"], ["b"]])


# --- BLEU ------------------------------------------------------------------------------------


english = st.lists(st.sampled_from(["the", "cat", "doesn't", "well-known", "."]), min_size=1)


@given(st.lists(st.tuples(english, english), min_size=1, max_size=5))
def test_bleu_is_sacrebleus(rows: list[tuple[list[str], list[str]]]) -> None:
    hypotheses, references = zip(*rows)
    expected = sacrebleu.corpus_bleu(
        [" ".join(h) for h in hypotheses], [[" ".join(r) for r in references]], tokenize="none"
    )
    assert bleu(hypotheses, references) == pytest.approx(expected.score)


def test_bleu_of_perfect_and_of_hopeless_output() -> None:
    references = [p.target for p in toy_pairs(20, shortest=4)]
    assert bleu(references, references) == pytest.approx(100)
    assert bleu([("x",) * 5] * 20, references) < 1
    assert bleu([()] * 20, references) == 0
    assert bleu([], []) == 0


def test_bleu_splits_no_token_and_is_used_to_full_stops(caplog: pytest.LogCaptureFixture) -> None:
    """Sacrebleu's own tokenisation would make two and more of one, and warn of sentences that are tokens."""
    assert 0 < bleu([tuple("abcde") + ("f,g",)], [(*"abcde", "f", ",", "g")]) < 90
    assert bleu([("the", "cat", "sleeps", ".")] * 100, [("the", "cat", "sleeps", ".")] * 100) > 99
    assert not caplog.records


def test_bleu_counts_over_the_corpus() -> None:
    """A mean over sentences would weigh a short sentence like a long one."""
    long, short = tuple("abcdefghijklmnopqrst"), tuple("uvwx")
    ours = bleu([long, tuple("zzzz")], [long, short])
    assert ours > 70 > (bleu([long], [long]) + bleu([tuple("zzzz")], [short])) / 2


def test_bleu_needs_a_reference_for_each_hypothesis() -> None:
    with pytest.raises(ValueError, match="2 hypotheses can't match 1 references"):
        bleu([("a",), ("b",)], [("a",)])


def test_the_signature_is_that_of_the_score() -> None:
    """Words as they are, one reference a sentence: what someone needs to get the same number."""
    metric = sacrebleu.metrics.BLEU(tokenize="none", force=True)
    metric.corpus_score(["a b", "c"], [["a b", "d"]])
    assert bleu_signature() == str(metric.get_signature())
    assert "nrefs:1|" in bleu_signature() and "|tok:none|" in bleu_signature()


@given(st.lists(st.tuples(english, english), min_size=1, max_size=5))
def test_chrf_is_sacrebleus(rows: list[tuple[list[str], list[str]]]) -> None:
    hypotheses, references = zip(*rows)
    expected = sacrebleu.corpus_chrf([" ".join(h) for h in hypotheses], [[" ".join(r) for r in references]])
    assert chrf(hypotheses, references) == pytest.approx(expected.score)


def test_chrf_judges_sentences_that_are_too_short_for_bleu() -> None:
    assert bleu([("black", "cat")], [("black", "cat")]) == 0
    assert chrf([("black", "cat")], [("black", "cat")]) == pytest.approx(100)
    assert 0 < chrf([("black", "cats")], [("black", "cat")]) < 100
    assert chrf([], []) == 0


# --- words and positions ---------------------------------------------------------------------


def longest_common_subsequence(a: list[str], b: list[str]) -> int:
    table = np.zeros((len(a) + 1, len(b) + 1), dtype=int)
    for i, j in np.ndindex(len(a), len(b)):
        table[i + 1, j + 1] = table[i, j] + 1 if a[i] == b[j] else max(table[i, j + 1], table[i + 1, j])
    return int(table[-1, -1])


@given(sentences, sentences)
def test_matched_words_are_a_longest_common_subsequence(hypothesis: list[str], reference: list[str]) -> None:
    matched = matched_words(hypothesis, reference)
    assert len(matched) == len(hypothesis)
    kept = [word for word, right in zip(hypothesis, matched) if right]
    rest = iter(reference)
    assert all(word in rest for word in kept)  # in the reference, and in this order
    assert len(kept) == longest_common_subsequence(hypothesis, reference)
    assert len(kept) == sum(matched_words(reference, hypothesis))


def test_matched_words_on_worked_examples() -> None:
    reference = "the black cat is on the mat".split()
    assert matched_words(reference, reference) == [True] * 7
    assert matched_words("the cat is on a mat".split(), reference) == [True, True, True, True, False, True]
    assert matched_words([], reference) == []
    assert matched_words(["dog"], reference) == [False]
    # A word that is right, but in another place than its neighbours, is counted once.
    assert sum(matched_words(["mat", "mat"], ["mat"])) == 1


def test_found_by_position() -> None:
    reference = tuple("abcdefghij")
    share = found_by_position([reference[:4]], [reference], parts=5)
    assert share.tolist() == [1, 1, 0, 0, 0]
    share = found_by_position([reference[:4], tuple("xy")], [reference, tuple("yz")], parts=5)
    # The second reference's words lie in the first part and in the third; "y" is found.
    assert share.tolist() == pytest.approx([1, 1, 0, 0, 0])
    assert found_by_position([()], [()]).tolist() == [0] * 5
    everything = [p.target for p in toy_pairs(30, longest=20)]
    assert found_by_position(everything, everything, parts=3).tolist() == [1, 1, 1]
    with pytest.raises(ValueError):
        found_by_position([("a",)], [])


@given(st.lists(st.tuples(sentences, sentences), min_size=1, max_size=4))
def test_found_by_position_favours_no_end(rows: list[tuple[list[str], list[str]]]) -> None:
    """Otherwise chance matches alone would say that one end is remembered better."""
    hypotheses, references = zip(*rows)
    # Both ways round: cutting into parts need not be symmetric, so each part is one word.
    references = [(list("abcde") + reference)[-5:] for reference in references]
    forward = found_by_position(hypotheses, references, parts=5)
    backward = found_by_position([h[::-1] for h in hypotheses], [r[::-1] for r in references], 5)
    np.testing.assert_allclose(forward, backward[::-1])


def test_a_part_of_one_word_is_found_or_not() -> None:
    assert found_by_position([list("abxde")], [list("abcde")]).tolist() == [1, 1, 0, 1, 1]


# --- a whole translator ----------------------------------------------------------------------


def toy_translator(pairs: list[Pair]) -> Translator:
    vocabs = toy_vocabs(pairs)
    return Translator(toy_model("attention-additive", *map(len, vocabs)), *vocabs)


def test_translate_pairs_keeps_their_order() -> None:
    pairs = toy_pairs(30, longest=9)
    translator = toy_translator(pairs)
    found = translate_pairs(translator, pairs, batch_size=7)
    assert [f.source for f in found] == [p.source for p in pairs]
    for pair, translation in zip(pairs, found):
        assert translator.translate_tokens([pair.source])[0].target == translation.target


def test_translate_pairs_hands_on_what_it_is_told() -> None:
    asked = []
    translator = SimpleNamespace(translate_tokens=lambda *told: asked.append(told))
    pair = Pair(("un",), ("one",), None)
    translate_pairs(cast(Translator, translator), [pair], 3, 7)
    assert asked == [([("un",)], 3, 7)]


def echo(words: tuple[str, ...], pair: Pair) -> Translation:
    return Translation(" ".join(words), pair.source, words, None, 0.0)


def test_scores_go_to_the_right_bin() -> None:
    pairs = toy_pairs(60, shortest=1, longest=45)
    translator = toy_translator(pairs)
    # Perfect up to 19 source words; nothing right beyond.
    translations = [echo(p.target if len(p.source) < 20 else ("x",), p) for p in pairs]
    scores = evaluate_by_length(translator, pairs, LENGTH_BINS, translations)
    assert [(s.low, s.high) for s in scores] == [b for b in LENGTH_BINS if b[0] not in (51, 61)]
    assert sum(s.n for s in scores) == len(pairs)
    for score in scores:
        assert score.n == sum(score.low <= len(p.source) <= score.high for p in pairs)
        assert score.label == f"{score.low}–{score.high}"
        expected = 100 if score.high < 20 else 0
        assert score.exact_match == expected
        assert score.bleu == pytest.approx(expected, abs=1e-3)
        assert 0 <= score.token_accuracy <= 100
    assert evaluate_by_length(translator, pairs, [(100, 200)], translations) == []


def test_an_exact_match_is_the_whole_sentence() -> None:
    pairs = toy_pairs(4, shortest=3)
    translator = toy_translator(pairs)
    right = [pair.target for pair in pairs]
    wrong = [right[0][:-1], (*right[1], "more"), right[2][1:], right[3]]  # only the last is right
    (score,) = evaluate_by_length(translator, pairs, [(1, None)], list(map(echo, wrong, pairs)))
    assert score.exact_match == 25


def test_bins_go_by_the_source() -> None:
    pairs = [Pair(("un",) * S, ("one",) * T, None) for S, T in ((2, 7), (7, 2), (7, 3))]
    scores = evaluate_by_length(toy_translator(pairs), pairs, [(1, 4), (5, 9)])
    assert [score.n for score in scores] == [1, 2]


def test_a_bin_without_sentences_is_left_out_and_those_after_it_are_not() -> None:
    pairs = toy_pairs(5, longest=5) + toy_pairs(5, shortest=20, longest=25)
    translator = toy_translator(pairs)
    scores = evaluate_by_length(translator, pairs, LENGTH_BINS, [echo(p.target, p) for p in pairs])
    assert [(score.low, score.n) for score in scores] == [(1, 5), (20, 5)]


def test_the_last_bin_has_no_end() -> None:
    pairs = toy_pairs(30, shortest=3, longest=9)
    translator = toy_translator(pairs)
    (score,) = evaluate_by_length(translator, pairs, [(5, None)], [echo(p.target, p) for p in pairs])
    assert score.n == sum(len(p.source) >= 5 for p in pairs) > 0
    assert (score.low, score.high, score.label) == (5, None, "5+")


def test_evaluate_translates_greedily_by_itself() -> None:
    pairs = toy_pairs(20)
    translator = toy_translator(pairs)
    assert evaluate_by_length(translator, pairs) == evaluate_by_length(
        translator, pairs, LENGTH_BINS, translate_pairs(translator, pairs)
    )


def test_teacher_forced_scores_weigh_every_token_alike() -> None:
    """Not every batch alike: the last one is smaller, and shorter sentences have fewer words."""
    pairs = toy_pairs(25, longest=12)
    vocabs = toy_vocabs(pairs)
    model = toy_model("attention-additive", *map(len, vocabs))
    batch = make_batch(pairs, *vocabs)
    log_probs, _ = model(batch)
    real = batch.target_mask
    expected = float(F.nll_loss(log_probs[real], batch.target_output[real]).detach())
    right = (log_probs.argmax(2) == batch.target_output)[real]
    for size in (1, 10, 25):
        loss, accuracy = teacher_forced_scores(model, make_batches(pairs, *vocabs, size))
        assert loss == pytest.approx(expected)
        assert accuracy == pytest.approx(100 * right.double().mean().item())


def test_padding_is_never_right() -> None:
    pairs = toy_pairs(12, longest=9)
    translator = toy_translator(pairs)
    translator.model.decoder.out.bias.data[PAD_ID] = 1000  # all that this model says is <pad>
    batches = make_batches(pairs, *translator.vocabs, 12)
    assert teacher_forced_scores(translator.model, batches)[1] == 0


@pytest.mark.parametrize("training", [True, False])
def test_teacher_forced_scores_use_no_dropout_and_restore_the_mode(training: bool) -> None:
    pairs = toy_pairs(6)
    translator = toy_translator(pairs)
    translator.model.train(training)
    batches = make_batches(pairs, *translator.vocabs, 4)
    random = torch.get_rng_state()
    assert teacher_forced_scores(translator.model, batches) == teacher_forced_scores(
        translator.model, batches
    )
    assert translator.model.training is training
    assert torch.equal(random, torch.get_rng_state())


# --- alignments ------------------------------------------------------------------------------


def test_alignment_error_rate_on_worked_examples() -> None:
    gold = [[(0, 0), (1, 2), (2, 1)]]  # le chat noir / the black cat
    assert alignment_error_rate(gold, gold) == 0
    assert alignment_error_rate([[(0, 1)]], gold) == 1
    # Two of three links right: 1 − 2·2 / (3 + 3)
    assert alignment_error_rate([[(0, 0), (1, 1), (2, 1)]], gold) == pytest.approx(1 / 3)
    # One link too few: 1 − 2·2 / (2 + 3)
    assert alignment_error_rate([[(0, 0), (1, 2)]], gold) == pytest.approx(0.2)
    assert alignment_error_rate([[(0, 0)] * 5], [[(0, 0)]]) == 0  # a link counts once


def test_alignment_error_rate_is_over_all_links_together() -> None:
    predicted = [[(0, 0)], [(0, 1), (1, 0), (2, 0)]]
    gold = [[(0, 0)], [(0, 0), (1, 1), (2, 2)]]
    assert alignment_error_rate(predicted, gold) == pytest.approx(1 - 2 / 8)
    with pytest.raises(ValueError):
        alignment_error_rate(predicted, gold[:1])


def test_attention_links_take_the_highest_weight() -> None:
    weights = np.array([[0.7, 0.2, 0.1], [0.1, 0.2, 0.7], [0.2, 0.5, 0.3]])
    assert attention_links(weights) == [(0, 0), (2, 1), (1, 2)]
    assert attention_links(np.zeros((0, 3))) == []


@pytest.mark.parametrize("score", [bleu, chrf, rouge])
def test_text_is_not_taken_for_words(score) -> None:
    for sides in ((["the cat"], ["the dog"]), (["the", "cat"], ["the", "dog"]), ([["the"]], ["the"])):
        with pytest.raises(ValueError, match="is text, and its tokens are asked for"):
            score(*sides)
