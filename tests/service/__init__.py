"""One process of ours, spoken to over HTTP."""
