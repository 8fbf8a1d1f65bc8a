"""What holds for every check: nothing escapes it, it keeps quiet, and leaves all as it was."""

from __future__ import annotations

import functools
import inspect
import itertools
import math
import random
import re
import statistics
import sys
import warnings

import matplotlib.pyplot as plt
import numpy as np
import pytest
import test_exercises_01
import test_exercises_02
import test_exercises_03
import test_exercises_04
import test_exercises_05
import test_exercises_06
import test_exercises_07
import test_exercises_08
import test_exercises_09
import torch
from exercise_cases import Case

from course_utils import exercises
from course_utils.analysis.evaluation import bleu
from course_utils.exercises.checking import COLOURS, SIGNS, Verdict, checked, wrong

LESSONS = (
    test_exercises_01, test_exercises_02, test_exercises_03, test_exercises_04, test_exercises_05,
    test_exercises_06, test_exercises_07, test_exercises_08, test_exercises_09,
)  # fmt: skip
CASES = [case for lesson in LESSONS for case in lesson.CASES]
each_check = pytest.mark.parametrize("case", CASES, ids=lambda case: case.check.__name__)
BUILD = [case for case in CASES if callable(next(iter(case.right.values())))]
each_function = pytest.mark.parametrize("case", BUILD, ids=lambda case: case.check.__name__)


def test_every_check_has_its_cases() -> None:
    checks = {check for name, check in vars(exercises).items() if name.startswith("check_")}
    assert {case.check for case in CASES} == checks


@each_check
def test_it_is_typed_and_says_what_it_takes(case: Case) -> None:
    parameters = inspect.signature(case.check).parameters
    assert case.check.__doc__ and case.check.__annotations__.keys() == {*parameters, "return"}


# --- what escapes -----------------------------------------------------------------------------


class Mute(Exception):
    def __str__(self):
        raise ValueError


def stops(error):
    """A function that stops with this error."""

    def stop(*arguments):
        raise error

    return stop


ERRORS = {
    "an error": ValueError("oh"), "exit": SystemExit(1), "stop": StopIteration(), "end": GeneratorExit(),
    "mute": Mute(), "deep": RecursionError("deep"), "full": MemoryError(),
    "not here": NotImplementedError("x"),
}  # fmt: skip
NO_ANSWERS = {
    "object": object(), "type": int, "text": "text", "no text": "", "bytes": b"ab", "Mute": Mute,
    "dict": {"a": 1}, "set": {1, 2}, "nothing": [], "ragged": [1, [2, 3]], "pair of texts": ("a", "b"),
    "three things": ("a", [1], {}), "Nones": [None, None, None], "dots": [...], "NaN": math.nan,
    "infinite": -math.inf, "-1": -1, "1e300": 1e300, "huge": 10**400, "1j": 1j,
    "NaNs": np.full((4, 4), math.nan),
    "objects": np.array([None, 3], dtype=object), "(0,)": torch.empty(0), "(3,)": np.zeros(3),
    "(3, 3)": torch.zeros(3, 3), "(3, 3, 3)": np.zeros((3, 3, 3)), "meta": torch.zeros(3, device="meta"),
    "sparse": torch.eye(3).to_sparse(), "bfloat16": torch.zeros(3, dtype=torch.bfloat16),
    "far places": (np.zeros(3), np.array([1, 99, 99]), np.array([-9, 0, 3])),
}  # fmt: skip


def answers_with(case: Case, part) -> list[tuple]:
    """The right answers to a check, once for each of them that `part` can stand in place of."""
    some = next(iter(case.right.values()))
    some = some if isinstance(some, tuple) else (some,)
    return [(*some[:i], part(old), *some[i + 1 :]) for i, old in enumerate(some)]


def sample(cases: list[Case], names, share: int):
    """Each check with every `share`-th of `names`, each name with every `share`-th check: not all pairs."""
    pairs = itertools.product(enumerate(cases), enumerate(names))
    chosen = [(case, name) for (i, case), (j, name) in pairs if (i + j) % share == 0]
    return pytest.mark.parametrize(
        ("case", "name"), chosen, ids=[f"{case.check.__name__}-{name}" for case, name in chosen]
    )


