"""Files from anywhere: whatever they hold, one clear sentence; no hang, no code, little memory.

The checksum of a checkpoint is no secret: most files here have a right one. Memory is measured in
`test_fuzz_memory.py`.
"""

from __future__ import annotations

import ast
import copy
import json
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from safetensors.torch import save
from toy import CONFIGS, toy_pairs, toy_vocabs

import course_utils
from course_utils.model import checkpoints
from course_utils.model.checkpoints import FORMAT, load_checkpoint
from course_utils.model.pretrained import load_translator
from course_utils.model.seq2seq import build_model
from course_utils.text.corpus import MOST_BYTES, load_corpus, read_pairs
from course_utils.text.subwords import SubwordVocab
from course_utils.text.tokens import clean, detokenize, tokenize
from course_utils.text.vocab import Vocab

PAIRS = toy_pairs(8)
VOCABS = toy_vocabs(PAIRS)
KINDS = ("attention-additive", "vanilla-first_state", "transformer")
Json = dict[str, Any]


def forged(content: Json | str, tensors: dict[str, torch.Tensor]) -> bytes:
    """Return a checkpoint with any content and tensors, and a right checksum."""
    text = content if isinstance(content, str) else json.dumps(content)
    return save(tensors, {"format": FORMAT, "content": text, "sha256": checkpoints._digest(tensors, text)})


def parts(kind: str, vocabs: tuple[Vocab, Vocab] = VOCABS) -> tuple[Json, dict[str, torch.Tensor]]:
    """Return the content and the tensors of a small checkpoint."""
    model = build_model(CONFIGS[kind], *map(len, vocabs))
    content = {
        "kind": "transformer" if kind == "transformer" else "rnn",
        "config": asdict(CONFIGS[kind]),
        "source_vocab": checkpoints._written(vocabs[0]),
        "target_vocab": checkpoints._written(vocabs[1]),
        "info": {"training": {"updates": 3}, "reads_unknown": True, "ends": ["."], "epoch": [1, 0]},
    }
    return content, {f"model.{name}": weight for name, weight in model.state_dict().items()}


PARTS = {kind: parts(kind) for kind in KINDS}
VALID = forged(*PARTS["attention-additive"])


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz") / "strange.safetensors"


def refused_or_usable(path: Path, content: bytes) -> str:
    """Load `content` as a translator, and use it; return what is said if it is refused, or ""."""
    path.write_bytes(content)
    try:
        translator = load_translator(path)
    except ValueError as error:
        assert type(error) is ValueError, repr(error)
        message = str(error)
        assert message.startswith(path.name) and "\n" not in message and len(message) < 500, message
        assert any(advice in message for advice in ("fetch or train it", "open it with", "of this course"))
        return message
    translator.translate_tokens([["un", "zèbre"]])
    return ""


def test_what_is_forged_well_is_read(path: Path) -> None:
    """Otherwise the tests below would show nothing."""
    for kind in KINDS:
        assert refused_or_usable(path, forged(*PARTS[kind])) == ""
    pieces = SubwordVocab.learn([pair.source for pair in PAIRS], 30)
    assert refused_or_usable(path, forged(*parts("transformer", (pieces, pieces)))) == ""


# --- bytes -----------------------------------------------------------------------------------


@given(st.binary(max_size=200), st.integers(0, 2**64 - 1) | st.integers(0, 300))
def test_any_bytes_behind_any_length_of_a_header(path: Path, content: bytes, length: int) -> None:
    for whole in (content, length.to_bytes(8, "little") + content):
        assert refused_or_usable(path, whole)


