"""A call's registers sorted once into what is told of the call itself, of its groups and of its legs. Pure."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from storage.fold import Register, Registers

LEGS: Final = "legs"

Leg = Mapping[str, Register]


class Told(NamedTuple):
    """Facts by name; members of `unit`, `ext`, … by group and name; the facts of each leg with their order."""

    own: dict[str, Any]
    groups: dict[str, dict[str, Any]]
    legs: dict[str, dict[str, Register]]

    def group(self, name: str) -> Mapping[str, Any]:
        """Return what is told of one group."""
        return self.groups.get(name, {})


def tell(registers: Registers) -> Told:
    """Return what *registers* hold, sorted."""
    told = Told({}, {}, {})
    for name, register in registers.facts.items():
        head, dot, rest = name.partition(".")
        if not dot:
            told.own[name] = register.value
        elif head == LEGS:
            leg_id, field = rest.rsplit(".", 1)
            told.legs.setdefault(leg_id, {})[field] = register
        else:
            told.groups.setdefault(head, {})[rest] = register.value
    return told
