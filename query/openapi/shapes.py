"""JSON schemas of what the API takes and gives, made from the tables of fields, filters, measures and views."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from query import changes
from query.analytics import MEASURES, MOST_GROUPS
from query.buckets import Interval
from query.changes import INTENT, LONGEST_TAG, MOST_TAGS
from query.edits import MOST_CHANGED
from query.exports import MOST_IDS
from query.fields import FIELDS
from query.formats import FORMATS
from query.kinds import LARGEST, Kind
from query.listing import INCLUDES, MOST_ROWS, ORDERS
from query.problems import Problem
from query.snippets import MOST_MATCHES
from query.views import CHOOSABLE, EXPORTABLE
from schemas.export import Status
from schemas.query import Op
from schemas.report import Group
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

Schema = dict[str, Any]

_OURS: Final = Problem.__module__

TEXT: Final[Schema] = {"type": "string"}
FLAG: Final[Schema] = {"type": "boolean"}
NUMBER: Final[Schema] = {"type": "number"}
INTEGER: Final[Schema] = {"type": "integer"}
ANYTHING: Final[Schema] = {}
TIME: Final[Schema] = {"type": "string", "format": "date-time", "description": "UTC with milliseconds."}
AMOUNT: Final[Schema] = {"type": "string", "pattern": r"^-?[0-9]+\.[0-9]{6}$"}


RANGE: Final = {"minimum": -LARGEST, "maximum": LARGEST}
_POINT: Final = NUMBER | {"minimum": -changes.LARGEST, "maximum": changes.LARGEST}


def words(known: Iterable[str]) -> Schema:
    """Return the schema of a closed word."""
    return {"type": "string", "enum": [str(word) for word in known]}


def or_null(schema: Schema) -> Schema:
    """Return *schema* with null beside it."""
    if "enum" in schema:
        return schema | {"type": ["string", "null"], "enum": [*schema["enum"], None]}
    return schema | {"type": [schema["type"], "null"]} if "type" in schema else {"anyOf": [schema, {"type": "null"}]}


def listed(schema: Schema, **bounds: int) -> Schema:
    """Return the schema of a list."""
    return {"type": "array", "items": schema, **bounds}


def members(properties: Mapping[str, Schema], *, required: Iterable[str] | None = None, open_: bool = False) -> Schema:
    """Return the schema of an object; all members are required unless told otherwise, no others are allowed."""
    needed = list(properties) if required is None else list(required)
    schema: Schema = {"type": "object", "properties": dict(properties), "additionalProperties": open_}
    return schema | ({"required": needed} if needed else {})


def by_name(schema: Schema) -> Schema:
    """Return the schema of an object whose members' names are open."""
    return {"type": "object", "additionalProperties": schema}


def ref(name: str) -> Schema:
    """Return a reference to a schema of this document."""
    return {"$ref": f"#/components/schemas/{name}"}


