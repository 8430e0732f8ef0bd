"""OMICall's secret may come in the URL or in a header; either proves the sender, a wrong one beside it does not."""

import pytest

from ingest.errors import Forged, Unsigned
from ingest.platforms.omicall import SOURCE
from runtime.config import Options
from tests.pure.requests import received

SECRETS = (b"older", b"s3cret")


@pytest.mark.parametrize("query", [b"key=s3cret", b"secret=s3cret", b"a=1&key=s3cret"])
def test_a_secret_in_the_url_proves_the_sender(query: bytes) -> None:
    SOURCE.schemes["query"](received(b"{}", query=query), SECRETS, Options())


def test_a_secret_in_the_header_proves_the_sender() -> None:
    SOURCE.schemes["query"](received(b"{}", headers={"X-Webhook-Key": "s3cret"}), SECRETS, Options())


@pytest.mark.parametrize(
    ("query", "headers"),
    [
        (b"key=wrong", []),
        (b"key=s3cret", [("X-Webhook-Key", "wrong")]),
        (b"key=s3cret&key=s3cret", []),
        (b"", [("X-Webhook-Key", "s3cret"), ("X-Webhook-Key", "s3cret")]),
        (b"", [("X-Webhook-Key", "s3cre")]),
    ],
)
def test_a_wrong_or_doubled_secret_is_forged(query: bytes, headers: list[tuple[str, str]]) -> None:
    with pytest.raises(Forged):
        SOURCE.schemes["query"](received(b"{}", query=query, headers=headers), SECRETS, Options())


def test_no_secret_at_all_is_unsigned() -> None:
    with pytest.raises(Unsigned):
        SOURCE.schemes["query"](received(b"{}"), SECRETS, Options())
