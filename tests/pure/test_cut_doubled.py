"""A member that comes twice in an object hides no secret from the cut, in whichever copy and at whatever level."""

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.cut import Cut, Cutter, cut, opened
from ingest.platforms import SOURCES
from ingest.vapi_report import CUTS, ENVELOPE
from schemas.words import Platform
from tests.pure.platforms.test_canaries import CANARY, SECRETS, Path, planted
from tests.pure.test_cut import NAMES, plainly_cut


class Pairs(tuple[tuple[str, Any], ...]):
    """An object as it is written: its members in order, some of them twice."""

    __slots__ = ()


def written(value: Any, *, blank: str) -> str:
    """Return *value* as JSON, with *blank* behind each comma and colon."""
    if isinstance(value, Pairs):
        members = (f"{json.dumps(name)}:{blank}{written(inner, blank=blank)}" for name, inner in value)
        return "{" + f",{blank}".join(members) + "}"
    if isinstance(value, list):
        return "[" + f",{blank}".join(written(inner, blank=blank) for inner in value) + "]"
    return json.dumps(value)


def all_copies_cut(value: Any, row: Cut, path: tuple[str, ...]) -> Any:
    """Return *value* with what *row* names cut in each copy; who speaks in an object its last copy tells."""
    if path and path[0] == "*":
        return [all_copies_cut(element, row, path[1:]) for element in value] if isinstance(value, list) else value
    if not isinstance(value, Pairs):
        return value
    if path:
        return Pairs((name, all_copies_cut(v, row, path[1:]) if name == path[0] else v) for name, v in value)
    if row.where is not None and dict(value).get(row.where[0]) != row.where[1]:
        return value
    named = [name for name, _ in value if (name in row.names if row.keep is None else name not in row.keep)]
    return Pairs((name, "[cut]" if name in named and v is not None else v) for name, v in value)


def secrets(text: str) -> set[str]:
    """Return which of the values that are made here stand in *text*."""
    return set(re.findall(r"secret-\d+", text))


def pairs(names: st.SearchStrategy[str], values: st.SearchStrategy[Any], *, most: int = 5) -> st.SearchStrategy[Pairs]:
    """Return objects of *names* that may come twice."""
    return st.lists(st.tuples(names, values), max_size=most).map(Pairs)


BLANK = st.sampled_from(["", " ", "\n  "])
SECRET = st.integers(0, 999).map("secret-{}".format)
SCALAR = st.none() | st.integers(0, 9) | SECRET | st.sampled_from(["system", "user", "[cut]"])
WORDS = st.sampled_from(["system", "user", "bot", "secret-7"])
TURN = st.tuples(WORDS, pairs(st.sampled_from(["role", "message", "content", "time"]), WORDS | SECRET)).map(
    lambda turn: Pairs((("role", turn[0]), *turn[1]))
)
LISTS = st.lists(TURN | pairs(st.sampled_from(["role", "message"]), SCALAR), max_size=3) | SCALAR
ARTIFACT = pairs(st.sampled_from(["messages", "messagesOpenAIFormatted", "transcript"]), LISTS)
PART = pairs(st.sampled_from(["id", "name", "model", "server", "twilioAuthToken"]), SCALAR) | SCALAR
CALL_NAMES = ["assistant", "phoneNumber", "monitor", "assistantOverrides", "messages", "artifact", "id"]
CALL = pairs(st.sampled_from(CALL_NAMES), PART | LISTS | ARTIFACT)
REPORT = pairs(st.sampled_from([*CALL_NAMES, "call", "squad"]), PART | LISTS | ARTIFACT | CALL)


REPORTS = Cutter(CUTS)


@given(reports=st.lists(REPORT | SCALAR, min_size=1, max_size=2), blank=BLANK)
def test_no_copy_of_a_member_keeps_a_secret_of_a_report(reports: list[Any], *, blank: str) -> None:
    value = Pairs((ENVELOPE, report) for report in reports)
    body = written(value, blank=blank).encode()
    left, expected = value, json.loads(body)
    for row in CUTS:
        left, expected = all_copies_cut(left, row, row.path), plainly_cut(expected, row, row.path)

    for published in (REPORTS(body), REPORTS(body, opened(body, ENVELOPE))):
        assert secrets(published.decode()) <= secrets(written(left, blank=""))
        assert json.loads(published) == expected


ANY = st.recursive(SCALAR, lambda inner: st.lists(inner, max_size=3) | pairs(NAMES, inner), max_leaves=30)
ROWS = st.lists(
    st.builds(
        Cut,
        path=st.lists(NAMES | st.just("*"), max_size=3).map(tuple),
        names=st.lists(NAMES, max_size=2).map(tuple),
        keep=st.none() | st.lists(NAMES, max_size=2).map(tuple),
        where=st.none() | st.tuples(NAMES, st.sampled_from(["system", "user"])),
        beside=st.sampled_from([(), ("user", "secret-7")]),
    ),
    max_size=3,
)
RARE = st.lists(
    st.builds(
        Cut,
        path=st.lists(NAMES, max_size=3).map(tuple),
        names=st.lists(NAMES, min_size=1, max_size=2).map(tuple),
        rare=st.just(value=True),
    ),
    max_size=3,
)


@given(value=ANY, rows=ROWS | RARE, blank=BLANK)
def test_no_copy_of_a_member_keeps_what_the_rows_name(value: Any, rows: list[Cut], *, blank: str) -> None:
    body = written(value, blank=blank).encode()
    left, expected = value, json.loads(body)
    for row in rows:
        left, expected = all_copies_cut(left, row, row.path), plainly_cut(expected, row, row.path)

    published = cut(body, rows)

    assert secrets(published.decode()) <= secrets(written(left, blank=""))
    assert json.loads(published) == expected


LEVELS = [
    pytest.param(platform, path[:level], id=f"{platform}/{'.'.join(path[:level])}/of/{path[-1]}")
    for platform, (_, paths) in SECRETS.items()
    for path in paths
    for level in range(1, len(path) + 1)
]


@pytest.mark.parametrize("clean", ["null", "{}", '"text"'])
@pytest.mark.parametrize(("platform", "level"), LEVELS)
def test_a_clean_copy_does_not_hide_the_one_before_it(platform: Platform, level: Path, clean: str) -> None:
    secret = next(path for path in SECRETS[platform][1] if path[: len(level)] == level)
    holding = planted(platform, secret, CANARY)
    once = f"{json.dumps(level[-1])}: {json.dumps(member(holding, level))}"
    body = json.dumps(holding).replace(once, f"{once}, {json.dumps(level[-1])}: {clean}")
    assert body != json.dumps(holding)

    assert CANARY.encode() not in cut(body.encode(), SOURCES[platform].cut)


def member(value: Any, path: Path) -> Any:
    for name in path:
        value = value[name]
    return value
