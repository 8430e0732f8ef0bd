"""Who took part in a call: its bot, and the numbers at either end."""

from typing import NamedTuple

from schemas.call import Agent
from schemas.words import AgentKind, Direction


class Parties(NamedTuple):
    """The numbers at either end; who called whom is None where nothing tells the direction."""

    direction: Direction | None
    from_: str | None
    to: str | None
    customer: str | None
    line: str | None


def parties_of(direction: Direction | None, *, customer: str | None, line: str | None) -> Parties:
    """Return who called whom: the *customer* calls the *line* of the bot, or is called from it."""
    match direction:
        case Direction.INBOUND:
            return Parties(direction, customer, line, customer, line)
        case Direction.OUTBOUND:
            return Parties(direction, line, customer, customer, line)
        case _:
            return Parties(None, None, None, customer, line)


def bot(agent_id: str | None, name: str | None = None) -> Agent | None:
    """Return the bot that talked, None where neither its id nor its name is told."""
    return Agent(id=agent_id, name=name, kind=AgentKind.BOT) if agent_id or name else None
