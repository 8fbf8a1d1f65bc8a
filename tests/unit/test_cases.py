"""Small inputs that once went wrong (tests/cases), and more of their kinds."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_utils.figures.curves import plot_by_length
from course_utils.figures.style import style
from course_utils.text.corpus import DATA, load_corpus, read_pairs
from course_utils.text.tokens import clean, detokenize, tokenize
from course_utils.text.vocab import Vocab
from course_utils.training.__main__ import main
from course_utils.widgets.attention_view import AttentionView

CASES = Path(__file__).parents[1] / "cases"


def lines(name: str) -> list[list[str]]:
    return [line.split("\t") for line in (CASES / name).read_text(encoding="utf-8").split("\n") if line]


@pytest.mark.slow
def test_the_courses_own_files_are_read_as_they_are() -> None:
    """The shipped models know these tokens."""
    for split in ("train", "valid", "test", "test_long"):
        path = DATA / f"{split}.tsv"
        for line in path.read_text(encoding="utf-8").splitlines():
            for side in line.split("\t")[:2]:
                assert clean(side) == side and detokenize(tokenize(side)) == side


def test_a_third_column_that_is_no_alignment() -> None:
    path = CASES / "attribution_third.tsv"
    with pytest.raises(ValueError, match="'CC-BY' is no alignment link.*--columns 2,1"):
        load_corpus(path)
    corpus = load_corpus(path, columns=(2, 1))
    first = read_pairs(path, columns=(2, 1))[0]
    assert first == (("le", "chat", "noir", "."), ("the", "black", "cat", "."), None)
    assert len(corpus.train) + len(corpus.valid) + len(corpus.test) == len(lines(path.name))
    for wrong, says in (((2, 9), "column 9 is asked for"), ((0, 1), "from 1"), ((2, 2), "two different")):
        with pytest.raises(ValueError, match=says):
            load_corpus(path, columns=wrong)


@pytest.mark.slow
def test_columns_by_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--corpus", CASES / "attribution_third.tsv", "--output", tmp_path / "x.safetensors"]
    options += ["--updates", 2, "--batch-size", 8, "--hidden-size", 8]
    with pytest.raises(SystemExit) as caught:
        main(list(map(str, options)))
    assert caught.value.code == 2 and "--columns 2,1" in capsys.readouterr().err
    assert main([*map(str, options), "--columns", "2,1", "--max-length", "30"]) == 0


def test_blank_lines_are_skipped(tmp_path: Path) -> None:
    path = CASES / "blank_lines.tsv"
    full = [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    assert len(read_pairs(path)) == len(full) < len(path.read_text(encoding="utf-8").splitlines())
    broken = tmp_path / "broken.tsv"
    for line in ("un chat\t", "\ta cat", "un chat\t \u200b"):
        broken.write_text(f"a\tb\n\n \t \n{line}\n", encoding="utf-8")
        with pytest.raises(ValueError, match="line 4 of broken.tsv has an empty sentence"):
            read_pairs(broken)


@pytest.mark.parametrize(
    "text",
    ["किताब यहाँ है", "আমি পড়ি", "istanbul güzel", "ọjọ́ dára", "می‌خواهم کتاب", "שָׁלוֹם עוֹלָם", "தமிழ் மொழி",
     "క్షేత్రం ఉంది", "क्‍ष", "việt nam", "col·lega", "n̥ow"],
)  # fmt: skip
def test_a_word_stays_whole_in_every_script(text: str) -> None:
    assert tokenize(text) == text.split()


def test_the_case_of_marks() -> None:
    for source, _ in lines("marks.tsv"):
        assert len(tokenize(source)) == len(source.split())
    assert tokenize("İstanbul") == tokenize("istanbul")


def test_invisible_characters_and_look_alikes() -> None:
    plain = {
        "the cat sleeps": "le chat dort",
        "the information is here": "l'information est là",
        "rainbow": "arc-en-ciel",
        "the bird sings": "l'oiseau chante",
    }
    for source, target in lines("invisible.tsv"):
        assert tokenize(source) == tokenize(plain[target])


@given(st.text("abcdlnquéœ' ,.-3", max_size=20))
def test_what_needs_no_cleaning_is_left_as_it_is(text: str) -> None:
    assert clean(text) == clean(f"\u200b{text}")  # which does need it, at its start


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("le\u200bchat", ["le", "chat"]),  # the zero-width space parts words
        ("in\u00adfor\u00admation", ["information"]),
        ("\u200fchat\u200e", ["chat"]),
        ("\u2066le\u2069 \u202achat\u202c", ["le", "chat"]),
        ("cha\u2060t", ["chat"]),
        ("le\u00a0chat\u202fnoir\u3000dort", ["le", "chat", "noir", "dort"]),
        ("l\u2019oiseau l\u02bcoiseau l`oiseau l\u2032oiseau", ["l'", "oiseau"] * 4),
        ("l ' oiseau l' oiseau l 'oiseau", ["l'", "oiseau"] * 3),
        ("arc\u2010en\u2011ciel", ["arc-en-ciel"]),
        ("chat\u200d", ["chat"]),
        ("\u200c", []),
        ("\u0000chat\u0007", ["chat"]),
        ("❤\ufe0f", ["❤"]),
        ("👩\u200d🚀 rit", ["👩\u200d🚀", "rit"]),
    ],
)
def test_what_cannot_be_seen(text: str, tokens: list[str]) -> None:
    assert tokenize(text) == tokens


def test_translate_and_the_corpus_read_alike() -> None:
    vocab = Vocab.build([["le", "chat", "dort", "l'", "œuf", "arc-en-ciel"]])
    for typed in ("Le chat\u00a0dort.", "« le chat dort »", "…le chat dort !", "\ufeffle chat\u200bdort"):
        assert vocab.read(typed) == ["le", "chat", "dort"]
    assert vocab.read("L’oeuf, l'arc‑en‑ciel") == ["l'", "œuf", ",", "l'", "arc-en-ciel"]


@pytest.mark.parametrize(
    ("text", "english", "french"),
    [
        ("how are you ?", "how are you?", "how are you ?"),
        ("c' est 3,5 euros !", "c'est 3,5 euros!", "c'est 3,5 euros !"),
        ("« bonjour » , dit-elle .", "«bonjour», dit-elle.", "« bonjour », dit-elle."),
        ("“ hello ” , she said .", "“hello”, she said.", "“hello”, she said."),
        ("il a dit & apos ; non & apos ;", "il a dit 'non'", "il a dit 'non'"),
        ("he said &quot;no&quot; .", 'he said "no".', 'he said "no".'),
        ("fish &amp; chips ( hot )", "fish & chips (hot)", "fish & chips (hot)"),
        ("at 10:30 , on 1.000 roads", "at 10:30, on 1.000 roads", "at 10:30, on 1.000 roads"),
        ("she doesn't : no ; yes", "she doesn't: no; yes", "she doesn't : no ; yes"),
    ],
)
def test_detokenizing_gives_what_people_write(text: str, english: str, french: str) -> None:
    assert detokenize(tokenize(text)) == english
    assert detokenize(tokenize(text), "fr") == french


def test_the_case_of_punctuation() -> None:
    for source, target in lines("punctuation.tsv"):
        assert "&" not in detokenize(tokenize(source), "fr")
        assert detokenize(tokenize(target)) == target.replace("&quot;", '"')


def test_an_ampersand_before_a_word_is_no_entity() -> None:
    """HTML reads the beginning of "&regulators;" as "®": a browser forgives, and text means what it says."""
    text = "banks & regulators; law & ethics; &notes; &semi; &eacute; &#233; &amp;"
    expected = "banks & regulators ; law & ethics ; & notes ; ; é é &"
    assert tokenize(text) == expected.split()


SIGNS = "'’\"-.,!?;:«»“”()&\u200b\u00ad"


@given(st.text(f"abcdlnqu {SIGNS}0123456789", max_size=30), st.sampled_from(["en", "fr"]))
def test_what_is_joined_is_split_alike(text: str, language: str) -> None:
    tokens = tokenize(text)
    assert tokenize(detokenize(tokens, language)) == tokens


def test_lengths_are_filtered_on_both_sides_before_the_split() -> None:
    path = CASES / "many_lengths.tsv"
    pairs = read_pairs(path)
    short = [pair for pair in pairs if max(map(len, pair[:2])) <= 3]
    corpus = load_corpus(path, max_length=3)
    kept = [*corpus.train, *corpus.valid, *corpus.test]
    assert sorted(kept) == sorted(short) and corpus.left_out == len(pairs) - len(short) > 0


def test_a_long_target_counts_as_well(tmp_path: Path) -> None:
    path = tmp_path / "mine.tsv"
    path.write_text("".join(f"a{i}\tb\n" for i in range(5)) + "a\tb b b b\n", encoding="utf-8")
    assert load_corpus(path, max_length=3).left_out == 1


@pytest.mark.parametrize(
    "sentence", ["猫が寝ている", "แมวกำลังนอนหลับ", "我爱你们的猫", "今天天气很好，我们去公园，看猫。"]
)
def test_text_without_spaces_is_said_with_the_way_out(sentence: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.tsv"
    for side, line in (("source", f"{sentence}\tthe cat"), ("target", f"the cat\t{sentence}")):
        path.write_text("".join(f"{line}\n" for _ in range(5)), encoding="utf-8")
        with pytest.raises(ValueError, match=f"the {side} side of mine.tsv is written without spaces.*put"):
            load_corpus(path)
    spaced = "".join(f"{' '.join(sentence)} {i}\tthe cat {i}\n" for i in range(5))
    path.write_text(spaced, encoding="utf-8")
    assert len(load_corpus(path).train) == 3


def test_the_case_of_text_without_spaces() -> None:
    with pytest.raises(ValueError, match="without spaces"):
        load_corpus(CASES / "unspaced.tsv")


def attention_on(source: list[str]) -> str:
    weights = np.full((2, len(source)), 1 / len(source))
    translation = SimpleNamespace(source=source, target=["a", "b"], attn_weights=weights)
    return AttentionView(translation)._repr_html_()


def test_right_to_left_words_stand_in_the_order_of_their_script() -> None:
    for source, _ in lines("right_to_left.tsv"):
        assert tokenize(source) == source.split()
        page = attention_on(tokenize(source))
        assert page.count('<span dir="rtl">') == page.count('<table dir="rtl">') == 1
    sentences = {"שלום עולם ok": True, "le chat noir": False, "3 , 5": False, "کتاب 3": True}
    for source, turned in sentences.items():
        assert ('dir="rtl"' in attention_on(source.split())) == turned


def test_a_learners_own_font_stays_in_figures() -> None:
    with style():
        assert plt.rcParams["font.family"] == ["DejaVu Sans"]
    with plt.rc_context({"font.family": ["A CJK Font", "sans-serif"]}), style():
        assert plt.rcParams["font.family"] == ["A CJK Font", "DejaVu Sans"]


def test_a_figure_of_sentences_of_any_length() -> None:
    row = {"low": 51, "high": 60, "n": 3, "bleu": 50.0}
    figure = plot_by_length({"one": [row, {**row, "low": 61, "high": None}]}, "Longer")
    assert [t.get_text() for t in figure.axes[0].get_xticklabels()] == ["51–60\nn = 3", "61+\nn = 3"]


@pytest.mark.slow
def test_a_package_without_its_data_says_how_to_install_it(tmp_path: Path) -> None:
    copy = tmp_path / "course_utils"
    shutil.copytree(Path(DATA).parent / "course_utils", copy)
    code = "from course_utils.text.corpus import load_corpus\ntry: load_corpus()\n"
    code += "except FileNotFoundError as error: print(error)\n"
    code += "from course_utils.model.pretrained import load_translator\ntry: load_translator()\n"
    code += "except ValueError as error: print(error)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path)
    assert done.stdout.count("pip install -e .") == 2, done.stderr
