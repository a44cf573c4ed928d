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

from engine.core.chances import ARMED, HOLDS, HOLDS_NOW, NEVER_HERE, OPEN_TO_EVENTS, Chance, ChanceOf, Moment
from engine.core.compile import PAGE_DWELL, Slots, in_window, slot_of
from engine.core.conditions import Comparison
from engine.core.events import SIGNALS
from engine.core.trails import leavings
from engine.core.view import View

MOST_AHEAD_MS = 24 * 60 * 60 * 1000

LEAST_TOLD_MS, LEAST_TOLD_SHARE = 10_000, 12
"""
So much attention is worth a report that only keeps a window full, or a twelfth of the time until something leaves it.

Each report leaves the window as a part of its own, and the next one makes up for it: without a least of them the
browser would tell a shopper's attention millisecond by millisecond.
"""

RisesOn = Callable[[View], bool] | None
Truth = Callable[[int], bool]
"""Whether a condition is true of a value."""


def count_chance(comparison: Comparison, slots: Slots, opposite: bool) -> ChanceOf:
    """Return what tells the chance of a count in a window."""
    reading, slot = comparison.reading, slot_of(comparison.reading, slots)
    count, window, holds = in_window(reading, slots), reading.window_ms, _truth(comparison, opposite)
    can_rise = holds(_beyond(comparison))
    failed = NEVER_HERE if reading.fact.fixed else OPEN_TO_EVENTS
    signal: tuple[Moment, ...] = ((reading.argument, 1),) if reading.argument in SIGNALS and can_rise else ()
    unmet: Chance = (ARMED, signal) if signal else failed
    if _only_rising(comparison, opposite):
        return lambda view: HOLDS_NOW if holds(count(view)) else unmet

    def chance(view: View) -> Chance:
        if holds(count(view)):
            return HOLDS_NOW
        moments = signal
        for at, value in leavings(view.counts[slot], window, view.now_ms, is_dwell=False):
            if holds(value):
                moments = (*_wake(at, view), *moments)
                break
        return (ARMED, moments) if moments else failed

    return chance


def dwell_chance(comparison: Comparison, slots: Slots, opposite: bool, rises_on: RisesOn) -> ChanceOf:
    """Return what tells the chance of dwell in a window; ``rises_on`` tells whether it can grow on this page."""
    rising = _only_rising(comparison, opposite)
    return (_rising_dwell if rising else _bounded_dwell)(comparison, slots, opposite, rises_on)


def _rising_dwell(comparison: Comparison, slots: Slots, opposite: bool, rises_on: RisesOn) -> ChanceOf:
    dwell, page_dwell = in_window(comparison.reading, slots), slots.number(PAGE_DWELL)
    holds = _truth(comparison, opposite)
    enough = next(each for each in _turns(comparison) if holds(each))

    def chance(view: View) -> Chance:
        value = dwell(view)
        if value >= enough:
            return HOLDS_NOW
        if rises_on is not None and not rises_on(view):
            return NEVER_HERE
        return ARMED, (("page_dwell", int(view.counts[page_dwell] + enough - value)),)

    return chance


def _bounded_dwell(comparison: Comparison, slots: Slots, opposite: bool, rises_on: RisesOn) -> ChanceOf:
    slot, page_dwell = slot_of(comparison.reading, slots), slots.number(PAGE_DWELL)
    dwell, window = in_window(comparison.reading, slots), comparison.reading.window_ms
    holds, turns = _truth(comparison, opposite), _turns(comparison)

    def rise(view: View, value: int, least: int = 0) -> tuple[Moment, ...]:
        """Return the attention at which a rising value changes the truth, told when there is ``least`` of it."""
        if rises_on is not None and not rises_on(view):
            return ()
        at = next((each for each in turns if each > value and holds(each) is not holds(value)), None)
        return () if at is None else (("page_dwell", int(view.counts[page_dwell] + max(at - value, least))),)

    def chance(view: View) -> Chance:
        value = dwell(view)
        if holds(value):
            return HOLDS, rise(view, value)
        moments = rise(view, value)
        for at, left in leavings(view.counts[slot], window, view.now_ms, is_dwell=True):
            if (holds(left) or left < turns[0]) and (wake := _wake(at, view)):
                # attention that was not told yet may keep it full: the browser tells it first
                least = min(LEAST_TOLD_MS, (at - view.now_ms) // LEAST_TOLD_SHARE)
                moments = (*moments, *wake, *(rise(view, left, least) if holds(left) else ()))
                break
        return (ARMED, moments) if moments else NEVER_HERE

    return chance


def _truth(comparison: Comparison, opposite: bool) -> Truth:
    test, expected = comparison.operator.test, comparison.expected
    return lambda value: test(value, expected) is not opposite


def _only_rising(comparison: Comparison, opposite: bool) -> bool:
    """Whether less can never make the condition true, nor more make it false."""
    return comparison.operator.symbol in (("<", "<=") if opposite else (">", ">="))


def _beyond(comparison: Comparison) -> int:
    """Return a count that is more than any the comparison names."""
    expected: Any = comparison.expected
    return 1 + (max(expected) if isinstance(expected, tuple) else int(expected))


def _turns(comparison: Comparison) -> tuple[int, int]:
    """Return the values at which a comparison of dwell can change: its number, and the next one."""
    return int(comparison.expected), int(comparison.expected) + 1


def _wake(at_ms: int, view: View) -> tuple[Moment, ...]:
    return (("wake", at_ms),) if at_ms - view.now_ms <= MOST_AHEAD_MS else ()
