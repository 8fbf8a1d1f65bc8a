"""Words and numbers: split a sentence into tokens, and give every token an id.

    text --tokenize--> tokens --Vocab.encode--> ids --Vocab.decode--> tokens --detokenize--> text
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence

PAD, BOS, EOS, UNK = SPECIALS = ("<pad>", "<bos>", "<eos>", "<unk>")
PAD_ID, BOS_ID, EOS_ID, UNK_ID = range(4)

# In this order: a word that keeps its apostrophe; a French word cut short before a vowel ("l'", "qu'");
# any other word, hyphens and inner apostrophes included ("arc-en-ciel", "doesn't"); one punctuation mark.
_TOKEN = re.compile(
    r"aujourd'hui"
    r"|(?:[cdjlmnst]|qu|lorsqu|puisqu|jusqu|quoiqu)'(?=\w)"
    r"|\w+(?:[-']\w+)*"
    r"|[^\w\s]"
)


def tokenize(text: str) -> list[str]:
    """Split `text` into lower-case tokens; works for French and for English.

    An elided French word is a token of its own: ``"L’homme"`` gives ``["l'", "homme"]``.
    """
    text = unicodedata.normalize("NFC", text.lower())  # é as one character, not as e and an accent
    return _TOKEN.findall(text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))


def detokenize(tokens: Iterable[str]) -> str:
    """Join `tokens` into text: no space after an elided word, none before a full stop or a comma."""
    text = " ".join(tokens)
    text = re.sub(r"\b((?:[cdjlmnst]|qu|lorsqu|puisqu|jusqu|quoiqu)') ", r"\1", text)
    return re.sub(r" ([.,])", r"\1", text)


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

    def nearest(self, word: str, n: int = 3) -> list[str]:
        """Return up to `n` known words spelt most like `word`, nearest first."""
        return difflib.get_close_matches(word, self.tokens[len(SPECIALS):], n=n, cutoff=0.6)
