"""Ruling 7: text in any language, combined with every filter and order, over HTTP and a real index."""

from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.call import Agent, Customer, Turn
from schemas.words import Direction, Role, Stage
from storage.text import index, matches, parse
from tests.query.world import START, World, names, searched

SAID = {
    "vi": "Xin chào, tôi là Nguyễn Đức",
    "zh": "我的手机号码是 06 12 34 56 78",
    "ja": "歯の予約をお願いします",
    "th": "สวัสดีครับ ต้องการนัดหมาย",
    "ar": "أَهْلًا وَسَهْلًا",
    "fr": "l'hôtel est complet",
    "de": "Die Straße ist lang",
    "en": "two words stand here; costs .* $5 (net)",
}


@pytest.fixture
async def said(world: World) -> None:
    await world.calls(
        *(
            (name, {"turns": [Turn(n=1, role=Role.AGENT, text=text)], "started_at": START})
            for name, text in SAID.items()
        )
    )


@pytest.mark.usefixtures("said")
@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("nguyen duc", {"vi"}),
        ("NGUYỄN ĐỨC", {"vi"}),
        ("duc toi", {"vi"}),
        ("手机", {"zh"}),
        ("机号码", {"zh"}),
        ("0612345678", {"zh"}),
        ("3456", {"zh"}),
        ("予約", {"ja"}),
        ("นัดหมาย", {"th"}),
        ("اهلا", {"ar"}),
        ("hotel", {"fr"}),
        ("l'hotel", {"fr"}),
        ("strasse", {"de"}),
        ('"two words"', {"en"}),
        ('"words two"', set()),
        ("stand two", {"en"}),
        ("two -words", set()),
        ("two -zebra", {"en"}),
        (".* $ ( [", set()),
        ("-.*", set()),
        ("$5 .*", {"en"}),
        ("wor", set()),
        ("-two", set(SAID) - {"en"}),
        ('-"two words" -hotel', set(SAID) - {"en", "fr"}),
        ("", set()),
    ],
)
async def test_words_are_found_in_any_language(crm: httpx.AsyncClient, question: str, found: set[str]) -> None:
    by_url = (await crm.get("/v1/calls", params={"text": question, "include_total": "true"})).json()
    by_body = await searched(crm, {"field": "text", "op": "text", "value": question})
    others = await searched(crm, {"not": {"field": "text", "op": "text", "value": question}})

    assert {call["platform_call_id"] for call in by_url["calls"]} == found
    assert by_url["total"] == len(found)
    assert set(by_body) == found
    assert set(others) == set(SAID) - found


async def test_every_field_and_spelling_is_searched(crm: httpx.AsyncClient, world: World) -> None:
    await world.call(
        summary="summaryword",
        title="titleword",
        transcript="transcriptword",
        customer=Customer(first="Anna", last="Müller", number="0800 123-456"),
        agent=Agent(name="agentword"),
        tags=["tagword"],
        direction=Direction.INBOUND,
        from_="+33612345678",
        to="+33 1 44 55 66 77",
    )
    await crm.patch(f"/v1/calls/{world.uid('c-1')}", json={"note": "noteword"})

    for question in (
        *("summaryword", "titleword", "transcriptword", "agentword", "tagword", "noteword", '"anna muller"'),
        *("+33612345678", "06 12 34 56 78", "(06) 12.34", "0144556677", "0033144556677"[2:], "800123456"),
    ):
        assert await names(crm, f"text={question.replace('+', '%2B')}") == ["c-1"], question


async def test_an_edit_replaces_what_it_edited_at_once(crm: httpx.AsyncClient, world: World) -> None:
    uid = await world.call(summary="theirs alpha", turns=[Turn(n=1, role=Role.AGENT, text="spoken")], tags=["platform"])

    await crm.patch(f"/v1/calls/{uid}", json={"summary": "mine beta", "tags": ["gamma"]})
    after = [await names(crm, f"text={word}") for word in ("alpha", "platform", "beta", "gamma", "spoken")]
    await crm.patch(f"/v1/calls/{uid}", json={"summary": None})
    back = [await names(crm, f"text={word}") for word in ("alpha", "beta")]

    assert after == [[], [], ["c-1"], ["c-1"], ["c-1"]]
    assert back == [["c-1"], []]


