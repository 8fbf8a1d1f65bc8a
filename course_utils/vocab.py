"""Words and numbers: split a sentence into tokens, and give every token an id.

    text --tokenize--> tokens --Vocab.encode--> ids --Vocab.decode--> tokens --detokenize--> text
"""

from __future__ import annotations

import difflib
import html
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence

import regex

PAD, BOS, EOS, UNK = SPECIALS = ("<pad>", "<bos>", "<eos>", "<unk>")
PAD_ID, BOS_ID, EOS_ID, UNK_ID = range(4)

_ENTITY = regex.compile(r"& ?(#?\w+) ?;")  # "&apos;", and "& apos ;" as some tokenizers leave it
_SAME = (
    dict.fromkeys(map(ord, "‘’ʼ´`′＇"), "'")
    | dict.fromkeys(map(ord, "\u2010\u2011\uff0d"), "-")  # hyphens that look like the usual one
    | {0x200B: " "}  # the zero-width space parts words
)
# Other invisible characters vanish: soft hyphens, marks of direction, variation selectors … But a
# joiner between letters or symbols belongs to the word: Persian and Hindi spell with it.
_JOINERS = r"\u200c\u200d"
_INVISIBLE = regex.compile(
    rf"[\p{{Cf}}\p{{VS}}\u034f--[{_JOINERS}]]"
    rf"|(?<![\p{{L}}\p{{M}}\p{{N}}\p{{S}}])[{_JOINERS}]|[{_JOINERS}](?![\p{{L}}\p{{M}}\p{{N}}\p{{S}}])",
    regex.V1,
)
_ELIDED = r"(?:[cdjlmnst]|qu|lorsqu|puisqu|jusqu|quoiqu)"
_LOOSE_ELISION = regex.compile(rf"\b({_ELIDED}) ?' ?(?=\w)")
_LETTER = r"[\p{L}\p{M}\p{N}_]"  # or a mark on one: a vowel sign is no mark of punctuation

# In this order: a number; a word that keeps its apostrophe; a French word cut short before a vowel ("l'",
# "qu'"); any other word, with what may stand inside one ("arc-en-ciel", "doesn't"); any other sign.
_TOKEN = regex.compile(
    r"\p{N}+(?:[.,:]\p{N}+)+(?![\p{L}\p{M}_])"
    r"|aujourd'hui"
    rf"|{_ELIDED}'(?=\w)"
    rf"|{_LETTER}+(?:[-'·׳״{_JOINERS}]{_LETTER}+)*"
    r"|[^\s]\p{M}*(?:\u200d\X)*"
)

_CONTROL = regex.compile(r"\p{Cc}")
# Most text needs no cleaning, and to see that is quick: 28,000 pairs are read at every lesson's start.
_PLAIN = "[a-zà-öø-ÿœ0-9,.-][a-zà-öø-ÿœ0-9,.'-]*+"
_CLEAN = regex.compile(rf"{_PLAIN}(?:(?<!') {_PLAIN})*+")

STOPS = frozenset(".!?…;:")
_DROPPED = frozenset("'\"«»“”„()[]–—-")


def clean(text: str) -> str:
    """Return `text` as the course reads it: lower-case, one kind of space, apostrophe and hyphen.

    HTML's entities are read, invisible characters vanish or part words as Unicode says, letters with
    accents are single characters (NFC), and ``l ' homme`` is ``l'homme``.
    """
    if _CLEAN.fullmatch(text):
        return text
    text = _ENTITY.sub(lambda found: html.unescape(f"&{found[1]};"), text)
    text = _INVISIBLE.sub("", text.translate(_SAME))
    text = unicodedata.normalize("NFC", text.lower().replace("i\u0307", "i"))  # İ has two dots when small
    text = " ".join(_CONTROL.sub(" ", text).split())
    return _LOOSE_ELISION.sub(r"\1'", text)


def tokenize(text: str) -> list[str]:
    """Split `text` into lower-case tokens; works for French, English, and all that puts spaces between words.

    An elided French word is a token of its own: ``"L’homme"`` gives ``["l'", "homme"]``.
    """
    return _TOKEN.findall(clean(text))


