"""Exercises of lesson 7: every named mistake gets its own hint, and every right answer passes."""

from __future__ import annotations

from collections import Counter
from difflib import SequenceMatcher

import numpy as np
import pytest
from exercise_cases import Case, each_case

from course_utils import exercises
from course_utils.exercises.lesson_07 import clipped, f_score, longest_common


def rouge_1_by_lists(written, reference):
    left, both = list(reference), 0
    for word in written:
        if word in left:
            left.remove(word)
            both += 1
    precision, recall = both / len(written), both / len(reference)
    return 2 * precision * recall / (precision + recall) if both else 0


def the_colleagues(written, reference):
    precision = sum(word in reference for word in written) / len(written)
    recall = sum(word in written for word in reference) / len(reference)
    return 2 * precision * recall / max(precision + recall, 1e-9)


def lcs_by_recursion(a, b):
    if not a or not b:
        return 0
    if a[-1] == b[-1]:
        return 1 + lcs_by_recursion(a[:-1], b[:-1])
    return max(lcs_by_recursion(a[:-1], b), lcs_by_recursion(a, b[:-1]))


def rouge_l_by_recursion(written, reference):
    return 2 * lcs_by_recursion(tuple(written), tuple(reference)) / (len(written) + len(reference))


def side_by_side(written, reference):
    size = SequenceMatcher(None, written, reference, autojunk=False).find_longest_match().size
    return f_score(size, written, reference)


def greedily(written, reference):
    at = n = 0
    for word in written:
        if word in reference[at:]:
            at, n = at + reference[at:].index(word) + 1, n + 1
    return f_score(n, written, reference)


def sentences(source):
    ends = [i + 1 for i, word in enumerate(source) if word == "."]
    return list(zip([0, *ends], ends))


def looked_at(weights, source, score=np.sum):
    start, end = max(sentences(source), key=lambda span: score(weights[:, span[0] : span[1]]))
    return list(source[start:end])


def looked_at_by_loop(weights, source):
    best, most, words, total = None, -1.0, [], 0.0
    for s, word in enumerate(source):
        words.append(word)
        total += float(weights[:, s].sum())
        if word == ".":
            if total > most:
                best, most = tuple(words), total
            words, total = [], 0.0
    return best


def heaviest_word(weights, source):
    s = int(weights.sum(axis=0).argmax())
    return next(list(source[a:b]) for a, b in sentences(source) if a <= s < b)


def first_row_only(weights, source):
    return looked_at(weights[:1], source)


def copy(target, weights, source, known):
    new = [s for s, word in enumerate(source) if word not in known]
    return [
        source[max(new, key=lambda s: row[s])] if word == "<unk>" and new else word
        for word, row in zip(target, weights)
    ]


def copy_by_masking(target, weights, source, known):
    unknown = np.array([word not in known for word in source])
    found = list(target)
    for t, word in enumerate(target):
        if word == "<unk>" and unknown.any():
            found[t] = source[int(np.where(unknown, weights[t], -1).argmax())]
    return tuple(found)


def lesson_copy(target, weights, source, known):
    return [source[row.argmax()] if word == "<unk>" else word for word, row in zip(target, weights)]


def first_unknown(target, weights, source, known):
    new = [word for word in source if word not in known]
    return [new[0] if word == "<unk>" and new else word for word in target]


def all_unknown(target, weights, source, known):
    new = [s for s, word in enumerate(source) if word not in known]
    return [source[max(new, key=lambda s: row[s])] for row in weights]


def first_row(target, weights, source, known):
    return copy(target, np.tile(weights[:1], (len(target), 1)), source, known)


def all_rows_together(target, weights, source, known):
    return copy(target, np.tile(weights.sum(axis=0), (len(target), 1)), source, known)


def voted(weights, source):
    sentence_of = np.cumsum([0, *(word == "." for word in source[:-1])])
    ((best, _),) = Counter(sentence_of[weights.argmax(axis=1)]).most_common(1)
    return [word for word, number in zip(source, sentence_of) if number == best]


