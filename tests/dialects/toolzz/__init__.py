"""Toolzz over HTTP."""
