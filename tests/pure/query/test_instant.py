"""Times as the API tells them."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from query.views import instant


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_time_has_milliseconds_cut_never_rounded_and_z(at: datetime) -> None:
    whole = at.replace(microsecond=at.microsecond // 1000 * 1000, tzinfo=None)

    assert instant(at) == f"{whole.isoformat(timespec='milliseconds')}Z"
