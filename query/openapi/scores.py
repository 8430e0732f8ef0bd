"""Criteria, and what people scored by them."""

from typing import Final

from query import changes
from query.openapi.schema import MAYBE_TEXT, NUMBER, TEXT, TIME, VISIBLE, Schema, listed, members, or_null, ref

_POINT: Final = NUMBER | {"minimum": -changes.LARGEST, "maximum": changes.LARGEST}

_CRITERION: Final[dict[str, Schema]] = {
    "name": TEXT | {"minLength": 1, "pattern": VISIBLE},
    "description": MAYBE_TEXT,
    "scale": or_null(members({"min": or_null(_POINT), "max": or_null(_POINT)}, required=())),
    "weight": or_null(NUMBER | {"exclusiveMinimum": 0, "maximum": changes.LARGEST}),
}
_SCORE: Final[dict[str, Schema]] = {"criteria_id": TEXT, "point": _POINT}

SCORES: Final[dict[str, Schema]] = {
    "NewCriterion": members(_CRITERION, required=("name",)),
    "CriterionPatch": members(_CRITERION, required=()),
    "Criterion": members(
        {
            "id": TEXT,
            "name": TEXT,
            "description": MAYBE_TEXT,
            "scale": members({"min": NUMBER, "max": NUMBER}),
            "weight": NUMBER,
            "created_at": TIME,
        }
    ),
    "Criteria": members({"criteria": listed(ref("Criterion"))}),
    "NewEvaluation": members(
        {"user": MAYBE_TEXT, "comment": MAYBE_TEXT, "values": listed(members(_SCORE), minItems=1)},
        required=("values",),
    ),
    "Evaluation": members(
        {
            "id": TEXT,
            "user": TEXT,
            "comment": MAYBE_TEXT,
            "values": listed(members(_SCORE | {"name": TEXT})),
            "avg": NUMBER,
            "at": TIME,
        }
    ),
}
