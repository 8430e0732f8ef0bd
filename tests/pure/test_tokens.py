"""A signed token has one spelling, one algorithm and one secret."""

from base64 import urlsafe_b64encode
from string import ascii_letters, digits

import jwt
import pytest

from ingest.errors import Forged
from ingest.proof import jwt_claims

SECRET = b"a-secret-of-the-sender-0123456789abcdef"
TOKEN = jwt.encode({"iss": "a"}, SECRET, algorithm="HS256")


def test_claims_are_read_under_any_of_the_secrets_short_ones_too() -> None:
    short = jwt.encode({"iss": "a"}, b"short".ljust(32, b"\0"), algorithm="HS256")

    assert jwt_claims(TOKEN, [b"old", SECRET]) == {"iss": "a"}
    assert jwt_claims(short, [b"short"]) == {"iss": "a"}


def other_spellings() -> list[str]:
    """Return tokens whose signature decodes to the same bytes: the last letter has bits that are thrown away."""
    return [TOKEN[:-1] + letter for letter in ascii_letters + digits + "-_" if letter != TOKEN[-1]]


def none_at_all() -> str:
    head = urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').rstrip(b"=").decode()
    return f"{head}.{TOKEN.split('.')[1]}."


@pytest.mark.parametrize(
    "token",
    [
        *other_spellings(),
        none_at_all(),
        jwt.encode({"iss": "a"}, SECRET.ljust(64, b"\0"), algorithm="HS512"),
        jwt.encode({"iss": "a"}, SECRET + b"x", algorithm="HS256"),
        TOKEN + "=",
        TOKEN.rpartition(".")[0],
        "",
        "a.b.c",
        "." * 10_000,
    ],
)
def test_anything_else_is_forged(token: str) -> None:
    with pytest.raises(Forged):
        jwt_claims(token, [SECRET])
