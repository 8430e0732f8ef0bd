"""RobotAppel's errors: NestJS' shape, an object with a list of reasons for bad input, a text for all else. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from query.dialects import statuses
from query.dialects.columns import INTEGER, TEXT, Schema, list_schema, member_schema
from query.dialects.dialect import Ask, Fault, Faulted, Refused, Reply
from query.views import instant

_STATUS: Final = {**statuses.STATUS, Fault.EXPIRED: 403, Fault.BAD_URL: 403, Fault.URL_EXPIRED: 404}
"""An expired key is refused as one that may not."""

_REASONS: Final = member_schema({"message": list_schema(TEXT), "error": TEXT, "statusCode": INTEGER})
ERROR: Final[Schema] = member_schema(
    {"statusCode": INTEGER, "timestamp": TEXT, "path": TEXT, "message": {"anyOf": [TEXT, _REASONS]}}
)


def bad(ask: Ask, reasons: Sequence[str]) -> Refused:
    """Return the refusal of bad input, which tells every reason."""
    return Refused(_told(ask, 400, {"message": list(reasons), "error": "Bad Request", "statusCode": 400}))


def missing(ask: Ask, what: str) -> Refused:
    """Return the refusal of an id that names nothing here."""
    return Refused(_told(ask, 404, f"{what} not found"))


def spent(ask: Ask) -> Refused:
    """Return the refusal of a key whose tokens are used up."""
    return Refused(_told(ask, 403, "Solde de tokens insuffisant: add tokens to this key's balance."))


def fault(faulted: Faulted, ask: Ask) -> Reply:
    """Return what a client is told of any fault."""
    status = _STATUS[faulted.fault]
    detail = f"Cannot {ask.method} {ask.path}" if status in {404, 405} else faulted.detail
    return _told(ask, status, detail or "Internal server error", headers=statuses.headers(faulted))


def _told(ask: Ask, status: int, message: Any, *, headers: Mapping[str, str] | None = None) -> Reply:
    body = {"statusCode": status, "timestamp": instant(ask.now), "path": ask.target, "message": message}
    return Reply(body=body, status=status, headers=headers or {})
