"""Rulings 1, 3 and 5: answers of the service are those of the plainest Python, for any calls and any question."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from query import search
from query.fields import FIELDS
from query.listing import ORDERS
from schemas.call import Agent, Batch, Call, Intent, Unit
from schemas.money import Cost
from schemas.query import CallQuery, Field, Op
from schemas.words import Channel, Direction, Outcome, Platform, Reason, Stage
from tests.query.model import holds, ordered
from tests.query.world import START, World

_TIMES = st.integers(-3, 3).map(lambda days: START + timedelta(days=days))
_WORDS = st.sampled_from(["a", "A", "ab", "b.*", "$b", "(", "é"])
_NUMBERS = st.sampled_from(["+33612345678", "06 12 34", "101"])
_MICROS = st.sampled_from([0, 1, 999_999, 1_000_000, 132_500])
_FACTS = st.fixed_dictionaries(
    {"stage": st.sampled_from([Stage.ENDED, Stage.PROGRESS])},
    optional={
        "platform": st.sampled_from([Platform.VAPI, Platform.RETELL]),
        "direction": st.sampled_from(list(Direction)),
        "channel": st.sampled_from(list(Channel)),
        "outcome": st.sampled_from([Outcome.ANSWERED, Outcome.BUSY]),
        "end_reason": _WORDS,
        "agent": st.builds(Agent, id=_WORDS),
        "unit": st.builds(Unit, id=_WORDS),
        "batch": st.builds(Batch, id=_WORDS),
        "extension": _WORDS,
        "from_": _NUMBERS,
        "to": _NUMBERS,
        "title": _WORDS,
        "success": st.booleans(),
        "is_voicemail": st.booleans(),
        "intent": st.builds(Intent, level=_WORDS),
        "reason": st.sampled_from(list(Reason)),
        "tags": st.lists(_WORDS, max_size=2, unique=True),
        "started_at": _TIMES,
        "duration_s": st.sampled_from([0.0, 0.001, 1.5, 60.0]),
        "rounds": st.integers(0, 3),
        "cost": st.builds(lambda m, c: Cost(micros=m, currency=c, raw=""), _MICROS, st.sampled_from(["EUR", "USD"])),
    },
)

_VALUES: dict[str, st.SearchStrategy[Any]] = {
    "word": _WORDS,
    "phone": _NUMBERS,
    "integer": st.integers(1_000_000_000, 1_000_000_005),
    "flag": st.booleans(),
    "time": st.tuples(_TIMES, st.integers(-1500, 1500)).map(
        lambda each: (each[0] + timedelta(microseconds=each[1])).isoformat()
    ),
    "number": st.sampled_from([0, 0.001, 1.5, 2, 60, 1e8, -1]),
    "money": st.sampled_from([0, 0.1325, "0.1325", "0.13250049", 1, "1e-6", "-1", 0.9999995]),
}
_TEXTUAL = (Op.CONTAINS, Op.PREFIX)


def _condition(field: Field) -> st.SearchStrategy[Any]:
    kind = FIELDS[field].kind
    values = st.sampled_from(kind.words) if kind.words else _VALUES[kind.name]

    def filled(op: Op) -> st.SearchStrategy[Any]:
        value = {Op.EXISTS: st.booleans(), Op.IN: st.lists(values, max_size=3)}.get(op, values)
        return st.fixed_dictionaries({"field": st.just(field.value), "op": st.just(op.value), "value": value})

    return st.sampled_from(sorted(kind.operators)).flatmap(filled)


_CONDITIONS = st.sampled_from([each for each in Field if each is not Field.TEXT]).flatmap(_condition)
_FILTERS = st.recursive(
    _CONDITIONS,
    lambda inner: st.one_of(
        st.fixed_dictionaries({"all": st.lists(inner, max_size=3)}),
        st.fixed_dictionaries({"any": st.lists(inner, max_size=3)}),
        st.fixed_dictionaries({"not": inner}),
    ),
    max_leaves=5,
)


async def _stored(world: World, facts: list[dict[str, Any]]) -> list[Call]:
    await world.calls(*((f"{'cC'[n % 2]}-{n}", each) for n, each in enumerate(facts)))
    return (await world.stores.reader.page(world.acme, CallQuery(limit=200))).rows


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(_FACTS, max_size=7), _FILTERS, st.sampled_from(sorted(ORDERS)), st.integers(1, 8))
async def test_pages_of_any_question_are_the_models(
    world: World, facts: list[dict[str, Any]], filter_: Any, order: str, limit: int
) -> None:
    fresh = World(world.database)
    calls = await _stored(fresh, facts)
    async with fresh.ask() as crm:
        found: list[str] = []
        cursor = None
        for _ in range(len(calls) + 1):
            body = {"filter": filter_, "order": order, "limit": limit, "include_total": True, "cursor": cursor}
            answer = await crm.post("/v1/calls/search", json=body)
            assert answer.status_code == 200, answer.text
            page = answer.json()
            found += [call["uid"] for call in page["calls"]]
            if (cursor := page["next_cursor"]) is None:
                break

    expected = [call for call in calls if holds(search.read(_exact(filter_)), call)]
    assert page["total"] == len(expected)
    assert found == [call.uid for call in ordered(ORDERS[order], expected)]


def _exact(node: Any) -> Any:
    """Return *node* with numbers as the service reads them: exactly."""
    if isinstance(node, float):
        return Decimal(repr(node))
    if isinstance(node, dict):
        return {name: _exact(value) for name, value in node.items()}
    return [_exact(value) for value in node] if isinstance(node, list) else node


async def test_nothing_twice_and_nothing_missing_while_calls_arrive(world: World) -> None:
    await world.calls(*((f"old-{n}", {"started_at": START + timedelta(seconds=n // 2)}) for n in range(30)))
    seen: list[str] = []
    async with world.ask() as crm:
        cursor, page = None, 0
        while True:
            await world.call(f"new-{page}", started_at=START + timedelta(seconds=page * 2, milliseconds=1))
            answer = (await crm.post("/v1/calls/search", json={"limit": 4, "cursor": cursor})).json()
            seen += [call["platform_call_id"] for call in answer["calls"]]
            cursor, page = answer["next_cursor"], page + 1
            if cursor is None:
                break

    assert len(seen) == len(set(seen))
    assert {f"old-{n}" for n in range(30)} <= set(seen)
