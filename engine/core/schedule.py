"""``schedule:`` of a rule as a value: the days, hours and dates at which it may fire, judged like a condition."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from engine.core.wall_clock import EARLIEST, LATEST, WEEKDAYS

DAY_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class Schedule:
    """
    When a rule may fire, on the clock of a time zone.

    ``days`` are weekdays from 0 (Monday); ``hours`` pairs of minutes of the
    day, the first in, the second out. Hours that end before they begin go on
    over midnight, and belong to the day on which they began. ``start`` is in,
    ``end`` out; ``timezone`` is empty for the site's.
    """

    days: tuple[int, ...] = tuple(range(7))
    hours: tuple[tuple[int, int], ...] = ((0, DAY_MINUTES),)
    start: datetime = EARLIEST
    end: datetime = LATEST
    timezone: str = ""

    def is_open(self, local: datetime) -> bool:
        """Tell whether it lets a rule fire at a local time."""
        if not self.start <= local < self.end:
            return False
        minute, today = local.hour * 60 + local.minute, local.weekday()
        for begin, finish in self.hours:
            if begin < finish:
                if begin <= minute < finish and today in self.days:
                    return True
            elif (minute >= begin and today in self.days) or (minute < finish and (today - 1) % 7 in self.days):
                return True
        return False

    def times(self) -> tuple[time, ...]:
        """Return the times of day at which it may open or close, midnight aside."""
        minutes = {minute % DAY_MINUTES for hours in self.hours for minute in hours}
        minutes |= {each.hour * 60 + each.minute for each in (self.start, self.end) if each not in (EARLIEST, LATEST)}
        return tuple(time(*divmod(each, 60)) for each in sorted(minutes - {0}))

    def __str__(self) -> str:
        parts = []
        if len(self.days) < 7:
            parts.append(_say_days(self.days))
        if self.hours != ((0, DAY_MINUTES),):
            parts.append(",".join(f"{_say_time(begin)}-{_say_time(end)}" for begin, end in self.hours))
        if self.start != EARLIEST:
            parts.append(f"from {_say_moment(self.start)}")
        if self.end != LATEST:
            parts.append(f"until {_say_end(self.end)}")
        if self.timezone:
            parts.append(f"in {self.timezone}")
        return " ".join(parts) or "always"


def _say_days(days: tuple[int, ...]) -> str:
    """Write weekdays, of which some are missing: three or more that follow each other as a range."""
    starts = [each for each in days if (each - 1) % 7 not in days]
    said = []
    for first in starts:
        last = first
        while (last + 1) % 7 in days:
            last = (last + 1) % 7
        length = (last - first) % 7 + 1
        run = [WEEKDAYS[(first + n) % 7] for n in range(length)]
        said += [f"{run[0]}-{run[-1]}"] if length > 2 else run
    return ",".join(said)


def _say_time(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _say_moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d}" if moment.time() == time() else f"{moment:%Y-%m-%d %H:%M}"


def _say_end(end: datetime) -> str:
    """Write until when: a whole day is written as the last one that is in."""
    return _say_moment(end - timedelta(days=1) if end.time() == time() else end)
