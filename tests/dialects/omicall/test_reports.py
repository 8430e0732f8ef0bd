"""Reports count what the lists show."""

import httpx

from schemas.words import Direction
from tests.dialects.omicall.client import AT, DAY_MS, ENDED, LIST, REPORT, WINDOW, listed, payload, uuid, word
from tests.dialects.world import DialectWorld


async def test_a_report_counts_what_the_lists_show(omi: httpx.AsyncClient, varied: DialectWorld) -> None:
    await varied.calls(
        *(
            (uuid(n), {**ENDED, "direction": Direction.INBOUND, "talk_s": 10.4, "extension": "7", "to": "842800000009"})
            for n in range(10, 13)
        )
    )

    told = payload(await omi.get(REPORT, params=WINDOW))
    of_line = payload(await omi.get(REPORT, params={**WINDOW, "numbers": "842800000009,1", "sip_user": "7"}))
    of_agent = payload(await omi.get(REPORT, params={**WINDOW, "agents[]": "binh@acme.vn"}))

    assert told == {
        "categorized_by_direction": [
            {"_id": "inbound", "total_count": 4, "total_time": 31},
            {"_id": "outbound", "total_count": 1, "total_time": 0},
        ],
        "categorized_by_disposition": [
            {"_id": "cancelled", "total_count": 1, "total_outbound": 0, "total_inbound": 1},
            {"_id": "answered", "total_count": 4, "total_outbound": 1, "total_inbound": 3},
        ],
        "categorized_by_local_direction": {"total_call": 1, "total_call_answer": None},
    }
    assert of_line["categorized_by_direction"][0] == {"_id": "inbound", "total_count": 3, "total_time": 31}
    assert of_agent["categorized_by_direction"][1]["total_count"] == 1
    for direction in ("inbound", "outbound"):
        (group,) = [each for each in told["categorized_by_direction"] if each["_id"] == direction]
        assert group["total_count"] == len(await listed(omi, direction=direction))


async def test_half_a_second_is_rounded_as_the_lists_round_it(omi: httpx.AsyncClient, world: DialectWorld) -> None:
    await world.call("c-1", **ENDED, direction=Direction.INBOUND, talk_s=20.5)

    told = payload(await omi.get(REPORT, params=WINDOW))
    (item,) = payload(await omi.get(LIST, params=WINDOW))["items"]

    assert told["categorized_by_direction"][0]["total_time"] == item["bill_sec"] == 21


async def test_a_report_has_its_own_window(omi: httpx.AsyncClient) -> None:
    year = {"from_date": AT - 366 * DAY_MS, "to_date": AT}

    empty = payload(await omi.get(REPORT, params=year))

    assert [group["total_count"] for group in empty["categorized_by_direction"]] == [0, 0]
    assert empty["categorized_by_local_direction"] == {"total_call": 0, "total_call_answer": None}
    assert word(await omi.get(REPORT, params={**year, "to_date": AT + 1}))[2] == "date_is_too_long"
    assert word(await omi.get(REPORT))[2] == "from_date_is_required"
