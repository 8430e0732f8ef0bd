"""What becomes of one record before any store is asked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.envelope import Defaults
from schemas.words import Platform
from stream.ports import Fault, Partition, Record
from tests.webhooks import FIXTURES, make_event, recorded
from workers.pipeline import SetAside, Understood, understand
from workers.reasons import Aside

REPORT = recorded(FIXTURES / "vapi" / "end-of-call-report.json")


def make_record(**named: object) -> Record:
    return Record(partition=Partition("calls", 3), offset=7, **{"envelope": REPORT} | named)  # type: ignore[arg-type]


def test_an_update_says_whose_call_it_is_and_where_it_stands() -> None:
    event = make_event(
        REPORT.body, Platform.VAPI, tenant="bcme", call_id="c-9", event_id="c-9/report", defaults=Defaults(unit="1")
    )

    meaning = understand(make_record(envelope=event))

    assert isinstance(meaning, Understood)
    assert meaning.update is not None
    assert (meaning.update.tenant, meaning.update.platform_call_id) == ("bcme", "c-9")
    assert meaning.update.defaults == Defaults(unit="1")
    assert meaning.update.order == (7, 1789000050909, event.received_at, "c-9/report", event.digest)


def test_an_event_without_a_time_of_its_own_takes_the_time_it_was_received() -> None:
    silent = make_event(b'{"event": "call_started", "call": {"call_id": "c"}}', Platform.RETELL)

    meaning = understand(make_record(envelope=silent))

    assert isinstance(meaning, Understood)
    assert meaning.update is not None
    assert meaning.update.order.at_ms == silent.received_at


def test_the_same_event_with_other_bytes_has_another_place() -> None:
    again = make_event(REPORT.body + b" ", Platform.VAPI)

    places = {understand(make_record(envelope=event)).update.order for event in (REPORT, again)}  # type: ignore[union-attr]

    assert len(places) == 2


@pytest.mark.parametrize(
    ("platform", "body"),
    [
        (Platform.VAPI, b'{"message": {"type": "brand.new", "call": {"id": "c"}}}'),
        (Platform.RETELL, b'{"event": "brand_new", "call": {"call_id": "c"}}'),
    ],
)
def test_an_unknown_type_is_kept_and_makes_no_call(platform: Platform, body: bytes) -> None:
    meaning = understand(make_record(envelope=make_event(body, platform)))

    assert isinstance(meaning, Understood)
    assert meaning.update is None


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (make_record(envelope=None, fault="headers_missing"), Aside.HEADERS_MISSING),
        (make_record(envelope=None, fault="schema_unknown"), Aside.SCHEMA_UNKNOWN),
        (make_record(envelope=None, fault="something new"), Aside.UNADDRESSED),
        (make_record(envelope=None), Aside.UNADDRESSED),
        (make_record(envelope=make_event(b"{", Platform.VAPI)), Aside.UNDECODABLE),
        (make_record(envelope=make_event(b"{}", Platform.VAPI)), Aside.UNREADABLE),
        (make_record(envelope=make_event(b'{"event": "call_ended"}', Platform.RETELL)), Aside.UNREADABLE),
        (make_record(envelope=make_event(b'{"type": "call.ended"}', Platform.STANDARD)), Aside.UNDECODABLE),
    ],
)
def test_what_cannot_be_understood_is_set_aside_with_its_reason(record: Record, reason: Aside) -> None:
    meaning = understand(record)

    assert isinstance(meaning, SetAside)
    assert meaning.reason is reason


@pytest.mark.parametrize("fault", Fault)
def test_a_streams_fault_is_the_reason_of_its_dead_letter(fault: Fault) -> None:
    meaning = understand(make_record(envelope=None, fault=fault))

    assert isinstance(meaning, SetAside)
    assert meaning.reason.value == fault.value


def test_a_platform_without_a_normaliser_is_set_aside() -> None:
    meaning = understand(make_record(), normalisers={})

    assert isinstance(meaning, SetAside)
    assert meaning.reason is Aside.NO_NORMALISER


@given(word=st.text("0123456789+ ", min_size=6))
def test_the_detail_of_what_was_set_aside_quotes_nothing_of_it(word: str) -> None:
    body = b'{"type": "call.ended", "timestamp": "2026-11-20T04:59:25Z", "data": {"call_id": "c", "outcome": "%s"}}'

    meaning = understand(make_record(envelope=make_event(body % word.encode(), Platform.STANDARD)))

    assert isinstance(meaning, SetAside)
    assert word not in meaning.detail
    assert "$.data.outcome" in meaning.detail
