"""Criteria and evaluations over HTTP: what calls are scored by, and the scores."""

from collections.abc import Callable, Mapping
from datetime import datetime
from uuid import uuid4

import msgspec
from starlette.responses import Response

from query import views
from query.asked import Asked, json_response
from query.calls import named, no_call
from query.changes import members, number, string
from query.problems import InvalidChange, NotFound
from query.views import instant
from schemas.call import Evaluation, Score
from schemas.edit import Criterion
from storage.ports.query import CallEditor, CallReader, CriteriaKeeper

_CRITERION = ("name", "description", "scale", "weight")
_SCALE = ("min", "max")
_EVALUATION = ("user", "comment", "values")
_VALUE = ("criteria_id", "point")


class Scores:
    """The endpoints that score calls."""

    def __init__(
        self, *, reader: CallReader, editor: CallEditor, criteria: CriteriaKeeper, clock: Callable[[], datetime]
    ) -> None:
        """Find calls by *reader*, write scores by *editor*, criteria by *criteria*."""
        self._reader = reader
        self._editor = editor
        self._criteria = criteria
        self._clock = clock

    async def criteria(self, asked: Asked) -> Response:
        """Answer with all criteria, oldest first."""
        asked.only()
        return json_response({"criteria": [_shown(each) for each in await self._criteria.criteria(asked.tenant.id)]})

    async def add(self, asked: Asked) -> Response:
        """Keep a new criterion."""
        asked.only()
        body = members(await asked.json(), _CRITERION, where="a criterion")
        if "name" not in body:
            raise InvalidChange("A criterion needs a name.", field="name")
        criterion = _changed(Criterion(id=str(uuid4()), name="", created_at=self._clock()), body)
        await self._criteria.put(asked.tenant.id, criterion)
        return json_response(_shown(criterion), status=201)

    async def change(self, asked: Asked) -> Response:
        """Change a criterion; what was scored by it keeps its name."""
        asked.only()
        body = members(await asked.json(), _CRITERION, where="a criterion")
        known = await self._known(asked)
        if asked.part("id") not in known:
            raise _no_criterion()
        criterion = _changed(known[asked.part("id")], body)
        await self._criteria.put(asked.tenant.id, criterion)
        return json_response(_shown(criterion))

    async def remove(self, asked: Asked) -> Response:
        """Remove a criterion; what was scored by it stays."""
        asked.only()
        if not await self._criteria.remove(asked.tenant.id, asked.part("id")):
            raise _no_criterion()
        return Response(status_code=204)

    async def evaluate(self, asked: Asked) -> Response:
        """Add one user's scores to a call."""
        asked.only()
        body = members(await asked.json(), _EVALUATION, where="an evaluation")
        tenant, units = asked.tenant.id, asked.caller.units
        # Before the criteria: of another tenant's call nothing else is told than that there is none.
        await named(asked, self._reader)
        user, comment = body.get("user"), body.get("comment")
        scores, average = _scores(body.get("values"), await self._known(asked))
        evaluation = Evaluation(
            id=str(uuid4()),
            user=asked.caller.key.id if user is None else string("user", user),
            comment=None if comment is None else string("comment", comment),
            values=scores,
            avg=average,
            at=self._clock(),
        )
        if not await self._editor.evaluate(tenant, asked.part("id"), evaluation, units=units):
            raise no_call()
        return json_response(views.evaluation(evaluation), status=201)

    async def _known(self, asked: Asked) -> dict[str, Criterion]:
        return {each.id: each for each in await self._criteria.criteria(asked.tenant.id)}


def _changed(criterion: Criterion, body: Mapping[str, object]) -> Criterion:
    """Return *criterion* with a merge patch laid over it."""
    name = string("name", body.get("name", criterion.name))
    description = body.get("description", criterion.description)
    weight = number("weight", _default(body, "weight", criterion.weight, 1.0))
    scale = members(_default(body, "scale", {}, {"min": 0.0, "max": 10.0}), _SCALE, where="a scale")
    least = number("scale.min", _default(scale, "min", criterion.least, 0.0))
    most = number("scale.max", _default(scale, "max", criterion.most, 10.0))
    if not name.strip():
        raise InvalidChange("A criterion needs a name.", field="name")
    if weight <= 0:
        raise InvalidChange("'weight' must be above 0.", field="weight")
    if least >= most:
        raise InvalidChange("'scale.min' must be below 'scale.max'.", field="scale")
    return msgspec.structs.replace(
        criterion,
        name=name,
        description=None if description is None else string("description", description),
        weight=weight,
        least=least,
        most=most,
    )


def _default(body: Mapping[str, object], name: str, held: object, default: object) -> object:
    """Return what *body* says of *name*, what is held where it says nothing, the default where it says null."""
    value = body.get(name, held)
    return default if value is None else value


def _scores(values: object, known: Mapping[str, Criterion]) -> tuple[list[Score], float]:
    """Return the scores and their average by the criteria's weights."""
    if not isinstance(values, list) or not values:
        raise InvalidChange("'values' must be a list of at least one score.", field="values")
    scores: dict[str, Score] = {}
    for n, value in enumerate(values):
        where = f"values[{n}]"
        score = _score(members(value, _VALUE, where="a score"), known, where=where)
        if score.criteria_id in scores:
            raise InvalidChange(f"{where}: this criterion is scored twice.", field=where)
        scores[score.criteria_id] = score
    weights = sum(known[each].weight for each in scores)
    average = sum(each.point * known[each.criteria_id].weight for each in scores.values()) / weights
    return list(scores.values()), average


def _score(value: Mapping[str, object], known: Mapping[str, Criterion], *, where: str) -> Score:
    criterion = known.get(string(f"{where}.criteria_id", value.get("criteria_id")))
    if criterion is None:
        raise InvalidChange(
            f"{where}.criteria_id is unknown; GET /v1/criteria lists all.", field=f"{where}.criteria_id"
        )
    point = number(f"{where}.point", value.get("point"))
    if not criterion.least <= point <= criterion.most:
        raise InvalidChange(
            f"{where}.point must be from {criterion.least:g} to {criterion.most:g}.", field=f"{where}.point"
        )
    return Score(criterion.id, criterion.name, point)


def _shown(criterion: Criterion) -> Mapping[str, object]:
    return {
        "id": criterion.id,
        "name": criterion.name,
        "description": criterion.description,
        "scale": {"min": criterion.least, "max": criterion.most},
        "weight": criterion.weight,
        "created_at": instant(criterion.created_at),
    }


def _no_criterion() -> NotFound:
    return NotFound("There is no such criterion; GET /v1/criteria lists all.")
