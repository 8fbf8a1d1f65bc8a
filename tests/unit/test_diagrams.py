"""The diagrams: every word is in its place."""

from matplotlib.colors import to_rgba

from course_utils.figures.diagrams import plot_decoder_step, plot_encoder_decoder
from course_utils.figures.style import GREEN


def test_the_decoder_is_given_each_word_that_it_wrote():
    figure = plot_encoder_decoder(["le", "chat"], ["the", "cat"])
    texts = [(text.get_text(), text.get_position()) for text in figure.axes[0].texts]
    above = sorted((x, word) for word, (x, y) in texts if y == 1.0)
    below = sorted((x, word) for word, (x, y) in texts if y == -1.0)
    assert [word for _, word in above] == ["the", "cat", "<eos>"]
    assert [word for _, word in below] == ["le", "chat", "<bos>", "the", "cat"]
    assert [x for x, _ in above] == [x for x, _ in below[2:]]


def test_places_that_hold_nothing_are_drawn_where_they_are_scored():
    """Weights by location need ten places; a score has one for each of the seven states."""
    for content_based, empty in ((True, 0), (False, 3)):
        patches = plot_decoder_step(content_based).axes[0].patches
        places = [p for p in patches if p.get_edgecolor() == to_rgba(GREEN)]
        assert len(places) == 7 + empty
        assert sum(not p.get_fill() or p.get_facecolor()[3] == 0 for p in places) == empty
