"""One sentence of a given length: a pure function of the seed."""

from __future__ import annotations

from builder.doings import act
from builder.grammar import word
from builder.moves import LASTING, MOVES
from builder.realise import Piece, join, realise
from builder.stories import Story, Unfit, comma
from dice import Dice

FORBIDDEN = "le chat noir est sur le tapis"
TIMES = {
    "present": (
        ("le matin", "in the morning"),
        ("le soir", "in the evening"),
        ("chaque jour", "every day"),
    ),
    "past": (("hier", "yesterday"), ("ce matin", "this morning"), ("hier soir", "last night")),
    "future": (
        ("demain", "tomorrow"),
        ("demain matin", "tomorrow morning"),
        ("ce soir", "this evening"),
    ),
}
TRIES = 60  # moves tried before a story is given up


def story(dice: Dice, length: int) -> Piece | None:
    """Return a sentence of exactly `length` French tokens, or None when the dice led nowhere."""
    try:
        s = Story(dice, length)
    except Unfit:
        return None
    first = False
    if length > 4 and dice.chance(0.25):
        fr, en = dice.pick(TIMES[s.frame])
        s.add(join(word(dice, fr, en), comma(dice)))
        s.timed, lasting = True, True
    elif length > 14 and dice.chance(0.1):
        s.add(join(word(dice, "de abord", "first"), comma(dice)))
        s.timed, lasting, first = True, False, True
    start = len(s.pieces)
    last_event = False
    for _ in range(TRIES):
        if s.so_far() == length and len(s.pieces) > start:
            if first and not any(t.lemma == "puis" for p in s.pieces for t in p.fr):
                return None  # "first, …" and nothing second
            return join(*s.pieces)
        if s.so_far() > length - 3:
            return None
        event, move = dice.weighted([(w, (event, m)) for w, m, event in MOVES])
        habit = s.frame == "present" and move is not act  # "every day" opens nothing else
        if s.timed and len(s.pieces) == start and (habit or not event and not (lasting and move in LASTING)):
            continue
        link = ""
        if len(s.pieces) > start:
            options = [(4, "et"), (3, ", et")]
            if event and last_event and s.subject is s.hero:
                options.append((2, "puis"))
                if length - s.so_far() < 12 and s.so_far() > 14:
                    options.append((4, "enfin"))
            link = dice.weighted(options)
            if link == "et" and s.pieces and len(s.pieces) - start > 1 and dice.chance(0.6):
                link = ", et"
        before = s.snapshot()
        try:
            move(s, link)
            last_event = event and s.affirmative
        except Unfit:
            s.restore(before)
    return None


def sentence(dice: Dice, length: int) -> tuple[str, str, list[tuple[int, int]]] | None:
    """Return French, English and alignment, or None."""
    piece = story(dice, length)
    if piece is None:
        return None
    source, target, alignment = realise(piece)
    if FORBIDDEN in source:
        return None
    return source, target, alignment
