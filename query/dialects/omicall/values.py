"""What the fields of an OMICall item hold of a call. Pure.

Clients index these fields without asking whether they are there: numbers are never null, and neither are texts.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final, TypeGuard

import msgspec

from query.dialects.moments import epoch_ms
from query.dialects.omicall import parties
from query.dialects.omicall.parties import own
from query.dialects.shelf import is_uuid
from query.dialects.speech import begun_at
from schemas.call import Call
from schemas.figures import figure
from schemas.platforms.omicall import MILLISECONDS_FROM
from schemas.words import Direction, Outcome, Platform

ANSWERED: Final = "answered"
CANCELLED: Final = "cancelled"
CAUSES: Final[Mapping[Outcome, str]] = {
    Outcome.ANSWERED: "ANSWER",
    Outcome.BUSY: "BUSY",
    Outcome.NO_ANSWER: "NOANSWER",
    Outcome.CANCELED: "CANCEL",
}
"""`dial_status`; every other end is a cancelled one."""
Q850: Final = 16  # normal clearing
_SECONDS: Final = range(10**8, 10**10)
"""Times of our days since the epoch, whose digits clients take apart; what is none of them is not shown."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A call, and where its recordings are fetched."""

    call: Call
    base_url: str

    def url(self, url: str | None) -> str | None:
        """Return an address that is whole: our own recordings lie below us."""
        return f"{self.base_url}{url}" if url and url.startswith("/") else url


def transaction_id(call: Call) -> str:
    """Return the id that clients know a call by: its platform's where that is a UUID or OMICall's own."""
    own_id = call.platform is Platform.OMICALL or is_uuid(call.platform_call_id)
    return call.platform_call_id if own_id else call.uid


def disposition(outcome: Outcome | None) -> str:
    """Return the word for how a call ended."""
    return ANSWERED if outcome is Outcome.ANSWERED else CANCELLED


def ended_as(row: Row) -> str:
    """Return OMICall's own word as it was sent, another call's by its outcome."""
    told = own(row.call).get("disposition")
    return str(told) if told in (ANSWERED, CANCELLED) else disposition(row.call.outcome)


def seconds(value: float | None) -> int:
    """Return whole seconds, half up; 0 where nobody told."""
    return int((value or 0.0) + 0.5)


def rung(call: Call) -> int:
    """Return the seconds from dial to end."""
    return seconds(_lasted(call))


def _lasted(call: Call) -> float:
    """Return the seconds from dial to end: as told, else how long it rang and was talked."""
    if call.duration_s is not None:
        return call.duration_s
    waited = call.wait_s or 0.0
    if call.answered_at is not None and call.started_at is not None:
        waited = max(0.0, (call.answered_at - call.started_at).total_seconds())
    return waited + call.talk_s


def answered_ms(call: Call) -> int:
    """Return when it was answered in epoch ms, the start where nobody told."""
    told = own(call).get("time_start_to_answer")
    if _is_count(told) and told in _SECONDS:
        return told * 1000
    return epoch_ms(call.answered_at or begun_at(call))


def begun_ms(call: Call) -> int:
    """Return when the call began in epoch ms."""
    return epoch_ms(begun_at(call))


def ended_ms(call: Call) -> int:
    """Return when it ended in epoch ms, reckoned from its seconds where nobody told; no calendar holds some of them."""
    try:
        return epoch_ms(call.ended_at or begun_at(call) + timedelta(seconds=_lasted(call)))
    except OverflowError:
        return begun_ms(call)


def updated_ms(call: Call) -> int:
    """Return the last change in epoch ms: as OMICall said, until people change something."""
    told = own(call).get("last_updated_date")
    changed = call.edited_at is not None or call.evaluations
    if not _is_count(told):
        return epoch_ms(call.updated_at)
    told = told * 1000 if told < MILLISECONDS_FROM else told
    if told // 1000 not in _SECONDS:
        return epoch_ms(call.updated_at)
    return max(told, epoch_ms(call.updated_at)) if changed else told


def _is_count(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def hangup_cause(call: Call) -> str:
    """Return why it ended; who hung up is no cause."""
    cause = call.end_reason or ""
    return "" if cause == own(call).get("endby_name") else cause


def said(name: str, otherwise: Callable[[Call], str]) -> Callable[[Row], str]:
    """Show what OMICall sent under *name* as it was sent, another call's value by *otherwise*."""

    def show(row: Row) -> str:
        told = own(row.call).get(name)
        return told if isinstance(told, str) else otherwise(row.call)

    return show


def counted(name: str, otherwise: Callable[[Call], int]) -> Callable[[Row], int]:
    """Show the integer that OMICall sent under *name*, another call's by *otherwise*."""

    def show(row: Row) -> int:
        told = own(row.call).get(name)
        return told if _is_count(told) else otherwise(row.call)

    return show


def timed(name: str, otherwise: Callable[[Call], int], *, per_second: int = 1) -> Callable[[Row], int]:
    """Show the time that OMICall sent under *name* as it was sent, another call's by *otherwise*, which is in ms."""

    def show(row: Row) -> int:
        told = own(row.call).get(name)
        if _is_count(told) and told // per_second in _SECONDS:
            return told
        return otherwise(row.call) * per_second // 1000

    return show


def flagged(name: str, otherwise: Callable[[Call], bool]) -> Callable[[Row], bool]:
    """Show the flag that OMICall sent under *name*, another call's by *otherwise*."""

    def show(row: Row) -> bool:
        told = own(row.call).get(name)
        return told if isinstance(told, bool) else otherwise(row.call)

    return show


def mos(row: Row) -> float:
    """Return how well it sounded, 0 where nobody told."""
    return float(figure(own(row.call).get("rtp_audio_in_mos")) or 0)


def unit(call: Call) -> str:
    """Return the id of the unit."""
    return (call.unit and call.unit.id) or ""


def is_voicemail(call: Call) -> bool:
    """Tell whether a voicemail took the call."""
    return bool(call.is_voicemail) or call.outcome is Outcome.VOICEMAIL


def is_missed(call: Call) -> bool:
    """Tell whether somebody called and nobody answered."""
    return call.direction is Direction.INBOUND and call.outcome is not Outcome.ANSWERED


def never(_: Call) -> bool:
    """Answer a flag of which nothing is known."""
    return False


def nothing(_: Call) -> str:
    """Answer a text of which nothing is known."""
    return ""


def zero(_: Call) -> int:
    """Answer a number of which nothing is known."""
    return 0


def line(call: Call) -> str:
    """Return our side's number."""
    return call.line_number or ""


def people(names: Sequence[str], *, known: Sequence[str]) -> Callable[[Row], Any]:
    """Show the agents' members of these *names*, and those of *known* that say something."""

    def shown(user: Mapping[str, Any]) -> Mapping[str, Any]:
        return {name: user[name] for name in names} | {name: user[name] for name in known if user[name]}

    return lambda row: [shown(user) for user in parties.users(row.call)]


def some(of: Callable[[Call], Mapping[str, Any] | None], names: Sequence[str]) -> Callable[[Row], Any]:
    """Show an object's members of these *names*, null where there is no object."""

    def show(row: Row) -> Mapping[str, Any] | None:
        known = of(row.call)
        return None if known is None else {name: known.get(name) for name in names}

    return show
