"""The exam and its key: twenty questions, a hundred points, and every number computed once more."""

from __future__ import annotations

import math
import re
from functools import cache
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn.utils.rnn import pack_padded_sequence

from course_utils import load_corpus, load_translator
from course_utils.analysis.alignments import alignment_error_rate
from course_utils.analysis.trace import decoding_steps, encoder_states, next_word_probabilities, top_words
from course_utils.model.decoders import AttnDecoderRNN
from course_utils.model.encoder import Encoder
from course_utils.model.pretrained import load_results
from course_utils.numpy_attention import dot_product_attention

LECTURE = Path(__file__).resolve().parents[2] / "lecture"
HEADING = re.compile(r"^### (\d+) · (.+) \((\d+) points\)$", re.MULTILINE)

# The numbers of the questions.
QUERY, KEYS = np.log([2, 3]), np.array([[1, 0], [0, 1], [1, 1]])  # questions 4 to 6
VALUES = 11 * KEYS
LENGTHS = torch.tensor([6, 4, 4, 1])  # 12
WORD_LOSSES = ([1, 3], [0.5] * 6)  # 13
REAL_SCORES = (2, 1)  # 14, beside one padded position
FIRST = {"A": 0.55, "B": 0.45}  # 15
NEXT = {"A": {"<eos>": 0.4, "A": 0.3, "B": 0.3}, "B": {"<eos>": 0.9, "A": 0.05, "B": 0.05}}
GOLD, VOTES = [(0, 0), (1, 1), (2, 1), (4, 2)], [(0, 0), (2, 1), (3, 2)]  # 18
ROW = np.array([1 / 2, 1 / 4, 1 / 4])  # 19, without its zero


@cache
def sections(name: str) -> dict[int, str]:
    """Return the questions of exam.md, or the answers of exam_key.md, by their numbers."""
    parts = HEADING.split((LECTURE / name).read_text(encoding="utf-8"))
    return {int(number): text for number, text in zip(parts[1::4], parts[4::4], strict=True)}


def bold(question: int) -> list[str]:
    """Return what is printed bold in the answer to a question, in its order."""
    return re.findall(r"\*\*(.+?)\*\*", sections("exam_key.md")[question])


def two(numbers: object) -> list[str]:
    return [f"{number:.2f}" for number in np.ravel(numbers)]


def softmax(scores: object) -> np.ndarray:
    exponentials = np.exp(np.asarray(scores, dtype=float))
    return exponentials / exponentials.sum()


