"""Twilio signs the URL as it called it and the form's parameters; its call-backs have no event type."""

import json
from collections.abc import Sequence
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]  # ships no py.typed

from ingest.errors import Forged, Unreadable
from ingest.platforms.twilio import ALGORITHMS, FORM, SETTINGS, identify, posted, signed
from ingest.schemes import SECRET_PARAMS
from ingest.source import Identity, Received
from runtime.config import Options
from schemas.platforms.twilio import MOST_PARAMETERS
from schemas.words import Platform
from tests.pure.requests import received
from tests.webhooks import FIXTURES, make_event
from workers.platforms.twilio import normalise

TOKEN = "12345"
URL = "https://hooks.example.com/webhooks/acme-twilio?tenant=a%20b"
CALL = "CA7d793037a0760186574b0282f2f435e7"
COMPLETED = (FIXTURES / Platform.TWILIO / "status-callback-completed.form").read_bytes()


class Form(dict[str, list[str]]):
    """Parameters as web frameworks hand them to the vendor's validator."""

    def getlist(self, name: str) -> list[str]:
        return self[name]


forms = st.dictionaries(
    st.text(min_size=1, max_size=6), st.lists(st.text(max_size=6), min_size=1, max_size=3), max_size=5
)


def request(
    body: bytes = COMPLETED,
    *,
    parameters: Any = None,
    algorithm: str | None = None,
    signed_url: str = URL,
    url: str = URL,
    content_type: str = FORM,
    headers: Sequence[tuple[str, str]] = (),
) -> Received:
    """Return a request that the vendor's own code signed for *signed_url*."""
    signature = RequestValidator(TOKEN).compute_signature(signed_url, parameters, algorithm)
    return received(body, headers=[("X-Twilio-Signature", signature), *headers], url=url, content_type=content_type)


def form_of(body: bytes) -> Form:
    return Form(parse_qs(body.decode(), keep_blank_values=True))


def check(request_: Received) -> None:
    signed(request_, (TOKEN.encode(),), Options())


@given(forms, st.sampled_from(sorted(ALGORITHMS)))
def test_what_the_vendors_code_signs_holds(form: dict[str, list[str]], algorithm: str) -> None:
    body = urlencode(form, doseq=True).encode()
    settings = [(SETTINGS, f"key=webhooks_sharedkey_1,algorithm={algorithm}")]

    check(request(body, parameters=Form(form), algorithm=algorithm, headers=settings))


def test_settings_without_an_algorithm_mean_the_auth_token() -> None:
    check(request(parameters=form_of(COMPLETED), headers=[(SETTINGS, "key=webhooks_sharedkey_1")]))


@pytest.mark.parametrize("settings", ["algorithm=HMAC_MD5", "algorithm=none", "key=1,algorithm=HMAC_SHA256"])
def test_another_algorithm_than_the_one_that_signed_is_forged(settings: str) -> None:
    with pytest.raises(Forged):
        check(request(parameters=form_of(COMPLETED), headers=[(SETTINGS, settings)]))


@pytest.mark.parametrize(
    ("signed_url", "url"),
    [
        ("https://h.example/w?x=1", "https://h.example:443/w?x=1"),
        ("https://h.example:443/w?x=1", "https://h.example/w?x=1"),
        ("http://h.example:80/w", "http://h.example/w"),
        ("https://h.example/w", "https://h.example:8443/w"),
        ("https://h.example:8443/w", "https://h.example:8443/w"),
        ("https://[2001:db8::1]:443/w", "https://[2001:db8::1]/w"),
        ("https://h.example/w?q=caf%C3%A9&q=", "https://h.example/w?q=caf%C3%A9&q="),
    ],
)
def test_the_port_may_be_signed_or_not(signed_url: str, url: str) -> None:
    check(request(parameters=form_of(COMPLETED), signed_url=signed_url, url=url))


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.com/webhooks/acme-twilio?tenant=a%20b",
        "https://hooks.example.org/webhooks/acme-twilio?tenant=a%20b",
        "https://hooks.example.com/webhooks/acme-twilio",
        "https://hooks.example.com/webhooks/acme-twilio?tenant=a+b",
        "https://hooks.example.com/webhooks/acme-twilio/?tenant=a%20b",
        "https://hooks.example.com:wrong/",
        "https://[hooks",
        "",
    ],
)
def test_another_url_than_the_one_called_is_forged(url: str) -> None:
    with pytest.raises(Forged):
        check(request(parameters=form_of(COMPLETED), url=url))