@given(
    edits=st.lists(
        st.tuples(
            st.sampled_from(["change", "cut", "insert", "double"]),
            st.floats(0, 1),
            st.binary(min_size=1, max_size=9),
            st.booleans(),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_bytes_changed_cut_or_inserted(path: Path, edits: list[tuple[str, float, bytes, bool]]) -> None:
    size = int.from_bytes(VALID[:8], "little") + 8
    content = bytearray(VALID)
    for what, where, put, header in edits:
        place = int(where * (min(size, len(content)) if header else len(content)))
        end = place + len(put)
        if what == "change":
            content[place:end] = put[: len(content) - place]
        elif what == "cut":
            del content[place:end]
        else:
            content[place:place] = put if what == "insert" else content[place:end]
    message = refused_or_usable(path, bytes(content))
    if not message:  # a blank in the header, say
        found, tensors = load_checkpoint(path), PARTS["attention-additive"][1]
        assert all(torch.equal(found.weights[name.removeprefix("model.")], tensors[name]) for name in tensors)


shapes = st.lists(st.integers(0, 3) | st.sampled_from([-1, 2**31, 2**62, 2**64 - 1, 2**70]), max_size=3)
entries = st.fixed_dictionaries(
    {
        "dtype": st.sampled_from(
            "F32 F16 BF16 F64 F8_E4M3 F8_E5M2 F8_E8M0 F4 F6_E2M3 I8 U8 I64 U64 BOOL C64 X".split()
        )
        | st.integers(),
        "shape": shapes,
        "data_offsets": st.lists(st.integers(0, 16), min_size=2, max_size=2).map(sorted) | shapes,
    }
)


@given(
    st.dictionaries(st.text(max_size=4), entries, max_size=3),
    st.dictionaries(st.text(max_size=4), st.text(max_size=4) | st.integers()) | st.none(),
    st.binary(max_size=16),
)
def test_any_header(path: Path, tensors: Json, metadata: Json | None, data: bytes) -> None:
    header = json.dumps(tensors | ({"__metadata__": metadata} if metadata is not None else {})).encode()
    assert refused_or_usable(path, len(header).to_bytes(8, "little") + header + data)


@pytest.mark.parametrize("dtype", ["F8_E4M3", "F8_E5M2", "F8_E8M0", "F4", "BOOL", "C64", "U64", "I16"])
def test_every_type_of_tensor(path: Path, dtype: str) -> None:
    """In a file that is well made otherwise: refused, for its format, before its checksum, or for that."""
    entry = {
        "dtype": dtype,
        "shape": [16],
        "data_offsets": [0, 16 * {"C64": 8, "U64": 8, "I16": 2}.get(dtype, 1)],
    }
    if dtype == "F4":
        entry["data_offsets"] = [0, 8]
    header = json.dumps({"a": entry, "__metadata__": {"format": FORMAT}}).encode()
    whole = len(header).to_bytes(8, "little") + header + bytes(entry["data_offsets"][1])
    assert refused_or_usable(path, whole)


# --- content with a right checksum -----------------------------------------------------------

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-3, 40)
    | st.sampled_from([10**6, 2**31, 2**63, 10**30, -(10**12)])
    | st.floats()
    | st.text(max_size=3)
    | st.sampled_from(["\ud800", "dot", "location", "first_state", "backward", "transformer", "<pad>"])
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)


@given(data=st.data(), kind=st.sampled_from(KINDS))
def test_settings_that_the_weights_do_not_fit(path: Path, data: st.DataObject, kind: str) -> None:
    content, tensors = PARTS[kind]
    config = dict(content["config"])
    for name in data.draw(st.lists(st.sampled_from(sorted(config)), min_size=1, max_size=3)):
        config[name] = data.draw(values)
    message = refused_or_usable(path, forged({**content, "config": config}, tensors))
    for name in ("hidden_size", "embedding_size", "layers", "feedforward_size"):
        if config.get(name) != content["config"].get(name):
            assert message


@given(data=st.data(), kind=st.sampled_from(KINDS))
def test_anything_anywhere_in_the_content(path: Path, data: st.DataObject, kind: str) -> None:
    content, tensors = copy.deepcopy(PARTS[kind][0]), PARTS[kind][1]
    for _ in range(data.draw(st.integers(1, 3))):
        place: Any = content
        while isinstance(place, (dict, list)) and place:
            key = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
            if not isinstance(place[key], (dict, list)) or data.draw(st.booleans()):
                if data.draw(st.booleans()):
                    place[key] = data.draw(values)
                else:
                    del place[key]
                break
            place = place[key]
    refused_or_usable(path, forged(content, tensors))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "{}",
        '"config"',
        "{",
        "NaN",
        "1" * 5000,
        "[" * 100_000,
        '{"a":' * 20_000 + "1" + "}" * 20_000,
        '{"kind": "rnn", "kind": "transformer", "config": {}}',
        '{"config": {"hidden_size": ' + "9" * 5000 + "}}",
        '{"config": ' + "[" * 900 + "]" * 900 + "}",
    ],
    ids=lambda text: text[:12],
)
def test_content_that_is_no_content(path: Path, text: str) -> None:
    assert refused_or_usable(path, forged(text, PARTS["attention-additive"][1]))


