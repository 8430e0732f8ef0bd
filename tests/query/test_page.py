"""`docs/query.md` tells the truth: its examples are run, its tables are the code's."""

import asyncio
import json
import os
from collections.abc import Iterator
from typing import Any, Final

import pytest

from runtime.server import serving
from storage.mongo import connect
from storage.mongo_setup import set_up
from tests.query.page import SEEDS, TABLES, differences, examples, tables
from tests.query.world import World

END: Final = "-- end of example --"


def values(text: str) -> Iterator[Any]:
    """Yield the JSON values that stand one behind the other in *text*."""
    decoder = json.JSONDecoder()
    while text := text.lstrip():
        value, length = decoder.raw_decode(text)
        yield value
        text = text[length:]


async def typed(url: str, script: str) -> str:
    """Return what a shell prints that runs *script*."""
    shell = await asyncio.create_subprocess_exec(
        *("/bin/sh", "-c", script),
        env={**os.environ, "URL": url, "TOKEN": "crm"},
        stdout=asyncio.subprocess.PIPE,
    )
    told, _ = await shell.communicate()
    return told.decode()


async def test_every_example_answers_as_the_page_says(mongo_url: str, database: str) -> None:
    told = examples()
    script = f"\nprintf '\\n{END}\\n'\n".join(each.typed for each in told)
    address, _, options = mongo_url.partition("/?")

    async with connect(f"{address.rstrip('/')}/{database}?{options}") as opened:
        await set_up(opened)
        world = World(opened, acme="acme")
        await world.calls(*((name, dict(facts)) for name, facts in SEEDS.items()))
        async with serving(world.app, host="127.0.0.1", port=0) as port:
            answers = (await typed(f"http://127.0.0.1:{port}", script)).split(f"\n{END}\n")

    assert len(answers) == len(told) > 0
    for example, answer in zip(told, answers, strict=True):
        if example.language == "text":
            assert answer.replace("\r\n", "\n").strip() == example.told.strip(), example.typed
        else:
            wrong = list(differences(list(values(example.told)), list(values(answer))))
            assert not wrong, (example.typed, wrong, answer)


@pytest.mark.parametrize("name", TABLES)
def test_every_table_is_the_codes(name: str) -> None:
    assert tables()[name] == TABLES[name]()
