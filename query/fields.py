"""What can be asked about: one row per field, its kind and what it means; and a comparison made exact."""

from datetime import datetime, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Final, NamedTuple

from query.kinds import FLAG, INTEGER, MONEY, NUMBER, OPEN, PHONE, TEXT, TEXTUAL, TIME, Kind, closed
from schemas.money import LARGEST, MICROS
from schemas.query import Any_, Condition, Field, Filter, Not, Op
from schemas.words import Channel, Direction, Outcome, Platform, Reason, Workflow

NOTHING: Final = Any_(())


class Row(NamedTuple):
    """One field: how its values are read, and what it tells."""

    kind: Kind
    tells: str


FIELDS: Final[dict[Field, Row]] = {
    Field.PLATFORM: Row(closed(Platform), "Who sent the call."),
    Field.DIRECTION: Row(closed(Direction), "Who called whom."),
    Field.CHANNEL: Row(closed(Channel), "What carried the voice."),
    Field.OUTCOME: Row(closed(Outcome), "How the call ended."),
    Field.END_REASON: Row(TEXTUAL, "The platform's own word for the end."),
    Field.AGENT: Row(OPEN, "The agent's id."),
    Field.UNIT: Row(OPEN, "The unit's id."),
    Field.BATCH: Row(OPEN, "The batch's id."),
    Field.EXTENSION: Row(OPEN, "The extension."),
    Field.LINE: Row(OPEN, "The line's number."),
    Field.CUSTOMER_NUMBER: Row(PHONE, "The customer's number, as received or E.164."),
    Field.FROM: Row(PHONE, "The caller's number, as received or E.164."),
    Field.TO: Row(PHONE, "The called number, as received or E.164."),
    Field.NUMBER: Row(INTEGER, "The call's own integer."),
    Field.WORKFLOW: Row(closed(Workflow), "How far people are with the call."),
    Field.READ: Row(FLAG, "Whether a person has read it."),
    Field.SUCCESS: Row(FLAG, "Whether the call reached its aim."),
    Field.INTENT: Row(OPEN, "The level of the customer's intent."),
    Field.REASON: Row(closed(Reason), "Why the customer called."),
    Field.TAG: Row(OPEN, "A tag's name or id."),
    Field.HAS_RECORDING: Row(FLAG, "Whether there is a recording."),
    Field.HAS_TRANSCRIPT: Row(FLAG, "Whether there are words."),
    Field.IS_VOICEMAIL: Row(FLAG, "Whether a voicemail answered."),
    Field.TEXT: Row(TEXT, 'Words, "phrases", -exclusions and numbers, anywhere in the call.'),
    Field.TITLE: Row(TEXTUAL, "The call's title."),
    Field.UID: Row(OPEN, "The call's UUID."),
    Field.PLATFORM_CALL_ID: Row(TEXTUAL, "The platform's id of the call."),
    Field.SCORE: Row(NUMBER, "The average of the call's evaluations."),
    Field.STARTED_AT: Row(TIME, "When the call started."),
    Field.CREATED_AT: Row(TIME, "When the call was created."),
    Field.UPDATED_AT: Row(TIME, "When the call last changed."),
    Field.DURATION_S: Row(NUMBER, "Seconds from dialling to the end."),
    Field.TALK_S: Row(NUMBER, "Seconds talked."),
    Field.COST: Row(MONEY, "The total cost, an amount of its own currency."),
    Field.CURRENCY: Row(OPEN, "The cost's ISO 4217 currency."),
    Field.ROUNDS: Row(NUMBER, "How many turns the customer had."),
}

_UPWARD: Final = frozenset({Op.GTE, Op.LT})
_EXACT: Final = frozenset({Op.EQ, Op.NE})


def compare(field: Field, op: Op, value: object) -> Filter:
    """Return the condition on stored values that means *field* *op* *value*, however fine *value* is.

    Stored times are whole milliseconds and amounts whole micro-units: `x >= 1.5` over integers is `x >= 2`.
    """
    if isinstance(value, bool | list):
        return Condition(field, op, value)
    if isinstance(value, datetime):
        return _snapped(field, op, value, _milliseconds(value, up=op in _UPWARD))
    if isinstance(value, Decimal) and field is Field.COST:
        exact = value * MICROS
        whole = int(exact.to_integral_value(ROUND_CEILING if op in _UPWARD else ROUND_FLOOR))
        whole = max(-LARGEST, min(LARGEST, whole))
        return _snapped(field, op, exact, whole)
    return Condition(field, op, float(value) if isinstance(value, Decimal) else value)


def _snapped(field: Field, op: Op, asked: object, snapped: object) -> Filter:
    if op in _EXACT and asked != snapped:
        return NOTHING if op is Op.EQ else Not(NOTHING)
    return Condition(field, op, snapped)


def _milliseconds(value: datetime, *, up: bool) -> datetime:
    rest = timedelta(microseconds=value.microsecond % 1000)
    floor = value - rest
    try:
        return floor + timedelta(milliseconds=1) if up and rest else floor
    except OverflowError:  # the last instant of the year 9999
        return floor
