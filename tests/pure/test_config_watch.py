"""A configuration that changes while we run."""

import asyncio
import threading
from pathlib import Path

import pytest

from runtime.config import Config
from runtime.config_checks import Fault
from runtime.config_watch import BROKEN, ConfigWatch
from runtime.errors import Misconfigured

ONE = '[[tenants]]\nid = "one"\n'
TWO = '[[tenants]]\nid = "second"\n'


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "aftercall.toml"
    path.write_text(ONE)
    return path


def watch(path: Path) -> ConfigWatch:
    return ConfigWatch(path, {}, secrets_of=())


def tenants(config: Config) -> list[str]:
    return [tenant.id for tenant in config.tenants]


def test_a_changed_file_is_taken(path: Path) -> None:
    watched = watch(path)
    path.write_text(TWO)

    assert watched.look()
    assert tenants(watched.current()) == ["second"]
    assert not watched.look()


def test_a_broken_file_keeps_the_last_good_one_and_says_so(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    watched = watch(path)
    path.write_text('[[tenants]]\nidd = "second"\n')

    assert not watched.look()
    assert tenants(watched.current()) == ["one"]
    assert BROKEN._value.get() == 1
    assert "config_refused" in caplog.text

    path.write_text(TWO)

    assert watched.look()
    assert BROKEN._value.get() == 0


def test_a_fault_of_ours_in_reading_keeps_the_last_good_one(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    def fails_on_two(config: Config) -> list[Fault]:
        if tenants(config) == ["second"]:
            raise KeyError
        return []

    watched = ConfigWatch(path, {}, secrets_of=(), checks=[fails_on_two])
    path.write_text(TWO)

    assert not watched.look()
    assert tenants(watched.current()) == ["one"]
    assert BROKEN._value.get() == 1
    assert "config_failed" in caplog.text

    path.write_text(ONE)

    assert watched.look()
    assert BROKEN._value.get() == 0


def test_a_file_that_is_replaced_by_renaming_is_taken(path: Path) -> None:
    watched = watch(path)
    other = path.with_suffix(".new")
    other.write_text(TWO)
    other.replace(path)

    assert watched.look()


def test_a_file_that_vanishes_keeps_the_last_good_one(path: Path) -> None:
    watched = watch(path)
    path.unlink()

    assert not watched.look()
    assert tenants(watched.current()) == ["one"]


async def test_a_file_is_read_beside_the_event_loop_while_it_is_followed(path: Path) -> None:
    readers: list[int] = []

    def read_by(_config: Config) -> list[Fault]:
        readers.append(threading.get_ident())
        return []

    watched = ConfigWatch(path, {}, secrets_of=(), checks=[read_by])
    path.write_text(TWO)
    changed: asyncio.Future[Config] = asyncio.get_running_loop().create_future()

    following = asyncio.create_task(watched.follow(changed.set_result))
    config = await asyncio.wait_for(changed, 60)
    following.cancel()

    assert tenants(config) == tenants(watched.current()) == ["second"]
    assert readers[1] != threading.get_ident()


def test_a_broken_file_at_start_is_refused(path: Path) -> None:
    path.write_text("[[tenants]")

    with pytest.raises(Misconfigured):
        watch(path)
