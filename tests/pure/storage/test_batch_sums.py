"""Sums of batches without MongoDB: what is added, where stretches begin, and what is known to have changed."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from schemas.batch import BatchSum
from storage.batch_sums import BLOCK, STRETCHES, added, as_kept, block, changed, kept, width
from tests.pure.storage.updates import at

NUMBERS = st.integers(1_000_000_000, 2_000_000_000)
_TIMES = st.none() | st.integers(0, 9).map(at)
_COUNTS = st.dictionaries(st.sampled_from(["a", "$b", "c.d"]), st.integers(0, 5))
SUMS = st.builds(
    BatchSum,
    id=st.just("b"),
    name=st.none() | st.sampled_from(["Spring", "Summer"]),
    count=st.integers(1, 9),
    outcomes=_COUNTS,
    cost=_COUNTS,
    talk_s=st.integers(0, 10_000).map(lambda ms: ms / 1000),
    first_started_at=_TIMES,
    last_started_at=_TIMES,
    direction=st.none() | st.sampled_from(["inbound", "outbound"]),
    created_at=_TIMES,
    begun_at=_TIMES,
    talked=st.integers(0, 9),
)


@given(st.lists(SUMS, min_size=2, max_size=6), st.data())
def test_parts_add_up_to_the_whole_however_it_is_cut(sums: list[BatchSum], data: st.DataObject) -> None:
    cut = data.draw(st.integers(1, len(sums) - 1))

    assert added([added(sums[:cut]), added(sums[cut:])]) == added(sums)


@given(SUMS)
def test_what_is_kept_is_what_was_found(found: BatchSum) -> None:
    assert kept(as_kept(found), "b") == found


@given(NUMBERS, NUMBERS)
def test_stretches_are_few_and_hold_whole_blocks(one: int, other: int) -> None:
    first, last = sorted((one, other))
    wide = width(first, last)

    assert last // wide - first // wide < STRETCHES
    assert wide % BLOCK == 0
    assert wide == BLOCK or 2 * (last - first) > STRETCHES * wide // 2
    assert block(first) - block(first) % wide == first - first % wide


def test_what_changed_is_known_only_where_every_mark_was_noted() -> None:
    row: dict[str, Any] = {"marks": 5, "summed": 3, "width": 512, "changed": [256, 1024], "stretches": [{}]}

    assert changed(row) == {0, 1024}
    assert changed(row | {"marks": 6}) is None
    assert changed(row | {"summed": 5, "changed": []}) is None
    assert changed(row | {"stretches": []}) is None
    assert changed(row | {"stretches": [{}] * (2 * STRETCHES + 1)}) is None
    assert changed({"marks": 2}) is None
