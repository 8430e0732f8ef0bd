"""Bodies of any size, and what a journal takes on its disk."""

import random
from pathlib import Path

from schemas.envelope import Envelope
from tests.ports.streams import make_envelope

MB = 1 << 20


def noise(size: int, seed: int) -> Envelope:
    return make_envelope(random.Random(seed).randbytes(size))


def size_of(directory: Path) -> int:
    return sum(path.stat().st_size for path in directory.iterdir())
