"""Bench calls: about a kilobyte with eight turns of some sixty words in all, the same for the same seed."""

import random
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Final

from schemas.call import Agent, Batch, Customer, Turn, Unit
from schemas.money import Cost, decimal_text
from schemas.update import CallUpdate, Facts, OrderKey
from schemas.words import Direction, Outcome, Platform, RecordingChannel, Role, Stage

TURNS: Final = 8
WORDS_A_TURN: Final = 8  # some sixty words a call
UNITS: Final = 20
AGENTS: Final = 50
BATCHES: Final = 200
CUSTOMERS: Final = 50_000
SPAN: Final = timedelta(days=365)
END: Final = datetime(2026, 11, 1, tzinfo=UTC)
AT_ONCE: Final = 500  # calls a write: few round trips, little memory
PLATFORMS: Final = (Platform.VAPI, Platform.RETELL, Platform.ELEVENLABS, Platform.TWILIO)
OUTCOMES: Final = (
    *(Outcome.ANSWERED,) * 6,
    *(Outcome.NO_ANSWER,) * 2,
    Outcome.BUSY,
    Outcome.VOICEMAIL,
)
_TEXT: Final = """
appointment monday tuesday morning evening doctor dentist cleaning tooth pain insurance invoice
address phone number please thank you hello goodbye yes no maybe tomorrow today week month hour
minute waiting transfer colleague office open close reschedule cancel confirm name birthday email
price offer order delivery package broken repair internet contract customer service technician
question answer help problem solution rendez-vous bonjour merci demain matin facture nguyen chào
lịch hẹn khám răng 预约 时间 电话 谢谢
"""
WORDS: Final = tuple(_TEXT.split())

Write = Callable[[Sequence[CallUpdate]], Awaitable[object]]


def updates(count: int, *, tenant: str, seed: int = 1) -> Iterator[CallUpdate]:
    """Yield *count* ended calls of *tenant*, spread over a year."""
    dice = random.Random(seed)
    rare = [f"rare{n}" for n in range(2000)]
    for number in range(count):
        yield _update(dice, number, count, tenant=tenant, rare=dice.choice(rare))


async def fill(write: Write, count: int, *, tenant: str, seed: int, told: Callable[[int], None]) -> None:
    """Write *count* calls and tell after each piece how many there are."""
    calls = updates(count, tenant=tenant, seed=seed)
    done = 0
    while piece := list(islice(calls, AT_ONCE)):
        await write(piece)
        done += len(piece)
        told(done)


def _update(dice: random.Random, number: int, count: int, *, tenant: str, rare: str) -> CallUpdate:
    started_at = END - SPAN * (number + dice.random()) / count
    started_at = started_at.replace(microsecond=started_at.microsecond // 1000 * 1000)
    outcome = dice.choice(OUTCOMES)
    talk_s = round(dice.expovariate(1 / 90), 3) if outcome is Outcome.ANSWERED else 0.0
    call_id = f"bench-{number:08d}"
    received_ms = int(started_at.timestamp() * 1000)
    facts = _facts(dice, started_at=started_at, outcome=outcome, talk_s=talk_s, rare=rare)
    return CallUpdate(
        tenant=tenant,
        platform=dice.choice(PLATFORMS),
        platform_call_id=call_id,
        order=OrderKey(1, received_ms, received_ms, f"{call_id}/end", "0" * 32),
        facts=facts,
    )


def _facts(dice: random.Random, *, started_at: datetime, outcome: Outcome, talk_s: float, rare: str) -> Facts:
    inbound = dice.random() < 0.5
    customer = f"+336{dice.randrange(CUSTOMERS):08d}"
    line = f"+331{dice.randrange(UNITS):08d}"
    unit, agent, batch = dice.randrange(UNITS), dice.randrange(AGENTS), dice.randrange(BATCHES)
    micros = round(talk_s * 1500)
    turns = _turns(dice, rare=rare) if outcome is Outcome.ANSWERED else []
    return Facts(
        rank=1,
        stage=Stage.ENDED,
        outcome=outcome,
        started_at=started_at,
        ended_at=started_at + timedelta(seconds=talk_s + 5),
        talk_s=talk_s,
        direction=Direction.INBOUND if inbound else Direction.OUTBOUND,
        from_=customer if inbound else line,
        to=line if inbound else customer,
        unit=Unit(id=str(unit), name=f"Unit {unit}"),
        agent=Agent(id=f"agent-{agent}", name=f"Agent {agent}"),
        batch=Batch(id=f"batch-{batch}", name=f"Batch {batch}"),
        end_reason="customer-ended-call" if outcome is Outcome.ANSWERED else str(outcome),
        summary=" ".join(dice.choices(WORDS, k=12)) if turns else None,
        turns=turns,
        recording={RecordingChannel.FULL: "https://recordings.example.com/bench.wav"} if turns else {},
        cost=Cost(micros=micros, currency="USD", raw=decimal_text(micros)),
        success=dice.choice((True, True, False)) if turns else None,
        customer=Customer(number=customer, full=f"Customer {customer[-4:]}"),
    )


def _turns(dice: random.Random, *, rare: str) -> list[Turn]:
    said = [" ".join(dice.choices(WORDS, k=WORDS_A_TURN)) for _ in range(TURNS)]
    said[-1] += f" {rare}"
    return [
        Turn(n=n, role=Role.AGENT if n % 2 else Role.CUSTOMER, text=text, offset_s=float(n * 4))
        for n, text in enumerate(said, 1)
    ]
