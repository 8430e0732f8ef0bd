"""Ruling 19: reports, compared with the plainest sums over the same calls."""

from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from query.analytics import MEASURES
from schemas.call import Agent, Unit
from schemas.money import Cost
from schemas.report import Group
from schemas.words import Direction, Outcome, Stage
from tests.query.world import START, World

_CALLS = st.fixed_dictionaries(
    {"stage": st.just(Stage.ENDED)},
    optional={
        "started_at": st.datetimes(datetime(2026, 3, 27), datetime(2026, 4, 2)).map(  # noqa: DTZ001
            lambda at: at.replace(tzinfo=UTC, microsecond=at.microsecond // 1000 * 1000)
        ),
        "outcome": st.sampled_from([Outcome.ANSWERED, Outcome.BUSY]),
        "duration_s": st.integers(0, 10**7).map(lambda ms: ms / 1000),
        "rounds": st.integers(0, 5),
        "wait_s": st.floats(0, 100).map(lambda s: round(s, 3)),
        "success": st.booleans(),
        "agent": st.sampled_from([Agent(id="a"), Agent(id="b")]),
        "tags": st.lists(st.sampled_from(["x", "y"]), unique=True),
        "cost": st.builds(
            lambda micros, currency: Cost(micros=micros, currency=currency, raw=""),
            st.integers(0, 10**9),
            st.sampled_from(["USD", "EUR"]),
        ),
    },
)
_ZONE = ZoneInfo("Europe/Paris")


def _start(call: dict[str, Any], interval: str) -> str:
    local = datetime.fromisoformat(call["started_at"]).astimezone(_ZONE)
    if interval == "hour":
        begun = local.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    else:
        wall = local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
        begun = wall.astimezone(UTC)
    return begun.strftime("%Y-%m-%dT%H:%M:%S.000Z")


_GROUPS: dict[str, Callable[[dict[str, Any]], list[Any]]] = {
    "outcome": lambda call: [call["outcome"]],
    "success": lambda call: [call["success"]],
    "agent": lambda call: [call["agent"] and call["agent"]["id"]],
    "currency": lambda call: [call["cost"] and call["cost"]["currency"]],
    "tag": lambda call: [tag["name"] for tag in call["tags"]] or [None],
}


def _measure(word: str, calls: list[dict[str, Any]]) -> Any:
    if word == "count":
        return len(calls)
    calculation, _, field = word.partition(":")
    if field == "answered":
        return sum(call["outcome"] == "answered" for call in calls) / len(calls)
    if field == "cost":
        amounts = defaultdict(list)
        for call in calls:
            if call["cost"]:
                amounts[call["cost"]["currency"]].append(Decimal(call["cost"]["total"]))
        rounded = {currency: _number(calculation, values) for currency, values in amounts.items()}
        return {currency: f"{value.quantize(Decimal('0.000001')):f}" for currency, value in rounded.items()}
    return _number(calculation, [call[field] for call in calls if call[field] is not None])


def _number(calculation: str, values: list[Any]) -> Any:
    if calculation == "sum":
        return sum(values)
    if not values:
        return None
    if calculation in ("avg", "rate"):
        return sum(values) / len(values)
    if calculation in ("min", "max"):
        return {"min": min, "max": max}[calculation](values)
    return sorted(values)[ceil(int(calculation[1:]) / 100 * len(values)) - 1]


def _model(calls: list[dict[str, Any]], body: dict[str, Any]) -> dict[tuple[Any, ...], dict[str, Any]]:
    rows: dict[tuple[Any, ...], list[dict[str, Any]]] = defaultdict(list)
    for call in calls:
        keys: list[tuple[Any, ...]] = [()]
        for group in body["group_by"]:
            keys = [(*key, value) for key in keys for value in _GROUPS[group](call)]
        for key in keys:
            if "interval" not in body:
                rows[key].append(call)
            elif call["started_at"]:
                rows[(*key, _start(call, body["interval"]))].append(call)
    if not body["group_by"] and "interval" not in body:
        rows.setdefault((), [])
    return {
        key: {word: _measure(word, part) if part or word == "count" else None for word in body["measures"]}
        for key, part in rows.items()
    }


def _close(got: Any, expected: Any, *, within: float) -> bool:
    if isinstance(expected, dict):
        amounts = [(Decimal(got[each]), Decimal(expected[each])) for each in expected if each in got]
        room = [max(right * Decimal(str(within)), Decimal("0.000001")) for _, right in amounts]
        near = [abs(one - right) <= most for (one, right), most in zip(amounts, room, strict=True)]
        return set(got) == set(expected) and all(near)
    return bool(got == expected if expected is None else got == pytest.approx(expected, rel=within, abs=1e-6))


_EASY = ["count", "rate:answered", "rate:success"] + [
    f"{calculation}:{field}"
    for field in ("duration_s", "rounds", "wait_s", "cost")
    for calculation in ("sum", "avg", "min", "max", "p50", "p95")
]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    st.lists(_CALLS, max_size=12),
    st.fixed_dictionaries(
        {
            "measures": st.lists(st.sampled_from(_EASY), min_size=1, max_size=6, unique=True),
            "group_by": st.lists(st.sampled_from(sorted(_GROUPS)), max_size=3, unique=True),
        },
        optional={"interval": st.sampled_from(["hour", "day"])},
    ),
)
async def test_ruling_19_a_report_is_the_plain_sum(
    world: World, facts: list[dict[str, Any]], body: dict[str, Any]
) -> None:
    fresh = World(world.database)
    async with fresh.ask() as crm:
        await fresh.calls(*((f"c-{n}", each) for n, each in enumerate(facts)))
        fields = "outcome,success,agent,cost,tags,duration_s,rounds,wait_s,started_at"
        calls = (await crm.get(f"/v1/calls?limit=200&fields={fields}")).json()["calls"]

        rows = (await crm.post("/v1/analytics", json=body)).json()["rows"]

    keys = [*body["group_by"], *(["start"] if "interval" in body else [])]
    found = {tuple(row[key] for key in keys): row for row in rows}
    expected = _model(calls, body)
    assert len(found) == len(rows)
    assert {key for key, row in found.items() if key in expected or row.get("count", 1) != 0} >= set(expected)
    for key, values in expected.items():
        for word, value in values.items():
            within = 0.01 if word.startswith("p") else 1e-9
            if word.startswith("sum:") and value is None:
                value = {} if word == "sum:cost" else 0  # noqa: PLW2901 - of no calls, nothing
            if value is None and word.endswith(":cost"):
                value = {}  # noqa: PLW2901
            assert _close(found[key][word], value, within=within), (word, key)
    for key in set(found) - set(expected):
        assert found[key].get("count", 0) == 0


