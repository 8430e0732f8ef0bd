"""Callers that prove who they are by `Authorization: Bearer TOKEN`."""

from query.auth import Caller
from query.dialects.dialect import Ask, Fault, Faulted, Keys


def bearer(ask: Ask, keys: Keys) -> Caller:
    """Return whose token the request bears; raise `Faulted` with NO_KEY, WRONG_KEY or EXPIRED."""
    scheme, _, rest = ask.headers.get("authorization", "").partition(" ")
    token = rest.strip() if scheme.lower() == "bearer" else ""
    if not token:
        raise Faulted(Fault.NO_KEY, "Send `Authorization: Bearer TOKEN`.")
    caller = keys.by_token(token)
    if caller is None:
        raise Faulted(Fault.WRONG_KEY, "This token is unknown.")
    expires = caller.key.expires_at
    if expires is not None and keys.now >= expires:
        raise Faulted(Fault.EXPIRED, "This token has expired.")
    return caller
