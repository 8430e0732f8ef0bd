"""The calls as the query API tells them, as a table that fills while they land."""

import asyncio
from collections.abc import Callable, Collection, Mapping
from typing import Any, Final

import httpx
from rich.table import Table

from aftercall.asking import checked
from runtime.errors import CannotStart

POLL_S: Final = 0.25
PATIENCE_S: Final = 20.0  # after the last webhook; a worker that needs longer is worth a word
PAGE: Final = 200

Call = Mapping[str, Any]


async def watch(
    client: httpx.AsyncClient, wanted: Collection[str], *, sent: asyncio.Event, show: Callable[[list[Call]], None]
) -> list[Call]:
    """Show the stored calls of the platform ids *wanted* until all are there and told whole, or patience ends."""
    loop = asyncio.get_running_loop()
    found: list[Call] = []
    until: float | None = None
    while True:
        found = [call for call in await _newest(client) if call["platform_call_id"] in wanted]
        show(found)
        if sent.is_set():
            until = until or loop.time() + PATIENCE_S
            whole = [call for call in found if call["outcome"] not in (None, "in_progress")]
            if len(whole) >= len(wanted) or loop.time() > until:
                return found
        await asyncio.sleep(POLL_S)


async def _newest(client: httpx.AsyncClient) -> list[Call]:
    try:
        answer = await client.get("/v1/calls", params={"limit": PAGE, "order": "-created_at"})
    except httpx.TransportError as error:
        raise CannotStart(
            f"Calls cannot be read at {client.base_url} ({type(error).__name__}): say where by --query-url."
        ) from None
    calls: list[Call] = checked(answer).json()["calls"]
    return calls


def table(calls: Collection[Call], *, title: str) -> Table:
    """Return *calls* as people read them, newest first."""
    columns = Table(title=title, title_justify="left")
    for name in ("started", "platform", "way", "customer", "outcome", "talk", "cost", "summary"):
        columns.add_column(name, no_wrap=name != "summary", justify="right" if name in {"talk", "cost"} else "left")
    for call in sorted(calls, key=lambda call: call["started_at"] or "", reverse=True):
        columns.add_row(
            (call["started_at"] or "")[11:19],
            call["platform"],
            call["direction"],
            call["customer_number"],
            call["outcome"],
            _seconds(call["talk_s"]),
            _cost(call["cost"]),
            call["summary"],
        )
    return columns


def _seconds(talk_s: float | None) -> str:
    return f"{talk_s:.1f} s" if talk_s else ""


def _cost(cost: Mapping[str, Any] | None) -> str:
    return f"{float(cost['total']):.4f} {cost['currency']}" if cost and cost.get("total") else ""
