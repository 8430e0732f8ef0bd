"""Calls at rest: raw events, folded calls, what people wrote on them."""
