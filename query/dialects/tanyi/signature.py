"""Who asks, by the vendor's signature over the key, its secret and the moment; body and path are not signed."""

from datetime import UTC, datetime, timedelta
from hashlib import blake2b, sha256
from hmac import compare_digest
from typing import Final

from query.auth import Caller
from query.dialects.dialect import Ask, Asked, Fault, Faulted, Keys
from query.dialects.tanyi.envelope import refused
from query.dialects.tanyi.words import UNSIGNED

VERSION: Final = "v1"
"""Where the header is absent: the docs' picture of the headers lacks it."""
LONGEST_TIMESTAMP: Final = 15  # digits; more is no moment of this age
SECONDS: Final = 10**11  # a smaller number counts seconds


def signature(*, app_key: str, secret: str, tenant_sign: str, version: str, timestamp: str) -> str:
    """Return what the vendor's client signs with, in lower case."""
    told = (
        f"{tenant_sign}appKey={app_key}&appSecret={secret}&tenantSign={tenant_sign}"
        f"&version={version}&timestamp={timestamp}"
    )
    return sha256(told.encode("utf-8", "surrogatepass")).hexdigest()


def authenticate(ask: Ask, keys: Keys) -> Caller:
    """Return whose signature it is, made within the window; raise `Faulted`."""
    app_key, timestamp = ask.headers.get("appkey", ""), ask.headers.get("timestamp", "").strip()
    given = ask.headers.get("signature", "").strip()
    if not (app_key and timestamp and given):
        raise Faulted(Fault.NO_KEY)
    caller = keys.by_app_key(app_key)
    secret = caller.key.dialect.tanyi_secret if caller else None
    if caller is None or not secret:
        raise Faulted(Fault.WRONG_KEY)
    wanted = signature(
        app_key=app_key,
        secret=secret,
        tenant_sign=caller.key.dialect.tanyi_tenant_sign or caller.tenant.id,
        version=ask.headers.get("version", "") or VERSION,
        timestamp=timestamp,
    )
    if not compare_digest(wanted.encode(), given.lower().encode("utf-8", "surrogatepass")):
        raise Faulted(Fault.WRONG_KEY)
    if not _within(caller, timestamp, now=ask.now):
        raise Faulted(Fault.WRONG_KEY)
    if caller.key.expires_at is not None and keys.now >= caller.key.expires_at:
        raise Faulted(Fault.EXPIRED)
    return caller


def _within(caller: Caller, timestamp: str, *, now: datetime) -> bool:
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= LONGEST_TIMESTAMP):
        return False
    told = int(timestamp)
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=told * 1000 if told < SECONDS else told)
    minutes = caller.key.dialect.tanyi_window_minutes
    return minutes <= 0 or abs(now - at) <= timedelta(minutes=minutes)


async def first_time(asked: Asked) -> None:
    """Return if this very request was not seen within the window; refuse a replay."""
    minutes = asked.key.dialect.tanyi_window_minutes
    if minutes <= 0:
        return
    ask = asked.ask
    told = repr((ask.method, ask.path, ask.parameters, ask.body, ask.headers["signature"].strip().lower()))
    name = blake2b(told.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
    # A clock that is ahead may be believed twice as long as the window is.
    if not await asked.shelf.once(f"tanyi:{name}", seconds=2 * 60 * minutes):
        raise refused(ask, UNSIGNED)
