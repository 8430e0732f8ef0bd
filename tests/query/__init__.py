"""Promises of the query API."""
