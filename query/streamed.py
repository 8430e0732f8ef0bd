"""Answers that are sent while they are made."""

import asyncio
from collections.abc import AsyncGenerator

from starlette.requests import ClientDisconnect
from starlette.responses import StreamingResponse
from starlette.types import Message, Receive, Scope, Send
from typing_extensions import override


class Streamed(StreamingResponse):
    """An answer whose maker is cancelled once, and waited for, when its reader is gone.

    Starlette's own cancels at each await until the maker has ended, also at those by which a driver gives back what it
    holds. PyMongo then keeps the lock of its pool or of its topology, and every later question of the process waits.
    """

    @override
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def to_reader(message: Message) -> None:
            if leaving.done():  # who catches what cancels it, as the driver may on Python 3.11, ends here
                raise ClientDisconnect
            await send(message)

        telling = asyncio.create_task(self.stream_response(to_reader))
        leaving = asyncio.create_task(self.listen_for_disconnect(receive))
        try:
            await asyncio.wait({telling, leaving}, return_when=asyncio.FIRST_COMPLETED)
            left = leaving.done()
        finally:
            telling.cancel()
            leaving.cancel()
            await asyncio.gather(telling, leaving, return_exceptions=True)
        if not left:
            telling.result()

    @override
    async def stream_response(self, send: Send) -> None:
        try:
            await super().stream_response(send)
        finally:
            if isinstance(self.body_iterator, AsyncGenerator):
                await self.body_iterator.aclose()
