"""Flags that several verbs take; each wins over its `AFTERCALL_*` variable."""

import os
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from runtime.settings import Settings, load

Config = Annotated[Path | None, typer.Option("--config", help="The configuration. [AFTERCALL_CONFIG, aftercall.toml]")]
Data = Annotated[
    Path | None,
    typer.Option("--data", help="Directory of the journal and of our own MongoDB. [AFTERCALL_DATA, aftercall-data]"),
]
Port = Annotated[
    int | None,
    typer.Option("--port", min=0, max=65535, help="Port to listen on; 0 takes any free one. [AFTERCALL_PORT]"),
]


def settings(*, config: Path | None = None, data: Path | None = None, port: int | None = None) -> Settings:
    """Return the environment's settings with the flags laid over them; raises `Misconfigured`."""
    flags: dict[str, Any] = {"config": config, "data": data, "port": port}
    given = {name: value for name, value in flags.items() if value is not None}
    return msgspec.structs.replace(load(os.environ), **given)
