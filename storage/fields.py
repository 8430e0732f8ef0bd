"""Where the stored document keeps what a condition can look at: one row a field, the same for every store."""

from collections.abc import Mapping
from typing import Final

from schemas.query import Field, Inner, OrderBy

PATHS: Final[Mapping[Field | Inner, str]] = {
    Field.PLATFORM: "platform",
    Field.DIRECTION: "direction",
    Field.CHANNEL: "channel",
    Field.OUTCOME: "outcome",
    Field.END_REASON: "end_reason",
    Field.AGENT: "agent.id",
    Field.UNIT: "unit.id",
    Field.BATCH: "batch.id",
    Field.EXTENSION: "extension",
    Field.LINE: "line_number",
    Field.CUSTOMER_NUMBER: "keys.customer",
    Field.FROM: "keys.from",
    Field.TO: "keys.to",
    Field.NUMBER: "number",
    Field.WORKFLOW: "workflow",
    Field.READ: "read",
    Field.SUCCESS: "success",
    Field.INTENT: "intent.level",
    Field.REASON: "reason",
    Field.TAG: "keys.tags",
    Field.HAS_RECORDING: "has_recording",
    Field.HAS_TRANSCRIPT: "has_transcript",
    Field.IS_VOICEMAIL: "is_voicemail",
    Field.TITLE: "title",
    Field.UID: "uid",
    Field.PLATFORM_CALL_ID: "platform_call_id",
    Field.SCORE: "score",
    Field.STARTED_AT: "started_at",
    Field.CREATED_AT: "created_at",
    Field.UPDATED_AT: "updated_at",
    Field.DURATION_S: "duration_s",
    Field.TALK_S: "talk_s",
    Field.COST: "cost.micros",
    Field.CURRENCY: "cost.currency",
    Field.ROUNDS: "rounds",
    Inner.TITLE_FOLDED: "keys.folded.title",
    Inner.AGENT_NAME_FOLDED: "keys.folded.agent_name",
    Inner.BATCH_NAME_FOLDED: "keys.folded.batch_name",
    Inner.SUMMARY_FOLDED: "keys.folded.summary",
    Inner.NOTE_FOLDED: "keys.folded.note",
    Inner.FIRST_NAME_FOLDED: "keys.folded.first_name",
    Inner.LAST_NAME_FOLDED: "keys.folded.last_name",
    Inner.CUSTOMER_NAME_FOLDED: "keys.folded.customer_name",
    Inner.CALL_ID_FOLDED: "keys.folded.call_id",
    Inner.DIGITS: "keys.folded.digits",
    Inner.BATCH_NAME: "batch.name",
    Inner.AGENT_EMAIL: "agent.email",
    Inner.QUEUE: "queue",
    Inner.IS_AUTO_CALL: "is_auto_call",
    Inner.REAL_LEVEL: "intent.real_level",
    Inner.CONCERN: "concerns",
    Inner.CUSTOMER_GROUP: "customer.group.id",
    Inner.CUSTOMER_ID: "customer.id",
    Inner.ENDED_BY: "ended_by",
    Inner.REDIALS: "redials",
    Inner.OWN_END: "end_reason",
}
"""Paths into the stored document; below `keys` there are several values, of which a comparison takes any."""

ORDERS: Final[Mapping[OrderBy, tuple[str, ...]]] = {
    OrderBy.STARTED_AT: ("started_at",),
    OrderBy.CREATED_AT: ("created_at",),
    OrderBy.DURATION_S: ("duration_s",),
    OrderBy.COST: ("cost.currency", "cost.micros"),
}
"""What each order compares, all of it present or none."""
