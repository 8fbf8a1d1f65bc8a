from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch
from toy import CONFIGS, toy_model, toy_pairs, toy_vocabs

from course_utils.model.search import Hypothesis, _sum_dtype, beam_search, greedy_decode
from course_utils.model.seq2seq import ModelConfig, Seq2Seq, build_model
from course_utils.model.translator import Translator
from course_utils.text.batching import length_mask, pad
from course_utils.text.vocab import BOS_ID, EOS_ID, PAD_ID, Vocab

SENTENCES = [[4, 5, 6], [7], [8, 9, 10, 11, 4], [6, 6]]
V = 6  # English words in the tiny models, the four special ones included


@torch.no_grad()
def teacher_forced(model: Seq2Seq, sentence: list[int], words: list[int]) -> tuple[float, torch.Tensor]:
    """Return how likely the model, teacher-forced, finds `words`, and what it looks at (T, S).

    `words` are ids, <eos> included if it is said.
    """
    source, lengths = pad([sentence])
    memory, mask, hidden = model.encode(source, lengths, length_mask(lengths))
    inputs = torch.tensor([[BOS_ID, *words[:-1]]])
    log_probs, weights = model.decoder.teacher_forced(inputs, hidden, memory, mask)
    return float(log_probs[0, torch.arange(len(words)), words].sum()), weights[0]


def said(found: Hypothesis, longest: int) -> list[int]:
    """Return a hypothesis's words, with <eos> if it came to its end."""
    return found.ids + [EOS_ID] * (len(found.ids) < longest)


def test_a_mark_is_read_where_the_model_has_met_it() -> None:
    """Between two clauses, say, and at no end: then it says nothing there."""
    model = toy_model(next(iter(CONFIGS)))
    vocabs = Vocab.build([["un", "!", "deux", "?"]]), Vocab.build([["one"]])
    assert Translator(model, *vocabs).read("un ! deux !") == ["un", "!", "deux", "!"]
    translator = Translator(model, *vocabs, ends="?")
    assert translator.read("un ! deux !") == ["un", "!", "deux"] == translator.read("un ! deux !!!")
    assert translator.read("un ! deux ?") == ["un", "!", "deux", "?"]
    assert Translator(model, *vocabs, ends=()).read("deux.") == ["deux"]


# --- greedy ----------------------------------------------------------------------------------


@torch.no_grad()
@pytest.mark.parametrize("name", CONFIGS)
def test_greedy_takes_the_likeliest_word_at_every_step(name: str) -> None:
    model = toy_model(name)
    found = greedy_decode(model, *pad(SENTENCES), max_length=8)
    for sentence, hypothesis in zip(SENTENCES, found):
        source, lengths = pad([sentence])
        memory, mask, hidden = model.encode(source, lengths, length_mask(lengths))
        word, words, log_prob = BOS_ID, [], 0.0
        while len(words) < 8:
            log_probs, hidden, weights = model.decoder(torch.tensor([word]), hidden, memory, mask)
            log_prob += float(log_probs.max())
            word = int(log_probs.argmax())
            if word == EOS_ID:
                break
            looked_at = hypothesis.weights[len(words), : weights.shape[1]]
            torch.testing.assert_close(looked_at, weights[0], atol=1e-10, rtol=0)
            words.append(word)
        assert hypothesis.ids == words
        assert hypothesis.log_prob == pytest.approx(log_prob, abs=1e-10)
        assert len(hypothesis.weights) == len(words)


def wanting_eos(eos: float) -> Seq2Seq:
    """Return a tiny model that ends its sentences sooner the higher `eos`."""
    model = build_model(ModelConfig(hidden_size=6, embedding_size=4), 12, V).double().eval()
    for parameter in model.parameters():
        parameter.data.mul_(2)
    model.decoder.out.bias.data[EOS_ID] += eos
    return model


