"""Updates of one call, as a test or Hypothesis needs them."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any

from hypothesis import strategies as st

from schemas.call import Agent, Batch, Customer, Forward, Group, Intent, Turn, Unit
from schemas.envelope import Defaults
from schemas.money import Amount, Cost
from schemas.update import CallUpdate, Facts, Leg, Media, OrderKey
from schemas.words import (
    AgentKind,
    Channel,
    CostPart,
    Direction,
    EndedBy,
    Outcome,
    Platform,
    RecordingChannel,
    Role,
    Stage,
)
from storage.derive import derive
from storage.flatten import flatten
from storage.fold import Registers, fold
from storage.told import tell

START = datetime(2026, 11, 20, 4, 55, tzinfo=UTC)
START_MS = 1795150500000


def at(seconds: float) -> datetime:
    """Return the time *seconds* after `START`."""
    return START + timedelta(seconds=seconds)


def make_update(
    facts: Facts | None = None,
    *,
    call: str = "c-1",
    tenant: str = "acme",
    platform: Platform = Platform.VAPI,
    event: str = "e-1",
    received: float = 60,
    digest: str = "0" * 32,
    defaults: Defaults | None = None,
    **said: Any,
) -> CallUpdate:
    """Return an update that says *said* (or *facts*), received *received* seconds after `START`."""
    facts = facts or Facts(rank=said.pop("rank", 10), **said)
    received_ms = START_MS + round(received * 1000)
    at_ms = received_ms if facts.at is None else round(facts.at.timestamp() * 1000)
    return CallUpdate(
        tenant=tenant,
        platform=platform,
        platform_call_id=call,
        order=OrderKey(facts.rank, at_ms, received_ms, event, digest),
        facts=facts,
        defaults=defaults or Defaults(),
    )


def registers_of(updates: Iterable[CallUpdate], *, on: Registers | None = None) -> Registers:
    """Return what *updates* fold to, *on* top of what is known."""
    return fold(on, map(flatten, updates))


def derived(registers: Registers) -> dict[str, Any]:
    """Return the canonical facts of *registers*."""
    return derive(tell(registers), ended=registers.ended, received_ms=registers.received_ms)


def say(role: Role, text: str, n: int = 1) -> Turn:
    """Return a turn."""
    return Turn(n=n, role=role, text=text)


_words = st.text(max_size=6)
_some = st.sampled_from(["", "a", "b", "cé", "$x", "x.y", "\x00"])
_ids = st.sampled_from(["", "1", "2", "u.1", "$u"])
_times = st.integers(0, 9).map(lambda n: at(n * 7.125))
_seconds = st.sampled_from([0, 0.0, 1, 3.5, 61.0004, float("inf")])
_numbers = st.sampled_from(
    ["", "+33612345678", "0033612345678", "33612345678", "0612345678", "sip:bob@x", "+84901234567"]
)
_flags = st.booleans()


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return *strategy* or None."""
    return st.none() | strategy


def _amounts() -> st.SearchStrategy[Amount]:
    return st.integers(-5, 10**6).map(lambda n: Amount(n, str(n)))


