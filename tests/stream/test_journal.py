"""What the journal promises beyond its port: it survives its process, and is one process's alone."""

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, NamedTuple

import pytest

from stream.journal import WAITING_BYTES, Journal, open_journal
from stream.journal_schema import FILE
from stream.ports import Unavailable, Unusable
from tests.ports.streams import SOON_S, bodies, make_envelope, publish_all, take


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


async def test_a_burst_is_told_to_workers_that_share_the_process(tmp_path: Path) -> None:
    async with open_journal(directory=tmp_path) as journal:
        quiet = journal.busy()
        await publish_all(journal, [make_envelope(b"%d" % n) for n in range(500)])

        assert (quiet, journal.busy()) == (False, True)
        async with asyncio.timeout(SOON_S):
            while journal.busy():  # noqa: ASYNC110  # as workers ask
                await asyncio.sleep(0.05)


async def test_a_disk_that_hangs_is_answered_in_time_and_others_after_it(tmp_path: Path) -> None:
    async with open_journal(directory=tmp_path) as journal:
        await journal.publish(make_envelope(b"before"))
    async with open_journal(directory=tmp_path, deadline_s=0.2) as journal:
        with disk_held(tmp_path), pytest.raises(Unavailable, match="does not answer"):
            await journal.publish(make_envelope(b"late"))
        await taken(journal, b"after")

        source = journal.source()
        found = set(bodies(await take(source, sum(source.lag().values()))))

    assert found >= {b"before", b"after"}
    assert found <= {b"before", b"late", b"after"}


async def test_bodies_that_wait_are_bounded(tmp_path: Path) -> None:
    async with open_journal(directory=tmp_path, deadline_s=SOON_S) as journal:
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
        source = journal.source()
        assert len(set(bodies(await take(source, sum(source.lag().values())))) | {b"3"}) == 10


async def taken(journal: Journal, body: bytes) -> None:
    """Publish as senders do, again until it is taken: of a test the disk may be slow."""
    async with asyncio.timeout(SOON_S):
        while True:
            with suppress(Unavailable):
                return await journal.publish(make_envelope(body))


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
