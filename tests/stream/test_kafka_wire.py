"""What we compute ourselves is what Kafka's other clients compute."""

from struct import pack
from typing import Any

from aiokafka.partitioner import DefaultPartitioner
from aiokafka.producer.message_accumulator import BatchBuilder
from aiokafka.protocol.produce import ProduceRequest_v7
from hypothesis import example, given
from hypothesis import strategies as st

from stream.kafka_batch import PlainBatch
from stream.kafka_request import FlatProduceRequest
from stream.murmur import partition_of

PARTITIONS = st.lists(st.tuples(st.integers(0, 99), st.binary(max_size=300).map(bytearray)), max_size=4)
TOPICS = st.lists(st.tuples(st.from_regex(r"[a-z.]{1,40}", fullmatch=True), PARTITIONS), max_size=3)

RECORDS = st.lists(
    st.fixed_dictionaries(
        {
            "timestamp": st.integers(0, 2**41),
            "key": st.binary(max_size=70),
            "value": st.binary(max_size=300),
            "headers": st.lists(st.tuples(st.text(max_size=20), st.binary(max_size=200)), max_size=4),
        }
    ),
    min_size=1,
    max_size=70,
)


@given(key=st.binary(max_size=80), partitions=st.integers(1, 50))
def test_a_key_lies_where_every_other_client_looks_for_it(key: bytes, partitions: int) -> None:
    theirs = DefaultPartitioner()(key, list(range(partitions)), [])

    assert partition_of(key, partitions=partitions) == theirs


@given(topics=TOPICS, timeout=st.integers(0, 60_000))
def test_a_flat_request_is_byte_for_byte_the_librarys(
    topics: list[tuple[str, list[tuple[int, bytearray]]]], timeout: int
) -> None:
    ours = FlatProduceRequest(None, -1, timeout, topics)
    theirs = ProduceRequest_v7(None, -1, timeout, topics)

    assert framed(ours) == framed(theirs)


_SMALL = {"timestamp": 0, "key": b"k", "value": b"v" * 70, "headers": []}


@example(records=[_SMALL, _SMALL], most=221, state=(0, 7, 1))  # the second would fill it to its last byte
@given(
    records=RECORDS, most=st.integers(100, 5000), state=st.tuples(st.integers(0, 2**62), st.just(7), st.just(2**31 - 1))
)
def test_a_plain_batch_is_byte_for_byte_the_librarys(
    records: list[Any], most: int, state: tuple[int, int, int]
) -> None:
    ours, theirs = PlainBatch(most=most), BatchBuilder(most, 0)
    for batch in (ours, theirs):
        batch._set_producer_state(*state)

    taken = [[batch.append(**record) is not None for record in records] for batch in (ours, theirs)]

    assert taken[0] == taken[1]
    assert (ours.record_count(), ours.closed(), ours.size()) == (theirs.record_count(), theirs.closed(), theirs.size())
    requests = [
        framed(kind(None, -1, 1, [("events", [(0, built)])]))
        for kind, built in (
            (FlatProduceRequest, ours._build()),
            (ProduceRequest_v7, ours._build()),  # a broker that does not speak the flat one's version
            (ProduceRequest_v7, theirs._build()),
        )
    ]
    assert requests[0] == requests[1] == requests[2]


def framed(request: ProduceRequest_v7) -> bytes:
    """Put header and length before *request* as aiokafka's connection does."""
    message = b"header" + request.encode()
    whole = pack(">i", len(message)) + message
    assert isinstance(whole, bytes)
    return whole
