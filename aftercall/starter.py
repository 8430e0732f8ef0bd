"""The `aftercall.toml` that a first `aftercall up` writes: three connections and a key, secrets made on the spot."""

from pathlib import Path
from typing import Final, NamedTuple

from aftercall.tokens import Token, make_secret, make_token
from aftercall.toml_edit import replace
from schemas.words import Platform

TENANT: Final = "main"

TEXT: Final = """\
# aftercall.toml: whose calls, who sends them, who may read them.
# It is read again when it changes; `aftercall doctor` tells what is wrong with it.
# A secret is written out, or env:NAME takes it from the environment.

[[tenants]]
id = "{tenant}"
name = "My company"
time_zone = "UTC"
# retention_days = 365      # calls older than this are deleted
# raw_days = 30             # webhooks as received are kept so long, for `aftercall rebuild`

# One table a sender; its webhooks go to /webhooks/ID. `aftercall connections add PLATFORM` adds more.

[[connections]]
id = "vapi"
tenant = "{tenant}"
platform = "vapi"
secrets = ["{vapi}"]       # give it to Vapi as the server URL's secret (it comes back in X-Vapi-Secret)

[[connections]]
id = "retell"
tenant = "{tenant}"
platform = "retell"
secrets = ["{retell}"]     # Retell signs with your API key: put that here

[[connections]]
id = "standard"             # a bot of your own, signing as Standard Webhooks says
tenant = "{tenant}"
platform = "standard"
secrets = ["{standard}"]

# One table a reader; only the token's SHA-256 is kept. `aftercall keys add ID` makes more.

[[keys]]
id = "first"
tenant = "{tenant}"
token_sha256 = "{sha256}"
scopes = ["read", "write", "export", "erase"]
"""


class Starter(NamedTuple):
    """What was written, and the token that nobody can read from it."""

    text: str
    token: Token


def make_starter() -> Starter:
    """Return a starter with fresh secrets."""
    token = make_token()
    secrets = {
        platform.value: make_secret(platform) for platform in (Platform.VAPI, Platform.RETELL, Platform.STANDARD)
    }
    return Starter(TEXT.format(tenant=TENANT, sha256=token.sha256, **secrets), token)


def write_starter(path: Path) -> Starter:
    """Write a starter at *path*, for its owner only, and return it."""
    starter = make_starter()
    replace(path, starter.text)
    return starter
