"""Answers that are sent while they are made, when their readers leave."""

import asyncio
from collections.abc import AsyncIterator, MutableMapping
from contextlib import suppress
from typing import Any

import pytest

from query.streamed import Streamed

SOON_S = 60


async def read(answer: Streamed, *, leaves_after_s: float = 0.0) -> list[bytes]:
    """Return what a reader was told who leaves some time after the first part; 0: never."""
    told, first = [], asyncio.Event()

    async def receive() -> dict[str, Any]:
        await first.wait()
        await asyncio.sleep(leaves_after_s or SOON_S)
        return {"type": "http.disconnect"}

    async def send(message: MutableMapping[str, Any]) -> None:
        if body := message.get("body"):
            told.append(body)
            first.set()

    async with asyncio.timeout(SOON_S):
        await answer({"type": "http", "asgi": {"spec_version": "2.3"}}, receive, send)
    return told


async def test_it_is_told_whole() -> None:
    async def parts() -> AsyncIterator[bytes]:
        for part in (b"a", b"b", b"c"):
            await asyncio.sleep(0)
            yield part

    assert await read(Streamed(parts())) == [b"a", b"b", b"c"]


async def test_its_fault_is_told_to_the_server() -> None:
    async def parts() -> AsyncIterator[bytes]:
        yield b"a"
        raise LookupError("gone")

    with pytest.raises(LookupError, match="gone"):
        await read(Streamed(parts()))


async def test_its_maker_is_waited_for_while_it_cleans_up() -> None:
    cleaned = []

    async def parts() -> AsyncIterator[bytes]:
        try:
            yield b"a"
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.01)
            cleaned.append("once")

    await read(Streamed(parts()), leaves_after_s=0.01)

    assert cleaned == ["once"]


async def test_a_maker_that_goes_on_when_it_is_cancelled_ends_with_its_next_part() -> None:
    made = []

    async def parts() -> AsyncIterator[bytes]:
        for n in range(100):
            made.append(n)
            yield b"%d" % n
            with suppress(asyncio.CancelledError):
                await asyncio.Event().wait()

    assert await read(Streamed(parts()), leaves_after_s=0.01) == [b"0"]
    assert made == [0, 1]
