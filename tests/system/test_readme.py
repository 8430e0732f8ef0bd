"""What the README tells a newcomer to type works as it stands."""

import json
import re
import subprocess
from pathlib import Path
from typing import Final

from tests.system.command import ROOT, environment, started

README: Final = (ROOT / "README.md").read_text()


def test_the_first_own_webhook_is_refused_unsigned_and_kept_signed(tmp_path: Path) -> None:
    block = re.search(r"test_readme\.py runs this block\. -->\n```sh\n(.*?)```", README, re.DOTALL)
    assert block

    with started("up", directory=tmp_path) as running:
        running.ready()
        typed = subprocess.run(
            ["/bin/sh", "-e", "-c", block[1]],
            cwd=tmp_path,
            env=environment(URL=running.url),
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )

    refused, accepted, found = map(json.loads, typed.stdout.splitlines())
    assert refused["error"] == "unsigned"
    assert accepted == {"status": "accepted", "event_id": "msg_1"}
    assert [call["summary"] for call in found["calls"]] == ["My first call"]


def test_every_file_that_is_linked_exists() -> None:
    for target in re.findall(r"\]\(([\w./-]+)\)", README):
        assert (ROOT / target).exists(), target
