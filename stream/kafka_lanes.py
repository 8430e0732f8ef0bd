"""Batches of our own, one partition each: many webhooks are one record batch, one request, one acknowledgement.

aiokafka's `send` costs a future, a look-up and a task switch per record; a batch costs them once.
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Final, Protocol

from aiokafka.errors import KafkaError
from aiokafka.structs import TopicPartition

from stream.deadlines import Futures
from stream.headers import Headers
from stream.metrics import PublishMetrics
from stream.ports import Unavailable

LINGER_S: Final = 0.004
"""How long the first record of a batch waits for others; under load the request under way is the wait."""

WHY_LOST: Final = "Kafka did not take the event"


class Producer(Protocol):
    """What is used of aiokafka's producer."""

    async def send_batch(self, batch: Any, topic: str, *, partition: int) -> Awaitable[Any]:
        """Queue *batch*; the answer resolves to its metadata."""


class Parcel:
    """One batch being filled or under way, and who waits for it."""

    __slots__ = ("batch", "futures", "since", "size")

    def __init__(self, batch: Any, *, now: float) -> None:
        """Begin with an empty *batch*."""
        self.batch = batch
        self.futures: list[asyncio.Future[int]] = []
        self.size = 0
        self.since = now

    @property
    def late(self) -> bool:
        """Whether its deadline has passed: who joined now would wait without one."""
        return self.futures[0].done()

    def fail(self, why: str) -> None:
        """Tell everyone who still waits that it did not work."""
        for future in self.futures:
            if not future.done():
                future.set_exception(Unavailable(why))

    def land(self, first: int) -> None:
        """Tell everyone the offset of their record."""
        for offset, future in enumerate(self.futures, first):
            if not future.done():
                future.set_result(offset)


class Lanes:
    """The open batches of one producer; a partition has one batch under way at most, so that order holds."""

    def __init__(
        self,
        producer: Producer,
        *,
        new_batch: Callable[[], Any],
        counted: str,
        watch: Callable[[Futures], None],
        broken: Callable[[str], None],
    ) -> None:
        """Fill each *new_batch* and send it through *producer*; let *watch* time out who waits.

        *broken* is told after what *producer* cannot be trusted. Metrics count the records of the topic *counted*:
        chunks and dead letters are no events.
        """
        self._counted = counted
        self.waiting = 0
        self._producer = producer
        self._new_batch = new_batch
        self._watch = watch
        self._broken = broken
        self._loop = asyncio.get_running_loop()
        self.landed_at = self._loop.time()
        self._queues: defaultdict[TopicPartition, deque[Parcel]] = defaultdict(deque)
        self._busy: set[TopicPartition] = set()
        self._flushing = False
        self._due = asyncio.Event()
        self._closed = False
        self._task = self._loop.create_task(self._ship())
        self._metrics = PublishMetrics("kafka")

    def add(self, lane: TopicPartition, *, key: bytes, value: bytes, headers: Headers) -> "asyncio.Future[int]":
        """Put a record into the open batch of *lane*; the future becomes its offset, or raises `Unavailable`."""
        if self._closed:
            raise Unavailable(WHY_LOST)
        queue = self._queues[lane]
        record = {"timestamp": None, "key": key, "value": value, "headers": headers}
        if not queue or queue[-1].late or queue[-1].batch.append(**record) is None:
            parcel = Parcel(self._new_batch(), now=self._loop.time())
            parcel.batch.append(**record)
            queue.append(parcel)
            self._watch(parcel.futures)  # grows on: who joins late shares the deadline of the first
        future: asyncio.Future[int] = self._loop.create_future()
        parcel = queue[-1]
        parcel.futures.append(future)
        parcel.size += len(value)
        self.waiting += len(value)
        if not self._flushing and lane not in self._busy:
            self._flushing = True
            self._loop.call_later(LINGER_S, self._due.set)
        return future

    def drop(self, why: str) -> None:
        """Fail what is not under way yet: its senders do not wait for a broker that does not answer."""
        for queue in self._queues.values():
            while queue:
                parcel = queue.pop()
                self.waiting -= parcel.size
                parcel.fail(why)

    async def drain(self) -> None:
        """Return when nothing waits."""
        while self._busy or any(self._queues.values()):
            self._due.set()
            await asyncio.sleep(LINGER_S)

    async def close(self) -> None:
        """Send nothing more; fail what waits."""
        self._closed = True
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self.drop(WHY_LOST)

    async def _ship(self) -> None:
        while True:
            await self._due.wait()
            self._due.clear()
            self._flushing = False
            for lane, queue in list(self._queues.items()):
                if lane not in self._busy and (parcel := self._next(queue)) is not None:
                    await self._send(lane, parcel)

    def _next(self, queue: deque[Parcel]) -> Parcel | None:
        while queue:
            parcel = queue.popleft()
            if not all(future.done() for future in parcel.futures):
                return parcel
            self.waiting -= parcel.size  # all gave up waiting: spare the broker a duplicate
        return None

    async def _send(self, lane: TopicPartition, parcel: Parcel) -> None:
        self._busy.add(lane)
        try:
            answer = await self._producer.send_batch(parcel.batch, lane.topic, partition=lane.partition)
        except (KafkaError, AssertionError) as error:  # aiokafka asserts that it knows the partition
            self._settle(lane, parcel, error=error)
            return
        asyncio.ensure_future(answer).add_done_callback(partial(self._landed, lane, parcel))

    def _landed(self, lane: TopicPartition, parcel: Parcel, answer: "asyncio.Future[Any]") -> None:
        error = asyncio.CancelledError() if answer.cancelled() else answer.exception()
        self._settle(lane, parcel, error=error, first=0 if error else answer.result().offset)

    def _settle(self, lane: TopicPartition, parcel: Parcel, *, error: BaseException | None, first: int = 0) -> None:
        self._busy.discard(lane)
        self.waiting -= parcel.size
        if error is None:
            parcel.land(first)
            self.landed_at = self._loop.time()
            if lane.topic == self._counted:
                self._metrics.published(len(parcel.futures), seconds=self.landed_at - parcel.since)
        else:
            parcel.fail(f"{WHY_LOST} ({type(error).__name__})")
            self._metrics.refused(len(parcel.futures))
            if not self._closed:
                self._broken(type(error).__name__)
        self._metrics.waiting(self.waiting)
        if self._queues[lane]:
            self._due.set()
