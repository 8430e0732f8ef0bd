"""A MongoDB that wants to know who speaks to it."""

import os
from base64 import b64encode
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Final, Self

from pymongo import MongoClient
from typing_extensions import override

from tests.servers.hosts import Host
from tests.servers.mongo import MongoServer

DATABASE: Final = "guarded"
PASSWORD: Final = "mongo-hush"

Document = dict[str, Any]


class GuardedMongo(MongoServer):
    """A server that knows users of `DATABASE` by their role there, which is their name, too."""

    name: ClassVar = "mongo-guarded"
    roles: ClassVar = ("readWrite", "read")

    def as_user(self, role: str, *, password: str = PASSWORD) -> str:
        """Return the connection string of the user with *role*."""
        return self.url.replace("//", f"//{role}:{password}@").replace("/?", f"/{DATABASE}?authSource=admin&")

    @override
    def __enter__(self) -> Self:
        entered = super().__enter__()
        # Whoever is on the machine of a server without users may make the first.
        self._make("root", role="root", client=MongoClient("127.0.0.1", self._port))
        for role in self.roles:
            root = MongoClient[Document]("127.0.0.1", self._port, username="root", password=PASSWORD)
            self._make(role, role={"role": role, "db": DATABASE}, client=root)
        return entered

    def _make(self, user: str, *, role: str | Mapping[str, str], client: MongoClient[Document]) -> None:
        with client:
            client.admin.command("createUser", user, pwd=PASSWORD, roles=[role])

    @override
    def _also(self, directory: Path) -> Sequence[str]:
        # Members of a set that has users know each other by a key.
        key = directory / "key"
        key.touch(mode=0o600)
        key.write_bytes(b64encode(os.urandom(48)))
        return ("--keyFile", str(key))

    @override
    def _container(self) -> Host:
        # The file with the key would have to be of the user that the image runs as.
        return self._child(Path(self._directory.name))
