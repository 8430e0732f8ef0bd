"""`aftercall keys`: who may read, added and shown; a token is told once and never kept."""

import os
from enum import StrEnum
from typing import Annotated, Any

import typer
from rich.table import Table

from aftercall import flags
from aftercall.screen import screen
from aftercall.tokens import make_dialect_secret, make_token
from aftercall.toml_edit import append
from aftercall.urls import reading_url
from aftercall.whose import whose
from runtime.config_checks import SCOPES
from runtime.config_file import read
from runtime.errors import Misconfigured


class Dialect(StrEnum):
    """The call-history APIs whose clients prove who they are by more than a token."""

    TANYI = "tanyi"


app = typer.Typer(help="API keys: add and list.", no_args_is_help=True, add_completion=False)


@app.command()
def add(
    name: Annotated[str, typer.Argument(metavar="ID", help="What the key is called, such as crm.")],
    *,
    tenant: Annotated[str | None, typer.Option(help="Whose calls it opens; the only tenant by default.")] = None,
    scope: Annotated[
        list[str] | None, typer.Option(help=f"What it may do, of {', '.join(SCOPES)}; read by default.")
    ] = None,
    unit: Annotated[list[str] | None, typer.Option(help="It sees only these units.")] = None,
    requests_per_minute: Annotated[int | None, typer.Option(min=1, help="Its rate limit.")] = None,
    dialect: Annotated[Dialect | None, typer.Option(help="Give it what this call-history API signs with.")] = None,
    config: flags.Config = None,
    data: flags.Data = None,
) -> None:
    """Write a key into aftercall.toml and print its token, this once."""
    settings = flags.settings(config=config, data=data)
    known = read(settings.config, os.environ, secrets_of=())
    if any(key.id == name for key in known.keys):
        raise Misconfigured(f"There is a key {name!r} already; give another id.")
    token = make_token()
    row: dict[str, Any] = {
        "id": name,
        "tenant": whose(known, tenant),
        "token_sha256": token.sha256,
        "scopes": scope or ["read"],
    }
    row |= {"units": unit} if unit else {}
    row |= {"requests_per_minute": requests_per_minute} if requests_per_minute else {}
    secret = make_dialect_secret() if dialect is Dialect.TANYI else None
    row |= {"dialect": {"tanyi_secret": secret}} if secret else {}
    append(settings.config, "keys", row)
    console = screen()
    console.print(f"Added key {name} to {settings.config}. Its token, shown this once:")
    console.print(token.text)
    console.print(f"curl -H 'Authorization: Bearer {token.text}' {reading_url(settings)}/v1/calls")
    if secret:
        console.print("Tanyi's clients sign with these, the secret shown this once:")
        console.print(f"appKey {name}\nappSecret {secret}\ntenantSign {row['tenant']}")


@app.command("list")
def list_(config: flags.Config = None) -> None:
    """Show the keys and what they may do."""
    settings = flags.settings(config=config)
    table = Table("id", "tenant", "scopes", "units", "per minute", "expires")
    for key in read(settings.config, os.environ, secrets_of=()).keys:
        units = " ".join(key.units) if key.units is not None else "all"
        expires = key.expires_at.isoformat() if key.expires_at else "never"
        table.add_row(key.id, key.tenant, " ".join(key.scopes), units, str(key.requests_per_minute or "-"), expires)
    screen().print(table)
