"""A mongod of our own: a child that keeps its port with its data, comes back if it dies, and ends with us."""

import asyncio
import logging
import socket
import time
from asyncio.subprocess import DEVNULL, STDOUT, Process
from contextlib import suppress
from pathlib import Path
from typing import Final, Self

import msgspec

from runtime.errors import CannotStart
from runtime.leash import leashed
from storage.mongod_binary import arguments, find, is_locked, remedy
from storage.mongod_set import become_primary, url

START_WITHIN_S: Final = 60.0
"""A cold start takes one second; after a power cut MongoDB reads its journal first."""
STOP_WITHIN_S: Final = 8.0
"""`up` promises to be gone within ten seconds; an orderly end takes half of one."""
LET_GO_WITHIN_S: Final = 10.0
"""How long a predecessor whose parent was killed may still hold the directory."""
AGAIN_AFTER_S: Final = 1.0
MEMORY: Final = "mongod.json"

log = logging.getLogger(__name__)


class Kept(msgspec.Struct, frozen=True):
    """What is remembered beside the storage: the set's only member is known by its port, the files by their maker."""

    port: int
    binary: str


class Mongod:
    """One mongod with its storage in a directory; `url` holds from `start` to `stop`."""

    url: str

    def __init__(self, directory: Path) -> None:
        """Take *directory* for storage, log and memory; it is made at `start`."""
        self._directory = directory
        self._process: Process | None = None
        self._keeper: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Start it."""
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop it."""
        await self.stop()

    async def start(self) -> None:
        """Return when it takes writes; raise `CannotStart`. From then on it is started again whenever it ends."""
        try:
            await self._start()
        except BaseException:
            await self.stop()
            raise
        self._keeper = asyncio.create_task(self._keep(), name="mongod")

    async def stop(self) -> None:
        """End it in order, by force after eight seconds; silently nothing where it does not run."""
        if self._keeper is not None:
            self._keeper.cancel()
            with suppress(asyncio.CancelledError):
                await self._keeper
        if self._process is None or self._process.returncode is not None:
            return
        self._process.terminate()
        try:
            await asyncio.wait_for(self._process.wait(), STOP_WITHIN_S)
        except TimeoutError:
            log.warning("mongod_killed", extra={"after_s": STOP_WITHIN_S})
            self._process.kill()
            await self._process.wait()

    async def _start(self) -> None:
        """Start it, again where a predecessor has yet to let go of the directory."""
        try:
            for directory in (self._directory, self._directory / "storage"):  # its log quotes slow questions
                directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise CannotStart(f"{error.filename}: {error.strerror}; mend it, or choose another --data") from error
        deadline = time.monotonic() + LET_GO_WITHIN_S
        while True:
            try:
                return await self._launch()
            except CannotStart:
                if not is_locked(self._said()) or time.monotonic() > deadline:
                    raise
            await asyncio.sleep(0.2)

    async def _launch(self) -> None:
        """Start it once and return when it takes writes; raise `CannotStart`."""
        kept = self._remembered()
        binary = find(made_by=kept.binary if kept else None)
        port = kept.port if kept and _is_free(kept.port) else _free_port()
        with self._log.open("wb") as output:
            self._process = await asyncio.create_subprocess_exec(
                *leashed(arguments(binary, storage=self._directory / "storage", port=port)),
                stdin=DEVNULL,
                stdout=output,
                stderr=STDOUT,
                start_new_session=True,  # Ctrl-C is ours to answer: workers must still be able to write
            )
        await self._takes_writes(self._process, port=port)
        self.url = url(port)
        if (now := Kept(port=port, binary=str(binary))) != kept:  # else a full disk would make it forget
            self._memory.write_bytes(msgspec.json.encode(now))

    async def _takes_writes(self, process: Process, *, port: int) -> None:
        """Return when *process* is primary on *port*; raise `CannotStart` when it ends before or takes too long."""
        ended = asyncio.create_task(process.wait())
        primary = asyncio.create_task(become_primary(port))
        try:
            await asyncio.wait({ended, primary}, timeout=START_WITHIN_S, return_when=asyncio.FIRST_COMPLETED)
            if ended.done():
                raise CannotStart(f"MongoDB cannot start: {remedy(self._said())} (all it said: {self._log})")
            if not primary.done():
                raise CannotStart(f"MongoDB took no writes within {START_WITHIN_S:.0f} s: see {self._log}")
            primary.result()
        finally:
            ended.cancel()
            primary.cancel()
            await asyncio.gather(ended, primary, return_exceptions=True)

    async def _keep(self) -> None:
        """Start it again whenever it ends; workers wait meanwhile and lose nothing."""
        while self._process is not None:
            log.error("mongod_ended", extra={"status": await self._process.wait()})
            await asyncio.sleep(AGAIN_AFTER_S)
            try:
                await self._start()
            except (CannotStart, OSError) as error:
                log.error("mongod_not_restarted", extra={"why": str(error)})  # noqa: TRY400 - the sentence says it all
            else:
                log.info("mongod_restarted")

    @property
    def _log(self) -> Path:
        return self._directory / "mongod.log"

    @property
    def _memory(self) -> Path:
        return self._directory / MEMORY

    def _said(self) -> str:
        return self._log.read_text(errors="replace")

    def _remembered(self) -> Kept | None:
        """Return what was kept, None where there is nothing to read: port and maker are then chosen anew."""
        try:
            return msgspec.json.decode(self._memory.read_bytes(), type=Kept)
        except (FileNotFoundError, msgspec.DecodeError):
            return None


def _is_free(port: int) -> bool:
    """Return whether nobody listens on *port* of 127.0.0.1."""
    with socket.socket() as probe:
        # As mongod does it: connections of a predecessor that linger do not hold the port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def running_url(directory: Path) -> str | None:
    """Return where the mongod with storage in *directory* listens, None where none does: another process started it."""
    try:
        kept = msgspec.json.decode((directory / MEMORY).read_bytes(), type=Kept)
    except (FileNotFoundError, msgspec.DecodeError):
        return None
    return None if _is_free(kept.port) else url(kept.port)
