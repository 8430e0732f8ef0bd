"""`aftercall connections add`: each platform gets a connection that is proved as its URL and its secrets say."""

import os
import re
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from typer.testing import CliRunner

from aftercall.connections import app
from aftercall.demo import TELLERS
from aftercall.demo.proofs import request
from aftercall.demo.stories import stories
from aftercall.senders import SENDERS
from runtime.config import Config, Connection
from runtime.config_file import read
from runtime.errors import Misconfigured
from schemas.words import Platform

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
STARTER = '[[tenants]]\nid = "acme"\nname = "Acme"\n'


def added(file: Path, *arguments: str) -> tuple[str, Config]:
    """Return what `connections add` with *arguments* prints, and the configuration that it leaves in *file*."""
    file.write_text(STARTER)
    result = CliRunner().invoke(app, ["add", *arguments, "--config", str(file)], terminal_width=1000)
    assert result.exit_code == 0, result.output
    return result.output, read(file, os.environ)


def sent_to(connection: Connection) -> str:
    """Return where the demo sends this connection's webhooks: path and query."""
    teller = TELLERS[connection.platform]
    [story] = stories(1, seed=1, now=NOW)
    return request(teller, connection, teller.webhooks(story)[0], base_url="http://x", now=NOW).path


@pytest.mark.parametrize("platform", list(Platform))
def test_an_added_connection_is_written_and_its_url_and_its_place_are_told(platform: Platform, tmp_path: Path) -> None:
    told, config = added(tmp_path / "aftercall.toml", platform)

    [connection] = config.connections
    assert (connection.id, connection.platform, connection.tenant) == (platform, platform, "acme")
    assert SENDERS[platform].place in " ".join(told.split())
    assert (SENDERS[platform].trap or "") in " ".join(told.split())
    assert (ROOT / re.findall(r"docs/\S+", told)[0]).is_file()
    assert f"/webhooks/{platform}" in told


@pytest.mark.parametrize("platform", [Platform.TANYI, Platform.OMICALL, Platform.SYNTHFLOW])
def test_a_secret_in_the_url_is_in_the_url_that_is_told(platform: Platform, tmp_path: Path) -> None:
    told, config = added(tmp_path / "aftercall.toml", platform)
    [connection] = config.connections
    url = urlsplit(re.findall(r"http://\S+", told)[0])

    wanted = {sent_to(connection).replace(connection.secrets[0], secret) for secret in connection.secrets}

    assert url.path + (f"?{url.query}" if url.query else "") in wanted


def test_synthflow_is_proved_by_its_path_too_for_its_signature_covers_an_id_alone(tmp_path: Path) -> None:
    told, config = added(tmp_path / "aftercall.toml", "synthflow", "--secret", "of-the-workspace")

    [connection] = config.connections
    workspace, ours = connection.secrets
    assert connection.options.also == "path"
    assert workspace == "of-the-workspace"
    assert f"/webhooks/synthflow/{ours}" in told
    assert workspace not in told


@pytest.mark.parametrize("platform", ["telnyx", "standard", "daily"])
@pytest.mark.parametrize("secret", ["no key", "env:NO_KEY"])
def test_a_secret_that_proves_nothing_is_refused_and_nothing_is_written(
    platform: str, secret: str, tmp_path: Path
) -> None:
    file = tmp_path / "aftercall.toml"
    file.write_text(STARTER)
    words = ["add", platform, "--secret", secret, "--config", str(file)]

    result = CliRunner().invoke(app, words, env={"NO_KEY": "no key"})

    assert isinstance(result.exception, Misconfigured)
    assert f"{platform}: a secret is not " in str(result.exception)
    assert file.read_text() == STARTER


def test_a_secret_that_is_not_set_here_is_told_to_be_set_where_it_is_used(tmp_path: Path) -> None:
    file = tmp_path / "aftercall.toml"
    file.write_text(STARTER)

    result = CliRunner().invoke(app, ["add", "telnyx", "--secret", "env:ELSEWHERE", "--config", str(file)])

    assert "env:ELSEWHERE: set ELSEWHERE where aftercall is started" in result.output


@pytest.mark.parametrize(
    ("platform", "url", "told"),
    [
        ("vapi", "", True),
        ("vapi", "http://localhost:9000", True),
        ("vapi", "https://hooks.example.com", False),
        ("standard", "", False),  # a sender of one's own may well be on this machine
    ],
)
def test_a_url_that_no_vendor_reaches_is_told_with_what_to_set(
    platform: str, url: str, *, told: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AFTERCALL_PUBLIC_URL", url)

    said, _ = added(tmp_path / "aftercall.toml", platform)

    assert ("set AFTERCALL_PUBLIC_URL" in said) == told
