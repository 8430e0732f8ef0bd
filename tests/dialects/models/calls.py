"""Calls that collide wherever a question could tell them apart: ids, words, numbers, units, and the edges of days."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

from hypothesis import strategies as st

from schemas.call import Agent, Batch, Customer, Group, Intent, Unit
from schemas.edit import Patch
from schemas.money import Cost
from schemas.words import Direction, EndedBy, Outcome, Platform, Reason, Stage, Workflow
from tests.dialects.world import DialectWorld
from tests.query.world import NOW, START

MS: Final = timedelta(milliseconds=1)
DAY: Final = timedelta(days=1)
MIDNIGHTS: Final = (
    datetime(2026, 2, 1, tzinfo=UTC),
    datetime(2026, 5, 31, 22, tzinfo=UTC),  # of 1 June in Paris
    datetime(2026, 4, 30, 22, tzinfo=UTC),  # of May in Paris
    datetime(2026, 3, 28, 23, tzinfo=UTC),  # of the day in Paris that has 23 hours
    datetime(2026, 3, 29, 22, tzinfo=UTC),  # and of the day after it
)
EDGES: Final = (START, *MIDNIGHTS, NOW - 7 * DAY, NOW - 30 * DAY)
TIMES: Final = st.sampled_from([each + n * MS for each in EDGES for n in (-1, 0, 1)] + [START + timedelta(seconds=1)])
UUID: Final = "9f6c2a31-5b7e-4c0d-9b1a-0d6f2f7a1c55"
WORDS: Final = st.sampled_from(["Trần Văn", "tran", "ÉLAN", "elan", "b.*", "100%", "a_b", "日本"])
NUMBERS: Final = st.sampled_from(
    ["+33612345678", "0033 6 12 34 56 78", "06 12 34 56 78", "0612345678", "+1 (555) 010-0199", "101"]
)
LINES: Final = st.sampled_from(["+33140000000", "1900", "101"])
UNITS: Final = st.sampled_from(["1", "0", "paris-7", UUID])
BATCHES: Final = st.sampled_from(["50", "0", "spring", "1000000000"])
AGENTS: Final = st.sampled_from(["7", "riley", UUID])
SECONDS: Final = st.sampled_from([0.0, 0.001, 0.499, 0.5, 1.5, 2.5, 60.0, 3600.0])
NAMES: Final = st.sampled_from(["4711", "4712", "c-1", "ÉLAN", UUID])
LEVELS: Final = st.sampled_from("ABF")
CONCERNS: Final = st.sampled_from(["price", "价格"])


def _agents() -> st.SearchStrategy[Agent]:
    emails = st.none() | st.sampled_from(["linh@example.com", "7"])
    return st.builds(Agent, id=st.none() | AGENTS, name=st.none() | WORDS, email=emails)


def _customers() -> st.SearchStrategy[Customer]:
    groups = st.none() | st.builds(Group, id=st.sampled_from(["3", "gold"]))
    words = st.none() | WORDS
    ids = st.none() | st.sampled_from(["9", "anna"])
    return st.builds(Customer, id=ids, first=words, last=words, full=words, group=groups)


FACTS: Final = st.fixed_dictionaries(
    {
        "stage": st.sampled_from([Stage.ENDED, Stage.ENDED, Stage.ENDED, Stage.PROGRESS]),
        "platform": st.sampled_from([Platform.VAPI, Platform.RETELL, Platform.TANYI]),
        "received": TIMES,
    },
    optional={
        "outcome": st.sampled_from(sorted(set(Outcome) - {Outcome.IN_PROGRESS})),
        "direction": st.sampled_from(list(Direction)),
        "started_at": TIMES,
        "created_at": TIMES,
        "talk_s": SECONDS,
        "from_": NUMBERS,
        "to": NUMBERS,
        "line_number": LINES,
        "unit": st.builds(Unit, id=UNITS),
        "batch": st.builds(Batch, id=BATCHES, name=st.none() | WORDS),
        "agent": _agents(),
        "customer": _customers(),
        "extension": st.sampled_from(["101", "0101"]),
        "queue": st.sampled_from(["sales", "Sales"]),
        "title": WORDS,
        "summary": WORDS,
        "note": WORDS,
        "tags": st.lists(st.sampled_from(["vip", "VIP", "日本"]), max_size=2, unique=True),
        "extracted": st.sampled_from([{"a": 1}, {"a": 1.5}, "a", ["a"], {}]),
        "reason": st.sampled_from(list(Reason)),
        "success": st.booleans(),
        "is_auto_call": st.booleans(),
        "is_voicemail": st.booleans(),
        "intent": st.builds(Intent, level=st.none() | LEVELS, real_level=st.none() | LEVELS),
        "concerns": st.lists(CONCERNS, max_size=2, unique=True),
        "redials": st.integers(0, 2),
        "ended_by": st.sampled_from(list(EndedBy)),
        "cost": st.builds(
            lambda micros, currency: Cost(micros=micros, currency=currency, raw=""),
            st.sampled_from([0, 1, 132_500, 10**9]),
            st.sampled_from(["USD", "BRL"]),
        ),
    },
)
PATCHES: Final = st.fixed_dictionaries(
    {},
    optional={
        "workflow": st.sampled_from(list(Workflow)),
        "read": st.booleans(),
        "note": WORDS,
        "summary": WORDS,
        "success": st.booleans(),
        "tags": st.lists(st.sampled_from(["vip", "日本"]), max_size=2, unique=True),
        "intent": st.fixed_dictionaries({"real_level": LEVELS}),
    },
)


class Told(NamedTuple):
    """What a platform says of one call, and what people write on it."""

    name: str
    facts: dict[str, Any]
    edits: dict[str, Any]


CALLS: Final = st.lists(
    st.builds(Told, NAMES, FACTS, st.just({}) | PATCHES),
    max_size=8,
    unique_by=lambda told: (told.name, told.facts["platform"]),
)


async def store(world: DialectWorld, told: list[Told]) -> None:
    """Keep the calls and lay the edits over them."""
    await world.calls(*((each.name, dict(each.facts)) for each in told))
    for each in told:
        if each.edits:
            uid = world.uid(each.name, platform=each.facts["platform"])
            await world.stores.editor.edit(world.acme, uid, Patch(each.edits), by="crm", units=None)
