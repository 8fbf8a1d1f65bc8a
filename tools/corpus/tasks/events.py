"""What can happen in a report: who does what to what, where, and what comes of it."""

from __future__ import annotations

from typing import NamedTuple

from tasks.names import NameDice

PASTS = {
    "arrest": "arrested", "block": "blocked", "buy": "bought", "catch": "caught", "close": "closed",
    "damage": "damaged", "destroy": "destroyed", "find": "found", "open": "opened", "question": "questioned",
    "raid": "raided", "reopen": "reopened", "repair": "repaired", "rescue": "rescued", "rob": "robbed",
    "save": "saved", "sell": "sold", "stop": "stopped",
}  # fmt: skip
PLANNED = ("close", "reopen", "open", "repair", "buy", "sell")  # what can be said to come
NUMBERS = "two three four five six seven eight nine ten eleven twelve fifteen twenty".split()


class Kind(NamedTuple):
    """A kind of event: each agent does each verb to each object.

    What stands before "|" is left out in a headline; "@" is a name, "#" a number.
    """

    agents: tuple[str, ...]  # "a violent|storm"
    verbs: tuple[str, ...]
    objects: tuple[str, ...]  # "the|old bridge"
    outcomes: tuple[tuple[str, str], ...]  # with its "and" or "but"; as a headline says it


HOUSES = ("the|old school", "the|main station", "the|grand hotel", "the|market hall", "the|old theatre",
          "the|paper factory", "the|public library", "the|city museum")  # fmt: skip
ROADS = (
    "the|old bridge",
    "the|coast road",
    "the|main road",
    "the|railway line",
    "the|road tunnel",
    "the|new motorway",
)
SHOPS = (
    "a small|bank",
    "the|post office",
    "a|jewellery shop",
    "an|art gallery",
    "a|petrol station",
    "a|toy shop",
)
SUSPECTS = ("a masked|thief", "a reckless|driver", "two young|burglars", "three known|smugglers",
     "a false|doctor",
            "a gang of|car thieves")  # fmt: skip
LOST = ("an old|fisherman", "two young|climbers", "a lost|child", "three tired|hikers", "a frightened|dog",
        "five stranded|tourists", "a young|sailor")  # fmt: skip
RULERS = ("the town|council", "the|governor", "mayor @", "minister @")

NOBODY_HURT = ("but nobody was hurt", "nobody hurt")
SOME_HURT = ("and # people were hurt", "# hurt")
DAMAGE = ("and the damage is put at # million dollars", "damage # million")
PRICE = ("and the price was # million dollars", "price # million")
COST = ("and it cost the taxpayers # million dollars", "cost # million")
JOBS_LOST = ("and # people lost their jobs", "# jobs lost")
PROTEST = ("but # angry neighbours went to court", "# neighbours in court")
PROMISED = ("and # new jobs were promised", "# jobs promised")

KINDS = (
    Kind(("a violent|storm", "a sudden|flood", "a huge|landslide", "a strong|earthquake"), ("damage",
         "destroy"),
         HOUSES + ROADS, (("and # families had to leave their homes", "# families homeless"), DAMAGE,
         NOBODY_HURT)),
    Kind(("a large|fire", "a loud|explosion"), ("damage", "destroy"), HOUSES, (SOME_HURT, DAMAGE,
         NOBODY_HURT)),
    Kind(("a careless|driver", "an empty|lorry", "a falling|tree"), ("damage",), HOUSES, (SOME_HURT,
         NOBODY_HURT)),
    Kind(("heavy|snow", "a sudden|flood", "a huge|landslide", "a fallen|tree", "a herd of|cows",
         "angry|farmers",
          "tired|nurses", "hundreds of|students", "an overturned|lorry", "a large|bear"), ("block",), ROADS,
         (("and # buses had to turn back", "# buses turned back"), ("and the traffic stood still for # hours",
          "traffic still # hours"), ("and nobody could get to work", "nobody at work"))),
    Kind(RULERS, ("close",), HOUSES, (JOBS_LOST, PROTEST)),
    Kind((*RULERS, "the|army"), ("reopen", "open", "repair"), HOUSES + ROADS, (COST, PROTEST)),
    Kind(("a foreign|company", "a local|brewery", "a rich|widow", "singer @", "a large|bank"), ("buy",
         "sell"),
         HOUSES, (PRICE, JOBS_LOST, PROMISED)),
    Kind(("masked|thieves", "two armed|men", "a gang of|youths", "a lonely|gunman"), ("rob", "raid"), SHOPS,
         (("and # thousand dollars are missing", "# thousand missing"), SOME_HURT,
         ("but nobody saw their faces",
          "nobody saw faces"))),
    Kind(("the|police", "border|guards", "inspector @"), ("arrest", "question"), SUSPECTS,
         (("and # stolen bicycles were found in a garage", "# bicycles found"),
         ("and the trial begins in # weeks",
          "trial in # weeks"))),
    Kind(("a brave|neighbour", "a shop|assistant", "a passing|cyclist", "detective @"), ("catch", "stop"),
         SUSPECTS,
         (SOME_HURT, NOBODY_HURT)),
    Kind(("local|firefighters", "an army|helicopter", "the|coastguard", "doctor @", "brave|divers"),
         ("rescue", "find", "save"), LOST,
         (("and the search took # hours", "search # hours"), ("and # volunteers had helped",
         "# volunteers helped"))),
)  # fmt: skip
MANY = {"cows", "farmers", "nurses", "students", "thieves", "men", "youths", "police", "guards",
     "firefighters",
        "divers", "burglars", "smugglers", "climbers", "hikers", "tourists"}  # fmt: skip


class Named(NamedTuple):
    """A phrase as a sentence has it, and as a headline has it."""

    full: str  # "a violent storm"
    short: str  # "storm"

    @property
    def many(self) -> bool:
        return self.short.split()[-1] in MANY


class Event(NamedTuple):
    agent: Named
    verb: str
    object: Named
    place: str  # a town
    outcome: Named | None  # "but nobody was hurt", "nobody hurt"


def _named(text: str) -> Named:
    return Named(text.replace("|", " "), text.rpartition("|")[2])


def draw_event(dice: NameDice) -> Event:
    """Draw an event, which in three cases of five has an outcome."""
    kind = dice.pick(KINDS)
    agent = dice.pick(kind.agents)
    if "@" in agent:
        agent = agent.replace("@", dice.name("surname"))
    full, short = (
        text.replace("#", number) for number in [dice.pick(NUMBERS)] for text in dice.pick(kind.outcomes)
    )
    outcome = Named(full, short) if dice.chance(0.6) else None
    verb, thing = dice.pick(kind.verbs), dice.pick(kind.objects)
    return Event(_named(agent), verb, _named(thing), dice.name("town"), outcome)