JSON_BODY = b'{"CallSid":"CA1","CallStatus":"completed","note":"caf\xc3\xa9"}'
HASHED = f"{URL}&bodySHA256={sha256(JSON_BODY).hexdigest()}"


def test_a_json_body_is_signed_by_its_hash_in_the_url() -> None:
    assert RequestValidator(TOKEN).validate(
        HASHED, JSON_BODY.decode(), RequestValidator(TOKEN).compute_signature(HASHED, {})
    )
    check(request(JSON_BODY, signed_url=HASHED, url=HASHED, content_type="application/json"))


@pytest.mark.parametrize(
    ("body", "url"),
    [
        (JSON_BODY + b" ", HASHED),
        (JSON_BODY, URL),
        (JSON_BODY, f"{HASHED}&bodySHA256={sha256(b'another').hexdigest()}"),
        (JSON_BODY, f"{URL}&bodySHA256="),
        (JSON_BODY, f"{URL}&bodySHA256=%FF"),
        (JSON_BODY, f"{URL}{'&a=1' * 1001}"),
        (JSON_BODY, "https://[/webhooks/acme"),
    ],
    ids=["another body", "no hash", "two hashes", "empty hash", "no text", "too many parameters", "no URL"],
)
def test_a_json_body_without_its_hash_is_forged(body: bytes, url: str) -> None:
    with pytest.raises(Forged):
        check(request(body, signed_url=url, url=url, content_type="application/json"))


def test_a_signed_url_does_not_let_a_form_through_as_json() -> None:
    with pytest.raises(Forged):
        check(request(COMPLETED, parameters=form_of(COMPLETED), content_type="application/json"))


def test_a_form_of_too_many_parameters_is_refused() -> None:
    body = b"&".join(b"a%d=" % n for n in range(MOST_PARAMETERS + 1))

    with pytest.raises(Forged):
        check(request(body))
    with pytest.raises(Unreadable):
        identify(received(body, content_type=FORM))


def asked(query: bytes, *, signed_query: bytes | None = None, url: str = URL) -> Received:
    """Return a call-back by GET that the vendor's own code signed, and that came with *query*."""
    base = URL.partition("?")[0]
    signed_url = f"{base}?{(query if signed_query is None else signed_query).decode()}"
    signature = RequestValidator(TOKEN).compute_signature(signed_url, {})
    return received(b"", headers=[("X-Twilio-Signature", signature)], method="GET", query=query, url=url)


# What the URL names like a secret is left out, as the test of a secret below shows.
@given(forms.map(lambda form: {name: values for name, values in form.items() if name not in SECRET_PARAMS}))
def test_a_call_back_by_get_is_what_it_would_be_by_post(form: dict[str, list[str]]) -> None:
    body = urlencode({"CallSid": CALL, **form}, doseq=True).encode()
    came = asked(body)
    check(came)

    posted_ = posted(came, (), Options())

    assert (posted_.body, posted_.content_type) == (body, FORM)
    assert identify(posted_) == identify(received(body, content_type=FORM))


@pytest.mark.parametrize("url", [URL, URL.partition("?")[0]], ids=["the URL has a query of its own", "it has none"])
def test_no_parameter_of_a_get_goes_unsigned(url: str) -> None:
    check(asked(COMPLETED, url=url))
    for forged in (COMPLETED + b"&CallDuration=1", COMPLETED.replace(b"completed", b"failed"), b""):
        with pytest.raises(Forged):
            check(asked(forged, signed_query=COMPLETED, url=url))


