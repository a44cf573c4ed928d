"""Conditions as values: what a rule's ``when`` is made of, and how each is said."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from engine.core.facts import Fact, FactType
from engine.core.operators import Operator

DURATION_UNITS = {"d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1_000, "ms": 1}


def say_duration(ms: float) -> str:
    """Write a duration as the rule language does: ``10s``, ``90s``, ``2h``; the largest unit that leaves no rest."""
    for unit, size in DURATION_UNITS.items():
        if ms % size == 0 and ms >= size:
            return f"{int(ms // size)}{unit}"
    return "0s" if ms == 0 else f"{ms:g}ms"


@dataclass(frozen=True, slots=True)
class Reading:
    """A fact with what stands in its brackets, as a condition names it."""

    fact: Fact
    argument: str = ""

    def __str__(self) -> str:
        return f"{self.fact.name}({self.argument})" if self.argument else self.fact.name


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


_PLAIN = re.compile(r"[\w./*?:%+@-]+")
_NOT_PLAIN = ("not",)


def _quote(text: str) -> str:
    return '"' + text.replace("\\", r"\\").replace('"', r"\"") + '"'


def say_number(value: int | float) -> str:
    """Write a number as a rule would: at most six decimals, no exponent."""
    return f"{value:.6f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


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
        return say_number(value)
    return value if _PLAIN.fullmatch(value) and value not in _NOT_PLAIN else _quote(value)


def comparisons(condition: Condition) -> Iterator[Comparison]:
    """Yield every comparison in a condition, in the order in which it was written."""
    if isinstance(condition, Comparison):
        yield condition
    elif isinstance(condition, Not):
        yield from comparisons(condition.condition)
    else:
        for each in condition.conditions:
            yield from comparisons(each)
