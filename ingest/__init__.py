"""Take a webhook, check who sent it, make it durable, say so. Nothing else."""
