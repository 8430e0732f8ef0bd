"""aftercall with one protection taken out, to see the system tests fail that rest on it.

`SABOTAGE=commit-first make test ARGS='-k worker_that_is_killed'` starts `python -m tests.sabotage commit-first VERB …`
in place of `python -m aftercall VERB …`.
"""

import asyncio
import secrets
import sys
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Final
from unittest.mock import patch

import aiokafka

from aftercall import process
from aftercall.__main__ import main
from stream.journal import Journal, open_journal
from stream.spool import SpoolPublisher
from workers.loop import Worker
from workers.patience import Patience
from workers.storing import Storing

LATE_S: Final = 0.2
"""How long a publisher without acknowledgements may keep what it was given."""


def commit_first() -> None:
    """Move the position before the effect."""
    stored = Worker._stored

    async def committed(self: Worker, batch: Any) -> Any:
        await self._source.commit(batch)
        return await stored(self, batch)

    patch.object(Worker, "_stored", committed).start()


def early_ack() -> None:
    """Answer 200 before the event is durable."""
    tasks: set[asyncio.Task[None]] = set()
    for kind in (Journal, SpoolPublisher):
        patch.object(kind, "publish", _later(kind.publish, tasks)).start()


def _later(publish: Callable[..., Any], tasks: set[asyncio.Task[None]]) -> Callable[..., Any]:
    @wraps(publish)
    async def promised(self: object, envelope: object) -> None:
        async def really() -> None:
            await asyncio.sleep(LATE_S)
            await publish(self, envelope)

        tasks.add(asyncio.create_task(really()))

    return promised


def no_spool() -> None:
    """Have no journal behind Kafka."""

    async def kafka_only(self: SpoolPublisher, envelope: Any) -> None:
        await self._to_kafka(envelope)

    patch.object(SpoolPublisher, "publish", kafka_only).start()


def no_patience() -> None:
    """Take a store that is away for a fault of the record."""

    async def once(_self: Patience, effect: Callable[[], Any]) -> Any:
        return await effect()

    patch.object(Patience, "until_done", once).start()


def no_drain() -> None:
    """Let SIGTERM end the process as it is."""

    async def without_handlers(work: Callable[[asyncio.Event], Any]) -> None:
        await work(asyncio.Event())

    patch.object(process, "_run", without_handlers).start()


def latest() -> None:
    """Begin where the stream ends now, whatever was read before."""
    made: Any = aiokafka.AIOKafkaConsumer

    def consumer(*topics: str, **options: Any) -> Any:
        if "group_id" in options:
            options |= {"group_id": secrets.token_hex(4), "auto_offset_reset": "latest"}
        return made(*topics, **options)

    patch("stream.kafka.AIOKafkaConsumer", consumer).start()


def no_set_aside() -> None:
    """Try again what cannot be understood."""
    store = Storing.store

    async def all_or_nothing(self: Storing, records: Any) -> Any:
        if await store(self, records):
            raise RuntimeError("poison")
        return []

    patch.object(Storing, "store", all_or_nothing).start()


def no_bound() -> None:
    """Let the journal take whatever comes."""
    patch("aftercall.wiring.open_journal", _unbounded).start()


def _unbounded(*, bound_bytes: int, **named: Any) -> Any:
    return open_journal(bound_bytes=bound_bytes << 10, **named)


SABOTAGES: Final[Mapping[str, Callable[[], None]]] = {
    "commit-first": commit_first,
    "early-ack": early_ack,
    "no-spool": no_spool,
    "no-patience": no_patience,
    "no-drain": no_drain,
    "latest": latest,
    "no-set-aside": no_set_aside,
    "no-bound": no_bound,
}

if __name__ == "__main__":
    SABOTAGES[sys.argv.pop(1)]()
    main()
