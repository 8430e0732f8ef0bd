"""The journal keeps within its bounds: what is given up, what is refused, and how it heals."""

import asyncio
import resource
import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from schemas.envelope import Envelope
from stream.journal import open_journal
from stream.journal_schema import FILE
from stream.journal_space import KEEP_MS, SCARCE_BYTES, VACUUMED_PAGES
from stream.ports import Unavailable
from stream.times import now_ms
from tests.ports.streams import SOON_S, bodies, make_envelope, publish_all, take
from tests.stream.journals import MB, noise, size_of


async def test_a_full_journal_refuses_and_takes_again_once_workers_caught_up(tmp_path: Path) -> None:
    async with open_journal(directory=tmp_path, bound_bytes=4 * MB, deadline_s=SOON_S) as journal:
        taken = await publish_until_refused(journal.publish)
        refused = journal.ready()
        source = journal.source()
        read = await take(source, taken)
        await journal.publish(make_envelope(b"after"))

        assert refused == {"journal": False}
        assert journal.ready() == {"journal": True}
        assert len(read) == taken
        assert bodies(await take(source, 1)) == [b"after"]


async def test_a_full_journal_is_ready_again_by_itself_once_workers_caught_up(tmp_path: Path) -> None:
    async with open_journal(directory=tmp_path, bound_bytes=4 * MB, deadline_s=SOON_S) as journal:
        with pytest.raises(Unavailable):
            await publish_all(journal, [noise(100_000, n) for n in range(60)])
        source = journal.source()
        await take(source, sum(source.lag().values()))

        await until_ready(journal.ready)


async def test_consumed_records_make_room_oldest_first(tmp_path: Path) -> None:
    async with open_journal(directory=tmp_path, bound_bytes=4 * MB, deadline_s=SOON_S) as journal:
        source = journal.source()
        for number in range(100):
            await journal.publish(noise(100_000, number))
            await take(source, 1)

        await journal.rewinder.rewind(since=0)
        kept = [record.offset for record in await take(source, 10)]

    assert kept[0] > 0
    assert kept == list(range(kept[0], kept[0] + len(kept)))


async def test_consumed_records_are_kept_for_a_replay_and_then_given_up(tmp_path: Path) -> None:
    now = now_ms()
    async with open_journal(directory=tmp_path, clock=lambda: now) as journal:
        await publish_all(journal, [make_envelope(b"%d" % n) for n in range(5)])
        source = journal.source()
        await take(source, 5)
        now += KEEP_MS - 1
        await tidied(tmp_path, rows=1)

        now += 1
        await tidied(tmp_path, rows=0)

        assert await journal.rewinder.rewind(since=0) == {source.lag().popitem()[0]: 5}
        await journal.publish(make_envelope(b"next"))
        assert [record.offset for record in await take(source, 1)] == [5]


async def test_consumed_records_are_given_up_early_where_the_disk_gets_scarce(tmp_path: Path) -> None:
    free = 1_000 * MB
    async with open_journal(directory=tmp_path, floor_bytes=50 * MB, free=lambda _: free, deadline_s=SOON_S) as journal:
        await publish_all(journal, [noise(10 * MB, number) for number in range(3)])
        await take(journal.source(), 3)
        before = size_of(tmp_path)

        free = 50 * MB + SCARCE_BYTES - 1
        await tidied(tmp_path, rows=0)

        async with asyncio.timeout(SOON_S):
            while size_of(tmp_path) > before / 10:  # noqa: ASYNC110  # seen from outside, as `df` does
                await asyncio.sleep(0.1)


async def test_what_nobody_read_outlives_any_time(tmp_path: Path) -> None:
    now = now_ms()
    async with open_journal(directory=tmp_path, clock=lambda: now) as journal:
        await journal.publish(make_envelope(b"waits"))
        now += 10 * KEEP_MS
        await asyncio.sleep(2.5)

        assert bodies(await take(journal.source(), 1)) == [b"waits"]


