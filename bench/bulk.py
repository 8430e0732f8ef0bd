"""Bench calls by bulk: folded as the writer folds them, inserted by two processes, and only then indexed.

What is there in the end is what the writer makes of the same updates (a test compares), several times sooner: nothing
is looked up before it is written, and an index of a million calls is built by sorting rather than entry by entry.
"""

import asyncio
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime
from itertools import islice
from multiprocessing import get_context
from typing import Final, NamedTuple

from bench.seed import updates
from runtime.clock import utc_now
from schemas.update import CallUpdate
from storage.document import Document, Identity, folded
from storage.flatten import whole_ms
from storage.mongo import connect
from storage.mongo_batch_sums import MongoBatchSums
from storage.mongo_bulk import insert
from storage.mongo_chunks import pieces
from storage.mongo_numbers import MongoNumbers
from storage.mongo_parts import part_name
from storage.mongo_setup import set_up
from storage.parts import unpack_parts
from storage.searched import searched

PROCESSES: Final = 2  # one folds while MongoDB takes what the other folded
AT_ONCE: Final = 1_000  # calls an insert: 5 MB on the way, a round trip among thousands of documents


class Share(NamedTuple):
    """What one process does: of *calls* calls every *of*th piece, from the *place*th on; numbered from *first*."""

    url: str
    calls: int
    tenant: str
    seed: int
    first: int
    place: int
    of: int


class Stored(NamedTuple):
    """A call as the store keeps it: its document, and the long parts beside it."""

    document: Document
    parts: list[Document]


def stored(update: CallUpdate, *, number: int, at: datetime) -> Stored:
    """Return what the writer makes of a new call's only *update*, written at *at*."""
    identity = Identity.of(update)
    result = folded(None, [update], identity=identity)
    if result is None:
        raise ValueError(identity.key)
    text = searched(result.document, [unpack_parts(packed) for packed in result.parts.values()])
    rest = {"text": text, "number": number, "updated_at": at, "revision": 1}
    parts = [row for ref, packed in result.parts.items() for row in pieces(part_name(identity.uid, ref), packed)]
    return Stored(result.document | rest, parts)


async def load(url: str, calls: int, *, tenant: str, seed: int = 1) -> None:
    """Fill the empty database at *url* with *calls* bench calls of *tenant*, then make its indexes."""
    async with connect(url) as database:
        numbers = await MongoNumbers(database).take(tenant, calls)
        shares = [Share(url, calls, tenant, seed, numbers[0], place, PROCESSES) for place in range(PROCESSES)]
        loop = asyncio.get_running_loop()
        with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
            filled = await asyncio.gather(*(loop.run_in_executor(pool, fill, share) for share in shares))
        await MongoBatchSums(database).mark((tenant, batch, numbers[0]) for batches in filled for batch in batches)
        await set_up(database)


def fill(share: Share) -> set[str]:
    """Write a process's share; return the batches that its calls belong to."""
    return asyncio.run(_fill(share))


async def _fill(share: Share) -> set[str]:
    batches: set[str] = set()
    async with connect(share.url) as database:
        for first, piece in _pieces(share):
            at = whole_ms(utc_now())
            rows = [stored(update, number=first + place, at=at) for place, update in enumerate(piece)]
            await insert(database["transcripts"], [part for row in rows for part in row.parts])
            await insert(database["calls"], [row.document for row in rows])
            batches.update(row.document["batch"]["id"] for row in rows if "batch" in row.document)
    return batches


def _pieces(share: Share) -> Iterator[tuple[int, Sequence[CallUpdate]]]:
    """Yield the pieces of a share, each with the number of its first call."""
    # Dice cannot be thrown from the middle: every process throws them all, a tenth of its work.
    source = updates(share.calls, tenant=share.tenant, seed=share.seed)
    for place, start in enumerate(range(0, share.calls, AT_ONCE)):
        piece = list(islice(source, AT_ONCE))
        if place % share.of == share.place:
            yield share.first + start, piece
