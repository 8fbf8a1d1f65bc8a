"""The translator on one page: short, self-contained, right with padding, and trained in a minute or two."""

from __future__ import annotations

import ast
import importlib.util
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import pytest
import torch
from torch import Tensor

from course_utils.text.corpus import DATA

Pairs = list[tuple[list[str], list[str]]]
PAGE = Path(__file__).resolve().parents[2] / "notebooks" / "one_page.py"
PAIRS = [
    ("le chat dort", "the cat sleeps"),
    ("l'homme mange", "the man eats"),
    ("la femme mange une pomme rouge aujourd'hui", "the woman eats a red apple today"),
    ("le chien noir de la femme dort", "the woman 's black dog sleeps"),
]


@pytest.fixture(scope="module")
def page() -> ModuleType:
    spec = importlib.util.spec_from_file_location("one_page", PAGE)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def pairs(page: ModuleType) -> Pairs:
    return [(page.tokenize(french), english.split()) for french, english in PAIRS]


@pytest.fixture
def model(page: ModuleType, pairs: Pairs) -> torch.nn.Module:
    vocabs = [page.make_vocab(sentences) for sentences in zip(*pairs)]
    return page.Seq2Seq(*vocabs).double()


def test_it_is_one_page() -> None:
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 150
    assert max(map(len, lines)) <= 110


def test_it_imports_torch_and_the_standard_library_only() -> None:
    imported = set()
    for node in ast.walk(ast.parse(PAGE.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add(node.module or "")
    outside = {name.partition(".")[0] for name in imported} - sys.stdlib_module_names
    assert outside == {"torch"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("L’homme dort.", ["l'", "homme", "dort"]),
        ("hier, il n'a pas qu'un chat", ["hier", ",", "il", "n'", "a", "pas", "qu'", "un", "chat"]),
        ("aujourd'hui grand-mère", ["aujourd'hui", "grand-mère"]),
        (" . ", []),
    ],
)
def test_words(page: ModuleType, text: str, words: list[str]) -> None:
    assert page.tokenize(text) == words


def test_it_splits_the_test_data_as_the_course_does(page: ModuleType) -> None:
    from course_utils.text.corpus import DATA, read_pairs

    course = [(list(pair.source), list(pair.target)) for pair in read_pairs(DATA / "test.tsv")]
    assert [tuple(pair) for pair in page.read_pairs("test.tsv")] == course


def test_an_unknown_word_becomes_unk(page: ModuleType) -> None:
    vocab = page.make_vocab([["chat", "dort"], ["chat"]])
    assert list(vocab) == ["<pad>", "<bos>", "<eos>", "<unk>", "chat", "dort"]
    assert page.pad([["chat", "crocodile"], ["dort"]], vocab).tolist() == [[4, page.UNK], [5, page.PAD]]


def first_step(page: ModuleType, model: torch.nn.Module, sentences: Sequence[list[str]]) -> list[Tensor]:
    """Return logits, hidden and attn_weights of the decoder's first step."""
    encoder_outputs, hidden, mask = model.encoder(page.pad(sentences, model.source_vocab))
    input = torch.full((len(sentences),), page.BOS)
    return list(model.decoder(input, hidden, encoder_outputs, model.decoder.W(encoder_outputs), mask))


def test_padding_changes_nothing(page: ModuleType, model: torch.nn.Module, pairs: Pairs) -> None:
    sentences = [french for french, _ in pairs]
    together = first_step(page, model, sentences)
    for b, sentence in enumerate(sentences):
        for row, alone in zip(together, first_step(page, model, [sentence])):
            size = alone.shape[1]
            torch.testing.assert_close(row[b : b + 1, :size], alone, atol=1e-12, rtol=0)
    sizes = torch.tensor([len(english) + 1 for _, english in pairs])
    losses = torch.stack([model.loss([pair]) for pair in pairs])
    torch.testing.assert_close(model.loss(pairs), (losses * sizes).sum() / sizes.sum(), atol=1e-12, rtol=0)
    assert page.translate(model, sentences) == [page.translate(model, [s])[0] for s in sentences]


def test_weights_sum_to_1_and_are_0_on_padding(
    page: ModuleType, model: torch.nn.Module, pairs: Pairs
) -> None:
    weights = first_step(page, model, [french for french, _ in pairs])[2]
    torch.testing.assert_close(weights.sum(dim=1), torch.ones(len(pairs)).double())
    for row, (french, _) in zip(weights, pairs):
        assert (row[: len(french)] > 0).all() and (row[len(french) :] == 0).all()


def test_the_order_in_a_batch_changes_nothing(page: ModuleType, model: torch.nn.Module, pairs: Pairs) -> None:
    torch.testing.assert_close(model.loss(pairs[::-1]), model.loss(pairs), atol=1e-12, rtol=0)
    for there, back in zip(*(first_step(page, model, [s for s, _ in p]) for p in (pairs, pairs[::-1]))):
        torch.testing.assert_close(there, back.flip(0), atol=1e-12, rtol=0)


def test_an_untrained_model_ends(page: ModuleType, model: torch.nn.Module, pairs: Pairs) -> None:
    (words,) = page.translate(model, [pairs[0][0]])
    assert len(words) <= page.MAX_WORDS


def test_a_few_updates_lower_the_loss(page: ModuleType, model: torch.nn.Module, pairs: Pairs) -> None:
    before = model.loss(pairs).item()
    page.train(model, pairs, epochs=30)
    assert model.loss(pairs).item() < before / 2
    assert page.translate(model, [pairs[0][0]]) == [pairs[0][1]]


def run(page: Path, *words: str) -> str:
    command = [sys.executable, str(page), *words]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True, timeout=1800)
    return done.stdout


@pytest.mark.slow
def test_it_runs_from_the_file_to_the_sentence_that_was_typed(tmp_path: Path) -> None:
    page = tmp_path / "notebooks" / PAGE.name
    page.parent.mkdir()
    shutil.copy(PAGE, page)
    (tmp_path / "data").mkdir()
    for name, count in (("train.tsv", 64), ("test.tsv", 200)):
        lines = (DATA / name).read_text(encoding="utf-8").splitlines(keepends=True)[:count]
        (tmp_path / "data" / name).write_text("".join(lines), encoding="utf-8")
    told = run(page, "Le", "chien", "dort.")
    assert re.search(r"update (\d+) of \1, loss \d\.\d+ \ntrained in \d+ seconds\n", told)
    assert re.search(r"\n\d+% of 200 test sentences come out right, word for word\n", told)
    assert re.search(r"\nle chat noir est sur le tapis -> .*\nLe chien dort\. -> .*\n$", told)


@pytest.mark.slow
@pytest.mark.weekly  # a training of two minutes
def test_it_learns_to_translate() -> None:
    told = run(PAGE, "Le", "chien", "dort.")
    assert "le chat noir est sur le tapis -> the black cat is on the mat\n" in told
    assert "Le chien dort. -> the dog sleeps\n" in told
    found = re.search(r"(\d+)% of 200 test sentences come out right", told)
    assert found is not None and int(found[1]) >= 60
