"""Tanyi over HTTP."""
