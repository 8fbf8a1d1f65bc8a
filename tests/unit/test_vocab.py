from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_utils.text.tokens import detokenize, tokenize
from course_utils.text.vocab import BOS, BOS_ID, EOS, EOS_ID, PAD, PAD_ID, SPECIALS, UNK, UNK_ID, Vocab

FRENCH_LETTERS = "abcdefghijklmnopqrstuvwxyzàâæçéèêëîïôœùûü"
letters = st.text(FRENCH_LETTERS, min_size=1, max_size=8)
words = letters | st.sampled_from(["aujourd'hui", "quelqu'un", "arc-en-ciel", "doesn't", "l'"])


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Le chat noir est sur le tapis", ["le", "chat", "noir", "est", "sur", "le", "tapis"]),
        ("L'homme", ["l'", "homme"]),
        ("L’homme", ["l'", "homme"]),  # the curly apostrophe that phones type
        ("parce qu’il n’a pas", ["parce", "qu'", "il", "n'", "a", "pas"]),
        ("aujourd'hui j'ai faim", ["aujourd'hui", "j'", "ai", "faim"]),
        ("lorsqu'elle, jusqu'ici", ["lorsqu'", "elle", ",", "jusqu'", "ici"]),
        ("presqu'île et quelqu'un", ["presqu'île", "et", "quelqu'un"]),
        ("un arc-en-ciel.", ["un", "arc-en-ciel", "."]),
        ("he doesn't sleep", ["he", "doesn't", "sleep"]),
        ("Mange-t-il ?", ["mange", "-t-il", "?"]),  # a pronoun tied to its verb
        ("donne-le-moi", ["donne", "-le", "-moi"]),
        ("qu’est-ce que c'est", ["qu'", "est", "-ce", "que", "c'", "est"]),
        ("un rendez-vous, ma grand-mère", ["un", "rendez-vous", ",", "ma", "grand-mère"]),
        ("E\u0301te\u0301", ["été"]),  # each é typed as a letter and an accent: the same word
        ("  \t\n ", []),
        ("", []),
        ("l'", ["l", "'"]),  # nothing follows, so nothing is elided
        ("l ' homme", ["l'", "homme"]),
        ("Vitamin ‘C’ helps", ["vitamin", "'", "c", "'", "helps"]),  # quoted, not elided
        ("'s' is", ["'", "s", "'", "is"]),
    ],
)
def test_tokenize(text: str, tokens: list[str]) -> None:
    assert tokenize(text) == tokens


@pytest.mark.parametrize(
    "text",
    [
        "l'homme n'a pas vu l'arc-en-ciel",
        "aujourd'hui, le chat dort.",
        "he doesn't sleep, because the dog sings.",
        "lorsqu'il pleut, jusqu'au soir",
        "vas-y, donne-le-moi, où mange-t-on",
        "the letter 's' is in rock 'n' roll",
        "'l'homme' n'est pas 'd' ici",
    ],
)
def test_detokenize_gives_back_the_text(text: str) -> None:
    assert detokenize(tokenize(text)) == text


@given(st.text(FRENCH_LETTERS + FRENCH_LETTERS.upper() + " '’-.,!?«»0123456789", max_size=40))
def test_tokenizing_detokenized_tokens_changes_nothing(text: str) -> None:
    tokens = tokenize(text)
    assert tokenize(detokenize(tokens)) == tokens


@given(st.text(max_size=40))
def test_tokens_hold_all_that_was_written_and_no_blanks(text: str) -> None:
    tokens = tokenize(text)
    assert not any(set(token) & set(" \t\n") for token in tokens)
    assert all(tokens)
    kept = "".join(tokens)
    assert len([c for c in kept if c.isalpha()]) <= len([c for c in text.lower() if c.isalpha()])


def test_special_tokens_have_the_first_ids() -> None:
    assert (PAD_ID, BOS_ID, EOS_ID, UNK_ID) == (0, 1, 2, 3)
    assert SPECIALS == (PAD, BOS, EOS, UNK)
    assert Vocab.build([["a"]]).tokens == ("<pad>", "<bos>", "<eos>", "<unk>", "a")
    assert Vocab.build([["<pad>", "<unk>", "a"]]).tokens == (*SPECIALS, "a")


@given(st.lists(st.lists(words, max_size=5), max_size=8), st.randoms())
def test_the_ids_depend_on_the_counts_alone(sentences: list[list[str]], random) -> None:
    shuffled = [list(sentence) for sentence in sentences]
    random.shuffle(shuffled)
    for sentence in shuffled:
        random.shuffle(sentence)
    built = Vocab.build(sentences)
    assert built == Vocab.build(shuffled) and hash(built) == hash(Vocab.build(shuffled))
    flat = [word for sentence in sentences for word in sentence]
    counts = [flat.count(word) for word in built.tokens[4:]]
    assert counts == sorted(counts, reverse=True)


