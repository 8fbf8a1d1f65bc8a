from __future__ import annotations

import random
from collections import Counter

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from toy import toy_pairs
from toy import toy_vocabs as vocabs

from course_utils.text import batching
from course_utils.text.batching import Batch, length_mask, make_batch, make_batches, pad
from course_utils.text.corpus import Pair
from course_utils.text.vocab import BOS_ID, EOS_ID, PAD_ID, UNK_ID

ragged = st.lists(st.lists(st.integers(4, 50), min_size=1, max_size=9), min_size=1, max_size=7)


@given(ragged)
def test_pad_keeps_each_sentence_and_adds_padding_only(sequences: list[list[int]]) -> None:
    ids, lengths = pad(sequences)
    assert ids.dtype == lengths.dtype == torch.long
    assert ids.shape == (len(sequences), max(map(len, sequences)))
    for row, length, sequence in zip(ids.tolist(), lengths.tolist(), sequences):
        assert row == sequence + [PAD_ID] * (ids.shape[1] - length)
        assert length == len(sequence)


def test_pad_refuses_what_an_encoder_cannot_read() -> None:
    with pytest.raises(ValueError, match="sentence 1 is empty"):
        pad([[4, 5], []])
    with pytest.raises(ValueError, match="no sentence"):
        pad([])


@given(st.lists(st.integers(0, 9), min_size=1, max_size=6), st.integers(0, 4))
def test_length_mask_is_true_at_real_tokens(lengths: list[int], more: int) -> None:
    size = max(lengths) + more
    mask = length_mask(torch.tensor(lengths), size)
    assert mask.dtype == torch.bool
    assert mask.tolist() == [[s < length for s in range(size)] for length in lengths]


def test_length_mask_size_defaults_to_the_longest() -> None:
    assert length_mask(torch.tensor([1, 3])).tolist() == [[True, False, False], [True] * 3]


@pytest.mark.parametrize("lengths", [[2, 5], [-1, 2]])
def test_length_mask_refuses_a_length_outside_the_tensor(lengths: list[int]) -> None:
    with pytest.raises(ValueError, match="between 0 and the padded size 4"):
        length_mask(torch.tensor(lengths), 4)


def test_a_batch_holds_its_pairs() -> None:
    pairs = toy_pairs(7, longest=5)
    source_vocab, target_vocab = vocabs(pairs)
    batch = make_batch(pairs, source_vocab, target_vocab)
    assert len(batch) == 7
    assert batch.target_input.shape == batch.target_output.shape == batch.target_mask.shape
    for b, pair in enumerate(pairs):
        S, T = len(pair.source), len(pair.target) + 1
        # The source gets no <bos> and no <eos>: position s is word s.
        assert batch.source[b, :S].tolist() == source_vocab.encode(pair.source)
        assert batch.source_lengths[b] == S
        target = target_vocab.encode(pair.target)
        assert batch.target_input[b, :T].tolist() == [BOS_ID, *target]
        assert batch.target_output[b, :T].tolist() == [*target, EOS_ID]
    assert torch.equal(batch.source_mask, batch.source != PAD_ID)
    assert torch.equal(batch.target_mask, batch.target_input != PAD_ID)
    assert torch.equal(batch.target_mask, batch.target_output != PAD_ID)


def test_unknown_words_and_an_empty_target() -> None:
    source_vocab, target_vocab = vocabs([Pair(("a",), ("b",), None)])
    batch = make_batch([Pair(("z",), (), None)], source_vocab, target_vocab)
    assert batch.source.tolist() == [[UNK_ID]]
    assert batch.target_input.tolist() == [[BOS_ID]]
    assert batch.target_output.tolist() == [[EOS_ID]]


def test_to_moves_every_tensor() -> None:
    pairs = toy_pairs(2)
    moved = make_batch(pairs, *vocabs(pairs)).to("meta")
    assert isinstance(moved, Batch)
    assert {t.device.type for t in vars(moved).values()} == {"meta"}


def sentences(batches: list[Batch]) -> Counter:
    return Counter(
        (tuple(source[:length].tolist()), tuple(target.tolist()).index(EOS_ID))
        for batch in batches
        for source, length, target in zip(batch.source, batch.source_lengths, batch.target_output)
    )


