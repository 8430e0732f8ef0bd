"""Erasure over HTTP: one call, or every call of a person's number, for good."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from starlette.responses import Response

from query import changes
from query.asked import Asked, json_response
from query.calls import no_call
from query.problems import InvalidChange
from query.views import instant
from schemas.erasure import Erasure
from storage.ports.query import Eraser

LONGEST_NUMBER: Final = 200  # characters; a SIP address fits
STREAM_KEEPS: Final = timedelta(days=7)  # the events' topic and the journal
DEAD_LETTERS_KEEP: Final = timedelta(days=365)


class Erasures:
    """The endpoints that forget."""

    def __init__(self, *, eraser: Eraser) -> None:
        """Erase by *eraser*."""
        self._eraser = eraser

    async def call(self, asked: Asked) -> Response:
        """Erase one call."""
        asked.only()
        done = await self._eraser.erase(asked.tenant.id, asked.part("id"), units=asked.caller.units)
        if done is None:
            raise no_call()
        return json_response(_report(done))

    async def number(self, asked: Asked) -> Response:
        """Erase every call of a number."""
        asked.only()
        body = changes.members(await asked.json(), ("number",), where="an erasure")
        number = changes.string("number", body.get("number")).strip()
        if len(number) > LONGEST_NUMBER:
            raise InvalidChange(f"A number has at most {LONGEST_NUMBER} characters.", field="number")
        tenant = asked.tenant
        done = await self._eraser.erase_number(tenant.id, number, units=asked.caller.units, zone=tenant.time_zone)
        if done is None:
            raise InvalidChange("'number' must be a telephone number.", field="number")
        return json_response(_report(done))


def _report(done: Erasure) -> Mapping[str, Any]:
    """Return what was erased, and until when copies that nothing reads any more may exist."""
    return {
        "erased": done.erased,
        "tombstone": {"id": done.tombstone, "erased_at": instant(done.erased_at)},
        "copies_end": {
            "stream": instant(done.erased_at + STREAM_KEEPS),
            "dead_letters": instant(done.erased_at + DEAD_LETTERS_KEEP),
        },
    }
