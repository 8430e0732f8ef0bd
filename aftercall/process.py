"""One process from start to end: logs, signals, and an end within ten seconds whatever hangs."""

import asyncio
import logging
import os
import signal
from collections.abc import Awaitable, Callable
from typing import Any, Final

import uvloop

from runtime.logs import configure
from runtime.settings import Settings

GONE_WITHIN_S: Final = 9.5
"""Ten seconds are promised; what has not ended by then is not waited for. Children end with us."""

log = logging.getLogger(__name__)


def run(work: Callable[[asyncio.Event], Awaitable[None]], *, settings: Settings) -> None:
    """Run *work* until it returns; the event it is given is set by SIGTERM and Ctrl-C."""
    configure(settings.log_level)
    uvloop.run(_run(work))


async def _run(work: Callable[[asyncio.Event], Awaitable[None]]) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, _stop, stop, number)
    await work(stop)


def _stop(stop: asyncio.Event, number: int) -> None:
    if stop.is_set():
        return
    stop.set()
    log.info("stopping", extra={"signal": signal.Signals(number).name})
    asyncio.get_running_loop().call_later(GONE_WITHIN_S, _give_up)


def _give_up() -> None:
    log.error("not_stopped_in_time", extra={"seconds": GONE_WITHIN_S})
    os._exit(1)  # nothing durable is lost: what was not committed comes again


async def first(stop: asyncio.Event, *tasks: asyncio.Task[Any]) -> None:
    """Return when *stop* is set or one of *tasks* ended; what it ended with is for who awaits it."""
    waiting = asyncio.create_task(stop.wait())
    await asyncio.wait({waiting, *tasks}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
