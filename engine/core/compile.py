"""
Conditions become closures over a view.

A closure of the common kind, a counter against a number, costs a twentieth of
a microsecond; reading the condition's tree for each event would cost fifty times that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from engine.core.cart_items import CartItems, read_items
from engine.core.conditions import AllOf, Comparison, Condition, Not, Reading, comparisons
from engine.core.counters import DOCUMENT, SESSION, Counter, product_dwell
from engine.core.facts import FACTS, FREE_SHIPPING, TEXTUAL, FactType
from engine.core.fields import field_test
from engine.core.rules import Site
from engine.core.trails import dwell_within, moments_within
from engine.core.view import View
from engine.core.wall_clock import wall_clock

Test = Callable[[View], bool]
Getter = Callable[[View], Any]

PAGE_DWELL = Counter(DOCUMENT, "d")
PRODUCT_DWELL = Counter(SESSION, product_dwell)

_COUNTED = (">", ">=", "<", "<=", "=")


def _count_test(symbol: str, slot: int, n: Any) -> Test:
    """Return the test of a counter against a number: the commonest of all, and worth a closure of its own."""
    match symbol:
        case ">":
            return lambda view: view.counts[slot] > n
        case ">=":
            return lambda view: view.counts[slot] >= n
        case "<":
            return lambda view: view.counts[slot] < n
        case "<=":
            return lambda view: view.counts[slot] <= n
        case _:
            return lambda view: view.counts[slot] == n


class Slots:
    """Numbers the counters that a rule set reads: a view holds their values under these numbers."""

    def __init__(self) -> None:
        self._numbers: dict[Counter, int] = {}
        self._windows: dict[tuple[Counter, int], int] = {}

    def number(self, counter: Counter) -> int:
        """Return the number of ``counter``, a new one for a counter not met before."""
        return self._numbers.setdefault(counter, len(self._numbers))

    @property
    def size(self) -> int:
        """How many counters have a number."""
        return len(self._numbers)

    @property
    def windows(self) -> int:
        """How many windows have one."""
        return len(self._windows)

    def of_window(self, counter: Counter, window_ms: int) -> int:
        """Return the number, below 0, under which a view keeps what it found in a window of a trail."""
        return self._windows.setdefault((counter, window_ms), -1 - len(self._windows))


def counters_of(condition: Condition) -> Iterable[Counter]:
    """Yield the counters that judging and arming a condition read."""
    for comparison in comparisons(condition):
        counter = comparison.reading.counter
        if counter is not None:
            yield counter
        if comparison.reading.fact.moment == "page_dwell":
            yield PAGE_DWELL
        if comparison.reading.fact.type is FactType.STAGE:
            yield PRODUCT_DWELL


def slot_of(reading: Reading, slots: Slots) -> int:
    """Return the number of the counter that a fact reads."""
    counter = reading.counter
    assert counter is not None, f"{reading} reads no counter"  # noqa: S101
    return slots.number(counter)


def _looking_back(reading: Reading, slots: Slots) -> Getter:
    """Return what takes a value out of what is kept of the past."""
    slot = slot_of(reading, slots)
    if reading.steps:
        return lambda view: view.counts[slot] == 1
    if reading.is_since:
        return lambda view: view.now_ms - view.counts[slot] if view.counts[slot] else None
    return in_window(reading, slots)


def in_window(reading: Reading, slots: Slots) -> Callable[[View], int]:
    """Return what takes a window's value; many rules ask for the same one, so a view keeps it."""
    counter, slot, window = reading.counter, slot_of(reading, slots), reading.window_ms
    assert counter is not None  # noqa: S101
    kept = slots.of_window(counter, window)
    within = dwell_within if reading.fact.type is FactType.DURATION else moments_within

    def value(view: View) -> int:
        found: int | None = view.counts.get(kept)
        if found is None:
            found = view.counts[kept] = within(view.counts[slot], window, view.now_ms)
        return found

    return value


def _cart(slot: int) -> Getter:
    def items(view: View) -> CartItems:
        product = view.page.product
        return read_items(view.counts[slot], product.id if product is not None else "")

    return items


def _field(slot: int) -> Getter:
    # a field is kept in a list of one, so that one which is 0 is told from one that is not there
    return lambda view: view.counts[slot][0] if view.counts[slot] else None


def _tags(slot: int) -> Getter:
    return lambda view: tuple(view.counts[slot] or ())


_LISTS: dict[FactType, Callable[[int], Getter]] = {
    FactType.FIELD: _field,
    FactType.TAGS: _tags,
    FactType.CART: _cart,
}
"""What takes a value out of what is kept as a list, 0 where nothing is."""


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
        if fact.type in _LISTS:
            return _LISTS[fact.type](slot)
        return lambda view: view.counts[slot]
    if fact.wall is not None:
        wall, clock = fact.wall, wall_clock(reading.argument or site.timezone)
        return lambda view: wall(clock.at(view.now_ms))
    assert fact.read is not None, f"{fact.name} has no source"  # noqa: S101
    return fact.read


def _comparison(comparison: Comparison, slots: Slots, site: Site) -> Test:
    fact, operator, expected = comparison.reading.fact, comparison.operator, comparison.expected
    if comparison.reading.is_plain_counter and operator.symbol in _COUNTED:
        return _count_test(operator.symbol, slot_of(comparison.reading, slots), expected)
    if comparison.reading.is_windowed:
        return _window_test(in_window(comparison.reading, slots), operator.test, expected)
    get, compare, unknown = getter(comparison.reading, slots, site), operator.test, operator.unknown
    if fact.type in TEXTUAL:

        def test_text(view: View) -> bool:
            found = get(view)
            return compare(found.casefold(), expected) if found is not None else unknown

        return test_text
    if fact.type is FactType.FIELD:
        compare = field_test(operator)

    def test(view: View) -> bool:
        found = get(view)
        return compare(found, expected) if found is not None else unknown

    return test


def _window_test(value: Callable[[View], int], compare: Callable[[Any, Any], bool], expected: Any) -> Test:
    return lambda view: compare(value(view), expected)


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
