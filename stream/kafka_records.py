"""From Kafka's records to ours: headers read, large bodies put together, batches cut to a bounded size."""

from collections.abc import Sequence
from typing import Any

from stream.claims import read_claim
from stream.headers import Headers, Unreadable, from_headers
from stream.kafka_chunks import ChunkReader
from stream.ports import BATCH_BYTES, Batch, Fault, Partition, Record


async def first_batch(partition: Partition, rows: Sequence[Any], *, chunks: ChunkReader) -> Batch:
    """Return the first of aiokafka's *rows*, never empty, as one batch of bounded size; the rest is for the next."""
    records: list[Record] = []
    room = BATCH_BYTES
    for row in rows:
        record = await record_of(partition, row, chunks=chunks)
        room -= len(record.value)
        if records and room < 0:
            break
        records.append(record)
    return Batch(partition, tuple(records))


async def record_of(partition: Partition, row: Any, *, chunks: ChunkReader) -> Record:
    """Return aiokafka's *row* as a record; what cannot be understood has a fault and no envelope."""
    value: bytes = row.value or b""
    headers = [(name, text or b"") for name, text in row.headers]
    try:
        value = await _body(value, headers, chunks)
        envelope = from_headers(headers, value)
    except Unreadable as error:
        return Record(partition=partition, offset=row.offset, envelope=None, fault=error.fault, value=value)
    return Record(partition=partition, offset=row.offset, envelope=envelope, value=value)


async def _body(value: bytes, headers: Headers, chunks: ChunkReader) -> bytes:
    try:
        claim = read_claim(headers)
    except ValueError as error:
        raise Unreadable(Fault.HEADERS_MALFORMED) from error
    if claim is None:
        return value
    body = await chunks.body(claim)
    if body is None:
        raise Unreadable(Fault.BODY_MISSING)
    return body
