"""Understand events: each becomes an update of one call, is folded into it, or is set aside."""
