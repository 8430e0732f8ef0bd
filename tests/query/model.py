"""What every question means, in the plainest Python: answers of the service are compared with it."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from schemas.call import Call
from schemas.query import All, Any_, Condition, Field, Filter, Not, Op, Order, OrderBy

Values = list[Any]


def _one(value: Any) -> Values:
    return [] if value is None else [value]


def _score(call: Call) -> Values:
    averages = [each.avg for each in call.evaluations]
    return [sum(averages) / len(averages)] if averages else []


HAS: Final[dict[Field, Callable[[Call], Values]]] = {
    Field.PLATFORM: lambda c: [c.platform.value],
    Field.DIRECTION: lambda c: _one(c.direction),
    Field.CHANNEL: lambda c: _one(c.channel),
    Field.OUTCOME: lambda c: _one(c.outcome),
    Field.END_REASON: lambda c: _one(c.end_reason),
    Field.AGENT: lambda c: _one(c.agent and c.agent.id),
    Field.UNIT: lambda c: _one(c.unit and c.unit.id),
    Field.BATCH: lambda c: _one(c.batch and c.batch.id),
    Field.EXTENSION: lambda c: _one(c.extension),
    Field.LINE: lambda c: _one(c.line_number),
    Field.CUSTOMER_NUMBER: lambda c: [*_one(c.customer_number), *_one(c.customer_e164)],
    Field.FROM: lambda c: [*_one(c.from_), *_one(c.from_e164)],
    Field.TO: lambda c: [*_one(c.to), *_one(c.to_e164)],
    Field.NUMBER: lambda c: [c.number],
    Field.WORKFLOW: lambda c: [c.workflow],
    Field.READ: lambda c: [c.read],
    Field.SUCCESS: lambda c: _one(c.success),
    Field.INTENT: lambda c: _one(c.intent and c.intent.level),
    Field.REASON: lambda c: _one(c.reason),
    Field.TAG: lambda c: [word for tag in c.tags for word in (tag.id, tag.name)],
    Field.HAS_RECORDING: lambda c: [c.has_recording],
    Field.HAS_TRANSCRIPT: lambda c: [c.has_transcript],
    Field.IS_VOICEMAIL: lambda c: _one(c.is_voicemail),
    Field.TITLE: lambda c: _one(c.title),
    Field.UID: lambda c: [c.uid],
    Field.PLATFORM_CALL_ID: lambda c: [c.platform_call_id],
    Field.SCORE: _score,
    Field.STARTED_AT: lambda c: _one(c.started_at),
    Field.CREATED_AT: lambda c: [c.created_at],
    Field.UPDATED_AT: lambda c: [c.updated_at],
    Field.DURATION_S: lambda c: _one(c.duration_s),
    Field.TALK_S: lambda c: [c.talk_s],
    Field.COST: lambda c: _one(c.cost and c.cost.micros),
    Field.CURRENCY: lambda c: _one(c.cost and c.cost.currency),
    Field.ROUNDS: lambda c: _one(c.rounds),
}

COMPARES: Final[dict[Op, Callable[[Values, Any], bool]]] = {
    Op.EQ: lambda has, value: value in has,
    Op.NE: lambda has, value: value not in has,
    Op.IN: lambda has, value: any(each in value for each in has),
    Op.GT: lambda has, value: any(each > value for each in has),
    Op.GTE: lambda has, value: any(each >= value for each in has),
    Op.LT: lambda has, value: any(each < value for each in has),
    Op.LTE: lambda has, value: any(each <= value for each in has),
    Op.EXISTS: lambda has, value: bool(has) is value,
    Op.CONTAINS: lambda has, value: any(value.casefold() in each.casefold() for each in has),
    Op.PREFIX: lambda has, value: any(each.casefold().startswith(value.casefold()) for each in has),
}


def holds(filter_: Filter, call: Call) -> bool:
    """Say whether *filter_* is true of *call*."""
    match filter_:
        case Condition(Field() as field, op, value):
            return COMPARES[op](HAS[field](call), value)
        case All(parts):
            return all(holds(part, call) for part in parts)
        case Any_(parts):
            return any(holds(part, call) for part in parts)
        case Not(part):
            return not holds(part, call)
        case Condition():
            raise AssertionError("the model knows the native fields only")


def key(call: Call) -> str:
    """Return a call's `_id`."""
    return f"{call.tenant}:{call.platform}:{call.platform_call_id}"


def sort_value(order: Order, call: Call) -> Any:
    """Return what *order* sorts by, None where it is absent."""
    if order.by is OrderBy.COST:
        return call.cost and (call.cost.currency, call.cost.micros)
    return getattr(call, order.by.value)


def ordered(order: Order, calls: Sequence[Call]) -> list[Call]:
    """Return *calls* sorted: absent values last in either direction, ties by `_id` in the same direction."""
    some = [call for call in calls if sort_value(order, call) is not None]
    none = [call for call in calls if sort_value(order, call) is None]
    some.sort(key=lambda call: (sort_value(order, call), key(call)), reverse=order.descending)
    none.sort(key=key, reverse=order.descending)
    return some + none
