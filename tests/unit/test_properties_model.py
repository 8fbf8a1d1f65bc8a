"""Batches, masks, decoding, alignments and checkpoints: what holds for any of them, whatever their shapes.

That a sentence's company changes nothing is proved in `test_padding_invariance.py`.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from test_translator import teacher_forced
from toy import CONFIGS

from course_utils.analysis.alignments import (
    alignment_error_rate,
    attention_links,
    best_single_links,
    gold_links,
    gold_weight,
)
from course_utils.model.checkpoints import Checkpoint, load_checkpoint, save_checkpoint
from course_utils.model.scores import masked_softmax
from course_utils.model.search import beam_search, greedy_decode
from course_utils.model.seq2seq import Seq2Seq, build_model
from course_utils.text import batching
from course_utils.text.batching import Batch, make_batch, make_batches, pad
from course_utils.text.corpus import Pair
from course_utils.text.vocab import BOS_ID, EOS_ID, SPECIALS, Vocab

WORDS = tuple("abcdefgh")
VOCAB = Vocab([*SPECIALS, *WORDS])
seeds = st.integers(0, 2**20)


def sides(longest: int) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from([*WORDS, "unknown"]), min_size=1, max_size=longest).map(tuple)


@st.composite
def aligned(draw: st.DrawFn, longest: int = 7) -> Pair:
    source, target = draw(sides(longest)), draw(sides(longest))
    link = st.tuples(st.integers(0, len(source) - 1), st.integers(0, len(target) - 1))
    return Pair(source, target, tuple(draw(st.lists(link, unique=True, max_size=8))))


corpora = st.lists(aligned(), min_size=1, max_size=20)


# --- batches -----------------------------------------------------------------------------------


def unpadded(batch: Batch) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Return the pairs of a batch, as ids, and check what stands around them."""
    found = []
    for b in range(len(batch)):
        source = batch.source[b][batch.source_mask[b]]
        given, wanted = (side[b][batch.target_mask[b]] for side in (batch.target_input, batch.target_output))
        assert given[0] == BOS_ID and wanted[-1] == EOS_ID and torch.equal(given[1:], wanted[:-1])
        assert batch.source_lengths[b] == len(source)
        for side, mask in ((batch.source, batch.source_mask), (batch.target_output, batch.target_mask)):
            assert not side[b][~mask[b]].any() and mask[b].sort(descending=True).values.equal(mask[b])
        found.append((tuple(source.tolist()), tuple(wanted[:-1].tolist())))
    return found


@given(corpora, st.integers(1, 8), st.integers(0, 40), st.none() | seeds, st.integers(20, 400))
def test_every_pair_is_in_one_batch_and_no_batch_is_too_large(
    pairs: list[Pair], batch_size: int, batch_tokens: int, seed: int | None, most_cells: int
) -> None:
    generator = None if seed is None else torch.Generator().manual_seed(seed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batching, "MOST_CELLS", most_cells)
        batches = make_batches(pairs, VOCAB, VOCAB, batch_size, generator, batch_tokens)
    wanted = [(tuple(VOCAB.encode(pair.source)), tuple(VOCAB.encode(pair.target))) for pair in pairs]
    found = [unpadded(batch) for batch in batches]
    assert Counter(sum(found, [])) == Counter(wanted)
    for batch in batches:
        (B, S), T = batch.source.shape, batch.target_output.shape[1]
        assert B <= batch_size and (B == 1 or B * S * T <= most_cells)
        assert B == 1 or not batch_tokens or B * max(S, T) <= batch_tokens
        assert S == batch.source_lengths.max() and T == batch.target_mask.sum(1).max()
    if seed is None:  # the longest come last, equally long ones in their order
        lengths = [len(source) + len(target) for source, target in sum(found, [])]
        assert lengths == sorted(lengths)
        assert sum(found, []) == sorted(wanted, key=lambda pair: len(pair[0]) + len(pair[1]))


@given(corpora)
def test_a_batch_keeps_the_order_of_its_pairs(pairs: list[Pair]) -> None:
    wanted = [(tuple(VOCAB.encode(pair.source)), tuple(VOCAB.encode(pair.target))) for pair in pairs]
    assert unpadded(make_batch(pairs, VOCAB, VOCAB)) == wanted


# --- masks -------------------------------------------------------------------------------------