def rows(question: int) -> list[list[str]]:
    """Return the cells of the table in a question, without its heading."""
    lines = [line for line in sections("exam.md")[question].splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_twenty_questions_make_a_hundred_points_and_the_key_answers_them() -> None:
    exam, key = (HEADING.findall((LECTURE / name).read_text("utf-8")) for name in ("exam.md", "exam_key.md"))
    assert exam == key and [int(number) for number, _, _ in exam] == list(range(1, 21))
    assert sum(int(points) for _, _, points in exam) == 100
    assert all(
        "*Likely wrong:*" in answer or "earns 0" in answer for answer in sections("exam_key.md").values()
    )


def test_1_to_2_shapes() -> None:
    assert bold(1) == [str(len("the dog sleeps".split()) + 1)]
    outputs, hidden = Encoder(9, 100, 64)(torch.ones(32, 17, dtype=torch.long), torch.full((32,), 17))
    shapes = [(32, 17, 64), tuple(outputs.shape), tuple(hidden.shape)]
    assert bold(2) == [*map(str, shapes), str(hidden.shape[2]), str(40 * hidden.shape[2])]


@pytest.mark.parametrize(
    ("question", "names"),
    [
        (3, ["bottleneck", "bottleneck-wide", "attention"]),
        (11, ["attention-location-live", "attention-live"]),
    ],
)
def test_3_and_11_tables(question: int, names: list[str]) -> None:
    for row, name in zip(rows(question), names, strict=True):
        found = load_results(name)
        scores = [line["bleu"] for line in found["test"]["by_length"]]
        scores += [found["train"]["bleu"]] * (question == 3)
        assert row[1:] == [f"{score:.0f}" for score in scores]
        assert found["training"]["updates"] == {3: 7700, 11: 1540}[question]
    assert load_results("bottleneck-wide")["parameters"] > 2 * load_results("attention")["parameters"]
    location, additive = (load_results(name) for name in ("attention-location-live", "attention-live"))
    low, high = (found["test"]["by_length"] for found in (location, additive))
    ahead = [round(b["bleu"]) - round(a["bleu"]) for a, b in zip(low, high)]  # as in the table
    answer = sections("exam_key.md")[11]
    assert f"{ahead[-1]} points of BLEU at 30–40, {ahead[0]} at 1–9" in answer
    assert f"{additive['parameters'] / location['parameters'] - 1:.1%}".replace("%", " %") in answer


def test_4_to_7_attention_by_hand() -> None:
    scores = KEYS @ QUERY
    context, weights = dot_product_attention(QUERY, KEYS, VALUES)
    assert bold(4) == [*two(scores), *two(weights), f"({context[0]:.0f}, {context[1]:.0f})"]
    np.testing.assert_allclose(context, [8, 9])
    _, masked = dot_product_attention(QUERY, KEYS, VALUES, np.array([True, True, False]))
    assert bold(5) == [*two(masked[:2]), f"{masked[2]:.0f}", f"{weights[:2].sum():.2f}"]
    np.testing.assert_allclose(softmax(scores + 10), weights)
    assert bold(6) == two(softmax(2 * scores))
    order = [2, 0, 1]
    other, shuffled = dot_product_attention(QUERY, KEYS[order], VALUES[order])
    np.testing.assert_allclose(other, context)
    np.testing.assert_allclose(shuffled, weights[order])
    key = sections("exam_key.md")  # the likely mistakes
    assert ", ".join(two(scores / scores.sum())) in key[4]
    assert f"({', '.join(two(weights @ KEYS))})" in key[4]
    np.testing.assert_allclose(softmax([*scores[:2], 0]), [1 / 3, 1 / 2, 1 / 6])


def test_8_to_10_decoder() -> None:
    B, S, E, H, V = 8, 12, 64, 100, 441
    decoder = AttnDecoderRNN(H, V, embedding_size=E)
    embedded, hidden = torch.zeros(B, E), torch.zeros(1, B, H)
    mask = torch.ones(B, S, dtype=torch.bool)
    query = decoder.query(embedded, hidden)
    context, weights = decoder.attend(embedded, hidden, torch.zeros(B, S, H), mask)
    log_probs, _ = decoder.write(embedded, context, hidden)
    found = [embedded, query, weights, weights, context, log_probs]
    assert bold(8) == [str(tuple(tensor.shape)) for tensor in found]
    layers = [decoder.attn, decoder.score.weight, decoder.score.v]
    sizes = [sum(p.numel() for p in layer.parameters()) for layer in layers]
    without, with_it = (load_results(name)["parameters"] for name in ("bottleneck", "attention"))
    assert sum(sizes) == with_it - without and f"{without:,}" in sections("exam.md")[9]
    assert bold(9) == [*(f"{size:,}" for size in [*sizes, sum(sizes)]), f"{100 * sum(sizes) / without:.0f} %"]
    assert f"({with_it:,})" in sections("exam_key.md")[9]
    assert bold(10) == ["1"] and (torch.randn(1, S).softmax(dim=0) == 1).all()


def test_12_to_14_padding() -> None:
    ids = (torch.arange(int(LENGTHS.max())) < LENGTHS.unsqueeze(1)).long()
    packed = pack_padded_sequence(ids, LENGTHS, batch_first=True, enforce_sorted=False)
    padding = (ids == 0).float().mean().item()
    assert bold(12) == [f"{padding:.1%}".replace("37.5%", "38 %"), str(packed.batch_sizes.tolist())]
    words = [loss for sentence in WORD_LOSSES for loss in sentence]
    positions = len(WORD_LOSSES) * max(map(len, WORD_LOSSES))
    means = [np.mean(words), sum(words) / positions, np.mean([np.mean(losses) for losses in WORD_LOSSES])]
    assert bold(13) == [f"{math.floor(100 * mean + 0.5) / 100:.2f}" for mean in means]
    assert bold(14) == two(softmax([*REAL_SCORES, 0])[2])


def test_15_beam() -> None:
    sentences = {(a, b): FIRST[a] * NEXT[a][b] for a, b in product(FIRST, ("<eos>", "A", "B"))}
    first = max(FIRST, key=FIRST.__getitem__)
    assert max(NEXT[first], key=NEXT[first].__getitem__) == "<eos>"  # greedy
    best = sorted(sentences, key=sentences.__getitem__)[:-3:-1]
    assert best == [("B", "<eos>"), ("A", "<eos>")]  # what a beam of two keeps: both have ended
    numbers = [sentences[pair] for pair in (("A", "<eos>"), ("A", "A"), best[0], ("B", "A"), best[0])]
    assert bold(15) == [f"{number:.4g}" for number in numbers]


def test_16_to_17_experiments() -> None:
    corpus, found = load_corpus(), load_results("attention")
    right, longer = found["test"]["by_length"][-1], found["test_long"]["by_length"][-1]
    lengths = [
        np.mean([n for n in (len(p.source) for p in split) if n >= low])
        for split, low in ((corpus.test, right["low"]), (corpus.test_long, longer["low"]))
    ]
    assert lengths == [35, 55.5] and (right["low"], longer["low"]) == (30, 51)
    percent = [f"{row['exact_match']:.0f}" for row in (right, longer)]
    assert percent == ["95", "62"]
    assert bold(16) == [f"{100 * 0.95 ** (lengths[1] / lengths[0]):.0f} %"]
    shares = []
    for row, name in zip(rows(17), ("bottleneck", "attention"), strict=True):
        found = load_results(name)
        typed = found["challenge"]
        counts = [str(typed[kind]) for kind in ("right", "wrong", "refused")]
        assert row[1:] == [f"{found['test']['bleu']:.1f}", *counts] and sum(typed.values()) == 392
        shares.append(f"{100 * typed['right'] / (typed['right'] + typed['wrong']):.0f} %")
    assert bold(17) == shares[::-1]


def test_18_to_19_alignment_and_entropy() -> None:
    (pair,) = [p for p in load_corpus().train if p.source == ("emma", "a", "bu", "du", "café")]
    assert list(pair.alignment or ()) == GOLD and pair.target == ("emma", "drank", "coffee")
    floor = min(alignment_error_rate([zip(v, range(3))], [GOLD]) for v in product(range(5), repeat=3))
    assert bold(18) == two([alignment_error_rate([VOTES], [GOLD]), floor])
    assert bold(19) == [f"{-(ROW * np.log2(ROW)).sum():.2f}", f"{np.log2(4):.0f}"]
    assert f"({-(ROW * np.log(ROW)).sum():.2f})" in sections("exam_key.md")[19]


def test_20_another_context() -> None:
    translator = load_translator("attention")
    for row, written, other in zip(rows(20), ("the black", ""), ("tapis", "souris"), strict=True):
        text, looked_at = row[0], row[2].strip("*").replace("the comma", ",")
        source, states = translator.read(text), encoder_states(translator, text)
        step = decoding_steps(translator, text)[len(written.split())]
        contexts = [states[source.index(other)], 0 * states[0]]
        said = [
            top_words(translator, next_word_probabilities(translator, text, written, context), 1)[0][0]
            for context in contexts
        ]
        assert source[step.weights.argmax()] == looked_at and step.weights.max() > 0.9
        assert row[3:] == [step.word, *said]
