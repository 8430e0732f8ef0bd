"""The small verbs: what they write, what they print, what they refuse."""

import json
import re
import tomllib
from hashlib import sha256
from pathlib import Path

import pytest
from pymongo import MongoClient

from tests.system import standard
from tests.system.command import Running, aftercall, started
from tests.system.test_up import CONFIG, SECRET, eventually_stored, stored

COMMENT = "# what people wrote stays\n"


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A directory with a configuration of ours."""
    (tmp_path / "aftercall.toml").write_text(COMMENT + CONFIG)
    return tmp_path


def test_a_connection_is_added_with_the_url_to_paste_and_comments_stay(directory: Path) -> None:
    added = aftercall(
        "connections", "add", "vapi", directory=directory, AFTERCALL_PUBLIC_URL="https://hooks.example.com"
    )

    text = (directory / "aftercall.toml").read_text()
    (connection,) = [row for row in tomllib.loads(text)["connections"] if row["platform"] == "vapi"]
    assert added.returncode == 0, added.stderr
    assert "https://hooks.example.com/webhooks/vapi" in added.stdout
    assert connection["secrets"][0] in added.stdout
    assert text.startswith(COMMENT + CONFIG.rstrip())


def test_listing_connections_shows_no_secret(directory: Path) -> None:
    listed = aftercall("connections", "list", directory=directory)

    assert "/webhooks/own" in listed.stdout
    assert SECRET not in listed.stdout


def test_a_platform_that_is_none_is_told_with_the_nearest(directory: Path) -> None:
    refused = aftercall("connections", "add", "elevenlab", directory=directory)

    assert refused.returncode == 2
    assert "did you mean elevenlabs?" in refused.stderr


def test_a_keys_token_is_printed_once_and_only_its_hash_is_kept(directory: Path) -> None:
    added = aftercall("keys", "add", "crm", "--scope", "read", "--scope", "export", directory=directory)
    listed = aftercall("keys", "list", directory=directory)

    text = (directory / "aftercall.toml").read_text()
    (token,) = set(re.findall(r"ac_[\w-]{20,}", added.stdout))
    (key,) = [row for row in tomllib.loads(text)["keys"] if row["id"] == "crm"]
    assert key["token_sha256"] == sha256(token.encode()).hexdigest()
    assert key["scopes"] == ["read", "export"]
    assert token not in text + listed.stdout


def test_a_key_for_tanyi_is_told_with_what_its_client_signs_with(directory: Path) -> None:
    added = aftercall("keys", "add", "robot", "--dialect", "tanyi", directory=directory)

    (key,) = [row for row in tomllib.loads((directory / "aftercall.toml").read_text())["keys"] if row["id"] == "robot"]
    told = dict(line.split(" ", 1) for line in added.stdout.splitlines() if line.startswith(("app", "tenantSign")))
    assert told == {"appKey": "robot", "appSecret": key["dialect"]["tanyi_secret"], "tenantSign": key["tenant"]}


def test_a_scope_that_is_none_is_refused_and_nothing_is_written(directory: Path) -> None:
    before = (directory / "aftercall.toml").read_text()

    refused = aftercall("keys", "add", "crm", "--scope", "reed", directory=directory)

    assert refused.returncode == 2
    assert "did you mean read?" in refused.stderr
    assert (directory / "aftercall.toml").read_text() == before


def test_doctor_tells_of_unsigned_connections_and_of_what_was_never_heard(directory: Path) -> None:
    opened = CONFIG.replace(f'secrets = ["{SECRET}"]', 'options = { scheme = "none" }')
    (directory / "aftercall.toml").write_text(opened)
    with started("up", directory=directory) as up:
        up.ready()

        told = aftercall("doctor", directory=directory)

    assert told.returncode == 0, told.stdout
    assert "connection own takes webhooks from anybody" in told.stdout
    assert "nothing of connection own is kept" in told.stdout


def test_doctor_fails_where_the_configuration_is_broken(directory: Path) -> None:
    (directory / "aftercall.toml").write_text(CONFIG.replace("acme", "acmee", 1))

    told = aftercall("doctor", directory=directory)

    assert told.returncode == 1
    assert "there is no tenant" in told.stdout


def test_replay_brings_back_what_was_lost_from_the_database(directory: Path) -> None:
    """Calls come again from the stream into an empty database, and not twice where they still are."""
    with started("up", directory=directory) as up:
        calls = ten_stored(up)
    data = directory / "aftercall-data"
    (data / "mongod").rename(directory / "lost")

    replayed = aftercall("replay", "--since", "1h", directory=directory)

    assert replayed.returncode == 0, replayed.stderr
    with started("up", directory=directory) as up:
        up.ready()
        assert eventually_stored(up, calls) == calls


def test_rebuild_makes_calls_again_from_the_raw_events(directory: Path) -> None:
    with started("up", directory=directory) as up:
        calls = ten_stored(up)
        _lose_calls(directory)
        assert stored(up) == set()

        rebuilt = aftercall("rebuild", directory=directory)

        assert rebuilt.stdout.startswith("10 calls were made anew; left as they are: 0 ")
        assert stored(up) == calls


def ten_stored(up: Running) -> set[str]:
    """Return the ids of ten calls that were sent and are stored."""
    calls = {f"c-{n}" for n in range(10)}
    up.ready()
    for call_id in calls:
        assert standard.post(f"{up.url}/webhooks/own", secret=SECRET, call_id=call_id) == 200
    eventually_stored(up, calls)
    return calls


def _lose_calls(directory: Path) -> None:
    port = json.loads((directory / "aftercall-data" / "mongod" / "mongod.json").read_text())["port"]
    with MongoClient[dict[str, object]]("127.0.0.1", port, directConnection=True) as client:
        client["aftercall"]["calls"].delete_many({})


def test_replay_wants_to_know_from_where(directory: Path) -> None:
    refused = aftercall("replay", directory=directory)

    assert refused.returncode == 2
    assert "--since" in refused.stderr


def test_the_journal_has_no_other_partition(directory: Path) -> None:
    refused = aftercall("replay", "--offset", "1", "--partition", "2", directory=directory)

    assert refused.returncode == 2
    assert "The journal has one partition, 0" in refused.stderr


def test_help_lists_every_verb(directory: Path) -> None:
    told = aftercall("--help", directory=directory)

    assert told.returncode == 0
    for verb in (
        "up",
        "demo",
        "ingest",
        "worker",
        "query",
        "setup",
        "connections",
        "keys",
        "dead-letters",
        "rebuild",
        "doctor",
    ):
        assert f" {verb} " in told.stdout
