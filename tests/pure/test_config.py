"""`aftercall.toml`: read whole, or refused with file, line and what is known."""

from contextlib import suppress
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.checks import check_connections
from query.dialects import DIALECTS
from runtime import config_checks
from runtime.config import Config
from runtime.config_checks import DIALECT_WORDS
from runtime.config_file import parse, read
from runtime.errors import Misconfigured

WHOLE = """\
[[tenants]]
id = "acme"
name = "Acme Dental"
time_zone = "Europe/Paris"
retention_days = 365
raw_days = 30
units = [{ id = "1", name = "Zenith Dental Center", created_at = 2023-01-15T08:00:00Z }]

[[connections]]
id = "acme-vapi"
tenant = "acme"
platform = "vapi"
unit = "1"
secrets = ["env:ACME_VAPI_SECRET", "old-secret"]
options = { scheme = "hmac", header = "x-signature" }
path = "/api/v1/call-logs/webhook"

[[connections]]
id = "open"
tenant = "acme"
platform = "standard"

[connections.options]
scheme = "none"

[[keys]]
id = "crm"
tenant = "acme"
token_sha256 = "d3b07384d113edec49eaa6238ad5ff00d3b07384d113edec49eaa6238ad5ff00"
scopes = ["read", "write", "export", "erase"]
requests_per_minute = 600
units = ["1"]
expires_at = 2027-01-01T00:00:00Z
dialect = { tanyi_secret = "env:TANYI_SECRET" }
"""
ENVIRONMENT = {"ACME_VAPI_SECRET": "new-secret", "TANYI_SECRET": "t"}


def complaint(text: str, **environment: str) -> str:
    """Return what is said about *text*, without the file's name."""
    with pytest.raises(Misconfigured) as caught:
        parse(text, ENVIRONMENT | environment, name="f", checks=[check_connections])
    return str(caught.value)


def test_the_documented_file_is_read() -> None:
    config = parse(WHOLE, ENVIRONMENT)

    assert config.tenants[0].units[0].name == "Zenith Dental Center"
    assert config.connections[0].secrets == ("new-secret", "old-secret")
    assert config.connections[1].options.scheme == "none"
    assert config.keys[0].dialect.tanyi_secret == "t"


def test_an_empty_file_is_an_empty_configuration() -> None:
    assert parse("", {}) == Config()


