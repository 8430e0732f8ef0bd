"""`aftercall calls` and `aftercall bench seed` on a running service."""

import json
from pathlib import Path

import pytest

from tests.servers.ports import free_port
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


@pytest.mark.parametrize("verb", [("list",), ("show", "1"), ("export", "calls.csv"), ("watch",)])
@pytest.mark.parametrize(
    ("url", "token", "told"),
    [
        ("http://127.0.0.1:{free}", "any", "No answer from http://127.0.0.1:"),
        ("localhost", "any", "No answer from localhost"),
        ("http://127.0.0.1:{free}", "é", "No token has such characters"),
    ],
)
def test_a_service_that_cannot_be_asked_is_one_sentence(
    verb: tuple[str, ...], url: str, token: str, told: str, tmp_path: Path
) -> None:
    where = url.format(free=free_port())

    refused = aftercall("calls", *verb, "--url", where, "--token", token, directory=tmp_path)

    assert refused.returncode in (1, 2)
    assert refused.stderr.startswith(f"aftercall: {told}")
    assert refused.stderr.count("\n") == 1


def test_what_cannot_be_read_or_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "aftercall.toml").write_text(CONFIG.rstrip() + SCOPES)
    with started("up", directory=tmp_path) as up:
        up.ready()
        elsewhere = ["--query-url", f"http://127.0.0.1:{free_port()}", "--token", TOKEN]
        away = aftercall("demo", "--calls", "1", "--url", up.url, *elsewhere, directory=tmp_path)
        closed = aftercall("demo", "--calls", "1", "--url", up.url, "--token", "wrong", directory=tmp_path)
        exported = aftercall(
            "calls", "export", "/none/calls.csv", "--url", up.url, "--token", TOKEN, directory=tmp_path
        )

    assert "say where by --query-url" in away.stderr
    assert "aftercall: 401" in closed.stderr
    assert "/none/calls.csv cannot be written" in exported.stderr
    assert "Traceback" not in away.stderr + closed.stderr + exported.stderr
