"""The field to type French into: how what a person types is read, and what is answered."""

from __future__ import annotations

import pytest

from course_utils.model.pretrained import load_translator
from course_utils.widgets.typing_field import (
    LONGEST,
    TRAINED,
    TranslationExplorer,
    reply,
    translation_explorer,
)

FRENCH = "le chat noir est sur le tapis"


@pytest.fixture(scope="module")
def translator():
    return load_translator("attention")


@pytest.mark.parametrize(
    "typed",
    [
        "Le chat noir est sur le tapis",
        "LE CHAT NOIR EST SUR LE TAPIS",
        "le chat noir est sur le tapis.",
        "  le  chat\tnoir\nest sur\N{NO-BREAK SPACE}le tapis !  ",
        "« Le chat noir est sur le tapis ? »",
        "“le chat noir est sur le tapis”…",
        "le chat\N{ZERO WIDTH SPACE} noir est sur le tapis...",
    ],
)
def test_the_same_sentence_however_it_is_typed(translator, typed):
    answer = reply(translator, typed)
    assert answer.message == ""
    assert " ".join(answer.view.source) == FRENCH
    assert " ".join(answer.view.target) == "the black cat is on the mat"


@pytest.mark.parametrize("apostrophe", ["'", "’", "‘", "´", "`", " ' ", "’ "])
def test_any_apostrophe(translator, apostrophe):
    answer = reply(translator, f"L{apostrophe}homme dort")
    assert answer.view.source == ("l'", "homme", "dort")


def test_other_ways_to_spell(translator):
    assert reply(translator, "ma soeur dort").view.source == ("ma", "sœur", "dort")
    decomposed = reply(translator, "le grand\N{NON-BREAKING HYPHEN}pe\N{COMBINING GRAVE ACCENT}re dort")
    assert decomposed.view.source == ("le", "grand-père", "dort")


def test_what_is_not_translated_gets_a_sentence(translator):
    for nothing in ("", "   ", "...", "« »", "'"):
        assert reply(translator, nothing).message.startswith("There is nothing to translate")
    unknown = reply(translator, "le chatt <b>zzz</b>")
    assert "does not know “chatt”, but it knows “chat” or" in unknown.message
    assert "does not know “zzz”;" in unknown.message
    assert "<b>" not in unknown._repr_html_()
    assert "One sentence at a time" in reply(translator, "le chat dort. le chien dort.").message


def test_long_sentences(translator):
    trained, long, longest = ("le chat dort " * n for n in (TRAINED // 3, 20, LONGEST // 3 + 1))
    assert reply(translator, trained).message == ""
    answer = reply(translator, long)
    assert "60 words" in answer.message and "at most 40" in answer.message
    assert len(answer.view.source) == 60
    refused = reply(translator, longest)
    assert refused.view is None and "102 words; at most 100" in refused.message


def test_a_model_without_attention_still_translates():
    answer = reply(load_translator("bottleneck"), "le chat dort")
    assert answer.view is None and "“the cat sleeps”" in answer.message


def test_explorer_answers_as_the_pure_function_does(translator):
    explorer = translation_explorer(translator)
    assert isinstance(explorer, TranslationExplorer) and explorer.field.value == FRENCH
    assert explorer.output.outputs == ()  # the sentence that it starts with stands above the field
    for typed in ("le chien dort", "le chatt dort", ""):
        explorer.field.value = typed
        (shown,) = explorer.output.outputs
        answer = reply(translator, typed)
        assert shown["data"] == {"text/plain": repr(answer), "text/html": answer._repr_html_()}
    assert not explorer.field.continuous_update
    assert translation_explorer(translator).start._repr_html_() == explorer.start._repr_html_()


def test_explorer_shows_a_picture_that_needs_no_kernel_and_then_the_field(translator, monkeypatch):
    shown = []
    monkeypatch.setattr("course_utils.widgets.typing_field.display", shown.append)
    explorer = translation_explorer(translator, "le chien dort")
    explorer._ipython_display_()
    assert shown == [explorer.start, explorer.box]
    bundle = explorer.box._repr_mimebundle_()
    assert bundle["text/plain"].startswith("(A text field: run this notebook")
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert "le chien dort → the dog sleeps" in repr(explorer)


def test_facts_that_stay_and_a_question_that_is_typed():
    """What is typed stands after the text that stays, and nothing typed is nothing to answer."""
    facts, labels = "the black cat sleeps on the mat . anna sits in the hall .", ("source", "answer")
    chatbot = load_translator("dialogues")
    explorer = translation_explorer(chatbot, "where is anna ?", labels, before=facts)
    assert explorer.start.view.source == (*facts.split(), *"where is anna ?".split())
    assert explorer.start.view.labels == labels
    explorer.field.value = "Where is the black cat?"
    (shown,) = explorer.output.outputs
    assert "black cat sleeps on the mat" in shown["data"]["text/plain"].split("→")[1]
    explorer.field.value = "  "
    assert "There is nothing to translate" in explorer.output.outputs[0]["data"]["text/plain"]
