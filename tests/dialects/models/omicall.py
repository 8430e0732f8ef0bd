"""OMICall's questions: contract sections 1.7, 2, 5 and 6, rulings 15, 16 of the mapping's words."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from hypothesis import strategies as st

from schemas.call import Call, tag_id
from schemas.words import Outcome
from tests.dialects.models.calls import AGENTS, EDGES, LINES, MS, NAMES, WORDS
from tests.dialects.models.shared import PAGES, SIZES, Page, by, cut, ended, has

MONTH: Final = timedelta(days=30)
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_AGENTS: Final = AGENTS | st.just("linh@example.com")
_DISPOSITIONS: Final = st.sampled_from(["answered", "cancelled", "?"])
_DIRECTIONS: Final = st.sampled_from(["inbound", "outbound", "local", "?"])
_FLAGS: Final = st.sampled_from(["true", "false", "null", "NULL"])


def _windows() -> st.SearchStrategy[tuple[int, int]]:
    moments = [round((each - EPOCH) / MS) + n for each in EDGES for n in (-1, 0, 1)]
    longest = round(MONTH / MS)
    pairs = st.tuples(st.sampled_from(moments), st.sampled_from([0, 1, 60_000, longest - 1, longest]))
    return pairs.map(lambda pair: (pair[0], pair[0] + pair[1])) | pairs.map(lambda pair: (pair[0] - pair[1], pair[0]))


WINDOWS: Final = _windows()


def _lists(values: st.SearchStrategy[str]) -> st.SearchStrategy[list[str]]:
    return st.lists(values, min_size=1, max_size=2, unique=True)


LISTED: Final = st.fixed_dictionaries(
    {},
    optional={
        "agents": _lists(_AGENTS),
        "user_uuids": _lists(_AGENTS),
        "is_auto_call": _FLAGS,
        "keyword": WORDS | NAMES | st.sampled_from(["336123", "3456", "999"]),
        "sip_user": st.sampled_from(["101", "0101", "10"]),
        "disposition": _DISPOSITIONS,
        "direction": _lists(_DIRECTIONS),
        "sip_numbers": _lists(LINES),
        "queue_destination": _lists(st.sampled_from(["sales", "Sales"])),
        "page": PAGES,
        "size": SIZES,
    },
)
SEARCHED: Final = st.fixed_dictionaries(
    {"user_uuids": st.lists(_AGENTS, max_size=2, unique=True)},
    optional={
        "direction": _lists(_DIRECTIONS),
        "disposition": _lists(_DISPOSITIONS),
        "tags": _lists(st.sampled_from(["vip", "VIP", "日本", "none"])),
        "numbers": _lists(LINES),
    },
)
REPORTED: Final = st.fixed_dictionaries(
    {},
    optional={"numbers": _lists(LINES), "sip_user": st.sampled_from(["101", "10"]), "agents": _lists(_AGENTS)},
)


def disposition(call: Call) -> str:
    """Return the word for how a call ended."""
    return "answered" if call.outcome is Outcome.ANSWERED else "cancelled"


def transaction_id(call: Call) -> str:
    """Return the id that the dialect shows."""
    try:
        return str(UUID(call.platform_call_id)) and call.platform_call_id
    except ValueError:
        return call.uid


def _digits(text: str | None) -> str:
    return "".join(each for each in text or "" if each.isdigit())


def _of_agent(call: Call, wanted: Sequence[str]) -> bool:
    return call.agent is not None and bool({call.agent.id, call.agent.email} & set(wanted))


def _keyword(call: Call, text: str) -> bool:
    customer = call.customer
    names = (customer.full, customer.first, customer.last) if customer else ()
    numbers = _digits(text) == text and any(text in _digits(each) for each in (call.from_, call.to))
    return numbers or has(text, *names, call.note, call.platform_call_id, call.uid)


def _automatic(call: Call, word: str) -> bool:
    return {"true": call.is_auto_call is True, "false": call.is_auto_call is not True}.get(word.lower(), True)


def _tagged(call: Call, wanted: Sequence[str]) -> bool:
    ids = [tag_id(tenant=call.tenant, name=name) for name in wanted]
    return any(tag.id in ids for tag in call.tags)


def _on_line(call: Call, wanted: Sequence[str]) -> bool:
    return call.line_number in wanted


HOLDS: Final[Mapping[str, Callable[[Call, Any], bool]]] = {
    "agents": _of_agent,
    "user_uuids": lambda call, wanted: not wanted or _of_agent(call, wanted),
    "is_auto_call": _automatic,
    "keyword": _keyword,
    "sip_user": lambda call, wanted: call.extension == wanted,
    "disposition": lambda call, wanted: disposition(call) in ([wanted] if isinstance(wanted, str) else wanted),
    "direction": lambda call, wanted: call.direction in wanted,
    "sip_numbers": _on_line,
    "numbers": _on_line,
    "queue_destination": lambda call, wanted: call.queue in wanted,
    "tags": _tagged,
}


def matching(calls: Sequence[Call], question: Mapping[str, Any], window: tuple[int, int]) -> list[Call]:
    """Return the calls that were created in *window* and that *question* asks for, the newest first."""
    first, last = (EPOCH + each * MS for each in window)
    asked = [(HOLDS[name], value) for name, value in question.items() if name in HOLDS]
    inside = [call for call in ended(calls) if first <= call.created_at <= last]
    return by(lambda call: call.created_at, [call for call in inside if all(holds(call, v) for holds, v in asked)])


def page(calls: Sequence[Call], number: int, size: int) -> Page:
    """Return a page, of 50 rows at most."""
    return cut([transaction_id(call) for call in calls], number, min(size, 50))


def report(calls: Sequence[Call]) -> dict[str, Any]:
    """Return the report of *calls*, its times as they are summed, not yet whole seconds."""
    ways: dict[str, list[Call]] = {
        way: [call for call in calls if call.direction == way] for way in ("inbound", "outbound", "local")
    }

    def count(way: str, word: str) -> int:
        return sum(disposition(call) == word for call in ways[way])

    return {
        "categorized_by_direction": {
            way: (len(ways[way]), sum((Decimal(str(call.talk_s)) for call in ways[way]), Decimal()))
            for way in ("inbound", "outbound")
        },
        "categorized_by_disposition": {
            word: (count("outbound", word), count("inbound", word)) for word in ("cancelled", "answered")
        },
        "categorized_by_local_direction": {
            "total_call": len(ways["local"]),
            "total_call_answer": count("local", "answered") or None,
        },
    }