async def test_space_is_given_back_to_the_disk(tmp_path: Path) -> None:
    now = now_ms()
    async with open_journal(directory=tmp_path, clock=lambda: now, deadline_s=SOON_S) as journal:
        await publish_all(journal, [noise(10 * MB, number) for number in range(2 * VACUUMED_PAGES // 640 + 2)])
        source = journal.source()
        await take(source, sum(source.lag().values()))
        before = size_of(tmp_path)

        now += KEEP_MS + 1

        async with asyncio.timeout(SOON_S):
            while size_of(tmp_path) > before / 2:  # noqa: ASYNC110  # seen from outside, as `df` does
                await asyncio.sleep(0.1)


async def test_too_little_free_disk_refuses_ahead_and_heals(tmp_path: Path) -> None:
    free = 100 * MB
    async with open_journal(directory=tmp_path, floor_bytes=50 * MB, free=lambda _: free) as journal:
        await journal.publish(make_envelope(b"1"))
        free = 50 * MB
        with pytest.raises(Unavailable, match="disk"):
            await journal.publish(make_envelope(b"2"))
        assert journal.ready() == {"journal": False}

        free = 100 * MB
        await until_ready(journal.ready)
        await journal.publish(make_envelope(b"3"))

        assert bodies(await take(journal.source(), 2)) == [b"1", b"3"]


async def test_too_little_free_disk_is_told_before_anything_is_refused(tmp_path: Path) -> None:
    free = 100 * MB
    async with open_journal(directory=tmp_path, floor_bytes=50 * MB, free=lambda _: free) as journal:
        await journal.publish(make_envelope(b"1"))
        free = 50 * MB - 1
        await until_ready(lambda: {"disk": not all(journal.ready().values())})

        free = 100 * MB
        await until_ready(journal.ready)


async def test_files_that_cannot_grow_refuse_keep_what_was_taken_and_heal(tmp_path: Path) -> None:
    async with open_journal(directory=tmp_path, deadline_s=SOON_S) as journal:
        await journal.publish(noise(MB // 2, 1))
        with files_limited_to(size_of(tmp_path) + 2 * MB):
            taken = await publish_until_refused(journal.publish)
            assert journal.ready() == {"journal": False}
            source = journal.source()
            read = await take(source, 1 + taken, commit=False)

        await until_ready(journal.ready)
        await journal.publish(make_envelope(b"after"))

        assert len(read) == 1 + taken
        assert len(await take(journal.source(), 2 + taken)) == 2 + taken


async def test_a_worker_outlives_a_commit_that_the_disk_did_not_take(tmp_path: Path) -> None:
    async with open_journal(directory=tmp_path) as journal:
        await publish_all(journal, [make_envelope(b"%d" % n) for n in range(10)])
        source = journal.source(records=5)
        batches = source.batches()
        with files_limited_to(0):
            await source.commit(await anext(batches))
        lost = source.lag().popitem()[1]
        await source.commit(await anext(batches))

        assert lost == 10
        assert source.lag().popitem()[1] == 0


async def until_ready(ready: Callable[[], dict[str, bool]]) -> None:
    async with asyncio.timeout(SOON_S):
        while not all(ready().values()):  # noqa: ASYNC110  # seen from outside, as a load balancer does
            await asyncio.sleep(0.05)


async def tidied(directory: Path, *, rows: int) -> None:
    """Return when the journal's own upkeep has left so many rows."""
    file = sqlite3.connect(directory / FILE)
    async with asyncio.timeout(SOON_S):
        if rows:
            await asyncio.sleep(2.2)  # two rounds of it, so that one row too few would be seen
        while file.execute("SELECT count(*) FROM groups").fetchone() != (rows,):  # noqa: ASYNC110  # another connection
            await asyncio.sleep(0.05)
    file.close()


async def publish_until_refused(publish: Callable[[Envelope], Awaitable[None]]) -> int:
    for taken in range(100):
        try:
            await publish(noise(MB // 2, taken))
        except Unavailable:
            return taken
    raise AssertionError("nothing was refused")


@contextmanager
def files_limited_to(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond *size*: what a full disk does, without one."""
    before, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (before, hard))
