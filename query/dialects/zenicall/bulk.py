"""Zenicall's bulk changes: one status for many calls of a clinic, named by their ids."""

from collections.abc import Mapping
from typing import Any, Final

from query.dialects.columns import shown
from query.dialects.dialect import Asked, Reply
from query.dialects.named_units import unit_of
from query.dialects.zenicall import asking, values
from query.dialects.zenicall.items import LISTED, Row, clinic_shown, rows
from query.dialects.zenicall.refusals import invalid
from query.dialects.zenicall.words import read
from query.dialects.zenicall.words import shown as word_shown
from schemas.edit import Patch
from schemas.words import Workflow

MOST: Final = 1000
"""Calls of one change, unless `max_records` asks for fewer."""
ACTIONS: Final = ("update_status", "archive")
SAMPLE: Final = 5


async def update(asked: Asked) -> Reply:
    """Give the named calls of a clinic one status."""
    told = values.body_of(asked.ask)
    status, unit_id = _status(told), await asking.clinic_of_body(asked, told)
    found = await _found(asked, told, unit_id)
    if not values.flag(told, "confirm_operation", default=False):
        raise invalid(["body", "confirm_operation"], "Must be true to change calls", "value_error")
    changed = 0
    for row in found:
        changed += await asked.shelf.edit(row.call, Patch({"workflow": status.value})) is not None
    return Reply(body={**await _summary(asked, told, status, unit_id, len(found)), "updated_count": changed})


async def preview(asked: Asked) -> Reply:
    """Tell which calls a change would reach."""
    told = values.body_of(asked.ask)
    status, unit_id = _status(told), await asking.clinic_of_body(asked, told)
    found = await _found(asked, told, unit_id)
    sample = [shown(LISTED, row) for row in found[:SAMPLE]]
    return Reply(body={**await _summary(asked, told, status, unit_id, len(found)), "sample_data": sample})


async def _summary(asked: Asked, told: Mapping[str, Any], status: Workflow, unit_id: str, found: int) -> dict[str, Any]:
    names = asked.key.dialect.zenicall_enums == "names"
    return {
        "clinic_id": await clinic_shown(asked, unit_id),
        "action": str(told["action"]).lower(),
        "new_status": word_shown(status, names=names),
        "total_records": found,
    }


def _status(told: Mapping[str, Any]) -> Workflow:
    """Return the status that the action means."""
    if not told.get("action"):
        raise invalid(["body", "action"], "Field required", "missing")
    if values.choice(["body", "action"], told["action"], ACTIONS, default="") == "archive":
        return Workflow.ARCHIVED
    status = read(Workflow, told.get("new_status"))
    if status is None:
        raise invalid(["body", "new_status"], f"Input should be one of {', '.join(Workflow)}", "enum")
    return status


async def _found(asked: Asked, told: Mapping[str, Any], unit_id: str) -> list[Row]:
    """Return the named calls that are the clinic's, each once."""
    place = ["body", "call_log_ids"]
    named = told.get("call_log_ids")
    if not isinstance(named, list) or not named:
        raise invalid(place, "Input should be a list of ids", "list_type")
    records = ["body", "max_records"]
    most = values.in_bounds(values.integer(records, told.get("max_records", MOST)), records, most=MOST)
    if len(named) > most:
        raise invalid(place, f"List should have at most {most} items", "too_long")
    ids = [values.integer_or_uuid([*place, n], each) for n, each in enumerate(named)]
    calls = [call for each in dict.fromkeys(ids) if (call := await asked.shelf.get(str(each))) is not None]
    return await rows(asked, [call for call in calls if unit_of(call, asked.tenant).id == unit_id])
