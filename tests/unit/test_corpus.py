"""The loader: the course's corpus, yours, and what it says when yours is not one."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from course_utils.text.corpus import DATA, Pair, load_corpus, read_pairs
from course_utils.text.tokens import tokenize

PAIR = "le chat dort\tthe cat sleeps"


def write(folder: Path, content: str | bytes, name: str = "mine.tsv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def many(n: int) -> str:
    return "".join(f"mot {i} dort\tword {i} sleeps\n" for i in range(n))


def test_a_link_is_source_then_target_both_counted_from_zero(tmp_path: Path) -> None:
    path = tmp_path / "mine.tsv"
    path.write_text("un chat noir dort\ta black cat sleeps\t0-0 1-2 2-1 3-3\n", "utf-8")
    alignment = ((0, 0), (1, 2), (2, 1), (3, 3))  # "chat", the second word, is "cat", the third
    source, target = "un chat noir dort".split(), "a black cat sleeps".split()
    assert read_pairs(path) == [Pair(tuple(source), tuple(target), alignment)]


def test_a_link_may_point_to_the_last_words_of_sides_of_any_lengths(tmp_path: Path) -> None:
    path = tmp_path / "mine.tsv"
    path.write_text("ne dort pas\tsleeps\t0-0 2-0\ndort\tis sleeping\t0-0 0-1\n", "utf-8")
    assert [pair.alignment for pair in read_pairs(path)] == [((0, 0), (2, 0)), ((0, 0), (0, 1))]


@pytest.mark.slow
def test_the_shipped_corpus_is_the_default() -> None:
    corpus = load_corpus()
    assert corpus.name == "course"
    assert all((corpus.train, corpus.valid, corpus.test, corpus.test_long))
    first = (DATA / "train.tsv").read_text(encoding="utf-8").splitlines()[0].split("\t")
    links = tuple(tuple(map(int, link.split("-"))) for link in first[2].split())
    assert corpus.train[0] == Pair(tuple(tokenize(first[0])), tuple(tokenize(first[1])), links)


def test_loading_is_quick() -> None:
    """As a ratio, so that it holds on any machine: to splitting the same lines at tabs and spaces."""

    def split() -> list[list[list[str]]]:
        paths = (DATA / f"{name}.tsv" for name in ("train", "valid", "test", "test_long"))
        lines = (line for path in paths for line in path.read_text(encoding="utf-8").splitlines())
        return [[column.split() for column in line.split("\t")] for line in lines]

    def seconds(function: Callable[[], object]) -> float:
        start = time.process_time()
        function()
        return time.process_time() - start

    ratio = min(seconds(load_corpus) / seconds(split) for _ in range(3))
    assert ratio < 12, ratio  # measured: 3.4 to 3.8


def test_no_torch_is_imported() -> None:
    code = "import sys, course_utils.text.corpus as c; c.load_corpus(); print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


@pytest.mark.slow
def test_max_length_counts_source_and_target_tokens() -> None:
    corpus, whole = load_corpus(max_length=9), load_corpus()
    for side in ("source", "target"):
        assert max(len(getattr(pair, side)) for pair in corpus.train) == 9
    assert not corpus.test_long  # all longer: the one split that may be empty
    assert corpus.test == tuple(p for p in whole.test if max(len(p.source), len(p.target)) <= 9)
    assert whole.left_out == 0 < corpus.left_out


def test_one_file_is_split_eight_to_one_to_one(tmp_path: Path) -> None:
    corpus = load_corpus(write(tmp_path, many(100)))
    assert corpus.name == "mine"
    assert [len(s) for s in (corpus.train, corpus.valid, corpus.test)] == [80, 10, 10]
    assert corpus == load_corpus(tmp_path / "mine.tsv")
    assert corpus.train[0].alignment is None


def test_equal_sources_stay_in_one_split(tmp_path: Path) -> None:
    twice = many(50) + "".join(f"Mot {i} dort\tword {i} is asleep\n" for i in range(50))
    corpus = load_corpus(write(tmp_path, twice))
    splits = [{pair.source for pair in s} for s in (corpus.train, corpus.valid, corpus.test)]
    assert [len(s) for s in splits] == [40, 5, 5]
    assert sum(map(len, splits)) == len(set().union(*splits))
    assert corpus.shared("valid") == corpus.shared("test") == 0
    assert len(corpus.train) == 80


def test_three_pairs_are_enough(tmp_path: Path) -> None:
    corpus = load_corpus(write(tmp_path, many(3)))
    assert [len(s) for s in (corpus.train, corpus.valid, corpus.test)] == [1, 1, 1]


def test_a_folder_keeps_its_own_splits(tmp_path: Path) -> None:
    for n, name in enumerate(("train", "valid", "test"), 2):
        write(tmp_path, many(n), f"{name}.tsv")
    corpus = load_corpus(str(tmp_path))
    assert [len(s) for s in (corpus.train, corpus.valid, corpus.test)] == [2, 3, 4]
    assert [corpus.shared(split) for split in ("valid", "test")] == [2, 2]
    assert corpus.test_long == ()
    write(tmp_path, many(5), "test_long.tsv")
    assert len(load_corpus(tmp_path).test_long) == 5


def test_bom_windows_lines_and_curly_apostrophes(tmp_path: Path) -> None:
    text = "L’homme dort\tThe man sleeps\t0-0 1-1 2-2\r\n" + many(2).replace("\n", "\r\n")
    corpus = load_corpus(write(tmp_path, b"\xef\xbb\xbf" + text.encode()))
    pairs = corpus.train + corpus.valid + corpus.test
    man = ("l'", "homme", "dort"), ("the", "man", "sleeps"), ((0, 0), (1, 1), (2, 2))
    assert Pair(*man) in pairs
    assert not any("\r" in token for pair in pairs for token in pair.source + pair.target)


def test_what_nobody_sees_divides_words_and_is_no_word(tmp_path: Path) -> None:
    text = many(2) + "le\x07chat\u200b dort\u2028\u00a0.\tthe\x1b cat\x0bsleeps\x85.\n"
    corpus = load_corpus(write(tmp_path, text))
    pairs = corpus.train + corpus.valid + corpus.test
    assert Pair(("le", "chat", "dort", "."), ("the", "cat", "sleeps", "."), None) in pairs


def test_a_line_of_ten_thousand_words_is_read_or_left_out(tmp_path: Path) -> None:
    path = write(tmp_path, many(4) + "mot " * 10_000 + "\tword\n")
    longest = max(
        len(p.source) for split in ("train", "valid", "test") for p in getattr(load_corpus(path), split)
    )
    assert longest == 10_000
    assert load_corpus(path, max_length=100).left_out == 1


def test_an_empty_alignment_column_is_no_link(tmp_path: Path) -> None:
    corpus = load_corpus(write(tmp_path, many(2) + PAIR + "\t\n"))
    assert () in [pair.alignment for pair in corpus.train + corpus.valid + corpus.test]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "mine.tsv is empty"),
        (b"\xef\xbb\xbf\n", "mine.tsv is empty"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "mine.tsv holds zero bytes"),
        (PAIR.encode("utf-16"), "mine.tsv holds zero bytes"),
        (
            f"{PAIR}\n".encode() + "été\tsummer\n".encode("latin-1"),
            "line 2 of mine.tsv is not UTF-8",
        ),
        (f"{PAIR}\nle chat dort\n", "line 2 of mine.tsv has 1 column,"),
        (f"{PAIR}\n\nle chat dort\n", "line 3 of mine.tsv has 1 column,"),
        (f"{PAIR}\t0-0\textra\n", "line 1 of mine.tsv has 4 columns"),
        (f"{PAIR}\n{PAIR}\n\tthe cat sleeps\n", "line 3 of mine.tsv has an empty sentence"),
        ("le chat dort\t  \n", "line 1 of mine.tsv has an empty sentence"),
        (f"{PAIR}\t0-0 1:1\n", "line 1 of mine.tsv: '1:1' is no alignment link"),
        (f"{PAIR}\t0-0 1-\n", "line 1 of mine.tsv: '1-' is no alignment link"),
        (f"{PAIR}\t-1-0\n", "line 1 of mine.tsv: '-1-0' is no alignment link"),
        (f"{PAIR}\n{PAIR}\t0-0 3-2\n", "line 2 of mine.tsv: the link 3-2 points past"),
        (f"{PAIR}\t0-0 2-3\n", "line 1 of mine.tsv: the link 2-3 points past"),
        (f"{PAIR}\n{PAIR}\n", "mine.tsv has 1 different source sentence,"),
    ],
)
def test_bad_files_get_one_clear_sentence(tmp_path: Path, content: str | bytes, says: str) -> None:
    with pytest.raises(ValueError) as error:
        load_corpus(write(tmp_path, content))
    assert says in str(error.value)
    assert "\n" not in str(error.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no file nowhere.tsv in"):
        load_corpus(tmp_path / "nowhere.tsv")
    write(tmp_path, many(3), "train.tsv")
    with pytest.raises(FileNotFoundError, match="no file valid.tsv in"):
        load_corpus(tmp_path)


@pytest.mark.slow
def test_a_split_emptied_by_the_length_filter_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="mine.tsv has no pair of at most 2"):
        load_corpus(write(tmp_path, many(10)), max_length=2)
    with pytest.raises(ValueError, match="greater max_length"):
        load_corpus(max_length=2)
