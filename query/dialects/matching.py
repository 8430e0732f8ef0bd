"""Substring searches as the dialects mean them: any of some columns, case and diacritics do not matter."""

from collections.abc import Sequence

from schemas.query import All, Any_, Condition, Field, Filter, Inner, Op
from storage.columns import folded


def contains(columns: Sequence[Field | Inner], text: str) -> Filter:
    """Return the condition that *text* is part of one of *columns*."""
    return Any_([Condition(column, Op.CONTAINS, _as_kept(column, text)) for column in columns])


def equals(column: Field | Inner, value: object) -> Filter:
    """Return the condition that a column has exactly this value."""
    return Condition(column, Op.EQ, value)


def of_unit(unit_id: str) -> Filter:
    """Return the condition that a call belongs to a unit; `0` has those without one too."""
    own = Condition(Field.UNIT, Op.EQ, unit_id)
    return Any_([own, absent(Field.UNIT)]) if unit_id == NO_UNIT else own


def absent(column: Field | Inner) -> Filter:
    """Return the condition that a call has no value there."""
    return Condition(column, Op.EXISTS, value=False)


def every(parts: Sequence[Filter | None]) -> Filter:
    """Return the condition that all of *parts* hold; what is None asks nothing."""
    return All([part for part in parts if part is not None])


NO_UNIT = "0"
"""The unit of calls that have none."""


def _as_kept(column: Field | Inner, text: str) -> str:
    return folded(text) if isinstance(column, Inner) else text
