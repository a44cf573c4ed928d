"""What a rule is judged by: the counters it reads, the page, the visitor and the event of this moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
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


@dataclass(slots=True)
class View:
    """
    One visitor at one moment, as the conditions read it.

    ``counts`` maps a slot of the rule set to its value and holds only the slots
    that the rules judged at this moment read. ``signal`` is the name of the
    event when it is one of the armed signals; ``idle_ms`` is 0 unless the event
    reports idleness. ``now_ms`` is the moment of the event.
    """

    counts: Mapping[int, Any] = field(default_factory=dict)
    page: Page = NOWHERE
    visitor: Visitor = field(default_factory=Visitor)
    signal: str = ""
    idle_ms: int = 0
    now_ms: int = 0
