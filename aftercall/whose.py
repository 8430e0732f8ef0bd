"""Whose calls: the tenant that was asked for, or the only one."""

from runtime.config import Config
from runtime.errors import Misconfigured
from runtime.nearest import suggestion


def whose(config: Config, asked: str | None) -> str:
    """Return the tenant's id; raises `Misconfigured` where it is unknown, or unsaid and there are several."""
    tenants = [tenant.id for tenant in config.tenants]
    if asked is None and len(tenants) == 1:
        return tenants[0]
    if asked is None:
        raise Misconfigured(
            f"There are {len(tenants)} tenants: say whose calls by --tenant. Known: {', '.join(tenants)}."
        )
    if asked not in tenants:
        raise Misconfigured(f"There is no tenant {asked!r}{suggestion(asked, tenants)}")
    return asked