async def test_words_stay_found_when_later_events_and_scores_come(crm: httpx.AsyncClient, world: World) -> None:
    await world.call(turns=[Turn(n=1, role=Role.AGENT, text="spoken")])
    await world.call(event="e-2", rank=20, summary="later")
    one = (await crm.post("/v1/criteria", json={"name": "One"})).json()["id"]
    await crm.post(f"/v1/calls/{world.uid('c-1')}/evaluations", json={"values": [{"criteria_id": one, "point": 1}]})

    assert await names(crm, "text=spoken later") == ["c-1"]


async def test_matches_show_turn_and_snippet_with_most_words_first(crm: httpx.AsyncClient, world: World) -> None:
    turns = [
        Turn(n=1, role=Role.AGENT, text="one <b>alpha</b> & more"),
        Turn(n=2, role=Role.CUSTOMER, text="Alpha and béta"),
        Turn(n=3, role=Role.AGENT, text="nothing"),
    ]
    await world.call(turns=turns, summary="about beta")

    (call,) = (await crm.get("/v1/calls?text=alpha beta&include=matches")).json()["calls"]
    (plain,) = (await crm.get("/v1/calls?include=matches")).json()["calls"]

    assert call["matches"] == [
        {"field": "turns", "n": 2, "snippet": "<mark>Alpha</mark> and <mark>béta</mark>"},
        {"field": "turns", "n": 1, "snippet": "one &lt;b&gt;<mark>alpha</mark>&lt;/b&gt; &amp; more"},
        {"field": "summary", "n": None, "snippet": "about <mark>beta</mark>"},
    ]
    assert plain["matches"] == []


async def test_text_combines_with_filters_orders_and_pages(crm: httpx.AsyncClient, world: World) -> None:
    await world.calls(
        *((f"c-{n}", {"summary": "alpha" if n % 2 else "beta", "duration_s": float(n % 5)}) for n in range(20))
    )

    found: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        url = f"/v1/calls?text=alpha&min_duration=1&order=duration_s&limit=3&cursor={cursor}"
        page = (await crm.get(url.removesuffix("&cursor="))).json()
        found += [call["platform_call_id"] for call in page["calls"]]
        cursor = page["next_cursor"]

    expected = [f"c-{n}" for n in range(20) if n % 2 and n % 5 >= 1]
    assert sorted(found) == sorted(expected)
    assert [int(name[2:]) % 5 for name in found] == sorted(int(name[2:]) % 5 for name in expected)


_WORDS = st.sampled_from(["alpha", "Béta", "12", "34567", "+33 6", "手机", "机", "号码", "l'hôtel", "x", "(", "-"])
_TEXTS = st.lists(_WORDS, min_size=1, max_size=5).map(" ".join)
_QUESTIONS = st.lists(
    st.builds(
        lambda minus, text, quote: f"{minus}{quote}{text}{quote}",
        st.sampled_from(["", "-"]),
        _TEXTS,
        st.sampled_from(["", '"']),
    ),
    max_size=3,
).map(" ".join)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(_TEXTS, min_size=1, max_size=5), _QUESTIONS)
async def test_the_index_finds_what_the_definition_says(world: World, texts: list[str], question: str) -> None:
    fresh = World(world.database)
    facts: list[tuple[str, dict[str, Any]]] = [
        (f"c-{n}", {"turns": [Turn(n=1, role=Role.AGENT, text=text)], "stage": Stage.ENDED})
        for n, text in enumerate(texts)
    ]
    await fresh.calls(*facts)

    async with fresh.ask() as crm:
        found = await searched(crm, {"field": "text", "op": "text", "value": question})

    expected = {f"c-{n}" for n, text in enumerate(texts) if matches(parse(question), index(texts=[text], phones=[]))}
    assert set(found) == expected


async def test_text_is_told_live_and_counted(crm: httpx.AsyncClient, world: World) -> None:
    await world.calls(("c-1", {"summary": "alpha"}), ("c-2", {"summary": "beta"}))

    report = await crm.post("/v1/analytics", json={"filter": {"field": "text", "op": "text", "value": "alpha"}})

    assert report.json()["rows"] == [{"count": 1}]
