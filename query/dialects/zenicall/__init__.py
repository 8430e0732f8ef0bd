"""Zenicall: the call log of a dental clinic's desk, its notes, exports and bulk changes."""
