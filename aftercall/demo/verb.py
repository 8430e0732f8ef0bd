"""`aftercall demo`: send a story of webhooks to a running service and watch the calls land."""

import asyncio
from typing import Annotated

import typer

from aftercall import flags
from aftercall.demo.show import CALLS, SEED, Demo, choose
from aftercall.demo.token import find_token
from aftercall.urls import base_url, reading_url
from runtime.clock import utc_now

app = typer.Typer(add_completion=False)


@app.command()
def demo(
    *,
    platform: Annotated[
        list[str] | None, typer.Option(help="Only these platforms; `all` or nothing: each that has a connection.")
    ] = None,
    calls: Annotated[int, typer.Option(min=1, max=10_000, help="How many calls to send.")] = CALLS,
    seed: Annotated[int, typer.Option(help="Each seed gives other calls, in another order.")] = SEED,
    url: Annotated[str | None, typer.Option(help="Where webhooks go. [AFTERCALL_PUBLIC_URL, host and port]")] = None,
    query_url: Annotated[
        str | None,
        typer.Option(help="Where calls are read; --url by default, without it port 8081 where AFTERCALL_KAFKA is set."),
    ] = None,
    token: Annotated[str | None, typer.Option(help="A key's token, to read the calls with.")] = None,
    config: flags.Config = None,
    data: flags.Data = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="The port that `up` listens on. [AFTERCALL_PORT]")
    ] = None,
) -> None:
    """Send realistic signed webhooks, redeliveries and shuffles among them, and show the calls as they land."""
    settings = flags.settings(config=config, data=data, port=port)
    target = (url or base_url(settings)).rstrip("/")
    told = Demo(
        connections=choose(settings.config, platform or []),
        url=target,
        query_url=(query_url or url or reading_url(settings)).rstrip("/"),
        token=token or find_token(settings),
        now=utc_now(),
    )
    asyncio.run(told.run(count=calls, seed=seed))
