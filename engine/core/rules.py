"""A rule as a value, and the settings of its site."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.core.conditions import AllOf

Texts = Mapping[str, str]
"""A text by language tag. The empty tag holds a text that was given without a language."""


@dataclass(frozen=True, slots=True)
class Limit:
    """
    How often a rule may fire: ``times`` per session, per visitor or per so many days.

    ``days`` counts only where ``per`` is "days"; a day is 24 hours back from now.
    """

    per: str = "session"
    times: int = 1
    days: int = 0

    def __str__(self) -> str:
        span = f"{self.days} days" if self.per == "days" and self.days > 1 else self.per.rstrip("s")
        return f"{'once' if self.times == 1 and self.per != 'days' else self.times} per {span}"


@dataclass(frozen=True, slots=True)
class Show:
    """
    What a rule shows: the kind of popup and what the marketer wrote for it.

    ``content`` is what :mod:`engine.core.popup` read and can render; texts in
    it are by language and hold placeholders.
    """

    kind: str
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the marketer. ``holdout`` is the share, 0 to 1, of visitors who do not see it."""

    id: str
    when: AllOf
    show: Show
    name: Texts = field(default_factory=dict)
    limit: Limit = Limit()
    priority: float = 0
    holdout: float | None = None
    where: str = ""


@dataclass(frozen=True, slots=True)
class Site:
    """
    The settings of ``site.yaml``; every one has the default that is written here.

    ``quiet_ms`` is the time between two popups. ``never_on`` lists the kinds of
    page where nothing may show.
    """

    currency: str = ""
    timezone: str = "Asia/Taipei"
    languages: tuple[str, ...] = ()
    free_shipping_from: float = 1500
    holdout: float = 0
    popups_per_session: int = 3
    quiet_ms: int = 30_000
    never_on: tuple[str, ...] = ("checkout",)