@given(data=st.data(), kind=st.sampled_from(KINDS))
def test_weights_of_other_names_shapes_and_types(path: Path, data: st.DataObject, kind: str) -> None:
    content, tensors = PARTS[kind]
    tensors = dict(tensors)
    name = data.draw(st.sampled_from(sorted(tensors)))
    weight = tensors.pop(name)
    change = data.draw(st.sampled_from(["gone", "renamed", "shape", "type", "nan", "half"]))
    if change == "renamed":
        tensors[data.draw(st.sampled_from(["model.", "model.x", "", "extra", name + ".0"]))] = weight
    elif change == "shape":
        shape = data.draw(st.lists(st.integers(0, 4), max_size=4))
        assume(tuple(shape) != tuple(weight.shape))
        tensors[name] = torch.zeros(shape)
    elif change == "type":
        dtypes = [
            torch.int64,
            torch.bool,
            torch.uint8,
            torch.complex64,
            torch.float8_e4m3fn,
            torch.float8_e5m2,
        ]
        tensors[name] = weight.to(data.draw(st.sampled_from(dtypes)))
    elif change in ("nan", "half"):
        tensors[name] = weight.bfloat16() if change == "half" else weight.clone()
        if change == "nan":
            tensors[name].view(-1)[0] = data.draw(st.sampled_from([torch.nan, torch.inf, -torch.inf]))
    message = refused_or_usable(path, forged(content, tensors))
    assert (not message) == (change == "half"), (change, message)


@given(data=st.data())
def test_vocabularies_of_another_size(path: Path, data: st.DataObject) -> None:
    content, tensors = PARTS["attention-additive"]
    side = data.draw(st.sampled_from(["source_vocab", "target_vocab"]))
    tokens = list(content[side])
    if data.draw(st.booleans()):
        tokens = tokens[: data.draw(st.integers(0, len(tokens) - 1))]
    else:
        tokens += data.draw(st.lists(st.text(max_size=3), min_size=1, max_size=3))
    assert refused_or_usable(path, forged({**content, side: tokens}, tensors))


@given(
    st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=6), st.integers(0, 6)), min_size=1, max_size=4),
    st.booleans(),
)
def test_a_changed_model_of_pieces(edits: list[tuple[float, bytes, int]], text: bool) -> None:
    """By itself: sentencepiece reads it, which is no Python."""
    model = bytearray(PIECES.model)
    for where, put, cut in edits:
        place = int(where * len(model))
        model[place : place + cut] = put
    try:
        vocab = SubwordVocab(bytes(model))
    except ValueError as error:
        assert type(error) is ValueError and "\n" not in str(error)
    else:
        vocab.decode(vocab.encode(["deux", "東京"]))


PIECES = SubwordVocab.learn([pair.source for pair in PAIRS], 30)


@pytest.mark.parametrize("text", ["", "=", "a", "AAAA", "é", "CgA="])
def test_pieces_that_are_none(path: Path, text: str) -> None:
    content, tensors = PARTS["attention-additive"]
    assert refused_or_usable(path, forged({**content, "source_vocab": text}, tensors))