@st.composite
def scores_and_mask(draw: st.DrawFn) -> tuple[torch.Tensor, torch.Tensor, int]:
    """Scores of one to four dimensions, some of them -inf; a mask that broadcasts to them; a dimension."""
    shape = draw(st.lists(st.integers(1, 4), min_size=1, max_size=4))
    generator = torch.Generator().manual_seed(draw(seeds))
    scores = draw(st.sampled_from([1.0, 30.0, 1e4])) * torch.randn(
        shape, generator=generator, dtype=torch.double
    )
    scores[torch.rand(shape, generator=generator) < draw(st.sampled_from([0.0, 0.3, 1.0]))] = -torch.inf
    narrow = [draw(st.sampled_from([1, size])) for size in shape[draw(st.integers(0, len(shape))) :]]
    mask = torch.rand(narrow, generator=generator) < draw(st.sampled_from([0.0, 0.5, 1.0]))
    return scores, mask, draw(st.integers(-len(shape), len(shape) - 1))


@given(scores_and_mask(), seeds)
def test_weights_are_shares_of_what_the_mask_leaves(
    drawn: tuple[torch.Tensor, torch.Tensor, int], seed: int
) -> None:
    scores, mask, dim = drawn
    scores.requires_grad_()
    weights = masked_softmax(scores, mask, dim)
    left = mask.expand_as(scores) & ~scores.isneginf()
    assert weights.shape == scores.shape and (weights >= 0).all() and not weights[~left].any()
    torch.testing.assert_close(weights.sum(dim), left.any(dim).double())  # an empty row: zeros
    # As softmax of these alone would be.
    rows = zip(*(each.movedim(dim, -1).reshape(-1, scores.shape[dim]) for each in (scores, left, weights)))
    for row, kept, shares in rows:
        torch.testing.assert_close(shares[kept], row[kept].softmax(0))
    (weights * torch.randn(weights.shape, generator=torch.Generator().manual_seed(seed))).sum().backward()
    assert scores.grad is not None and scores.grad.isfinite().all() and not scores.grad[~left].any()


# --- decoding ----------------------------------------------------------------------------------

V = 7
sources = st.lists(st.lists(st.integers(4, V - 1), min_size=1, max_size=6), min_size=1, max_size=4)
kinds = st.sampled_from(sorted(CONFIGS))


def model_of(kind: str, seed: int, eos: float = 0.0) -> Seq2Seq:
    """An untrained model of large weights, so that words differ; it ends sooner the higher `eos`."""
    torch.manual_seed(seed)
    model = build_model(CONFIGS[kind], V, V).double().eval()
    for parameter in model.parameters():
        parameter.data.mul_(2)
    model.decoder.out.bias.data[EOS_ID] += eos
    return model


@given(
    kinds, seeds, st.sampled_from([-2.0, 0.0, 1.0]), sources, st.integers(1, 4), st.none() | st.integers(1, 9)
)
def test_what_every_hypothesis_is(
    kind: str, seed: int, eos: float, sentences: list[list[int]], beam_size: int, longest: int | None
) -> None:
    model = model_of(kind, seed, eos)
    source, lengths = pad(sentences)
    for sentence, greedy, beams in zip(
        sentences,
        greedy_decode(model, source, lengths, longest),
        beam_search(model, source, lengths, beam_size, longest),
        strict=True,
    ):
        limit = 2 * len(sentence) + 10 if longest is None else longest
        for found in (greedy, *beams):
            ended = len(found.ids) < limit
            assert len(found.ids) <= limit and EOS_ID not in found.ids
            assert found.weights.shape == (len(found.ids), 1 if "vanilla" in kind else source.shape[1])
            torch.testing.assert_close(found.weights.sum(1), torch.ones(len(found.ids), dtype=torch.double))
            log_prob, _ = teacher_forced(model, sentence, found.ids + [EOS_ID] * ended)
            if ended or EOS_ID not in greedy.ids:
                assert found.log_prob == pytest.approx(log_prob, abs=1e-9)
        scores = [beam.log_prob for beam in beams]
        assert scores == sorted(scores, reverse=True) and 1 <= len(beams) <= beam_size
        assert len({tuple(beam.ids) for beam in beams}) == len(beams)
        if beam_size == 1:
            assert beams[0].ids == greedy.ids
        if greedy.ids in [beam.ids for beam in beams]:
            assert scores[0] >= greedy.log_prob - 1e-9


@pytest.mark.slow
@given(kinds, seeds, sources, st.randoms(), st.integers(1, 3))
def test_order_and_company_change_no_translation(
    kind: str, seed: int, sentences: list[list[int]], random, beam_size: int
) -> None:
    model = model_of(kind, seed, 0.5)

    def decode(sentences: list[list[int]]) -> list[list[int]]:
        return [beams[0].ids for beams in beam_search(model, *pad(sentences), beam_size)]

    found = decode(sentences)
    order = random.sample(range(len(sentences)), len(sentences))
    assert decode([sentences[i] for i in order]) == [found[i] for i in order]
    assert decode([*sentences, [4] * 8])[:-1] == found
    assert [decode([sentence])[0] for sentence in sentences] == found


