"""Make what the database lacks: collections and indexes; tell what is otherwise than it should be."""

from collections.abc import Sequence
from typing import Final

from pymongo.errors import NetworkTimeout, OperationFailure

from storage.mongo import Database, admitted
from storage.mongo_indexes import INDEXES, Index

COLLECTIONS: Final = (
    "calls",
    "transcripts",
    "media",
    "events",
    "counters",
    "secrets",
    "history",
    "criteria",
    "batches",
    "tombstones",
    "exports",
    "export_rows",
    "aliases",
    "notes",
    "hooks",
    "file_orders",
    "seen_once",
)
_OTHERWISE: Final = frozenset({85, 86})
"""MongoDB's codes for an index of that name or those keys that was made otherwise."""
_THERE: Final = 48
"""MongoDB's code for a collection that exists."""


async def set_up(database: Database) -> Sequence[str]:
    """Make missing collections and indexes, returns one sentence for each that is otherwise.

    Raises `Away`; `CannotStart` where our user may not.
    """
    with admitted():
        findings = []
        for name in COLLECTIONS:
            await _make(database, name)
            indexes = [index for index in INDEXES if index.collection == name]
            if indexes and not await _indexed(database, *indexes):
                otherwise = [index for index in indexes if not await _indexed(database, index)]
                findings += [_otherwise(index, await _named(database, index)) for index in otherwise]
        return findings


async def _indexed(database: Database, *indexes: Index) -> bool:
    """Make *indexes* of one collection; False where one of them was made otherwise before."""
    try:
        await _created(database, indexes)
    except OperationFailure as error:
        if error.code in _OTHERWISE:
            return False
        raise
    return True


async def _created(database: Database, indexes: Sequence[Index]) -> None:
    """Return when the indexes are there: those of a million calls take minutes, longer than one reply is waited for."""
    while True:
        try:
            await database[indexes[0].collection].create_indexes([index.model() for index in indexes])
        except NetworkTimeout:
            await database.command("ping")  # it answers, so it still makes them; asked again, it lets us wait on
        else:
            return


async def _named(database: Database, index: Index) -> str:
    """Return the name of what stands in the way of *index*: of the same name, else of the same keys."""
    there = await database[index.collection].index_information()
    alike = (name for name, other in there.items() if tuple(other["key"]) == index.keys)
    return index.name if index.name in there else next(alike, index.name)


def _otherwise(index: Index, name: str) -> str:
    return (
        f"index {name} of {index.collection} was made otherwise than {index.name} is now ({index.serves}): "
        f"drop it with db.{index.collection}.dropIndex({name!r}) and run `aftercall setup`"
    )


async def missing(database: Database) -> Sequence[str]:
    """Return one sentence for each index that is missing. Raises `Away`; `CannotStart` where our user may not."""
    with admitted():
        there = {name: set(await database[name].index_information()) for name in COLLECTIONS}
    return [
        f"index {index.name} of {index.collection} is missing ({index.serves}): run `aftercall setup`"
        for index in INDEXES
        if index.name not in there[index.collection]
    ]


async def _make(database: Database, name: str) -> None:
    try:
        await database.create_collection(name, check_exists=False)
    except OperationFailure as error:
        if error.code != _THERE:
            raise
