"""Settings: typed, complete, or a sentence that names the variable."""

from pathlib import Path

import msgspec
import pytest

from runtime.errors import Misconfigured
from runtime.secret import Secret
from runtime.settings import KNOWN, SaslMechanism, Settings, load


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
def test_a_wrong_value_names_its_variable(value: str) -> None:
    with pytest.raises(Misconfigured, match=r"^AFTERCALL_PORT: "):
        load({"AFTERCALL_PORT": value})


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
