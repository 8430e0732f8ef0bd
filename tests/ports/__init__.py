"""The suite of each port, run on every adapter."""
