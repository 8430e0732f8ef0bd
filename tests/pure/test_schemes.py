"""The proofs that any connection can be given, alone and beside another; and what their configuration may not be."""

import base64
import hashlib
import hmac
from typing import Any

import pytest

from ingest.checks import check_connections
from ingest.doors import Doors
from ingest.errors import Forged, Stale, UnknownConnection, Unsigned
from ingest.platforms import SOURCES
from ingest.source import Received
from runtime.config import Config, Connection, Options, Tenant
from schemas.words import Platform
from tests.pure.requests import SIGNED_AT, received

SECRET = "s3cr+t/="
PLATFORM = Platform.VAPI


def connection(platform: Platform = PLATFORM, *, secrets: tuple[str, ...] = (SECRET,), **options: Any) -> Connection:
    return Connection(id="c", tenant="t", platform=platform, secrets=secrets, options=Options(**options))


def prove(request: Received, *, secrets: tuple[str, ...] = ("old", SECRET), **options: Any) -> None:
    """Let *request* in at a connection of these options, or raise."""
    door, _ = Doors([connection(secrets=secrets, **options)]).find("/webhooks/c")
    door.prove(request)


def basic(text: str) -> str:
    return "Basic " + base64.b64encode(text.encode()).decode()


USER = "user:pass:word"

# options, what proves it, what is refused as forged, what is refused as unsigned
SCHEMES: dict[str, tuple[dict[str, Any], dict[str, Any], list[dict[str, Any]], list[dict[str, Any]]]] = {
    "secret": (
        {},
        {"headers": {"X-Vapi-Secret": SECRET}},
        [
            {"headers": {"X-Vapi-Secret": SECRET + "x"}},
            {"headers": {"X-Vapi-Secret": SECRET[:-1]}},
            {"headers": {"X-Vapi-Secret": SECRET.swapcase()}},
            {"headers": {"X-Vapi-Secret": SECRET + "\xe9"}},
            {"headers": [("X-Vapi-Secret", SECRET), ("X-Vapi-Secret", SECRET)]},
            {"headers": [("X-Vapi-Secret", SECRET), ("X-Vapi-Secret", "")]},
        ],
        [{}, {"headers": {"X-Vapi-Secret": ""}}, {"headers": {"X-Webhook-Secret": SECRET}}],
    ),
    "secret in another header": (
        {"scheme": "secret", "header": "X-Mine"},
        {"headers": {"x-mine": SECRET}},
        [{"headers": {"X-Mine": "no"}}],
        [{"headers": {"X-Vapi-Secret": SECRET}}],
    ),
    "header": (
        {"scheme": "header"},
        {"headers": {"X-Webhook-Secret": SECRET}},
        [{"headers": {"X-Webhook-Secret": "no"}}],
        [{"headers": {"X-Vapi-Secret": SECRET}}],
    ),
    "header, another": (
        {"scheme": "header", "header": "X-Mine"},
        {"headers": {"x-MINE": SECRET}},
        [{"headers": {"X-Mine": "no"}}],
        [{"headers": {"X-Webhook-Secret": SECRET}}],
    ),
    "bearer": (
        {"scheme": "bearer"},
        {"headers": {"Authorization": f"Bearer {SECRET}"}},
        [{"headers": {"Authorization": "Bearer no"}}, {"headers": {"Authorization": f"bearer {SECRET} x"}}],
        [{}, {"headers": {"Authorization": SECRET}}, {"headers": {"Authorization": "Bearer "}}],
    ),
    "basic": (
        {"scheme": "basic", "secrets": ("a:b", USER)},
        {"headers": {"Authorization": basic(USER)}},
        [{"headers": {"Authorization": basic("user:pass")}}, {"headers": {"Authorization": "Basic !"}}],
        [{}, {"headers": {"Authorization": f"Bearer {SECRET}"}}],
    ),
    "path": (
        {"scheme": "path"},
        {"path_secret": SECRET},
        [{"path_secret": "no"}, {"path_secret": SECRET + "/"}, {"path_secret": "\udcff"}],
        [{}, {"path_secret": ""}, {"query": b"key=" + SECRET.encode()}],
    ),
    "query": (
        {"scheme": "query"},
        {"query": b"a=1&secret=s3cr%2Bt%2F%3D"},
        [{"query": b"key=no"}, {"query": b"key=s3cr%2Bt%2F%3D&secret=s3cr%2Bt%2F%3D"}, {"query": b"key=%ff"}],
        [{}, {"query": b"key="}, {"query": b"token=s3cr%2Bt%2F%3D"}],
    ),
    "query, another parameter": (
        {"scheme": "query", "param": "token"},
        {"query": b"token=s3cr+t/="},
        [{"query": b"token=no"}],
        [{"query": b"key=s3cr%2Bt%2F%3D"}],
    ),
    "none": ({"scheme": "none", "secrets": ()}, {}, [], []),
    "two": (
        {"scheme": "secret", "also": "path"},
        {"headers": {"X-Vapi-Secret": SECRET}, "path_secret": SECRET},
        [{"headers": {"X-Vapi-Secret": SECRET}, "path_secret": "no"}],
        [{"headers": {"X-Vapi-Secret": SECRET}}, {"path_secret": SECRET}],
    ),
}


