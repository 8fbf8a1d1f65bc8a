"""Reports of a few short sentences, and their headlines.

    last year a large fire damaged the grand hotel in selby . the old bridge in riverton was closed by mayor
    ward this morning , but ten angry neighbours went to court .
    -> mayor ward closes old bridge in riverton , ten neighbours in court

A report tells of several events, and of their places. The headline is about the one event of today; the
others were long ago, or are still to come. Each may stand anywhere, and be told in each of its forms.
"""

from __future__ import annotations

from shipping import Row
from tasks.events import PASTS, PLANNED, Event, draw_event
from tasks.marked import Phrase, marked, plain, row
from tasks.names import NameDice

TODAY = ("this morning", "this afternoon", "early this morning", "today", "a few hours ago", "at noon today",
         "earlier today", "an hour ago", "late this morning")  # fmt: skip
PAST = ("last week", "last year", "last summer", "last month", "ten years ago", "a few years ago",
     "a year ago",
        "early last year", "late last month", "one morning last week", "at noon on sunday")  # fmt: skip
COMING = ("next week", "next month", "next year", "in the spring", "in the autumn", "early next year",
          "in a few weeks", "in two years")  # fmt: skip
BACKGROUND = (
    "@ is a quiet town near the coast",
    "most people in @ work in the harbour",
    "the people of @ are known for their cheese",
    "many tourists like @ for its narrow streets",
    "there is little work in and around @",
    "the roads around @ are busy at this time of the year",
    "@ has been growing for many years",
    "winters in @ are long and cold",
)
WHO, DOES, WHAT, WHERE, OUTCOME = PARTS = ("who", "does", "what", "where", "outcome")  # the marks


def tell(dice: NameDice, event: Event, when: str) -> Phrase:
    """Tell of an event in one of the ways there are: active or passive, the time first or last."""
    coming = when in COMING
    place = marked(f"in {event.place}", WHERE)
    if dice.chance(0.5):
        verb = f"will {event.verb}" if coming else PASTS[event.verb]
        said = marked(event.agent.full, WHO) + marked(verb, DOES) + marked(event.object.full, WHAT) + place
    else:
        be = "will be" if coming else "were" if event.object.many else "was"
        said = marked(event.object.full, WHAT) + place + marked(f"{be} {PASTS[event.verb]}", DOES)
        said += marked(f"by {event.agent.full}", WHO)
    said = plain(when) + said if dice.chance(0.5) else said + plain(when)
    if coming or event.outcome is None:
        return said + plain(".")
    joint, _, outcome = event.outcome.full.partition(" ")
    return said + plain(dice.pick((".", f", {joint}"))) + marked(outcome, OUTCOME) + plain(".")


def headline(event: Event) -> Phrase:
    """Return the headline of an event: the present, the active, no articles."""
    many, verb = event.agent.many, event.verb
    verb += "" if many else "es" if verb.endswith("ch") else "s"
    line = marked(event.agent.short, WHO) + marked(verb, DOES) + marked(event.object.short, WHAT)
    line += plain("in") + marked(event.place, WHERE)
    return line + (plain(",") + marked(event.outcome.short, OUTCOME) if event.outcome else [])


def report(dice: NameDice, length: int) -> Row | None:
    """Draw a report of about `length` tokens; None where a name comes twice."""
    news = draw_event(dice)
    sentences = [tell(dice, news, dice.pick(TODAY))]
    while sum(map(len, sentences)) < length - 6:
        if dice.chance(0.25):
            sentences.append(plain(dice.pick(BACKGROUND).replace("@", dice.name("town")) + " ."))
            continue
        other = draw_event(dice)
        times = PAST + COMING if other.verb in PLANNED else PAST
        sentences.append(plain(" ".join(token.text for token in tell(dice, other, dice.pick(times)))))
    if len(set(dice.names)) < len(dice.names):
        return None
    source = [token for sentence in dice.shuffled(sentences) for token in sentence]
    return row(source, headline(news))
