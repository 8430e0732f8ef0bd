"""Posting the plan: a few at a time, each proved at the moment it is sent."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import httpx

from aftercall.demo.plan import Post
from aftercall.demo.proofs import request
from aftercall.demo.webhook import Teller
from runtime.clock import Clock
from runtime.errors import CannotStart
from schemas.words import Platform

PAUSE_S: Final = 0.04  # between two posts: slow enough to watch, quick enough to wait for


async def post_all(
    posts: Sequence[Post],
    tellers: Mapping[Platform, Teller],
    *,
    client: httpx.AsyncClient,
    clock: Clock,
    told: Callable[[Post, int], None],
) -> Counter[int]:
    """Post each in order, tell *told* its status, return how many got which; raises `CannotStart` if nobody listens."""
    statuses: Counter[int] = Counter()
    for post in posts:
        teller = tellers[post.connection.platform]
        path, headers, body = request(teller, post.connection, post.webhook, base_url=str(client.base_url), now=clock())
        try:
            answer = await client.post(path, headers=headers, content=body)
        except httpx.TransportError as error:
            raise CannotStart(
                f"Nobody answers at {client.base_url} ({type(error).__name__}): start `aftercall up`, or give --url."
            ) from None
        statuses[answer.status_code] += 1
        told(post, answer.status_code)
        await asyncio.sleep(PAUSE_S)
    return statuses