@sample(BUILD, ERRORS, 4)
def test_every_error_becomes_a_verdict(case: Case, name: str) -> None:
    verdict = case.check(stops(ERRORS[name]))
    assert verdict.state == "wrong" and f"It stopped with {type(ERRORS[name]).__name__}" in verdict.message
    assert ", at `raise error`, when called with " in verdict.message


@sample(CASES, NO_ANSWERS, 5)
def test_whatever_is_no_answer_becomes_a_hint(case: Case, name: str) -> None:
    """And the hint doesn't say that the learner's code stopped, for it did not: the check can take it."""
    thing = NO_ANSWERS[name]
    for answers in answers_with(case, lambda old: (lambda *arguments: thing) if callable(old) else thing):
        verdict = case.check(*answers)
        assert verdict.state == "wrong" and "It stopped" not in verdict.message, verdict
        assert "\n" not in verdict.message and len(verdict.message) < 300


@each_function
def test_a_generator_is_no_error(case: Case) -> None:
    verdict = case.check(lambda *arguments: (x for x in (1, 2, 3)))
    assert verdict.state == "wrong" and "It stopped" not in verdict.message


SEVERAL = [case for case in CASES if len(inspect.signature(case.check).parameters) > 1]
each_of_several = pytest.mark.parametrize("case", SEVERAL, ids=lambda case: case.check.__name__)


def with_gaps(answers: tuple):
    """The answers with every choice of them still open, but not all: the names' places, the rest."""
    for count in range(1, len(answers)):
        for places in itertools.combinations(range(len(answers)), count):
            for gap in (None, ...):
                yield places, tuple(gap if i in places else answer for i, answer in enumerate(answers))


def still_open(case: Case, places) -> str:
    names = list(inspect.signature(case.check).parameters)
    return f" Still open: {', '.join(f'`{names[place]}`' for place in places)}."


@each_of_several
def test_what_is_there_is_judged_and_what_is_open_is_named(case: Case) -> None:
    for right in case.right.values():
        for places, answers in with_gaps(right):
            said = f"Right so far.{still_open(case, places)}"
            assert case.check(*answers) == Verdict("not finished", said), case.check(*answers)


@each_of_several
def test_what_is_wrong_is_so_beside_what_is_open(case: Case) -> None:
    """Each wrong answer gets its hint, or is right so far, if what is wrong about it is still open."""
    for name, (wrong_answers, hint) in case.wrong.items():
        verdicts = [(places, case.check(*answers)) for places, answers in with_gaps(wrong_answers)]
        for places, verdict in verdicts:
            assert verdict.message.endswith(still_open(case, places)) and "It stopped" not in verdict.message
            assert not re.search("(states`|weight|number) is right|Both sentences are", verdict.message)
        alone = [verdict for _, verdict in verdicts if verdict.state == "wrong" and hint in verdict.message]
        assert alone or (case.check, name) in BOTH_TOGETHER, name


BOTH_TOGETHER = {
    (exercises.check_cheats, "swapped"),
}  # wrong only beside each other


@pytest.mark.parametrize("gap", [None, ...])
def test_a_gap_in_an_answer_is_no_text_and_no_number(gap) -> None:
    gaps = f"`{gap if gap is None else '...'}`"
    for verdict in (
        exercises.check_predicted_weights(0.4, [3, 0, 0, 0, gap]),
        exercises.check_predicted_weights(0.4, np.array([3, 0, 0, 0, gap])),
        exercises.check_corrected_attention(lambda query, keys, values: (gap, np.zeros((4, 6)))),
    ):
        assert verdict.state == "wrong" and f"is not finished: there is still {gaps} in it" in verdict.message


