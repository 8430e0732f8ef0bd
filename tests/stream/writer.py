"""A process of its own that publishes into a journal and says which events it was told are durable; to be killed."""

import asyncio
import sys
from pathlib import Path

from stream.journal import open_journal
from tests.ports.streams import make_envelope


async def main(directory: Path) -> None:
    async with open_journal(directory=directory) as journal:

        async def sender(name: int) -> None:
            for number in range(1_000_000):
                body = b"%d-%d " % (name, number) * 200
                await journal.publish(make_envelope(body))
                print(f"{name}-{number}", flush=True)

        await asyncio.gather(*map(sender, range(16)))


asyncio.run(main(Path(sys.argv[1])))
