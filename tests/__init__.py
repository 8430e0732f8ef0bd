"""Tests at four levels; see CONTRIBUTING."""
