"""Lesson 2: what it builds is what the package holds, and it needs no torch."""

import subprocess
import sys

import matplotlib
import numpy as np
import pytest
from lesson_code import code_cells

from course_utils import numpy_attention

matplotlib.use("Agg")

CELLS = code_cells("02_attention_by_hand")


@pytest.fixture(scope="module")
def lesson():
    """Everything that the lesson has defined by its end."""
    namespace = {}
    for cell in CELLS:
        exec(compile(cell.source, f"cell {cell.id}", "exec"), namespace)  # noqa: S102
    return namespace


@pytest.mark.parametrize("seed", range(20))
def test_the_lesson_builds_the_package(lesson, seed):
    rng = np.random.default_rng(seed)
    B, T, S, D, Dv = rng.integers(1, 6, size=5)
    query, keys, values = (rng.standard_normal(shape) for shape in ((B, T, D), (B, S, D), (B, S, Dv)))
    lengths = rng.integers(0, S + 1, size=B)
    for mask in (None, (np.arange(S) < lengths[:, None])[:, None, :]):
        ours = lesson["dot_product_attention"](query, keys, values, mask)
        theirs = numpy_attention.dot_product_attention(query, keys, values, mask)
        for a, b in zip(ours, theirs, strict=True):
            np.testing.assert_allclose(a, b, atol=1e-12)
    np.testing.assert_allclose(lesson["softmax"](keys, 0), numpy_attention.softmax(keys, 0))
    for name in ("attend", "attend_with_loops"):
        context, weights = lesson[name](query[0, 0], keys[0], values[0])
        expected = numpy_attention.dot_product_attention(query[0, 0], keys[0], values[0])
        np.testing.assert_allclose(context, expected[0])
        np.testing.assert_allclose(weights, expected[1])


def test_runs_with_torch_blocked():
    code = "import sys; sys.modules['torch'] = None; import matplotlib; matplotlib.use('Agg')\n"
    code += "\n".join(cell.source for cell in CELLS)
    result = subprocess.run(
        [sys.executable, "-W", "error::RuntimeWarning", "-"],
        input=code,
        text=True,
        encoding="utf-8",
        capture_output=True,
    )
    assert result.returncode == 0, result.stderr
    assert "the black cat is on the mat" in result.stdout


def test_exercises_can_be_solved(lesson):
    """The goals that the exercises set can be reached, and are not reached already."""
    keys, queries, source = lesson["keys"], lesson["queries"], lesson["source"]
    attention, softmax = lesson["dot_product_attention"], lesson["softmax"]

    either = attention(np.array([3.0, 0, 0, 0, 0]), keys)[1]
    assert either[0] == either[5] and round(float(either[0]), 1) == 0.4
    assert attention(np.array([3.0, 0, 0, 0, -1]), keys)[1][5] >= 0.7

    W = np.zeros((5, 5))
    W[1, 2] = W[4, 4] = 1
    assert source[softmax(queries[2] @ W @ keys.T).argmax()] == "noir"
    assert source[softmax(queries[2] @ np.eye(5) @ keys.T).argmax()] == "chat"

    wrong = softmax(queries @ keys.T, axis=0)
    assert not np.allclose(wrong.sum(axis=1), 1)

    at = [softmax(lesson["scores"] / temperature) for temperature in (1, 2 / np.log(2))]
    assert np.allclose([weights[1] / weights[6] for weights in at], [np.exp(2), 2])


def test_no_output_is_left_out_of_the_comparison():
    tags = {tag for cell in CELLS if cell.outputs for tag in cell.metadata.get("tags", [])}
    assert "nbval-ignore-output" not in tags and len([cell for cell in CELLS if cell.outputs]) > 25
