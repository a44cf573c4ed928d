"""
Rules told as plain tuples, for judging them in C (engine/native/judge.c).

Each tuple says what a closure of :mod:`engine.core.compile`, :mod:`engine.core.sieve` or :mod:`engine.core.arm` does;
these stay the reference. What has no tuple of its own is told as ``python`` with the very closure. The page's and the
visitor's own facts are numbered: while a page is shown they are read once.

    tests     (count, slot, operator, n)  (window, slot, window ms, its number, 1 for dwell, operator, n)
              (since, slot, operator, n)  (steps, slot)  (age, operator, n)  (idle, operator, n)  (signal, name)
              (missing, slot, goal, operator, n)  (page, number, closure)  (who, number, closure)
              (all, tests)  (any, tests)  (not, test)  (python, closure)
    chances   see engine.core.usual_moments
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.core.compile import Slots, Test, compile_test, slot_of
from engine.core.conditions import AllOf, Comparison, Condition, Not
from engine.core.events import SIGNALS
from engine.core.facts import FACTS, FREE_SHIPPING, TEXTUAL, Fact, FactType
from engine.core.rules import Site
from engine.core.view import View

Told = tuple[Any, ...]

OPERATORS = ("=", "is not", ">", ">=", "<", "<=")
"""The operators that C knows, by their number there."""

_SAME = {"is": "=", "at least": ">=", "at most": "<="}
_LARGEST = 2**53


class CannotTell(Exception):
    """Something has no tuple: Python judges it."""


class Teller:
    """Tells the conditions of one rule set. ``page_facts`` and ``who_facts`` are how many of these it has numbered."""

    def __init__(self, slots: Slots, site: Site) -> None:
        self.slots = slots
        self.site = site
        self._numbers: dict[str, dict[Any, int]] = {"page": {}, "who": {}}

    @property
    def page_facts(self) -> int:
        """How many things are read of a page."""
        return len(self._numbers["page"])

    @property
    def who_facts(self) -> int:
        """How many things are read of a visitor."""
        return len(self._numbers["who"])

    def test(self, condition: Condition) -> Told:
        """Return what tells whether a condition is true."""
        match condition:
            case Comparison():
                return self._comparison(condition)
            case Not(inner):
                return ("not", self.test(inner))
            case AllOf(conditions):
                return ("all", [self.test(each) for each in conditions])
            case _:
                return ("any", [self.test(each) for each in condition.conditions])

    def fact(self, fact: Fact, key: Any, read: Callable[[View], Any]) -> Told | None:
        """Return where a fact of the page or the visitor is kept that is read once; None for any other fact."""
        source = _source(fact)
        if not source:
            return None
        numbers = self._numbers[source]
        return (source, numbers.setdefault(key, len(numbers)), read)

    def python(self, condition: Condition) -> Test:
        """Return the closure of a condition."""
        return compile_test(condition, self.slots, self.site)

    def _comparison(self, comparison: Comparison) -> Told:
        return self._of_number(comparison) or self._of_fact(comparison) or ("python", self.python(comparison))

    def _of_fact(self, comparison: Comparison) -> Told | None:
        fact = comparison.reading.fact
        return self.fact(fact, comparison, self.python(comparison)) if comparison.reading.counter is None else None

    def _of_number(self, comparison: Comparison) -> Told | None:
        """Return the test of something that is a number in C."""
        reading, fact = comparison.reading, comparison.reading.fact
        if reading.steps:
            return ("steps", slot_of(reading, self.slots)) if comparison.expected is True else None
        if fact.name in SIGNALS:
            return ("signal", fact.name) if comparison.expected is True and comparison.operator.symbol == "is" else None
        by = operator_of(comparison)
        if by is None or fact.type in TEXTUAL:
            return None
        if reading.is_windowed:
            return ("window", *self.window(comparison), *by)
        if reading.is_since:
            return ("since", slot_of(reading, self.slots), *by) if by[0] != OPERATORS.index("is not") else None
        if fact.name == FREE_SHIPPING:
            slot = self.slots.number(FACTS["cart.value"].counter(""))  # type: ignore[misc]
            return ("missing", slot, float(self.site.free_shipping_from), *by)
        if reading.is_plain_counter:
            return ("count", slot_of(reading, self.slots), *by)
        return {"session.age": ("age", *by), "idle": ("idle", *by)}.get(fact.name)

    def window(self, comparison: Comparison) -> tuple[int, int, int, int]:
        """Return a window's slot, its length in ms, its number from 0, and whether it is one of dwell."""
        reading, counter = comparison.reading, comparison.reading.counter
        assert counter is not None  # noqa: S101
        number = -1 - self.slots.of_window(counter, reading.window_ms)
        return slot_of(reading, self.slots), reading.window_ms, number, int(reading.fact.type is FactType.DURATION)


def operator_of(comparison: Comparison) -> tuple[int, float] | None:
    """Return an operator and the number it compares with; None where C cannot compare so."""
    symbol, expected = comparison.operator.symbol, comparison.expected
    symbol = _SAME.get(symbol, symbol)
    if symbol not in OPERATORS or expected.__class__ not in (int, float) or abs(expected) > _LARGEST:
        return None
    return OPERATORS.index(symbol), float(expected)


def _source(fact: Fact) -> str:
    """Return whose a fact is that can change only with the page, or with the session; empty for any other."""
    if fact.read is None or not fact.fixed:
        return ""
    return "who" if fact.name.startswith(("visitor.", "traffic.")) else "page"
