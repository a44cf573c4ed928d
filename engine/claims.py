"""A wish to fire, and what firing needs of the rest of the engine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from engine.core.counters import Op
from engine.core.events import Page
from engine.core.plan import Plan
from engine.core.rules import Rule, Site
from engine.tab import Step, Tab

SHOW, BESIDE, HELD, SILENT, STARTED = "show", "beside", "held", "silent", "started"
"""The modes of a claim, as the function ``claim`` takes them."""


@dataclass(frozen=True, slots=True)
class Claim:
    """
    One wish to fire.

    ``frame`` is what is sent, and kept until it is viewed; empty where there is
    nothing to show, or its code is not confirmed yet. ``coupon`` is the id of
    the coupon issued, never its code; ``started_by`` the fire of the popup
    whose button asks for this one.
    """

    rule: Rule
    fire: str
    frame: bytes
    now_ms: int
    mode: str = SHOW
    variant: str = ""
    coupon: str = ""
    started_by: str = ""
    changes: tuple[Op, ...] = ()


Note = Callable[[Step, Claim, str], None]
"""Takes note of what came of a claim: ``shown``, or what held it back."""


class VisitorFirings(Protocol):
    """What firing needs of the shared state."""

    async def look(self, tab: Tab, plan: Plan, page: Page, now_ms: int) -> dict[int, Any]:
        """Read the plan's counters."""

    async def claim(self, tab: Tab, site: Site, claim: Claim) -> tuple[str, int]:
        """Claim a firing; ('', 0) if it may show, else what holds it back and the ms until that is over."""

    def keep(self, tab: Tab, fire: str, frame: bytes, now_ms: int) -> None:
        """Keep the frame of a claim that succeeded until it is viewed."""

    async def firing_of(self, tab: Tab, fire: str) -> tuple[str, str] | None:
        """Return the rule and the variant of one of the visitor's firings."""

    def settle(self, tab: Tab, fire: str, outcome: str, reply_to: Callable[[Any], None] | None = None) -> None:
        """Write down what became of a firing: view, close or unseen; the reply is the rule's id where that is news."""

    def leave(self, tab: Tab, now_ms: int, reply_to: Callable[[Any], None]) -> None:
        """Take back what nobody has viewed of a document whose page was left; the reply is rule, fire, ... of it."""

    def write_origin(self, tab: Tab) -> None:
        """Keep what the session comes from."""


class Telemetry(Protocol):
    """What is counted of firings."""

    def fired(self, rule: str, variant: str = "") -> None:
        """A rule's popup went out, or what it does was done."""

    def held(self, rule: str, reason: str) -> None:
        """A rule was true and did not show."""

    def held_by_page(self, reason: str) -> None:
        """A page holds a popup back for now."""

    def unseen(self, rule: str) -> None:
        """Nobody viewed a popup within its time."""

    def shown(self, seconds: float) -> None:
        """A popup went out, so long after the frame that made its rule true."""