def test_what_is_no_number_is_told_in_one_sentence() -> None:
    fractions = exercises.check_padding_fractions
    for answer, said in (
        ("37.5%", "One number is asked for, and this is none: '37.5%'."),
        ("0.375", "One number is asked for, and this is none: '0.375'."),
        ([0.375, 0.75], "One single number, please: yours has the shape (2,)."),
        (torch.zeros(3, 8), "One single number, please: yours has the shape (3, 8)."),
        ({0.375}, "One number is asked for, and this is none: {0.375}."),
    ):
        assert fractions(answer, 6 / 8, 15 / 24).message == f"Not yet. {said}"
    for answer, said in (
        ("37.5%", "The weight should be made of numbers, and this is a text: '37.5%'."),
        (["0.4", "0.4"], "The weight should be made of numbers, and this is a text: '0.4'."),
        (np.array(["0.4"]), "The weight should be made of numbers, and this is a text: '0.4'."),
        ({0.4}, "The weight should be made of numbers only, in rows of the same length."),
    ):
        assert exercises.check_predicted_weights(answer, [3, 0, 0, 0, -1]).message == f"Not yet. {said}"


@each_check
def test_too_few_or_too_many_answers(case: Case) -> None:
    assert case.check().state == "wrong"
    assert case.check(*[1] * 9).state == "wrong"
    assert case.check(no_such_name=3).state == "wrong"


@each_function
def test_an_interruption_is_one(case: Case) -> None:
    with pytest.raises(KeyboardInterrupt):
        case.check(stops(KeyboardInterrupt()))


# --- the coat ---------------------------------------------------------------------------------


class Stub:
    def __call__(self, *arguments):
        """Not yet."""


class Called:
    def __init__(self, function):
        self.function = function

    def __call__(self, *arguments):
        return self.function(*arguments)


@each_function
def test_functions_come_in_many_forms(case: Case) -> None:
    for answer in case.right.values():
        for function in (Called(answer), functools.partial(answer), Called(answer).__call__):
            assert case.check(function).state == "done", case.check(function)
    (name,) = inspect.signature(case.check).parameters
    assert case.check(**{name: next(iter(case.right.values()))}).state == "done"


@each_function
def test_stubs_come_in_many_forms(case: Case) -> None:
    def passes(*arguments):
        pass

    written_off = stops(NotImplementedError())
    for stub in (passes, written_off, lambda *a: ..., Stub(), Stub().__call__, functools.partial(passes)):
        assert case.check(stub).state == "not started"


@each_function
def test_a_forgotten_return_is_no_stub(case: Case) -> None:
    right = next(iter(case.right.values()))

    def forgets(*arguments):
        right(*arguments)

    verdict = case.check(forgets)
    assert verdict.state == "wrong" and "returned None" in verdict.message


def spoil(given) -> bool:
    """Change something in place, if it can be changed."""
    if isinstance(given, (torch.Tensor, np.ndarray)):
        array = given.detach().numpy() if isinstance(given, torch.Tensor) else given
        np.copyto(array, ~array if array.dtype == bool else array + 1)
    elif isinstance(given, list):
        return spoil(given[-1]) or not given.append("more")
    elif isinstance(given, set):
        given.add("more")
    return isinstance(given, (torch.Tensor, np.ndarray, set))


@each_function
def test_what_is_given_must_stay_as_it_is(case: Case) -> None:
    right, given = next(iter(case.right.values())), []
    case.check(lambda *arguments: (given.append(arguments), right(*arguments))[1])
    places = [place for place, thing in enumerate(given[0]) if spoil(thing)]
    takes_functions = exercises.check_decode, exercises.check_moves_along, exercises.check_fixed_search
    assert places or case.check in (*takes_functions, exercises.check_update)  # and it is to change the model
    for place in places:

        def spoils(*arguments, place=place):
            found = right(*arguments)
            spoil(arguments[place])
            return found

        verdict = case.check(spoils)
        assert verdict.state == "wrong" and "in place; whoever calls you" in verdict.message, verdict


def test_a_change_in_place_is_named_as_the_learner_does() -> None:
    def shift(the_words):
        the_words.append(2)
        return the_words[:-1], the_words

    assert "You change `the_words` in place" in str(exercises.check_shift(shift))
    assert "You change what you were given in place" in str(exercises.check_shift(lambda *a: shift(*a)))


