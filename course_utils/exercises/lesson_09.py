"""Checks of lesson 9: pieces of words, parts of a corpus, batches by tokens, early stopping, smoothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from course_utils.exercises.answers import expect, number, parts, whole_numbers
from course_utils.exercises.checking import checked, given, wrong

if TYPE_CHECKING:
    from torch import Tensor

Pair = tuple[str, str]


LETTERS = "Those are its letters. Which of them are joined?"
CUT: dict[str, tuple[int, dict[str, float]]] = {  # how many pieces each word has, and what else is answered
    "long": (1, {"“lo” and “ng” are joined as well: that is the fourth join.": 2, LETTERS: 4}),
    "longer": (
        2,
        {
            "No join puts “long” and “er” together.": 1,
            "“e” and “r” are joined, and “lo” and “ng”, too.": 3,
            LETTERS: 6,
        },
    ),
    "strongest": (
        6,
        {
            "“s” and “t” are joined wherever they stand, and “n” and “g”, too.": 7,
            "There is no “lo” in this word, so “ng” stays alone. And “r” and “o” were never joined.": 5,
            LETTERS: 9,
        },
    ),
}


@checked("The joins are made in the order in which they were learnt, and a new word is cut by them as well.")
def check_pieces_of_words(
    my_pieces_of_long: float, my_pieces_of_longer: float, my_pieces_of_strongest: float
) -> None:
    """How many pieces "long", "longer" and "strongest" have after er, lo, ng, long, st."""
    answers = my_pieces_of_long, my_pieces_of_longer, my_pieces_of_strongest
    for answer, (word, (right, mistakes)) in zip(answers, CUT.items()):
        if given(answer):
            expect(number(answer), right, mistakes, f"my_pieces_of_{word}: make the joins one by one.")


CORPORA: tuple[list[Pair], ...] = (
    [(f"phrase {i // 2}", f"sentence {i}") for i in range(40)],  # each source twice, side by side
    [(f"phrase {i % 15}", f"sentence {i}") for i in range(45)],  # three times, far apart
    [(f"phrase {i}", "a sentence") for i in range(30)],
    [("a phrase", f"sentence {i}") for i in range(10)] + [(f"phrase {i}", "a sentence") for i in range(20)],
)


@checked("Shared out by source: nothing of the test has been seen in training.")
def check_train_and_test(train_and_test: Callable[[list[Pair]], Any]) -> None:
    """train_and_test(pairs) -> two lists of pairs, for training and for testing"""
    for pairs in CORPORA:
        two = parts(train_and_test(list(pairs)), 2, "Return two lists: for training, and for testing.")
        hint = "Each of the two lists should hold pairs (source, target), as they were given."
        train, test = ([tuple(parts(pair, 2, hint)) for pair in parts_of(part, hint)] for part in two)
        if any(pair not in pairs for pair in train + test):
            wrong(hint)
        if len(train) + len(test) > len(pairs):
            wrong("Some pairs are in both lists, or in one of them twice. Each belongs in one.")
        if sorted(train + test) != sorted(pairs):
            left = len(train) + len(test)
            wrong(f"Of {len(pairs)} pairs {left} are left. Each belongs in one of the lists.")
        both = {source for source, _ in train} & {source for source, _ in test}
        if both:
            wrong(f"“{min(both)}” is in both lists: its other translation gives the answer away.")
        sources = len({source for source, _ in pairs})
        held_back = len({source for source, _ in test})
        if abs(sources - held_back - sources / 5) <= 1:
            wrong("The larger part should come first: it is for training.")
        if abs(held_back - sources / 5) > 1:
            wrong(f"{held_back} of {sources} different sources are for testing. It should be about a fifth.")


def parts_of(answer: Any, hint: str) -> list[Any]:
    """Return what a list of any length holds; `hint` if it is none."""
    found = list(answer) if isinstance(answer, Iterator) else answer
    return parts(found, len(found), hint) if hasattr(found, "__len__") else wrong(hint)


LENGTHS: tuple[tuple[list[int], int, list[list[int]]], ...] = (
    ([3, 3, 4, 5], 12, [[3, 3, 4], [5]]),
    ([2, 2, 2, 2, 2], 6, [[2, 2, 2], [2, 2]]),
    ([1, 1, 4, 6], 6, [[1, 1], [4], [6]]),  # padding counts: not 1 + 1 + 4, but 3 × 4
    ([4, 9, 9, 20], 10, [[4], [9], [9], [20]]),  # longer than most: alone
    ([2, 3, 3, 3], 9, [[2, 3, 3], [3]]),
    ([7], 3, [[7]]),
)


@checked("Now every batch costs about the same.")
def check_fill_batches(fill_batches: Callable[[list[int], int], Any]) -> None:
    """fill_batches(lengths, most) -> lists of lengths, each with (sentences × longest) at most `most`"""
    hint = "A list of lists of lengths is asked for, such as [[3, 3, 4], [5]]."
    for lengths, most, right in LENGTHS:
        found = [
            list(whole_numbers(batch, hint)) for batch in parts_of(fill_batches(list(lengths), most), hint)
        ]
        if found == right:
            continue
        where = f"for the lengths {lengths} and at most {most}"
        if [] in found:
            wrong(f"There is an empty batch {where}.")
        if found == right[:-1]:
            wrong(f"The last batch is missing {where}.")
        if [length for batch in found for length in batch] != lengths:
            wrong(f"All lengths should be there, in their order; {where} yours are {found}.")
        if any(sum(batch) <= most < len(batch) * max(batch) for batch in found if len(batch) > 1):
            wrong(f"Padding counts, too: (sentences × longest) may not exceed {most}, and yours are {found}.")
        if any(len(batch) * max(batch) > most for batch in found if len(batch) > 1):
            wrong(f"A batch is too large {where}: {found}.")
        wrong(f"The batches could be larger {where}: yours are {found}.")


RUNS: tuple[tuple[list[float], int, tuple[int, int]], ...] = (
    ([5.0, 4.0, 4.5, 4.6, 3.0], 2, (4, 2)),
    ([3.0, 2.0, 1.0, 0.5], 2, (4, 4)),  # never stopped
    ([3.0, 3.5, 2.0, 2.5, 2.4, 2.3, 1.0], 3, (6, 3)),  # better than the one before, not than the best
    ([2.0, 2.0, 2.0, 1.0], 2, (3, 1)),  # as good is not better
    ([1.0, 2.0], 1, (2, 1)),
    ([4.0], 1, (1, 1)),
    ([3.0, 1.0, 4.0, 0.5], 2, (4, 4)),  # worse than a best of long ago, but one round after another
)


@checked("So nothing is trained for long that gets no better, and the best is kept.")
def check_stop_early(stop_early: Callable[[list[float], int], Any]) -> None:
    """stop_early(losses, patience) -> (rounds trained, best round), both counted from 1"""
    hint = "Two whole numbers are asked for: the rounds trained, and the best round."
    for losses, patience, right in RUNS:
        found = whole_numbers(stop_early(list(losses), patience), hint)
        if len(found) != 2:
            wrong(hint)
        if found == right:
            continue
        where = f"for {losses} and a patience of {patience}"
        if found == right[::-1]:
            wrong("The two numbers are the wrong way round: first the rounds trained, then the best.")
        if found in ((right[0], right[1] - 1), (right[0] - 1, right[1] - 1)):
            wrong("Rounds are counted from 1.")
        if losses is RUNS[2][0] and found == (5, 3):
            wrong("A new best starts the count anew: only rounds in a row count.")
        if losses is RUNS[2][0]:
            wrong("Each round must be compared with the best so far, and not with the one before.")
        if losses is RUNS[3][0]:
            wrong("As good as the best is not better: that round has brought nothing.")
        if losses is RUNS[6][0]:
            wrong(f"Count the rounds since the newest best, the second {where}: only one of them is over.")
        if found[0] == right[0] + 1:
            wrong(f"You stop a round late {where}: {patience} rounds without a new best are enough.")
        if found[0] == right[0] - 1:
            wrong(f"You stop a round early {where}.")
        if found[0] == right[0]:
            wrong(f"The best round is another one {where}: only what was trained counts.")
        wrong(f"Not {where}: {right[0]} rounds are trained, not {found[0]}.")


@checked("The same as PyTorch's, with `label_smoothing`.")
def check_smoothed_loss(smoothed_loss: Callable[[Tensor, Tensor, float], Any]) -> None:
    """smoothed_loss(log_probs (N, V), target (N,), s) -> a number"""
    import torch
    from torch.nn import functional as F

    dice = torch.Generator().manual_seed(9)
    for N, V, s in ((4, 5, 0.0), (1, 3, 0.1), (6, 7, 0.3), (3, 4, 1.0)):
        scores = torch.randn(N, V, generator=dice)
        log_probs, target = scores.log_softmax(1), torch.randint(V, (N,), generator=dice)
        right = float(F.cross_entropy(scores, target, label_smoothing=s))
        plain, even = float(F.nll_loss(log_probs, target)), -float(log_probs.mean())
        others = float((-log_probs.sum() - plain * N) / N / (V - 1))
        mistakes = {
            "The sign is the other way round: a loss is −log p.": -right,
            "All words share s: each gets s / V of it. You give s to each.": (1 - s) * plain + s * V * even,
            "The right word should get 1 − s, and its part of s as well.": (1 - s) * plain + s * others,
            "The right word is worth 1 − s: you give it 1.": plain + s * even,
            "The two shares are exchanged: 1 − s is the right word's.": s * plain + (1 - s) * even,
            "Return the mean over the words, and not the sum.": N * right,
            "`log_probs[:, target]` has N numbers in each row. Of each row, one is the right word's.": float(
                -(1 - s) * log_probs[:, target].mean() + s * even
            ),
            "Nothing is smoothed here yet: that is the plain loss.": plain,
        }
        expect(
            number(smoothed_loss(log_probs, target, s)),
            right,
            {hint: value for hint, value in mistakes.items() if abs(value - right) > 1e-3},
            f"Not for N = {N}, V = {V}, s = {s}: {right:.3f} would be right.",
        )
