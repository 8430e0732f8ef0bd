"""What the journal promises beyond its port: it survives its process, bounds itself, and says what is wrong."""

import asyncio
import random
import resource
import sqlite3
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.envelope import Envelope
from stream.journal import WAITING_BYTES, open_journal
from stream.journal_groups import GROUP_BYTES, GROUP_RECORDS, PIECE_BYTES, weigh
from stream.journal_schema import FILE, connect
from stream.journal_space import KEEP_MS, SCARCE_BYTES, VACUUMED_PAGES
from stream.journal_tables import grouped
from stream.ports import Unavailable, Unusable
from stream.times import now_ms
from tests.ports.streams import SOON_S, bodies, make_envelope, publish_all, take

MB = 1 << 20
DURABLE = {"journal_mode": "wal", "synchronous": 2, "auto_vacuum": 2}  # FULL: fsync at each commit; INCREMENTAL


@pytest.mark.parametrize("acknowledged", [1, 100, 1_000])
async def test_a_killed_process_loses_nothing_that_it_said_was_durable(tmp_path: Path, acknowledged: int) -> None:
    with writing(tmp_path) as writer:
        lines = [writer.said.readline() for _ in range(acknowledged)]
        writer.process.kill()
        lines += writer.said.readlines()

    async with open_journal(directory=tmp_path) as journal:
        source = journal.source()
        kept = await take(source, sum(source.lag().values()))

    assert {record.value.split()[0].decode() for record in kept} >= {
        line.strip() for line in lines if line.endswith("\n")
    }
    assert all(record.envelope is not None for record in kept)


def test_the_file_is_opened_as_durably_as_sqlite_can(tmp_path: Path) -> None:
    with closing(connect(tmp_path)) as connection:
        set_to = {name: connection.execute(f"PRAGMA {name}").fetchone()[0] for name in DURABLE}

    assert set_to == DURABLE


async def test_a_second_process_is_refused_and_told_who_the_first_is(tmp_path: Path) -> None:
    with writing(tmp_path) as writer:
        writer.said.readline()

        with pytest.raises(Unusable, match=f"process {writer.process.pid}"):
            async with open_journal(directory=tmp_path):
                pass


async def test_a_command_beside_a_running_process_adds_and_rewinds(tmp_path: Path) -> None:
    async with open_journal(directory=tmp_path) as journal:
        await publish_all(journal, [make_envelope(b"%d" % n) for n in range(5)])
        source = journal.source()
        await take(source, 5)

        async with open_journal(directory=tmp_path, beside=True) as other:
            await other.publish(make_envelope(b"beside"))
            added = await take(source, 1)
            await other.rewinder.rewind(since=0)
        again = await take(source, 6)

    assert bodies(added) == [b"beside"]
    assert bodies(again) == [b"0", b"1", b"2", b"3", b"4", b"beside"]


@pytest.mark.parametrize("asked_for_the_next", [False, True])
async def test_a_batch_in_hand_while_the_position_is_moved_commits_nothing(
    tmp_path: Path, *, asked_for_the_next: bool
) -> None:
    async with open_journal(directory=tmp_path) as journal:
        await publish_all(journal, [make_envelope(b"%d" % n) for n in range(5)])
        source = journal.source(records=2)
        batches = source.batches()
        done, in_hand = await anext(batches), await anext(batches)
        await source.commit(done)

        await journal.rewinder.rewind(since=0)
        again = await anext(batches) if asked_for_the_next else done
        await source.commit(in_hand)

        assert again.records == done.records
        assert len(await take(journal.source(), 5)) == 5


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
    async with open_journal(directory=tmp_path) as journal:
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


async def test_a_burst_is_told_to_workers_that_share_the_process(tmp_path: Path) -> None:
    async with open_journal(directory=tmp_path) as journal:
        quiet = journal.busy()
        await publish_all(journal, [make_envelope(b"%d" % n) for n in range(500)])

        assert (quiet, journal.busy()) == (False, True)
        async with asyncio.timeout(SOON_S):
            while journal.busy():  # noqa: ASYNC110  # as workers ask
                await asyncio.sleep(0.05)


async def test_a_disk_that_hangs_is_answered_in_time_and_others_after_it(tmp_path: Path) -> None:
    async with open_journal(directory=tmp_path, deadline_s=0.2) as journal:
        await journal.publish(make_envelope(b"before"))
        with disk_held(tmp_path), pytest.raises(Unavailable, match="does not answer"):
            await journal.publish(make_envelope(b"late"))
        await journal.publish(make_envelope(b"after"))

        found = set(bodies(await take(journal.source(), 2)))

    assert found >= {b"before", b"after"}
    assert found <= {b"before", b"late", b"after"}