def test_the_line_at_which_it_stopped_is_the_learners() -> None:
    def shift(target):
        return statistics.mean(target[len(target) :])

    assert "at `return statistics.mean(target[len(target) :])`" in str(exercises.check_shift(shift))

    def mute(target):
        raise ValueError

    stopped = "✗ Not yet. It stopped with ValueError, at `raise ValueError`, when called with target ["
    assert str(exercises.check_shift(mute)).startswith(stopped)

    def by_place(target, /, more=0):
        return np.stack([])

    said = str(exercises.check_shift(by_place))
    assert "at `return np.stack([])`, when called with target [" in said and said.endswith("].")

    def with_package(target):
        return bleu(3, 4)

    assert "at `return bleu(3, 4)`, when called" in str(exercises.check_shift(with_package))

    space: dict = {}
    exec("def shift(target):\n    return 1 / 0", space)  # as typed where no file holds it
    assert "ZeroDivisionError: division by zero, when called" in str(exercises.check_shift(space["shift"]))


def test_a_long_error_is_told_in_short() -> None:
    said = exercises.check_shift(stops(ValueError("no\n" * 999))).message
    assert "It stopped with ValueError: no no no" in said and "\n" not in said and len(said) < 400


def test_a_function_that_stops_is_told_with_what_it_was_called() -> None:
    """What it was called with at first: of arrays the shape only, and of what is long the beginning."""

    def attend(query, keys, values):
        return query @ keys

    def one_more(numbers, words):
        numbers.append(7)
        raise ValueError

    stopped = "at `return query @ keys`, when called with query (4, 3), keys (6, 3), values (6, 5)."
    assert stopped in exercises.check_corrected_attention(attend).message
    stopped = "at `return query @ keys`, when called with (4, 3), (6, 3), (6, 5)."
    assert stopped in exercises.check_corrected_attention(lambda *a: attend(*a)).message

    @checked("Well done.")
    def check(answer) -> None:
        answer([1, 2], ["le", "chat"], np.zeros((2, 3)), [torch.zeros(2), {3}], 0.5, sum, "w" * 99, None)

    def many(numbers, words, array, parts, number, function, text, nothing):
        one_more(numbers, words)

    stopped = (
        "when called with numbers [1, 2], words ['le', 'chat'], array (2, 3), parts [(2,), {3}], number 0.5, "
        "function a function, text …, nothing None."
    )
    assert stopped in check(many).message


def test_functions_that_are_not_written_in_python() -> None:
    """They tell neither what their arguments are called nor what they are made of."""
    assert "Return two things" in str(exercises.check_shift(max))
    assert "returned None" in str(exercises.check_shift([].append))


def test_an_answer_may_stop_while_it_is_read() -> None:
    def leaves(target):
        yield sys.exit(1)

    assert "It stopped with SystemExit: 1, at `yield sys.exit(1)`." in str(exercises.check_shift(leaves))

    @checked("Well done.")
    def check(first, second=...) -> None:
        first(1)

    assert check(stops(ValueError()), ...).message.endswith(", when called with 1. Still open: `second`.")


def test_a_function_in_place_of_a_number_is_to_be_called() -> None:
    assert "`my_next_bleu` is a function. Call it" in str(exercises.check_cheats(bleu, 31.3))


def test_a_change_of_shape_in_place_is_one() -> None:
    def unsqueezes(scores, p, D):
        return scores.unsqueeze_(0)

    assert "You change `scores` in place" in str(exercises.check_local_weights(unsqueezes))


def test_pytorch_is_no_stub() -> None:
    """It raises NotImplementedError where it has nothing for a dtype."""
    verdict = exercises.check_local_weights(lambda scores, p, D: scores.long().softmax(1))
    assert "It stopped with NotImplementedError: " in str(verdict)


# --- right in other types ---------------------------------------------------------------------


def as_lists(found):
    if isinstance(found, (tuple, list)):
        return [as_lists(part) for part in found]
    return found.tolist() if isinstance(found, (torch.Tensor, np.ndarray, np.generic)) else found


def as_arrays(found):
    if isinstance(found, (tuple, list)):
        return tuple(as_arrays(part) for part in found)
    return found.detach().numpy() if isinstance(found, torch.Tensor) else found


def as_tensors(found):
    """Tensors that require a gradient, where they can: what comes out of a layer."""
    if isinstance(found, (tuple, list)):
        return [as_tensors(part) for part in found]
    if isinstance(found, (np.ndarray, float)):
        found = torch.as_tensor(found)
    floats = isinstance(found, torch.Tensor) and found.is_floating_point()
    return found.detach().requires_grad_() if floats else found