async def _report(crm: httpx.AsyncClient, **body: Any) -> list[dict[str, Any]]:
    answer = await crm.post("/v1/analytics", json=body)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["rows"])


async def test_ruling_19_empty_buckets_come_as_zeros_within_the_filters_bounds(
    crm: httpx.AsyncClient, world: World
) -> None:
    await world.calls(
        ("c-1", {"started_at": datetime(2026, 3, 28, 12, tzinfo=UTC), "duration_s": 5.0}),
        ("c-2", {"started_at": datetime(2026, 3, 31, 12, tzinfo=UTC), "duration_s": 7.5}),
        ("c-3", {"duration_s": 1.0}),
    )
    bounded = {
        "all": [
            {"field": "started_at", "op": "gte", "value": "2026-03-26T23:00:00Z"},
            {"field": "started_at", "op": "lt", "value": "2026-04-01T22:00:00Z"},
        ]
    }

    measures = ["count", "sum:duration_s", "avg:duration_s", "sum:cost"]
    within = await _report(crm, measures=measures, interval="day", filter=bounded)
    between = await _report(crm, measures=measures, interval="day")

    assert [row["start"][:13] for row in within] == [
        "2026-03-26T23",
        "2026-03-27T23",
        "2026-03-28T23",
        "2026-03-29T22",
        "2026-03-30T22",
        "2026-03-31T22",
    ]
    assert [row["count"] for row in within] == [0, 1, 0, 0, 1, 0]
    assert within[0] | {"sum:duration_s": 0, "avg:duration_s": None, "sum:cost": {}} == within[0]
    assert between == within[1:5]


