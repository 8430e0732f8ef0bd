"""A call as it is shown, listed and spoken, and the webhooks that told of it."""

from typing import Final

from query.changes import INTENT
from query.openapi.schema import (
    AMOUNT,
    ANYTHING,
    FLAG,
    INTEGER,
    MAYBE_TEXT,
    NUMBER,
    TEXT,
    TIME,
    Schema,
    by_name,
    listed,
    members,
    or_null,
    ref,
    words,
)
from query.snippets import MOST_MATCHES
from query.views import CHOOSABLE
from schemas.words import (
    AgentKind,
    CallbackPref,
    Channel,
    Direction,
    EndedBy,
    Outcome,
    Platform,
    Reason,
    Role,
    Workflow,
)

_ID_NAME: Final = members({"id": MAYBE_TEXT, "name": MAYBE_TEXT})

_SHOWN: Final[dict[str, Schema]] = {
    **dict.fromkeys(("uid", "platform_call_id", "tenant_id", "_id"), TEXT),
    "number": INTEGER | {"minimum": 1_000_000_000},
    "platform": words(Platform),
    "direction": or_null(words(Direction)),
    "channel": or_null(words(Channel)),
    "outcome": or_null(words(Outcome)),
    "ended_by": or_null(words(EndedBy)),
    "reason": or_null(words(Reason)),
    "callback_pref": or_null(words(CallbackPref)),
    "workflow": words(Workflow),
    **dict.fromkeys(("from", "to", "customer_number", "line_number", "from_e164", "to_e164"), MAYBE_TEXT),
    **dict.fromkeys(("customer_e164", "extension", "end_reason", "summary", "title"), MAYBE_TEXT),
    **dict.fromkeys(("queue", "carrier", "reason_detail", "preferred_person", "note", "env"), MAYBE_TEXT),
    "transcript": MAYBE_TEXT,
    **dict.fromkeys(("started_at", "answered_at", "ended_at"), or_null(TIME)),
    **dict.fromkeys(("created_at", "updated_at"), TIME),
    "talk_s": NUMBER,
    **dict.fromkeys(("duration_s", "record_s", "wait_s", "hold_s"), or_null(NUMBER)),
    **dict.fromkeys(("rounds", "redials", "task_id"), or_null(INTEGER)),
    **dict.fromkeys(("read", "has_recording", "has_transcript"), FLAG),
    **dict.fromkeys(("success", "is_voicemail", "is_auto_call", "existing_patient"), or_null(FLAG)),
    "agent": or_null(
        members({**dict.fromkeys(("id", "name", "email"), MAYBE_TEXT), "kind": or_null(words(AgentKind))})
    ),
    "batch": or_null(_ID_NAME),
    "unit": or_null(
        members(
            {
                **dict.fromkeys(("id", "name"), MAYBE_TEXT),
                **dict.fromkeys(("created_at", "updated_at"), or_null(TIME)),
            }
        )
    ),
    "cost": or_null(members({"total": AMOUNT, "currency": TEXT, "parts": by_name(AMOUNT)})),
    "tags": listed(members({"id": TEXT, "name": TEXT})),
    "recording": members(dict.fromkeys(("full", "customer", "agent", "voicemail"), MAYBE_TEXT)),
    "forward": or_null(members({"out": or_null(FLAG), "bill_s": or_null(NUMBER)})),
    "intent": or_null(members(dict.fromkeys(INTENT, MAYBE_TEXT))),
    "concerns": listed(TEXT),
    "customer": or_null(
        members(
            {
                **dict.fromkeys(("id", "number", "first", "last", "full", "email"), MAYBE_TEXT),
                "group": or_null(_ID_NAME),
                "props": or_null(by_name(ANYTHING)),
            }
        )
    ),
    "evaluations": listed(ref("Evaluation")),
    "updated_by": or_null(members({"id": TEXT})),
    "turns": listed(ref("Turn")),
    "extracted": ANYTHING,
    "ext": by_name(ANYTHING),
}
"""Every field of a call, as it is shown."""

_MATCH: Final = members({"field": TEXT, "n": or_null(INTEGER), "snippet": TEXT})

CALLS: Final[dict[str, Schema]] = {
    "ListedCall": members(
        {name: _SHOWN[name] for name in CHOOSABLE} | {"matches": listed(_MATCH, maxItems=MOST_MATCHES)},
        required=("uid", "number"),
    ),
    "Call": members({name: _SHOWN[name] for name in (*CHOOSABLE, "_id", "turns", "transcript", "extracted", "ext")}),
    "Turn": members(
        {
            "n": INTEGER | {"minimum": 1},
            "role": words(Role),
            "text": TEXT,
            "at_ms": or_null(INTEGER),
            "offset_s": or_null(NUMBER),
            "interrupted": or_null(FLAG),
        }
    ),
    "Calls": members({"calls": listed(ref("ListedCall")), "next_cursor": MAYBE_TEXT, "total": or_null(INTEGER)}),
    "Transcript": members({"turns": listed(ref("Turn"))}),
    "Events": members(
        {
            "events": listed(
                members(
                    {
                        **dict.fromkeys(("id", "event_id", "event_type", "content_type", "connection"), TEXT),
                        **dict.fromkeys(("version", "bytes"), INTEGER),
                        "received_at": TIME,
                    }
                )
            )
        }
    ),
}
