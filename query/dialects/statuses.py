"""Which HTTP status and headers a fault has, in the dialects that tell by status."""

from collections.abc import Mapping
from typing import Final

from query.dialects.dialect import Fault, Faulted

STATUS: Final[Mapping[Fault, int]] = {
    Fault.NO_KEY: 401,
    Fault.WRONG_KEY: 401,
    Fault.EXPIRED: 401,
    Fault.SCOPE: 403,
    Fault.SWITCHED_OFF: 404,
    Fault.NO_PATH: 404,
    Fault.METHOD: 405,
    Fault.BAD_URL: 403,
    Fault.URL_EXPIRED: 410,
    Fault.TOO_LARGE: 413,
    Fault.TOO_MANY: 429,
    Fault.TOO_SLOW: 503,
    Fault.AWAY: 503,
    Fault.INTERNAL: 500,
}
KEYS: Final = frozenset({Fault.NO_KEY, Fault.WRONG_KEY, Fault.EXPIRED})
"""Faults of who asks: told alike, so that nobody learns which tokens there were."""


def headers(faulted: Faulted) -> Mapping[str, str]:
    """Return the headers that HTTP wants beside a status."""
    match faulted.fault:
        case Fault.NO_KEY | Fault.WRONG_KEY | Fault.EXPIRED:
            return {"WWW-Authenticate": "Bearer"}
        case Fault.METHOD:
            return {"Allow": faulted.detail}
        case _ if faulted.retry_after_s is not None:
            return {"Retry-After": str(faulted.retry_after_s)}
        case _:
            return {}
