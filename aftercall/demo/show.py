"""One run of the demo: webhooks out, calls in, a table that fills."""

import asyncio
import os
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

import httpx
from rich.live import Live

from aftercall.demo import TELLERS
from aftercall.demo.plan import Post, plan
from aftercall.demo.post import post_all
from aftercall.demo.stories import stories
from aftercall.demo.token import find_token
from aftercall.demo.watch import Call, table, watch
from aftercall.screen import screen
from aftercall.urls import base_url
from runtime.clock import utc_now
from runtime.config import Connection
from runtime.config_file import read
from runtime.errors import CannotStart, Misconfigured
from runtime.nearest import suggestion
from runtime.settings import Settings
from schemas.words import Platform

CALLS: Final = 14
SEED: Final = 1
TIMEOUT_S: Final = 10.0  # of one request; ingest answers within 5


async def show(settings: Settings) -> None:
    """Run the demo against the service that *settings* make, as it stands."""
    url = base_url(settings)
    connections = choose(settings.config, ())
    told = Demo(connections=connections, url=url, query_url=url, token=find_token(settings), now=utc_now())
    await told.run(count=CALLS, seed=SEED)


def choose(config: Path, words: Sequence[str]) -> list[Connection]:
    """Return the first connection of each platform of *words* (of all that can be told where there are none).

    One whose proof only the vendor can make is passed over, unless its platform is asked for by name.
    """
    connections = read(config, os.environ, secrets_of=("connections",)).connections
    wanted = _platforms(words)
    named = set(words)
    chosen = {
        row.platform: row
        for row in reversed(connections)
        if row.platform in wanted and (row.platform in named or TELLERS[row.platform].provable(row))
    }
    if not chosen:
        names = ", ".join(sorted(wanted))
        raise Misconfigured(f"{config} has no connection of {names}: `aftercall connections add` makes one.")
    return [chosen[platform] for platform in wanted if platform in chosen]


def _platforms(words: Sequence[str]) -> list[Platform]:
    if not words or "all" in words:
        return list(TELLERS)
    for word in words:
        if word not in TELLERS:
            raise Misconfigured(f"The demo knows no platform {word!r}{suggestion(word, TELLERS)}")
    return [Platform(word) for word in words]


class Demo:
    """One run of the demo against one service."""

    def __init__(
        self, *, connections: Sequence[Connection], url: str, query_url: str, token: str | None, now: datetime
    ) -> None:
        """Keep what the run needs; *token* None: calls are sent but cannot be shown."""
        self._connections: Final = connections
        self._url: Final = url
        self._query_url: Final = query_url
        self._token: Final = token
        self._now: Final = now
        self._screen: Final = screen()

    async def run(self, *, count: int, seed: int) -> None:
        """Send *count* calls and show them; raises `CannotStart` where the service does not take them."""
        told = stories(count, seed=seed, now=self._now)
        posts = plan(told, self._connections, TELLERS, seed=seed)
        again = sum(post.again for post in posts)
        names = ", ".join(row.platform for row in self._connections)
        self._screen.print(f"{count} calls of {names}: {len(posts)} signed webhooks, {again} of them redeliveries.")
        wanted = {
            TELLERS[self._connections[index % len(self._connections)].platform].call_id(story)
            for index, story in enumerate(told)
        }
        if self._token is None:
            await self._post(posts)
            self._screen.print("No token is known here, so the calls are not shown; give --token to see them land.")
            return
        await self._post_and_watch(posts, wanted)

    async def _post(self, posts: Sequence[Post]) -> None:
        refused: Counter[str] = Counter()

        def told(post: Post, status: int) -> None:
            if not 200 <= status < 300:  # noqa: PLR2004 - HTTP's classes
                refused[f"{post.connection.id} answered {status}"] += 1

        async with httpx.AsyncClient(base_url=self._url, timeout=TIMEOUT_S) as client:
            statuses = await post_all(posts, TELLERS, client=client, clock=utc_now, told=told)
        answers = ", ".join(f"{times} x {status}" for status, times in sorted(statuses.items()))
        self._screen.print(f"Answers: {answers}.")
        if refused:
            reasons = "; ".join(f"{reason} ({times} times)" for reason, times in refused.items())
            raise CannotStart(f"{reasons}: does the service read the same aftercall.toml?")

    async def _post_and_watch(self, posts: Sequence[Post], wanted: set[str]) -> None:
        sent = asyncio.Event()
        headers = {"Authorization": f"Bearer {self._token}"}
        title = f"calls of {self._query_url}/v1/calls"
        async with httpx.AsyncClient(base_url=self._query_url, headers=headers, timeout=TIMEOUT_S) as client:
            with Live(table([], title=title), console=self._screen, transient=not self._screen.is_terminal) as live:
                watching = asyncio.create_task(
                    watch(client, wanted, sent=sent, show=lambda calls: live.update(table(calls, title=title)))
                )
                try:
                    await self._post(posts)
                    sent.set()
                    await watching
                finally:
                    watching.cancel()
        self._tell(watching.result(), wanted, title=title)

    def _tell(self, calls: Sequence[Call], wanted: set[str], *, title: str) -> None:
        if not self._screen.is_terminal:
            self._screen.print(table(calls, title=title))
        self._screen.print(f"{len(calls)} of {len(wanted)} calls are stored. One of them, with its turns:")
        spoken = next((call for call in calls if call["has_transcript"]), calls[0] if calls else None)
        if spoken:
            self._screen.print(
                f"curl -H 'Authorization: Bearer {self._token}' {self._query_url}/v1/calls/{spoken['uid']}"
            )
