"""What was said in a call as JSON, text, SRT or WebVTT. Pure."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple

import msgspec

from query.problems import NoTimes
from query.views import turn
from schemas.call import Call, Turn
from schemas.words import Role

LEAST_MS: Final = 1  # a cue that ends when it starts is never shown
LAST_MS: Final = 2000  # how long the last cue shows where the call's end is unknown

_SPEAKERS: Final = {Role.AGENT: "Agent", Role.CUSTOMER: "Customer"}
_CONTROLS: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class Cue(NamedTuple):
    """One utterance and when it shows, in milliseconds from the call's start."""

    start: int
    end: int
    speaker: str
    text: str


class Format(NamedTuple):
    """One way to write a transcript."""

    media_type: str
    write: Callable[[Call], bytes]


def spoken(call: Call) -> list[Turn]:
    """Return what agent and customer said."""
    return [each for each in call.turns if each.role in _SPEAKERS and each.text.strip()]


def cues(call: Call) -> list[Cue]:
    """Return the utterances sorted by time; raise `NoTimes` where one has none."""
    turns = spoken(call)
    if not turns and call.transcript and call.transcript.strip():
        raise NoTimes("The platform sent the words of this call without times; ask for text.")
    starts = _starts(call, turns)
    timed = sorted(zip(starts, turns, strict=True), key=lambda each: each[0])
    ends = [start for start, _ in timed[1:]] + [_end(call, timed[-1][0])] if timed else []
    return [
        Cue(start, max(start + LEAST_MS, end), _SPEAKERS[each.role], each.text)
        for (start, each), end in zip(timed, ends, strict=True)
    ]


def _starts(call: Call, turns: Sequence[Turn]) -> list[int]:
    known = [each.at_ms for each in turns if each.at_ms is not None]
    zero = round(call.started_at.timestamp() * 1000) if call.started_at else min(known, default=0)
    starts = []
    for each in turns:
        if each.offset_s is not None:
            starts.append(max(0, round(each.offset_s * 1000)))
        elif each.at_ms is not None:
            starts.append(max(0, each.at_ms - zero))
        else:
            raise NoTimes(f"Turn {each.n} of this call has no time; ask for text.", n=each.n)
    return starts


def _end(call: Call, last: int) -> int:
    if call.started_at is not None and call.ended_at is not None:
        return round((call.ended_at - call.started_at).total_seconds() * 1000)
    return last + LAST_MS if call.duration_s is None else round(call.duration_s * 1000)


def _json(call: Call) -> bytes:
    return msgspec.json.encode({"turns": [turn(each) for each in call.turns]})


def _text(call: Call) -> bytes:
    lines = [f"{_SPEAKERS[each.role]}: {each.text}\n" for each in spoken(call)]
    return ("".join(lines) or call.transcript or "").encode()


def _srt(call: Call) -> bytes:
    blocks = [
        f"{n}\n{_clock(cue.start, ',')} --> {_clock(cue.end, ',')}\n{cue.speaker}: {_tame(cue.text)}\n"
        for n, cue in enumerate(cues(call), 1)
    ]
    return "\n".join(blocks).encode()


def _vtt(call: Call) -> bytes:
    blocks = [
        f"{_clock(cue.start, '.')} --> {_clock(cue.end, '.')}\n<v {cue.speaker}>{_escape(_tame(cue.text))}\n"
        for cue in cues(call)
    ]
    return "\n".join(["WEBVTT\n", *blocks]).encode()


def _clock(ms: int, point: str) -> str:
    seconds, rest = divmod(ms, 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{point}{rest:03d}"


def _tame(text: str) -> str:
    """Return speech that cannot end its cue: no arrow, no control character, no empty line."""
    lines = (_CONTROLS.sub(" ", line).strip() for line in re.split(r"\r\n|\r|\n", text))
    return "\n".join(line for line in lines if line).replace("-->", "-- >")


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


FORMATS: Final[Mapping[str, Format]] = {
    "json": Format("application/json", _json),
    "text": Format("text/plain; charset=utf-8", _text),
    "srt": Format("application/x-subrip; charset=utf-8", _srt),
    "vtt": Format("text/vtt; charset=utf-8", _vtt),
}
