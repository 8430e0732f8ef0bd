"""Who asks: an access token from `/api/auth`, or the key itself as a bearer token or in `x-api-key`."""

from typing import Final

from query.auth import Caller
from query.dialects.dialect import Ask, Fault, Faulted, Keys, Reply
from query.dialects.omicall import envelope, tokens

NAME: Final = "omicall"
UNKNOWN: Final = "api_key_invalid"
"""The word for a key that is none, in the query or in `x-api-key`; a wrong bearer token has another."""
_PARAMETER: Final = "apikey"
"""Its clients spell it in several ways."""


def authenticate(ask: Ask, keys: Keys) -> Caller:
    """Return who asks; of several credentials the first that holds."""
    sent = [text for text in (_bearer(ask), ask.headers.get("x-api-key", "").strip()) if text]
    if not sent:
        raise Faulted(Fault.NO_KEY, "Ask /api/auth for a token, and send it as `Authorization: Bearer TOKEN`.")
    found = [_caller(text, keys) for text in sent]
    held = next((caller for caller, fault in found if fault is None and caller is not None), None)
    if held is not None:
        return held
    fault = found[0][1] or Fault.WRONG_KEY
    if fault is Fault.WRONG_KEY and not _bearer(ask):
        raise envelope.unauthorised(UNKNOWN, "This key is unknown.")
    raise Faulted(fault, _WHY[fault])


async def token(ask: Ask, keys: Keys) -> Reply:
    """Answer with an access token for the key in the query; bearer token and body are not looked at."""
    sent = next((text for name, text in reversed(ask.parameters) if name.lower() == _PARAMETER and text.strip()), None)
    if sent is None:
        raise envelope.failed("api_key_is_required", "Send the key as ?apiKey=.")
    caller = keys.by_token(sent.strip())
    if caller is None:
        raise envelope.unauthorised(UNKNOWN, "This key is unknown.")
    if _expired(caller, keys):
        raise Faulted(Fault.EXPIRED, _WHY[Fault.EXPIRED])
    if NAME in caller.key.dialect.off:
        raise Faulted(Fault.SWITCHED_OFF, "This dialect is switched off for this key.")
    given = tokens.token(caller.key, now=keys.now, signing_key=keys.signing_key)
    return envelope.success({"access_token": given, "access_type": "normal", "token_type": "Bearer"})


def _bearer(ask: Ask) -> str:
    scheme, _, text = ask.headers.get("authorization", "").strip().partition(" ")
    return text.strip() if scheme.lower() == "bearer" else ""


def _caller(text: str, keys: Keys) -> tuple[Caller | None, Fault | None]:
    """Return whose credential it is, and what is wrong with it."""
    told = tokens.access(text, signing_key=keys.signing_key) if text.startswith(tokens.PREFIX) else None
    caller = keys.by_token(text) if told is None else keys.by_id(told.key)
    if caller is None or (told is not None and not told.opens(caller.key)):
        return None, Fault.WRONG_KEY
    over = told is not None and keys.now.timestamp() >= told.until
    return caller, Fault.EXPIRED if over or _expired(caller, keys) else None


def _expired(caller: Caller, keys: Keys) -> bool:
    return caller.key.expires_at is not None and keys.now >= caller.key.expires_at


_WHY: Final = {
    Fault.WRONG_KEY: "This token or key is unknown; ask /api/auth for another.",
    Fault.EXPIRED: "This token has expired; ask /api/auth for another.",
}
