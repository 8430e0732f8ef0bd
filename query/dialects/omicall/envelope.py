"""OMICall's envelope: what every answer and every failure is wrapped in. Pure."""

from collections.abc import Mapping
from typing import Any, Final

from query.dialects import statuses
from query.dialects.columns import FLAG, INTEGER, TEXT, Schema, answered, member_schema
from query.dialects.dialect import Ask, Fault, Faulted, Refused, Reply

SUCCESS: Final = 9999
FAILURE: Final = -9999
UNAUTHORISED: Final = 401
INSTANCE: Final = {"instance_id": "aftercall", "instance_name": "aftercall", "instance_version": "1.0.0"}

WORDS: Final[Mapping[Fault, str]] = {
    Fault.NO_KEY: "auth_invalid",
    Fault.WRONG_KEY: "auth_invalid",
    Fault.EXPIRED: "token_expired",
    Fault.SCOPE: "permission_denied",
    Fault.SWITCHED_OFF: "resource_not_found",
    Fault.NO_PATH: "resource_not_found",
    Fault.METHOD: "method_not_allowed",
    Fault.BAD_URL: "resource_not_found",
    Fault.URL_EXPIRED: "resource_not_found",
    Fault.TOO_LARGE: "payload_too_large",
    Fault.TOO_MANY: "rate_limit_exceeded",
    Fault.TOO_SLOW: "internal_error",
    Fault.AWAY: "internal_error",
    Fault.INTERNAL: "internal_error",
}
_STATUS: Final = {**statuses.STATUS, Fault.SCOPE: 200}
_TEXTS: Final = {
    Fault.METHOD: "This path has other methods.",
    Fault.NO_PATH: "There is no such path.",
    Fault.INTERNAL: "The fault is ours; it was logged.",
}


def success(payload: Any) -> Reply:
    """Return an answer."""
    return Reply(body={"status_code": SUCCESS, **INSTANCE, "payload": payload, "key_enabled": False})


def failed(word: str, text: str) -> Refused:
    """Return a refusal of what was asked, which has HTTP status 200."""
    return Refused(_failure(word, text))


def unauthorised(word: str, text: str) -> Refused:
    """Return the refusal of who asks."""
    return Refused(_failure(word, text, status=UNAUTHORISED))


def fault(faulted: Faulted, ask: Ask) -> Reply:
    """Return what a client is told of any fault."""
    text = _TEXTS.get(faulted.fault, faulted.detail) or "Refused."
    status = _STATUS[faulted.fault]
    return _failure(WORDS[faulted.fault], text, status=status, headers=statuses.headers(faulted))


def schema(payload: Schema) -> Schema:
    """Return the responses of a route whose payload is *payload*; failures have the same envelope and a message."""
    instance = dict.fromkeys(INSTANCE, TEXT)
    told = member_schema({"status_code": INTEGER, **instance, "payload": payload, "key_enabled": FLAG})
    return answered({"oneOf": [told, _FAILED]}, error=_FAILED)


def _failure(word: str, text: str, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
    body = {
        "status_code": UNAUTHORISED if status == UNAUTHORISED else FAILURE,
        "message": word,
        "payload": {"status": "fail", "error": word, "message": text},
        **INSTANCE,
        "key_enabled": False,
    }
    return Reply(body=body, status=status, headers=headers or {})


_FAILED: Final = member_schema(
    {
        "status_code": INTEGER,
        "message": TEXT,
        "payload": member_schema({"status": TEXT, "error": TEXT, "message": TEXT}),
        **dict.fromkeys(INSTANCE, TEXT),
        "key_enabled": FLAG,
    }
)
