"""Tanyi: robot call records of a job, listed and one by one, behind a signature."""
