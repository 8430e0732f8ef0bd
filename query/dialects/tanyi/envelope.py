"""What every answer of Tanyi lies in: HTTP 200 always, the code tells."""

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any, Final

import msgspec

from query.dialects.dialect import Ask, Fault, Faulted, Refused, Reply
from query.dialects.tanyi.words import FAILED, FORBIDDEN, MESSAGES, NOT_FOUND, OK, UNSIGNED, WRONG

CODES: Final[Mapping[Fault, int]] = {
    Fault.NO_KEY: UNSIGNED,
    Fault.WRONG_KEY: UNSIGNED,
    Fault.EXPIRED: UNSIGNED,
    Fault.SCOPE: FORBIDDEN,
    Fault.SWITCHED_OFF: NOT_FOUND,
    Fault.NO_PATH: NOT_FOUND,
    Fault.METHOD: NOT_FOUND,
    Fault.BAD_URL: FORBIDDEN,
    Fault.URL_EXPIRED: NOT_FOUND,
    Fault.TOO_LARGE: WRONG,
    Fault.TOO_MANY: FAILED,
    Fault.TOO_SLOW: FAILED,
    Fault.AWAY: FAILED,
    Fault.INTERNAL: FAILED,
}
UTF_8: Final = "application/json;charset=UTF-8"
"""As the vendor's own client reads it."""
_LETTERS: Final = 8
_ALPHABET: Final = 26


def answered(ask: Ask, data: Any, *, message: str = MESSAGES[OK]) -> Reply:
    """Return an answer that succeeded."""
    return _reply(ask, OK, data, message)


def refused(ask: Ask, code: int) -> Refused:
    """Return a refusal by its code."""
    return Refused(_reply(ask, code, None, MESSAGES[code]))


def fault(faulted: Faulted, ask: Ask) -> Reply:
    """Return what happened by its code; too many requests tell when to come back."""
    reply = _reply(ask, CODES[faulted.fault], None, MESSAGES[CODES[faulted.fault]])
    wait = faulted.retry_after_s
    return reply if wait is None else msgspec.structs.replace(reply, headers={"Retry-After": str(wait)})


def _reply(ask: Ask, code: int, data: Any, message: str) -> Reply:
    body = {
        "code": code,
        "data": data,
        "requestId": request_id(ask),
        "resultMsg": message,
        "errorStackTrace": None,
    }
    return Reply(body=body, content_type=UTF_8)


def request_id(ask: Ask) -> str:
    """Return eight letters that name the request: other ones for another request, another moment, another caller."""
    told = repr((ask.method, ask.path, ask.parameters, ask.body, ask.now, ask.headers.get("signature")))
    digest = blake2b(told.encode("utf-8", "surrogatepass"), digest_size=_LETTERS).digest()
    return "".join(chr(ord("A") + byte % _ALPHABET) for byte in digest)