@pytest.mark.parametrize("secret", [b"key=hush", b"k%65y=hush", b"tenant=a&secret=hush"])
def test_a_secret_in_the_url_of_a_get_is_not_kept(secret: bytes) -> None:
    came = posted(asked(secret + b"&" + COMPLETED), (), Options())

    assert b"hush" not in came.body
    assert came.body.endswith(COMPLETED)
    assert b"hush" in posted(asked(b"code=1&key=hush"), (), Options(param="code")).body


@pytest.mark.parametrize(
    ("form", "event_id", "event_type"),
    [
        ({"CallStatus": "ringing"}, f"{CALL}/call/ringing", "call.ringing"),
        ({"CallStatus": "completed", "SequenceNumber": "3"}, f"{CALL}/call/completed", "call.completed"),
        (
            {"CallStatus": "completed", "RecordingSid": "RE1", "RecordingUrl": "https://r"},
            f"{CALL}/call/completed",
            "call.completed",
        ),
        (
            {"RecordingSid": "RE1", "RecordingStatus": "absent"},
            f"{CALL}/recording/RE1/absent",
            "recording.absent",
        ),
        ({"AnsweredBy": "machine_start"}, f"{CALL}/amd", "amd"),
        ({"TranscriptionSid": "TR1", "CallStatus": "completed"}, f"{CALL}/unknown", "unknown"),
        ({}, f"{CALL}/unknown", "unknown"),
    ],
)
def test_the_parameters_tell_what_a_call_back_is_about(form: dict[str, str], event_id: str, event_type: str) -> None:
    body = urlencode({"AccountSid": "AC1", "CallSid": CALL, **form}).encode()

    assert identify(received(body, content_type=FORM)) == Identity(CALL, event_id, event_type)


def test_the_delivery_id_names_the_event_where_it_comes_once() -> None:
    once, twice = [("I-Twilio-Idempotency-Token", "t-1")], [("I-Twilio-Idempotency-Token", "t-1")] * 2

    assert identify(received(COMPLETED, headers=once, content_type=FORM)) == Identity(CALL, "t-1", "call.completed")
    assert identify(received(COMPLETED, headers=twice, content_type=FORM)) == Identity(
        CALL, f"{CALL}/call/completed", "call.completed"
    )


@pytest.mark.parametrize(
    "form",
    [
        {"AccountSid": "AC1", "MessageSid": "SM1", "MessageStatus": "sent"},
        {"AccountSid": "AC1", "ConferenceSid": "CF1", "StatusCallbackEvent": "conference-start"},
        {"AccountSid": "AC1", "ConferenceSid": "CF1", "RecordingSid": "RE1", "RecordingStatus": "completed"},
    ],
)
def test_what_is_about_no_call_is_ignored(form: dict[str, str]) -> None:
    assert identify(received(urlencode(form).encode(), content_type=FORM)) is None


@pytest.mark.parametrize(
    "body",
    [b"", b"CallStatus=completed&AccountSid=AC1", b"CallSid=&CallStatus=completed", b"x", b"{}", b"[]", b"\xff\xfe"],
)
def test_a_call_back_without_its_call_is_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        identify(received(body, content_type=FORM))


def test_a_form_and_its_json_twin_say_the_same() -> None:
    form = dict(form_of(COMPLETED))
    twin = json.dumps({name: values[-1] for name, values in form.items()}).encode()

    assert normalise(make_event(COMPLETED, Platform.TWILIO)) == normalise(make_event(twin, Platform.TWILIO))


@given(forms, st.sampled_from(["completed", "ringing", "failed", "new", ""]))
def test_any_form_is_understood_or_unknown(form: dict[str, list[str]], status: str) -> None:
    names = ("CallDuration", "Timestamp", "RecordingUrl", "AnsweredBy", "RecordingStatus", "SipResponseCode", "From")
    named = {names[n % len(names)]: values for n, values in enumerate(form.values())}
    body = urlencode({"CallSid": CALL, "CallStatus": status, **named}, doseq=True).encode()

    normalise(make_event(body, Platform.TWILIO))


@given(st.binary(max_size=60))
def test_any_bytes_are_a_form(body: bytes) -> None:
    if body.lstrip()[:1] not in (b"{", b"["):
        assert normalise(make_event(body, Platform.TWILIO)) is None
