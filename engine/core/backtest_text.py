"""What a backtest found, for people and for programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from engine.core.backtest import Found, Reached

_WIDTH = 40


class BacktestReport:
    """Tells of one rule of a draft. ``sessions`` is how many there were in all, days and hours are ``zone``'s."""

    def __init__(self, rule: str, found: Found, sessions: int, zone: str) -> None:
        self._rule = rule
        self._sessions = sessions
        self._zone = zone
        self._reached = [each for each in found.reached if each.rule == rule]
        self._live = {each[1:] for each in found.live if each[0] == rule}
        self._held_out = found.held_out.get(rule, 0)

    def as_json(self) -> dict[str, Any]:
        """Return it for programs; days and hours only where there is something."""
        named = {(each.visitor, each.session) for each in self._reached}
        return {
            "rule": self._rule,
            "sessions": self._sessions,
            "reached": len(self._reached),
            "visitors": len({each.visitor for each in self._reached}),
            "ordered_anyway": sum(each.ordered for each in self._reached),
            "codes": dict(_codes(self._reached)),
            "held_out": self._held_out,
            "by_day": dict(sorted(Counter(f"{each:%Y-%m-%d}" for each in self._moments()).items())),
            "by_hour": dict(sorted(Counter(each.hour for each in self._moments()).items())),
            "live": {"sessions": len(self._live), "also_reached": len(self._live & named)},
        }

    def __str__(self) -> str:
        told = self.as_json()
        reached, of = told["reached"], f"of {self._sessions:,} sessions"
        if not reached:
            return "\n".join([f"{self._rule}: would have reached none {of}", *self._beside(told)])
        visitors = f"{told['visitors']:,} visitor{'s' if told['visitors'] != 1 else ''}"
        lines = [f"{self._rule}: would have reached {reached:,} {of} ({_share(reached, self._sessions)}), {visitors}"]
        lines.append(f"  {told['ordered_anyway']:,} of them ordered anyway ({_share(told['ordered_anyway'], reached)})")
        lines += [f"  {number:,} codes of {pool}" for pool, number in told["codes"].items()]
        lines += self._beside(told)
        lines += ["  by day", *_bars(told["by_day"].items())]
        hours = ((f"{hour:02}:00", told["by_hour"].get(hour, 0)) for hour in range(24))
        return "\n".join([*lines, f"  by hour ({self._zone})", *_bars(hours)])

    def _beside(self, told: dict[str, Any]) -> Iterable[str]:
        if self._held_out:
            yield f"  {self._held_out:,} more sessions are in its holdout"
        if self._live:
            also = told["live"]["also_reached"]
            yield f"  live, it fired in {len(self._live):,} sessions of that time, {also:,} of which are among these"

    def _moments(self) -> list[datetime]:
        zone = ZoneInfo(self._zone)
        return [datetime.fromtimestamp(each.at_ms / 1000, zone) for each in self._reached]


def _codes(reached: Sequence[Reached]) -> Counter[str]:
    """Count codes: a visitor gets one of each pool, and the same one again."""
    return Counter(pool for _, pool in {(each.visitor, pool) for each in reached for pool in each.codes})


def _bars(numbers: Iterable[tuple[str, int]]) -> Iterable[str]:
    found = list(numbers)
    most = max(number for _, number in found)
    for name, number in found:
        yield f"    {name}  {number:>7,}  {'#' * round(number / most * _WIDTH)}".rstrip()


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "-"
