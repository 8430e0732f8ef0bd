"""RobotAppel's question: contract section 2.1 and rulings 11 and 12."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from hypothesis import strategies as st

from schemas.call import Call
from schemas.words import Outcome
from tests.dialects.models.calls import BATCHES, NAMES, NUMBERS, WORDS
from tests.dialects.models.shared import MOMENTS, PAGES, SIZES, Page, begun, by, cut, ended, first_of, has, past, some

STATUS: Final = {
    Outcome.ANSWERED: "completed",
    Outcome.VOICEMAIL: "completed",
    Outcome.NO_ANSWER: "no-answer",
    Outcome.BUSY: "busy",
}
QUESTIONS: Final = some(
    batchId=BATCHES,
    batchName=WORDS | st.just(""),
    startDate_from=MOMENTS,
    startDate_to=MOMENTS,
    **{"from": NUMBERS, "to": NUMBERS},
    status=st.sampled_from(["completed", "failed", "busy", "no-answer", "ringing", "?", ""]),
    direction=st.sampled_from(["inbound", "outbound", "local", ""]),
    qualification=st.sampled_from(["a", '{"a": 1}', "{}"]),
    callId=NAMES,
    page=PAGES | st.just("2"),
    limit=SIZES,
)


def status(call: Call) -> str:
    """Return the word for how a call ended."""
    return STATUS.get(call.outcome or Outcome.SYSTEM_ERROR, "failed")


def direction(call: Call) -> str | None:
    """Return which way a call went: the dialect knows two."""
    return "outbound" if call.direction == "local" else call.direction and str(call.direction)


def _number(text: str | None) -> str:
    return re.sub(r"^00", "+", re.sub(r"[^0-9+]", "", text or ""))


HOLDS: Final[Mapping[str, Callable[[Call, str], bool]]] = {
    "batchId": lambda call, text: call.batch is not None and call.batch.id == text,
    "batchName": lambda call, text: has(text, call.batch and call.batch.name),
    "startDate_from": lambda call, text: begun(call) >= first_of(text),
    "startDate_to": lambda call, text: begun(call) < past(text),
    "from": lambda call, text: _number(call.from_) == _number(text),
    "to": lambda call, text: _number(call.to) == _number(text),
    "status": lambda call, text: status(call) == text,
    "direction": lambda call, text: direction(call) == text,
    "qualification": lambda call, text: call.extracted == {"a": "a", '{"a": 1}': {"a": 1}, "{}": {}}[text],
}


def named(calls: Sequence[Call], call_id: str) -> list[Call]:
    """Return the call that *call_id* means: of several the one that started last."""
    return by(begun, [call for call in calls if call_id in (call.platform_call_id, call.uid)])[:1]


def matching(calls: Sequence[Call], body: Mapping[str, Any]) -> list[Call]:
    """Return the calls that *body* asks for, newest first."""
    known = named(calls, body["callId"]) if "callId" in body else calls
    asked = [(name, body[name]) for name in HOLDS if body.get(name)]
    return by(begun, [call for call in ended(known) if all(HOLDS[name](call, text) for name, text in asked)])


def page(calls: Sequence[Call], body: Mapping[str, Any]) -> Page:
    """Return the page that *body* asks for."""
    return cut([call.platform_call_id for call in matching(calls, body)], *paged(body))


def paged(body: Mapping[str, Any]) -> tuple[int, int]:
    """Return page and size."""
    return int(body.get("page", 1)), int(body.get("limit", 10))


def talked(calls: Sequence[Call]) -> tuple[Decimal, Decimal]:
    """Return the sum of all talk and its mean without calls of no seconds."""
    seconds = [Decimal(str(call.talk_s)) for call in calls]
    some_s = [each for each in seconds if each]
    return sum(seconds, Decimal()), sum(some_s, Decimal()) / len(some_s) if some_s else Decimal()


def batches(calls: Sequence[Call]) -> list[dict[str, Any]]:
    """Return the batches that calls belong to, the one that was sent last first."""
    known = sorted({call.batch.id for call in calls if call.batch and call.batch.id})
    told = [_batch(name, [call for call in calls if call.batch and call.batch.id == name]) for name in known]
    return sorted(told, key=lambda batch: (batch["sendDate"], batch["batchId"]), reverse=True)


def _batch(name: str, calls: Sequence[Call]) -> dict[str, Any]:
    over = ended(calls)
    completed = sum(call.outcome in (Outcome.ANSWERED, Outcome.VOICEMAIL) for call in over)
    total, mean = talked(over)
    return {
        "batchId": name,
        "status": _state(calls, over, completed),
        "createdAt": _instant(min(call.created_at for call in calls)),
        "sendDate": _instant(min(begun(call) for call in calls)),
        "totalCalls": len(calls),
        "completedCalls": completed,
        "failedCalls": len(over) - completed,
        "pendingCalls": len(calls) - len(over),
        "averageCallDuration": float(round(mean, 2)),
        "total_call_time": float(total),
    }


def _state(calls: Sequence[Call], over: Sequence[Call], completed: int) -> str:
    if not over and all(call.started_at is None for call in calls):
        return "pending"
    if len(over) < len(calls):
        return "in_progress"
    return "completed" if completed else "failed"


def _instant(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
