"""
How deep, how wide and how long what an event says may be, also where nobody reads it.

An event goes into the log as it came, and is read there again by the archive, by backtests and by ``why``: what they
get has bounds beside the size of a frame.
"""

from __future__ import annotations

from typing import Any

from engine.core.events import Event
from engine.core.refused import BadEvent

MOST_DEPTH = 8
MOST_KEYS = 64
LONGEST_TEXT = 2_048
"""As long as the longest text that the protocol knows, an address."""

_SMALL = 6 * MOST_KEYS
"""A frame of so many bytes has no room for more than ``MOST_KEYS`` keys, nor for a longer text."""


def refuse_boundless(event: Event, frame: bytes, message: dict[str, Any]) -> None:
    """Refuse an event whose frame is beyond the bounds. Raises BadEvent."""
    if len(frame) <= _SMALL and frame.count(b"{") + frame.count(b"[") <= MOST_DEPTH:
        return
    problem = _problem(message, 1)
    if problem:
        refused = BadEvent(problem)
        refused.seq, refused.doc, refused.name = event.seq, event.doc, event.name
        raise refused


def _problem(value: Any, depth: int) -> str:
    """Return what is beyond the bounds; empty if nothing is."""
    if value.__class__ is str:
        return (
            f"a text with {len(value)} characters exceeds limit of {LONGEST_TEXT}" if len(value) > LONGEST_TEXT else ""
        )
    if value.__class__ is not dict and value.__class__ is not list:
        return ""
    if depth > MOST_DEPTH:
        return f"event nested deeper than {MOST_DEPTH} levels"
    if value.__class__ is dict:
        if len(value) > MOST_KEYS:
            return f"an object with {len(value)} keys exceeds limit of {MOST_KEYS}"
        value = value.values()
    return next(filter(None, (_problem(each, depth + 1) for each in value)), "")
