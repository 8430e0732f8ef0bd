"""Where a call can be found by its words, and which words a filter asks for. Pure."""

from collections.abc import Iterator

from schemas.call import Call
from schemas.query import All, Any_, Condition, Field, Filter, Not
from storage.parts import spoken
from storage.text import TextQuery, parse

Place = tuple[str, int | None, str]


def asked_for(filter_: Filter) -> TextQuery | None:
    """Return the words that a filter asks for anywhere but under a `not`; None where it asks for none."""
    wanted = tuple(dict.fromkeys(part for text in _texts(filter_) for part in parse(text).wanted))
    return TextQuery(wanted) if wanted else None


def places(call: Call) -> list[Place]:
    """Return every text of a call as (field, turn's number, text)."""
    return [(field, n, text) for field, n, text in _places(call) if text]


def _texts(filter_: Filter) -> Iterator[str]:
    match filter_:
        case Condition(Field.TEXT, _, value):
            yield value
        case All(parts) | Any_(parts):
            for part in parts:
                yield from _texts(part)
        case Condition() | Not():
            return


def _places(call: Call) -> Iterator[tuple[str, int | None, str | None]]:
    yield from (("turns", turn.n, turn.text) for turn in call.turns)
    if call.transcript != spoken(call.turns):
        yield "transcript", None, call.transcript
    yield from (("summary", None, call.summary), ("note", None, call.note), ("title", None, call.title))
    if call.customer is not None:
        known = " ".join(name for name in (call.customer.first, call.customer.last) if name)
        yield from (("customer", None, text) for text in dict.fromkeys((call.customer.full, known)))
        yield "customer", None, call.customer.number
    if call.agent is not None:
        yield "agent", None, call.agent.name
    yield from (("tags", None, tag.name) for tag in call.tags)
    yield from (("from", None, call.from_), ("to", None, call.to), ("line_number", None, call.line_number))
    yield "extension", None, call.extension