def test_eos_ends_a_sentence_and_is_no_word_of_it() -> None:
    found = greedy_decode(wanting_eos(100), *pad(SENTENCES))
    assert [hypothesis.ids for hypothesis in found] == [[]] * len(SENTENCES)
    assert [hypothesis.weights.shape for hypothesis in found] == [(0, 5)] * len(SENTENCES)


def test_a_sentence_that_does_not_end_is_cut() -> None:
    model = wanting_eos(-100)
    found = greedy_decode(model, *pad(SENTENCES))
    assert [len(hypothesis.ids) for hypothesis in found] == [2 * len(s) + 10 for s in SENTENCES]
    for longest in (1, 7):
        for found in (
            greedy_decode(model, *pad(SENTENCES), longest),
            [beams[0] for beams in beam_search(model, *pad(SENTENCES), 2, longest)],
        ):
            assert [len(hypothesis.ids) for hypothesis in found] == [longest] * len(SENTENCES)
            assert [len(hypothesis.weights) for hypothesis in found] == [longest] * len(SENTENCES)


@pytest.mark.parametrize("max_length", [0, -3])
def test_max_length_must_leave_room_for_a_word(max_length: int) -> None:
    for decode in (greedy_decode, lambda *a: beam_search(*a[:3], 2, a[3])):
        with pytest.raises(ValueError, match=f"max_length must be at least 1, not {max_length}"):
            decode(wanting_eos(0), *pad(SENTENCES), max_length)


# --- beam search -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", CONFIGS)
def test_a_beam_of_one_is_greedy(name: str) -> None:
    model = toy_model(name)
    greedy = greedy_decode(model, *pad(SENTENCES))
    for ours, (theirs,) in zip(greedy, beam_search(model, *pad(SENTENCES), beam_size=1)):
        assert ours.ids == theirs.ids
        assert ours.log_prob == pytest.approx(theirs.log_prob, abs=1e-10)
        torch.testing.assert_close(ours.weights, theirs.weights, atol=1e-10, rtol=0)


def test_a_long_sum_is_rounded_by_neither() -> None:
    model = wanting_eos(-100).float()
    for ours, (theirs,) in zip(
        greedy_decode(model, *pad(SENTENCES), 200), beam_search(model, *pad(SENTENCES), 1, 200)
    ):
        assert ours.log_prob == theirs.log_prob
        assert ours.log_prob != torch.tensor(ours.log_prob).item()  # more digits than a float has


@pytest.mark.parametrize("name", CONFIGS)
def test_more_padding_than_the_longest_sentence_needs(name: str) -> None:
    model, (source, lengths) = toy_model(name), pad(SENTENCES)
    wider = torch.nn.functional.pad(source, (0, 3), value=PAD_ID)
    for decode in (greedy_decode, lambda *task: [beams[0] for beams in beam_search(*task, 2)]):
        for ours, theirs in zip(decode(model, source, lengths), decode(model, wider, lengths)):
            assert ours.ids == theirs.ids
            assert ours.log_prob == pytest.approx(theirs.log_prob, abs=1e-10)
            size = ours.weights.shape[1]
            torch.testing.assert_close(theirs.weights[:, :size], ours.weights, atol=1e-10, rtol=0)
            assert not theirs.weights[:, size:].any()


@pytest.mark.parametrize("seed", range(3))
def test_a_beam_as_wide_as_everything_finds_everything(seed: int) -> None:
    """Against brute force: every sentence of up to three words, ranked by its log-probability."""
    torch.manual_seed(seed)
    model, longest = wanting_eos(0.5), 3
    others = [word for word in range(V) if word != EOS_ID]
    found = beam_search(model, *pad(SENTENCES[:2]), V**3, longest)
    for sentence, beams in zip(SENTENCES[:2], found, strict=True):
        everything = [
            [*words, EOS_ID]
            for length in range(longest)
            for words in itertools.product(others, repeat=length)
        ] + [list(words) for words in itertools.product(others, repeat=longest)]
        everything = {tuple(words): teacher_forced(model, sentence, words)[0] for words in everything}
        assert sum(np.exp(list(everything.values()))) == pytest.approx(1)  # nothing is forgotten
        ranked = sorted(everything, key=lambda words: -everything[words])
        assert [tuple(said(found, longest)) for found in beams] == ranked
        assert [b.log_prob for b in beams] == pytest.approx([everything[w] for w in ranked])


