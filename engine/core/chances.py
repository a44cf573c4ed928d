"""What a condition's chance to be true on this page is called, and the moments that could change it."""

from __future__ import annotations

from collections.abc import Callable

from engine.core.view import View

Moment = tuple[str, int]
"""A name of ``arm`` and its value: attentive ms on this page view, percent, idle ms; ``wake``: ms since
the epoch; a signal: 1."""

HOLDS, ARMED, OPEN, NEVER = "holds", "armed", "open", "never"
Chance = tuple[str, tuple[Moment, ...]]
ChanceOf = Callable[[View], Chance]

HOLDS_NOW: Chance = (HOLDS, ())
OPEN_TO_EVENTS: Chance = (OPEN, ())
NEVER_HERE: Chance = (NEVER, ())
