"""Every 2xx is an obligation: what was acknowledged is one stored call with the right content, and nothing else is."""

import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

import httpx

from tests.system.processes import TOKEN
from tests.system.stories import Post, Story, story

SENDERS: Final = 8
SENDER_TIMEOUT_S: Final = 10.0
"""What a platform waits for an answer: one that comes later is a `ReadTimeout` among the statuses."""
ACKNOWLEDGED_WITHIN_S: Final = 200.0
STORED_WITHIN_S: Final = 120.0
UNANSWERED: Final = "query: "
PAGE: Final = 200
AT_ONCE: Final = 40
"""Stories that are interleaved while a block runs: several events for each sender."""


class Ledger:
    """Sends stories, remembers what was acknowledged, and compares it with what is stored."""

    def __init__(self, name: str, *, seed: int, ingest: str, query: str) -> None:
        """Send to *ingest*, ask *query*; *name* is part of every call id."""
        self.name = name
        self.seed = seed
        self.statuses: Counter[int | str] = Counter()
        self._ingest = ingest
        self._query = query
        self._acknowledged: dict[str, Story] = {}
        self._number = 0

    async def send(self, count: int, *, per_second: float | None = None) -> None:
        """Send *count* more stories, interleaved, each event until it is acknowledged."""
        stories = [self._next() for _ in range(count)]
        posts = interleaved(stories, seed=self.seed)
        async with httpx.AsyncClient(base_url=self._ingest, timeout=SENDER_TIMEOUT_S) as client:
            waiting = aiter(_paced(posts, per_second))
            lock = asyncio.Lock()
            async with asyncio.timeout(ACKNOWLEDGED_WITHIN_S), asyncio.TaskGroup() as group:
                for _ in range(SENDERS):
                    group.create_task(self._sender(client, waiting, lock))
        self._acknowledged |= {one.call_id: one for one in stories}

    @asynccontextmanager
    async def sending(self) -> AsyncIterator[None]:
        """Send stories as long as the block runs, however quick the machine; behind it all of them are acknowledged."""
        enough = asyncio.Event()

        async def until_enough() -> None:
            while not enough.is_set():
                await self.send(AT_ONCE)

        async with asyncio.TaskGroup() as group:
            group.create_task(until_enough())
            try:
                yield
            finally:
                enough.set()

    async def post(self, post: Post, **headers: str) -> httpx.Response:
        """Send one event once, with other *headers* where they are given."""
        async with httpx.AsyncClient(base_url=self._ingest, timeout=SENDER_TIMEOUT_S) as client:
            return await client.post(f"/webhooks/{post.platform}", content=post.body, headers=post.headers() | headers)

    async def offer(self, one: Story) -> httpx.Response:
        """Send a story of one event once: an obligation if it is acknowledged, else it must not be stored."""
        answer = await self.post(*one.posts)
        if answer.is_success:
            self._acknowledged[one.call_id] = one
        return answer

    async def check(self) -> None:
        """Return when exactly what was acknowledged is stored, and stays so; fails with the first difference."""
        await self._agree()
        await asyncio.sleep(0.5)  # what comes late and should not have come
        await self._agree(still=True)

    async def _agree(self, *, still: bool = False) -> None:
        """Return when what is owed is what is stored; where it *still* is, only a query without an answer may wait."""
        deadline = time.monotonic() + STORED_WITHIN_S
        while difference := await self._difference():
            waits = time.monotonic() < deadline and (not still or difference.startswith(UNANSWERED))
            assert waits, f"seed {self.seed}, {dict(self.statuses)}: {difference}"
            await asyncio.sleep(0.3)

    def _next(self) -> Story:
        self._number += 1
        return story(self.name, self._number, seed=self.seed)

    async def _sender(self, client: httpx.AsyncClient, posts: AsyncIterator[Post], lock: asyncio.Lock) -> None:
        while True:
            async with lock:
                post = await anext(posts, None)
            if post is None:
                return
            await self._until_acknowledged(client, post)

    async def _until_acknowledged(self, client: httpx.AsyncClient, post: Post) -> None:
        """Send *post* as platforms with retries do: again until it is acknowledged."""
        pause = 0.05
        while True:
            try:
                answer = await client.post(f"/webhooks/{post.platform}", content=post.body, headers=post.headers())
            except httpx.TransportError as error:
                self.statuses[type(error).__name__] += 1
            else:
                self.statuses[answer.status_code] += 1
                if answer.is_success:
                    return
                assert answer.status_code == httpx.codes.SERVICE_UNAVAILABLE, answer.text
                assert int(answer.headers["retry-after"]) > 0
            await asyncio.sleep(pause)
            pause = min(pause * 2, 1.0)

    async def _difference(self) -> str | None:
        """Return the first difference between what is owed and what is stored."""
        headers = {"authorization": f"Bearer {TOKEN}"}
        async with httpx.AsyncClient(base_url=self._query, headers=headers, timeout=SENDER_TIMEOUT_S) as client:
            try:
                stored = {call["platform_call_id"]: call async for call in _calls(client)}
                return self._missing(stored) or await self._wrong(client, stored)
            except httpx.HTTPError as error:
                return f"{UNANSWERED}{type(error).__name__}"

    def _missing(self, stored: dict[str, Any]) -> str | None:
        if missing := sorted(self._acknowledged.keys() - stored.keys()):
            return f"{len(missing)} of {len(self._acknowledged)} acknowledged and not stored: {missing[:5]}"
        if extra := sorted(stored.keys() - self._acknowledged.keys()):
            return f"stored and never acknowledged: {extra[:5]}"
        return None

    async def _wrong(self, client: httpx.AsyncClient, stored: dict[str, Any]) -> str | None:
        for one in self._acknowledged.values():
            if difference := _compared(one, stored[one.call_id]):
                return difference
        sample = random.Random(self.seed).sample(sorted(self._acknowledged), k=min(40, len(self._acknowledged)))
        for call_id in sample:
            answer = (await client.get(f"/v1/calls/{stored[call_id]['uid']}")).raise_for_status().json()
            turns = [(turn["role"], turn["text"]) for turn in answer["turns"]]
            if turns != list(self._acknowledged[call_id].turns):
                return f"{call_id}: turns are {json.dumps(turns)}"
            kept = (await client.get(f"/v1/calls/{stored[call_id]['uid']}/events")).raise_for_status().json()["events"]
            if len(kept) != len(set(self._acknowledged[call_id].posts)):
                return f"{call_id}: {len(kept)} raw events of {len(set(self._acknowledged[call_id].posts))} are kept"
        return None


