"""Subwords: whole words in, whole words out; between them, pieces."""

from __future__ import annotations

from collections import Counter

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from toy import CONFIGS, toy_pairs

from course_utils.model import translator
from course_utils.model.search import Hypothesis, greedy_decode
from course_utils.model.seq2seq import Seq2Seq, build_model
from course_utils.text.corpus import load_corpus
from course_utils.text.subwords import SubwordVocab
from course_utils.text.vocab import SPECIALS, UNK_ID

WORDS = (
    "low low low low low lower lower newest newest newest newest newest newest widest widest widest".split()
)


@pytest.fixture(scope="module")
def vocab() -> SubwordVocab:
    return SubwordVocab.learn([pair.source for pair in load_corpus().valid], 300)


def test_the_example_of_the_paper() -> None:
    """Sennrich et al. 2016, section 3.2: “es”, “est” and “lo” are among the first to be joined."""
    made = SubwordVocab.learn([WORDS], 20)
    assert {"es", "est", "lo", "low"} <= {token.removeprefix("▁") for token in made.tokens}
    assert made.cut(["lowest"])[-1] == "est"


def test_the_specials_have_the_ids_that_they_have_everywhere(vocab: SubwordVocab) -> None:
    assert vocab.tokens[:4] == SPECIALS and len(vocab) == 300


def test_words_come_back_whole(vocab: SubwordVocab) -> None:
    for pair in load_corpus().train[:500]:
        assert tuple(vocab.decode(vocab.encode(pair.source))) == pair.source


LETTERS = "".join(sorted({c for pair in load_corpus().valid for word in pair.source for c in word}))


@given(words=st.lists(st.text(LETTERS, min_size=1), max_size=6))
def test_any_word_of_known_letters_comes_back(vocab: SubwordVocab, words: list[str]) -> None:
    assert vocab.decode(vocab.encode(words)) == words
    assert all(word in vocab for word in words)
    pieces = vocab.cut(words)
    assert vocab.join(pieces) == words and len(vocab.groups(pieces)) == len(words)
    assert [piece for group in vocab.groups(pieces) for piece in group] == pieces
    assert vocab.ids(pieces) == vocab.encode(words)


def test_a_letter_that_was_never_seen_is_unknown(vocab: SubwordVocab) -> None:
    assert "日" not in vocab and "chat" in vocab and vocab.nearest("日") == []
    assert vocab.encode(["chat", "日"])[-1] == UNK_ID


def test_common_words_stay_whole_and_rare_ones_do_not(vocab: SubwordVocab) -> None:
    counts = Counter(word for pair in load_corpus().valid for word in pair.source)
    ranked = [word for word, _ in counts.most_common()]
    pieces = [len(vocab.cut([word])) for word in ranked]
    assert max(pieces[:10]) == 1 and sum(pieces[-50:]) > 2 * 50


def test_more_pieces_make_shorter_sentences() -> None:
    sentences = [pair.source for pair in load_corpus().valid]
    made = [SubwordVocab.learn(sentences, size) for size in (60, 150, 400)]
    lengths = [sum(len(vocab.encode(sentence)) for sentence in sentences) for vocab in made]
    assert lengths == sorted(lengths, reverse=True) and lengths[-1] < 0.6 * lengths[0]


def test_a_small_corpus_has_fewer() -> None:
    assert len(SubwordVocab.learn([WORDS], 5000)) < 60


def test_too_few_for_the_letters() -> None:
    with pytest.raises(ValueError, match="6 subwords are too few: every character"):
        SubwordVocab.learn([WORDS], 6)


def test_sentences_that_become_long_share_no_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    """What counts is how many pieces are decoded, not how many words were typed."""
    pairs = toy_pairs(30)
    vocab = SubwordVocab.learn([[word] for pair in pairs for word in pair.source + pair.target], 30)
    model = build_model(CONFIGS["attention-dot"], len(vocab), len(vocab))
    decoded: list[list[int]] = []

    def greedy(model: Seq2Seq, source: torch.Tensor, lengths: torch.Tensor) -> list[Hypothesis]:
        decoded.append(lengths.tolist())
        return greedy_decode(model, source, lengths, max_length=1)

    monkeypatch.setattr(translator, "greedy_decode", greedy)
    short, long = ("six",), ("quatrequatrequatre",) * 6
    translator.Translator(model, vocab, vocab).translate_tokens([long, short] * 2, batch_size=2)
    pieces = [len(vocab.encode(words)) for words in (short, long)]
    assert [{*lengths} for lengths in decoded] == [{pieces[0]}, {pieces[1]}] and pieces[1] > 12
    decoded.clear()
    monkeypatch.setattr(translator, "MOST_WEIGHTS", pieces[1] * (2 * pieces[1] + 10))  # room for one
    translator.Translator(model, vocab, vocab).translate_tokens([long, short] * 2, batch_size=2)
    assert decoded[1:] == [[pieces[1]]] * 2


def test_the_sign_for_a_space_within_a_word() -> None:
    made = SubwordVocab.learn([["a▁b", "ab"]], 20)
    assert made.decode(made.encode(["a▁b", "ab"])) == ["a_b", "ab"]


def test_equal_models_are_equal(vocab: SubwordVocab) -> None:
    again = SubwordVocab(vocab.model)
    assert again == vocab and hash(again) == hash(vocab)
    assert again != SubwordVocab.learn([WORDS], 20)
    with pytest.raises(ValueError, match="no sentencepiece model"):
        SubwordVocab(b"nonsense")


def test_the_sign_that_sentencepiece_keeps_for_itself() -> None:
    vocab = SubwordVocab.learn([["le", "▅", "zoo"], ["le▅", "chat"]], 40)
    assert UNK_ID not in vocab.encode(["zoo", "chat", "▅"])


def test_text_is_not_taken_for_words() -> None:
    with pytest.raises(ValueError, match=r"'le chat' is text.*tokenize"):
        SubwordVocab.learn(["le chat"], 40)
