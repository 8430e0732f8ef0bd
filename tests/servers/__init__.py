"""Real Kafka and MongoDB for tests: in containers where a Docker engine answers, else as child processes."""