CASES = [
    Case(
        exercises.check_evidence_shares,
        {"by hand": (0.7, 0.8, 0.3), "arrays": (np.float32(0.7), np.array([0.8]), [0.3])},
        {
            "only the same word": ((0.4, 0.8, 0.3), "The evidence is a phrase"),
            "some other share": ((0.5, 0.8, 0.3), "not only on the same word"),
            "the sum": ((0.7, 1.6, 0.3), "added the two shares up"),
            "the other word": ((0.7, 0.9, 0.3), "the share of “bed” alone"),
            "one token": ((0.7, 0.8, 0.1), "hitting one certain token"),
            "half": ((0.7, 0.8, 0.5), "not about the two words"),
            "per cent": ((70, 0.8, 0.3), "not in per cent"),
            "no chance": ((0.7, 0.8, 0.2), "Equal weights on all tokens"),
        },
    ),
    Case(
        exercises.check_rouge_1,
        {
            "counters": lambda h, r: 2 * (Counter(h) & Counter(r)).total() / (len(h) + len(r)),
            "lists": rouge_1_by_lists,
        },
        {
            "the colleague's": (the_colleagues, "still counts each time, on either side"),
            "not clipped": (lambda h, r: f_score(sum(w in r for w in h), h, r), "counts four times"),
            "precision": (lambda h, r: clipped(h, r) / len(h), "That is the precision"),
            "recall": (lambda h, r: clipped(h, r) / len(r), "That is the recall"),
            "sets": (lambda h, r: f_score(len({*h} & {*r}), [*{*h}], [*{*r}]), "lose how often"),
            "per cent": (lambda h, r: 100 * f_score(clipped(h, r), h, r), "in per cent"),
            "in order": (lambda h, r: f_score(longest_common(h, r), h, r), "does not look at it"),
            "once": (lambda h, r: f_score(len({*h} & {*r}), h, r), "Each word counts only once"),
        },
        {"zero": (lambda h, r: 0, "How many words are in common")},
    ),
    Case(
        exercises.check_sentence_looked_at,
        {"slices": looked_at, "a loop": looked_at_by_loop, "text": lambda w, s: " ".join(looked_at(w, s))},
        {
            "the heaviest word": (heaviest_word, "the single heaviest weight"),
            "a mean": (lambda w, s: looked_at(w, s, np.mean), "You take a mean over words"),
            "no full stop": (lambda w, s: looked_at(w, s)[:-1], "The full stop belongs"),
            "numbers": (lambda w, s: [1, 2], "as a list or a tuple"),
            "the last": (lambda w, s: list(s[13:]), "That sentence got nothing"),
            "the source": (lambda w, s: list(s), "Not a whole sentence"),
        },
        {
            "the first row": (first_row_only, "Right for two examples"),
            "a vote": (voted, "or each row's largest weight"),
        },
    ),
    Case(
        exercises.check_copied_names,
        {"places": copy, "a mask": copy_by_masking},
        {
            "the lesson's": (lesson_copy, "a word that the model knows"),
            "the first unknown": (first_unknown, "You take the first unknown word"),
            "nothing": (lambda target, *_: list(target), "The <unk> is still there"),
            "too much": (all_unknown, "Leave every word but <unk>"),
            "too little": (lambda *a: copy(*a)[:1], "The target has 5 words"),
        },
        {
            "one row for all": (first_row, "its own row of weights"),
            "all rows together": (all_rows_together, "its own row of weights"),
            "numbers": (lambda *_: 3, "Return all words"),
            "an empty word": (
                lambda t, w, s, k: copy(t, w, s, k) if {*s} - {*k} else [""],
                "nothing to copy",
            ),
        },
    ),
    Case(
        exercises.check_rouge_l,
        {"recursion": rouge_l_by_recursion, "a table": lambda h, r: f_score(longest_common(h, r), h, r)},
        {
            "side by side": (side_by_side, "side by side"),
            "place by place": (lambda h, r: f_score(sum(map(str.__eq__, h, r)), h, r), "word 1 with word 1"),
            "greedy": (greedily, "as soon as it fits"),
            "any order": (lambda h, r: f_score(clipped(h, r), h, r), "that is ROUGE-1"),
            "difflib": (lambda h, r: SequenceMatcher(None, h, r).ratio(), "can't take it back"),
            "precision": (lambda h, r: longest_common(h, r) / len(h), "That is the precision"),
            "recall": (lambda h, r: longest_common(h, r) / len(r), "That is the recall"),
            "per cent": (lambda h, r: 100 * f_score(longest_common(h, r), h, r), "in per cent"),
        },
    ),
]


@pytest.mark.parametrize(("case", "kind", "name"), each_case(CASES))
def test_case(case: Case, kind: str, name: str) -> None:
    case.test(kind, name)
