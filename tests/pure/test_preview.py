"""A dead letter's preview shows what a body looks like, and nobody's words."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.preview import LARGEST_SHOWN, LONGEST, preview, unquoted


def test_it_shows_names_kinds_and_sizes() -> None:
    body = {"call": {"id": "x" * 36, "cost": 1.5, "n": 3, "ok": True, "none": None, "turns": [{"text": "hello"}]}}

    shown = preview(json.dumps(body).encode())

    assert shown == (
        '{"call": {"id": str 36, "cost": float, "n": int, "ok": bool, "none": null, "turns": [{"text": str 5}]}}'
    )


@given(secret=st.text("0123456789+", min_size=6, max_size=20), wide=st.integers(0, 40))
def test_it_shows_no_value_and_no_name_that_may_be_one(secret: str, wide: int) -> None:
    body = {"number": secret, secret: [secret] * wide, "deep": {"a": {"b": {"c": {"d": secret}}}}}

    shown = preview(json.dumps(body).encode())

    assert secret not in shown
    assert len(shown) <= LONGEST


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (b"", "0 bytes, no JSON, begins with text or binary"),
        (b"{+33144556677", "13 bytes, no JSON, begins with {"),
        (b"+33144556677", "12 bytes, no JSON, begins with text or binary"),
        (b"[" * 100_000, "100000 bytes, no JSON, begins with ["),
        (b"1" * (LARGEST_SHOWN + 1), f"{LARGEST_SHOWN + 1} bytes"),
    ],
    ids=range(5),
)
def test_of_what_is_no_json_it_shows_the_size(body: bytes, shown: str) -> None:
    assert preview(body) == shown


def test_what_a_decoder_quotes_is_left_out() -> None:
    assert unquoted("Invalid enum value '+33144556677' - at `$.data.outcome`") == (
        "Invalid enum value '…' - at `$.data.outcome`"
    )
