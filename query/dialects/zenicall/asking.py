"""What Zenicall's lists ask: whose calls, which of them, in which order, which page."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from query.dialects.dialect import Ask, Asked
from query.dialects.matching import contains, every, of_unit
from query.dialects.shelf import uuid_of
from query.dialects.zenicall import values
from query.dialects.zenicall.refusals import CALL, CLINIC, Place, invalid, missing
from schemas.call import Call
from schemas.query import Condition, Field, Filter, Inner, Op
from schemas.window import Sort, SortBy
from schemas.words import Reason, Workflow

LARGEST_PAGE: Final = 100
DEFAULT_SIZE: Final = 20
SEARCHED: Final = (
    Inner.FIRST_NAME_FOLDED,
    Inner.LAST_NAME_FOLDED,
    Inner.SUMMARY_FOLDED,
    Field.CUSTOMER_NUMBER,
)
SORTS: Final[Mapping[str, SortBy]] = {
    "call_started_at": SortBy.BEGUN_AT,
    "status": SortBy.WORKFLOW,
    "caller_last_name": SortBy.CUSTOMER_LAST,
    "created_at": SortBy.CREATED_AT,
}
NEWEST_FIRST: Final = Sort(SortBy.BEGUN_AT)
COLUMNS: Final[Mapping[str, Field | Inner]] = {
    "caller_first_name": Inner.FIRST_NAME_FOLDED,
    "caller_last_name": Inner.LAST_NAME_FOLDED,
    "caller_phone_number": Field.CUSTOMER_NUMBER,
}
"""What a body's filters look for any part in."""


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """A list that was understood."""

    filter: Filter
    sort: Sort
    page: int
    size: int


async def clinic(asked: Asked, value: object, place: Place, *, afresh: bool = True) -> str:
    """Return the unit that a clinic's id means in either form; refuse with 422 or 404.

    Unless *afresh* it may be one that has lost its calls since.
    """
    wanted = values.integer_or_uuid(place, value)
    tenant = asked.tenant.id
    named = await asked.shelf.unalias("unit", wanted) if isinstance(wanted, int) else None

    def fits(unit_id: str) -> bool:
        return unit_id == named or uuid_of(tenant=tenant, kind="unit", id_=unit_id) == wanted

    found = await asked.shelf.unit(fits, afresh=afresh)
    if found is None:
        raise missing(CLINIC)
    return found


def named_clinic(value: object, where: str) -> tuple[object, Place]:
    """Return a clinic's id and where it stands, in a query or a body, which must have it."""
    if value is None:
        raise invalid([where, "clinic_id"], "Field required", "missing")
    return value, [where, "clinic_id"]


async def clinic_of_body(asked: Asked, told: Mapping[str, Any]) -> str:
    """Return the unit that a body names, which it must."""
    return await clinic(asked, *named_clinic(told.get("clinic_id"), "body"))


async def call_named(asked: Asked, value: object, place: Place) -> Call:
    """Return the call that an id means in either form; refuse with 422 or 404."""
    wanted = values.integer_or_uuid(place, value)
    call = await asked.shelf.get(str(wanted))
    if call is None:
        raise missing(CALL)
    return call


def by_clinic(ask: Ask, unit_id: str) -> Listing:
    """Return what a clinic's list asks."""
    search = ask.one("search")
    return Listing(
        filter=every(
            [
                of_unit(unit_id),
                contains(SEARCHED, search) if search else None,
                among(Field.WORKFLOW, values.of_query(ask, "status", Workflow)),
            ]
        ),
        sort=NEWEST_FIRST,
        page=values.count(ask, "page", default=1),
        size=values.count(ask, "limit", default=DEFAULT_SIZE, most=LARGEST_PAGE),
    )


def search(ask: Ask, unit_id: str, told: Mapping[str, Any]) -> Listing:
    """Return what a search asks; its page lies in the query, whatever the body repeats."""
    return Listing(
        filter=every([of_unit(unit_id), filters(told)]),
        sort=sort({name: ask.one(name) for name in ("order_by", "order_direction")}, "query"),
        page=values.count(ask, "page", default=1),
        size=values.count(ask, "limit", default=DEFAULT_SIZE, most=LARGEST_PAGE),
    )


def filters(told: Mapping[str, Any]) -> Filter:
    """Return what a body's filters ask."""
    since, until = values.moment(told, "start_date"), values.moment(told, "end_date", last=True)
    return every(
        [
            *(contains((column,), part) for name, column in COLUMNS.items() if (part := values.text(told, name))),
            among(Field.REASON, values.of_body(told, "reason_for_call", Reason)),
            among(Field.WORKFLOW, values.of_body(told, "status", Workflow)),
            None if since is None else Condition(Inner.BEGUN_AT, Op.GTE, since),
            None if until is None else Condition(Inner.BEGUN_AT, Op.LT, until),
        ]
    )


def sort(told: Mapping[str, Any], where: str) -> Sort:
    """Return the order that a query or a body asks for."""
    by = values.choice([where, "order_by"], told.get("order_by"), list(SORTS), default="call_started_at")
    way = values.choice([where, "order_direction"], told.get("order_direction"), ("asc", "desc"), default="desc")
    return Sort(SORTS[by], descending=way == "desc")


def among(field: Field, words: list[Any]) -> Filter | None:
    """Return the condition that a field has one of *words*; of none it asks nothing."""
    return Condition(field, Op.IN, [word.value for word in words]) if words else None
