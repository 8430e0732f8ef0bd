"""A dead letter as headers and a value: the envelope's own headers, and what went wrong beside them."""

from typing import Any, Final

from stream.headers import Headers, Unreadable, from_headers, to_headers
from stream.ports import Dead, Fault, Partition

TEXTS: Final = ("reason", "detail", "preview")
NUMBERS: Final = ("offset", "at")
PREFIX: Final = "dead_"
ENVELOPED: Final = "dead_enveloped"  # whether the other headers are an envelope's


def dead_to_headers(dead: Dead) -> Headers:
    """Return all of *dead* but its body."""
    facts = {name: getattr(dead, name) for name in (*TEXTS, *NUMBERS)}
    facts |= {"topic": dead.partition.topic, "partition": dead.partition.number}
    headers = [(PREFIX + name, str(fact).encode("utf-8", "surrogatepass")) for name, fact in facts.items()]
    if dead.envelope is not None:
        headers += [(ENVELOPED, b"1"), *to_headers(dead.envelope)]
    return headers


def lost_letter(place: Partition, *, offset: int, fault: Fault, at: int) -> Dead:
    """Return what stands for a dead letter that itself cannot be read, so that those behind it can.

    *place* and *offset* are where it lies, *at* (epoch ms) when it was put there.
    """
    detail = "this dead letter itself cannot be read"
    return Dead(partition=place, offset=offset, reason=fault, detail=detail, preview="", at=at, envelope=None)


def dead_value(dead: Dead) -> bytes:
    """Return the body to store beside the headers."""
    return dead.value if dead.envelope is None else dead.envelope.body


def dead_key(dead: Dead) -> bytes:
    """Return what tells dead letters apart: where the record was."""
    return f"{dead.partition.topic}/{dead.partition.number}/{dead.offset}".encode()


def dead_from_headers(headers: Headers, value: bytes) -> Dead:
    """Return the dead letter that `dead_to_headers` took apart; raises `Unreadable`."""
    found = {name.removeprefix(PREFIX): text for name, text in headers if name.startswith(PREFIX)}
    try:
        facts: dict[str, Any] = {name: found[name].decode("utf-8", "surrogatepass") for name in TEXTS}
        facts |= {name: int(found[name]) for name in NUMBERS}
        partition = Partition(found["topic"].decode(), int(found["partition"]))
    except (KeyError, ValueError) as error:
        raise Unreadable(Fault.HEADERS_MALFORMED) from error
    if "enveloped" in found:
        return Dead(partition=partition, envelope=from_headers(headers, value), **facts)
    return Dead(partition=partition, envelope=None, value=value, **facts)
