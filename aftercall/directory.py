"""The data directory: made where it is missing, of one `up` alone, and it tells where that one is reached."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from runtime.errors import CannotStart

LOCK: Final = "up.lock"


@contextmanager
def held(directory: Path) -> Iterator[None]:
    """Hold *directory* while the block runs; raises `CannotStart` where another process has it or it cannot be written.

    The kernel lets go of it when we die, however that happens.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(directory / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise CannotStart(
            f"The data directory {directory} cannot be written ({error.strerror}): "
            "mend its owner and mode, or choose another with --data."
        ) from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        owner = os.read(descriptor, 20).decode(errors="replace").partition("\n")[0] or "unknown"
        os.close(descriptor)
        raise CannotStart(
            f"aftercall runs on {directory} already (process {owner}): stop that one, or choose another --data."
        ) from None
    try:
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode())
        yield
    finally:
        os.ftruncate(descriptor, 0)
        os.close(descriptor)


def tell_url(directory: Path, url: str) -> None:
    """Keep *url* for who asks where the `up` that holds *directory* is reached; a full disk does no harm."""
    with suppress(OSError), (directory / LOCK).open("a") as file:
        file.write(f"{url}\n")


def told_url(directory: Path) -> str | None:
    """Return where the `up` that holds *directory* is reached, None where none runs there."""
    try:
        owner, url = (directory / LOCK).read_text().splitlines()
        os.kill(int(owner), 0)  # one that was killed left its words behind
    except (OSError, ValueError):
        return None
    return url