@pytest.mark.parametrize("name", SCHEMES)
def test_a_scheme_takes_its_proof_and_nothing_else(name: str) -> None:
    options, right, forged, unsigned = SCHEMES[name]

    prove(received(**right), **options)

    for request in forged:
        with pytest.raises(Forged) as refusal:
            prove(received(**request), **options)
        assert not isinstance(refusal.value, Unsigned), request
    for request in unsigned:
        with pytest.raises(Unsigned):
            prove(received(**request), **options)


@pytest.mark.parametrize("platform", SOURCES)
@pytest.mark.parametrize("scheme", ["header", "bearer", "basic", "path", "query"])
def test_no_platform_takes_a_request_without_proof(platform: Platform, scheme: str) -> None:
    door, _ = Doors([connection(platform, scheme=scheme)]).find("/webhooks/c")

    with pytest.raises(Forged):
        door.prove(received(b'{"call_id":"c"}'))


@pytest.mark.parametrize("platform", SOURCES)
def test_every_platforms_default_demands_a_proof(platform: Platform) -> None:
    door, _ = Doors([connection(platform)]).find("/webhooks/c")

    with pytest.raises(Forged):
        door.prove(received(b'{"call_id":"c","call":{"call_id":"c"}}'))


STAMP = str(int(SIGNED_AT.timestamp()))
BODY = b'{"message":{}}'
URL = "https://hooks.example.com/webhooks/acme"


def hmac_of(text: bytes, *, key: bytes = SECRET.encode(), algorithm: str = "sha256") -> bytes:
    return hmac.new(key, text, algorithm).digest()


# options, the text that is signed, how the digest is written
HMACS: dict[str, tuple[dict[str, Any], bytes, Any]] = {
    "defaults": ({}, STAMP.encode() + b"." + BODY, bytes.hex),
    "sha512": ({"algorithm": "sha512"}, STAMP.encode() + b"." + BODY, bytes.hex),
    "sha1": ({"algorithm": "sha1"}, STAMP.encode() + b"." + BODY, bytes.hex),
    "base64": ({"encoding": "base64"}, STAMP.encode() + b"." + BODY, lambda digest: base64.b64encode(digest).decode()),
    "prefix": ({"prefix": "sha256="}, STAMP.encode() + b"." + BODY, lambda digest: "sha256=" + digest.hex()),
    "no timestamp": ({"include_timestamp": False}, BODY, bytes.hex),
    "format": (
        {"format": "{method}:{url}:{timestamp}:{body}!"},
        f"POST:{URL}:{STAMP}:".encode() + BODY + b"!",
        bytes.hex,
    ),
    "format without timestamp": ({"format": "v0:{body}"}, b"v0:" + BODY, bytes.hex),
    "message id": (
        {"format": "{svix-id}.{body}", "message_id_header": "x-id"},
        b"id-1." + BODY,
        bytes.hex,
    ),
}


@pytest.mark.parametrize("name", HMACS)
def test_vapis_hmac_is_what_the_customer_made_it(name: str) -> None:
    options, text, written = HMACS[name]
    signature = written(hmac_of(text, algorithm=options.get("algorithm", "sha256")))
    headers = {"x-signature": signature, "x-timestamp": STAMP, "x-id": "id-1"}

    prove(received(BODY, headers=headers, url=URL), scheme="hmac", **options)

    with pytest.raises(Forged):
        prove(received(BODY + b" ", headers=headers, url=URL), scheme="hmac", **options)


def test_vapis_secret_may_be_base64_with_or_without_its_prefix() -> None:
    key = b"0123456789"
    headers = {"x-signature": hmac_of(STAMP.encode() + b"." + BODY, key=key).hex(), "x-timestamp": STAMP}

    for secret in (base64.b64encode(key).decode(), "whsec_" + base64.b64encode(key).decode()):
        prove(received(BODY, headers=headers), scheme="hmac", secret_base64=True, secrets=("not base64!", secret))