# --- alignments --------------------------------------------------------------------------------


@given(st.lists(aligned(), min_size=1, max_size=5), st.data())
def test_the_alignment_error_rate_is_a_rate(pairs: list[Pair], data: st.DataObject) -> None:
    gold = [gold_links(pair) for pair in pairs]
    other = [data.draw(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=8)) for _ in pairs]
    rate = alignment_error_rate(other, gold)
    assert 0 <= rate <= 1 and rate == alignment_error_rate(gold, other)
    some = any(gold)
    assert alignment_error_rate(gold, gold) == (0 if some else 1)
    assert alignment_error_rate([[*links, *links] for links in other], gold) == rate  # a link counts once
    assert (rate == 0) == (some and [set(links) for links in other] == [set(links) for links in gold])
    assert alignment_error_rate([[(9, 9)] for _ in pairs], gold) == 1
    floor = alignment_error_rate(map(best_single_links, pairs), gold)
    links = [attention_links(torch.rand(len(p.target), len(p.source)).numpy()) for p in pairs]
    assert floor <= alignment_error_rate(links, gold)


@given(aligned())
def test_weights_on_the_gold_links_are_links_back(pair: Pair) -> None:
    weights = torch.zeros(len(pair.target), len(pair.source)).numpy()
    for i, j in gold_links(pair):
        weights[j, i] = 1
    linked = {j for _, j in gold_links(pair)}
    assert {link for link in attention_links(weights) if link[1] in linked} <= set(gold_links(pair))
    on_gold = gold_weight(weights, pair)
    assert all(on_gold[j] == weights[j].sum() for j in linked)


# --- checkpoints -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("checkpoints") / "one.safetensors"


plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(st.characters(codec="utf-8")),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", max_size=3), inner, max_size=3)
    ),
    max_leaves=6,
)
names = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=4)
# What a translator reads there has a type of its own.
read = {"reads_unknown": st.booleans(), "ends": st.lists(st.text("abc", max_size=3), max_size=2)}


def can_be_read(info: dict) -> bool:
    unknown, ends = info.get("reads_unknown", False), info.get("ends", [])
    return (
        isinstance(unknown, bool) and isinstance(ends, list) and all(isinstance(mark, str) for mark in ends)
    )


@pytest.mark.slow
@given(
    kinds,
    st.lists(names.filter(lambda name: name not in SPECIALS), unique=True, max_size=5),
    st.dictionaries(names, plain, max_size=3),
    st.fixed_dictionaries({}, optional={name: values | plain for name, values in read.items()}),
    st.dictionaries(
        names, st.sampled_from([torch.float64, torch.int64, torch.uint8, torch.bool]), max_size=3
    ),
    st.booleans(),
)
def test_what_is_saved_is_loaded_and_what_could_not_be_is_not_saved(
    path: Path,
    kind: str,
    words: list[str],
    about: dict,
    read: dict,
    extra: dict[str, torch.dtype],
    half: bool,
) -> None:
    info = about | read
    vocab = Vocab([*SPECIALS, *words])
    weights = build_model(CONFIGS[kind], len(vocab), len(vocab)).state_dict()
    if half:
        weights = {name: weight.bfloat16() for name, weight in weights.items()}
    tensors = {name: (9 * torch.rand(2, n)).to(dtype) for n, (name, dtype) in enumerate(extra.items())}
    saved = Checkpoint(CONFIGS[kind], vocab, vocab, weights, info, tensors)
    if not can_be_read(info):
        before = path.read_bytes() if path.exists() else b""
        with pytest.raises(ValueError, match="one.safetensors was not written, .* its (ends|reads_unknown) "):
            save_checkpoint(path, saved)
        assert (path.read_bytes() if path.exists() else b"") == before
        return
    save_checkpoint(path, saved)
    written = path.read_bytes()
    found = load_checkpoint(path)
    assert (found.config, found.source_vocab, found.target_vocab) == (saved.config, vocab, vocab)
    assert found.info == info
    for ours, theirs in ((found.weights, weights), (found.extra, tensors)):
        assert ours.keys() == theirs.keys()
        assert all(torch.equal(ours[name], theirs[name]) for name in ours)
        assert all(ours[name].dtype == theirs[name].dtype for name in ours)
    save_checkpoint(path, found)
    assert path.read_bytes() == written
