"""Tanyi's question: contract sections 1.3, 1.4 and 2, rulings 3 and 18."""

from collections.abc import Callable, Mapping, Sequence
from math import floor
from typing import Any, Final

from hypothesis import strategies as st

from schemas.call import Call
from schemas.words import Outcome, Platform
from tests.dialects.models.calls import CONCERNS, LEVELS, NUMBERS, WORDS
from tests.dialects.models.shared import PAGES, SIZES, Page, cut, ended, has, some

SMALL: Final = 1_000_000_000
RESULTS: Final = {
    Outcome.REJECTED: "REFUSED",
    Outcome.INVALID_NUMBER: "VACANT_NUMBER",
    Outcome.UNREACHABLE: "CAN_NOT_CONNECT",
    Outcome.LINE_ERROR: "FROM_PHONE_ERROR",
    Outcome.VOICEMAIL: "NO_ANSWER",
    Outcome.CANCELED: "NO_ANSWER",
}
WORDS_OF_RESULTS: Final = ("ANSWERED", "NO_ANSWER", "BUSY", "REFUSED", "VACANT_NUMBER", "SYSTEM_ERROR")
_COUNTS: Final = st.sampled_from([0, 1, 2, 3, 60, 3600])
_RECORDS: Final = st.sampled_from([4711, 4712, SMALL, SMALL + 1, SMALL + 3])

QUESTIONS: Final = some(
    resultStatuses=st.lists(st.sampled_from(WORDS_OF_RESULTS), max_size=3),
    intentLevels=st.lists(LEVELS, max_size=2),
    searchWords=WORDS | _RECORDS.map(str) | st.sampled_from(["", "345", "4711"]),
    hangupBy=st.sampled_from(["REMOTE_HANGUP"]),
    calledPhoneNumber=NUMBERS,
    callRecordId=_RECORDS,
    customerPersonName=WORDS,
    realIntent=st.booleans(),
    customerConcern=st.lists(CONCERNS, max_size=2),
    readStatus=st.sampled_from(["HAS_READ", "NOT_READ"]),
    chatDurationMin=_COUNTS,
    chatDurationMax=_COUNTS,
    customerGroupId=st.just(3),
    dialogFlowId=st.just(7),
    lastCallRecord=st.booleans(),
    redialTimes=st.integers(0, 2),
    pageNum=PAGES,
    pageSize=SIZES,
)


def record_id(call: Call) -> int:
    """Return Tanyi's own integer, else the number."""
    own = call.platform is Platform.TANYI and call.platform_call_id.isdecimal() and int(call.platform_call_id) < SMALL
    return int(call.platform_call_id) if own else call.number


def result(call: Call) -> str | None:
    """Return the word for how a call ended."""
    return call.outcome and RESULTS.get(call.outcome, str(call.outcome).upper())


def seconds(call: Call) -> int:
    """Return `chatDuration` as it is shown."""
    return floor(call.talk_s + 0.5)


def _name(call: Call) -> str | None:
    return call.customer.full if call.customer else None


def _words(call: Call, words: str) -> bool:
    is_id = words.isdecimal() and int(words) == record_id(call)
    return is_id or has(words, call.customer_number, call.customer_e164, _name(call))


HOLDS: Final[Mapping[str, Callable[[Call, Any], bool]]] = {
    "resultStatuses": lambda call, wanted: not wanted or result(call) in wanted,
    "intentLevels": lambda call, wanted: not wanted or (call.intent and call.intent.level) in wanted,
    "searchWords": lambda call, words: not words or _words(call, words),
    "hangupBy": lambda call, _: call.ended_by == "customer",
    "calledPhoneNumber": lambda call, number: number in (call.customer_number, call.customer_e164),
    # Also by the native number of a call that shows its own integer: nobody sees that number, so it hides nothing.
    "callRecordId": lambda call, number: number in (record_id(call), call.number),
    "customerPersonName": lambda call, part: has(part, _name(call)),
    "realIntent": lambda call, flag: bool(call.intent and call.intent.real_level) is flag,
    "customerConcern": lambda call, wanted: not wanted or bool(set(call.concerns) & set(wanted)),
    "readStatus": lambda call, word: call.read is (word == "HAS_READ"),
    "chatDurationMin": lambda call, least: seconds(call) >= least,
    "chatDurationMax": lambda call, most: seconds(call) <= most,
    "customerGroupId": lambda call, _: bool(call.customer and call.customer.group and call.customer.group.id == "3"),
    "dialogFlowId": lambda call, _: bool(call.agent and call.agent.id == "7"),
}
EACH: Final[Mapping[str, Callable[[Call, Any], bool]]] = {
    **{name: HOLDS[name] for name in ("resultStatuses", "intentLevels", "chatDurationMin", "chatDurationMax")},
    "redialTimes": lambda call, times: (call.redials or 0) == times,
}
"""What counts with `lastCallRecord`."""


def in_job(call: Call, job: int | str) -> bool:
    """Say whether a call is of a job; those without one are of job 0."""
    return ((call.batch and call.batch.id) or "0") == str(job)


def customer(call: Call) -> Any:
    """Return whom a call was with."""
    return call.customer_e164 or call.customer_number or call.uid


def matching(calls: Sequence[Call], job: str, question: Mapping[str, Any]) -> list[Call]:
    """Return a job's calls that *question* asks for, the largest id first."""
    rows = sorted((call for call in ended(calls) if in_job(call, job)), key=record_id, reverse=True)
    if not question.get("lastCallRecord"):
        return [call for call in rows if all(HOLDS[name](call, question[name]) for name in HOLDS if name in question)]
    newest: dict[Any, Call] = {}
    for call in rows:
        newest.setdefault(customer(call), call)
    asked = [(EACH[name], question[name]) for name in EACH if name in question]
    return [call for call in newest.values() if all(holds(call, value) for holds, value in asked)]


def page(calls: Sequence[Call], question: Mapping[str, Any]) -> Page:
    """Return the page that *question* asks for of matching *calls*."""
    return cut([record_id(call) for call in calls], *paged(question))


def paged(question: Mapping[str, Any]) -> tuple[int, int]:
    """Return page and size."""
    return question.get("pageNum", 1), question.get("pageSize", 20)
