"""Turns as platforms send them: roles mapped, numbered from 1, in time's order only where every turn has a time."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

import msgspec

from schemas.call import Turn
from schemas.words import Role
from workers.times import EARLIEST, LATEST, epoch_ms
from workers.vocabulary import ROLES

_LONGEST_MARK: Final = 40  # characters with the blanks round it: a longer beginning of a line is speech
_EARLIEST_MS: Final = epoch_ms(EARLIEST)
_LATEST_MS: Final = epoch_ms(LATEST)
_LONGEST_S: Final = 31 * 86_400  # no call lasts a month; a larger offset is an epoch or a counter


class Spoken(msgspec.Struct, frozen=True, gc=False):
    """A turn before it has its number: when it was said as epoch ms, as seconds from the start, as both or neither."""

    role: Role
    text: str
    at_ms: int | None = None
    offset_s: float | None = None
    interrupted: bool | None = None


def number(spoken: Iterable[Spoken], *, started_at: datetime | None = None) -> list[Turn]:
    """Return numbered turns; a missing time is computed from the other one where the call's start is known."""
    start_ms = None if started_at is None else epoch_ms(started_at)
    turns = [_placed(one, start_ms) for one in spoken]
    if all(one.at_ms is not None for one in turns):
        turns.sort(key=lambda one: one.at_ms or 0)
    elif all(one.offset_s is not None for one in turns):
        turns.sort(key=lambda one: one.offset_s or 0.0)
    return [
        Turn(n=n, role=one.role, text=one.text, at_ms=one.at_ms, offset_s=one.offset_s, interrupted=one.interrupted)
        for n, one in enumerate(turns, 1)
    ]


def _placed(one: Spoken, start_ms: int | None) -> Spoken:
    at_ms, offset_s = one.at_ms, one.offset_s
    if at_ms is None and offset_s is None:
        return one
    if at_ms is not None and not _EARLIEST_MS <= at_ms < _LATEST_MS:
        at_ms = None
    if offset_s is not None:
        offset_s = round(offset_s, 3) if abs(offset_s) < _LONGEST_S else None
    if start_ms is not None and at_ms is None and offset_s is not None:
        at_ms = start_ms + round(offset_s * 1000)
    elif start_ms is not None and offset_s is None and at_ms is not None:
        offset_s = round((at_ms - start_ms) / 1000, 3)
    return Spoken(one.role, one.text, at_ms, offset_s, one.interrupted)


def split(transcript: str) -> list[Spoken]:
    """Return the turns of a transcript text (lines of "AI: …", "User: …"), split at its role marks; [] of none."""
    turns: list[tuple[Role, list[str]]] = []
    for line in transcript.split("\n"):
        mark, colon, said = line.partition(":")
        who = ROLES.get(mark.strip(" \t").lower()) if colon and len(mark) <= _LONGEST_MARK else None
        if who is not None:
            turns.append((who, [said]))
        elif turns:
            turns[-1][1].append(line)
    texts = ((who, "\n".join(lines).strip()) for who, lines in turns)
    return [Spoken(who, text) for who, text in texts if text]
