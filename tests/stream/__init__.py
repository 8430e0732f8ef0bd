"""The streams one by one: their own promises, and faults."""