async def test_bodies_that_wait_are_bounded(tmp_path: Path) -> None:
    async with open_journal(directory=tmp_path) as journal:
        large = make_envelope(bytes(WAITING_BYTES // 2))
        with disk_held(tmp_path):
            first = asyncio.create_task(journal.publish(large))
            await asyncio.sleep(0.05)

            with pytest.raises(Unavailable, match="too many"):
                await journal.publish(large)
        await first

        await journal.publish(large)


async def test_a_sender_that_goes_away_takes_nobody_with_it(tmp_path: Path) -> None:
    async with open_journal(directory=tmp_path) as journal:
        senders = [asyncio.create_task(journal.publish(make_envelope(b"%d" % n))) for n in range(10)]
        await asyncio.sleep(0)
        senders[3].cancel()

        outcomes = await asyncio.gather(*senders, return_exceptions=True)

        assert [type(outcome) for outcome in outcomes].count(asyncio.CancelledError) == 1
        assert outcomes.count(None) == 9
        assert len(set(bodies(await take(journal.source(), 9))) | {b"3"}) == 10


async def test_what_was_published_is_there_after_a_new_start(tmp_path: Path) -> None:
    for start in range(3):
        async with open_journal(directory=tmp_path) as journal:
            await publish_all(journal, [make_envelope(b"%d-%d" % (start, n)) for n in range(10)])
            source = journal.source(records=5)
            await take(source, 5)

    async with open_journal(directory=tmp_path) as journal:
        rest = await take(journal.source(), 15)

    assert [record.offset for record in rest] == list(range(15, 30))


async def test_a_damaged_record_is_told_and_its_neighbours_are_read(tmp_path: Path) -> None:
    async with open_journal(directory=tmp_path) as journal:
        for body in (b"first", b"second", b"third"):
            await journal.publish(make_envelope(body))
    with sqlite3.connect(tmp_path / FILE) as file:
        file.execute("UPDATE groups SET blob = zeroblob(length(blob)) WHERE first = 1")
    file.close()

    async with open_journal(directory=tmp_path) as journal:
        records = await take(journal.source(), 3)

    assert bodies(records) == [b"first", b"third"]
    assert [record.fault for record in records] == [None, "damaged", None]


async def test_a_large_body_with_a_lost_piece_is_told(tmp_path: Path) -> None:
    async with open_journal(directory=tmp_path) as journal:
        await journal.publish(make_envelope(bytes(3 * PIECE_BYTES)))
    with sqlite3.connect(tmp_path / FILE) as file:
        file.execute("DELETE FROM pieces WHERE number = 1")
    file.close()

    async with open_journal(directory=tmp_path) as journal:
        (record,) = await take(journal.source(), 1)

    assert record.fault == "damaged"


async def test_a_file_that_is_no_journal_is_told_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"not a database, but long enough to be taken for one" * 100)

    with pytest.raises(Unusable, match=r"damaged .*: stop aftercall, move the file away"):
        async with open_journal(directory=tmp_path):
            pass


async def test_a_journal_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    async with open_journal(directory=tmp_path):
        pass
    with sqlite3.connect(tmp_path / FILE) as file:
        file.execute("PRAGMA user_version = 99")
    file.close()

    with pytest.raises(Unusable, match="newer aftercall"):
        async with open_journal(directory=tmp_path):
            pass


async def test_a_directory_that_cannot_be_written_is_told_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(Unusable, match="cannot be written"):
        async with open_journal(directory=tmp_path / "file" / "journal"):
            pass


SIZES = st.lists(st.integers(0, 2 * PIECE_BYTES), max_size=12) | st.lists(st.just(0), max_size=GROUP_RECORDS + 5)


@given(sizes=SIZES)
def test_groups_hold_every_event_in_order_within_their_bounds(sizes: list[int]) -> None:
    envelopes = [make_envelope(bytes(size), event_id=str(number)) for number, size in enumerate(sizes)]

    groups = grouped(envelopes)

    assert [envelope for group in groups for envelope in group] == envelopes
    for group in groups:
        assert 1 <= len(group) <= GROUP_RECORDS
        assert len(group) == 1 or sum(map(weigh, group)) <= GROUP_BYTES
        assert len(group) == 1 or all(len(envelope.body) <= PIECE_BYTES for envelope in group)


class Writing(NamedTuple):
    process: "subprocess.Popen[str]"
    said: IO[str]


@contextmanager
def writing(directory: Path) -> Iterator[Writing]:
    """Let another process publish as fast as it can."""
    command = [sys.executable, "-m", "tests.stream.writer", str(directory)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield Writing(process, process.stdout)
        finally:
            process.kill()


def noise(size: int, seed: int) -> Envelope:
    return make_envelope(random.Random(seed).randbytes(size))


def size_of(directory: Path) -> int:
    return sum(path.stat().st_size for path in directory.iterdir())


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


@contextmanager
def disk_held(directory: Path) -> Iterator[None]:
    """Let nobody write: what a disk that hangs does."""
    holder = sqlite3.connect(directory / FILE, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        holder.execute("ROLLBACK")
        holder.close()
