"""Which mongod is taken, and what people are told when it does not start."""

from pathlib import Path

import pytest

from runtime.errors import CannotStart
from storage import mongod_binary
from storage.mongod_binary import find, remedy

LOCKED = (
    '{"s":"E", "msg":"DBException in initAndListen, terminating","attr":{"error":"DBPathInUse: Unable to lock the '
    'lock file: m/mongod.lock (Resource temporarily unavailable). Another mongod instance is already running"}}'
)
UNWRITABLE = (
    '{"s":"E", "msg":"DBException in initAndListen, terminating","attr":{"error":"DBPathInUse: Unable to create/open '
    'the lock file: x/mongod.lock (Permission denied). Ensure the user executing mongod is the owner"}}'
)
NO_CURL = "mongod: error while loading shared libraries: libcurl.so.4: cannot open shared object file: No such file"
NO_OTHER = "mongod: error while loading shared libraries: libnova.so.9: cannot open shared object file: No such file"
TAKEN = '{"s":"E", "msg":"Error setting up listener","attr":{"error":{"errmsg":"Address already in use"}}}'


@pytest.fixture
def on_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PATH", str(tmp_path))
    binary = tmp_path / "mongod"
    binary.touch(mode=0o755)
    return binary


def test_storage_is_opened_by_the_mongod_that_made_it(on_path: Path, tmp_path: Path) -> None:
    maker = tmp_path / "older-mongod"
    maker.touch()

    assert find(made_by=str(maker)) == maker


def test_new_storage_is_made_by_the_mongod_on_path(on_path: Path) -> None:
    assert find() == on_path


def test_storage_whose_maker_is_gone_is_opened_by_the_one_there_is(on_path: Path) -> None:
    assert find(made_by="/gone/mongod") == on_path


def test_without_one_on_path_the_wheel_brings_it(on_path: Path) -> None:
    on_path.unlink()

    assert find().parts[-4:] == ("fiftyone", "db", "bin", "mongod")


def test_without_any_one_sentence_says_what_to_do(on_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    on_path.unlink()
    monkeypatch.setattr(mongod_binary, "PACKAGE", "nowhere.at.all")

    with pytest.raises(CannotStart, match="AFTERCALL_MONGO_URL"):
        find()


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (NO_CURL, "apt-get install libcurl4"),
        (NO_OTHER, "libnova.so.9"),
        (LOCKED, "another mongod uses this data directory"),
        (UNWRITABLE, "cannot be written"),
        (TAKEN, "port is taken"),
        ("No space left on device", "disk is full"),
        ('{"s":"I"}\n{"s":"F","msg":"odd"}\n{"s":"I","msg":"bye"}', "odd"),
        ("", "not a word"),
    ],
)
def test_what_mongod_said_becomes_what_to_do(said: str, told: str) -> None:
    assert told in remedy(said)