def in_turn(found):
    return (part for part in found) if isinstance(found, (tuple, list)) else found


@each_function
@pytest.mark.parametrize("form", [as_lists, as_arrays, as_tensors, in_turn])
def test_right_in_other_types(case: Case, form) -> None:
    if case.check is exercises.check_masked_gradient:
        return  # what they return must be the tensor with its gradient
    for right in case.right.values():
        verdict = case.check(lambda *arguments, right=right: form(right(*arguments)))
        assert verdict.state == "done", verdict


# --- what it leaves behind --------------------------------------------------------------------


def world():
    """What a check must not change."""
    randoms = random.getstate(), str(np.random.get_state()), torch.get_rng_state().tolist()
    modes = torch.get_default_dtype(), torch.is_grad_enabled(), torch.get_num_threads(), np.geterr()
    return *randoms, *modes, warnings.filters[:], plt.get_fignums(), sys.stdout, sys.path[:]


@each_check
def test_it_is_quiet_and_leaves_the_world_as_it_was(case: Case, capfd) -> None:
    before = world()
    for answers in (*case.right.values(), *(answer for answer, _ in {**case.wrong, **case.nearly}.values())):
        with warnings.catch_warnings(record=True) as shown:
            warnings.simplefilter("always")
            case.ask(answers)
        assert not shown
    assert world() == before
    assert capfd.readouterr() == ("", "")


@each_function
def test_nor_does_it_show_what_the_learners_code_does(case: Case) -> None:
    right = next(iter(case.right.values()))

    def noisy(*arguments):
        warnings.warn("watch out", stacklevel=2)
        np.log(np.zeros(1)), np.array(torch.zeros(2)).mean(where=False)
        random.random(), np.random.rand(), torch.rand(1)
        torch.set_default_dtype(torch.float64)
        return right(*arguments)

    before = world()
    with warnings.catch_warnings(record=True) as shown:
        warnings.simplefilter("always")
        assert case.check(noisy).state == "done"
    assert not shown and world() == before


@each_check
def test_it_works_in_any_world(case: Case) -> None:
    """With other settings of PyTorch and NumPy, and warnings that are errors."""
    torch.set_default_dtype(torch.float64)
    try:
        with torch.no_grad(), np.errstate(all="raise"), warnings.catch_warnings():
            warnings.simplefilter("error")
            for name, answers in case.right.items():
                before = world()
                assert case.ask(answers).state == "done", f"{name}: {case.ask(answers)}"
                assert world() == before
    finally:
        torch.set_default_dtype(torch.float32)


def test_a_verdict_is_all_that_a_check_returns() -> None:
    @checked("Well done.")
    def check(answer: int) -> None:
        if answer != 1:
            wrong("Not *this* <number>.")

    assert check(1) == Verdict("done", "Done. Well done.")
    assert check(2) == Verdict("wrong", "Not yet. Not *this* <number>.")
    assert check(...).state == check(None).state == "not started"
    assert len({*SIGNS.values()}) == 4 and SIGNS.keys() == COLOURS.keys()
    assert COLOURS["wrong"] != COLOURS["done"]
    assert "&lt;number&gt;" in check(2)._repr_html_() and 'role="status"' in check(2)._repr_html_()


@each_function
def test_the_function_itself_is_asked_for(case: Case) -> None:
    some = next(iter(case.right.values()))
    answers = some if isinstance(some, tuple) else (some,)
    for result in (3.5, "x", [1.0], np.zeros(3), torch.zeros(3)):
        verdict = case.check(*[result if callable(answer) else answer for answer in answers])
        assert verdict.state == "wrong" and "Pass the function itself" in verdict.message


@pytest.mark.parametrize("case", [c for c in CASES if c not in BUILD], ids=lambda case: case.check.__name__)
def test_the_value_is_asked_for(case: Case) -> None:
    some = next(iter(case.right.values()))
    answers = some if isinstance(some, tuple) else (some,)
    if any(map(callable, answers)):
        pytest.skip("it takes a function, too")
    verdict = case.check(*[lambda: 1.0] * len(answers))
    assert verdict.state == "wrong" and "is a function. Call it" in verdict.message
