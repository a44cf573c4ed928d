"""
Since when the past is kept that rules look back at.

A window is filled only from the moment on at which a rule first reads it. What
was kept before for less (fewer moments, a shorter window) is too little for
more: then it counts from that moment anew. What the archive still has of the time
before can be put in place afterwards (see :mod:`engine.core.filling`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from engine.core.conditions import EVER, Reading, comparisons
from engine.core.counters import FAMILIES
from engine.core.ruleset import RuleSet
from engine.core.tracking import Tracking

TRAIL_OF, EVER_OF = "trail ", "ever "
"""How the names begin of what is kept."""

MOST_BEFORE = 7
"""So many earlier times are remembered of a name."""


@dataclass(frozen=True, slots=True)
class Since:
    """
    From ``ms`` on it is kept, as far as ``most`` and ``longest_ms`` (of ``engine.core.tracking.Kept``) reach.

    Where what was before was filled in from the archive, by ``filled_ms``, events themselves add to it only from
    ``own_ms`` on (-1: from ``ms`` on). Where no rule has read it any more from some moment on, that is ``until_ms``
    (0: it is read now). ``before`` are the times for which it was kept for less, or had been read before, the
    latest first.
    """

    ms: int
    most: int = 0
    longest_ms: int = 0
    own_ms: int = -1
    until_ms: int = 0
    filled_ms: int = 0
    before: tuple[Since, ...] = ()

    @property
    def began_ms(self) -> int:
        """Since when events themselves add to it."""
        return self.ms if self.own_ms < 0 else self.own_ms

    def is_less_than(self, need: Since) -> bool:
        """Tell whether what is kept is too little for a need, or is kept no more."""
        return bool(self.until_ms) or self.most < need.most or self.longest_ms < need.longest_ms

    def ended(self, now_ms: int) -> Since:
        """Return what was kept until now."""
        return self if self.until_ms else replace(self, until_ms=now_ms)

    def filled(self, back_to_ms: int, now_ms: int) -> Since:
        """Return it as it is when what was before has been filled in."""
        return replace(self, ms=min(self.ms, back_to_ms), own_ms=self.began_ms, filled_ms=now_ms)

    def written(self) -> list[list[int]]:
        """Write it for Redis, the present time first."""
        times = (self, *self.before)
        return [[each.ms, each.most, each.longest_ms, each.own_ms, each.until_ms, each.filled_ms] for each in times]


def read(said: list[Any]) -> Since:
    """Read what ``written`` has written; three bare numbers are what earlier versions wrote."""
    first, *before = said if isinstance(said[0], list) else [said]
    return replace(Since(*first), before=tuple(Since(*each) for each in before))


def names_of(tracking: Tracking) -> dict[str, Since]:
    """Return what these rules need to be kept, by name, as if it began at 0."""
    needed: dict[str, Since] = {}
    for name, kept in tracking.kept.items():
        if kept.ever:
            needed[EVER_OF + name] = Since(0)
        if kept.most:
            needed[TRAIL_OF + name] = Since(0, kept.most, kept.longest_ms)
    return needed


def begun(tracking: Tracking, known: Mapping[str, Since], now_ms: int) -> dict[str, Since]:
    """Return what begins to be kept now, or for more than before."""
    return {
        name: Since(now_ms, need.most, need.longest_ms, before=_before(known.get(name), now_ms))
        for name, need in names_of(tracking).items()
        if (had := known.get(name)) is None or had.is_less_than(need)
    }


def _before(had: Since | None, now_ms: int) -> tuple[Since, ...]:
    if had is None:
        return ()
    return (replace(had.ended(now_ms), before=()), *had.before)[:MOST_BEFORE]


def ended(tracking: Tracking, known: Mapping[str, Since], now_ms: int) -> dict[str, Since | None]:
    """Return what no rule reads any more; None for what can tell nobody anything now: it has left every window."""
    needed = names_of(tracking)
    found: dict[str, Since | None] = {}
    for name, had in known.items():
        if name not in needed:
            is_over = name.startswith(TRAIL_OF) and had.until_ms and now_ms - had.until_ms >= had.longest_ms
            if is_over or not had.until_ms:
                found[name] = None if is_over else had.ended(now_ms)
    return found


def _name_of(reading: Reading) -> str:
    """Return the name under which a fact is kept that looks back over sessions; empty for any other."""
    counted = reading.counted
    if counted is None or not (reading.is_windowed or reading.window_ms == EVER):
        return ""
    name = counted.field if isinstance(counted.field, str) else FAMILIES[counted.field]
    return (EVER_OF if reading.window_ms == EVER else TRAIL_OF) + name


def since_of(reading: Reading, known: Mapping[str, Since], now_ms: int) -> int | None:
    """Return since when (ms) a fact is counted if it looks back further than that; None if it does not."""
    since = known.get(_name_of(reading))
    if since is None or since.ms <= 0 or (reading.is_windowed and now_ms - reading.window_ms >= since.ms):
        return None
    return since.ms


def notes(rules: RuleSet, known: Mapping[str, Since], now_ms: int) -> Iterator[str]:
    """Say of each rule what of it counts only since a moment that its windows reach behind."""
    for rule, note in notes_by_rule(rules, known, now_ms):
        yield f"{rule}: {note}"


def notes_by_rule(rules: RuleSet, known: Mapping[str, Since], now_ms: int) -> Iterator[tuple[str, str]]:
    """Likewise, each with the id of the rule of which it is said."""
    for compiled in rules.rules:
        for reading in dict.fromkeys(each.reading for each in comparisons(compiled.rule.when)):
            since_ms = since_of(reading, known, now_ms)
            if since_ms is not None:
                yield compiled.rule.id, f"{reading} counts since {said(since_ms)}"


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
