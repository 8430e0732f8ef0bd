"""A mongod to measure on: with a cache that holds what is asked, and with storage that may be kept for the next run."""

from pathlib import Path
from typing import ClassVar

from typing_extensions import override

from tests.servers.hosts import Host
from tests.servers.mongo import MongoServer


class BenchMongo(MongoServer):
    """A MongoDB server as a child process, never a container: its storage is a directory of this machine."""

    cache_gb: ClassVar[float] = 6.0  # a million bench calls have 4 GB of indexes; less is used where less is there

    def __init__(self, *, keep: Path | None = None) -> None:
        """Keep its storage in *keep*, which is made where it is missing and used again where it is not."""
        self._keep = keep
        super().__init__()

    @override
    def _container(self) -> Host:
        return self._child(Path(self._directory.name))

    @override
    def _child(self, directory: Path) -> Host:
        if self._keep is not None:
            self._keep.mkdir(parents=True, exist_ok=True)
        return super()._child(self._keep or directory)
