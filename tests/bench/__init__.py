"""What an event costs: the engine beside bare servers that only echo, measured in one run."""
