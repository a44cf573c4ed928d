"""What a rule is judged by: the counters it reads, the page, the visitor and the event of this moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine.core.events import NOWHERE, Page


@dataclass(frozen=True, slots=True)
class Visitor:
    """What stays the same for a visitor during one session."""

    sessions: int = 1
    language: str = ""
    device: str = "desktop"
    referrer: str = ""
    source: str = ""
    medium: str = ""
    campaign: str = ""
    landing: str = ""
    session_started_ms: int = 0
    country: str = ""

    def __deepcopy__(self, _memo: Any) -> Visitor:
        """Return the visitor: nothing of it changes."""
        return self


SOMEBODY = Visitor()
_NOTHING: dict[int, Any] = {}


class View:
    """
    One visitor at one moment, as the conditions read it.

    ``counts`` maps a slot of the rule set to its value and holds only the slots
    that the rules judged at this moment read. ``signal`` is the name of the
    event when it is one of the armed signals; ``idle_ms`` is 0 unless the event
    reports idleness. ``now_ms`` is the moment of the event. What was found in a
    window then is kept in ``counts`` as well, under numbers below 0.
    """

    __slots__ = ("counts", "idle_ms", "now_ms", "page", "signal", "visitor")

    def __init__(  # noqa: PLR0913
        self,
        counts: dict[int, Any] = _NOTHING,
        page: Page = NOWHERE,
        visitor: Visitor = SOMEBODY,
        signal: str = "",
        idle_ms: int = 0,
        now_ms: int = 0,
    ) -> None:
        self.counts = counts
        self.page = page
        self.visitor = visitor
        self.signal = signal
        self.idle_ms = idle_ms
        self.now_ms = now_ms
