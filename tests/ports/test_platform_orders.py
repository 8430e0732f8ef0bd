"""On a real MongoDB too, a call's webhooks make one document: in any order, twice, and while others are written."""

import asyncio
from itertools import islice, permutations
from typing import Any

import msgspec
import pytest

from schemas.call import call_key, call_uid
from schemas.update import CallUpdate
from tests.ports.stores import Store, mongo_store
from tests.stories import STORIES, told

MOST_ORDERS = 24  # all orders of four events; the pure test looks at all of every story
WRITERS = 3


@pytest.mark.parametrize("story", STORIES)
async def test_every_order_gives_the_same_call(story: str, mongo_url: str, prepared: str) -> None:
    count = len(list(islice(permutations(told(story)), MOST_ORDERS)))
    orders = [list(permutations(told(story, call=f"c-{n}")))[n] for n in range(count)]

    async with mongo_store(mongo_url, prepared) as store:
        await asyncio.gather(*(_write(store, orders[n::WRITERS]) for n in range(WRITERS)))
        calls = [await _read(store, order[0]) for order in orders]

    assert len(calls) == count
    assert all(call == calls[0] for call in calls)


async def _write(store: Store, orders: list[tuple[CallUpdate, ...]]) -> None:
    """Write each order's updates one by one, and all of them once more together."""
    for order in orders:
        for update in order:
            await store.writer.apply([update])
        await store.writer.apply(list(order))


async def _read(store: Store, update: CallUpdate) -> Any:
    """Return the whole call without what is its own: its names, and when it was written."""
    key = call_key(tenant=update.tenant, platform=update.platform, platform_call_id=update.platform_call_id)
    call = await store.reader.get(update.tenant, call_uid(key))
    assert call is not None
    told = msgspec.to_builtins(call)
    for name in ("uid", "number", "platform_call_id", "updated_at", "revision"):
        del told[name]
    return msgspec.json.decode(msgspec.json.encode(told).replace(call_uid(key).encode(), b"uid"))
