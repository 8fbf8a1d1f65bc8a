"""The moves of all kinds, and how often each is tried."""

from __future__ import annotations

from builder.animals import beast, beasts, chase, meanwhile, see_who, when
from builder.doings import act, give, go, help_out, search, somebody
from builder.minds import can, days, feel, like, lives, sad, want
from builder.things import compare, take_which, that_which, there_is, thing_is

# (weight, move, event?): an event may follow with "puis"
MOVES = (
    (7, act, True),
    (8, somebody, True),
    (1, search, True),
    (2.5, feel, False),
    (2, like, False),
    (2.2, want, False),
    (2.5, can, False),
    (3, go, True),
    (2.5, give, True),
    (1.5, help_out, True),
    (5.5, beast, False),
    (4, beasts, False),
    (2, chase, True),
    (3, see_who, True),
    (3, take_which, True),
    (3, thing_is, False),
    (2.5, there_is, False),
    (2, that_which, False),
    (3, meanwhile, False),
    (4, when, False),
    (1.5, lives, False),
    (1.2, compare, False),
    (1.5, sad, False),
    (2, days, True),
)
LASTING = {beast, feel, beasts}  # not events, yet "ce soir," may open them
