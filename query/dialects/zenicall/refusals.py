"""What Zenicall says when something is wrong: an `error_key` at the top level, or FastAPI's list of places."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from query.dialects.dialect import Ask, Fault, Faulted, Refused, Reply
from query.dialects.statuses import KEYS, STATUS, headers

Place = Sequence[str | int]
TELLS: Final[Mapping[Fault, tuple[str, str]]] = {
    **dict.fromkeys(KEYS, ("UNAUTHORIZED", "Not authenticated")),
    Fault.SCOPE: ("FORBIDDEN", "Not enough permissions"),
    Fault.SWITCHED_OFF: ("NOT_FOUND", "Not Found"),
    Fault.NO_PATH: ("NOT_FOUND", "Not Found"),
    Fault.METHOD: ("METHOD_NOT_ALLOWED", "Method Not Allowed"),
    Fault.BAD_URL: ("FORBIDDEN", "This URL was changed"),
    Fault.URL_EXPIRED: ("EXPORT_EXPIRED", "This export has expired"),
    Fault.TOO_LARGE: ("PAYLOAD_TOO_LARGE", "Payload too large"),
    Fault.TOO_MANY: ("TOO_MANY_REQUESTS", "Too many requests"),
    Fault.TOO_SLOW: ("TIMEOUT", "The answer took too long; narrow the question"),
    Fault.AWAY: ("SERVICE_UNAVAILABLE", "Service unavailable"),
    Fault.INTERNAL: ("INTERNAL_SERVER_ERROR", "Internal server error"),
}


def fault(faulted: Faulted, ask: Ask) -> Reply:
    """Return what happened with its key."""
    key, detail = TELLS[faulted.fault]
    told = {"detail": detail, "error_key": key}
    return Reply(body=told, status=STATUS[faulted.fault], headers=headers(faulted))


def missing(key: str) -> Refused:
    """Return 404 with the key that clients look at."""
    detail = key.replace("_", " ").capitalize()
    return Refused(Reply(body={"detail": detail, "error_key": key}, status=404))


def forbidden(detail: str) -> Refused:
    """Return 403."""
    return Refused(Reply(body={"detail": detail, "error_key": "FORBIDDEN"}, status=403))


def invalid(place: Place, message: str, kind: str = "value_error") -> Refused:
    """Return 422 with one wrong place."""
    told: dict[str, Any] = {"loc": list(place), "msg": message, "type": kind}
    return Refused(Reply(body={"detail": [told]}, status=422))


CLINIC: Final = "CLINIC_NOT_FOUND"
CALL: Final = "CALL_LOG_NOT_FOUND"
NOTE: Final = "NOTE_NOT_FOUND"
EXPORT: Final = "EXPORT_NOT_FOUND"
