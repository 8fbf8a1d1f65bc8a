"""Text, in ten scripts: whatever people type, cleaning, cutting, joining and numbering it lose nothing.

The cases with examples are in `test_vocab.py`, `test_subwords.py` and `test_cases.py`.
"""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from course_utils.text.corpus import Pair, load_corpus, read_pairs, split_pairs
from course_utils.text.subwords import SubwordVocab
from course_utils.text.tokens import clean, detokenize, tokenize
from course_utils.text.vocab import BOS_ID, EOS_ID, PAD_ID, SPECIALS, UNK_ID, Vocab

# Letters of each script, small and capital, with the marks that stand on them; not all that it has.
SCRIPTS = {
    "Latin": "abcdefghijklmnoprstuvyzàâäçéèêëîïñôöùûüÿœæøåßšžABCÉÀÇŒÖÑ",
    "Greek": "αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊΐΑΣΩΆ",
    "Cyrillic": "абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґАБЁЙ",
    "Arabic": "ابتثجحخدذرزسشصضطظعغفقكلمنهويةىءأؤئآپچگ\u064b\u064e\u0651",
    "Hebrew": "אבגדהוזחטיכלמנסעפצקרשתךםןףץ\u05b0\u05b7\u05bc",
    "Devanagari": "अआइईउकखगघचजटडतदनपबमयरलवशसह\u093e\u093f\u0940\u0941\u0947\u094b\u094d\u0902\u093c",
    "Thai": "กขคงจชซดตถทนบปพมยรลวสหอ\u0e31\u0e34\u0e35\u0e38\u0e48\u0e49เแโไ",
    "Chinese": "我你他是的在有一不了人中大国学习天地水火山",
    "Japanese": "あいうえおかがきくけこさしすたてとなにのはひをんアイカキッー日本語",
    "Korean": "가나다라마바사아자차카타파하한국어말을를이",
}
MARKS = ".,!?;:…()[]«»“”\"'-–—%/"


def words(script: str, most: int = 8) -> st.SearchStrategy[str]:
    """A word begins with a letter; a mark on it may follow."""
    letters = SCRIPTS[script]
    first = "".join(letter for letter in letters if unicodedata.category(letter)[0] == "L")
    return st.builds(str.__add__, st.sampled_from(first), st.text(letters, max_size=most - 1))


any_word = st.one_of([words(script, 5) for script in SCRIPTS])
sentences = st.lists(any_word, min_size=1, max_size=6)  # of several scripts at once
texts = st.lists(any_word | st.text(MARKS + " 0123456789", min_size=1, max_size=3), max_size=8).map(" ".join)


@pytest.mark.parametrize("script", SCRIPTS)
@given(data=st.data())
def test_words_of_every_script_come_back(script: str, data: st.DataObject) -> None:
    """Each word is one token, as it was typed, but for capitals and one way to write an accent."""
    typed = data.draw(st.lists(words(script), min_size=1, max_size=6))
    text = " ".join(typed)
    tokens = tokenize(text)
    assert tokens == clean(text).split() and len(tokens) == len(typed)
    assert tokens == [unicodedata.normalize("NFC", word.lower()) for word in typed]
    assert detokenize(tokens) == detokenize(tokens, "fr") == clean(text)
    assert tokenize(detokenize(tokens)) == tokens
    known = Vocab.build([tokens])
    assert known.decode(known.encode(tokens)) == tokens


@pytest.mark.parametrize("script", SCRIPTS)
@given(data=st.data())
def test_accents_typed_apart_are_the_same_word(script: str, data: st.DataObject) -> None:
    word = data.draw(words(script))
    assert tokenize(unicodedata.normalize("NFD", word)) == tokenize(word)


@given(st.text(max_size=60).filter(lambda text: "&" not in text))
@example("\u1fefa\u1ffd")  # of Greek; NFC makes ` and ´ of them, which are apostrophes
@example("e\u00ad\u0301")  # an accent behind a soft hyphen
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    """But for HTML's entities: "&amp;lt;" is written "&lt;", which is read "<"."""
    once = clean(text)
    assert clean(once) == once and tokenize(once) == tokenize(text)


@given(texts, st.sampled_from(["en", "fr"]))
def test_what_is_joined_is_cut_as_before(text: str, language: str) -> None:
    tokens = tokenize(text)
    joined = detokenize(tokens, language)
    assert tokenize(joined) == tokens
    assert detokenize(tokenize(joined), language) == joined
    assert joined.strip() == joined and "  " not in joined


