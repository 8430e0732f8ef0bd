"""OMICall's registry of receivers: it keeps and lists them; nothing is sent to them yet."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from query.dialects.columns import TEXT, list_schema, member_schema
from query.dialects.dialect import Asked, Reply
from query.dialects.omicall import envelope
from query.dialects.omicall.envelope import failed
from query.dialects.omicall.questions import body_of
from schemas.register import Hook

KINDS: Final = ("call", "contact")
EVENTS: Final = ("ringing", "answered", "hangup")
LONGEST_URL: Final = 2000  # characters: no browser and no proxy takes much more
SCHEMA: Final = list_schema(member_schema({"url": TEXT, "type": {"enum": list(KINDS)}, "status": TEXT}))


async def registered(asked: Asked) -> Reply:
    """Answer with all receivers."""
    return await _all(asked)


async def register(asked: Asked) -> Reply:
    """Keep a receiver, in place of another of its type; answer with all."""
    await asked.shelf.put_hook(read(body_of(asked.ask)))
    return await _all(asked)


async def destroy(asked: Asked) -> Reply:
    """Forget the receivers of a type."""
    kind = asked.ask.one("hook_type")
    if kind is None:
        raise failed("data_is_required", "Send the type as ?hook_type=.")
    if kind not in KINDS:
        raise failed("data_invalid", f"`hook_type` is one of {', '.join(KINDS)}.")
    await asked.shelf.remove_hooks(kind)
    return await _all(asked)


def read(body: Mapping[str, Any]) -> Hook:
    """Return the receiver that a body means; raise `Refused` of a wrong one."""
    told = body.get("webhook")
    if not isinstance(told, Mapping) or not told.get("type") or not told.get("url"):
        raise failed("data_is_required", "Send `webhook` with a `type` and a `url`.")
    kind, url, events = told["type"], told["url"], told.get("events")
    if kind not in KINDS:
        raise failed("data_invalid", f"`type` is one of {', '.join(KINDS)}.")
    if not isinstance(url, str) or not url.startswith("https://") or len(url) > LONGEST_URL:
        raise failed("data_invalid", "`url` must begin with https://.")
    return Hook(kind=kind, url=url, events=None if events is None else _events(events))


def _events(told: object) -> tuple[str, ...]:
    if not isinstance(told, Sequence) or isinstance(told, str) or any(each not in EVENTS for each in told):
        raise failed("data_invalid", f"`events` is a list of {', '.join(EVENTS)}, or null.")
    return tuple(told)


async def _all(asked: Asked) -> Reply:
    hooks = await asked.shelf.hooks()
    return envelope.success([{"url": hook.url, "type": hook.kind, "status": "actived"} for hook in hooks])
