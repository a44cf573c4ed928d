"""Conditions as values: what a rule's ``when`` is made of, and how each is said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.core.counters import LAST, SESSION, TRAIL, VISITOR, Counter, name_of
from engine.core.facts import FACTS, SCHEDULE, SINCE, Fact, FactType
from engine.core.operators import Operator
from engine.core.stages import STAGES
from engine.core.wall_clock import WEEKDAYS
from engine.core.where import Where
from engine.core.written import DURATION_UNITS, say_duration, say_number, say_text

__all__ = [
    "DURATION_UNITS",
    "EVER",
    "AllOf",
    "AnyOf",
    "Comparison",
    "Condition",
    "Not",
    "Reading",
    "Step",
    "comparisons",
    "say_duration",
    "say_number",
    "say_value",
]

EVER = -1
"""The window of ``ever``."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a sequence: an event by name, perhaps with what it must say, or a view of a page of a kind."""

    event: str
    where: Where | None = None
    kind: str = ""

    def __str__(self) -> str:
        if self.kind:
            return f"page {self.kind}"
        return f"{self.event} where {self.where}" if self.where else self.event


@dataclass(frozen=True, slots=True)
class Reading:
    """
    A fact with what stands in its brackets, as a condition names it.

    ``where`` narrows an event that is counted. ``window_ms`` is how far back is
    looked, 0 for this session and EVER for the visitor's life. A sequence has
    ``steps``, and its ``window_ms`` is the time that they may take, 0 for no limit.
    """

    fact: Fact
    argument: str = ""
    where: Where | None = None
    window_ms: int = 0
    steps: tuple[Step, ...] = ()

    def __str__(self) -> str:
        if self.steps:
            within = f" within {say_duration(self.window_ms)}" if self.window_ms else ""
            return f"sequence: [{', '.join(map(str, self.steps))}]{within}"
        name = f"{self.fact.name}({self.argument}{self._said_where})" if self.argument else self.fact.name
        if self.window_ms == EVER:
            return name + " ever"
        return f"{name} in {say_duration(self.window_ms)}" if self.window_ms else name

    @property
    def _said_where(self) -> str:
        return f" where {self.where}" if self.where else ""

    @property
    def counted(self) -> Counter | None:
        """
        Return the session's counter that goes up with what the fact counts; None for one that counts nothing.

        What is read may be kept beside it: see ``counter``.
        """
        if self.where is not None:
            return Counter(SESSION, name_of("w:", f"{self.argument}{self._said_where}"))
        return self.fact.counter(self.argument) if self.fact.counter is not None else None

    @property
    def counter(self) -> Counter | None:
        """Return the counter that is read; None for a fact that is taken from the view."""
        if self.steps:
            return Counter(SESSION, name_of("q:", str(self)))
        counted = self.counted
        if counted is None or not (self.window_ms or self.is_since):
            return counted
        if self.is_since:
            return Counter(SESSION, f"{LAST}{counted.field}")
        return Counter(VISITOR if self.window_ms == EVER else TRAIL, counted.field)

    @property
    def is_plain_counter(self) -> bool:
        """Whether its value is that of its counter, with nothing added."""
        return self.fact.is_plain_counter and not (self.is_windowed or self.is_since or self.steps)

    @property
    def is_windowed(self) -> bool:
        """Whether it looks back through a window that moves with time."""
        return self.window_ms > 0 and not self.steps

    @property
    def is_since(self) -> bool:
        """Whether it is the time since an event."""
        return self.fact.name == SINCE

    @property
    def is_fixed(self) -> bool:
        """Whether only a page view can change it."""
        if self.steps:
            return all(each.event == "page_view" for each in self.steps)
        return self.fact.fixed and not self.is_windowed

    @property
    def changes(self) -> frozenset[str]:
        """Return the groups of events, beside page views, that can change it."""
        if self.steps:
            groups = (_changes_of(each.event) for each in self.steps)
            return frozenset(each for group in groups for each in group)
        return self.fact.changes(self.argument)


def _changes_of(event: str) -> frozenset[str]:
    return FACTS["count"].changes(event)


@dataclass(frozen=True, slots=True)
class Comparison:
    """
    One line: a fact, an operator and what it is compared with.

    ``expected`` is in the fact's own unit: ms for a duration, 0 to 100 for a
    percent, a folded text for a text, a tuple for a list. A fact that stands
    alone (a signal) is compared with True by ``is``.
    """

    reading: Reading
    operator: Operator
    expected: Any

    def __str__(self) -> str:
        if self.expected is True:
            return str(self.reading)
        if self.reading.fact is SCHEDULE:
            return f"schedule: {self.expected}"
        return f"{self.reading} {self.operator.words} {say_value(self.reading.fact.type, self.expected)}"


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every one of the conditions."""

    conditions: tuple[Condition, ...]

    def __str__(self) -> str:
        return "all of (" + "; ".join(map(str, self.conditions)) + ")"


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of the conditions."""

    conditions: tuple[Condition, ...]

    def __str__(self) -> str:
        return "any of (" + "; ".join(map(str, self.conditions)) + ")"


@dataclass(frozen=True, slots=True)
class Not:
    """Anything but the condition."""

    condition: Condition

    def __str__(self) -> str:
        return f"not: {self.condition}"


Condition = Comparison | AllOf | AnyOf | Not


def say_value(kind: FactType, value: Any) -> str:
    """Write a value as a rule would: with its unit, lists in brackets, texts that are not one word in quotes."""
    if isinstance(value, tuple):
        return "[" + ", ".join(say_value(kind, each) for each in value) + "]"
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if kind is FactType.DURATION:
        return say_duration(value)
    if kind is FactType.PERCENT:
        return f"{say_number(value)}%"
    if isinstance(value, int | float):
        return STAGES[int(value)] if kind is FactType.STAGE else say_number(value)
    if isinstance(value, datetime):
        return f"{WEEKDAYS[value.weekday()]} {value:%Y-%m-%d %H:%M}"
    return say_text(value) if isinstance(value, str) else str(value)


def comparisons(condition: Condition) -> Iterator[Comparison]:
    """Yield every comparison in a condition, in the order in which it was written."""
    if isinstance(condition, Comparison):
        yield condition
    elif isinstance(condition, Not):
        yield from comparisons(condition.condition)
    else:
        for each in condition.conditions:
            yield from comparisons(each)