def test_min_count_leaves_rare_words_unknown() -> None:
    sentences = [["a", "b"], ["a", "c"], ["b", "a"]]
    assert Vocab.build(sentences, min_count=2).tokens[4:] == ("a", "b")
    assert Vocab.build(sentences, min_count=2).encode(["a", "c"]) == [4, UNK_ID]


@given(st.lists(words, min_size=1))
def test_decode_undoes_encode(tokens: list[str]) -> None:
    known = Vocab.build([tokens])
    assert known.decode(known.encode(tokens)) == tokens
    assert all(token in known for token in tokens)
    assert len(known) == 4 + len(set(tokens))


def test_decode_stops_at_the_first_eos() -> None:
    known = Vocab.build([["a", "b"]])
    a, b = known.encode(["a", "b"])
    assert known.decode([BOS_ID, a, PAD_ID, b, EOS_ID, a, EOS_ID]) == ["a", "b"]
    assert known.decode([a, UNK_ID]) == ["a", "<unk>"]
    assert known.decode([EOS_ID, a]) == []


def test_unknown_words() -> None:
    known = Vocab.build([["chat", "chats", "chien", "tapis"]])
    assert "zèbre" not in known and known.encode(["zèbre"]) == [UNK_ID]
    assert known.nearest("chatt")[:2] == ["chat", "chats"]
    assert len(known.nearest("chat", n=1)) == 1
    assert known.nearest("zzzzzz") == []
    assert known.nearest("<unk") == []  # never suggests a special token


def test_three_near_words_unless_told() -> None:
    known = Vocab.build([["chat", "chats", "chas", "chant", "cha"]])
    assert len(known.nearest("chat")) == 3 and len(known.nearest("chat", n=5)) == 5
    assert sorted(known.nearest("ch", n=5)) == ["cha", "chas", "chat"]  # the others are too long to be meant


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("« Le chat » dort.", ["le", "chat", "dort"]),  # signs that it has not vanish, wherever they stand
        ("chat - dort", ["chat", "dort"]),
        ("... le chat, le chat !", ["le", "chat", ",", "le", "chat", "!"]),
        (", le chat ,", ["le", "chat"]),  # a comma at an end goes, though it is known
        ("le chat ! ?", ["le", "chat", "!"]),  # a stop at an end stays, if it is known
        ("le ? chat", ["le", "?", "chat"]),  # within the sentence nothing goes unsaid
        ("l'oeuf, l'œuf", ["l'", "œuf", ",", "l'", "œuf"]),
        ("moelle, soeur", ["moelle", ",", "soeur"]),  # known as it is; unknown either way
        (".", []),
        ("", []),
    ],
)
def test_read_takes_what_a_person_typed(text: str, tokens: list[str]) -> None:
    known = Vocab.build([["le", "chat", "dort", ",", "!", "l'", "œuf", "moelle", "mœlle"]])
    assert known.read(text) == tokens


def test_a_sign_that_the_vocabulary_has_stays() -> None:
    known = Vocab.build([["«", "chat", "»", "."]])
    assert known.read("« chat ».") == ["«", "chat", "»", "."]


def test_many_vocabularies_are_told_apart_by_their_hashes() -> None:
    """Otherwise a dict or a set of them would compare every one with every other."""
    assert len({hash(Vocab([*SPECIALS, str(n)])) for n in range(50)}) > 40


def test_a_vocabulary_equals_no_list_of_its_words() -> None:
    known = Vocab.build([["a"]])
    assert known == Vocab(known.tokens) and known != Vocab.build([["b"]])
    assert known != known.tokens and known != list(known.tokens)


def test_a_word_is_one_token() -> None:
    known = Vocab.build([["chat", "noir"]])
    assert known.cut(("chat", "noir")) == ["chat", "noir"] == known.join(["chat", "noir"])
    assert known.groups(["chat", "noir"]) == [["chat"], ["noir"]]


@pytest.mark.parametrize("tokens", [[], ["a", "b", "c", "d"], [*SPECIALS, "a", "a"]])
def test_a_vocabulary_must_be_well_formed(tokens: list[str]) -> None:
    with pytest.raises(ValueError, match=r"distinct.*<pad>.*Vocab\.build"):
        Vocab(tokens)


def test_text_is_not_taken_for_words() -> None:
    for wrong in (lambda: Vocab.build(["le chat"]), lambda: Vocab.build([["le"]]).encode("le chat")):
        with pytest.raises(ValueError, match=r"'le chat' is text.*tokenize"):
            wrong()
