"""Files of calls: their columns, rows, cells and address."""

import json
from datetime import timedelta
from typing import Final

import httpx
import pytest

from schemas.words import Stage
from tests.dialects.robotappel.client import BY_ID, ENDED, EXPORT, rows, told
from tests.dialects.world import DialectWorld
from tests.query.world import START

ALL_NAMES: Final = (
    "callSid,batchId,batchName,clientOrgId,createdAt,ended_status,from,to,clean_interraction,interraction,"
    "qualification,record_url,sendDate,status,summary,duration"
)


async def test_a_file_has_the_columns_that_were_asked_for(crm: httpx.AsyncClient, world: DialectWorld) -> None:
    await world.hear(
        "robotappel/call-infos.json", "robotappel/call-infos-no-answer.json", "robotappel/call-infos-ringing.json"
    )

    url = (await told(crm, f"{EXPORT}?header=to, callSid,,interraction,duration"))["url"]
    every = (await told(crm, EXPORT, status="no-answer"))["url"]
    nothing = (await told(crm, f"{EXPORT}?header=callSid", status="x"))["url"]

    head, *cells = await rows(crm, url)
    assert head == ["to", "callSid", "interraction", "duration"]
    assert [row[:2] for row in cells] == [["+33600000004", "ra-1004"], ["+33600000001", "ra-1001"]]
    assert json.loads(cells[1][2])[1] == {
        "user": "user",
        "text": "Bonjour, rappelez-moi demain.",
        "created_at": "2026-11-18T09:30:04.500Z",
    }
    assert [row[3] for row in cells] == ["0", "125"]
    assert url.startswith("http://api/dialects/robotappel/files/")
    head, row = await rows(crm, every)
    assert (",".join(head), row[0]) == (ALL_NAMES, "ra-1004")
    assert await rows(crm, nothing) == [["callSid"]]


async def test_a_column_alone_says_what_it_says_among_all(crm: httpx.AsyncClient, world: DialectWorld) -> None:
    await world.hear_all()
    names, *whole = await rows(crm, (await told(crm, EXPORT))["url"])

    for place, name in enumerate(names):
        head, *cells = await rows(crm, (await told(crm, f"{EXPORT}?header={name}"))["url"])

        assert (head, cells) == ([name], [[row[place]] for row in whole])


@pytest.mark.parametrize(
    "query", ["header=to,callSid", "header=to&header=callSid", "header[]=to&header[]=callSid", "header= to , callSid ,"]
)
async def test_columns_are_taken_however_they_are_listed(
    crm: httpx.AsyncClient, world: DialectWorld, query: str
) -> None:
    await world.call("c-1", to="+33102030405", **ENDED)

    url = (await told(crm, f"{EXPORT}?{query}"))["url"]

    assert await rows(crm, url) == [["to", "callSid"], ["+33102030405", "c-1"]]


async def test_a_file_by_ids_keeps_their_order_each_once(crm: httpx.AsyncClient, world: DialectWorld) -> None:
    uids = [await world.call(f"c-{n}", started_at=START + timedelta(hours=n), **ENDED) for n in range(3)]
    await world.call("going-on", stage=Stage.PROGRESS)
    async with world.ask("other") as other:
        foreign = await told(other, f"{BY_ID}?header=callSid", callIds=["c-0"])

    url = (
        await told(crm, f"{BY_ID}?header=callSid", callIds=["c-1", uids[2], "none", "c-1", "c-2", "going-on", "c-0"])
    )["url"]

    assert await rows(crm, url) == [["callSid"], ["c-1"], ["c-2"], ["c-0"]]
    assert await rows(crm, foreign["url"]) == [["callSid"]]


async def test_no_cell_of_a_file_is_a_formula_but_a_number_stays_one(
    crm: httpx.AsyncClient, world: DialectWorld
) -> None:
    for n, text in enumerate(("=1+1", "+33 a", "-5", "@b", "fine")):
        await world.call(f"c-{n}", started_at=START - timedelta(hours=n), summary=text, from_="+33102030405", **ENDED)

    url = (await told(crm, f"{EXPORT}?header=summary,from"))["url"]

    _, *cells = await rows(crm, url)
    assert [cell for cell, _ in cells] == ["'=1+1", "'+33 a", "'-5", "'@b", "fine"]
    assert {number for _, number in cells} == {"+33102030405"}


async def test_a_files_url_is_signed_and_ends_after_a_day(crm: httpx.AsyncClient, world: DialectWorld) -> None:
    url = (await told(crm, EXPORT))["url"]

    changed = await crm.get(url[:-1] + ("0" if url[-1] != "0" else "1"))
    world.clock.pass_(24 * 3600 - 1)
    last = await crm.get(url)
    world.clock.pass_(1)
    late = await crm.get(url)

    assert (changed.status_code, last.status_code, late.status_code) == (403, 200, 404)
    assert late.json().keys() == {"statusCode", "timestamp", "path", "message"}
