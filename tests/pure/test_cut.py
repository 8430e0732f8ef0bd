"""Secrets are cut out by rows; nothing else changes, whatever the body looks like."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.cut import Cut, cut
from ingest.platforms import SOURCES
from ingest.vapi_report import CUTS
from schemas.words import Platform
from tests.pure.requests import FIXTURES

CANARY = "canary"


def with_canaries(value: Any) -> Any:
    """Return *value* with each text in it made a secret; numbers and flags stay."""
    if isinstance(value, dict):
        return {key: with_canaries(member) for key, member in value.items()}
    if isinstance(value, list):
        return [with_canaries(element) for element in value]
    return f"{CANARY}-{value}" if isinstance(value, str) else value


def test_the_secrets_of_a_vapi_report_are_gone_and_the_rest_is_there() -> None:
    body = json.loads((FIXTURES / "vapi" / "end-of-call-report.json").read_bytes())
    message = body["message"]
    kept = {name: message["assistant"][name] for name in ("id", "name")}
    message["assistant"] = with_canaries(message["assistant"]) | kept
    message["call"]["assistant"] = with_canaries(message["assistant"]) | kept
    message["call"]["monitor"] = with_canaries(message["call"]["monitor"])
    phone = message["phoneNumber"]
    phone |= dict.fromkeys(("twilioAccountSid", "twilioAuthToken", "twilioApiKey", "twilioApiSecret"), CANARY)
    lists = [message["messages"], message["artifact"]["messages"], message["artifact"]["messagesOpenAIFormatted"]]
    for turns in lists:
        turns.append({"role": "system", "message": CANARY, "content": CANARY, "time": 1})

    result = json.loads(cut(json.dumps(body).encode(), CUTS))

    assert CANARY not in json.dumps(result)
    after = result["message"]
    assert {name: after["assistant"][name] for name in kept} == kept
    assert after["artifact"]["messages"][-1] == {"role": "system", "message": "[cut]", "content": "[cut]", "time": 1}
    assert restored(result, body) == body


def restored(result: Any, body: Any) -> Any:
    """Return *result* with what was cut out of *body* put back: equal to it if nothing else changed."""
    if result == "[cut]":
        return body
    if isinstance(result, dict):
        return {key: restored(member, body[key]) for key, member in result.items()}
    if isinstance(result, list):
        return [restored(element, body[n]) for n, element in enumerate(result)]
    return result


@pytest.mark.parametrize("platform", SOURCES)
def test_no_recorded_webhook_changes_but_where_it_was_cut(platform: Platform) -> None:
    for path in FIXTURES.glob(f"{platform}/*.json"):
        body = path.read_bytes()

        result = json.loads(cut(body, SOURCES[platform].cut))

        assert restored(result, json.loads(body)) == json.loads(body)


def test_a_body_without_secrets_is_the_very_same() -> None:
    body = b'{ "message" : {"call":{"id":"c"}, "assistant":{"id":"a"} , "phoneNumber":{"twilioAuthToken":null} } }'

    assert cut(body, CUTS) is body


def test_what_is_carried_over_keeps_its_bytes() -> None:
    body = b'{"call": {"cost": 1.10, "big": 12345678901234567890123, "text": "caf\\u00e9", "access_token": "s"}}'

    result = cut(body, SOURCES[Platform.RETELL].cut)

    assert b'"cost":1.10,"big":12345678901234567890123,"text":"caf\\u00e9","access_token":"[cut]"' in result


@pytest.mark.parametrize(
    "body",
    [
        b'{"message": {"messages": [{"role": "\\u0073ystem", "message": "canary"}]}}',
        b'{"message": {"messages": [{"\\u0072ole": "system", "\\u006dessage": "canary"}]}}',
        b'{"message": {"\\u0061ssistant": {"model": "canary"}}}',
        b'{"message": {"assistant": {"model": "canary"}, "assistant": {"model": "canary"}}}',
        b'{"message": {"messages": [null, 1, "canar", [], {"role": "system", "message": ["canary"]}]}}',
        b'{"message": {"messages": [{"role": "system", "message": "x"}, {"role": "system", "message": "canary"}]}}',
        b'{"other": 1, "message": {"assistant": {"model": "canary"}}}',
    ],
)
def test_no_spelling_hides_a_secret(body: bytes) -> None:
    assert CANARY.encode() not in cut(body, CUTS)


@pytest.mark.parametrize(
    "body", [b"{}", b"[]", b'"a"', b'{"message": 1}', b'{"message": {"assistant": [1], "call": 2}}']
)
def test_what_is_shaped_otherwise_is_left_alone(body: bytes) -> None:
    assert cut(body, CUTS) == body


NAMES = st.sampled_from(["message", "assistant", "messages", "role", "content", "id", "call", "monitor", "é"])
TEXTS = st.sampled_from(["system", "user", ",", ":", "", '"', "\\", "[cut]", "text", ', "', "tö"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES | st.just("\0"), inner, max_size=5),
    max_leaves=30,
)
ROWS = st.lists(
    st.builds(
        Cut,
        path=st.lists(NAMES | st.just("*"), max_size=3).map(tuple),
        names=st.lists(NAMES, max_size=2).map(tuple),
        keep=st.none() | st.lists(NAMES, max_size=2).map(tuple),
        where=st.none() | st.tuples(NAMES, TEXTS),
    ),
    max_size=4,
)


@given(value=JSON, rows=ROWS, ascii_only=st.booleans())
def test_exactly_what_the_rows_name_is_cut(value: Any, rows: list[Cut], *, ascii_only: bool) -> None:
    expected = value
    for row in rows:
        expected = plainly_cut(expected, row, row.path)

    result = cut(json.dumps(value, ensure_ascii=ascii_only).encode(), rows)

    assert json.loads(result) == expected


RARE = st.lists(
    st.builds(
        Cut,
        path=st.lists(NAMES, max_size=3).map(tuple),
        names=st.lists(NAMES, min_size=1, max_size=2).map(tuple),
        rare=st.just(value=True),
    ),
    max_size=4,
)


@given(value=JSON, rows=RARE, ascii_only=st.booleans())
def test_what_few_bodies_hold_is_cut_where_one_does(value: Any, rows: list[Cut], *, ascii_only: bool) -> None:
    expected = value
    for row in rows:
        expected = plainly_cut(expected, row, row.path)
    body = json.dumps(value, ensure_ascii=ascii_only).encode()

    result = cut(body, rows)

    assert json.loads(result) == expected
    assert expected != value or result == body


@pytest.mark.parametrize(
    "body",
    [
        b'{"call": {"\\u0061ccess_token": "canary"}}',
        b'{"\\u0063all": {"access_token": "canary"}}',
        b'{"call": [], "data": {"access_token": "canary"}}',
        b'{"call": null, "data": {"access_token": {"of": "canary"}}}',
        b'{"call": {"access_token": ["canary"]}, "data": 1}',
    ],
)
def test_no_spelling_hides_a_secret_that_few_bodies_hold(body: bytes) -> None:
    assert CANARY.encode() not in cut(body, SOURCES[Platform.RETELL].cut)


def plainly_cut(value: Any, row: Cut, path: tuple[str, ...]) -> Any:
    """Return *value* cut by *row* in the plainest way there is."""
    if path and path[0] == "*":
        return [plainly_cut(element, row, path[1:]) for element in value] if isinstance(value, list) else value
    if not isinstance(value, dict):
        return value
    if path:
        return {k: plainly_cut(v, row, path[1:]) if k == path[0] else v for k, v in value.items()}
    if row.where is not None and value.get(row.where[0]) != row.where[1]:
        return value
    named = [key for key in value if (key in row.names if row.keep is None else key not in row.keep)]
    return {k: "[cut]" if k in named and v is not None else v for k, v in value.items()}


def messages(text: str) -> Any:
    """Return the messages of a Vapi *text* after the cut."""
    return json.loads(cut(b'{"message":{"messages":%s}}' % text.encode(), CUTS))["message"]["messages"]


def test_what_another_says_in_the_same_words_stays() -> None:
    said = messages('[{"role":"system","message":"Be kind."},{"role":"user","message":"Be kind."}]')

    assert said == [{"role": "system", "message": "[cut]"}, {"role": "user", "message": "Be kind."}]


def test_a_text_like_the_space_between_two_others_is_not_taken_for_it() -> None:
    said = messages('[{"role" :"system" ,"message" :",","time" :1}]')

    assert said == [{"role": "system", "message": "[cut]", "time": 1}]