# --- text ------------------------------------------------------------------------------------


def read_or_refused(path: Path, content: bytes, **options: Any) -> list | str:
    path.write_bytes(content)
    try:
        return read_pairs(path, **options)
    except ValueError as error:
        assert type(error) is ValueError, repr(error)
        message = str(error)
        assert "\n" not in message and len(message) < 500, message
        assert path.name in message or "columns are" in message
        return message


columns = st.none() | st.tuples(st.integers(-1, 4), st.integers(-1, 4))
fields = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("'-&;# \t\u200d.,1"), max_size=12)
links = st.lists(
    st.tuples(st.integers(-1, 5), st.integers(-1, 5)).map("{0[0]}-{0[1]}".format)
    | st.sampled_from(["9" * 5000 + "-0", "٠-٠", "0-", "-", "0-0-0", "1e1-0", "²-0"]),
    max_size=4,
).map(" ".join)
rows = st.tuples(fields, fields) | st.tuples(fields, fields, links) | st.tuples(fields)


@given(st.binary(max_size=80), columns)
def test_any_bytes_as_a_corpus(path: Path, content: bytes, columns: tuple[int, int] | None) -> None:
    read_or_refused(path, content, columns=columns)


@given(st.lists(rows.map("\t".join), max_size=5), st.sampled_from(["\n", "\r\n", "\r"]), columns)
def test_lines_that_are_nearly_pairs(
    path: Path, lines: list[str], end: str, columns: tuple[int, int] | None
) -> None:
    found = read_or_refused(path, end.join(lines).encode(), columns=columns)
    if not isinstance(found, str):
        for pair in found:
            assert pair.source and pair.target and all(pair.source) and all(pair.target)
            for i, j in pair.alignment or ():
                assert 0 <= i < len(pair.source) and 0 <= j < len(pair.target)
        try:
            load_corpus(path, columns=columns)
        except ValueError as error:
            assert "different source sentence" in str(error) or "without spaces" in str(error)