async def _calls(client: httpx.AsyncClient) -> AsyncIterator[Any]:
    """Yield every stored call; one that comes twice fails the test."""
    seen: set[str] = set()
    cursor: dict[str, str] = {}
    while True:
        answer = await client.get("/v1/calls", params={"limit": str(PAGE), "order": "created_at", **cursor})
        page = answer.raise_for_status().json()
        for call in page["calls"]:
            if call["uid"] not in seen:  # it changed its place while the pages were turned
                seen.add(call["uid"])
                yield call
        if page["next_cursor"] is None:
            return
        cursor = {"cursor": page["next_cursor"]}


def _compared(one: Story, call: dict[str, Any]) -> str | None:
    told = call | {"cost": call["cost"] and (call["cost"]["total"], call["cost"]["currency"])}
    for field, value in one.expected.items():
        if told[field] != value:
            return f"{one.call_id}: {field} is {told[field]!r}, not {value!r}"
    return None


def interleaved(stories: Sequence[Story], *, seed: int) -> list[Post]:
    """Return the posts of several calls as they really come: each call's in its order, the calls among each other."""
    varied = random.Random(seed)
    waiting = [list(one.posts) for one in stories]
    posts: list[Post] = []
    while waiting:
        nearby = waiting[varied.randrange(min(len(waiting), 10))]
        posts.append(nearby.pop(0))
        waiting = [rest for rest in waiting if rest] if not nearby else waiting
    return posts


async def _paced(posts: Iterable[Post], per_second: float | None) -> AsyncIterator[Post]:
    started = time.monotonic()
    for number, post in enumerate(posts):
        if per_second is not None:
            await asyncio.sleep(max(0.0, started + number / per_second - time.monotonic()))
        yield post
