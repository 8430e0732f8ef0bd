"""LiveKit: a call is a room; telephones join it as SIP participants, recordings are egress."""

from collections.abc import Mapping
from enum import StrEnum, unique
from typing import Final

from schemas.words import Direction, Outcome


@unique
class EventType(StrEnum):
    """`event` of what is understood, poorest first: a participant tells more of a call than its room."""

    ROOM_STARTED = "room_started"
    JOB_STARTED = "agent_job_started"
    JOB_ENDED = "agent_job_ended"
    EGRESS_ENDED = "egress_ended"
    ROOM_FINISHED = "room_finished"
    JOINED = "participant_joined"
    ABORTED = "participant_connection_aborted"
    LEFT = "participant_left"


RANKS: Final[Mapping[EventType, int]] = {kind: rank for rank, kind in enumerate(EventType, 1)}

SIP: Final = "SIP"
AGENT: Final = "AGENT"
NO_PARTIES: Final = frozenset({AGENT, "EGRESS", "INGRESS", "CONNECTOR", "BRIDGE"})
"""`participant.kind` of who is no party to the call; absent is STANDARD."""

OUTCOMES: Final[Mapping[str, Outcome]] = {
    "client-initiated": Outcome.ANSWERED,
    "participant-removed": Outcome.ANSWERED,
    "room-deleted": Outcome.ANSWERED,
    "room-closed": Outcome.ANSWERED,
    "user-unavailable": Outcome.NO_ANSWER,
    "connection-timeout": Outcome.NO_ANSWER,
    "user-rejected": Outcome.REJECTED,
    "join-failure": Outcome.UNREACHABLE,
    "sip-trunk-failure": Outcome.LINE_ERROR,
    "server-shutdown": Outcome.SYSTEM_ERROR,
    "state-mismatch": Outcome.SYSTEM_ERROR,
    "migration": Outcome.SYSTEM_ERROR,
    "media-failure": Outcome.SYSTEM_ERROR,
}
"""`participant.disconnectReason` (open)."""

DIRECTIONS: Final[Mapping[str, Direction]] = {"inbound": Direction.INBOUND, "outbound": Direction.OUTBOUND}
"""`sip.callDirection`, an attribute that some trunks set."""

PARTY, OTHER, ROOM = 0, 1, 2
"""Tiers of legs: the telephone, another party, the room where there is neither."""
