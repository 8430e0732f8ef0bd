"""The jars that Kafka runs from are those whose hashes are committed."""

import hashlib
from pathlib import Path

import pytest

from tests.servers.hosts import NotStarted
from tests.servers.jars import check, jars, listed

HASHES = {"one.jar": hashlib.sha256(b"one").hexdigest(), "two.jar": hashlib.sha256(b"two").hexdigest()}


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    for name in ("one", "two"):
        (tmp_path / f"{name}.jar").write_bytes(name.encode())
    return tmp_path


def test_jars_as_committed_are_taken(directory: Path) -> None:
    check(directory, hashes=HASHES)


def test_a_changed_jar_is_refused(directory: Path) -> None:
    (directory / "two.jar").write_bytes(b"evil")

    with pytest.raises(NotStarted, match=r"two\.jar .* remove the directory"):
        check(directory, hashes=HASHES)


def test_a_missing_jar_is_refused(directory: Path) -> None:
    (directory / "one.jar").unlink()

    with pytest.raises(NotStarted, match=r"one\.jar"):
        check(directory, hashes=HASHES)


def test_a_jar_nobody_committed_is_refused(directory: Path) -> None:
    (directory / "three.jar").write_bytes(b"three")

    with pytest.raises(NotStarted, match=r"three\.jar"):
        check(directory, hashes=HASHES)


def test_a_cache_with_other_jars_is_not_used(directory: Path) -> None:
    with pytest.raises(NotStarted):
        jars(directory)


def test_the_list_names_the_broker() -> None:
    assert "org.apache.kafka:kafka_2.13:4.1.0" in listed()
