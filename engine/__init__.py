"""Shopbell: a self-hosted, real-time on-site behaviour engine for online shops."""

__version__ = "0.1.0"
