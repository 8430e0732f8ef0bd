"""The integers that calls are known by: counted per tenant, from the first that no dialect's own ids reach."""

from typing import Final

FIRST_NUMBER: Final = 1_000_000_000
LAST_NUMBER: Final = 2**31 - 1
"""Clients keep these in 32 bits."""
