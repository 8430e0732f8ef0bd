"""Zenicall over HTTP."""
