"""Reports over HTTP: measures by groups by time buckets."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from starlette.responses import Response

from query import buckets, search
from query.asked import Asked, json_response
from query.buckets import Interval
from query.metrics import ROWS
from query.problems import BadValue, unknown
from query.report_rows import Report, Shape, bounds
from query.zones import zone_named
from schemas.query import EVERYTHING
from schemas.report import PERCENTILES, Calculation, Group, Measure, Measured, Question
from storage.ports.query import CallReports

MOST_GROUPS: Final = 3  # each multiplies the rows; a person reads no more
MOST_MEASURES: Final = 60  # all that there are
_MEMBERS: Final = ("measures", "group_by", "interval", "time_zone", "filter")
_VALUED: Final = tuple(each for each in Measured if each not in (Measured.SCORE, Measured.ANSWERED, Measured.SUCCESS))
_EACH: Final = tuple(each for each in Calculation if each not in (Calculation.COUNT, Calculation.RATE))

MEASURES: Final[Mapping[str, Measure]] = {
    measure.word: measure
    for measure in (
        Measure(Calculation.COUNT),
        *(Measure(calculation, field) for field in _VALUED for calculation in _EACH),
        Measure(Calculation.RATE, Measured.ANSWERED),
        Measure(Calculation.RATE, Measured.SUCCESS),
        Measure(Calculation.AVG, Measured.SCORE),
    )
}
"""Every column that a report can have, by its word."""


class Analytics:
    """The endpoint that reports."""

    def __init__(self, *, reports: CallReports, clock: Callable[[], datetime]) -> None:
        """Add up by *reports*; *clock* tells where most calls are."""
        self._reports = reports
        self._clock = clock

    async def report(self, asked: Asked) -> Response:
        """Answer with one row for each group and bucket."""
        asked.only()
        shape, question = _asked(asked, await asked.object(_MEMBERS), now=self._clock())
        report = Report(shape)
        async for tally in self._reports.tallies(asked.tenant.id, question):
            report.add(tally)
        rows = report.rows()
        ROWS.labels("/v1/analytics").inc(len(rows))
        return json_response({"rows": rows})


def _asked(asked: Asked, body: Mapping[str, object], *, now: datetime) -> tuple[Shape, Question]:
    filter_ = EVERYTHING if body.get("filter") is None else search.read(body["filter"])
    measures = [MEASURES[word] for word in _words(body, "measures", MEASURES, default=["count"], most=MOST_MEASURES)]
    groups = [Group(word) for word in _words(body, "group_by", list(Group), default=[], most=MOST_GROUPS)]
    interval = _interval(body.get("interval"))
    zone = _zone(body.get("time_zone"), asked)
    limits = bounds(filter_)
    near = limits.last or limits.first or now
    slots = None if interval is None else buckets.slots(interval=interval, zone=zone, near=near)
    question = Question(
        filter=filter_,
        groups=tuple(groups),
        fields=_added_up(measures),
        sketches=frozenset(
            each.field for each in measures if each.field is not None and each.calculation in PERCENTILES
        ),
        slots=slots,
        units=asked.caller.units,
    )
    shape = Shape(
        measures=tuple(measures), groups=tuple(groups), interval=interval, zone=zone, bounds=limits, slots=slots
    )
    return shape, question


def _added_up(measures: Sequence[Measure]) -> dict[Measured, frozenset[Calculation]]:
    """Return what is made of each field's values, percentiles apart."""
    fields: dict[Measured, frozenset[Calculation]] = {}
    for each in measures:
        if each.field is not None and each.calculation not in PERCENTILES:
            fields[each.field] = fields.get(each.field, frozenset()) | {each.calculation}
    return fields


def _words(
    body: Mapping[str, object], name: str, known: Sequence[str] | Mapping[str, object], *, default: list[str], most: int
) -> list[str]:
    value = body.get(name)
    words = default if value is None else value
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise BadValue(f"{name!r} must be a list of words.", field=name)
    for word in words:
        if word not in known:
            raise unknown(word, known, what=f"word of {name!r}", field=name)
    if len(words) > most or len(set(words)) < len(words) or (default and not words):
        raise BadValue(f"{name!r} must be {1 if default else 0} to {most} different words.", field=name)
    return words


def _interval(value: object) -> Interval | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise BadValue("'interval' must be a word.", field="interval")
    if value not in list(Interval):
        raise unknown(value, list(Interval), what="interval", field="interval")
    return Interval(value)


def _zone(value: object, asked: Asked) -> ZoneInfo:
    if value is None:
        return zone_named(asked.tenant.time_zone or "UTC") or ZoneInfo("UTC")
    zone = zone_named(value) if isinstance(value, str) else None
    if zone is None:
        raise BadValue("'time_zone' must be an IANA name such as Europe/Paris.", field="time_zone")
    return zone