@pytest.mark.parametrize("seed", [None, 1, 2])
@pytest.mark.parametrize("batch_size", [1, 7, 50, 100])
def test_an_epoch_has_every_pair_exactly_once(seed: int | None, batch_size: int) -> None:
    pairs = toy_pairs(50)
    generator = None if seed is None else torch.Generator().manual_seed(seed)
    batches = make_batches(pairs, *vocabs(pairs), batch_size, generator)
    assert len(batches) == -(-50 // batch_size)
    assert sorted(map(len, batches))[-1] <= batch_size
    source_vocab, _ = vocabs(pairs)
    wanted = Counter((tuple(source_vocab.encode(p.source)), len(p.target)) for p in pairs)
    assert sentences(batches) == wanted


def uneven_pairs(n: int, seed: int) -> list[Pair]:
    """Pairs whose sides are of different lengths, up to 9 words."""
    dice = random.Random(seed)
    return [
        Pair(pair.source, tuple(dice.choices(pair.target, k=dice.randint(1, 9))), None)
        for pair in toy_pairs(n, seed, longest=9)
    ]


@given(st.integers(1, 9), st.integers(1, 300), st.integers(0, 99))
def test_a_batch_is_as_full_as_it_may_be(batch_size: int, cells: int, seed: int) -> None:
    """None holds too much, unless it is one pair; the pair that opens the next would have been too much."""
    pairs = uneven_pairs(30, seed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batching, "MOST_CELLS", cells)
        batches = make_batches(pairs, *vocabs(pairs), batch_size)

    def fits(B: int, S: int, T: int) -> bool:
        return B <= batch_size and B * S * T <= cells

    sizes = [(len(batch), batch.source.shape[1], batch.target_input.shape[1]) for batch in batches]
    assert all(fits(*size) or size[0] == 1 for size in sizes)
    for (B, S, T), after in zip(sizes, batches[1:]):
        next_S, next_T = int(after.source_lengths[0]), int(after.target_mask[0].sum())
        assert not fits(B + 1, max(S, next_S), max(T, next_T))
    assert sum(B for B, _, _ in sizes) == len(pairs)


def test_a_batch_may_be_exactly_full(monkeypatch: pytest.MonkeyPatch) -> None:
    pairs = toy_pairs(20, shortest=3, longest=3)  # with <eos> 3 · 4 weights each
    monkeypatch.setattr(batching, "MOST_CELLS", 5 * 3 * 4)
    assert [len(batch) for batch in make_batches(pairs, *vocabs(pairs), 20)] == [5] * 4
    monkeypatch.setattr(batching, "MOST_CELLS", 5 * 3 * 4 - 1)
    assert [len(batch) for batch in make_batches(pairs, *vocabs(pairs), 20)] == [4] * 5


@pytest.mark.parametrize("seed", range(3))
def test_a_generator_moves_a_pair_by_a_word_at_most(seed: int) -> None:
    """Neighbours change from epoch to epoch, but none comes before one that is shorter by two words."""
    pairs, moved = uneven_pairs(200, seed), 0
    for batch in make_batches(pairs, *vocabs(pairs), 50, torch.Generator().manual_seed(seed)):
        lengths = (batch.source_lengths + batch.target_mask.sum(dim=1)).tolist()
        steps = [before - after for i, before in enumerate(lengths) for after in lengths[i:]]
        assert max(steps) <= 1
        moved += sum(step == 1 for step in steps)
    assert moved > 0


def test_without_a_generator_pairs_of_one_length_keep_their_order() -> None:
    pairs = toy_pairs(64, shortest=3, longest=3)
    known = vocabs(pairs)
    in_order = [row for batch in make_batches(pairs, *known, 10) for row in batch.source.tolist()]
    assert in_order == [known[0].encode(pair.source) for pair in pairs]


def padding(batches: list[Batch]) -> int:
    return sum(int((~b.source_mask).sum() + (~b.target_mask).sum()) for b in batches)


def test_similar_lengths_meet_so_that_little_is_padding() -> None:
    pairs = toy_pairs(400, longest=30)
    known = vocabs(pairs)
    in_given_order = [make_batch(pairs[i : i + 20], *known) for i in range(0, 400, 20)]
    for generator in (None, torch.Generator().manual_seed(1)):
        assert padding(make_batches(pairs, *known, 20, generator)) < padding(in_given_order) / 5


def test_the_generator_decides_the_order() -> None:
    pairs = toy_pairs(60)
    known = vocabs(pairs)

    def epoch(seed: int) -> list[Batch]:
        return make_batches(pairs, *known, 8, torch.Generator().manual_seed(seed))

    def same(ours: list[Batch], theirs: list[Batch]) -> bool:
        return all(torch.equal(a.source, b.source) for a, b in zip(ours, theirs, strict=True))

    torch.manual_seed(5)
    first = epoch(1)
    torch.manual_seed(6)  # the global random numbers have no say
    assert same(first, epoch(1))
    assert {len(b) for b in first} == {len(b) for b in epoch(2)}
    assert sorted(b.source.tolist() for b in first) != sorted(b.source.tolist() for b in epoch(2))
    widths = [b.source.shape[1] for b in first]
    assert widths != sorted(widths)  # not from short to long
    in_order = make_batches(pairs, *known, 8)
    widths = [b.source.shape[1] for b in in_order]
    assert widths == sorted(widths)
    assert same(in_order, make_batches(pairs, *known, 8))
