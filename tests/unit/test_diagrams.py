"""The diagrams: every word is in its place."""

from course_utils.diagrams import plot_encoder_decoder


def test_the_decoder_is_given_each_word_that_it_wrote():
    figure = plot_encoder_decoder(["le", "chat"], ["the", "cat"])
    texts = [(text.get_text(), text.get_position()) for text in figure.axes[0].texts]
    above = sorted((x, word) for word, (x, y) in texts if y == 1.0)
    below = sorted((x, word) for word, (x, y) in texts if y == -1.0)
    assert [word for _, word in above] == ["the", "cat", "<eos>"]
    assert [word for _, word in below] == ["le", "chat", "<bos>", "the", "cat"]
    assert [x for x, _ in above] == [x for x, _ in below[2:]]
