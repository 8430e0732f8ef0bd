"""A Kafka broker that wants to know who speaks to it, over TLS."""

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar, Final

from typing_extensions import override

from tests.servers.certificates import Authority
from tests.servers.hosts import Host
from tests.servers.kafka import SCRAM_PASSWORD, USER, KafkaServer
from tests.servers.ports import free_port

PLAIN_PASSWORD: Final = "plain-hush"
MODULES: Final = "org.apache.kafka.common.security"


class SecuredKafka(KafkaServer):
    """A broker with one more listener, SASL_SSL; `USER` has a password for PLAIN and another for SCRAM-SHA-512."""

    name: ClassVar = "kafka-secured"
    passwords: ClassVar[Mapping[str, str]] = {"PLAIN": PLAIN_PASSWORD, "SCRAM-SHA-512": SCRAM_PASSWORD}

    def __init__(self) -> None:
        """Prepare it."""
        self._secured_port = free_port()
        self._authority = Authority()
        super().__init__()

    @property
    def secured(self) -> str:
        """The bootstrap server that takes those it knows, over TLS."""
        return f"127.0.0.1:{self._secured_port}"

    def ca_file(self, directory: Path) -> Path:
        """Return a file in *directory* with the certificate that vouches for the broker's."""
        return self._authority.write(directory / "ca.pem")

    @override
    def _settings(self, directory: Path) -> dict[str, str]:
        rows = super()._settings(directory)
        for name, value in {
            "listeners": f"SECURED://{self.secured}",
            "advertised.listeners": f"SECURED://{self.secured}",
            "listener.security.protocol.map": "SECURED:SASL_SSL",
        }.items():
            rows[name] += f",{value}"
        mine = {
            "sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-512",
            "ssl.keystore.type": "PEM",
            "ssl.keystore.location": str(self._authority.write_server(directory / "broker.pem")),
            "plain.sasl.jaas.config": f'{MODULES}.plain.PlainLoginModule required user_{USER}="{PLAIN_PASSWORD}";',
            "scram-sha-512.sasl.jaas.config": f"{MODULES}.scram.ScramLoginModule required;",
        }
        return rows | {f"listener.name.secured.{name}": value for name, value in mine.items()}

    @override
    def _container(self) -> Host:
        # The official image formats its storage itself, without users of SCRAM.
        return self._child(Path(self._directory.name))