async def test_ruling_19_with_groups_empty_buckets_come_only_for_combinations_that_occur(
    crm: httpx.AsyncClient, world: World
) -> None:
    days = [datetime(2026, 5, day, 12, tzinfo=UTC) for day in (1, 2, 3)]
    await world.calls(
        ("c-1", {"started_at": days[0], "direction": Direction.INBOUND, "unit": Unit(id="1")}),
        ("c-2", {"started_at": days[2], "direction": Direction.OUTBOUND}),
    )

    rows = await _report(crm, group_by=["direction", "unit"], interval="day", time_zone="UTC")

    assert [(row["start"][:10], row["direction"], row["unit"], row["count"]) for row in rows] == [
        ("2026-05-01", "inbound", "1", 1),
        ("2026-05-01", "outbound", None, 0),
        ("2026-05-02", "inbound", "1", 0),
        ("2026-05-02", "outbound", None, 0),
        ("2026-05-03", "inbound", "1", 0),
        ("2026-05-03", "outbound", None, 1),
    ]


async def test_of_no_values_the_sum_is_zero_and_the_least_is_unknown(crm: httpx.AsyncClient, world: World) -> None:
    await world.call()

    rows = await _report(crm, measures=["sum:rounds", "min:rounds", "max:rounds", "avg:rounds", "p50:rounds"])

    assert rows == [{"sum:rounds": 0, "min:rounds": None, "max:rounds": None, "avg:rounds": None, "p50:rounds": None}]


async def test_ruling_19_every_measure_and_every_group_is_answered(crm: httpx.AsyncClient, world: World) -> None:
    await world.call(started_at=START)

    rows = await _report(crm, measures=list(MEASURES))
    for group in Group:
        assert list((await _report(crm, group_by=[group.value]))[0]) == [group.value, "count"]

    assert set(rows[0]) == set(MEASURES)


async def test_ruling_19_more_than_10000_rows_are_422(crm: httpx.AsyncClient, world: World) -> None:
    await world.calls(("c-1", {"started_at": START}), ("c-2", {"started_at": START + timedelta(days=500)}))

    answer = await crm.post("/v1/analytics", json={"interval": "hour"})

    assert (answer.status_code, answer.json()["code"]) == (422, "too_many_rows")


@pytest.mark.parametrize(
    ("body", "code", "nearest"),
    [
        ({"measures": ["sum:duration"]}, "unknown_word", "sum:duration_s"),
        ({"measures": []}, "bad_value", None),
        ({"measures": ["count", "count"]}, "bad_value", None),
        ({"measures": "count"}, "bad_value", None),
        ({"measures": [5]}, "bad_value", None),
        ({"group_by": ["outcomes"]}, "unknown_word", "outcome"),
        ({"group_by": ["outcome", "unit", "agent", "batch"]}, "bad_value", None),
        ({"interval": "days"}, "unknown_word", "day"),
        ({"interval": 5}, "bad_value", None),
        ({"time_zone": "Paris"}, "bad_value", None),
        ({"time_zone": "../../etc/passwd"}, "bad_value", None),
        ({"time_zone": 5}, "bad_value", None),
        ({"filter": {"field": "x", "op": "eq", "value": 1}}, "unknown_word", None),
        ({"group": ["outcome"]}, "unknown_parameter", "group_by"),
        ([], "bad_value", None),
    ],
)
async def test_ruling_4_a_wrong_report_is_400(
    crm: httpx.AsyncClient, body: Any, code: str, nearest: str | None
) -> None:
    answer = await crm.post("/v1/analytics", json=body)

    assert (answer.status_code, answer.json()["code"]) == (400, code)
    if nearest:
        assert answer.json()["nearest"] == nearest
        assert f"Did you mean '{nearest}'?" in answer.json()["detail"]


async def test_a_report_tells_nothing_of_other_tenants_and_units(world: World) -> None:
    await world.calls(("c-1", {"unit": Unit(id="1")}), ("c-2", {"unit": Unit(id="2")}))
    await world.call("c-1", tenant=world.other)

    async with world.ask("one-unit") as bound, world.ask("other") as other:
        assert await _report(bound, group_by=["unit"]) == [{"unit": "1", "count": 1}]
        assert await _report(other) == [{"count": 1}]
