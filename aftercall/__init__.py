"""The command line: one module a verb, and the one place that wires adapters to processes."""