@pytest.mark.parametrize("beam_size", [2, 3, 7])
def test_hypotheses_are_distinct_sorted_and_as_likely_as_they_say(beam_size: int) -> None:
    for seed in range(5):
        torch.manual_seed(seed)
        model = wanting_eos(1.0)
        found = beam_search(model, *pad(SENTENCES), beam_size, max_length=6)
        for sentence, beams in zip(SENTENCES, found):
            assert len(beams) == len({tuple(b.ids) for b in beams}) == beam_size
            log_probs = [b.log_prob for b in beams]
            assert log_probs == sorted(log_probs, reverse=True)
            for beam in beams:
                log_prob, weights = teacher_forced(model, sentence, said(beam, 6))
                assert beam.log_prob == pytest.approx(log_prob, abs=1e-9)
                looked_at = beam.weights[:, : len(sentence)]
                torch.testing.assert_close(looked_at, weights[: len(beam.ids)])


def test_a_wider_beam_can_beat_greedy() -> None:
    """Otherwise these tests would not notice a beam search that is greedy."""
    better = 0
    for seed in range(10):
        torch.manual_seed(seed)
        model = wanting_eos(1.0)
        greedy = greedy_decode(model, *pad(SENTENCES), 6)
        beams = beam_search(model, *pad(SENTENCES), 5, 6)
        better += sum(b[0].log_prob > g.log_prob + 1e-6 for g, b in zip(greedy, beams))
    assert better > 0


@pytest.mark.parametrize("name", ["attention-additive", "vanilla-every_step"])
def test_a_sentence_alone_finds_the_beams_that_it_finds_in_company(name: str) -> None:
    model = toy_model(name)
    for sentence, beams in zip(SENTENCES, beam_search(model, *pad(SENTENCES), 3)):
        (alone,) = beam_search(model, *pad([sentence]), 3)
        assert [b.ids for b in beams] == [b.ids for b in alone]
        for ours, theirs in zip(beams, alone):
            assert ours.log_prob == pytest.approx(theirs.log_prob, abs=1e-10)
            width = theirs.weights.shape[1]
            torch.testing.assert_close(ours.weights[:, :width], theirs.weights)
            assert (ours.weights[:, width:] == 0).all()


@pytest.mark.parametrize("name", ["attention-additive", "transformer"])
def test_on_step_sees_the_beginnings_that_are_kept(name: str) -> None:
    steps: list[tuple[torch.Tensor, torch.Tensor]] = []
    found = beam_search(
        toy_model(name),
        *pad(SENTENCES),
        beam_size=3,
        on_step=lambda words, log_prob: steps.append((words.clone(), log_prob.clone())),
    )
    before: list[list[list[int]]] = [[[]] * 3] * len(SENTENCES)
    for n, (words, log_prob) in enumerate(steps, start=1):
        assert words.shape == (len(SENTENCES) * 3, n) and log_prob.shape == (len(SENTENCES), 3)
        assert torch.equal(log_prob, log_prob.sort(dim=1, descending=True).values)
        beginnings = words.view(len(SENTENCES), 3, n).tolist()
        for ours, earlier in zip(beginnings, before):
            assert all(row[:-1] in earlier for row in ours)  # each goes on from one of the step before
        before = beginnings
    for rows, log_probs, beams in zip(before, log_prob.tolist(), found, strict=True):
        assert [row[: len(beam.ids)] for row, beam in zip(rows, beams)] == [beam.ids for beam in beams]
        assert log_probs == [beam.log_prob for beam in beams]


