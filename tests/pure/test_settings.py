"""Settings: typed, complete, or a sentence that names the variable."""

from enum import StrEnum
from pathlib import Path

import msgspec
import pytest

from runtime.errors import Misconfigured
from runtime.secret import Secret
from runtime.settings import KNOWN, WORDS, SaslMechanism, Settings, load


def test_an_empty_environment_gives_the_defaults() -> None:
    assert load({}) == Settings()


def test_an_empty_variable_counts_as_unset() -> None:
    assert load({"AFTERCALL_KAFKA": "", "AFTERCALL_PORT": " ", "AFTERCALL_KAFKA_SASL_MECHANISM": ""}) == Settings()


def test_every_kind_of_variable_is_read() -> None:
    settings = load(
        {
            "AFTERCALL_PORT": "9090",
            "AFTERCALL_DATA": "/srv/calls",
            "AFTERCALL_MONGO_URL": "mongodb://u:p@db/x",
            "AFTERCALL_CORS_ORIGINS": "https://a.example, https://b.example,",
            "AFTERCALL_KAFKA_SASL_MECHANISM": "SCRAM-SHA-512",
            "OTHER": "not ours",
        }
    )

    assert settings == Settings(
        port=9090,
        data=Path("/srv/calls"),
        mongo_url=Secret("mongodb://u:p@db/x"),
        cors_origins=("https://a.example", "https://b.example"),
        kafka_sasl_mechanism=SaslMechanism.SCRAM_SHA_512,
    )


def test_an_unknown_variable_stops_with_its_nearest_known_name() -> None:
    with pytest.raises(Misconfigured, match=r"AFTERCALL_KAFFKA is no setting; did you mean AFTERCALL_KAFKA\?"):
        load({"AFTERCALL_KAFFKA": "localhost:9092"})


@pytest.mark.parametrize("value", ["http", "-1", "70000", "8080.5"])
def test_a_wrong_value_names_its_variable_and_what_is_right(value: str) -> None:
    with pytest.raises(Misconfigured, match=rf"^AFTERCALL_PORT: '{value}' is not a whole number from 0 to 65535\.$"):
        load({"AFTERCALL_PORT": value})


def test_a_number_that_is_told_as_right_is_taken_and_its_neighbour_is_not() -> None:
    assert load({"AFTERCALL_PORT": "65535", "AFTERCALL_JOURNAL_MB": "16"}).journal_mb == 16
    with pytest.raises(Misconfigured, match=r"^AFTERCALL_JOURNAL_MB: '15' is not a whole number of at least 16\.$"):
        load({"AFTERCALL_JOURNAL_MB": "15"})


@pytest.mark.parametrize(("name", "kind"), WORDS.items())
def test_a_word_that_is_none_is_told_with_those_that_are(name: str, kind: type[StrEnum]) -> None:
    variable = f"AFTERCALL_{name.upper()}"
    with pytest.raises(Misconfigured) as refused:
        load({variable: "loud"})

    assert str(refused.value).startswith(f"{variable}: 'loud' is none of its words")
    assert all(word in str(refused.value) for word in kind)


@pytest.mark.parametrize(
    "origin", ["app.example.com", "https://app.example.com/", "https://a.example https://b.example"]
)
@pytest.mark.parametrize("variable", ["AFTERCALL_CORS_ORIGINS", "AFTERCALL_DIALECT_CORS_ORIGINS"])
def test_an_origin_that_no_browser_sends_is_refused(variable: str, origin: str) -> None:
    with pytest.raises(Misconfigured, match=f"^{variable}: '{origin}' is no origin"):
        load({variable: f"http://localhost:3000, {origin}"})


def test_variables_that_kubernetes_injects_are_explained() -> None:
    with pytest.raises(Misconfigured, match="enableServiceLinks"):
        load({"AFTERCALL_PORT": "tcp://10.0.0.1:8080"})
    with pytest.raises(Misconfigured, match="enableServiceLinks"):
        load({"AFTERCALL_PORT_8080_TCP_ADDR": "10.0.0.1"})


def test_sasl_without_a_password_is_refused() -> None:
    with pytest.raises(Misconfigured, match="AFTERCALL_KAFKA_PASSWORD"):
        load({"AFTERCALL_KAFKA_SECURITY_PROTOCOL": "SASL_SSL", "AFTERCALL_KAFKA_USERNAME": "u"})


def test_secrets_do_not_print() -> None:
    settings = load({"AFTERCALL_SIGNING_KEY": "hush-hush", "AFTERCALL_KAFKA_PASSWORD": "hush-hush"})

    assert "hush" not in f"{settings} {settings!r} {settings.signing_key:}"
    assert settings.signing_key is not None
    assert settings.signing_key.reveal() == "hush-hush"


def test_every_variable_of_the_design_is_known() -> None:
    names = [
        "CONFIG",
        "DATA",
        "KAFKA",
        "MONGO_URL",
        "HOST",
        "PORT",
        "JOURNAL_MB",
        "PUBLIC_URL",
        "CORS_ORIGINS",
        "TRUSTED_PROXIES",
        "SIGNING_KEY",
        "KAFKA_SECURITY_PROTOCOL",
        "KAFKA_SASL_MECHANISM",
        "KAFKA_USERNAME",
        "KAFKA_PASSWORD",
        "KAFKA_CA_FILE",
    ]

    assert {f"AFTERCALL_{name}" for name in names} <= set(KNOWN)


def test_settings_are_frozen() -> None:
    with pytest.raises(AttributeError):
        setattr(Settings(), "port", 1)  # noqa: B010 - mypy would see the plain form

    assert msgspec.structs.asdict(Settings())["port"] is None