@given(st.text(max_size=60))
def test_nothing_but_blanks_gets_lost(text: str) -> None:
    cleaned, tokens = clean(text), tokenize(text)
    assert "".join(tokens) == "".join(cleaned.split())
    assert all(tokens) and not any(character.isspace() for token in tokens for character in token)
    assert not any(unicodedata.category(character) == "Cc" for character in cleaned)


# --- vocabularies ------------------------------------------------------------------------------

corpora = st.lists(sentences.map(tuple), min_size=1, max_size=6)


@given(corpora, corpora, st.integers(1, 3))
def test_a_vocabulary_knows_what_it_was_built_from_and_nothing_else(
    train: list[tuple[str, ...]], other: list[tuple[str, ...]], min_count: int
) -> None:
    known = Vocab.build(train, min_count)
    flat = [word for sentence in train for word in sentence]
    assert set(known.tokens[4:]) == {word for word in flat if flat.count(word) >= min_count}
    assert known.tokens[:4] == SPECIALS and known == Vocab(known.tokens)
    for sentence in other:
        ids = known.encode(sentence)
        assert [i == UNK_ID for i in ids] == [word not in known for word in sentence]
        assert known.decode([BOS_ID, *ids, PAD_ID, EOS_ID, *ids]) == [
            word if word in known else "<unk>" for word in sentence
        ]


@given(corpora, sentences)
def test_pieces_of_words_of_every_script_make_the_words_again(
    train: list[tuple[str, ...]], other: list[str]
) -> None:
    """Also of words that were never seen, if their letters were."""
    letters = {letter for sentence in train for word in sentence for letter in word}
    vocab = SubwordVocab.learn(train, len(letters) + 30)
    again = SubwordVocab(vocab.model)
    for sentence in (*train, other):
        pieces, ids = vocab.cut(sentence), vocab.encode(sentence)
        assert vocab.join(pieces) == list(sentence) and len(vocab.groups(pieces)) == len(sentence)
        assert (UNK_ID in ids) == any(letter not in letters for word in sentence for letter in word)
        assert again.encode(sentence) == ids and [UNK_ID <= i < len(vocab) for i in ids] == [True] * len(ids)
        if UNK_ID not in ids:
            assert vocab.decode(ids) == list(sentence)


# --- files -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("properties") / "corpus.tsv"


@st.composite
def pairs(draw: st.DrawFn) -> Pair:
    """A pair whose words are tokens, as the reader finds them."""
    source, target = (tuple(tokenize(" ".join(draw(sentences)))) for _ in range(2))
    S, T = len(source), len(target)
    links = st.lists(st.tuples(st.integers(0, S - 1), st.integers(0, T - 1)), max_size=6)
    return Pair(source, target, draw(st.none() | links.map(tuple)))


@given(
    st.lists(pairs(), min_size=1, max_size=6),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)
def test_pairs_that_are_written_are_read(
    path: Path, written: list[Pair], end: str, mark: bool, blank: bool, last: bool
) -> None:
    """With any end of line, a byte order mark or none, blank lines between, the last line ended or not."""
    rows = []
    for pair in written:
        columns = [" ".join(pair.source), " ".join(pair.target)]
        if pair.alignment is not None:
            columns.append(" ".join(f"{i}-{j}" for i, j in pair.alignment))
        rows.append("\t".join(columns) + (end + " " if blank else ""))
    text = "\ufeff" * mark + end.join(rows) + end * last
    path.write_bytes(text.encode())
    assert read_pairs(path) == written
    swapped = read_pairs(path, columns=(2, 1))
    assert swapped == [Pair(pair.target, pair.source, None) for pair in written]


few = st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=3).map(tuple)


@given(st.lists(st.builds(Pair, few, few, st.none()), min_size=1, max_size=12), st.randoms())
def test_splits_share_out_every_pair_and_no_source_twice(written: list[Pair], random) -> None:
    sources = {pair.source for pair in written}
    if len(sources) < 3:
        with pytest.raises(ValueError, match="different source sentence"):
            split_pairs(written, "mine")
        return
    splits = split_pairs(written, "mine")
    assert sorted(map(str, sum(splits.values(), []))) == sorted(map(str, written))
    parts = [{pair.source for pair in split} for split in splits.values()]
    assert sum(map(len, parts)) == len(sources) and all(parts)
    random.shuffle(written)
    again = split_pairs(written, "mine")
    assert [{pair.source for pair in split} for split in again.values()] == parts


def test_two_loads_are_equal(path: Path) -> None:
    path.write_text("".join(f"mot {n}\tword {n}\n" for n in range(20)), encoding="utf-8")
    assert load_corpus(path) == load_corpus(path)
