"""The configuration as it is now: read again when the file changes, the last good one kept when it is broken."""

import asyncio
import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from prometheus_client import Counter, Gauge

from runtime.config import Config
from runtime.config_checks import Check
from runtime.config_file import read
from runtime.errors import Misconfigured

POLL_S: Final = 1.0  # a stat each second costs nothing, works on every file system and with Kubernetes' symlinks

RELOADS: Final = Counter("aftercall_config_reloads", "Times that aftercall.toml was read again.", ["result"])
BROKEN: Final = Gauge("aftercall_config_broken", "1 while aftercall.toml is broken and the last good one is in use.")

log = logging.getLogger(__name__)

Stamp = tuple[int, int, int] | None


class ConfigWatch:
    """`current` is always a good configuration; `follow` keeps it fresh."""

    def __init__(
        self,
        path: Path,
        environment: Mapping[str, str],
        *,
        secrets_of: Collection[str],
        checks: Sequence[Check] = (),
    ) -> None:
        """Read the file for the first time; raises `Misconfigured`."""
        self._path: Final = path
        self._read: Final = partial(read, path, environment, secrets_of=secrets_of, checks=checks)
        self._stamp: Stamp = _stamp(path)
        self._current: Config = self._read()

    def current(self) -> Config:
        """Return the last good configuration."""
        return self._current

    def look(self) -> bool:
        """Read the file if it changed since the last look; return whether there is a new configuration."""
        return self._take(self._fresh())

    async def follow(self, changed: Callable[[Config], None] | None = None) -> None:
        """Look every second, for ever; tell *changed* about each new configuration."""
        while True:
            await asyncio.sleep(POLL_S)
            # Beside the event loop: thousands of connections take a second to read, and senders would wait for it.
            if self._take(await asyncio.to_thread(self._fresh)) and changed:
                changed(self._current)

    def _fresh(self) -> Config | None:
        """Return what the file holds if it changed since it was last read; None where it is as before, or broken."""
        stamp = _stamp(self._path)
        if stamp == self._stamp:
            return None
        self._stamp = stamp
        try:
            return self._read()
        except Misconfigured as error:
            log.error("config_refused", extra={"faults": list(error.sentences)})  # noqa: TRY400 - told, not traced
        except Exception:  # a fault of ours that this file meets: the last good one stays in force all the same
            log.exception("config_failed")
        RELOADS.labels("refused").inc()
        BROKEN.set(1)
        return None

    def _take(self, fresh: Config | None) -> bool:
        if fresh is None:
            return False
        self._current = fresh
        RELOADS.labels("taken").inc()
        BROKEN.set(0)
        log.info("config_taken", extra={"connections": len(fresh.connections), "keys": len(fresh.keys)})
        return True


def _stamp(path: Path) -> Stamp:
    try:
        stat = path.stat()
    except OSError:
        return None
    return (stat.st_mtime_ns, stat.st_size, stat.st_ino)
