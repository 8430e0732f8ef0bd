"""An `AFTERCALL_MONGO_URL` that will not do."""

import pytest
from pymongo.errors import ConfigurationError

from runtime.errors import Misconfigured
from storage.errors import Away
from storage.mongo import answering, connect


@pytest.mark.parametrize("password", ["abc/hunter2", "abc:hunter2", "abc@hunter2", "abc?hunter2", "abc%hunter2"])
async def test_a_password_that_breaks_the_url_is_not_told(password: str) -> None:
    with pytest.raises(Misconfigured) as refused:
        await connect(f"mongodb://user:{password}@host/db").__aenter__()

    assert "AFTERCALL_MONGO_URL cannot be read: write mongodb://" in str(refused.value)
    assert "hunter2" not in str(refused.value)


async def test_a_url_without_a_password_is_told_what_is_wrong_with_it() -> None:
    with pytest.raises(Misconfigured, match="URI must begin with 'mongodb://'"):
        await connect("mongo://host/db").__aenter__()


def test_a_server_that_dns_does_not_tell_now_is_away() -> None:
    with pytest.raises(Away, match="DNS"), answering():
        raise ConfigurationError("The DNS query name does not exist: _mongodb._tcp.h.")
