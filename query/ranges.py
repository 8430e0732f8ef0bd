"""A part of a recording: one byte range, as players ask for it. Pure."""

import re
from typing import Final

from starlette.responses import Response

from query.problems import BadRange

_RANGE: Final = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)


def ranged(content: bytes, *, media_type: str, wanted: str | None) -> Response:
    """Return all of *content*, or the one range *wanted*; several ranges or another unit count as none asked."""
    headers = {"Accept-Ranges": "bytes", "X-Content-Type-Options": "nosniff", "Content-Type": media_type}
    asked = _RANGE.fullmatch(wanted or "")
    if asked is None or asked[0] == "bytes=-":
        return Response(content, headers=headers)
    size = len(content)
    begin, end = _bounds(asked[1], asked[2], size)
    if begin >= size or begin > end:
        raise BadRange(f"The recording has {size} bytes.", headers={"Content-Range": f"bytes */{size}"})
    return Response(content[begin : end + 1], 206, headers | {"Content-Range": f"bytes {begin}-{end}/{size}"})


def _bounds(first: str, last: str, size: int) -> tuple[int, int]:
    if not first:
        return (max(0, size - int(last)), size - 1) if int(last) else (size, size - 1)
    return int(first), min(int(last), size - 1) if last else size - 1
