"""A Kafka broker of one node, without ZooKeeper; small, and quick to start and to end."""

import functools
import os
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar, Final

from typing_extensions import override

from tests.servers.hosts import Child, Container, Host, NotStarted, wait_until
from tests.servers.jars import jars
from tests.servers.jvm import HEAP, QUICK_START, jvm
from tests.servers.ports import free_port
from tests.servers.server import Server

IMAGE: Final = "apache/kafka:4.1.0"
CLUSTER: Final = "YWZ0ZXJjYWxsLXRlc3RzIQ"
STARTED: Final = "Kafka Server started"
USER: Final = "aftercall"
SCRAM_PASSWORD: Final = "scram-hush"
"""Who brokers know that ask (`tests.servers.secured`); the others have the same storage and ask nobody."""


def settings(*, address: str, port: int, controller_port: int, storage: str) -> dict[str, str]:
    """Return the broker's settings: one replica of everything, topics only where somebody asks for them."""
    return {
        "process.roles": "broker,controller",
        "node.id": "1",
        "controller.quorum.voters": f"1@127.0.0.1:{controller_port}",
        "listeners": f"BROKER://{address}:{port},CONTROLLER://127.0.0.1:{controller_port}",
        "advertised.listeners": f"BROKER://127.0.0.1:{port}",
        "listener.security.protocol.map": "BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "controller.listener.names": "CONTROLLER",
        "inter.broker.listener.name": "BROKER",
        "log.dirs": storage,
        "auto.create.topics.enable": "false",
        "offsets.topic.replication.factor": "1",
        "offsets.topic.num.partitions": "1",
        "transaction.state.log.replication.factor": "1",
        "transaction.state.log.min.isr": "1",
        "transaction.state.log.num.partitions": "1",
        "share.coordinator.state.topic.replication.factor": "1",
        "share.coordinator.state.topic.min.isr": "1",
        "group.initial.rebalance.delay.ms": "0",
        # A killed broker may come back only when its old session has run out: 9 s by default.
        "broker.session.timeout.ms": "3000",
        "broker.heartbeat.interval.ms": "500",
    }


def write(rows: Mapping[str, str], *, to: Path) -> None:
    """Write settings as the file *to*."""
    to.write_text("".join(f"{name}={value}\n" for name, value in rows.items()))


@functools.cache
def formatted() -> Mapping[str, bytes]:
    """Return the files of a formatted storage, which are the same for every broker of one node; made once a session."""
    with tempfile.TemporaryDirectory(prefix="aftercall-kafka-format-") as directory:
        storage, properties = Path(directory, "storage"), Path(directory, "server.properties")
        rows = settings(address="127.0.0.1", port=free_port(), controller_port=free_port(), storage=str(storage))
        write(rows, to=properties)
        known = f"SCRAM-SHA-512=[name={USER},password={SCRAM_PASSWORD}]"
        tool = ["kafka.tools.StorageTool", "format", "-t", CLUSTER, "-c", str(properties), "--add-scram", known]
        command = [*jvm(), *QUICK_START, *tool]
        told = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if told.returncode:
            raise NotStarted(f"Kafka's storage could not be formatted: {told.stdout}{told.stderr}")
        return {path.name: path.read_bytes() for path in storage.iterdir()}


def classes_archive() -> Path:
    """Return Kafka's classes as the JVM maps them, recorded once beside the jars: half the work of a start."""
    archive = jars() / "classes.jsa"
    if not archive.exists():
        new = archive.with_suffix(f".{os.getpid()}")
        with KafkaServer(record=new) as server:
            server.stop()
        new.touch()  # a JVM that cannot record goes on without, and so will those that come after
        new.rename(archive)
    return archive


class KafkaServer(Server):
    """A Kafka broker, made to start quickly."""

    def __init__(self, *, record: Path | None = None) -> None:
        """Prepare it; *record* makes it write the classes it used there when it ends in order."""
        self._record = record
        super().__init__()

    name: ClassVar = "kafka"

    @property
    @override
    def address(self) -> str:
        return self.bootstrap

    @property
    def bootstrap(self) -> str:
        """The bootstrap server, the same over restarts."""
        return f"127.0.0.1:{self._port}"

    @override
    def _wait(self) -> None:
        wait_until(lambda: STARTED in self._host.output(), host=self._host, name="Kafka")

    def _settings(self, directory: Path) -> dict[str, str]:
        storage = str(directory / "storage")
        return settings(address="127.0.0.1", port=self._port, controller_port=free_port(), storage=storage)

    @override
    def _child(self, directory: Path) -> Host:
        storage, properties = directory / "storage", directory / "server.properties"
        write(self._settings(directory), to=properties)
        storage.mkdir()
        for name, content in formatted().items():
            (storage / name).write_bytes(content)
        classes = (
            f"SharedArchiveFile={classes_archive()}" if not self._record else f"ArchiveClassesAtExit={self._record}"
        )
        command = [*jvm(), *QUICK_START, f"-XX:{classes}", "kafka.Kafka", str(properties)]
        return Child(command, log=directory / "server.log")

    @override
    def _container(self) -> Host:
        # The official image formats its storage itself.
        rows = settings(address="0.0.0.0", port=self._port, controller_port=free_port(), storage="/tmp/kafka")
        environment = {f"KAFKA_{name.upper().replace('.', '_')}": value for name, value in rows.items()}
        return Container(
            IMAGE,
            port=self._port,
            environment={**environment, "CLUSTER_ID": CLUSTER, "KAFKA_HEAP_OPTS": HEAP},
        )