def detokenize(tokens: Iterable[str], language: str = "en") -> str:
    """Join `tokens` into text as people write it.

    No space after an elided word, before a full stop or a comma, or inside brackets and quotation marks; in
    French (``"fr"``) a space before ``? ! ; :`` and inside « ».
    """
    words, opened = [], set()
    for token in tokens:
        if token in ("'", '"'):  # the same sign opens and closes
            words.append(token + "\0" if token not in opened else "\0" + token)
            opened ^= {token}
        else:
            words.append(token)
    for quote in opened:  # that is never closed: no quotation mark
        last = max(i for i, word in enumerate(words) if word == quote + "\0")
        words[last] = quote
    text = " ".join(words).replace("\0 ", "").replace(" \0", "").replace("\0", "")
    text = regex.sub(rf"\b({_ELIDED}') (?=\w)", r"\1", text)
    text = regex.sub(r" ([.,…)\]”])", r"\1", text)
    text = regex.sub(r"([(\[“]) ", r"\1", text)
    return text if language == "fr" else regex.sub(r" ([?!;:%»])", r"\1", text).replace("« ", "«")


class Vocab:
    """The tokens that a model knows, numbered; the first four are `SPECIALS`.

    Build it from training data only: a word that occurs in the test data alone must stay unknown.
    """

    def __init__(self, tokens: Sequence[str]) -> None:
        """Number `tokens` in order. Raises ValueError unless they are distinct and begin with `SPECIALS`."""
        if tuple(tokens[:4]) != SPECIALS or len(set(tokens)) != len(tokens):
            raise ValueError(
                f"a vocabulary holds distinct tokens and begins with {', '.join(SPECIALS)}; "
                "make one with Vocab.build(sentences)"
            )
        self.tokens = tuple(tokens)
        self._ids = {token: i for i, token in enumerate(self.tokens)}

    @classmethod
    def build(cls, sentences: Iterable[Iterable[str]], min_count: int = 1) -> Vocab:
        """Number every token that occurs at least `min_count` times, most frequent first."""
        counts = Counter(token for sentence in sentences for token in sentence)
        for special in SPECIALS:
            del counts[special]
        # The second key makes the order, and so every id, the same wherever it is built.
        ranked = sorted(counts, key=lambda token: (-counts[token], token))
        return cls([*SPECIALS, *(token for token in ranked if counts[token] >= min_count)])

    def __len__(self) -> int:
        return len(self.tokens)

    def __contains__(self, token: str) -> bool:
        return token in self._ids

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Vocab) and self.tokens == other.tokens

    def __hash__(self) -> int:
        return hash(self.tokens)

    def encode(self, tokens: Iterable[str]) -> list[int]:
        """Return the id of each token; an unknown one gets the id of ``<unk>``."""
        return [self._ids.get(token, UNK_ID) for token in tokens]

    def decode(self, ids: Iterable[int]) -> list[str]:
        """Return the tokens up to the first ``<eos>``, without ``<pad>`` and ``<bos>``."""
        tokens = []
        for i in map(int, ids):
            if i == EOS_ID:
                break
            if i not in (PAD_ID, BOS_ID):
                tokens.append(self.tokens[i])
        return tokens

    def read(self, text: str) -> list[str]:
        """Return the tokens of what a person typed, without signs that the vocabulary has not.

        Quotation marks and the like anywhere, stops and commas at the two ends; ``oe`` is read as ``œ``
        where only that is known.
        """
        tokens = [token for token in tokenize(text) if token in self or token not in _DROPPED]
        tokens = [
            ligature if token not in self and (ligature := token.replace("oe", "œ")) in self else token
            for token in tokens
        ]
        for end in (0, -1):  # an ellipsis before the sentence, a full stop after it
            while tokens and (tokens[end] == "," or tokens[end] in STOPS and tokens[end] not in self):
                tokens.pop(end)
        return tokens

    def nearest(self, word: str, n: int = 3) -> list[str]:
        """Return up to `n` known words spelt most like `word`, nearest first."""
        return difflib.get_close_matches(word, self.tokens[len(SPECIALS):], n=n, cutoff=0.6)