_MAYBE_TEXT: Final = or_null(TEXT)
_ID_NAME: Final = members({"id": _MAYBE_TEXT, "name": _MAYBE_TEXT})

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
    **dict.fromkeys(("from", "to", "customer_number", "line_number", "from_e164", "to_e164"), _MAYBE_TEXT),
    **dict.fromkeys(("customer_e164", "extension", "end_reason", "summary", "title"), _MAYBE_TEXT),
    **dict.fromkeys(("queue", "carrier", "reason_detail", "preferred_person", "note", "env"), _MAYBE_TEXT),
    "transcript": _MAYBE_TEXT,
    **dict.fromkeys(("started_at", "answered_at", "ended_at"), or_null(TIME)),
    **dict.fromkeys(("created_at", "updated_at"), TIME),
    "talk_s": NUMBER,
    **dict.fromkeys(("duration_s", "record_s", "wait_s", "hold_s"), or_null(NUMBER)),
    **dict.fromkeys(("rounds", "redials", "task_id"), or_null(INTEGER)),
    **dict.fromkeys(("read", "has_recording", "has_transcript"), FLAG),
    **dict.fromkeys(("success", "is_voicemail", "is_auto_call", "existing_patient"), or_null(FLAG)),
    "agent": or_null(
        members({**dict.fromkeys(("id", "name", "email"), _MAYBE_TEXT), "kind": or_null(words(AgentKind))})
    ),
    "batch": or_null(_ID_NAME),
    "unit": or_null(
        members(
            {
                **dict.fromkeys(("id", "name"), _MAYBE_TEXT),
                **dict.fromkeys(("created_at", "updated_at"), or_null(TIME)),
            }
        )
    ),
    "cost": or_null(members({"total": AMOUNT, "currency": TEXT, "parts": by_name(AMOUNT)})),
    "tags": listed(members({"id": TEXT, "name": TEXT})),
    "recording": members(dict.fromkeys(("full", "customer", "agent", "voicemail"), _MAYBE_TEXT)),
    "forward": or_null(members({"out": or_null(FLAG), "bill_s": or_null(NUMBER)})),
    "intent": or_null(members(dict.fromkeys(INTENT, _MAYBE_TEXT))),
    "concerns": listed(TEXT),
    "customer": or_null(
        members(
            {
                **dict.fromkeys(("id", "number", "first", "last", "full", "email"), _MAYBE_TEXT),
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
_ID: Final[Schema] = {"type": ["string", "integer"], "description": "A call's uid or number."}
_ANY_ID: Final[Schema] = {"description": "A call's uid or number; what is neither is 422 in its own row."}


def _operand(kind: Kind) -> Schema:
    """Return the schema of a value that a field of *kind* is compared with."""
    plain: dict[str, Schema] = {
        "integer": INTEGER | RANGE,
        "flag": FLAG,
        "time": TIME,
        "number": NUMBER | RANGE,
        "money": {"anyOf": [NUMBER | RANGE, {"type": "string", "pattern": r"^-?[0-9]{1,12}(\.[0-9]{1,6})?$"}]},
    }
    return words(kind.words) if kind.words else plain.get(kind.name, TEXT)


def _conditions() -> list[Schema]:
    """Return one schema for all fields of a kind and the operators whose value has one shape."""
    kinds = {(row.kind.name, row.kind.words, row.kind.operators): row.kind for row in FIELDS.values()}
    return [shape for key, kind in kinds.items() for shape in _of_kind(kind, key)]


def _of_kind(kind: Kind, key: tuple[object, ...]) -> Iterable[Schema]:
    rows = ((field.value, row.kind) for field, row in FIELDS.items())
    fields = [name for name, each in rows if (each.name, each.words, each.operators) == key]
    value = _operand(kind)
    shapes: dict[Op, Schema] = {Op.EXISTS: FLAG, Op.IN: listed(value)}
    alone = [op for op in kind.operators if op in shapes]
    rest = sorted(op.value for op in kind.operators if op not in shapes)
    yield members({"field": words(fields), "op": words(rest), "value": value})
    yield from (members({"field": words(fields), "op": words([op]), "value": shapes[op]}) for op in sorted(alone))


def _subclasses(of: type[Problem]) -> Iterable[type[Problem]]:
    for each in of.__subclasses__():
        yield each
        yield from _subclasses(each)


def problems() -> Mapping[str, type[Problem]]:
    """Return every problem by its code."""
    every: list[type[Problem]] = [Problem, *_subclasses(Problem)]
    return {each.code: each for each in every if each.__module__ == _OURS}


def _call(names: Sequence[str]) -> Schema:
    return members({name: _SHOWN[name] for name in names})


_QUESTION: Final[dict[str, Schema]] = {
    "order": words(ORDERS),
    "limit": INTEGER | {"minimum": 1, "maximum": MOST_ROWS, "default": 50},
    "cursor": TEXT,
    "include_total": FLAG,
    "fields": listed(words(CHOOSABLE)),
    "include": listed(words(INCLUDES)),
}
_PATCH: Final[dict[str, Schema]] = {
    **dict.fromkeys(("summary", "note", "title"), _MAYBE_TEXT),
    "workflow": or_null(words(Workflow)),
    "reason": or_null(words(Reason)),
    **dict.fromkeys(("read", "success"), or_null(FLAG)),
    "tags": or_null(listed(TEXT | {"minLength": 1, "maxLength": LONGEST_TAG, "pattern": r"\S"}, maxItems=MOST_TAGS)),
    "intent": or_null(members(dict.fromkeys(INTENT, _MAYBE_TEXT), required=())),
}
_CRITERION: Final[dict[str, Schema]] = {
    "name": TEXT | {"minLength": 1, "pattern": r"\S"},
    "description": _MAYBE_TEXT,
    "scale": or_null(members({"min": or_null(_POINT), "max": or_null(_POINT)}, required=())),
    "weight": or_null(NUMBER | {"exclusiveMinimum": 0, "maximum": changes.LARGEST}),
}
_SCORE: Final[dict[str, Schema]] = {"criteria_id": TEXT, "point": _POINT}
_BATCH: Final[dict[str, Schema]] = {
    "id": TEXT,
    "name": _MAYBE_TEXT,
    "count": INTEGER,
    "outcomes": by_name(INTEGER),
    "cost": by_name(AMOUNT),
    "talk_s": NUMBER,
    **dict.fromkeys(("first_started_at", "last_started_at"), or_null(TIME)),
}

SCHEMAS: Final[dict[str, Schema]] = {
    "Problem": members(
        {
            "type": TEXT,
            "title": TEXT,
            "status": INTEGER,
            "code": words(problems()),
            "detail": TEXT,
            "field": TEXT,
            "nearest": TEXT,
            "known": listed(TEXT),
        },
        required=("type", "title", "status", "code", "detail"),
        open_=True,
    ),
    "ListedCall": members(
        {name: _SHOWN[name] for name in CHOOSABLE} | {"matches": listed(_MATCH, maxItems=MOST_MATCHES)},
        required=("uid", "number"),
    ),
    "Call": _call([*CHOOSABLE, "_id", "turns", "transcript", "extracted", "ext"]),
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
    "Calls": members({"calls": listed(ref("ListedCall")), "next_cursor": _MAYBE_TEXT, "total": or_null(INTEGER)}),
    "Filter": {
        "anyOf": [
            *_conditions(),
            members({"all": listed(ref("Filter"))}),
            members({"any": listed(ref("Filter"))}),
            members({"not": ref("Filter")}),
        ]
    },
    "Search": members({"filter": or_null(ref("Filter"))} | {k: or_null(v) for k, v in _QUESTION.items()}, required=()),
    "Patch": members(_PATCH, required=()),
    "Bulk": {
        "oneOf": [
            members({"ids": listed(_ANY_ID, maxItems=MOST_CHANGED), "patch": ref("Patch")}),
            members({"filter": ref("Filter"), "patch": ref("Patch")}),
        ]
    },
    "BulkResults": members({"results": listed(members({"id": ANYTHING, "status": INTEGER, "error": _MAYBE_TEXT}))}),
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
    "History": members(
        {"history": listed(members({"at": TIME, "key": TEXT, "field": TEXT, "from": ANYTHING, "to": ANYTHING}))}
    ),
    "NewCriterion": members(_CRITERION, required=("name",)),
    "CriterionPatch": members(_CRITERION, required=()),
    "Criterion": members(
        {
            "id": TEXT,
            "name": TEXT,
            "description": _MAYBE_TEXT,
            "scale": members({"min": NUMBER, "max": NUMBER}),
            "weight": NUMBER,
            "created_at": TIME,
        }
    ),
    "Criteria": members({"criteria": listed(ref("Criterion"))}),
    "NewEvaluation": members(
        {"user": _MAYBE_TEXT, "comment": _MAYBE_TEXT, "values": listed(members(_SCORE), minItems=1)},
        required=("values",),
    ),
    "Evaluation": members(
        {
            "id": TEXT,
            "user": TEXT,
            "comment": _MAYBE_TEXT,
            "values": listed(members(_SCORE | {"name": TEXT})),
            "avg": NUMBER,
            "at": TIME,
        }
    ),
    "ReportQuestion": members(
        {
            "measures": or_null(listed(words(MEASURES), minItems=1, uniqueItems=True)),
            "group_by": or_null(listed(words(Group), maxItems=MOST_GROUPS, uniqueItems=True)),
            "interval": or_null(words(Interval)),
            "time_zone": _MAYBE_TEXT,
            "filter": or_null(ref("Filter")),
        },
        required=(),
    ),
    "Report": members({"rows": listed(by_name(ANYTHING))}),
    "NewExport": {
        "oneOf": [
            members(
                {
                    "format": words(FORMATS),
                    "columns": or_null(listed(words(EXPORTABLE), minItems=1)),
                    name: schema,
                },
                required=("format", name),
            )
            for name, schema in (("ids", listed(_ID, maxItems=MOST_IDS)), ("filter", ref("Filter")))
        ]
    },
    "Export": members(
        {
            "id": TEXT,
            "url": TEXT | {"format": "uri"},
            "expires_at": TIME,
            "status": words(Status),
            "format": words(FORMATS),
            "rows": INTEGER,
            "error": _MAYBE_TEXT,
        }
    ),
    "Batch": members(_BATCH),
    "Batches": members({"batches": listed(ref("Batch")), "next_cursor": _MAYBE_TEXT}),
    "NewErasure": members({"number": TEXT | {"minLength": 1, "maxLength": 200}}),
    "Erasure": members(
        {
            "erased": INTEGER,
            "tombstone": members({"id": TEXT, "erased_at": TIME}),
            "copies_end": members({"stream": TIME, "dead_letters": TIME}),
        }
    ),
    "Me": members(
        {
            "tenant": TEXT,
            "key": TEXT,
            "scopes": listed(TEXT),
            "requests_per_minute": or_null(INTEGER),
            "units": or_null(listed(TEXT)),
        }
    ),
}
"""Every shape by its name."""
