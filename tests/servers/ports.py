"""Ports for what tests start: each is given once, and nobody gets it by asking for any."""

import random
import socket
from contextlib import suppress
from typing import Final

# Below those that Linux gives to clients, and to servers that ask for any: between the choice of a port and its use,
# and while its server is down, one of them could take it.
FIRST: Final = 20_000
LAST: Final = 32_000
_ports: Final = iter(random.SystemRandom().sample(range(FIRST, LAST), LAST - FIRST))


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on now, and that this process was not given before."""
    for port in _ports:
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise RuntimeError("every port was given")
