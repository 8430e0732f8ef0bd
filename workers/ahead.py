"""Begin with a batch while the one before it is being written; let them go in the order they came."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine
from typing import Any, Final, TypeVar

from stream.ports import Batch

T = TypeVar("T")

IN_HAND: Final = 2
"""One is understood while the other is written; more would only weigh more."""


async def in_order(
    batches: AsyncIterator[Batch], begin: Callable[[Batch], Coroutine[Any, Any, T]], *, most: int = IN_HAND
) -> AsyncGenerator[tuple[Batch, T]]:
    """Yield each batch with what *begin* returned, in order; *most* are in hand, the one that is yielded among them.

    Raises what *begin* or *batches* raised, after all that came before; those behind it are cancelled.
    """
    begun: asyncio.Queue[tuple[Batch, asyncio.Task[T]] | None] = asyncio.Queue()
    room = asyncio.Semaphore(most - 1)
    hand: set[asyncio.Task[Any]] = set()

    async def read() -> None:
        try:
            async for batch in batches:
                hand.add(task := asyncio.create_task(begin(batch)))
                begun.put_nowait((batch, task))
                await room.acquire()
        finally:
            begun.put_nowait(None)

    hand.add(reading := asyncio.create_task(read()))
    try:
        while (one := await begun.get()) is not None:
            batch, task = one
            yield batch, await task
            hand.remove(task)
            room.release()
        await reading
    finally:
        for task in hand:
            task.cancel()
        await asyncio.gather(*hand, return_exceptions=True)
