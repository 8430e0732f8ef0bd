"""What every process needs to start, be watched and stop: settings, configuration, logs, health, metrics."""
