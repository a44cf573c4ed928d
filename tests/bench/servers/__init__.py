"""Servers that only echo: what a WebSocket message costs before anything is done with it."""
