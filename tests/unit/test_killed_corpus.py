"""What named faults of tests/mutations showed that no other quick test of reading noticed."""

from __future__ import annotations

from pathlib import Path

from course_utils.text.corpus import Pair, read_pairs


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
