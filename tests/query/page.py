"""The seeds, examples and tables of `docs/query.md`; `python -m tests.query.page` writes the tables anew."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple

from query.analytics import MEASURES
from query.fields import FIELDS
from query.filters import FILTERS
from query.formats import FORMATS
from query.kinds import TIME, Kind
from query.listing import ORDERS
from query.openapi.problems import problems
from schemas.call import Agent, Batch, Turn, Unit
from schemas.money import Cost
from schemas.query import Op
from schemas.report import Group
from schemas.words import Direction, Outcome, Platform, Role, Stage
from tests.query.world import START

PAGE: Final = Path(__file__).parents[2] / "docs" / "query.md"
_MARKED: Final = re.compile(r"<!-- table: (\w+) -->(.*?)<!-- end -->", re.DOTALL)
_EXAMPLE: Final = re.compile(r"```sh\n(.*?)```\n```(json|text)\n(.*?)```", re.DOTALL)

SEEDS: Final[Mapping[str, dict[str, Any]]] = {
    "c-1": {
        "stage": Stage.ENDED,
        "direction": Direction.INBOUND,
        "from_": "+33612345678",
        "to": "+33140000000",
        "outcome": Outcome.ANSWERED,
        "started_at": START,
        "ended_at": START + timedelta(seconds=47),
        "duration_s": 47.0,
        "talk_s": 42.5,
        "agent": Agent(id="riley", name="Riley"),
        "unit": Unit(id="1"),
        "cost": Cost(micros=132_500, currency="USD", raw=""),
        "turns": [
            Turn(n=1, role=Role.AGENT, text="Zenith Dental, how can I help?", offset_s=0.5),
            Turn(n=2, role=Role.CUSTOMER, text="A cleaning on Monday, please.", offset_s=3.25),
        ],
    },
    "c-2": {
        "stage": Stage.ENDED,
        "platform": Platform.RETELL,
        "direction": Direction.OUTBOUND,
        "to": "+33611111111",
        "outcome": Outcome.NO_ANSWER,
        "started_at": START + timedelta(hours=1),
        "batch": Batch(id="spring", name="Spring recall"),
    },
    "c-3": {
        "stage": Stage.ENDED,
        "direction": Direction.OUTBOUND,
        "to": "+33611111111",
        "outcome": Outcome.ANSWERED,
        "started_at": START + timedelta(days=1),
        "talk_s": 20.0,
        "agent": Agent(id="linh"),
        "batch": Batch(id="spring", name="Spring recall"),
        "cost": Cost(micros=500_000, currency="EUR", raw=""),
        "turns": [Turn(n=1, role=Role.CUSTOMER, text="Tôi muốn đặt lịch hẹn.")],
    },
}


class Example(NamedTuple):
    """What is typed, and what comes."""

    typed: str
    language: str
    told: str


def examples() -> list[Example]:
    """Return the page's examples in order; each may use what one before it set."""
    return [Example(*found) for found in _EXAMPLE.findall(PAGE.read_text())]


def tables() -> Mapping[str, str]:
    """Return each table of the page by its name."""
    return {name: text.strip() for name, text in _MARKED.findall(PAGE.read_text())}


def _table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    columns = list(header)
    return "\n".join("| " + " | ".join(each) + " |" for each in (columns, ["---"] * len(columns), *rows))


def _code(words: Iterable[str]) -> str:
    return " ".join(f"`{word}`" for word in words)


def _filters() -> str:
    meanings: Mapping[tuple[Op, bool], str] = {
        (Op.GTE, False): "; at least",
        (Op.LTE, False): "; at most",
        (Op.GTE, True): "; then or later",
        (Op.LT, True): "; before",
    }
    rows = []
    for name, row in FILTERS.items():
        field = FIELDS[row.field]
        bound = meanings.get((row.op, field.kind is TIME), "")
        rows.append((f"`{name}`", field.tells.rstrip(".") + bound, _code(field.kind.words) or field.kind.name))
    return _table(("filter", "looks at", "value"), rows)


def _operators() -> str:
    kinds: dict[tuple[str, frozenset[Op]], tuple[Kind, list[str]]] = {}
    for field, row in FIELDS.items():
        kinds.setdefault((row.kind.name, row.kind.operators), (row.kind, []))[1].append(field.value)
    rows = (
        (_code(fields), kind.name, _code(op.value for op in Op if op in kind.operators))
        for kind, fields in kinds.values()
    )
    return _table(("fields", "kind", "operators"), rows)


def _report() -> str:
    return _table(("", "known"), (("measures", _code(MEASURES)), ("groups", _code(each.value for each in Group))))


def _problems() -> str:
    rows = sorted((each.status, code, _first_line(each)) for code, each in problems().items())
    return _table(("status", "code", ""), ((str(status), f"`{code}`", tells) for status, code, tells in rows))


def _first_line(each: type) -> str:
    return (each.__doc__ or "").partition("\n")[0]


TABLES: Final[Mapping[str, Callable[[], str]]] = {
    "filters": _filters,
    "orders": lambda: _code(ORDERS),
    "operators": _operators,
    "report": _report,
    "formats": lambda: _code(FORMATS),
    "problems": _problems,
}


def differences(told: Any, answer: Any, *, at: str = "") -> Iterator[str]:
    """Yield where *answer* is not as it is *told*: `…` is any value, members may be left out, items may not."""
    if told == "…":
        return
    if isinstance(told, dict) and isinstance(answer, dict):
        for name, value in told.items():
            if name not in answer:
                yield f"{at}.{name} is missing"
            else:
                yield from differences(value, answer[name], at=f"{at}.{name}")
    elif isinstance(told, list) and isinstance(answer, list) and len(told) == len(answer):
        for n, (one, other) in enumerate(zip(told, answer, strict=True)):
            yield from differences(one, other, at=f"{at}[{n}]")
    elif told != answer:
        yield f"{at} is {answer!r}, not {told!r}"


def _written(found: re.Match[str]) -> str:
    table = TABLES[found[1]]()
    apart = "\n" if table.startswith("|") else " "
    return f"<!-- table: {found[1]} -->{apart}{table}{apart}<!-- end -->"


if __name__ == "__main__":
    PAGE.write_text(_MARKED.sub(_written, PAGE.read_text()))