@pytest.mark.parametrize("search", [greedy_decode, lambda *about: beam_search(*about, beam_size=3)])
def test_all_that_is_made_stands_where_the_sentences_do(search) -> None:
    """Not on torch's default device: on this one there are no numbers."""
    model = toy_model("attention-dot")
    source, lengths = pad(SENTENCES)
    expected = search(model, source, lengths)
    with torch.device("meta"):
        found = search(model, source, lengths)
    for ours, theirs in zip(found, expected, strict=True):
        pairs = zip(ours, theirs, strict=True) if isinstance(theirs, list) else [(ours, theirs)]
        assert all(a.ids == b.ids and a.log_prob == b.log_prob for a, b in pairs)


def test_sums_are_doubles_wherever_there_are_any() -> None:
    """Apple's GPUs have none, and refuse them with an error."""
    assert _sum_dtype(torch.device("mps")) == torch.float32
    assert _sum_dtype(torch.device("cpu")) == _sum_dtype(torch.device("cuda")) == torch.float64


def test_the_beam_must_be_one_wide_at_least() -> None:
    with pytest.raises(ValueError, match="beam_size must be at least 1, not 0"):
        beam_search(wanting_eos(0), *pad(SENTENCES), 0)


# --- translator ------------------------------------------------------------------------------


FRENCH = Vocab.build([["l'", "homme", "chat", "chats", "noir", "dort"]])


def translator(**changes) -> Translator:
    config = ModelConfig(hidden_size=6, embedding_size=4, **changes)
    english = Vocab.build(["the man cat black sleeps".split()])
    return Translator(build_model(config, len(FRENCH), len(english)), FRENCH, english)


def test_a_translation_says_what_it_read_and_wrote() -> None:
    found = translator().translate("l'homme chat noir")
    assert found.source == ("l'", "homme", "chat", "noir")
    assert str(found) == found.text == " ".join(found.target)
    assert found.attn_weights.shape == (len(found.target), 4)
    np.testing.assert_allclose(found.attn_weights.sum(axis=1), 1, atol=1e-6)
    assert found.log_prob < 0


def test_capitals_curly_apostrophes_and_a_full_stop_do_not_matter() -> None:
    ours = translator()
    plain = ours.translate("l'homme dort")
    texts = ("L'homme dort", "L’HOMME DORT", "l'homme dort.", " l'homme dort ! ", "l'homme dort...")
    for text in texts:
        again = ours.translate(text)
        assert (again.source, again.target) == (plain.source, plain.target)


def test_a_full_stop_stays_if_the_model_knows_it() -> None:
    french = Vocab.build([["chat", "."]])
    model = build_model(ModelConfig(hidden_size=6, embedding_size=4), len(french), 9)
    known = Translator(model, french, Vocab.build(["the man cat black sleeps".split()]))
    assert known.translate("chat.").source == ("chat", ".")


@pytest.mark.parametrize("text", ["", "   ", ".", "?!"])
def test_an_empty_text_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="nothing to translate"):
        translator().translate(text)


def test_unknown_words_are_named_once_with_near_ones() -> None:
    with pytest.raises(ValueError) as caught:
        translator().translate("zzz chatt noir zzz")
    message = str(caught.value)
    assert message.count("zzz") == 1 and message.index("zzz") < message.index("chatt")
    assert "“chatt”, but it knows “chat” or “chats”" in message
    assert "noir" not in message and "\n" not in message


def test_without_attention_there_are_no_weights() -> None:
    assert translator(attention=False).translate("chat").attn_weights is None


