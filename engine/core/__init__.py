"""What Shopbell knows, as functions of values: no await, no clock, no Redis, no logging."""
