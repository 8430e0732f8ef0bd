"""What lies behind a call over HTTP: transcript, recordings, the webhooks as they came."""

import re
from collections.abc import Mapping
from typing import Final

from starlette.responses import RedirectResponse, Response

from query.asked import Asked, json_response
from query.calls import named
from query.metrics import ROWS
from query.problems import NotFound, unknown
from query.ranges import ranged
from query.transcripts import FORMATS
from query.views import instant
from schemas.raw import RawEvent
from schemas.words import RecordingChannel
from storage.flatten import to_time
from storage.ports.query import CallReader, EventReader

_TYPE: Final = re.compile(r"[ -~]+")  # what a header can hold


class Reading:
    """The endpoints that go behind one call."""

    def __init__(self, *, reader: CallReader, events: EventReader) -> None:
        """Find calls by *reader*, what lies behind them by *events*."""
        self._reader = reader
        self._events = events

    async def transcript(self, asked: Asked) -> Response:
        """Answer with what was said, in the format asked for."""
        wanted = asked.only(("format",)).get("format", "json")
        if wanted not in FORMATS:
            raise unknown(wanted, FORMATS, what="format", field="format")
        format_ = FORMATS[wanted]
        return Response(format_.write(await named(asked, self._reader)), media_type=format_.media_type)

    async def recording(self, asked: Asked) -> Response:
        """Answer with a recording that we keep, or send the caller to the platform's URL."""
        asked.only()
        channel = asked.part("channel")
        if channel not in list(RecordingChannel):
            raise unknown(channel, list(RecordingChannel), what="recording", field="channel")
        call = await named(asked, self._reader)
        media = await self._events.media(call.tenant, call.key, RecordingChannel(channel))
        if media is not None:
            headers = asked.request.headers
            # `If-Range` names a validator; we give none, so what it asks for is all of it.
            wanted = None if "if-range" in headers else headers.get("range")
            return ranged(media.content, media_type=media.content_type, wanted=wanted)
        url = getattr(call.recording, channel)
        # What is no web address was sent by whoever sent the webhook: we send nobody there.
        if not url or not url.lower().startswith(("https://", "http://")):
            raise NotFound("This call has no such recording.")
        return RedirectResponse(url, 302)

    async def events(self, asked: Asked) -> Response:
        """Answer with what is known of the webhooks that told of a call, oldest first."""
        asked.only()
        call = await named(asked, self._reader)
        events = await self._events.events(call.tenant, call.key)
        ROWS.labels("/v1/calls/{id}/events").inc(len(events))
        return json_response({"events": [_event(each) for each in events]})

    async def event(self, asked: Asked) -> Response:
        """Answer with one webhook's body as it came, secrets cut out."""
        asked.only()
        call = await named(asked, self._reader)
        found = await self._events.event(call.tenant, call.key, asked.part("event_id"))
        if found is None:
            raise NotFound("This call has no such event, or it was kept no longer.")
        event, body = found
        # A sender's HTML must not run in the API's origin.
        headers = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox; default-src 'none'"}
        media_type = event.content_type if _TYPE.fullmatch(event.content_type) else "application/octet-stream"
        return Response(body, headers={"Content-Type": media_type, **headers})


def _event(event: RawEvent) -> Mapping[str, object]:
    return {
        "id": event.id,
        "version": event.version,
        "event_id": event.event_id,
        "event_type": event.event_type,
        "received_at": instant(to_time(event.received_at)),
        "content_type": event.content_type,
        "bytes": event.size,
        "connection": event.connection,
    }
