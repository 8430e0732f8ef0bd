"""Whatever is changed in what a platform signed, the proof refuses it; a row a signature, a column a forgery."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import Forged, Stale, Unsigned
from ingest.platforms import SOURCES, elevenlabs, ultravox
from ingest.proof import TOLERANCE_S
from ingest.source import Received
from runtime.config import Options
from schemas.words import Platform
from tests.pure.requests import SIGNED_AT, received, vectors

Pairs = list[tuple[str, str]]


class Signed(NamedTuple):
    """A request that holds under `secret`; `signature` and `timestamp` name headers, `window_s` how long it holds."""

    platform: Platform
    body: bytes
    headers: Mapping[str, str]
    secret: bytes
    signature: str
    window_s: int | None
    url: str
    content_type: str
    options: Options = Options()

    def request(self, **changes: Any) -> Received:
        named: dict[str, Any] = {"headers": self.headers, "url": self.url, "content_type": self.content_type}
        body = changes.pop("body", self.body)
        return received(body, **named | changes)

    def check(self, request: Received, *, secrets: tuple[bytes, ...] | None = None) -> None:
        proof = SOURCES[self.platform].schemes[self.options.scheme or "native"]
        proof(request, (self.secret,) if secrets is None else secrets, self.options)


def signed(
    platform: Platform,
    signature: str,
    *,
    window_s: int | None = None,
    vector: str | None = None,
    n: int = 0,
    options: Options = Options(),  # noqa: B008 - frozen
) -> Signed:
    named = vectors(vector or platform)[n]
    form = platform is Platform.TWILIO
    return Signed(
        platform=platform,
        body=named["raw_body"].encode(),
        headers=named["headers"],
        secret=named["secret"].encode(),
        signature=signature,
        window_s=window_s,
        url=named.get("url", "https://hooks.example.com/webhooks/acme"),
        content_type="application/x-www-form-urlencoded" if form else "application/json",
        options=options,
    )


LIKE_SVIX = Options(
    scheme="hmac",
    header="webhook-signature",
    timestamp_header="webhook-timestamp",
    message_id_header="webhook-id",
    format="{svix-id}.{timestamp}.{body}",
    encoding="base64",
    prefix="v1,",
    secret_base64=True,
)


ROWS = [
    pytest.param(signed(Platform.RETELL, "X-Retell-Signature", window_s=TOLERANCE_S), id="retell"),
    pytest.param(
        signed(Platform.STANDARD, "webhook-signature", window_s=TOLERANCE_S, vector="standard-webhooks"), id="standard"
    ),
    pytest.param(
        signed(Platform.VAPI, "x-signature", window_s=TOLERANCE_S, options=Options(scheme="hmac")), id="vapi hmac"
    ),
    pytest.param(
        signed(
            Platform.VAPI,
            "webhook-signature",
            window_s=TOLERANCE_S,
            vector="standard-webhooks",
            options=LIKE_SVIX,
        ),
        id="vapi like svix",
    ),
    pytest.param(signed(Platform.BLAND, "X-Webhook-Signature"), id="bland"),
    pytest.param(signed(Platform.ELEVENLABS, "ElevenLabs-Signature", window_s=elevenlabs.TOLERANCE_S), id="elevenlabs"),
    pytest.param(signed(Platform.SYNTHFLOW, "HTTP_SYNTHFLOW_SIGNATURE"), id="synthflow"),
    pytest.param(signed(Platform.TWILIO, "X-Twilio-Signature"), id="twilio"),
    pytest.param(signed(Platform.TWILIO, "X-Twilio-Signature", n=1), id="twilio shared key"),
    pytest.param(
        signed(Platform.ULTRAVOX, "X-Ultravox-Webhook-Signature", window_s=ultravox.TOLERANCE_S), id="ultravox"
    ),
    pytest.param(signed(Platform.DAILY, "X-Webhook-Signature", window_s=TOLERANCE_S), id="daily"),
    pytest.param(signed(Platform.LIVEKIT, "Authorization", window_s=TOLERANCE_S), id="livekit"),
    pytest.param(signed(Platform.TELNYX, "telnyx-signature-ed25519", window_s=TOLERANCE_S), id="telnyx"),
    pytest.param(signed(Platform.VONAGE, "Authorization", window_s=TOLERANCE_S), id="vonage"),
]
# A token's time is inside what its signature covers: the rows of FORGERIES move it.
WITH_TIME_BESIDE = [
    row
    for row in ROWS
    if row.values[0].window_s is not None and row.values[0].signature != "Authorization"  # type: ignore[union-attr]
]
TIMED = [row for row in ROWS if row.values[0].window_s is not None]  # type: ignore[union-attr]


@pytest.mark.parametrize("case", ROWS)
def test_the_documented_signature_holds(case: Signed) -> None:
    case.check(case.request())


@pytest.mark.parametrize("case", ROWS)
def test_any_of_several_secrets_will_do(case: Signed) -> None:
    case.check(case.request(), secrets=(b"older", case.secret))
    case.check(case.request(), secrets=(case.secret, b"newer"))


@pytest.mark.parametrize("case", ROWS)
@pytest.mark.parametrize("secrets", [(), (b"",), (b"another",), (b"another", b"and another")], ids=len)
def test_another_connections_secrets_will_not(case: Signed, secrets: tuple[bytes, ...]) -> None:
    with pytest.raises(Forged):
        case.check(case.request(), secrets=secrets)


@pytest.mark.parametrize("case", ROWS)
def test_a_request_without_signature_is_unsigned(case: Signed) -> None:
    rest = {name: value for name, value in case.headers.items() if name != case.signature}

    with pytest.raises(Unsigned):
        case.check(case.request(headers=rest))


@pytest.mark.parametrize("case", ROWS)
@given(data=st.data())
def test_one_bit_of_what_is_signed_changed_is_forged(case: Signed, data: st.DataObject) -> None:
    start, end = (0, len(case.body))
    if case.platform is Platform.SYNTHFLOW:  # nothing but the call's id is signed
        start = case.body.index(b"abc")
        end = start + 3
    place, bit = data.draw(st.integers(start, end - 1)), data.draw(st.integers(0, 6))
    body = bytearray(case.body)
    body[place] ^= 1 << bit

    with pytest.raises(Exception) as refusal:  # noqa: PT011 - which of the refusals, the next lines say
        case.check(case.request(body=bytes(body)))

    assert refusal.value.status in (401, 422)  # type: ignore[attr-defined]
    assert case.platform is Platform.SYNTHFLOW or isinstance(refusal.value, Forged)


FORGERIES: Mapping[str, Callable[[str], list[str]]] = {
    "empty": lambda _: [""],
    "blank": lambda _: [" "],
    "doubled": lambda value: [value, value],
    "a right one behind a wrong one": lambda value: ["x", value],
    "truncated": lambda value: [value[:-1]],
    "halved": lambda value: [value[: len(value) // 2]],
    "longer": lambda value: [value + "0"],
    "non-ASCII": lambda value: [value[:-1] + "\xe9"],
    "one letter changed": lambda value: [value[:-2] + ("A" if value[-2] != "A" else "B") + value[-1]],
    "in the other case": lambda value: [value.swapcase()],
    "with a line break": lambda value: [value + "\n"],
    "of nothing": lambda value: ["0" * len(value)],
}


@pytest.mark.parametrize("case", ROWS)
@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES)
def test_a_changed_signature_is_forged(case: Signed, forge: Callable[[str], list[str]]) -> None:
    others = [(name, value) for name, value in case.headers.items() if name != case.signature]
    forged = [(case.signature, value) for value in forge(case.headers[case.signature])]

    with pytest.raises(Forged):
        case.check(case.request(headers=[*others, *forged]))


@pytest.mark.parametrize("case", TIMED)
@pytest.mark.parametrize("sign", [-1, 1], ids=["from the future", "stale"])
def test_a_signature_holds_within_its_window_and_no_longer(case: Signed, sign: int) -> None:
    assert case.window_s is not None
    case.check(case.request(now=SIGNED_AT + sign * timedelta(seconds=case.window_s)))

    with pytest.raises(Stale):
        case.check(case.request(now=SIGNED_AT + sign * timedelta(seconds=case.window_s + 1)))


@pytest.mark.parametrize("case", WITH_TIME_BESIDE)
def test_a_moved_timestamp_is_forged(case: Signed) -> None:
    moved = {
        name: value.replace("1795150765", "1795150766").replace("04:59:25", "04:59:26")
        for name, value in case.headers.items()
    }
    assert moved != case.headers

    with pytest.raises(Forged) as refusal:
        case.check(case.request(headers=moved))

    assert not isinstance(refusal.value, Stale)


def test_every_signature_has_a_row() -> None:
    rows: list[Signed] = [row.values[0] for row in ROWS]  # type: ignore[misc]
    forged = {(row.platform, row.options.scheme or "native") for row in rows}

    signatures = {(platform, name) for platform, source in SOURCES.items() for name in source.schemes}

    assert signatures - forged - NO_SIGNATURES == set()


# Secrets as they are: the rows of `test_schemes.py`. RobotAppel's is Bland's.
NO_SIGNATURES = {
    (Platform.VAPI, "secret"),
    (Platform.VAPI, "native"),
    (Platform.ROBOTAPPEL, "native"),
    (Platform.TANYI, "native"),  # encrypted: test_tanyi.py
    (Platform.ZENICALL, "header"),
    (Platform.ZENICALL, "native"),
    (Platform.OMICALL, "query"),
    (Platform.OMICALL, "native"),
    (Platform.OMICALL, "header"),
}
