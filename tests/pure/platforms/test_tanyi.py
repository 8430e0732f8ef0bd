"""Tanyi's encrypted call-backs: the documented one opens, and nothing that was changed does."""

import struct
from base64 import b64decode, b64encode
from hashlib import sha1
from urllib.parse import quote, urlencode

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import Forged, Refused, Stale, Unsigned
from ingest.platforms.tanyi import SOURCE, check
from ingest.source import Received
from runtime.config import Options
from tests.pure.requests import SIGNED_AT, received

TOKEN, KEY = "demoToken1", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFE"
SECRETS = (f"{TOKEN}:{KEY}".encode(),)
NATIVE = Options(scheme="native")
PLAIN = b'{"dataType":"ROBOT_CALL_JOB","data":{"robotCallJobId":43,"tenantId":1,"status":"COMPLETED"}}'
DOCUMENTED = (
    "ECb94sC68hxnidW1ycQhs2v5ZbDpQ1IbjwewqPlx5bJzLG0qeCyVziLJitfsF4/jJfh/NafvMOAQ+AWyBt5TW13IAkd5rrVkfHufatRYWg9LK9z5io2"
    "y1yQJqs5ZKGjE6qx6avrZqoO2CqAOjGZ5Nz8k+7r437BxZwSpHW3Ks5k="
)
SIGNATURE = "2295d851d616f17c2fa736b5fd9d259a5fde8d5d"
TIMESTAMP, NONCE = "1700000000000", "8214825565"


def sealed(content: bytes, *, padding: bytes | None = None) -> str:
    key = b64decode(KEY + "=")
    missing = 32 - len(content) % 32
    content += bytes([missing]) * missing if padding is None else padding
    encryptor = Cipher(AES(key), CBC(key[:16])).encryptor()
    return b64encode(encryptor.update(content) + encryptor.finalize()).decode()


def content(plain: bytes, *, length: int | None = None, receiver: bytes = b"") -> bytes:
    return b"A" * 16 + struct.pack(">I", len(plain) if length is None else length) + plain + receiver


def request(text: str, *, signature: str | None = None, timestamp: str = TIMESTAMP, method: str = "POST") -> Received:
    if signature is None:
        parts = sorted([TOKEN, timestamp, NONCE, text])
        signature = sha1("".join(parts).encode()).hexdigest()  # noqa: S324 - the vendor's scheme
    query = {"msg_signature": signature, "timestamp": timestamp, "nonce": NONCE}
    if method == "GET":
        query["echostr"] = text
    body = f"<xml><Encrypt><![CDATA[{text}]]></Encrypt><TimeStamp>1</TimeStamp></xml>".encode()
    return received(
        b"" if method == "GET" else body,
        method=method,
        query=urlencode(query).encode(),
        content_type="application/xml",
    )


def plain(asked: Received) -> bytes:
    assert SOURCE.unwrap is not None
    SOURCE.schemes["native"](asked, SECRETS, NATIVE)
    return SOURCE.unwrap(asked, SECRETS, NATIVE).body


def test_the_documented_call_back_opens() -> None:
    assert plain(request(DOCUMENTED, signature=SIGNATURE)) == PLAIN
    assert sealed(b"ABCDEFGHIJKLMNOP" + content(PLAIN)[16:]) == DOCUMENTED


@pytest.mark.parametrize("layers", [1, 2])
def test_layers_of_url_encoding_are_taken_off(layers: int) -> None:
    text = DOCUMENTED
    for _ in range(layers):
        text = quote(text, safe="")

    assert plain(request(text, signature=SIGNATURE)) == PLAIN


def test_the_check_of_the_url_is_answered_with_its_plain_text() -> None:
    assert SOURCE.hello is not None
    asked = request(sealed(content(b"4711")), method="GET")

    assert SOURCE.hello(asked, SECRETS, NATIVE) == b"4711"


