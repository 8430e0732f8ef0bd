"""The filters of a URL: one row each; repeated means any of, different means all of."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from query.fields import FIELDS, compare
from query.kinds import Unfit, complaint
from query.problems import BadValue, TooComplex
from schemas.query import EVERYTHING, All, Any_, Condition, Field, Filter, Op

MOST_VALUES: Final = 1000  # in one URL: more is a job for POST /v1/calls/search


class Row(NamedTuple):
    """One filter: the field it looks at and how it compares."""

    field: Field
    op: Op = Op.EQ


FILTERS: Final[Mapping[str, Row]] = {
    "platform": Row(Field.PLATFORM),
    "direction": Row(Field.DIRECTION),
    "channel": Row(Field.CHANNEL),
    "outcome": Row(Field.OUTCOME),
    "end_reason": Row(Field.END_REASON),
    "agent": Row(Field.AGENT),
    "unit": Row(Field.UNIT),
    "batch": Row(Field.BATCH),
    "extension": Row(Field.EXTENSION),
    "line": Row(Field.LINE),
    "customer_number": Row(Field.CUSTOMER_NUMBER),
    "from": Row(Field.FROM),
    "to": Row(Field.TO),
    "number": Row(Field.NUMBER),
    "workflow": Row(Field.WORKFLOW),
    "read": Row(Field.READ),
    "success": Row(Field.SUCCESS),
    "intent": Row(Field.INTENT),
    "reason": Row(Field.REASON),
    "tag": Row(Field.TAG),
    "has_recording": Row(Field.HAS_RECORDING),
    "has_transcript": Row(Field.HAS_TRANSCRIPT),
    "text": Row(Field.TEXT, Op.TEXT),
    "platform_call_id": Row(Field.PLATFORM_CALL_ID),
    "min_score": Row(Field.SCORE, Op.GTE),
    "started_after": Row(Field.STARTED_AT, Op.GTE),
    "started_before": Row(Field.STARTED_AT, Op.LT),
    "created_after": Row(Field.CREATED_AT, Op.GTE),
    "created_before": Row(Field.CREATED_AT, Op.LT),
    "updated_after": Row(Field.UPDATED_AT, Op.GTE),
    "min_duration": Row(Field.DURATION_S, Op.GTE),
    "max_duration": Row(Field.DURATION_S, Op.LTE),
    "min_cost": Row(Field.COST, Op.GTE),
    "max_cost": Row(Field.COST, Op.LTE),
    "currency": Row(Field.CURRENCY),
    "min_rounds": Row(Field.ROUNDS, Op.GTE),
}


def read(parameters: Iterable[tuple[str, str]]) -> Filter:
    """Return what *parameters*, all of them names of filters, ask for; raise `BadValue` naming the one at fault."""
    asked: dict[str, set[str]] = {}
    count = 0
    for name, text in parameters:
        asked.setdefault(name, set()).add(text)
        count += 1
    if count > MOST_VALUES:
        raise TooComplex(f"At most {MOST_VALUES} filter values in a URL; POST /v1/calls/search takes longer lists.")
    parts = [_any_of(name, sorted(asked[name])) for name in FILTERS if name in asked]
    return All(parts) if len(parts) > 1 else parts[0] if parts else EVERYTHING


def _any_of(name: str, texts: Sequence[str]) -> Filter:
    row = FILTERS[name]
    parts = [_one(name, row, text) for text in texts]
    if len(parts) == 1:
        return parts[0]
    values = [part.value for part in parts if isinstance(part, Condition)]
    listed = len(values) == len(parts) and Op.IN in FIELDS[row.field].kind.operators
    return Condition(row.field, Op.IN, values) if listed else Any_(parts)


def _one(name: str, row: Row, text: str) -> Filter:
    try:
        value = FIELDS[row.field].kind.from_text(text)
    except Unfit as error:
        told, facts = complaint(error)
        raise BadValue(f"The filter {name!r} {told}.", field=name, **facts) from None
    return compare(row.field, row.op, value)
