"""Vapi's envelope, which arrives from Vapi itself and from products built on it: identity, and secrets to cut out."""

from typing import Any, Final

import msgspec

from ingest.cut import EACH, Cut
from ingest.errors import Unreadable
from ingest.reading import call_id_of, decoded, text_of
from ingest.source import Identity, Received

ENVELOPE: Final = "message"
REPORT: Final = "end-of-call-report"
STATUS: Final = "status-update"
_SAYS_NOTHING: Final = frozenset(
    {
        "assistant-request",
        "assistant.speechStarted",
        "assistant.started",
        "conversation-update",
        "function-call",
        "handoff-destination-request",
        "hang",
        "language-change-detected",
        "language-changed",
        "model-output",
        "phone-call-control",
        "speech-update",
        "tool-calls",
        "transcript",
        'transcript[transcriptType="final"]',
        "transfer-destination-request",
        "user-interrupted",
        "voice-input",
    },
)


class _Call(msgspec.Struct):
    id: Any = None


class _Message(msgspec.Struct):
    type: Any = None
    call: _Call | None = None
    status: Any = None
    timestamp: Any = None


class _Body(msgspec.Struct):
    message: _Message


_FACTS: Final = _Message.__struct_fields__
_peek: Final = msgspec.json.Decoder(_Body).decode
_facts: Final = msgspec.json.Decoder(_Message).decode
_encode: Final = msgspec.json.Encoder().encode


def identify(received: Received) -> Identity | None:
    """Return call and event by type, status or time: Vapi has no delivery id, and each attempt has other bytes."""
    message = _message(received)
    event = text_of(message.type)
    if event is None:
        raise Unreadable("There is no event type at message.type.")
    if event in _SAYS_NOTHING:
        return None
    call_id = message.call and message.call.id
    if event != REPORT and text_of(call_id) is None:
        return None
    call = call_id_of(call_id, "message.call.id")
    return Identity(call_id=call, event_id="/".join((call, event, *_which(event, message))), event_type=event)


def _message(received: Received) -> _Message:
    """Return the three facts; from the members that will be cut anyway, where the body is of the usual shape."""
    members = decoded(lambda _body: received.opened(ENVELOPE), received.body)
    if members is None:
        return decoded(_peek, received.body).message
    return decoded(_facts, _encode({name: members[name] for name in _FACTS if name in members}))


def _which(event: str, message: _Message) -> tuple[str, ...]:
    """Return what tells events of one type apart: nothing for the report, of which there is one a call."""
    if event == REPORT:
        return ()
    text = text_of(message.status if event == STATUS else message.timestamp)
    return () if text is None else (text,)


_OBJECT: Final = (ENVELOPE,)
_CALL: Final = (ENVELOPE, "call")
_LISTS: Final = ("messages", "messagesOpenAIFormatted")
_TEXTS: Final = ("message", "content")
_ROLE: Final = ("role", "system")
_OTHERS: Final = ("assistant", "bot", "function", "tool", "tool_call_result", "tool_calls", "user")
_TWILIO: Final = ("twilioAccountSid", "twilioAuthToken", "twilioApiKey", "twilioApiSecret")
_ARTIFACT_LISTS: Final = (*((name,) for name in _LISTS), ("nodes", EACH, "messages"), ("transfers", EACH, "messages"))


def _cuts_of(place: tuple[str, ...]) -> tuple[Cut, ...]:
    """Return what is cut in the message, and in the copy of the call in it, which repeats most of its parts."""
    lists = (*((name,) for name in _LISTS), *(("artifact", *path) for path in _ARTIFACT_LISTS))
    return (
        # The prompt; what the bot said and heard stays.
        *(Cut(path=(*place, *path, EACH), names=_TEXTS, where=_ROLE, beside=_OTHERS) for path in lists),
        # Prompts, tools, servers and their credentials.
        Cut(path=(*place, "assistant"), keep=("id", "name")),
        Cut(path=(*place, "squad"), keep=("id", "name")),
        Cut(path=(*place, "workflow"), keep=("id", "name")),
        Cut(
            path=(*place, "phoneNumber"),
            names=(*_TWILIO, "authentication", "server"),
        ),
    )


CUTS: Final = (
    *_cuts_of(_OBJECT),
    *_cuts_of(_CALL),
    Cut(path=(*_CALL, "monitor"), keep=()),
    Cut(path=(*_CALL, "assistantOverrides"), names=("model", "server", "credentials", "tools:append", "hooks")),
    Cut(path=(*_CALL, "squadOverrides"), keep=("variableValues", "metadata")),
    Cut(path=(*_CALL, "workflowOverrides"), keep=("variableValues", "metadata")),
)
