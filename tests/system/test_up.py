"""`aftercall up` as a newcomer runs it: one command, nothing left behind, no traceback when it cannot start."""

import re
import signal
import socket
import threading
import time
import tomllib
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from tests.servers.ports import free_port
from tests.system import standard
from tests.system.command import LANDED_WITHIN_S, Running, aftercall, gone, read, started, status

TOKEN = "ac_system-tests"
SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"
CONFIG = f"""
[[tenants]]
id = "acme"

[[connections]]
id = "own"
tenant = "acme"
platform = "standard"
secrets = ["{SECRET}"]

[[keys]]
id = "tests"
tenant = "acme"
token_sha256 = "{sha256(TOKEN.encode()).hexdigest()}"
"""


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """Where a service of its own runs."""
    return tmp_path


@pytest.fixture
def up(directory: Path) -> Iterator[Running]:
    """A service with a configuration of ours."""
    (directory / "aftercall.toml").write_text(CONFIG)
    with started("up", directory=directory) as running:
        running.ready()
        yield running


def stored(up: Running) -> set[str]:
    """Return the platform's ids of all stored calls, page by page; each comes once."""
    ids: list[str] = []
    cursor = ""
    while True:
        page = read(f"{up.url}/v1/calls?limit=200{cursor}", token=TOKEN)
        ids += [call["platform_call_id"] for call in page["calls"]]
        if page["next_cursor"] is None:
            assert len(ids) == len(set(ids))
            return set(ids)
        cursor = f"&cursor={page['next_cursor']}"


def eventually_stored(up: Running, wanted: set[str]) -> set[str]:
    """Return what is stored once *wanted* is among it; what is missing after `LANDED_WITHIN_S` fails."""
    deadline = time.monotonic() + LANDED_WITHIN_S
    while not wanted <= (found := stored(up)):
        assert time.monotonic() < deadline, f"lost: {sorted(wanted - found)[:10]}"
        time.sleep(0.1)
    return found


def test_a_newcomer_sees_calls_land_and_nothing_is_left(directory: Path) -> None:
    with started("up", directory=directory) as running:
        running.ready()
        url = ["--url", running.url]
        demo = aftercall("demo", *url, directory=directory)
        children = running.children()

        assert demo.returncode == 0, demo.stderr
        assert "14 of 14 calls are stored" in demo.stdout
        assert running.url in running.said()
        assert children
        assert running.stop() == 0
        assert gone(children)


def test_the_starter_has_secrets_of_its_own_and_only_its_owner_reads_it(directory: Path) -> None:
    with started("up", directory=directory) as running:
        running.ready()

    path = directory / "aftercall.toml"
    config = tomllib.loads(path.read_text())
    secrets = [secret for connection in config["connections"] for secret in connection["secrets"]]
    assert [connection["platform"] for connection in config["connections"]] == ["vapi", "retell", "standard"]
    assert len(set(secrets)) == 3
    assert all(len(secret) >= 32 for secret in secrets)
    assert path.stat().st_mode & 0o077 == 0
    token = re.search(r"ac_[\w-]+", running.said())
    assert token
    assert sha256(token[0].encode()).hexdigest() == config["keys"][0]["token_sha256"]


def test_up_with_demo_shows_the_calls_and_stays(directory: Path) -> None:
    with started("up", "--demo", directory=directory) as running:
        running.ready()
        deadline = time.monotonic() + LANDED_WITHIN_S
        while "curl -H" not in running.said().partition("calls are stored")[2]:
            assert time.monotonic() < deadline, running.said()
            time.sleep(0.1)

        assert status(f"{running.url}/healthz") == 200


def test_ctrl_c_ends_it_like_sigterm(up: Running) -> None:
    children = up.children()

    assert up.stop(signal.SIGINT) == 0
    assert gone(children)


