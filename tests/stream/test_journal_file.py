"""The journal's file: opened as durably as can be, read again, and told of where it is damaged."""

import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.journal import open_journal
from stream.journal_groups import GROUP_BYTES, GROUP_RECORDS, PIECE_BYTES, weigh
from stream.journal_schema import FILE, connect
from stream.journal_tables import grouped
from stream.ports import Unusable
from tests.ports.streams import bodies, make_envelope, publish_all, take

DURABLE = {"journal_mode": "wal", "synchronous": 2, "auto_vacuum": 2}  # FULL: fsync at each commit; INCREMENTAL


def test_the_file_is_opened_as_durably_as_sqlite_can(tmp_path: Path) -> None:
    with closing(connect(tmp_path)) as connection:
        set_to = {name: connection.execute(f"PRAGMA {name}").fetchone()[0] for name in DURABLE}

    assert set_to == DURABLE


async def test_only_its_owner_can_read_what_people_said(tmp_path: Path) -> None:
    async with open_journal(directory=tmp_path / "data" / "journal"):
        pass

    assert stat.S_IMODE((tmp_path / "data" / "journal").stat().st_mode) == stat.S_IRWXU


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
