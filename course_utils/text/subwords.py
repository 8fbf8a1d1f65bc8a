"""Subwords: common words stay whole, rare ones are cut into pieces that occur more often.

    words --cut--> "▁walk" "ing" --ids--> numbers        (▁ begins a word)

Byte-pair encoding (Sennrich et al. 2016, https://arxiv.org/abs/1508.07909), by sentencepiece (Kudo and
Richardson 2018, https://arxiv.org/abs/1808.06226).
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

from sentencepiece import SentencePieceProcessor, SentencePieceTrainer

from course_utils.text.tokens import only_tokens
from course_utils.text.vocab import BOS, BOS_ID, EOS, EOS_ID, PAD, PAD_ID, UNK, UNK_ID, Vocab

BEGINS = "▁"  # U+2581, what sentencepiece writes for a space
RESERVED = "▅"  # U+2585: it would drop a sentence that has one


class SubwordVocab(Vocab):
    """Pieces of words, numbered; it takes and gives whole words, as `Vocab` does.

    Only a character that no training word had is unknown.
    """

    def __init__(self, model: bytes) -> None:
        """`model` is a sentencepiece model, such as `learn` makes. Raises ValueError for other bytes."""
        try:
            self._model = SentencePieceProcessor(model_proto=model)
            pieces = [self._model.id_to_piece(i) for i in range(len(self._model))]
        except (RuntimeError, UnicodeDecodeError):
            raise ValueError(
                "these bytes are no sentencepiece model; make one with SubwordVocab.learn"
            ) from None
        super().__init__(pieces)
        self.model = model
        self._known: dict[str, list[str]] = {}  # the pieces of words that were asked for before

    @classmethod
    def learn(cls, sentences: Iterable[Sequence[str]], size: int) -> SubwordVocab:
        """Learn at most `size` pieces, the specials among them, from sentences of words.

        Beginning with single characters, it joins the two neighbours that occur most often, again and again.
        Raises ValueError if `size` has no room for the characters, and for sentences that are text.
        """
        model, texts = io.BytesIO(), [only_tokens(words) for words in sentences]
        try:
            SentencePieceTrainer.train(
                sentence_iterator=(" ".join(map(_without_marks, words)) for words in texts),
                model_writer=model,
                model_type="bpe",
                vocab_size=size,
                hard_vocab_limit=False,  # a small corpus has fewer
                character_coverage=1.0,
                normalization_rule_name="identity",  # `clean` has done what there is to do
                max_sentence_length=2**20,
                num_threads=1,
                minloglevel=2,
                pad_id=PAD_ID,
                pad_piece=PAD,
                bos_id=BOS_ID,
                bos_piece=BOS,
                eos_id=EOS_ID,
                eos_piece=EOS,
                unk_id=UNK_ID,
                unk_piece=UNK,
            )
        except RuntimeError:
            raise ValueError(
                f"{size} subwords are too few: every character of the corpus needs one, and four are special"
            ) from None
        return cls(model.getvalue())

    def cut(self, words: Iterable[str]) -> list[str]:
        """Return the pieces of all words; characters that it does not know are a piece as well."""
        return [piece for word in words for piece in self._known.get(word) or self._cut(word)]

    def _cut(self, word: str) -> list[str]:
        pieces = self._model.encode(_without_marks(word), out_type=str)
        return self._known.setdefault(word, pieces)

    def groups(self, tokens: Sequence[str]) -> list[list[str]]:
        """Put the pieces of each word together: it begins with a piece that begins with ▁."""
        groups: list[list[str]] = []
        for piece in tokens:
            if piece.startswith(BEGINS) or not groups:
                groups.append([])
            groups[-1].append(piece)
        return groups

    def join(self, tokens: Sequence[str]) -> list[str]:
        """Return the words that the pieces make."""
        return [word.removeprefix(BEGINS) for word in super().join(tokens)]

    def nearest(self, word: str, n: int = 3) -> list[str]:
        """Return nothing: what is unknown here is a character."""
        return []

    def __contains__(self, token: str) -> bool:
        return UNK_ID not in self.encode([token])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SubwordVocab) and self.model == other.model

    def __hash__(self) -> int:
        return hash(self.model)


def _without_marks(word: str) -> str:
    """Return a word without the two signs that sentencepiece keeps for itself."""
    return word.replace(BEGINS, "_").replace(RESERVED, "_")
