"""A burst is many events in little time, and it is over soon after its last one."""

from stream.burst import BURST_PER_S, WINDOW_S, Burst

FULL = round(BURST_PER_S * WINDOW_S)


def test_many_events_in_one_window_are_a_burst_until_the_window_after_it() -> None:
    burst = Burst()

    burst.count(FULL, now=100.0)

    assert burst.goes_on(now=100.0)
    assert burst.goes_on(now=100.0 + WINDOW_S)
    assert not burst.goes_on(now=100.0 + 2 * WINDOW_S)


def test_a_steady_trickle_is_no_burst() -> None:
    burst = Burst()

    for step in range(100):
        burst.count(FULL // 4, now=100.0 + step * WINDOW_S)

    assert not burst.goes_on(now=100.0 + 100 * WINDOW_S)


def test_a_long_pause_forgets_the_burst_before_it() -> None:
    burst = Burst()
    burst.count(FULL, now=100.0)

    burst.count(1, now=200.0)

    assert not burst.goes_on(now=200.0)
