"""Whole processes and real servers, with faults."""
