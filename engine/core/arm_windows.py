"""
Arming what looks back through a window: time alone takes things out of it.

``count(purchase) in 1h = 0`` becomes true when the last purchase leaves. The
browser is asked for a ``wake`` at that moment, if it comes within a day: nobody
looks at one page for longer. What time can only make false is not asked for, as
a window is always judged by the clock.

A window of dwell can also fill up while the shopper attends to the page.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.core.chances import ARMED, HOLDS, HOLDS_NOW, NEVER_HERE, OPEN_TO_EVENTS, ChanceOf, Moment
from engine.core.compile import PAGE_DWELL, Slots, slot_of
from engine.core.conditions import Comparison
from engine.core.events import SIGNALS
from engine.core.trails import dwell_within, leavings, moments_within
from engine.core.view import View

MOST_AHEAD_MS = 24 * 60 * 60 * 1000

Truth = Callable[[int], bool]
"""Whether a condition is true of a value."""


def count_chance(comparison: Comparison, slots: Slots, opposite: bool) -> ChanceOf:
    """Return what tells the chance of a count in a window."""
    reading, slot = comparison.reading, slot_of(comparison.reading, slots)
    window, holds = reading.window_ms, _truth(comparison, opposite)
    can_rise = holds(_beyond(comparison))
    failed = NEVER_HERE if reading.fact.fixed else OPEN_TO_EVENTS
    signal: tuple[Moment, ...] = ((reading.argument, 1),) if reading.argument in SIGNALS and can_rise else ()

    def chance(view: View) -> tuple[str, tuple[Moment, ...]]:
        trail = view.counts[slot]
        if holds(moments_within(trail, window, view.now_ms)):
            return HOLDS_NOW
        moments = signal
        for at, value in leavings(trail, window, view.now_ms, is_dwell=False):
            if holds(value):
                moments = (*_wake(at, view), *moments)
                break
        return (ARMED, moments) if moments else failed

    return chance


def dwell_chance(
    comparison: Comparison, slots: Slots, opposite: bool, rises_on: Callable[[View], bool] | None
) -> ChanceOf:
    """Return what tells the chance of dwell in a window; ``rises_on`` tells whether it can grow on this page."""
    slot, page_dwell = slot_of(comparison.reading, slots), slots.number(PAGE_DWELL)
    window, holds = comparison.reading.window_ms, _truth(comparison, opposite)
    turns = _turns(comparison)

    def rise(view: View, value: int) -> tuple[Moment, ...]:
        """Return the attention at which a rising value changes the truth."""
        if rises_on is not None and not rises_on(view):
            return ()
        at = next((each for each in turns if each > value and holds(each) is not holds(value)), None)
        return () if at is None else (("page_dwell", int(view.counts[page_dwell] + at - value)),)

    def chance(view: View) -> tuple[str, tuple[Moment, ...]]:
        trail = view.counts[slot]
        value = dwell_within(trail, window, view.now_ms)
        if holds(value):
            return HOLDS, rise(view, value)
        moments = rise(view, value)
        for at, left in leavings(trail, window, view.now_ms, is_dwell=True):
            if (holds(left) or left < turns[0]) and (wake := _wake(at, view)):
                # attention that was not told yet may keep it full: the browser tells it first
                moments = (*moments, *wake, *(rise(view, left) if holds(left) else ()))
                break
        return (ARMED, moments) if moments else NEVER_HERE

    return chance


def _truth(comparison: Comparison, opposite: bool) -> Truth:
    test, expected = comparison.operator.test, comparison.expected
    return lambda value: test(value, expected) is not opposite


def _beyond(comparison: Comparison) -> int:
    """Return a count that is more than any the comparison names."""
    expected: Any = comparison.expected
    return 1 + (max(expected) if isinstance(expected, tuple) else int(expected))


def _turns(comparison: Comparison) -> tuple[int, int]:
    """Return the values at which a comparison of dwell can change: its number, and the next one."""
    return int(comparison.expected), int(comparison.expected) + 1


def _wake(at_ms: int, view: View) -> tuple[Moment, ...]:
    return (("wake", at_ms),) if at_ms - view.now_ms <= MOST_AHEAD_MS else ()
