"""The time on a shop's wall: hour, weekday and date in a time zone, and when they make a condition true."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""In the order of ``datetime.weekday``."""

LOOKS_AHEAD_MS = 24 * 60 * 60 * 1000
"""Moments on the clock are armed for as long ahead as a page may be thought to stay open."""

EARLIEST, LATEST = datetime.min, datetime.max  # noqa: DTZ901  (a wall shows no zone)
"""Before and after any moment."""

_MINUTE_MS = 60 * 1000
_QUARTER_MS = 15 * _MINUTE_MS
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_RANGE = re.compile(r"([a-z]{3})\s*-\s*([a-z]{3})")
_FIRST_YEAR, _LAST_YEAR = 2000, 2200


class WallClock:
    """One time zone's clock."""

    __slots__ = ("_local", "_minute", "_zone")

    def __init__(self, zone: str) -> None:
        self._zone = ZoneInfo(zone)
        self._minute = -1
        self._local = EARLIEST

    def at(self, now_ms: int) -> datetime:
        """Return the local time, to the minute and without a zone."""
        minute = now_ms // _MINUTE_MS
        if minute != self._minute:
            local = datetime.fromtimestamp(minute * 60, self._zone)
            self._minute, self._local = minute, local.replace(tzinfo=None)
        return self._local

    def moments(self, now_ms: int, times: Iterable[time]) -> list[int]:
        """
        Return, in order, the moments of the next 24 hours, and a quarter, at which a condition may change.

        Hours, dates and the offset of a zone change at quarters of an hour UTC,
        everywhere; ``times`` are the times of day at which something changes besides.
        A time that the turning of clocks leaves out or repeats is taken both ways.
        """
        first = now_ms - now_ms % _QUARTER_MS
        found = {first + n * _QUARTER_MS for n in range(1, LOOKS_AHEAD_MS // _QUARTER_MS + 2)}
        today = self.at(now_ms)
        for each in times:
            for days in range(3):
                wall = datetime.combine(today + timedelta(days), each, self._zone)
                found |= {int(wall.replace(fold=fold).timestamp()) * 1000 for fold in (0, 1)}
        return sorted(each for each in found if now_ms < each <= now_ms + LOOKS_AHEAD_MS + _QUARTER_MS)


@lru_cache(maxsize=256)
def wall_clock(zone: str) -> WallClock:
    """Return the clock of a time zone such as Asia/Taipei."""
    return WallClock(zone)


class WallMoments:
    """When a condition on the wall clock, of which ``holds`` tells at a local time, changes next."""

    __slots__ = ("_clock", "_from_ms", "_holds", "_moment_ms", "_times", "_until_ms")

    def __init__(self, clock: WallClock, holds: Callable[[datetime], bool], times: tuple[time, ...] = ()) -> None:
        self._clock = clock
        self._holds = holds
        self._times = times
        self._from_ms = self._until_ms = 0
        self._moment_ms: int | None = None

    def next_ms(self, now_ms: int) -> int | None:
        """Return the next moment at which it holds where it does not now, or the other way; None within 24 hours."""
        if not self._from_ms <= now_ms < self._until_ms:
            self._moment_ms = self._search(now_ms)
            # what was found is the next moment until it comes; where nothing was, a quarter of an hour is known
            self._from_ms = now_ms
            self._until_ms = now_ms + _QUARTER_MS if self._moment_ms is None else self._moment_ms
        moment_ms = self._moment_ms
        return moment_ms if moment_ms is not None and moment_ms - now_ms <= LOOKS_AHEAD_MS else None

    def _search(self, now_ms: int) -> int | None:
        clock, holds = self._clock, self._holds
        before = holds(clock.at(now_ms))
        for each in clock.moments(now_ms, self._times):
            if holds(clock.at(each)) is not before:
                return each
        return None


def read_date(text: str) -> date | None:
    """Read ``2026-11-01``; None if it is no date, or one that no shop will see."""
    if _DATE.fullmatch(text) is None:
        return None
    try:
        day = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC).date()
    except ValueError:
        return None
    return day if _FIRST_YEAR <= day.year < _LAST_YEAR else None


def read_weekdays(text: str) -> tuple[str, ...]:
    """Read ``fri`` or ``fri-mon``, whose days follow each other; empty if it is neither."""
    match = _RANGE.fullmatch(text)
    first, last = match.groups() if match else (text, text)
    if first not in WEEKDAYS or last not in WEEKDAYS:
        return ()
    begin = WEEKDAYS.index(first)
    return tuple(WEEKDAYS[(begin + n) % 7] for n in range((WEEKDAYS.index(last) - begin) % 7 + 1))
