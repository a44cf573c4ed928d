"""Builders of what the hot path hands around: rules, tabs and the events of a tab."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.core.event_data import read_data
from engine.core.events import Event
from engine.core.plan import Plan
from engine.core.rulefile import read_rules
from engine.core.ruleset import RuleSet
from engine.edge.keys import VisitorKeys
from engine.tab import Step, Tab

SITE = "pk_shop"
NOON = 20_000 * 86_400_000 + 12 * 3_600_000
"""A moment in ms since the epoch, far from midnight (UTC)."""


def rules_of(text: str, site: str = "holdout: 0%\n") -> RuleSet:
    """Read rules from YAML."""
    return read_rules({"rules.yaml": text, "site.yaml": site})


def a_tab(doc: str = "docaaa", visitor: str = "v1", rules: RuleSet | None = None) -> Tab:
    """Return a document's connection that has just been opened."""
    return Tab(SITE, visitor, doc, VisitorKeys(SITE, visitor), rules or RuleSet())


def an_event(seq: int, name: str, data: Mapping[str, Any] | None = None, doc: str | None = None) -> Event:
    """Read an event as it came in a frame."""
    return read_data(seq, name, data or {}, doc, None)


def a_step(tab: Tab, event: Event, plan: Plan | None = None) -> Step:
    """Put an event on its way."""
    return Step(tab, event, plan or RuleSet().plan_of(()), 0.0)
