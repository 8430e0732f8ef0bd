"""Giving what was set aside another try."""

from collections.abc import Callable

from stream.ports import Dead, DeadLetters, Publisher


async def publish_again(dead_letters: DeadLetters, *, publisher: Publisher, chosen: Callable[[Dead], bool]) -> int:
    """Publish the envelope of each *chosen* dead letter and settle it; return how many.

    One without an envelope stays: nobody can tell whose it is. Raises `Unavailable`; what was done stays done.
    """
    published = 0
    async for dead in dead_letters.all():
        if dead.envelope is not None and chosen(dead):
            await publisher.publish(dead.envelope)
            await dead_letters.settle(dead)
            published += 1
    return published
