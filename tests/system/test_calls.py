"""`aftercall calls` and `aftercall bench seed` on a running service."""

import json
from pathlib import Path

from tests.system.command import aftercall, started
from tests.system.test_up import CONFIG, TOKEN

SCOPES = '\nscopes = ["read", "export"]\n'


def test_seeded_calls_are_listed_shown_and_exported(tmp_path: Path, mongo_url: str) -> None:
    (tmp_path / "aftercall.toml").write_text(CONFIG.rstrip() + SCOPES)
    variables = {"AFTERCALL_MONGO_URL": mongo_url.replace("/?", f"/{tmp_path.name.replace('-', '')[:30]}calls?")}
    with started("up", directory=tmp_path, **variables) as up:
        up.ready()
        asked = ["--url", up.url, "--token", TOKEN]
        seeded = aftercall("bench", "seed", "--calls", "30", directory=tmp_path, **variables)
        listed = aftercall("calls", "list", "--json", *asked, directory=tmp_path)
        calls = [json.loads(line) for line in listed.stdout.splitlines()]
        shown = aftercall("calls", "show", str(calls[0]["number"]), "--json", *asked, directory=tmp_path)
        exported = aftercall("calls", "export", "calls.csv", "-f", "outcome=answered", *asked, directory=tmp_path)
        refused = aftercall("calls", "list", "-f", "outcom=busy", *asked, directory=tmp_path)

    assert (seeded.returncode, listed.returncode, exported.returncode) == (0, 0, 0), seeded.stderr + exported.stderr
    assert len(calls) == 30
    assert json.loads(shown.stdout)["uid"] == calls[0]["uid"]
    answered = [call for call in calls if call["outcome"] == "answered"]
    assert len((tmp_path / "calls.csv").read_text().strip().splitlines()) == len(answered) + 1
    assert refused.returncode != 0
    assert "outcome" in refused.stderr
