"""What the pipeline needs of the rest of the engine: one port for each outside thing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from engine.claims import VisitorFirings
from engine.core.counters import Op
from engine.core.events import Event, Page
from engine.core.plan import Plan
from engine.core.refused import BadEvent
from engine.tab import Step, Tab

StepReply = Callable[[Step, Any], None]


class VisitorState(VisitorFirings, Protocol):
    """What the pipeline needs of the shared state: :class:`engine.edge.visitor_state.RedisVisitorState`."""

    def observe(self, step: Step, ops: list[Op], now_ms: int, reply_to: StepReply) -> None:
        """
        Count an event once and read the plan's counters. The reply is [applied, session, values].

        ``applied`` is 0 for an event that came before and 2 where a session began with it; ``session`` is
        empty, or the id of a session that is not the tab's and when it began.
        """

    async def look(self, tab: Tab, plan: Plan, page: Page, now_ms: int) -> dict[int, Any]:
        """Read the plan's counters."""


class EventLog(Protocol):
    """What the pipeline needs of the event log."""

    def append(self, step: Step, frame: bytes, now_ms: int, reply_to: StepReply) -> None:
        """Write an event down; the reply is an exception where that failed."""


class Submissions(Protocol):
    """Where what shoppers send off in popups is kept: :class:`engine.edge.submissions.Submissions`."""

    async def take(self, tab: Tab, event: Event, now_ms: int) -> None:
        """Keep it, once, however often it comes. Raises what the database or the shared state raises."""


class Withdrawals(Protocol):
    """Where it is kept that shoppers take their consent back: :class:`engine.edge.withdrawals.Withdrawals`."""

    async def record(self, tab: Tab) -> None:
        """Remember it for good. Raises what the database raises."""

    def part(self, tab: Tab) -> None:
        """End the visitor's pages: it is recorded and acknowledged."""


class Telemetry(Protocol):
    """What the pipeline counts."""

    def event(self) -> None:
        """One event was counted."""

    def refused_event(self, site: str, error: BadEvent) -> None:
        """One event of a site was refused."""

    def acknowledged(self, seconds: float) -> None:
        """One event was acknowledged, so long after its frame came in."""