def test_urls_to_paste_and_to_ask_are_those_of_the_one_that_runs(up: Running) -> None:
    up.greeted()

    added = aftercall("connections", "add", "vapi", directory=up.directory)
    listed = aftercall("connections", "list", directory=up.directory)
    asked = aftercall("calls", "list", "--token", TOKEN, directory=up.directory)
    up.stop()
    after = aftercall("connections", "list", directory=up.directory)

    assert f"{up.url}/webhooks/vapi" in added.stdout, added.stderr
    assert f"{up.url}/webhooks/own" in listed.stdout
    assert asked.returncode == 0, asked.stderr
    assert "http://127.0.0.1:8080/webhooks/own" in after.stdout


def test_a_second_one_on_the_same_data_is_refused(up: Running) -> None:
    second = aftercall("up", "--port", str(free_port()), directory=up.directory)

    assert second.returncode == 1
    assert "already" in second.stderr
    assert "--data" in second.stderr
    assert "Traceback" not in second.stderr
    assert status(f"{up.url}/readyz") == 200


def test_a_taken_port_is_one_sentence_and_leaves_nothing(directory: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])

        refused = aftercall("up", "--port", port, directory=directory)

    assert refused.returncode == 1
    assert f"Port {port} is taken" in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1


def test_a_data_directory_that_cannot_be_made_is_one_sentence(directory: Path) -> None:
    (directory / "file").touch()

    refused = aftercall("up", "--data", "file/data", "--port", str(free_port()), directory=directory)

    assert refused.returncode == 1
    assert "--data" in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize("verb", ["up", "ingest", "worker", "query"])
def test_a_broken_configuration_is_told_by_its_line(verb: str, directory: Path) -> None:
    (directory / "aftercall.toml").write_text(CONFIG.replace('platform = "standard"', 'platform = "standrad"'))

    refused = aftercall(verb, directory=directory)

    assert refused.returncode == 2
    assert "aftercall.toml:8: " in refused.stderr
    assert "did you mean standard?" in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize("verb", ["up", "ingest", "worker", "query"])
def test_a_misspelt_variable_is_told_with_its_nearest_name(verb: str, directory: Path) -> None:
    refused = aftercall(verb, directory=directory, AFTERCALL_KAFKAA="localhost:9092")

    assert refused.returncode == 2
    assert "did you mean AFTERCALL_KAFKA?" in refused.stderr


def test_a_new_connection_is_taken_without_a_restart(up: Running) -> None:
    url = f"{up.url}/webhooks/second"
    assert standard.post(url, secret=SECRET, call_id="c-1") == 404

    added = aftercall("connections", "add", "standard", "--id", "second", "--secret", SECRET, directory=up.directory)

    assert added.returncode == 0, added.stderr
    deadline = time.monotonic() + LANDED_WITHIN_S
    while standard.post(url, secret=SECRET, call_id="c-1") != 200:
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_killed_in_mid_stream_it_keeps_each_call_it_accepted_and_leaves_no_mongod(directory: Path) -> None:
    (directory / "aftercall.toml").write_text(CONFIG)
    accepted: set[str] = set()
    sent: set[str] = set()
    with started("up", directory=directory) as running:
        running.ready()
        children = running.children()
        senders = [threading.Thread(target=_send, args=(running, sent, accepted, n)) for n in range(4)]
        for sender in senders:
            sender.start()
        while len(accepted) < 200:
            time.sleep(0.01)
        running.process.kill()
        for sender in senders:
            sender.join()

    assert gone(children)
    with started("up", directory=directory) as again:
        again.ready()
        found = eventually_stored(again, accepted)

        assert found <= sent


def _send(running: Running, sent: set[str], accepted: set[str], sender: int) -> None:
    """Send one call after the other until nobody answers."""
    for number in range(10_000):
        call_id = f"c-{sender}-{number}"
        sent.add(call_id)
        answer = standard.post(f"{running.url}/webhooks/own", secret=SECRET, call_id=call_id)
        if answer == 200:
            accepted.add(call_id)
        elif answer == 0:
            return
