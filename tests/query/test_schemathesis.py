"""Schemathesis asks the served API whatever its document allows and forbids, and finds nothing."""

import asyncio
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest

from runtime.server import serving
from storage.mongo import connect
from tests.dialects.walks import KEY
from tests.dialects.world import DialectWorld
from tests.query import schemathesis_checks
from tests.query.recorded import EVENT_ID, tell_recorded

SEED: Final = 6
EXAMPLES: Final = 15  # of an operation, and again in its sequences
ENDLESS: Final = "/v1/live"  # never answered whole
# Covering a filter takes three thousand requests in each of the four bodies that have one; examples of them are enough.
CONFIG: Final = """
[dictionaries]
ids = {{ values = {ids} }}
events = {{ values = ["{event}"] }}
[parameters]
"path.id" = {{ dictionary = "ids", probability = 0.7 }}
"path.event_id" = {{ dictionary = "events", probability = 0.7 }}
"path.callId" = {{ dictionary = "ids", probability = 0.7 }}
"path.callSid" = {{ dictionary = "ids", probability = 0.7 }}
"path.transaction_id" = {{ dictionary = "ids", probability = 0.7 }}
"path.call_log_id" = {{ dictionary = "ids", probability = 0.7 }}
[[operations]]
include-path-regex = "^/v1/(exports|analytics|calls/bulk|calls/search)$"
phases.coverage.enabled = false
"""

NATIVE: Final = (
    *("--include-path-regex=^/v1/", f"--exclude-path={ENDLESS}"),
    *("--checks=all", "--exclude-checks=positive_data_acceptance"),
)
# What a dialect refuses is its own affair, some with 200; every answer is one that its document tells.
CONFORMS: Final = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
DIALECTS: Final = ("--exclude-path-regex=^/v1/", f"--checks={CONFORMS}")


@pytest.mark.parametrize("part", [NATIVE, DIALECTS], ids=["native", "dialects"])
async def test_schemathesis_finds_nothing(part: Sequence[str], prepared: str, tmp_path: Path) -> None:
    async with connect(prepared) as database:
        world = DialectWorld(database)
        code, told = await asked(world, part, tmp_path)

    assert code == 0, told


async def asked(world: DialectWorld, part: Sequence[str], tmp_path: Path) -> tuple[int | None, str]:
    """Return with which status Schemathesis ended, and what it told."""
    uids = await tell_recorded(world)
    config = tmp_path / "schemathesis.toml"
    config.write_text(CONFIG.format(ids=json.dumps(uids), event=EVENT_ID))

    async with serving(world.app, host="127.0.0.1", port=0) as port:
        asking = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "schemathesis.cli", f"--config-file={config}"),
            *("run", f"http://127.0.0.1:{port}/openapi.json", f"--header=Authorization: Bearer {KEY}"),
            *(f"--header={name}: {value}" for name, value in world.signed(KEY).items()),
            *(*part, "--max-redirects=0"),
            *(f"--max-examples={EXAMPLES}", f"--seed={SEED}", "--generation-database=none"),
            cwd=tmp_path,
            env={**os.environ, "SCHEMATHESIS_HOOKS": str(schemathesis_checks.__file__)},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        told, _ = await asking.communicate()
    return asking.returncode, told.decode()
