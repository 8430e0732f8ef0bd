"""In which order webhooks are posted: nearly that of the calls, with the disorder that real senders make."""

import random
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from aftercall.demo.stories import Story
from aftercall.demo.webhook import Teller, Webhook
from runtime.config import Connection
from schemas.words import Platform

REDELIVERED: Final = 0.25  # of all webhooks; platforms that miss an answer send again
OVERTAKEN: Final = 0.25  # of all webhooks; later events of a call come before earlier ones
FURTHEST: Final = 4  # places that one is moved; a call's events are minutes apart at most


class Post(NamedTuple):
    """One request to make."""

    connection: Connection
    webhook: Webhook
    again: bool = False


def plan(
    told: Sequence[Story], connections: Sequence[Connection], tellers: Mapping[Platform, Teller], *, seed: int
) -> list[Post]:
    """Return every webhook of *told*, shared out among *connections*, with shuffles and redeliveries by *seed*."""
    dice = random.Random(seed)  # noqa: S311 - disorder, not a secret
    posts = [
        Post(connection, webhook)
        for index, story in enumerate(told)
        for connection in [connections[index % len(connections)]]
        for webhook in tellers[connection.platform].webhooks(story)
    ]
    placed = [(index + _moved(dice, OVERTAKEN), post) for index, post in enumerate(posts)]
    placed += [
        (index + dice.uniform(0, FURTHEST), post._replace(again=True))
        for index, post in enumerate(posts)
        if dice.random() < REDELIVERED
    ]
    placed.sort(key=lambda pair: pair[0])
    return [post for _, post in placed]


def _moved(dice: random.Random, share: float) -> float:
    return dice.uniform(0, FURTHEST) if dice.random() < share else 0.0
