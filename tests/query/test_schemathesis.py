"""Schemathesis asks the running service what its OpenAPI document allows, and much that it does not."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.query.serving import Serving
from tests.query.test_openapi import FACTS
from tests.query.world import World

CHECKS: Final = (
    "not_a_server_error,content_type_conformance,status_code_conformance,response_schema_conformance,"
    "unsupported_method,ignored_auth,negative_data_rejection"
)


async def _three(world: World) -> None:
    for n in range(3):
        await world.call(f"c-{n}", **FACTS)


@pytest.fixture
def served(prepared: str) -> Iterator[str]:
    """The URL of the app behind a real server."""
    serving = Serving(prepared, _three)
    serving.start()
    yield serving.url()
    serving.stop()


@pytest.mark.timeout(900)
def test_schemathesis_finds_nothing(served: str, tmp_path: Path) -> None:
    command = [
        *(str(Path(sys.executable).with_name("schemathesis")), "run", f"{served}/openapi.json"),
        *("--header", "Authorization: Bearer crm", "--checks", CHECKS, "--phases", "coverage,fuzzing"),
        # The feed never ends, and the dialects answer in shapes of their own.
        *("--include-path-regex", "^/v1", "--exclude-path", "/v1/live"),
        *("--max-examples", "10", "--workers", "2", "--seed", "1", "--no-color"),
    ]

    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
