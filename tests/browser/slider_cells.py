"""The explorers that the browser tests and the benchmark move, each in a cell of its own."""

from __future__ import annotations

import nbformat
from playwright.sync_api import Page

from course_utils.widgets import Explorer
from lab import Lab

SETUP = """
import numpy as np
import torch
from course_utils.decoding import Translator
from course_utils.models import ModelConfig, build_model
from course_utils.pretrained import load_translator
from course_utils import widgets

FRENCH, ENGLISH = "le chat noir est sur le tapis", "the black cat is on the mat"
words = [*FRENCH.split()[:6], "<script>alert(1)</script>"]
points = np.array([[0, 1.0], [1, 1], [0, 1], [0, 1], [0, -1], [0, -1], [1, -1]])
axes = ("noun", "who (+) / where (−)")
growing = [("le chat dort", "the cat sleeps"), (FRENCH, ENGLISH),
           (FRENCH + ", et il dort", ENGLISH + ", and he sleeps")]
small, wide = load_translator("bottleneck"), load_translator("bottleneck-wide")
attention = load_translator("attention")
_ = torch.manual_seed(1)
fresh = Translator(build_model(ModelConfig(), *map(len, attention.vocabs)), *attention.vocabs)
scores = {"dot": "attention-dot-live", "scaled dot": "attention-scaled-live", "additive": "attention-live",
          "general": "attention-general-live", "location": "attention-location-live"}
scores = {name: load_translator(file) for name, file in scores.items()}
""".strip()
CELLS = {
    "temperature": "widgets.temperature_explorer(words, points @ [3, 1])",
    "query": "widgets.query_explorer(words, points, [3, 1], axes, temperature=True, mask=True)",
    "length": 'widgets.length_explorer({"128": small, "256": wide}, growing)',
    "score": "widgets.score_explorer(scores, FRENCH, ENGLISH)",
    "padding": 'widgets.padding_explorer({"fresh": fresh, "trained": attention}, FRENCH, ENGLISH)',
    "beam": "widgets.beam_explorer(small, FRENCH)",
}


def explorers() -> dict[str, Explorer]:
    """The same explorers, in this process: what the page must show."""
    namespace: dict[str, object] = {}
    exec(SETUP, namespace)
    return {name: eval(source, namespace) for name, source in CELLS.items()}


def save(lab: Lab, page: Page, name: str) -> None:
    """Write a notebook with one explorer a cell."""
    cells = [nbformat.v4.new_code_cell(source) for source in (SETUP, *CELLS.values())]
    kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)"}
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
    headers = {"Authorization": f"token {lab.token}"}
    address = f"{lab.address}/api/contents/{name}"
    answer = page.request.put(address, headers=headers, data={"type": "notebook", "content": notebook})
    assert answer.ok, answer.text()
