"""Questions about calls, as Hypothesis makes them: every field with every operator of its kind."""

from typing import Any, Final

from hypothesis import strategies as st

from schemas.query import All, Any_, CallQuery, Condition, Field, Filter, Not, Op, Order, OrderBy
from schemas.words import Direction, Outcome, Platform
from tests.pure.storage.updates import at

WORDS: Final = (
    Field.PLATFORM, Field.DIRECTION, Field.CHANNEL, Field.OUTCOME, Field.AGENT, Field.UNIT, Field.BATCH,
    Field.EXTENSION, Field.LINE, Field.WORKFLOW, Field.INTENT, Field.REASON, Field.TAG, Field.UID, Field.CURRENCY,
)  # fmt: skip
TEXTS: Final = (
    Field.CUSTOMER_NUMBER, Field.FROM, Field.TO, Field.PLATFORM_CALL_ID, Field.END_REASON, Field.TITLE,
)  # fmt: skip
FLAGS: Final = (Field.READ, Field.SUCCESS, Field.HAS_RECORDING, Field.HAS_TRANSCRIPT, Field.IS_VOICEMAIL)
TIMES: Final = (Field.STARTED_AT, Field.CREATED_AT, Field.UPDATED_AT)
AMOUNTS: Final = (Field.DURATION_S, Field.TALK_S, Field.COST, Field.ROUNDS, Field.SCORE, Field.NUMBER)

_words = st.sampled_from(
    ["", "a", "b", "cé", "CÉ", "$x", "x.y", "\x00", "1", "u.1", "$u", "A", "USD", "+33612345678", "0612345678",
     "33612345678", "+336", "NEW", "c-1", "C-", ".*", "(", "[", "\ud800",
     Outcome.ANSWERED, Direction.INBOUND, Platform.VAPI]
)  # fmt: skip
_times = st.integers(0, 9).map(lambda n: at(n * 7.125))
_amounts = st.sampled_from([0, 1, 3, 3.5, 5, 61.0, 132500, 1_000_000_000, 2**62, 2**70, -(2**70)])
_RANGES: Final = (Op.EQ, Op.NE, Op.GT, Op.GTE, Op.LT, Op.LTE)


def _kind(fields: tuple[Field, ...], ops: tuple[Op, ...], values: st.SearchStrategy[Any]) -> st.SearchStrategy[Filter]:
    return st.builds(Condition, st.sampled_from(fields), st.sampled_from(ops), values)


conditions: st.SearchStrategy[Filter] = st.one_of(
    _kind(WORDS + TEXTS, (Op.EQ, Op.NE), _words),
    _kind(WORDS + TEXTS, (Op.IN,), st.lists(_words, max_size=3)),
    _kind(TEXTS, (Op.CONTAINS, Op.PREFIX), _words),
    _kind(FLAGS, (Op.EQ, Op.NE), st.booleans()),
    _kind(TIMES, _RANGES, _times),
    _kind(AMOUNTS, _RANGES, _amounts),
    _kind(WORDS + TEXTS + FLAGS + TIMES + AMOUNTS, (Op.EXISTS,), st.booleans()),
)
filters: st.SearchStrategy[Filter] = st.recursive(
    conditions,
    lambda inner: (
        st.builds(All, st.lists(inner, max_size=3))
        | st.builds(Any_, st.lists(inner, max_size=3))
        | st.builds(Not, inner)
    ),
    max_leaves=4,
)
orders = st.builds(Order, st.sampled_from(OrderBy), st.booleans())
queries = st.builds(
    CallQuery,
    filter=filters,
    order=orders,
    limit=st.integers(1, 4),
    total=st.just(value=True),
    units=st.none() | st.just(("1", "u.1")),
)
