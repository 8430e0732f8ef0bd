"""OMICall's report: calls by direction and by disposition, local ones apart. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from query.dialects.columns import INTEGER, TEXT, list_schema, member_schema
from query.dialects.omicall.values import ANSWERED, CANCELLED, disposition, seconds
from schemas.window import TalkSum
from schemas.words import Direction, Outcome

GROUPS: Final = ("direction", "outcome")
"""What the sums are asked by."""
_SIDES: Final = (Direction.INBOUND, Direction.OUTBOUND)

SCHEMA: Final = member_schema(
    {
        "categorized_by_direction": list_schema(
            member_schema({"_id": TEXT, "total_count": INTEGER, "total_time": INTEGER})
        ),
        "categorized_by_disposition": list_schema(
            member_schema({"_id": TEXT, "total_count": INTEGER, "total_outbound": INTEGER, "total_inbound": INTEGER})
        ),
        "categorized_by_local_direction": member_schema(
            {"total_call": INTEGER, "total_call_answer": {"type": ["integer", "null"]}}
        ),
    }
)


def report(sums: Sequence[TalkSum]) -> Mapping[str, Any]:
    """Return the report of sums by `GROUPS`; both groups are told, with zeros where there was nothing."""
    local = [each for each in sums if each.group[0] == Direction.LOCAL]
    answered = _count(each for each in local if _answered(each))
    return {
        "categorized_by_direction": [_direction(side, sums) for side in _SIDES],
        "categorized_by_disposition": [_disposition(word, sums) for word in (CANCELLED, ANSWERED)],
        "categorized_by_local_direction": {"total_call": _count(local), "total_call_answer": answered or None},
    }


def _direction(side: str, sums: Sequence[TalkSum]) -> Mapping[str, Any]:
    mine = [each for each in sums if each.group[0] == side]
    return {"_id": str(side), "total_count": _count(mine), "total_time": seconds(sum(each.talk_s for each in mine))}


def _disposition(word: str, sums: Sequence[TalkSum]) -> Mapping[str, Any]:
    mine = [each for each in sums if _answered(each) == (word == ANSWERED)]
    inbound, outbound = (_count(each for each in mine if each.group[0] == side) for side in _SIDES)
    return {"_id": word, "total_count": inbound + outbound, "total_outbound": outbound, "total_inbound": inbound}


def _answered(total: TalkSum) -> bool:
    outcome = total.group[1]
    return disposition(outcome and Outcome(outcome)) == ANSWERED


def _count(sums: Iterable[TalkSum]) -> int:
    return sum(each.count for each in sums)
