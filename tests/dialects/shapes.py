"""The type of every field of every dialect, as the contracts tell it: integers, texts, and where null may stand."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

Check = Callable[[Any], bool]
Shape = Check | Mapping[str, Any] | list[Any]


def of(*types: type) -> Check:
    """Return the check that a value is exactly of one of *types*: no flag is a number."""
    return lambda value: type(value) in types


def spelled(pattern: str) -> Check:
    """Return the check that a value is a text like *pattern*."""
    return lambda value: isinstance(value, str) and re.fullmatch(pattern, value) is not None


def either(*shapes: Shape) -> Check:
    """Return the check that a value has one of *shapes*."""
    return lambda value: any(not list(wrong(shape, value)) for shape in shapes)


def with_more(shape: Mapping[str, Any]) -> Check:
    """Return the check that an object has at least these members: what a vendor sent comes back as it was sent."""
    return lambda value: (
        isinstance(value, dict)
        and not list(wrong(shape, {name: inner for name, inner in value.items() if name in shape}))
    )


def with_some(shape: Mapping[str, Any], others: Mapping[str, Any]) -> Check:
    """Return the check that an object has these members, and of *others* any."""
    return lambda value: (
        isinstance(value, dict)
        and not list(wrong({**{name: others[name] for name in value if name in others}, **shape}, value))
    )


def wrong(shape: Shape, value: Any, at: str = "") -> Iterator[str]:
    """Yield where *value* is not of *shape*; an object has these members and no others."""
    if isinstance(shape, Mapping):
        if not isinstance(value, dict) or value.keys() != shape.keys():
            yield f"{at} is {value!r:.200}"
            return
        for name, inner in shape.items():
            yield from wrong(inner, value[name], f"{at}.{name}")
    elif isinstance(shape, list):
        if not isinstance(value, list):
            yield f"{at} is {value!r:.200}"
            return
        for n, each in enumerate(value):
            yield from wrong(shape[0], each, f"{at}[{n}]")
    elif not shape(value):
        yield f"{at} is {value!r:.200}"


NONE: Final = of(type(None))
TEXT: Final = of(str)
MAYBE: Final = of(str, type(None))
INT: Final = of(int)
LONG: Final = of(int, type(None))
NUMBER: Final = of(int, float)
FLAG: Final = of(bool)
MAYBE_FLAG: Final = of(bool, type(None))
OBJECT: Final = of(dict)
ANY: Final[Check] = lambda _: True  # noqa: E731 - a row of the table
ISO_MS: Final = spelled(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
ISO: Final = spelled(r"\d{4}-\d\d-\d\d.*")
ISO_S: Final = spelled(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
UUID: Final = spelled("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
MS: Final[Check] = lambda value: type(value) is int and len(str(value)) == 13  # noqa: E731 - of our days
SECONDS: Final[Check] = lambda value: type(value) is int and len(str(value)) == 10  # noqa: E731


def among(*words: str | None) -> Check:
    """Return the check that a value is one of *words*."""
    return lambda value: value in words


def members(check: Shape, *names: str) -> Mapping[str, Shape]:
    """Return these members, all alike."""
    return dict.fromkeys(names, check)


ROBOTAPPEL: Final[Shape] = {
    **members(TEXT, "callSid", "clientOrgId", "status", "clean_interraction"),
    **members(MAYBE, "batchId", "batchName", "from", "to", "ended_status", "record_url", "summary", "notes"),
    **members(ISO_MS, "createdAt", "sendDate"),
    "duration": NUMBER,
    "interraction": [{"user": among("assistant", "user"), "text": TEXT, "created_at": ISO_MS}],
    "qualification": of(dict, str, type(None)),
    "direction": among("inbound", "outbound", None),
}
BATCH: Final[Shape] = {
    **members(TEXT, "batchId", "clientOrgId"),
    "batchName": MAYBE,
    "direction": among("inbound", "outbound", None),
    "status": among("pending", "in_progress", "completed", "failed"),
    **members(ISO_MS, "createdAt", "sendDate"),
    **members(INT, "totalCalls", "completedCalls", "failedCalls", "pendingCalls"),
    **members(NUMBER, "averageCallDuration", "total_call_time"),
}

_NAMED: Final = members(TEXT, "full_name", "full_name_unsigned")
_USER: Final[Mapping[str, Shape]] = {**_NAMED, "note": TEXT, "tag": [{"name": TEXT}]}
_SEARCHED_USER: Final[Mapping[str, Shape]] = {**_NAMED, "_id": TEXT, "tags_view": [TEXT], "note_created_date": INT}
_TOLD: Final[Mapping[str, Shape]] = {**_USER, "email": TEXT}
_MAKER: Final[Mapping[str, Shape]] = {
    **members(TEXT, "id", "name", "contact_id", "uuid", "type"),
    **members(MAYBE, "avatar", "gender"),
}
_SCORES: Final = [{**members(TEXT, "criteria_id", "name"), "point": NUMBER}]
_EVALUATION: Final[Shape] = {
    **members(TEXT, "user_uuid", "comment"),
    "values": _SCORES,
    "average": NUMBER,
    "created_date": MS,
}
OMICALL: Final[Mapping[str, Shape]] = {
    **members(INT, "bill_sec", "record_seconds", "duration", "bill_sec_forward_out", "answer_sec"),
    **members(SECONDS, "time_start_to_answer", "time_start_call", "time_end_call"),
    **members(MS, "created_date", "last_updated_date"),
    **members(TEXT, "transaction_id", "source_number", "destination_number", "sip_user", "provider", "note"),
    **members(
        TEXT, "recording_file_voicemail", "hotline", "phone_number", "sip_number", "hangup_cause", "ivr", "tenant_id"
    ),
    "queue_destination": TEXT,
    "direction": among("inbound", "outbound", "local", ""),
    "disposition": among("answered", "cancelled"),
    **members(FLAG, "is_voicemail", "is_have_forward_out", "is_auto_call"),
    "recording_file": MAYBE,
    "call_out_price": NUMBER,
    "tag": [TEXT],
    "user": [either(_USER, _TOLD)],
    "create_by": either(NONE, _MAKER),
    "internal_destination": either(NONE, members(TEXT, "id", "contact_id", "name", "uuid", "extension", "type")),
    "customer": either(NONE, _NAMED),
    "evaluations": either(NONE, [_EVALUATION]),
    "total_evaluate": either(NONE, {"average": NUMBER, "total": INT}),
}
OMICALL_SEARCH: Final[Shape] = {
    **OMICALL,
    "_id": TEXT,
    **members(TEXT, "dial_status", "domain_fusion", "domain", "pbx_type", "sip_from_user", "nation"),
    **members(INT, "wait_sec", "hold_call_sec", "playback_seconds", "hangup_cause_q850"),
    "ms_time_start_to_answer": MS,
    "time_start_media": SECONDS,
    **members(FLAG, "is_stop_ivr", "is_deleted", "is_callbot", "is_ai", "is_trunk", "suspicious_checked"),
    **members(FLAG, "is_missed_call", "is_analyzed"),
    "rtp_audio_in_mos": of(float),
    "user": [with_some(_SEARCHED_USER, _TOLD)],
    "create_by": either(NONE, members(TEXT, "id", "name", "contact_id", "type", "extension")),
    "customer": either(NONE, {**_NAMED, **members(TEXT, "_id", "uuid", "type", "extension")}),
}

TOOLZZ: Final[Shape] = {
    **members(TEXT, "message", "callId", "callName", "audioFileUrl", "agentRecordingUrl", "userRecordingUrl"),
    **members(TEXT, "endCallType", "phone", "summary", "dateFormatted"),
    **members(TEXT, "id"),
    "unityId": UUID,
    "botId": either(UUID, among("")),
    "successEvaluation": MAYBE_FLAG,
    "callType": among("web", "phone"),
    "duration": NUMBER,
    **members(TEXT, "durationFormatted", "callTime"),
    "callDate": ISO,
    **members(OBJECT, "costBreakdown", "dataStructure"),
    "totalCost": of(int, float, type(None)),
    "transcription": [
        with_more(
            {
                **members(TEXT, "id", "type", "content"),
                "role": among("assistant", "user"),
                "createdAt": NUMBER,
                "interrupted": FLAG,
            }
        )
    ],
    "metadata": with_more(
        {
            **members(with_more(members(TEXT, "id", "name")), "bot", "unit"),
            "institution": with_more({"id": TEXT}),
            **members(TEXT, "callTime", "environment"),
        }
    ),
    **members(ISO, "createdAt", "updatedAt"),
}

_SHARED: Final[Mapping[str, Shape]] = {
    "callRecordId": lambda value: type(value) is int and 0 <= value < 2**31,
    **members(MAYBE, "resultStatus", "intentLevel", "intentLevelName", "realIntentLevel", "realIntentLevelName"),
    **members(MAYBE, "fullAudioUrl", "customerAudioUrl"),
    **members(INT, "intentLevelTagId", "chatDuration", "chatRound", "redialTimes"),
    "robotCallJobId": LONG,
    "customerConcern": [TEXT],
    "analysisBasis": TEXT,
    "callDetailList": [{"text": TEXT, "type": among("ROBOT", "PERSON"), "callDetailId": INT}],
}
TANYI: Final[Shape] = {
    **_SHARED,
    **members(INT, "tenantId", "phoneNumberId"),
    **members(LONG, "dialogFlowId", "robotCallTaskId", "customerPersonId"),
    "calledPhoneNumber": MAYBE,
    "startTime": spelled(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"),
    "readStatus": among("NOT_READ", "HAS_READ"),
    "hangupBy": MAYBE,
}
TANYI_DETAIL: Final[Shape] = {
    **_SHARED,
    "startTime": spelled(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"),
    "endTime": either(NONE, spelled(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")),
    "attributes": of(list),
    "customerPerson": {
        **members(LONG, "customerPersonId", "tenantId", "customerGroupId"),
        **members(MAYBE, "name", "phoneNumber", "wechatNumber", "source", "customerGroupName", "lastIntentLevel"),
        "lastDialStatus": MAYBE,
        **members(MAYBE, "creationTime", "assignTime", "lastFollowTime", "lastStartTime"),
        "gender": TEXT,
        "properties": OBJECT,
        "lastChatDuration": INT,
    },
}

_CLINIC: Final[Shape] = {
    "id": INT,
    "name": MAYBE,
    **members(either(NONE, ISO_S), "created_at", "updated_at"),
}
ZENICALL: Final[Mapping[str, Shape]] = {
    "id": INT,
    "external_call_id": TEXT,
    **members(MAYBE, "caller_first_name", "caller_last_name", "summary", "audio_recording_url"),
    "caller_phone_number": lambda value: isinstance(value, str) and len(value) <= 30,
    "call_started_at": ISO_S,
    "reason_for_call": among(
        *("New Appointment", "Cancellation", "Reschedule", "General Message", "Emergency", "Other", None)
    ),
    "status": among("New", "In Progress", "Done", "Archived"),
    "clinic": _CLINIC,
}
ZENICALL_DETAIL: Final[Shape] = {
    **ZENICALL,
    "is_existing_patient": MAYBE_FLAG,
    "call_ended_at": either(NONE, ISO_S),
    "call_duration_seconds": of(float),
    "callback_preference": among("Morning", "Afternoon", "Evening", "Anytime", None),
    **members(MAYBE, "detailed_reason", "preferred_dentist", "ended_reason", "transcript_text"),
    "cost": either(NONE, spelled(r"-?\d+\.\d{5}")),
    **members(ANY, "full_conversation_json", "raw_structured_data"),
    "created_at": ISO_S,
    "updated_at": either(NONE, ISO_S),
    "updated_by": ANY,
}
