"""The token that the demo reads with: the one that came with the starter configuration, kept for its owner only."""

import hashlib
import os
from pathlib import Path
from typing import Final

from runtime.config_file import read
from runtime.settings import Settings

NAME: Final = "demo-token"


def keep_token(settings: Settings, token: str) -> Path:
    """Write *token* beside the data, readable by its owner only, and return where."""
    settings.data.mkdir(parents=True, exist_ok=True)
    path = settings.data / NAME
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(token + "\n")
    return path


def find_token(settings: Settings) -> str | None:
    """Return the kept token if it still opens something, None where there is none."""
    path = settings.data / NAME
    if not path.is_file():
        return None
    token = path.read_text().strip()
    digest = hashlib.sha256(token.encode()).hexdigest()
    keys = read(settings.config, os.environ, secrets_of=()).keys
    return token if any(key.token_sha256.lower() == digest for key in keys) else None


def shown(settings: Settings) -> str:
    """Return what stands for the token in a line to paste: where it is kept, else a word to replace."""
    token = f"$(cat {settings.data / NAME})" if find_token(settings) else "TOKEN"
    return f'"Authorization: Bearer {token}"'
