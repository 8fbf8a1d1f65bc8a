"""Are the learners' files kept apart? Everybody writes some, and asks for their neighbour's."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from websocket import WebSocketBadStatusException

from learner import Learner, connect

MINE, MODEL = "notebooks/mine.txt", "notebooks/models/mine.safetensors"
WRITE = """
from pathlib import Path
from course_utils.model.checkpoints import Checkpoint, load_checkpoint, save_checkpoint

Path("mine.txt").write_text({name!r})
weights = translator.model.state_dict()
save_checkpoint("models/mine.safetensors", Checkpoint(recipe.model, *translator.vocabs, weights, {{}}, {{}}))
assert load_checkpoint("models/mine.safetensors").model()
"""
GIVEN, REFUSED = {200}, {403, 404}  # 404: not even whether it exists is told


def apart(learners: Sequence[Learner], trained: str) -> dict[str, dict[int, int]]:
    """Let everybody write a file and their model of the lesson `trained`; return how each was answered.

    For every question, how often which HTTP status came back. Raises RuntimeError if somebody got what is
    another's, or did not get what is their own.
    """
    for learner in learners:
        learner.kernel_of(trained).run(WRITE.format(name=learner.name))
    answers: defaultdict[str, Counter[int]] = defaultdict(Counter)
    for learner, other in zip(learners, [*learners[1:], learners[0]], strict=True):
        mine = learner.ask("GET", f"/user/{learner.name}/api/contents/{MINE}")
        if mine.json().get("content") != learner.name:
            raise RuntimeError(f"{learner.name} reads another file than they wrote")
        answers["one's own file"][mine.status_code] += 1
        own_model = learner.ask("GET", f"/user/{learner.name}/files/{MODEL}")
        answers["one's own model"][own_model.status_code] += 1
        if other is learner:
            continue
        for what, path in {
            "another's file": f"/user/{other.name}/api/contents/{MINE}",
            "another's model": f"/user/{other.name}/files/{MODEL}",
            "another's kernels": f"/user/{other.name}/api/kernels",
            "another's account": f"/hub/api/users/{other.name}",
            "a way out of one's folder": f"/user/{learner.name}/api/contents/%2e%2e/{other.name}/{MINE}",
        }.items():
            answers[what][learner.ask("GET", path).status_code] += 1
        answers["another's kernel, by websocket"][_status(learner, other.kernel_of(trained).path)] += 1
    for what, statuses in answers.items():
        if not set(statuses) <= (GIVEN if what.startswith("one's own") else REFUSED):
            raise RuntimeError(f"{what}: the hub answered {dict(statuses)}")
    return {what: dict(statuses) for what, statuses in answers.items()}


def _status(learner: Learner, path: str) -> int:
    """Return the HTTP status with which a websocket is opened or refused."""
    try:
        connect(learner, path).close()
    except WebSocketBadStatusException as refused:
        return refused.status_code
    return 200
