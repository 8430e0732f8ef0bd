"""Promises of the query API's pure middle."""
