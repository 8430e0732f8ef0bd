"""Zenicall's questions: contract sections 3 and 6, rulings 3 and 20."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from hypothesis import strategies as st

from schemas.call import Call
from schemas.words import Reason, Workflow
from tests.dialects.models.calls import NUMBERS, WORDS
from tests.dialects.models.shared import MOMENTS, PAGES, SIZES, Page, begun, by, cut, ended, first_of, has, past, some
from tests.dialects.models.toolzz import in_unit

SECOND: Final = timedelta(seconds=1)
_STATUSES: Final = st.sampled_from(["New", "NEW", "In Progress", "in_progress", "done", "Archived"])
_REASONS: Final = st.sampled_from(["New Appointment", "EMERGENCY", "other"])
BY_CLINIC: Final = some(
    search=WORDS | NUMBERS | st.sampled_from(["", "3361"]),
    status=st.lists(_STATUSES, max_size=2),
    page=PAGES,
    limit=SIZES,
)
SEARCHED: Final = some(
    caller_first_name=WORDS,
    caller_last_name=WORDS | st.just(""),
    caller_phone_number=NUMBERS,
    reason_for_call=_REASONS | st.lists(_REASONS, max_size=2),
    start_date=MOMENTS,
    end_date=MOMENTS,
    status=st.lists(_STATUSES, max_size=2),
)
ORDERED: Final = some(
    order_by=st.sampled_from(["call_started_at", "status", "caller_last_name", "created_at"]),
    order_direction=st.sampled_from(["asc", "desc"]),
    page=PAGES,
    limit=SIZES,
)


def name(word: str) -> str:
    """Return the database name that a label or a name means."""
    return word.upper().replace(" ", "_")


def _shown(call: Call) -> Any:
    return begun(call).replace(microsecond=0)


def _phone(call: Call, part: str) -> bool:
    return has(part, call.customer_number, call.customer_e164)


def _reasons(call: Call, wanted: str | Sequence[str]) -> bool:
    words = [wanted] if isinstance(wanted, str) else wanted
    return not words or call.reason in [Reason(name(word)) for word in words]


def _statuses(call: Call, wanted: Sequence[str]) -> bool:
    return not wanted or call.workflow in [Workflow(name(word)) for word in wanted]


HOLDS: Final[Mapping[str, Callable[[Call, Any], bool]]] = {
    "search": lambda call, text: (
        _phone(call, text)
        or has(text, call.customer and call.customer.first, call.customer and call.customer.last, call.summary)
    ),
    "caller_first_name": lambda call, text: has(text, call.customer and call.customer.first),
    "caller_last_name": lambda call, text: has(text, call.customer and call.customer.last),
    "caller_phone_number": _phone,
    "reason_for_call": _reasons,
    "status": _statuses,
    "start_date": lambda call, text: begun(call) >= first_of(text),
    "end_date": lambda call, text: _shown(call) < past(text),
}
ORDERS: Final[Mapping[str, Callable[[Call], Any]]] = {
    "call_started_at": begun,
    "status": lambda call: str(call.workflow),
    "caller_last_name": lambda call: call.customer and call.customer.last,
    "created_at": lambda call: call.created_at,
}


def matching(calls: Sequence[Call], unit_id: str, question: Mapping[str, Any]) -> list[Call]:
    """Return a clinic's calls that *question* asks for."""
    asked = [(HOLDS[name], value) for name, value in question.items() if name in HOLDS and value]
    return [call for call in ended(calls) if in_unit(call, unit_id) and all(holds(call, v) for holds, v in asked)]


def page(calls: Sequence[Call], order: Mapping[str, Any]) -> Page:
    """Return the page that *order* asks for of matching *calls*."""
    rows = by(
        ORDERS[order.get("order_by", "call_started_at")],
        calls,
        descending=order.get("order_direction", "desc") == "desc",
    )
    return cut([call.number for call in rows], *paged(order))


def paged(order: Mapping[str, Any]) -> tuple[int, int]:
    """Return page and size."""
    return order.get("page", 1), order.get("limit", 20)
