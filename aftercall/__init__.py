"""The command line and the embedded mode: everything is wired here and nowhere else."""