def test_a_line_that_is_no_sentence(path: Path) -> None:
    assert "line 2 of strange.safetensors is longer than" in read_or_refused(
        path, b"un\tone\n" + b"a " * (MOST_BYTES // 2) + b"\tb\n"
    )


@pytest.mark.parametrize(
    "text",
    ["a" + "-le" * 30_000, "a" + "-le" * 30_000 + "-x", "-t-il" * 20_000, "a-" * 50_000, "1." * 50_000 + "a",
     "&" + "a" * 100_000, "& " * 50_000, "&#" + "9" * 100_000 + ";", "l'" * 50_000, "l ' " * 30_000,
     "\u200d" * 100_000, "a\u200d" * 50_000, "\U0001f600\u200d" * 50_000, "a" + "\u0301" * 100_000,
     "a b' " * 20_000, "'" * 100_000, '"' * 99_999, " " * 100_000, "«" * 100_000],
    ids=lambda text: ascii(text[:8]),
)  # fmt: skip
def test_no_sentence_takes_long(text: str) -> None:
    """A hundred thousand characters in a fraction of a second: time grows as length, not as its square."""
    start = time.process_time()
    tokens = tokenize(text)
    assert clean(text) is not None and detokenize(tokens) is not None
    assert time.process_time() - start < 5


# --- nothing is executed ---------------------------------------------------------------------

CODE = {"eval", "exec", "compile", "__import__"}
MODULES = {
    "pickle",
    "cPickle",
    "dill",
    "joblib",
    "marshal",
    "shelve",
    "cloudpickle",
    "runpy",
    "code",
    "subprocess",
}
CALLS = {
    "torch.load",
    "torch.save",
    "np.load",
    "numpy.load",
    "pd.read_pickle",
    "torch.hub",
    "os.system",
    "os.popen",
}


def dangers(source: str) -> list[str]:
    """Return what in a module could run what a file says."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names if alias.name.split(".")[0] in MODULES]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in MODULES:
            found.append(str(node.module))
        elif isinstance(node, ast.Name) and node.id in CODE:
            found.append(node.id)
        elif isinstance(node, ast.Attribute) and ast.unparse(node) in CALLS:
            found.append(ast.unparse(node))
    return found


def test_nothing_that_a_file_holds_can_be_executed() -> None:
    for file in Path(course_utils.__file__).parent.rglob("*.py"):
        assert not dangers(file.read_text(encoding="utf-8")), file.name


@pytest.mark.parametrize(
    "source", ["import pickle", "from pickle import load", "torch.load(path)", "eval(text)", "run = exec",
               "import subprocess as s", "np.load(f, allow_pickle=True)"]
)  # fmt: skip
def test_the_check_notices(source: str) -> None:
    assert dangers(source) and not dangers("model.eval()\nregex.compile(text)\njson.load(file)")


# What Python itself reports (`sys.audit`): of the network, of programs, of code made of data.
WATCHED = """
import sys
from pathlib import Path
folder, path = map(Path, sys.argv[1:])
def main():
    import torch
    from course_utils import AttentionView, Trainer, load_corpus, load_translator, plot_attention
    from course_utils.model.seq2seq import ModelConfig
    from course_utils.training.trainer import TrainingConfig
    corpus = load_corpus(folder, max_length=9)
    config = TrainingConfig(updates=2, batch_size=2)
    Trainer(ModelConfig(hidden_size=8, embedding_size=4), config, corpus.train, corpus.valid, path).run()
    load_translator(path).translate_tokens([corpus.test[0].source], beam_size=2)
    found = load_translator("attention").translate("le chat noir est sur le tapis")
    plot_attention(found.attn_weights, found.source, found.target).savefig(folder / "figure.png")
    AttentionView(found)
forbidden = ("socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "pickle.", "marshal.",
             "ftplib.", "urllib.", "http.", "ctypes.dlopen")
seen = []
def watch(event, arguments):
    if watching and (event.startswith(forbidden) or event in ("exec", "compile")):
        seen.append((event, str(arguments)[:200]))
watching = True
sys.addaudithook(watch)
REPEAT
main()
print([one for one in seen if one[0].split(".")[0] == "socket"] if watching == "imports" else seen)
"""


@pytest.mark.slow
def test_no_network_and_no_code_at_run_time(tmp_path: Path) -> None:
    """The first time all is imported, which runs code: then only the network counts. The second time, all."""
    for split, n in (("train", 4), ("valid", 2), ("test", 2)):
        lines = (f"{' '.join(p.source)}\t{' '.join(p.target)}\n" for p in toy_pairs(n, len(split)))
        (tmp_path / f"{split}.tsv").write_text("".join(lines), encoding="utf-8")
    again = "watching = False; main(); watching = True"
    for repeat in ("watching = 'imports'", again):
        command = [
            sys.executable,
            "-c",
            WATCHED.replace("REPEAT", repeat),
            tmp_path,
            tmp_path / "x.safetensors",
        ]
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert done.stdout.strip().splitlines()[-1] == "[]"


def test_python_reports_what_is_forbidden(tmp_path: Path) -> None:
    """The watch notices: a connection, a pickle, a program."""
    code = WATCHED.partition("def main")[0] + "def main():\n    import pickle, socket, subprocess\n"
    code += "    pickle.loads(b'cos\\nsystem\\n.'); eval('1'); subprocess.run(['true'])\n"
    code += "    socket.socket().connect_ex(('127.0.0.1', 9))\nforbidden" + WATCHED.partition("forbidden")[2]
    done = subprocess.run(
        [sys.executable, "-c", code.replace("REPEAT", ""), str(tmp_path), "x"], capture_output=True, text=True
    )
    for event in ("socket.connect", "pickle.find_class", "subprocess.Popen", "exec"):
        assert event in done.stdout, done
