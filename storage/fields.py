"""Where the stored document keeps what a condition can look at: one row a field, the same for every store."""

from collections.abc import Mapping
from typing import Final

from schemas.query import Field, OrderBy

PATHS: Final[Mapping[Field, str]] = {
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
}
"""Paths into the stored document; below `keys` there are several values, of which a comparison takes any."""

ORDERS: Final[Mapping[OrderBy, tuple[str, ...]]] = {
    OrderBy.STARTED_AT: ("started_at",),
    OrderBy.CREATED_AT: ("created_at",),
    OrderBy.DURATION_S: ("duration_s",),
    OrderBy.COST: ("cost.currency", "cost.micros"),
}
"""What each order compares, all of it present or none."""