@pytest.mark.parametrize("factor", [1, 1000], ids=["seconds", "milliseconds"])
def test_vapis_timestamp_may_be_seconds_or_milliseconds(factor: int) -> None:
    def signed(at: float) -> Received:
        stamp = str(int(at * factor))
        return received(
            BODY, headers={"x-timestamp": stamp, "x-signature": hmac_of(stamp.encode() + b"." + BODY).hex()}
        )

    now = SIGNED_AT.timestamp()
    prove(signed(now - 300), scheme="hmac")
    prove(signed(now - 900), scheme="hmac", tolerance_s=1000)
    for at in (now - 301, now + 301, 0):
        with pytest.raises(Stale):
            prove(signed(at), scheme="hmac")


@pytest.mark.parametrize("stamp", ["", "x", "1e9", "-1795150765", "१७९५", " 1795150765", "9" * 40])
def test_a_timestamp_that_is_no_number_is_forged(stamp: str) -> None:
    encoded = stamp.encode("utf-8")
    headers = {"x-timestamp": encoded.decode("latin-1"), "x-signature": hmac_of(encoded + b"." + BODY).hex()}

    with pytest.raises(Forged):
        prove(received(BODY, headers=headers), scheme="hmac")


def test_a_secret_behind_a_path_is_looked_for_only_where_it_is_read() -> None:
    doors = Doors([connection(scheme="path"), Connection(id="d", tenant="t", platform=PLATFORM, path="/own")])

    assert doors.find("/webhooks/c/a/b")[1] == "a/b"
    assert doors.find("/webhooks/c/")[1] == ""
    assert doors.find("/own")[1] is None
    for path in ("/webhooks/d/x", "/webhooks/", "/webhooks/e", "/own/x", "/webhooks/C"):
        with pytest.raises(UnknownConnection):
            doors.find(path)


def faults(*connections: Connection) -> list[str]:
    return [fault.sentence for fault in check_connections(Config(tenants=(Tenant(id="t"),), connections=connections))]


FAULTS: dict[str, tuple[Connection, str]] = {
    "unknown scheme": (
        connection(scheme="hamc"),
        "c: vapi has no scheme 'hamc'; did you mean hmac? Known: basic, bearer,",
    ),
    "unknown second scheme": (connection(also="pth"), "c: vapi has no scheme 'pth'; did you mean path?"),
    "twice the same": (connection(scheme="path", also="path"), "c: 'path' beside 'path' is no second proof."),
    "a second that is none": (connection(also="none"), "c: 'none' beside 'secret' is no second proof."),
    "an option of another scheme": (
        connection(scheme="bearer", header="X-Mine"),
        "c: the scheme bearer does not read header.",
    ),
    "an option of another platform": (connection(api_key="k"), "c: the scheme secret does not read api_key."),
    "no name of a header": (connection(header="X Mine"), "c: 'X Mine' is no name of a header."),
    "no URL": (connection(public_url="hooks.example.com"), "c: write scheme, host and path"),
    "a body that is too large": (connection(max_body_mb=65), "c: the most is 64."),
    "no user": (connection(scheme="basic"), "c: basic takes secrets of the form user:password."),
    "unknown algorithm": (
        connection(scheme="hmac", algorithm="md5"),
        "c: algorithm 'md5' is unknown; known are sha256,",
    ),
    "unknown encoding": (
        connection(scheme="hmac", encoding="b64"),
        "c: encoding 'b64' is unknown; known are hex, base64",
    ),
    "unknown placeholder": (connection(scheme="hmac", format="{id}{body}"), "c: format has {id}; known are {body},"),
    "a format of no body": (connection(scheme="hmac", format="{timestamp}"), "c: format has no {body}"),
    "no base64": (connection(scheme="hmac", secret_base64=True, secrets=("!",)), "c: secret_base64 is set, but"),
    "no standard secret": (connection(Platform.STANDARD, secrets=("!",)), "c: a secret is not whsec_"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_configuration_that_cannot_prove_is_told_with_what_is_known(name: str) -> None:
    wrong, told = FAULTS[name]

    [sentence, *_] = faults(wrong)

    assert sentence.startswith(told)


def test_what_the_tables_above_use_is_no_fault() -> None:
    given = [connection(**{"secrets": (USER,)} | options) for options, *_ in SCHEMES.values()]
    given += [connection(scheme="hmac", **options) for options, *_ in HMACS.values()]

    assert faults(*given) == []


@pytest.mark.parametrize("platform", SOURCES)
def test_every_platforms_defaults_are_no_fault(platform: Platform) -> None:
    secret = base64.b64encode(hashlib.sha256(b"").digest()).decode()

    assert faults(connection(platform, secrets=(secret,), public_url="https://a.example/b?c=d", max_body_mb=9)) == []
