"""Invented calls: who called, what was said, how it ended; platforms tell the same stories in their own words."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Any, Final
from uuid import UUID

import msgspec

SECONDS_A_WORD: Final = 0.36
SECONDS_BETWEEN: Final = 0.9
RINGING_S: Final = 6.5


class Ending(Enum):
    """How a call came to its end."""

    TALKED = auto()
    NO_ANSWER = auto()
    BUSY = auto()
    VOICEMAIL = auto()


class Line(msgspec.Struct, frozen=True):
    """One utterance; times in seconds from the answer."""

    agent: bool
    text: str
    begins_s: float
    ends_s: float


class Script(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation that several calls may have; the agent speaks first and every other line."""

    agent: str
    inbound: bool
    said: tuple[str, ...] = ()
    summary: str | None = None
    success: bool | None = None
    extracted: dict[str, Any] = {}
    ending: Ending = Ending.TALKED


class Story(msgspec.Struct, frozen=True, kw_only=True):
    """One call, whoever carries it; money in millionths of a dollar."""

    id: UUID
    script: Script
    customer: str
    customer_number: str
    line_number: str
    created_at: datetime
    lines: tuple[Line, ...]
    talk_s: float
    cost_micros: dict[str, int]

    @property
    def answered_at(self) -> datetime:
        """When the conversation began; for a call that nobody took, when the ringing ended."""
        return self.created_at + timedelta(seconds=RINGING_S)

    @property
    def ended_at(self) -> datetime:
        """When the line went dead."""
        return self.answered_at + timedelta(seconds=self.talk_s)

    def at_ms(self, seconds: float) -> int:
        """Return the epoch milliseconds of *seconds* after the answer."""
        return round((self.answered_at.timestamp() + seconds) * 1000)


SCRIPTS: Final[Sequence[Script]] = (
    Script(
        agent="Riley",
        inbound=True,
        said=(
            "Acme Dental, this is Riley. How can I help?",
            "Hi, I chipped a tooth this morning. Can somebody see me today?",
            "I am sorry to hear that. Doctor Chen has a free slot at half past two. Does that work?",
            "Yes, that is perfect. Thank you so much.",
            "You are booked for half past two. See you then.",
        ),
        summary="The caller chipped a tooth and was booked with Doctor Chen for 14:30 the same day.",
        success=True,
        extracted={"appointment": "14:30", "doctor": "Chen", "urgent": True},
    ),
    Script(
        agent="Camille",
        inbound=True,
        said=(
            "Cabinet Zénith, bonjour. Camille à l'appareil.",
            "Bonjour, je voudrais déplacer mon rendez-vous de jeudi.",
            "Bien sûr. Vendredi à dix heures quinze, est-ce que cela vous convient ?",
            "Parfait, merci beaucoup. Bonne journée !",
        ),
        summary="Le patient a déplacé son rendez-vous de jeudi à vendredi 10 h 15.",
        success=True,
        extracted={"appointment": "vendredi 10:15", "moved_from": "jeudi"},
    ),
    Script(
        agent="Linh",
        inbound=False,
        said=(
            "Dạ em chào anh, em là Linh bên Nha khoa Sông Hồng. Em gọi để xác nhận lịch hẹn chiều mai ạ.",
            "Ừ, anh nhớ rồi. Ba giờ chiều đúng không em?",
            "Dạ đúng ạ, ba giờ chiều mai. Anh nhớ đến sớm mười phút giúp em nhé.",
            "Được rồi, cảm ơn em.",
        ),
        summary="Khách xác nhận lịch hẹn 15 giờ chiều mai.",
        success=True,
        extracted={"confirmed": True, "appointment": "15:00"},
    ),
    Script(
        agent="Riley",
        inbound=False,
        said=(
            "Hello, this is Riley from Acme Home Services. Is your internet working again?",
            "No, it still drops every evening, and this is the third time that I explain it.",
            "I understand, and I apologise. I can send a technician on Thursday morning.",
            "I do not want a technician. I want to cancel my contract.",
            "I will ask a colleague to call you back about that within the hour.",
        ),
        summary="The internet still drops in the evening; the customer wants to cancel and expects a call back.",
        success=False,
        extracted={"resolved": False, "callback": True, "churn_risk": "high"},
    ),
    Script(
        agent="Riley",
        inbound=False,
        said=("Hello, this is Riley from Acme Dental with a reminder of your appointment on Monday at ten.",),
        summary="A reminder was left on the voicemail.",
        ending=Ending.VOICEMAIL,
    ),
    Script(agent="Camille", inbound=False, ending=Ending.NO_ANSWER),
    Script(agent="Linh", inbound=False, ending=Ending.BUSY),
)

CUSTOMERS: Final = ("Jordan Ellis", "Zoé Lambert", "Trần Minh Đức", "Morgan Reyes", "Amélie Roux", "Sam Whitfield")
PRICES: Final = {"stt": 165, "llm": 240, "tts": 520, "telephony": 233}  # millionths of a dollar a second, as in 2026


def stories(count: int, *, seed: int, now: datetime) -> list[Story]:
    """Return *count* calls of the last hours before *now*, oldest first; the same ones for the same arguments."""
    dice = random.Random(f"{seed}/{now.timestamp()}")  # noqa: S311 - stories, not secrets
    ages = sorted((dice.uniform(60, 6 * 3600) for _ in range(count)), reverse=True)
    return [
        _story(SCRIPTS[index % len(SCRIPTS)], dice, now.replace(microsecond=0) - timedelta(seconds=age))
        for index, age in enumerate(ages)
    ]


def _story(script: Script, dice: random.Random, created_at: datetime) -> Story:
    lines = _lines(script.said)
    talk_s = round(lines[-1].ends_s + dice.uniform(0.5, 2.5), 3) if lines else 0.0
    return Story(
        id=UUID(int=dice.getrandbits(128), version=4),
        script=script,
        customer=dice.choice(CUSTOMERS),
        customer_number=f"+1555555{dice.randrange(10_000):04}",  # 555: numbers that nobody has
        line_number="+15555550100",
        created_at=created_at,
        lines=lines,
        talk_s=talk_s,
        cost_micros={part: round(talk_s * price) for part, price in PRICES.items()} if talk_s else {},
    )


def _lines(said: Sequence[str]) -> tuple[Line, ...]:
    lines: list[Line] = []
    clock = SECONDS_BETWEEN
    for index, text in enumerate(said):
        ends = clock + SECONDS_A_WORD * len(text.split())
        lines.append(Line(index % 2 == 0, text, round(clock, 3), round(ends, 3)))
        clock = ends + SECONDS_BETWEEN
    return tuple(lines)
