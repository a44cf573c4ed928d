"""The same service as others would build it, on the same traffic and the same rules."""
