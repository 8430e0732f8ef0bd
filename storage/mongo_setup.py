"""Make what the database lacks: collections and indexes; tell what is otherwise than it should be."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

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


async def set_up(database: Database, *, anew: bool = False) -> None:
    """Make missing collections and indexes; *anew*: those too that were made otherwise before, which are dropped first.

    Raises `Away`; `CannotStart` where our user may not.
    """
    with admitted():
        for name in COLLECTIONS:
            await _make(database, name)
        if anew:
            await _clear(database)
        for name in COLLECTIONS:
            indexes = [index for index in INDEXES if index.collection == name]
            if indexes and not await _indexed(database, *indexes):
                for index in indexes:
                    await _indexed(database, index)


async def _clear(database: Database) -> None:
    """Drop what stands in the way of our indexes."""
    for collection, name in {(index.collection, name) for index, name in await _unfit(database) if name is not None}:
        await database[collection].drop_index(name)


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


async def findings(database: Database) -> Sequence[str]:
    """Return one sentence for each index that is missing or otherwise than it should be.

    Raises `Away`; `CannotStart` where our user may not.
    """
    with admitted():
        return [_told(index, name) for index, name in await _unfit(database)]


async def _unfit(database: Database) -> list[tuple[Index, str | None]]:
    """Return the indexes that are not as they should be, each with the name of what stands in its way."""
    there = {name: await database[name].index_information() for name in COLLECTIONS}
    return [
        (index, _in_the_way(index, there[index.collection]))
        for index in INDEXES
        if _form(index.model().document) != _form(there[index.collection].get(index.name, {}))
    ]


def _form(spec: Mapping[str, Any]) -> tuple[list[tuple[str, Any]], dict[str, Any]]:
    """Return the keys in order and the options of an index, as we write it or as MongoDB tells it."""
    keys = spec.get("key", {})
    return list(keys.items() if isinstance(keys, Mapping) else keys), {
        name: value for name, value in spec.items() if name not in {"key", "name", "v"}
    }


def _in_the_way(index: Index, there: Mapping[str, Any]) -> str | None:
    """Return the name of who has the name of *index*, else its keys; None where nobody has."""
    alike = (name for name, other in there.items() if tuple(other["key"]) == index.keys)
    return index.name if index.name in there else next(alike, None)


def _told(index: Index, name: str | None) -> str:
    if name is None:
        return f"index {index.name} of {index.collection} is missing ({index.serves}): run `aftercall setup`"
    return (
        f"index {name} of {index.collection} was made otherwise than {index.name} is now ({index.serves}): "
        f"run `aftercall setup --anew`, which does db.{index.collection}.dropIndex({name!r}) and makes it again"
    )


async def _make(database: Database, name: str) -> None:
    try:
        await database.create_collection(name, check_exists=False)
    except OperationFailure as error:
        if error.code != _THERE:
            raise
