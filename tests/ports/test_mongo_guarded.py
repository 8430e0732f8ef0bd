"""A MongoDB that wants to know who we are: it takes what it lets us do, and what it refuses is told with its remedy."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from runtime.errors import CannotStart
from storage.errors import Away
from storage.mongo import connect
from storage.mongo_keeper import MongoKeeper
from storage.mongo_writer import MongoWriter
from tests.pure.storage.updates import make_update
from tests.servers.guarded import GuardedMongo
from tests.system.command import aftercall
from tests.system.test_up import CONFIG

REFUSED = "refuses our user or password: .*AFTERCALL_MONGO_URL .*role readWrite"
WRONG = "wrong-hush"


@pytest.fixture(scope="module")
def guarded() -> Iterator[GuardedMongo]:
    with GuardedMongo() as server:
        yield server


async def test_a_user_who_may_read_and_write_one_database_will_do(guarded: GuardedMongo) -> None:
    async with connect(guarded.as_user("readWrite")) as database:
        keeper = MongoKeeper(database)
        await keeper.set_up()
        await MongoWriter(database, raw_days=lambda _: 30).apply([make_update()])

        async with await database["calls"].watch():  # as the live feed does
            assert await keeper.ready()
        assert await keeper.findings() == []
        assert await database["calls"].count_documents({}) == 1


async def test_a_wrong_password_is_told_in_one_sentence(guarded: GuardedMongo) -> None:
    with pytest.raises(CannotStart, match=REFUSED) as refused:
        async with connect(guarded.as_user("readWrite", password=WRONG)):
            pass

    assert WRONG not in str(refused.value)


async def test_an_address_without_a_user_is_told_in_the_same(guarded: GuardedMongo) -> None:
    async with connect(guarded.url) as database:
        with pytest.raises(CannotStart, match=REFUSED):
            await MongoKeeper(database).findings()


async def test_a_right_that_is_missing_is_waited_for_and_tells_nothing_of_what_was_written(
    guarded: GuardedMongo,
) -> None:
    async with connect(guarded.as_user("read")) as database:
        with pytest.raises(Away, match=REFUSED) as refused:
            await MongoWriter(database, raw_days=lambda _: 30).apply([make_update(call="c-of-somebody")])

    assert "c-of-somebody" not in str(refused.value)


@pytest.mark.parametrize("verb", ["query", "setup"])
def test_a_process_ends_with_the_sentence_alone(verb: str, guarded: GuardedMongo, tmp_path: Path) -> None:
    (tmp_path / "aftercall.toml").write_text(CONFIG)
    url = guarded.as_user("readWrite", password=WRONG)

    ended = aftercall(verb, directory=tmp_path, AFTERCALL_MONGO_URL=url, AFTERCALL_PORT="0")

    assert ended.returncode == 1
    assert len(ended.stderr.splitlines()) == 1
    assert ended.stderr.startswith("aftercall: MongoDB refuses our user or password")
