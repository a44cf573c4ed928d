"""A rule as a value, and the settings of its site."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.core.conditions import AllOf
from engine.core.doing import Change
from engine.core.page_kinds import PageKinds
from engine.core.references import Reference
from engine.core.stages import Intent
from engine.core.themes import Theme

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
    it are by language and hold placeholders. ``references`` are the names in it
    of what stands elsewhere.
    """

    kind: str
    content: Mapping[str, Any]
    references: tuple[Reference, ...] = ()


@dataclass(frozen=True, slots=True)
class Variant:
    """One of several popups of a rule, and its share of the visitors beside the others' ``weight``."""

    name: str
    weight: float
    show: Show


@dataclass(frozen=True, slots=True)
class After:
    """The rule whose popup the visitor must have seen on an earlier page view, ``wait_ms`` ago or longer."""

    rule: str
    wait_ms: int = 0


@dataclass(frozen=True, slots=True)
class Rule:
    """
    One rule of the marketer.

    ``show`` is None for a rule that fires silently; of ``variants`` it is the
    first one's. A ``when`` without conditions is that of a rule which only
    another rule's popup starts. ``holdout`` is the share, 0 to 1, of visitors
    who do not see it. ``do`` is done to the visitor when the rule fires.
    """

    id: str
    when: AllOf
    show: Show | None
    name: Texts = field(default_factory=dict)
    limit: Limit = Limit()
    priority: float = 0
    holdout: float | None = None
    where: str = ""
    variants: tuple[Variant, ...] = ()
    after: After | None = None
    do: tuple[Change, ...] = ()
    references: tuple[Reference, ...] = ()

    @property
    def shows(self) -> tuple[Show, ...]:
        """All popups that it may show."""
        if self.variants:
            return tuple(each.show for each in self.variants)
        return () if self.show is None else (self.show,)

    @property
    def is_silent(self) -> bool:
        """Whether it shows nothing: its limit holds, the policy for popups does not."""
        return self.show is None

    @property
    def interrupts(self) -> bool:
        """Whether it may show what takes the shopper's attention: anything but a bar, which stands beside others."""
        return any(each.kind != "bar" for each in self.shows)

    @property
    def is_only_started(self) -> bool:
        """Whether only another rule's popup makes it show."""
        return not self.when.conditions


@dataclass(frozen=True, slots=True)
class Feed:
    """Where the shop lists products as JSON; a copy of it is good for ``every_ms``."""

    url: str
    every_ms: int = 15 * 60 * 1000


@dataclass(frozen=True, slots=True)
class Site:
    """
    The settings of ``site.yaml``; every one has the default that is written here.

    ``quiet_ms`` is the time between two popups. ``never_on`` lists the kinds of
    page where nothing may show. ``without_consent`` is what shoppers get of whom nothing may be kept: only
    ``bars``, or ``popups`` of all kinds. ``coupon_url`` is the shop's address that puts
    the code in place of ``{code}`` to use. ``pages`` says of addresses which kind of page they are.
    """

    currency: str = ""
    timezone: str = "Asia/Taipei"
    languages: tuple[str, ...] = ()
    free_shipping_from: float = 1500
    holdout: float = 0.05
    popups_per_session: int = 3
    quiet_ms: int = 30_000
    never_on: tuple[str, ...] = ("checkout",)
    without_consent: str = "bars"
    intent: Intent = field(default_factory=Intent)
    theme: Theme | None = None
    feeds: Mapping[str, Feed] = field(default_factory=dict)
    channels: Mapping[str, str] = field(default_factory=dict)
    coupon_url: str = ""
    pages: PageKinds = field(default_factory=PageKinds)
