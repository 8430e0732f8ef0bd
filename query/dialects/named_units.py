"""Units by the name that the configuration knows, else by the sender's; calls without one belong to unit 0."""

from query.dialects.matching import NO_UNIT
from runtime.config import Tenant, UnitConfig
from schemas.call import Call, Unit


def unit_of(call: Call, tenant: Tenant) -> Unit:
    """Return the unit of a call, whose id is never None."""
    if call.unit is None or call.unit.id is None:
        return unit_named(NO_UNIT, tenant)
    known = unit_named(call.unit.id, tenant)
    return Unit(
        id=call.unit.id,
        name=known.name or call.unit.name,
        created_at=known.created_at or call.unit.created_at,
        updated_at=known.updated_at or call.unit.updated_at,
    )


def unit_named(unit_id: str, tenant: Tenant) -> Unit:
    """Return a unit as far as the configuration knows it; unit 0 is named after the tenant."""
    known = next((unit for unit in tenant.units if unit.id == unit_id), UnitConfig(id=unit_id))
    name = (tenant.name or tenant.id) if unit_id == NO_UNIT else known.name
    return Unit(id=unit_id, name=name, created_at=known.created_at, updated_at=known.updated_at)