costs = st.builds(
    Cost,
    micros=st.sampled_from([0, 5, 132500, 2**62]),
    currency=st.sampled_from(["USD", "EUR"]),
    raw=st.just("1"),
    parts=st.dictionaries(st.sampled_from(CostPart), _amounts(), max_size=2),
)
turns: st.SearchStrategy[Sequence[Turn]] = st.lists(
    st.builds(Turn, n=st.integers(1, 3), role=st.sampled_from(Role), text=_some), max_size=3
)
json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | _words,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(_some, inner, max_size=2),
    max_leaves=4,
)
legs = st.builds(
    Leg,
    tier=maybe(st.integers(0, 2)),
    direction=maybe(st.sampled_from(Direction)),
    from_=maybe(_numbers),
    to=maybe(_numbers),
    started_at=maybe(_times),
    answered_at=maybe(_times),
    ended_at=maybe(_times),
    talk_s=maybe(_seconds),
    outcome=maybe(st.sampled_from(Outcome)),
    unknown_end=maybe(_flags),
    end_reason=maybe(_some),
    is_voicemail=maybe(_flags),
    cost=maybe(costs),
)
_customers = st.builds(
    Customer,
    number=maybe(_numbers),
    first=maybe(_some),
    group=maybe(st.builds(Group, id=maybe(_ids))),
    props=maybe(st.dictionaries(_some, json, max_size=2)),
)
_intents = st.builds(Intent, level=maybe(st.sampled_from("ABC")), label=maybe(_some))
facts_: st.SearchStrategy[Facts] = st.builds(
    Facts,
    rank=st.integers(0, 3),
    at=maybe(_times),
    stage=st.sampled_from(Stage),
    outcome=maybe(st.sampled_from(Outcome)),
    unknown_end=maybe(_flags),
    by_parties=maybe(_flags),
    created_at=maybe(_times),
    started_at=maybe(_times),
    answered_at=maybe(_times),
    ended_at=maybe(_times),
    duration_s=maybe(_seconds),
    talk_s=maybe(_seconds),
    billed_s=maybe(_seconds),
    ringing_s=maybe(_seconds),
    title=maybe(_some),
    direction=maybe(st.sampled_from(Direction)),
    channel=maybe(st.sampled_from(Channel)),
    from_=maybe(_numbers),
    to=maybe(_numbers),
    customer_number=maybe(_numbers),
    unit=maybe(st.builds(Unit, id=maybe(_ids), name=maybe(_some), created_at=maybe(_times))),
    agent=maybe(st.builds(Agent, id=maybe(_ids), name=maybe(_some), kind=maybe(st.sampled_from(AgentKind)))),
    batch=maybe(st.builds(Batch, id=maybe(_ids), name=maybe(_some))),
    ended_by=maybe(st.sampled_from(EndedBy)),
    summary=maybe(_some),
    turns=turns,
    transcript=maybe(_some),
    rounds=maybe(st.sampled_from([0, 3, 2**70])),
    recording=st.dictionaries(st.sampled_from(RecordingChannel), _some, max_size=2),
    media=st.dictionaries(
        st.sampled_from(RecordingChannel), st.builds(Media, st.just("a/b"), st.binary(max_size=2)), max_size=1
    ),
    is_voicemail=maybe(_flags),
    forward=maybe(st.builds(Forward, out=maybe(_flags))),
    cost=maybe(costs),
    extracted=json,
    success=maybe(_flags),
    intent=maybe(_intents),
    concerns=st.lists(_some, max_size=2),
    customer=maybe(_customers),
    note=maybe(_some),
    tags=st.lists(_some, max_size=3),
    redials=maybe(st.integers(0, 2)),
    legs=st.dictionaries(st.sampled_from(["l1", "l.2", ""]), legs, max_size=2),
    ext=st.dictionaries(_some, json, max_size=2),
)
defaults = st.builds(
    Defaults,
    unit=maybe(_ids),
    agent=maybe(_ids),
    batch=maybe(_ids),
    metadata=st.dictionaries(_some, json, max_size=1),
)


@st.composite
def updates(draw: st.DrawFn, *, call: str = "c-1") -> CallUpdate:
    """Return an update of *call*; ranks, times and event ids often tie, the same bytes say the same."""
    facts, given = draw(facts_), draw(defaults)
    return make_update(
        facts,
        call=call,
        event=draw(st.sampled_from(["e-1", "e-2", "é-3"])),
        received=draw(st.integers(0, 3)),
        digest=blake2b(repr((facts, given)).encode(), digest_size=16).hexdigest(),
        defaults=given,
    )


histories: st.SearchStrategy[list[CallUpdate]] = st.lists(updates(), min_size=1, max_size=6)
