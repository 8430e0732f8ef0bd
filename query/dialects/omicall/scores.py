"""Evaluations as OMICall shows and takes them: scores by criteria, one evaluation a user. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from query.dialects.columns import INTEGER, NUMBER, TEXT, Schema, list_schema, member_schema
from query.dialects.moments import epoch_ms
from query.dialects.omicall.envelope import failed
from query.dialects.omicall.parties import hex24
from query.dialects.shelf import hex_of, uuid_of
from schemas.call import Call, Evaluation, Score
from schemas.edit import Criterion

_SCORE: Final = member_schema({"criteria_id": TEXT, "name": TEXT, "point": NUMBER})
EVALUATION: Final = member_schema(
    {"user_uuid": TEXT, "comment": TEXT, "values": list_schema(_SCORE), "average": NUMBER, "created_date": INTEGER}
)
TOTAL: Final = member_schema({"average": NUMBER, "total": INTEGER})
CRITERION: Final[Schema] = member_schema({"_id": TEXT, "criteria_id": TEXT, "name": TEXT, "max_point": NUMBER})
_DIGITS: Final = 3  # of an average


def criterion_id(criterion: Criterion, *, tenant: str) -> str:
    """Return a criterion's 24 hex digits."""
    return hex_of(tenant=tenant, kind="criterion", id_=criterion.id)


def criterion(known: Criterion, *, tenant: str) -> Mapping[str, Any]:
    """Return a criterion as a list shows it."""
    named = criterion_id(known, tenant=tenant)
    return {"_id": named, "criteria_id": named, "name": known.name, "max_point": _plain(known.most)}


def evaluations(call: Call) -> list[Mapping[str, Any]] | None:
    """Return what people thought of a call, None of one that nobody judged."""
    return [_evaluation(call, each) for each in call.evaluations] or None


def total(call: Call) -> Mapping[str, Any] | None:
    """Return the average of all evaluations and how many there are."""
    if not call.evaluations:
        return None
    average = sum(each.avg for each in call.evaluations) / len(call.evaluations)
    return {"average": _plain(average), "total": len(call.evaluations)}


def read(told: Any, user: str, *, call: Call, criteria: Sequence[Criterion], at: datetime) -> Evaluation:
    """Return the evaluation that a body means, in place of the same user's; raise `Refused` of a wrong one."""
    if not isinstance(told, Mapping) or not isinstance(told.get("comment") or "", str):
        raise failed("data_invalid", "`evaluation` must be an object with a text `comment` and a list `values`.")
    values = told.get("values")
    if values is None or values == []:
        raise failed("data_is_required", "`evaluation.values` must hold at least one score.")
    if not isinstance(values, list):
        raise failed("data_invalid", "`evaluation.values` must be a list.")
    scores, average = _scores(values, criteria, tenant=call.tenant)
    same = next((each.id for each in call.evaluations if each.user == user), None)
    # Named by its user: of two that come at once the later one takes the other's place.
    named = same or uuid_of(tenant=call.tenant, kind="evaluation", id_=f"{call.uid}:{user}")
    comment = told.get("comment") or None
    return Evaluation(id=named, user=user, comment=comment, values=scores, avg=average, at=at)


def _scores(values: Sequence[Any], criteria: Sequence[Criterion], *, tenant: str) -> tuple[list[Score], float]:
    """Return the scores and their average by the criteria's weights."""
    by_id = {criterion_id(each, tenant=tenant): each for each in criteria} | {each.id: each for each in criteria}
    scored: dict[str, tuple[Criterion, float]] = {}
    for value in values:
        known, point = _score(value, by_id)
        if known.id in scored:
            raise failed("data_invalid", f"The criterion {known.name!r} is scored twice.")
        scored[known.id] = (known, point)
    weights = sum(known.weight for known, _ in scored.values())
    average = sum(point * known.weight for known, point in scored.values()) / weights
    return [Score(known.id, known.name, point) for known, point in scored.values()], average


def _score(value: Any, by_id: Mapping[str, Criterion]) -> tuple[Criterion, float]:
    named = value.get("criteria_id") if isinstance(value, Mapping) else None
    known = by_id.get(named) if isinstance(named, str) else None
    if known is None:
        raise failed("data_invalid", "`criteria_id` is unknown; /api/evaluation_criteria/call/list has all.")
    point = value.get("point")
    if isinstance(point, bool) or not isinstance(point, int | float) or not known.least <= point <= known.most:
        raise failed("data_invalid", f"`point` must be a number from {known.least:g} to {known.most:g}.")
    return known, float(point)


def _evaluation(call: Call, evaluation: Evaluation) -> Mapping[str, Any]:
    return {
        "user_uuid": evaluation.user,
        "comment": evaluation.comment or "",
        "values": [
            {"criteria_id": hex24(call, "criterion", each.criteria_id), "name": each.name, "point": _plain(each.point)}
            for each in evaluation.values
        ],
        "average": _plain(evaluation.avg),
        "created_date": epoch_ms(evaluation.at),
    }


def _plain(value: float) -> int | float:
    return int(value) if value.is_integer() else round(value, _DIGITS)
