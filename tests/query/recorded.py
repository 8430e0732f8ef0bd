"""The recorded webhooks of all platforms, kept and folded as a worker does."""

from typing import Final

from msgspec.structs import replace

from stream.ports import Partition, Record
from tests.query.world import START, World
from tests.webhooks import WEBHOOKS, recorded
from workers.pipeline import Understood, understand

EVENT_ID: Final = "e-1"
"""The id of each call's event."""
_FIRST_MS: Final = round(START.timestamp() * 1000)


async def tell_recorded(world: World) -> list[str]:
    """Store what each recorded webhook tells as a call of acme of its own; return the calls' uids."""
    understood = [each for number in range(len(WEBHOOKS)) if (each := _understood(world, number)) is not None]
    await world.writer.keep([each.envelope for each in understood])
    updates = [each.update for each in understood if each.update is not None]
    await world.tell(*updates)
    return [world.uid(each.platform_call_id, platform=each.platform) for each in updates]


def _understood(world: World, number: int) -> Understood | None:
    path = WEBHOOKS[number]
    name = f"{path.parent.name}-{path.stem}"
    event = replace(recorded(path), tenant=world.acme, call_id=name, event_id=EVENT_ID, received_at=_FIRST_MS + number)
    known = understand(Record(partition=Partition("recorded", 0), offset=number, envelope=event))
    return known if isinstance(known, Understood) else None
