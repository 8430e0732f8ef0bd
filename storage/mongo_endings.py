"""The word that Toolzz shows for a call's end, as MongoDB computes it of a document, to order by."""

from typing import Any, Final

from schemas.platforms.toolzz import Ending
from schemas.words import Outcome, Platform

_OWN: Final[dict[str, Any]] = {
    "$and": [{"$eq": ["$platform", Platform.TOOLZZ.value]}, {"$gt": ["$end_reason", ""]}],
}
_ANSWERED: Final[dict[str, Any]] = {"$eq": ["$outcome", Outcome.ANSWERED.value]}
ENDING: Final[dict[str, Any]] = {
    "$switch": {
        "branches": [
            {"case": _OWN, "then": "$end_reason"},
            {"case": {"$and": [_ANSWERED, {"$eq": ["$success", True]}]}, "then": Ending.CONVERTED.value},
            {"case": _ANSWERED, "then": Ending.ENDED.value},
            {"case": {"$lte": ["$outcome", None]}, "then": Ending.ENDED.value},  # nobody told one
        ],
        "default": Ending.NO_ANSWER.value,
    }
}
"""Toolzz' own word as sent; of another platform's call what its outcome and success mean."""
