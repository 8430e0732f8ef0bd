"""What we compute ourselves is what Kafka's other clients compute."""

from struct import pack

from aiokafka.partitioner import DefaultPartitioner
from aiokafka.protocol.produce import ProduceRequest_v7
from hypothesis import given
from hypothesis import strategies as st

from stream.kafka_request import FlatProduceRequest
from stream.murmur import partition_of

PARTITIONS = st.lists(st.tuples(st.integers(0, 99), st.binary(max_size=300).map(bytearray)), max_size=4)
TOPICS = st.lists(st.tuples(st.from_regex(r"[a-z.]{1,40}", fullmatch=True), PARTITIONS), max_size=3)


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


def framed(request: ProduceRequest_v7) -> bytes:
    """Put header and length before *request* as aiokafka's connection does."""
    message = b"header" + request.encode()
    whole = pack(">i", len(message)) + message
    assert isinstance(whole, bytes)
    return whole
