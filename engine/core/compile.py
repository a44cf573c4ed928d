"""
Conditions become closures over a view.

A closure of the common kind, a counter against a number, costs a twentieth of
a microsecond; reading the condition's tree for each event would cost fifty times that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from engine.core.conditions import AllOf, Comparison, Condition, Not, Reading, comparisons
from engine.core.counters import DOCUMENT, Counter
from engine.core.facts import FACTS, FREE_SHIPPING, TEXTUAL, FactType
from engine.core.rules import Site
from engine.core.trails import dwell_within, moments_within
from engine.core.view import View
from engine.core.wall_clock import wall_clock

Test = Callable[[View], bool]
Getter = Callable[[View], Any]

PAGE_DWELL = Counter(DOCUMENT, "d")

_COUNT_TESTS: dict[str, Callable[[int, Any], Test]] = {
    ">": lambda slot, n: lambda view: view.counts[slot] > n,
    ">=": lambda slot, n: lambda view: view.counts[slot] >= n,
    "<": lambda slot, n: lambda view: view.counts[slot] < n,
    "<=": lambda slot, n: lambda view: view.counts[slot] <= n,
    "=": lambda slot, n: lambda view: view.counts[slot] == n,
}


class Slots:
    """Numbers the counters that a rule set reads: a view holds their values under these numbers."""

    def __init__(self) -> None:
        self._numbers: dict[Counter, int] = {}

    def number(self, counter: Counter) -> int:
        """Return the number of ``counter``, a new one for a counter not met before."""
        return self._numbers.setdefault(counter, len(self._numbers))


def counters_of(condition: Condition) -> Iterable[Counter]:
    """Yield the counters that judging and arming a condition read."""
    for comparison in comparisons(condition):
        counter = comparison.reading.counter
        if counter is not None:
            yield counter
        if comparison.reading.fact.moment == "page_dwell":
            yield PAGE_DWELL


def slot_of(reading: Reading, slots: Slots) -> int:
    """Return the number of the counter that a fact reads."""
    counter = reading.counter
    assert counter is not None, f"{reading} reads no counter"  # noqa: S101
    return slots.number(counter)


def _looking_back(reading: Reading, slots: Slots) -> Getter:
    """Return what takes a value out of what is kept of the past."""
    slot, window = slot_of(reading, slots), reading.window_ms
    if reading.steps:
        return lambda view: view.counts[slot] == 1
    if reading.is_since:
        return lambda view: view.now_ms - view.counts[slot] if view.counts[slot] else None
    if reading.fact.type is FactType.DURATION:
        return lambda view: dwell_within(view.counts[slot], window, view.now_ms)
    return lambda view: moments_within(view.counts[slot], window, view.now_ms)


def getter(reading: Reading, slots: Slots, site: Site) -> Getter:
    """Return what takes the value of a fact out of a view: None where it is unknown."""
    fact = reading.fact
    if fact.name == FREE_SHIPPING:
        slot = slots.number(FACTS["cart.value"].counter(""))  # type: ignore[misc]
        return lambda view: max(0, site.free_shipping_from - view.counts[slot])
    if reading.is_windowed or reading.is_since or reading.steps:
        return _looking_back(reading, slots)
    if reading.counter is not None:
        slot = slots.number(reading.counter)
        return lambda view: view.counts[slot]
    if fact.wall is not None:
        wall, clock = fact.wall, wall_clock(reading.argument or site.timezone)
        return lambda view: wall(clock.at(view.now_ms))
    assert fact.read is not None, f"{fact.name} has no source"  # noqa: S101
    return fact.read


def _comparison(comparison: Comparison, slots: Slots, site: Site) -> Test:
    fact, operator, expected = comparison.reading.fact, comparison.operator, comparison.expected
    if comparison.reading.is_plain_counter and operator.symbol in _COUNT_TESTS:
        return _COUNT_TESTS[operator.symbol](slot_of(comparison.reading, slots), expected)
    get, compare, unknown = getter(comparison.reading, slots, site), operator.test, operator.unknown
    if fact.type in TEXTUAL:

        def test_text(view: View) -> bool:
            found = get(view)
            return compare(found.casefold(), expected) if found is not None else unknown

        return test_text

    def test(view: View) -> bool:
        found = get(view)
        return compare(found, expected) if found is not None else unknown

    return test


def compile_test(condition: Condition, slots: Slots, site: Site) -> Test:
    """Return a function that tells whether ``condition`` is true of a view."""
    match condition:
        case Comparison():
            return _comparison(condition, slots, site)
        case Not(inner):
            negated = compile_test(inner, slots, site)
            return lambda view: not negated(view)
        case AllOf(conditions):
            tests = tuple(compile_test(each, slots, site) for each in conditions)
            return lambda view: all(test(view) for test in tests)
        case _:
            tests = tuple(compile_test(each, slots, site) for each in condition.conditions)
            return lambda view: any(test(view) for test in tests)
