"""A session's servers are started once, whoever asks, and refusals reach who asked."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from typing_extensions import override

from tests.servers.hosts import NotStarted
from tests.servers.shared import Desk, Lent, Owned


class Counted(Owned):
    """Servers that only count how often they were started."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    @override
    def address(self, kind: str) -> str:
        self.asked.append(kind)
        if kind == "kafka":
            raise NotStarted("no Kafka here: do this")
        return f"{kind}://here"


@pytest.fixture
def owned() -> Counted:
    return Counted()


@pytest.fixture
def lent(owned: Counted, tmp_path: Path) -> Iterator[Lent]:
    with Desk(owned, path=tmp_path / "desk") as desk:
        yield Lent(desk.path)


def test_nothing_is_started_before_it_is_asked_for(owned: Counted, lent: Lent) -> None:
    assert owned.asked == []


def test_another_process_is_told_the_address(lent: Lent) -> None:
    assert lent.address("mongo") == "mongo://here"


def test_another_process_is_told_why_there_is_none_and_may_ask_again(lent: Lent) -> None:
    with pytest.raises(NotStarted, match="no Kafka here: do this"):
        lent.address("kafka")

    assert lent.address("mongo") == "mongo://here"
