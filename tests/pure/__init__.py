"""Fast tests: no clock, no network, no process."""
