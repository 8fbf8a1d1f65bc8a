"""Words as numbers: every token that a model knows has an id.

words --Vocab.cut--> tokens --Vocab.ids--> ids        here a word is one token; in subwords.py, one or more
"""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable, Sequence

from course_utils.text.tokens import DROPPED, STOPS, only_tokens, tokenize

PAD, BOS, EOS, UNK = SPECIALS = ("<pad>", "<bos>", "<eos>", "<unk>")
PAD_ID, BOS_ID, EOS_ID, UNK_ID = range(4)


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
        """Number every token that occurs at least `min_count` times, most frequent first.

        Raises ValueError for sentences that are text.
        """
        counts = Counter(token for sentence in sentences for token in only_tokens(sentence))
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

    def cut(self, words: Iterable[str]) -> list[str]:
        """Return the tokens that the model reads or writes for these words: here, the words."""
        return list(words)

    def groups(self, tokens: Sequence[str]) -> list[list[str]]:
        """Put the tokens of each word together: here, one."""
        return [[token] for token in tokens]

    def join(self, tokens: Sequence[str]) -> list[str]:
        """Return the words that the tokens make."""
        return ["".join(group) for group in self.groups(tokens)]

    def ids(self, tokens: Iterable[str]) -> list[int]:
        """Return the id of each token; an unknown one gets the id of ``<unk>``."""
        return [self._ids.get(token, UNK_ID) for token in tokens]

    def encode(self, words: Iterable[str]) -> list[int]:
        """Return the ids of the tokens of all words; an unknown one gets the id of ``<unk>``.

        Raises ValueError for text.
        """
        return self.ids(self.cut(only_tokens(words)))

    def decode(self, ids: Iterable[int]) -> list[str]:
        """Return the words up to the first ``<eos>``, without ``<pad>`` and ``<bos>``."""
        tokens = []
        for i in map(int, ids):
            if i == EOS_ID:
                break
            if i not in (PAD_ID, BOS_ID):
                tokens.append(self.tokens[i])
        return self.join(tokens)

    def read(self, text: str) -> list[str]:
        """Return the tokens of what a person typed, without signs that the vocabulary has not.

        Quotation marks and the like anywhere, stops and commas at the two ends; ``oe`` is read as ``œ``
        where only that is known.
        """
        tokens = [token for token in tokenize(text) if token in self or token not in DROPPED]
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
        return difflib.get_close_matches(word, self.tokens[len(SPECIALS) :], n=n, cutoff=0.6)
