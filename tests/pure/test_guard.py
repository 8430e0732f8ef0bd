"""When the worker stops because the fault is ours, and when it does not."""

import pytest

from workers.guard import IN_A_ROW, OF_THE_WINDOW, WINDOW, Guard, Stopped, place


def fault() -> Exception:
    try:
        dict[str, str]()["+33144556677"]
    except KeyError as error:
        return error
    raise AssertionError


def test_faults_in_a_row_stop_the_worker_with_a_sentence() -> None:
    guard = Guard()
    for _ in range(IN_A_ROW - 1):
        guard.failed(fault())

    with pytest.raises(Stopped, match=f"{IN_A_ROW} records in a row .* KeyError at test_guard.py:.* none is lost"):
        guard.failed(fault())


def test_an_odd_one_out_now_and_then_does_not() -> None:
    guard = Guard()
    for _ in range(10):
        for _ in range(OF_THE_WINDOW - 1):
            guard.failed(fault())
            guard.went_well(WINDOW // OF_THE_WINDOW)
        guard.went_well(WINDOW)


def test_too_many_of_the_last_ones_do() -> None:
    guard = Guard()

    for _ in range(OF_THE_WINDOW - 1):
        guard.failed(fault())
        guard.went_well(2)

    with pytest.raises(Stopped, match=f"{OF_THE_WINDOW} of the last {3 * OF_THE_WINDOW - 2} records"):
        guard.failed(fault())


def test_a_good_batch_of_none_is_no_good_record() -> None:
    guard = Guard(in_a_row=2)
    guard.failed(fault())
    guard.went_well(0)

    with pytest.raises(Stopped):
        guard.failed(fault())


def test_the_place_of_a_fault_does_not_quote_it() -> None:
    assert "+33144556677" not in place(fault())
    assert place(ValueError("never raised")) == "ValueError"