@pytest.mark.parametrize("beam_size", [1, 3])
def test_a_batch_translates_like_each_text_alone(beam_size: int) -> None:
    ours = translator()
    ours.model.double()
    texts = ["l'homme dort", "chat", "l'homme chat noir dort l'homme", "noir"]
    for text, in_batch in zip(texts, ours.translate_batch(texts, beam_size)):
        alone = ours.translate(text, beam_size)
        assert (alone.source, alone.target) == (in_batch.source, in_batch.target)
        assert alone.log_prob == pytest.approx(in_batch.log_prob)
        np.testing.assert_allclose(alone.attn_weights, in_batch.attn_weights, atol=1e-10)
    assert ours.translate_batch([]) == []


def test_a_wider_beam_gives_the_best_hypothesis() -> None:
    ours = translator()
    source, lengths = pad([FRENCH.encode(["chat", "noir"])])
    ours.model.eval()
    best = beam_search(ours.model, source, lengths, 4)[0][0]
    found = ours.translate("chat noir", beam_size=4)
    assert found.target == tuple(ours.target_vocab.tokens[i] for i in best.ids)
    assert found.log_prob == best.log_prob
    with pytest.raises(ValueError, match="beam_size must be at least 1"):
        ours.translate("chat", beam_size=0)


@pytest.mark.parametrize("training", [True, False])
def test_translating_uses_no_dropout_and_restores_the_mode(training: bool) -> None:
    ours = translator(dropout_p=0.9)
    ours.model.train(training)
    first, second = ours.translate("chat noir"), ours.translate("chat noir")
    assert first.log_prob == second.log_prob
    assert ours.model.training is training
    with pytest.raises(ValueError):
        ours.translate("chat", beam_size=-1)
    assert ours.model.training is training


@pytest.mark.parametrize("search", [greedy_decode, lambda *about: beam_search(*about, beam_size=2)])
def test_the_mask_is_where_the_model_is(search, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lengths are made on the CPU; a mask that stays there stops every model on a GPU."""
    seen = []

    def encode(source: torch.Tensor, lengths: torch.Tensor, mask: torch.Tensor) -> None:
        seen.append((source.device.type, mask.device.type))
        raise InterruptedError

    model = translator().model.to("meta")
    monkeypatch.setattr(model, "encode", encode)
    source, lengths = pad([[4, 5], [6]])
    with pytest.raises(InterruptedError):
        search(model, source.to("meta"), lengths)
    assert seen == [("meta", "meta")]


def test_tokens_are_translated_even_if_unknown() -> None:
    (found,) = translator().translate_tokens([("zèbre", "noir")])
    assert found.source == ("zèbre", "noir")


def test_padding_is_never_said_by_an_ended_sentence() -> None:
    pairs = toy_pairs(10)
    french, english = toy_vocabs(pairs)
    model = toy_model("attention-dot", len(french), len(english))
    model.decoder.out.bias.data[PAD_ID] = -100
    found = Translator(model, french, english).translate_tokens([p.source for p in pairs], 3)
    assert not any("<pad>" in f.target for f in found)
    assert len({len(f.target) for f in found}) > 1  # some ended before others


@pytest.mark.parametrize("beam_size", [1, 3])
def test_weights_too_large_to_compute_with_are_told(beam_size: int) -> None:
    translator = Translator(toy_model("attention-dot"), *toy_vocabs(toy_pairs(60)))
    with torch.no_grad():
        translator.model.decoder.out.weight.fill_(1e308)  # finite, but its sums are not
    with pytest.raises(ValueError, match="too large to compute with; train it again"):
        translator.translate_tokens([["un", "deux"]], beam_size)


def test_what_is_wrong_with_a_list_of_sentences_is_told() -> None:
    ours = translator()
    with pytest.raises(ValueError, match="takes a list of sentences"):
        ours.translate_batch("le chat")
    with pytest.raises(ValueError, match="'le chat' is text"):
        ours.translate_tokens(["le chat"])
    with pytest.raises(ValueError, match="sentence 1 is empty"):
        ours.translate_tokens([["chat", "noir"], [], ["chat"]])
    with pytest.raises(ValueError, match="beam_size must be at least 1, not 0"):
        ours.translate_tokens([], beam_size=0)
