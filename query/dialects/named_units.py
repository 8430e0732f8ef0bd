"""Units by the name that the configuration knows, else by the sender's; calls without one belong to unit 0."""

import msgspec

from query.dialects.matching import NO_UNIT
from runtime.config import Tenant
from schemas.call import Call, Unit


def unit_of(call: Call, tenant: Tenant) -> Unit:
    """Return the unit of a call, whose id is never None."""
    if call.unit is None or call.unit.id is None:
        return msgspec.structs.replace(unit_named(NO_UNIT, tenant), name=tenant.name or tenant.id)
    known = unit_named(call.unit.id, tenant)
    return Unit(
        id=call.unit.id,
        name=known.name or call.unit.name,
        created_at=known.created_at or call.unit.created_at,
        updated_at=known.updated_at or call.unit.updated_at,
    )


def unit_named(unit_id: str, tenant: Tenant) -> Unit:
    """Return a unit as far as the configuration knows it."""
    known = next((unit for unit in tenant.units if unit.id == unit_id), None)
    if known is None:
        return Unit(id=unit_id)
    return Unit(id=unit_id, name=known.name, created_at=known.created_at, updated_at=known.updated_at)
