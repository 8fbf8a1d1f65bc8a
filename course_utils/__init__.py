"""Helpers for the course on sequence-to-sequence models and attention.

A room is a step of the data's way: text → model → analysis → training. The figures need NumPy's attention
alone; the widgets stand on figures and text. The names below are the front door. Each is loaded when it is
asked for: importing this package imports no torch, and costs nothing.
"""

from importlib import import_module as _import_module

TYPE_CHECKING = False  # without importing typing
if TYPE_CHECKING:
    from course_utils.analysis.evaluation import bleu as bleu
    from course_utils.figures.attention import plot_attention as plot_attention
    from course_utils.model.decoders import AttnDecoderRNN as AttnDecoderRNN
    from course_utils.model.decoders import DecoderRNN as DecoderRNN
    from course_utils.model.encoder import Encoder as Encoder
    from course_utils.model.pretrained import load_translator as load_translator
    from course_utils.model.scores import masked_softmax as masked_softmax
    from course_utils.model.seq2seq import Seq2Seq as Seq2Seq
    from course_utils.text.corpus import load_corpus as load_corpus
    from course_utils.text.tokens import tokenize as tokenize
    from course_utils.training.trainer import Trainer as Trainer
    from course_utils.widgets.attention_view import AttentionView as AttentionView

__version__ = "0.2.0"

_HOME = {
    "AttentionView": "widgets.attention_view",
    "AttnDecoderRNN": "model.decoders",
    "DecoderRNN": "model.decoders",
    "Encoder": "model.encoder",
    "Seq2Seq": "model.seq2seq",
    "Trainer": "training.trainer",
    "bleu": "analysis.evaluation",
    "load_corpus": "text.corpus",
    "load_translator": "model.pretrained",
    "masked_softmax": "model.scores",
    "plot_attention": "figures.attention",
    "tokenize": "text.tokens",
}
__all__ = [*_HOME]


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(_import_module(f"{__name__}.{_HOME[name]}"), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME})
