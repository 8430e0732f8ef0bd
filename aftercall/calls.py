"""`aftercall calls`: list, show, export and watch calls without curl."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any, Final

import httpx
import typer
from rich.progress import DownloadColumn, Progress, TransferSpeedColumn

from aftercall import flags
from aftercall.asking import asking, checked
from aftercall.demo.watch import table
from aftercall.screen import screen
from runtime.errors import CannotStart, Misconfigured

app = typer.Typer(help="Calls on this terminal: list, show, export, watch.", no_args_is_help=True, add_completion=False)

PAGE: Final = 200  # the largest that the API gives

Url = Annotated[str | None, typer.Option(help="Where calls are read. [AFTERCALL_PUBLIC_URL, host and port]")]
Token = Annotated[str | None, typer.Option(help="A key's token; that of the starter by default.")]
Filters = Annotated[
    list[str] | None, typer.Option("--filter", "-f", help="A filter of the API, such as outcome=busy; may be repeated.")
]
Json = Annotated[bool, typer.Option("--json", help="JSON as the API gives it, a call a line.")]


@app.command("list")
def list_(
    *,
    filters: Filters = None,
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 50,
    order: Annotated[
        str, typer.Option(help="started_at, created_at, duration_s or cost; - for descending.")
    ] = "-started_at",
    as_json: Json = False,
    url: Url = None,
    token: Token = None,
    config: flags.Config = None,
    data: flags.Data = None,
) -> None:
    """Show calls, newest first."""
    with asking(flags.settings(config=config, data=data), url=url, token=token) as client:
        calls = _pages(client, _pairs(filters), order=order, limit=limit)
    if as_json:
        for call in calls:
            typer.echo(json.dumps(call, ensure_ascii=False))
    else:
        screen().print(table(calls, title=f"{len(calls)} calls"))


@app.command()
def show(
    call: Annotated[str, typer.Argument(help="Its uid or its number.")],
    *,
    as_json: Json = False,
    url: Url = None,
    token: Token = None,
    config: flags.Config = None,
    data: flags.Data = None,
) -> None:
    """Show one call and what was said."""
    with asking(flags.settings(config=config, data=data), url=url, token=token) as client:
        found = checked(client.get(f"/v1/calls/{call}")).json()
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False))
        return
    screen().print(table([found], title=f"call {found['number']}, {found['uid']}"))
    for turn in found["turns"]:
        screen().print(f"{turn['role']:>9}  {turn['text']}")


@app.command()
def export(
    target: Annotated[Path, typer.Argument(help="The file; its ending (csv, jsonl, xlsx) is the format.")],
    *,
    filters: Filters = None,
    columns: Annotated[str | None, typer.Option(help="Fields, separated by commas; the list's by default.")] = None,
    url: Url = None,
    token: Token = None,
    config: flags.Config = None,
    data: flags.Data = None,
) -> None:
    """Write calls into a file."""
    conditions = [{"field": name, "op": "eq", "value": value} for name, value in _pairs(filters)]
    body: dict[str, Any] = {"format": target.suffix.removeprefix(".").lower(), "filter": {"all": conditions}}
    body |= {"columns": columns.split(",")} if columns else {}
    with asking(flags.settings(config=config, data=data), url=url, token=token) as client:
        ordered = checked(client.post("/v1/exports", json=body)).json()
        size = _fetched(client, ordered["url"], target)
    screen().print(f"{target}: {size} bytes.")


@app.command()
def watch(
    *,
    filters: Filters = None,
    as_json: Json = False,
    url: Url = None,
    token: Token = None,
    config: flags.Config = None,
    data: flags.Data = None,
) -> None:
    """Show calls as they change, until Ctrl-C."""
    with (
        asking(flags.settings(config=config, data=data), url=url, token=token) as client,
        client.stream("GET", "/v1/live", params=httpx.QueryParams(tuple(_pairs(filters))), timeout=None) as answer,
    ):
        checked(answer)
        for line in answer.iter_lines():
            if line.startswith("data:"):
                _tell(json.loads(line.removeprefix("data:")), as_json=as_json)


def _tell(call: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(call, ensure_ascii=False))
    else:
        told = (call["updated_at"], call["platform"], call["customer_number"], call["outcome"], call["summary"])
        screen().print("  ".join(str(part) for part in told if part))
    sys.stdout.flush()


def _pairs(filters: list[str] | None) -> list[tuple[str, str]]:
    pairs = []
    for each in filters or []:
        name, equals, value = each.partition("=")
        if not equals:
            raise Misconfigured(f"--filter {each!r} is not of the form name=value.")
        pairs.append((name, value))
    return pairs


def _pages(client: httpx.Client, filters: list[tuple[str, str]], *, order: str, limit: int) -> list[dict[str, Any]]:
    calls: list[dict[str, Any]] = []
    cursor: str | None = None
    while len(calls) < limit:
        asked: list[tuple[str, str | int]] = [*filters, ("order", order), ("limit", min(PAGE, limit - len(calls)))]
        page = checked(client.get("/v1/calls", params=[*asked, *([("cursor", cursor)] if cursor else [])])).json()
        calls += page["calls"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    return calls


def _fetched(client: httpx.Client, url: str, target: Path) -> int:
    with client.stream("GET", url) as answer:
        checked(answer)
        try:
            return _written(answer, target)
        except OSError as error:
            raise CannotStart(f"{target} cannot be written ({error.strerror}): choose another place.") from None


def _written(answer: httpx.Response, target: Path) -> int:
    size = 0
    columns = (*Progress.get_default_columns()[:1], DownloadColumn(), TransferSpeedColumn())
    with target.open("wb") as file, Progress(*columns, console=screen()) as bar:
        task = bar.add_task(str(target), total=None)
        for piece in answer.iter_bytes():
            file.write(piece)
            size += len(piece)
            bar.update(task, completed=size)
    return size
