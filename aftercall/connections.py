"""`aftercall connections`: who may send, added and shown."""

import os
from typing import Annotated, Any, Final

import msgspec
import typer
from rich.table import Table

from aftercall import flags
from aftercall.screen import screen
from aftercall.senders import SENDERS
from aftercall.tokens import make_secret
from aftercall.toml_edit import append, inline
from aftercall.urls import is_of_here, webhook_url
from aftercall.whose import whose
from ingest.checks import check_connections
from ingest.platforms import SOURCES
from runtime.config import Config, Connection
from runtime.config_file import read
from runtime.config_secrets import ENV, resolve
from runtime.errors import Misconfigured
from runtime.nearest import suggestion
from runtime.settings import Settings
from schemas.words import Platform

app = typer.Typer(help="Who may send webhooks: add and list.", no_args_is_help=True, add_completion=False)

SCHEMES_OF_URL = {Platform.TANYI: "/{secret}", Platform.OMICALL: "?key={secret}", Platform.SYNTHFLOW: "/{secret}"}
"""Platforms whose webhooks carry the secret, the last one, in the URL that is pasted."""

NOT_FROM_OUTSIDE: Final = "only this machine reaches it: set AFTERCALL_PUBLIC_URL to how the platform reaches us"


@app.command()
def add(
    platform: Annotated[str, typer.Argument(help="The platform that sends, such as vapi.")],
    *,
    name: Annotated[
        str | None, typer.Option("--id", help="Last part of the URL; the platform's name by default.")
    ] = None,
    tenant: Annotated[str | None, typer.Option(help="Whose calls they are; the only tenant by default.")] = None,
    secret: Annotated[str | None, typer.Option(help="The secret, or env:NAME; made by us by default.")] = None,
    unit: Annotated[str | None, typer.Option(help="The unit of its calls where the platform sends none.")] = None,
    config: flags.Config = None,
    data: flags.Data = None,
) -> None:
    """Write a connection into aftercall.toml and say which URL to paste where."""
    settings = flags.settings(config=config, data=data)
    known = read(settings.config, os.environ, secrets_of=())
    sender = _platform(platform)
    row: dict[str, Any] = {
        "id": _free(known, name or sender.value, asked=name is not None),
        "tenant": whose(known, tenant),
        "platform": sender.value,
        "secrets": [secret or make_secret(sender)],
    }
    if also := SENDERS[sender].also:
        row["secrets"].append(make_secret(sender))
        row["options"] = inline(also=also)
    row |= {"unit": unit} if unit else {}
    _provable(row)
    append(settings.config, "connections", row)
    _tell(settings, row, platform=sender, made=secret is None)


@app.command("list")
def list_(config: flags.Config = None, data: flags.Data = None) -> None:
    """Show the connections and their URLs, without secrets."""
    settings = flags.settings(config=config, data=data)
    known = read(settings.config, os.environ, secrets_of=())
    table = Table("id", "platform", "tenant", "proof", "secrets", "URL")
    for row in known.connections:
        proof = row.options.scheme or SOURCES[row.platform].default_scheme
        proof = f"{proof} + {row.options.also}" if row.options.also else proof
        url = webhook_url(settings, row.path or f"/webhooks/{row.id}")
        table.add_row(row.id, row.platform.value, row.tenant, proof, str(len(row.secrets)), url)
    screen().print(table)


def _platform(word: str) -> Platform:
    try:
        return Platform(word.lower())
    except ValueError:
        raise Misconfigured(f"There is no platform {word!r}{suggestion(word, list(Platform))}") from None


def _free(known: Config, wanted: str, *, asked: bool) -> str:
    """Return *wanted*, or with a number behind it where it is taken and nobody insisted on it."""
    taken = {row.id for row in known.connections}
    if wanted not in taken:
        return wanted
    if asked:
        raise Misconfigured(f"There is a connection {wanted!r} already; give another --id.")
    return next(name for number in range(2, len(taken) + 3) if (name := f"{wanted}-{number}") not in taken)


def _provable(row: dict[str, Any]) -> None:
    """Return if webhooks can be proved as *row* says, or its secret is not set here; raises `Misconfigured`."""
    alone = Config(connections=(msgspec.convert(row, Connection),))
    known, unset = resolve(alone, os.environ, of=("connections",))
    if not unset and (faults := check_connections(known)):
        raise Misconfigured(*(f"{fault.sentence}; nothing was written." for fault in faults))


def _tell(settings: Settings, row: dict[str, Any], *, platform: Platform, made: bool) -> None:
    sender = SENDERS[platform]
    secret, *ours = row["secrets"]
    in_url = ours or [secret if made else "SECRET"]
    url = webhook_url(settings, "/webhooks/" + row["id"])
    lines = {
        "URL": url + SCHEMES_OF_URL.get(platform, "").format(secret=in_url[-1]),
        "Where": sender.place,
        "Secret": _secret(secret, vendor_secret=sender.vendor_secret, made=made),
        "Mind": sender.trap,
        "Note": NOT_FROM_OUTSIDE if platform is not Platform.STANDARD and is_of_here(url) else None,
        "More": f"docs/platforms/{platform}.md",
    }
    console = screen()
    console.print(f"Added connection {row['id']} to {settings.config}.")
    for label, text in lines.items():
        if text:
            console.print(f"{label:<8}{text}")


def _secret(secret: str, *, vendor_secret: str | None, made: bool) -> str:
    """Return what is said of the secret, which is shown only where we *made* it."""
    if made and vendor_secret:
        return f"{vendor_secret}: put it in place of the made-up one, {secret}, which nobody can sign with"
    if made:
        return secret
    name = secret.removeprefix(ENV)
    return "as given" if secret == name else f"{secret}: set {name} where aftercall is started"
