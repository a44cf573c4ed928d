"""Schedules that are over, or never open."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from engine.core.lint_finding import Finding, Shop, schedule_in
from engine.core.schedule import Schedule
from engine.core.wall_clock import EARLIEST, LATEST, WallClock

_WEEK = timedelta(days=7)


def closed_schedules(shop: Shop) -> Iterator[Finding]:
    """Find rules whose schedule lets them fire at no time from now on."""
    for rule in shop.in_order:
        schedule = schedule_in(rule)
        if schedule is None:
            continue
        place = shop.places.of(rule.id, "schedule")
        if not opens(schedule):
            message = f"{rule.id} can never fire: its schedule ({schedule}) is open at no time"
            yield Finding(place, message, "name a day that lies within its dates", True)
        elif shop.known.now_ms is not None:
            now = WallClock(schedule.timezone or shop.rules.site.timezone).at(shop.known.now_ms)
            if schedule.end <= now:
                message = f"{rule.id} can never fire again: its schedule ({schedule}) is over"
                yield Finding(place, message, "set it a later end, or take the rule out", True)


def opens(schedule: Schedule) -> bool:
    """Tell whether there is a time at which a schedule lets a rule fire."""
    if schedule.start == EARLIEST or schedule.end == LATEST or schedule.end - schedule.start > _WEEK:
        return True
    first = datetime.combine(schedule.start.date(), time()) - timedelta(days=1)
    days = (first + timedelta(days=n) for n in range(10))
    return any(_opens_on(day, schedule) for day in days if day.weekday() in schedule.days)


def _opens_on(day: datetime, schedule: Schedule) -> bool:
    for begin, end in schedule.hours:
        minutes = (end if begin < end else end + 24 * 60) - begin
        opening = day + timedelta(minutes=begin)
        if max(opening, schedule.start) < min(opening + timedelta(minutes=minutes), schedule.end):
            return True
    return False
