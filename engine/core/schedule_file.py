"""Read ``schedule:`` of a rule, and the same as a verdict prints it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

from engine.core.conditions import Comparison, Reading
from engine.core.facts import SCHEDULE
from engine.core.line_parts import LineError
from engine.core.node_reading import Key, expected, read_table, read_word, refuse, time_zone
from engine.core.operators import Operator
from engine.core.rule_errors import Problems
from engine.core.schedule import DAY_MINUTES, Schedule
from engine.core.wall_clock import EARLIEST, LATEST, WEEKDAYS, read_date, read_weekdays
from engine.core.words import quoted, unknown
from engine.core.yaml_nodes import Items, Node, Table, Text

SCHEDULE_KEYS = (
    Key("days", "such as `mon-fri` or `[mon, wed, sat]`; every day if absent"),
    Key("hours", "such as `09:00-18:00`, over midnight `22:00-02:00`, or a list of such; all day if absent"),
    Key("timezone", "such as `Asia/Taipei`; the site's if absent"),
    Key("from", "the first day, such as `2026-11-01`, or a time on it, `2026-11-01 20:00`"),
    Key("until", "the last day, which is in, or a time on it, which is not"),
)

WITHIN = Operator("within", "is within", lambda local, schedule: schedule.is_open(local))
"""How a moment is compared with a schedule; no condition can be written with it."""

_HOURS = re.compile(r"(\d{1,2}):(\d{2})\s?-\s?(\d{1,2}):(\d{2})", re.ASCII)
_MOMENT = re.compile(r"(\S+?)[ T](\d{1,2}):(\d{2})", re.ASCII)
_SPOKEN = re.compile(
    r"(?P<days>(?!from|until|in)[a-z,-]+)?\s*(?P<hours>\d\S*)?\s*(?:from (?P<start>\S+(?: \d\d:\d\d)?))?\s*"
    r"(?:until (?P<end>\S+(?: \d\d:\d\d)?))?\s*(?:in (?P<timezone>\S+))?",
    re.ASCII,
)


def condition_of(schedule: Schedule) -> Comparison:
    """Return a schedule as the condition that it is: ``schedule: mon-fri 09:00-18:00``."""
    return Comparison(Reading(SCHEDULE, schedule.timezone), WITHIN, schedule)


def read_schedule(node: Node, problems: Problems) -> Schedule | None:
    """Read the mapping under ``schedule``; None if something is wrong with it (see ``problems``)."""
    before = len(problems.errors)
    entries = read_table(node, SCHEDULE_KEYS, "key of a schedule", problems)
    if isinstance(node, Table) and not node.entries:
        expected(node, f"a mapping with {', '.join(each.name for each in SCHEDULE_KEYS)}", problems)
    said = {name: read(entries[key], problems) for key, name, read in _PARTS if key in entries}
    if len(problems.errors) > before:
        return None
    schedule = Schedule(**said)
    if schedule.start >= schedule.end:
        refuse(entries["until"], "a schedule ends after it begins", problems)
        return None
    return schedule


def read_spoken_schedule(text: str) -> Comparison:
    """Read ``mon-fri 09:00-18:00 from 2026-11-01``, as :class:`Schedule` writes itself. Raises LineError."""
    match = _SPOKEN.fullmatch(text.strip())
    found = match.groupdict() if match else {}
    days = [read_weekdays(each) for each in (found.get("days") or "mon-sun").split(",")]
    hours = [read_hours(each) for each in (found.get("hours") or "00:00-24:00").split(",")]
    start = _moment(found["start"]) if found.get("start") else EARLIEST
    end = _end(found["end"]) if found.get("end") else LATEST
    if not text.strip() or match is None or not all(days) or not all(hours) or start is None or end is None:
        raise LineError(f"expected a schedule such as mon-fri 09:00-18:00, found {quoted(text)}", 0)
    schedule = Schedule(_numbers(days), tuple(each for each in hours if each), start, end)
    return condition_of(replace(schedule, timezone=found["timezone"] or ""))


def read_hours(text: str) -> tuple[int, int] | None:
    """Read ``09:00-18:00`` as minutes of the day; None if it is no such thing, or no time passes between."""
    match = _HOURS.fullmatch(text)
    if match is None:
        return None
    begin, end = _minute(match[1], match[2]), _minute(match[3], match[4])
    if begin is None or end is None or begin % DAY_MINUTES == end:
        return None
    return begin % DAY_MINUTES, end


def _minute(hour: str, minute: str) -> int | None:
    """Return the minute of the day, 24:00 included."""
    number = int(hour) * 60 + int(minute)
    return number if int(minute) < 60 and number <= DAY_MINUTES else None


def _texts(node: Node, what: str, problems: Problems) -> Iterator[Text]:
    """Yield the texts of a list, or a text that stands alone."""
    nodes = node.nodes if isinstance(node, Items) else (node,)
    if not nodes:
        expected(node, what, problems)
    for each in nodes:
        if read_word(each, what, problems) is not None and isinstance(each, Text):
            yield each


def _days(node: Node, problems: Problems) -> tuple[int, ...]:
    days = []
    for each in _texts(node, "days such as mon-fri", problems):
        for word in map(str.strip, each.value.split(",")):
            days.append(read_weekdays(word))
            if not days[-1]:
                parts = [part.strip() for part in word.split("-", 1)]
                wrong = next((each for each in parts if each not in WEEKDAYS), word)
                problems.add(each.line, each.column, unknown("weekday", wrong, WEEKDAYS, most=7))
    return _numbers(days)


def _numbers(days: list[tuple[str, ...]]) -> tuple[int, ...]:
    return tuple(sorted({WEEKDAYS.index(day) for some in days for day in some}))


def _hours(node: Node, problems: Problems) -> tuple[tuple[int, int], ...]:
    texts = _texts(node, "hours such as 09:00-18:00", problems)
    return tuple(filter(None, (_hours_at(each, problems) for each in texts)))


def _hours_at(node: Text, problems: Problems) -> tuple[int, int] | None:
    hours = read_hours(node.value.strip())
    if hours is None:
        expected(node, "hours such as 09:00-18:00, which may go over midnight", problems)
    return hours


def _moment(text: str) -> datetime | None:
    match = _MOMENT.fullmatch(text)
    day = read_date(match[1] if match else text)
    minute = _minute(match[2], match[3]) if match else 0
    if day is None or minute is None:
        return None
    return datetime.combine(day, time(), UTC).replace(tzinfo=None) + timedelta(minutes=minute)


def _end(text: str) -> datetime | None:
    """Return when a schedule ends that is good until then: a day is in to its end."""
    moment = _moment(text)
    return moment + timedelta(days=1) if moment is not None and read_date(text) is not None else moment


def _moment_at(node: Node, problems: Problems) -> datetime | None:
    moment = _moment(node.value.strip()) if isinstance(node, Text) else None
    if moment is None:
        expected(node, "a date such as 2026-11-01", problems)
    return moment


def _end_at(node: Node, problems: Problems) -> datetime | None:
    return _end(node.value.strip()) if _moment_at(node, problems) is not None and isinstance(node, Text) else None


_PARTS: tuple[tuple[str, str, Callable[[Node, Problems], Any]], ...] = (
    ("days", "days", _days),
    ("hours", "hours", _hours),
    ("timezone", "timezone", time_zone),
    ("from", "start", _moment_at),
    ("until", "end", _end_at),
)
