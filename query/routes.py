"""The route table of the native API: each row's method, path, scope and endpoint."""

from collections.abc import Callable
from datetime import datetime

from query.analytics import Analytics
from query.auth import Keyring, Scope
from query.batches import Batches
from query.calls import Calls
from query.edge import LONGEST_CHANGE_S, Endpoint
from query.edits import Edits
from query.erasures import Erasures
from query.exports import Exports
from query.live import Live
from query.me import me
from query.reading import Reading
from query.scores import Scores
from query.stores import Stores


def endpoints(
    stores: Stores,
    *,
    exports: Exports,
    keyring: Keyring,
    clock: Callable[[], datetime],
    signing_key: bytes,
) -> tuple[Endpoint, ...]:
    """Return the table; rows of one path stand together, the more special path first."""
    calls = Calls(reader=stores.reader, signing_key=signing_key)
    edits = Edits(reader=stores.reader, editor=stores.editor)
    reading = Reading(reader=stores.reader, events=stores.events)
    scores = Scores(reader=stores.reader, editor=stores.editor, criteria=stores.criteria, clock=clock)
    analytics = Analytics(reports=stores.reports, clock=clock)
    batches = Batches(batches=stores.batches, signing_key=signing_key)
    erasures = Erasures(eraser=stores.eraser)
    live = Live(feed=stores.feed, keyring=keyring, signing_key=signing_key)
    read, write, erase, export = Scope.READ, Scope.WRITE, Scope.ERASE, Scope.EXPORT
    one = "/v1/calls/{id}"
    return (
        Endpoint("GET", "/v1/calls", calls.page, read, "List calls."),
        Endpoint("POST", "/v1/calls/search", calls.search, read, "Search calls by nested conditions."),
        Endpoint("POST", "/v1/calls/bulk", edits.bulk, write, "Edit many calls.", longest_s=LONGEST_CHANGE_S),
        Endpoint("GET", one, calls.one, read, "Read one call."),
        Endpoint("PATCH", one, edits.patch, write, "Edit one call."),
        Endpoint("DELETE", one, erasures.call, erase, "Erase one call for good.", longest_s=LONGEST_CHANGE_S),
        Endpoint("GET", f"{one}/transcript", reading.transcript, read, "Read what was said."),
        Endpoint("GET", f"{one}/recordings/{{channel}}", reading.recording, read, "Fetch a recording."),
        Endpoint("GET", f"{one}/events", reading.events, read, "List the webhooks that told of a call."),
        Endpoint("GET", f"{one}/events/{{event_id:path}}", reading.event, read, "Read one webhook as it came."),
        Endpoint("GET", f"{one}/history", edits.history, read, "Who changed what on a call."),
        Endpoint("POST", f"{one}/evaluations", scores.evaluate, write, "Score a call."),
        Endpoint("GET", "/v1/criteria", scores.criteria, read, "List what calls are scored by."),
        Endpoint("POST", "/v1/criteria", scores.add, write, "Add a criterion."),
        Endpoint("PATCH", "/v1/criteria/{id}", scores.change, write, "Change a criterion."),
        Endpoint("DELETE", "/v1/criteria/{id}", scores.remove, write, "Remove a criterion."),
        Endpoint("POST", "/v1/analytics", analytics.report, read, "Report by groups and time."),
        Endpoint("GET", "/v1/batches", batches.list, read, "List batches."),
        Endpoint("GET", "/v1/batches/{id:path}", batches.one, read, "Read one batch."),
        Endpoint("POST", "/v1/erasures", erasures.number, erase, "Erase a number.", longest_s=LONGEST_CHANGE_S),
        Endpoint("POST", "/v1/exports", exports.order, export, "Order a file."),
        Endpoint("GET", "/v1/exports/{id}", exports.status, export, "How far a file is."),
        Endpoint("GET", "/v1/exports/{id}/{name}", exports.file, None, "Fetch a file by its signed URL.", open=True),
        Endpoint("GET", "/v1/live", live.stream, read, "Watch calls as they change."),
        Endpoint("GET", "/v1/me", me, None, "What this key is."),
    )
