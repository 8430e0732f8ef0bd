"""Every example of `docs/query.md` is typed into a shell, one after the other, and answers as is shown."""

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any, Final

from query.analytics import MEASURES
from query.filters import FILTERS
from schemas.call import Batch, Turn
from schemas.money import Cost
from schemas.words import Direction, Outcome, Role
from tests.query.serving import Serving
from tests.query.world import START, World

PAGE: Final = Path(__file__).parents[2] / "docs" / "query.md"
EXAMPLE: Final = re.compile(r"```sh\n(.*?)```\n```(json|text)\n(.*?)```", re.DOTALL)


async def _calls(world: World) -> None:
    turns = [
        Turn(n=1, role=Role.AGENT, text="Xin chào", offset_s=0.5),
        Turn(n=2, role=Role.CUSTOMER, text="Vâng, lịch hẹn lúc 15 giờ", offset_s=2.0),
    ]
    await world.call(
        "c-1",
        outcome=Outcome.ANSWERED,
        direction=Direction.INBOUND,
        from_="+33612345678",
        started_at=START,
        duration_s=63.0,
        turns=turns,
        cost=Cost(micros=132_500, currency="USD", raw="0.1325"),
        batch=Batch(id="spring"),
    )
    await world.call("c-2", outcome=Outcome.BUSY, started_at=START.replace(month=3), batch=Batch(id="spring"))
    await world.call("c-3", outcome=Outcome.BUSY, started_at=START.replace(year=2025))


def _shows(answer: Any, part: Any) -> bool:
    """Return whether *answer* holds all that *part* shows."""
    if isinstance(part, dict):
        return isinstance(answer, dict) and all(name in answer and _shows(answer[name], part[name]) for name in part)
    if isinstance(part, list):
        return isinstance(answer, list) and len(answer) == len(part) and all(map(_shows, answer, part))
    return bool(answer == part)


def _typed(command: str, environment: dict[str, str]) -> str:
    done = subprocess.run(
        ["/bin/sh", "-e", "-c", command], env=os.environ | environment, capture_output=True, check=True, timeout=30
    )
    return done.stdout.decode()


def test_every_example_answers_as_shown(prepared: str) -> None:
    examples = EXAMPLE.findall(PAGE.read_text())
    serving = Serving(prepared, _calls)
    serving.start()
    environment = {"URL": serving.url(), "KEY": "crm"}
    try:
        for command, kind, shown in examples:
            answer = _typed(command, environment)
            if kind == "text":
                assert answer.replace("\r\n", "\n").startswith(shown), (command, answer)
                continue
            told = json.loads(answer)
            assert _shows(told, json.loads(shown)), (command, answer)
            if "weight" in told:
                environment["CRITERION"] = told["id"]
            if "url" in told:
                environment["EXPORT"] = told["url"]
    finally:
        serving.stop()

    assert len(examples) == PAGE.read_text().count("```sh")


def test_the_page_names_every_filter_and_measure() -> None:
    words = set(re.findall(r"[a-z_0-9]+", PAGE.read_text()))

    assert set(FILTERS) <= words
    assert {part for word in MEASURES for part in word.split(":")} <= words
