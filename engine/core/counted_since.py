"""
Since when the past is kept that rules look back at.

A window is filled only from the moment on at which a rule first reads it. What
was kept before for less (fewer moments, a shorter window) is too little for
more: then it counts from that moment anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from engine.core.conditions import EVER, Reading, comparisons
from engine.core.counters import FAMILIES
from engine.core.events import Event, Page
from engine.core.ruleset import RuleSet
from engine.core.store_verbs import Document, Hashes, carry_out
from engine.core.tracking import Tracking

_TRAIL, _EVER = "trail ", "ever "


@dataclass(frozen=True, slots=True)
class Since:
    """From ``ms`` on it is kept, as far as ``most`` and ``longest_ms`` (of ``engine.core.tracking.Kept``) reach."""

    ms: int
    most: int = 0
    longest_ms: int = 0


def names_of(tracking: Tracking) -> dict[str, Since]:
    """Return what these rules need to be kept, by name, as if it began at 0."""
    needed: dict[str, Since] = {}
    for name, kept in tracking.kept.items():
        if kept.ever:
            needed[_EVER + name] = Since(0)
        if kept.most:
            needed[_TRAIL + name] = Since(0, kept.most, kept.longest_ms)
    return needed


def begun(tracking: Tracking, known: Mapping[str, Since], now_ms: int) -> dict[str, Since]:
    """Return what begins to be kept now, or for more than before."""
    return {
        name: Since(now_ms, need.most, need.longest_ms)
        for name, need in names_of(tracking).items()
        if (had := known.get(name)) is None or had.most < need.most or had.longest_ms < need.longest_ms
    }


def _name_of(reading: Reading) -> str:
    """Return the name under which a fact is kept that looks back over sessions; empty for any other."""
    counted = reading.counted
    if counted is None or not (reading.is_windowed or reading.window_ms == EVER):
        return ""
    name = counted.field if isinstance(counted.field, str) else FAMILIES[counted.field]
    return (_EVER if reading.window_ms == EVER else _TRAIL) + name


def since_of(reading: Reading, known: Mapping[str, Since], now_ms: int) -> int | None:
    """Return since when (ms) a fact is counted if it looks back further than that; None if it does not."""
    since = known.get(_name_of(reading))
    if since is None or (reading.is_windowed and now_ms - reading.window_ms >= since.ms):
        return None
    return since.ms


def notes(rules: RuleSet, known: Mapping[str, Since], now_ms: int) -> Iterator[str]:
    """Say of each rule what of it counts only since a moment that its windows reach behind."""
    for compiled in rules.rules:
        for reading in dict.fromkeys(each.reading for each in comparisons(compiled.rule.when)):
            since_ms = since_of(reading, known, now_ms)
            if since_ms is not None:
                yield f"{compiled.rule.id}: {reading} counts since {said(since_ms)}"


def beginnings(rules: RuleSet, known: Mapping[str, Since]) -> Iterator[str]:
    """Say of each rule what of it would count only from the moment on at which it is in force."""
    new = begun(rules.tracking, known, 0)
    for compiled in rules.rules:
        for reading in dict.fromkeys(each.reading for each in comparisons(compiled.rule.when)):
            if _name_of(reading) in new:
                yield f"{compiled.rule.id}: {reading} will count from when it is in force"


def said(ms: int) -> str:
    """Write a moment, to the minute."""
    return f"{datetime.fromtimestamp(ms / 1000, UTC):%Y-%m-%d %H:%M} UTC"


def replayed(tracking: Tracking, events: Iterable[tuple[Event, Page, int]]) -> Hashes:
    """
    Return what would have been kept of a visitor's old events: each with its page and its moment, in their order.

    ``trails`` and, of ``visitor``, the numbers of ``ever`` are what rules in force now would find; each event
    must be given once.
    """
    hashes, document = Hashes(), Document()
    for event, page, at_ms in events:
        carry_out(tracking.changes(event, page), hashes, document, at_ms)
    return hashes
