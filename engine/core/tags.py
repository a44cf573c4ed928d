"""A visitor's tags: short words of the shop's own, such as ``shoes``."""

from __future__ import annotations

LONGEST_TAG = 64

MOST_TAGS = 100
"""A visitor keeps so many; one more, and the oldest is forgotten. ``change_visitor`` in Redis uses the same number."""


def read_tag(text: str) -> str | None:
    """Return a tag as it is kept: folded, on one line; None if it is empty or too long."""
    tag = " ".join(text.casefold().split())
    return tag if 0 < len(tag) <= LONGEST_TAG else None
