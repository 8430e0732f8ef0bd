"""Turns as platforms send them: roles mapped, numbered from 1, in time's order only where every turn has a time."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from schemas.call import Turn
from schemas.words import Role
from workers.times import epoch_ms, later
from workers.vocabulary import ROLES, role

_MARK: Final = re.compile(r"^[ \t]*([A-Za-z]{2,9})[ \t]*:[ \t]?", re.MULTILINE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Spoken:
    """A turn before it has its number: when it was said as a time, as seconds from the start, or neither."""

    role: Role
    text: str
    at: datetime | None = None
    offset_s: float | None = None
    interrupted: bool | None = None


def number(spoken: Iterable[Spoken], *, started_at: datetime | None = None) -> list[Turn]:
    """Return numbered turns; a missing time is computed from the other one where the call's start is known."""
    turns = [_placed(one, started_at) for one in spoken]
    if turns and all(one.at is not None for one in turns):
        turns.sort(key=lambda one: one.at or datetime.max)
    elif turns and all(one.offset_s is not None for one in turns):
        turns.sort(key=lambda one: one.offset_s or 0.0)
    return [
        Turn(
            n=n,
            role=one.role,
            text=one.text,
            at_ms=epoch_ms(one.at) if one.at else None,
            offset_s=one.offset_s,
            interrupted=one.interrupted,
        )
        for n, one in enumerate(turns, 1)
    ]


def _placed(one: Spoken, started_at: datetime | None) -> Spoken:
    at, offset = one.at, one.offset_s
    if started_at is not None and at is None and offset is not None:
        at = later(started_at, offset)
    elif started_at is not None and offset is None and at is not None:
        offset = round((at - started_at).total_seconds(), 3)
    return Spoken(role=one.role, text=one.text, at=at, offset_s=offset, interrupted=one.interrupted)


def split(transcript: str) -> list[Spoken]:
    """Return the turns of a transcript text ("AI: …\\nUser: …"), split at its role marks; [] where it has none."""
    marks = [mark for mark in _MARK.finditer(transcript) if mark[1].lower() in ROLES]
    ends = [mark.start() for mark in marks[1:]] + [len(transcript)]
    return [
        Spoken(role=role(mark[1]), text=transcript[mark.end() : end].strip())
        for mark, end in zip(marks, ends, strict=True)
        if transcript[mark.end() : end].strip()
    ]