@given(st.integers(0, len(DOCUMENTED) - 1), st.sampled_from("Aa0+/=%"))
def test_one_character_changed_is_forged(place: int, character: str) -> None:
    text = DOCUMENTED[:place] + character + DOCUMENTED[place + 1 :]
    if text == DOCUMENTED:
        return

    with pytest.raises(Forged):
        plain(request(text, signature=SIGNATURE))


@pytest.mark.parametrize(
    "text",
    [
        sealed(content(PLAIN, length=len(PLAIN) + 1)),
        sealed(content(PLAIN, length=len(PLAIN) - 1)),
        sealed(content(PLAIN, length=2**31)),
        sealed(content(PLAIN, receiver=b"somebody-else")),
        sealed(b"A" * 32, padding=b""),
        sealed(b"A" * 31, padding=b"\0"),
        sealed(b"A" * 30, padding=b"\1\2"),
        sealed(b"A" * 31, padding=b"\x21"),
        sealed(b""),
        "AAAA",
        "not base64!",
        "",
    ],
)
def test_a_signed_text_whose_inside_is_wrong_is_refused(text: str) -> None:
    with pytest.raises(Refused) as refusal:
        plain(request(text))

    assert refusal.value.status in (401, 422)


@pytest.mark.parametrize("secret", [b"", b"demoToken1", b":" + KEY.encode(), b"demoToken2:" + KEY.encode()])
def test_another_secret_opens_nothing(secret: bytes) -> None:
    with pytest.raises(Forged):
        SOURCE.schemes["native"](request(DOCUMENTED, signature=SIGNATURE), (secret,), NATIVE)


def test_any_of_several_secrets_will_do() -> None:
    SOURCE.schemes["native"](request(DOCUMENTED, signature=SIGNATURE), (b"x:y", *SECRETS), NATIVE)


@pytest.mark.parametrize("query", [b"", b"msg_signature=a&timestamp=1", b"msg_signature=&timestamp=1&nonce=2"])
def test_without_a_signature_it_is_unsigned(query: bytes) -> None:
    with pytest.raises(Unsigned):
        SOURCE.schemes["native"](received(b"<xml/>", query=query), SECRETS, NATIVE)


def test_a_bomb_of_entities_is_refused() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><xml><Encrypt>&b;</Encrypt></xml>'
    asked = received(bomb, query=request("x").query, content_type="application/xml")

    with pytest.raises(Refused):
        plain(asked)


def test_there_is_no_window_unless_one_is_set() -> None:
    old = request(DOCUMENTED, signature=SIGNATURE)
    SOURCE.schemes["native"](old, SECRETS, NATIVE)

    with pytest.raises(Stale):
        SOURCE.schemes["native"](old, SECRETS, Options(scheme="native", tolerance_s=300))

    fresh = request(sealed(content(PLAIN)), timestamp=str(int(SIGNED_AT.timestamp() * 1000)))
    SOURCE.schemes["native"](fresh, SECRETS, Options(scheme="native", tolerance_s=300))


def test_a_malformed_secret_is_told_at_start() -> None:
    assert list(check((b"no-colon",), NATIVE))
    assert not list(check(SECRETS, NATIVE))


@pytest.mark.parametrize(
    ("body", "identity"),
    [
        (b'{"dataType":"ROBOT_CALL_RECORD","data":{"callRecordId":5119}}', ("5119", "5119/ROBOT_CALL_RECORD")),
        (PLAIN, ("job-43", "job-43/ROBOT_CALL_JOB")),
        (
            b'{"dataType":"ROBOT_CALL_SMS","data":{"callRecordId":5119,"msgList":[{"smsTemplateId":1},{"smsTemplateId":2}]}}',
            ("5119", "5119/ROBOT_CALL_SMS/1/2"),
        ),
    ],
)
def test_records_jobs_and_messages_have_ids_of_their_own(body: bytes, identity: tuple[str, str]) -> None:
    found = SOURCE.identify(received(body))

    assert found is not None
    assert (found.call_id, found.event_id) == identity
