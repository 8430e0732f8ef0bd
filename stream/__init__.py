"""Events in motion: what ingest made durable reaches the workers, in batches, at least once."""