TWO_ROBOTS = f"""\
dialect = {{ tanyi_secret = "t" }}

[[keys]]
id = "robot"
tenant = "acme"
token_sha256 = "{"a" * 64}"
dialect = {{ tanyi_secret = "u", tanyi_app_key = "crm" }}
"""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('id = "acme"', 'id = "acme', "f:2: "),
        ("raw_days = 30", "raw_dayz = 30", "f:6: tenants[0]: unknown key 'raw_dayz'; did you mean raw_days?"),
        ("raw_days = 30", "raw_days = 0", "f:6: tenants[0]: raw_days: Expected int >= 1."),
        ("retention_days = 365", "retention_days = 1000000", "f:5: tenants[0]: retention_days: Expected int <= 36500."),
        ('platform = "vapi"', 'platform = "vapy"', "f:12: connections[0]: unknown platform 'vapy'; did you mean vapi?"),
        (
            'tenant = "acme"\nplatform = "vapi"',
            'platform = "vapi"',
            "f:9: connections[0]: the key 'tenant' is missing.",
        ),
        (
            'scheme = "hmac"',
            'schema = "hmac"',
            "f:15: connections[0].options: unknown key 'schema'; did you mean scheme?",
        ),
        (
            'scheme = "hmac"',
            'scheme = "hamc"',
            "f:15: connections[0].options: acme-vapi: vapi has no scheme 'hamc'; did you mean hmac?",
        ),
        (
            'tenant = "acme"\nplatform = "v',
            'tenant = "acm"\nplatform = "v',
            "f:11: connections[0]: there is no tenant 'acm'; did you mean acme?",
        ),
        ('id = "open"', 'id = "acme-vapi"', "f:19: connections[1]: id 'acme-vapi' is there twice"),
        (
            'platform = "standard"',
            'platform = "standard"\npath = "/api/v1/call-logs/webhook"',
            "f:22: connections[1]: path",
        ),
        ('scheme = "none"', "tolerance_s = 5", "f:18: connections[1]: secrets are missing"),
        ('"old-secret"', '""', "f:14: connections[0]: a secret is empty"),
        ("Europe/Paris", "Europe/Pari", "f:4: tenants[0]: there is no time zone"),
        ('path = "/api', 'path = "api', "f:16: connections[0]: path"),
        (
            'path = "/api/v1/call-logs/webhook"',
            'path = "/v1/calls"',
            "f:16: connections[0]: path '/v1/calls' is one of ours",
        ),
        ('"write"', '"wrote"', "f:30: keys[0]: there is no scope 'wrote'; did you mean write?"),
        ('token_sha256 = "d3', 'token_sha256 = "xx', "f:29: keys[0]: token_sha256 is 64 hex digits"),
        ("2027-01-01T00:00:00Z", "2027-01-01T00:00:00", "f:33: keys[0]: expires_at: "),
        ("env:ACME_VAPI_SECRET", "env:NOT_SET", "f:14: connections[0]: the environment variable NOT_SET is not set."),
        ("env:TANYI_SECRET", "env:NOT_SET", "f:34: keys[0].dialect: the environment variable NOT_SET is not set."),
        (
            'dialect = { tanyi_secret = "env:TANYI_SECRET" }',
            TWO_ROBOTS,
            "f:36: keys[1]: tanyi_app_key 'crm' is there twice in [[keys]]; each needs its own.",
        ),
        (
            'tanyi_secret = "env:TANYI_SECRET"',
            'off = ["omical"]',
            "f:34: keys[0].dialect: off takes no 'omical'; did you mean omicall?",
        ),
        (
            'tanyi_secret = "env:TANYI_SECRET"',
            'zenicall_ids = "uid"',
            "f:34: keys[0].dialect: zenicall_ids takes no 'uid'; did you mean uuid?",
        ),
        ("[[keys]]", "[[keyz]]", "f:26: unknown key 'keyz'; did you mean keys?"),
        ('id = "acme"\n', 'id = "ac:me"\n', "a tenant's id"),
        ('id = "open"', 'id = "op/en"', "f:19: connections[1]: a connection's id"),
    ],
)
def test_a_fault_is_told_with_its_line_and_what_is_known(old: str, new: str, said: str) -> None:
    assert old in WHOLE

    assert said in complaint(WHOLE.replace(old, new, 1))


@pytest.mark.parametrize("odd", ["a = " + "[" * 5000, "a = " + "9" * 5000])
def test_what_the_parser_itself_cannot_hold_is_a_fault_of_the_file(odd: str) -> None:
    assert complaint(odd).startswith("f: ")


def test_zones_are_looked_up_once_for_all_tenants(monkeypatch: pytest.MonkeyPatch) -> None:
    known = iter([{"Europe/Paris"}])
    monkeypatch.setattr(config_checks, "available_timezones", lambda: next(known))

    config = parse("".join(f'[[tenants]]\nid = "t{n}"\ntime_zone = "Europe/Paris"\n' for n in range(100)), {})

    assert len(config.tenants) == 100


def test_all_contradictions_are_told_at_once() -> None:
    broken = WHOLE.replace("Europe/Paris", "Mars/Base").replace('"write"', '"wrote"')

    assert len(complaint(broken).splitlines()) == 2


def test_an_empty_variable_is_no_secret() -> None:
    assert "ACME_VAPI_SECRET is not set" in complaint(WHOLE, ACME_VAPI_SECRET="")


def test_a_process_that_needs_no_secrets_is_given_none() -> None:
    config = parse(WHOLE, {}, secrets_of=())

    assert config.connections[0].secrets == ("env:ACME_VAPI_SECRET", "old-secret")


def test_secrets_do_not_print() -> None:
    assert "secret" not in repr(parse(WHOLE, ENVIRONMENT).connections)


def test_a_missing_file_tells_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="`aftercall up` writes a starter"):
        read(tmp_path / "aftercall.toml", {})


def test_a_directory_in_its_place_is_told(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="cannot be read"):
        read(tmp_path, {})


@given(st.text(max_size=200))
def test_no_text_whatever_ends_in_anything_but_a_complaint(text: str) -> None:
    with suppress(Misconfigured):
        assert parse(dedent(text), {}) == Config()


def test_the_dialects_that_a_key_may_switch_off_are_all_there_are() -> None:
    assert set(DIALECT_WORDS["off"]) == set(DIALECTS)
