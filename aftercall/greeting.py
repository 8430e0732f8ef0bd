"""What `up` says once it is ready: where webhooks go, how calls are read, what to do next."""

import shutil
import sys
from pathlib import Path
from typing import Final

from aftercall.demo.token import shown
from aftercall.screen import screen
from aftercall.urls import base_url
from runtime.config import Config
from runtime.settings import Settings

MOST_CONNECTIONS: Final = 12
"""Shown at the start; `aftercall connections list` shows all."""


def greet(settings: Settings, config: Config, *, seconds: float, token: str | None) -> None:
    """Print the addresses of *config* and the next steps, *seconds* after the start; a new *token* this once."""
    url = base_url(settings)
    lines = [
        f"aftercall is up on {url} (ready in {seconds:.1f} s); Ctrl-C stops it.",
        "",
        f"Configuration  {settings.config} (read again when it changes)",
        f"Data           {settings.data}",
        "",
        "Webhooks go to, each proved with its secret in the configuration:",
        *(f"  {url}{row.path or '/webhooks/' + row.id}" for row in config.connections[:MOST_CONNECTIONS]),
    ]
    if len(config.connections) > MOST_CONNECTIONS:
        lines.append(f"  and {len(config.connections) - MOST_CONNECTIONS} more: aftercall connections list")
    lines += ["", "Calls are read by:", f"  curl -H {shown(settings)} {url}/v1/calls"]
    if token:
        lines.append(f"  The token, shown this once: {token}")
    lines += [
        "",
        "Next: aftercall demo, aftercall connections add PLATFORM, aftercall keys add ID, aftercall doctor",
        *_on_path(),
        "",
    ]
    screen().print("\n".join(lines))


def _on_path() -> list[str]:
    """Say how a shell finds the command where it does not: in a clone it is installed below `.venv`."""
    activate = Path(sys.prefix, "bin", "activate")
    return [] if shutil.which("aftercall") or not activate.exists() else [f"In another shell, first: . '{activate}'"]
