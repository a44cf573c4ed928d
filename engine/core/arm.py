"""
Arming: which moments of the page shown now could make a rule true.

A condition on a view is in one of four states. It *holds*; it is *armed*, that
is, a moment that the browser can report would make it true; it is *open*, an
event that nobody can foresee could make it true; or it can *never* hold while
this page is shown. From the states of its conditions follow a rule's moments:
no rule asks for a moment that could not make it true.

A measure with an upper bound (``page.dwell < 30s``) holds *until* a moment. The
browser must report that one too, or the rule would be judged by an old value.
"""

from __future__ import annotations

from collections.abc import Callable
from math import floor
from typing import Any

from engine.core.arm_stage import stage_chance
from engine.core.arm_windows import count_chance, dwell_chance
from engine.core.chances import ARMED, HOLDS, NEVER, OPEN, Chance, ChanceOf, Moment
from engine.core.chances import HOLDS_NOW as _HOLDS
from engine.core.chances import NEVER_HERE as _NEVER
from engine.core.chances import OPEN_TO_EVENTS as _OPEN
from engine.core.compile import PAGE_DWELL, Getter, Slots, compile_test, getter
from engine.core.conditions import AllOf, Comparison, Condition, Not, Reading, comparisons
from engine.core.events import SIGNALS
from engine.core.facts import Fact, FactType
from engine.core.rules import Site
from engine.core.schedule import Schedule
from engine.core.view import View
from engine.core.wall_clock import WallMoments, wall_clock

_MEASURES = ("page_dwell", "scroll", "wake")
FALLING, _RISING = ("<", "<="), (">", ">=")


def can_be_armed(condition: Condition) -> bool:
    """Tell whether the browser can report a moment that changes the condition's truth."""
    return any(
        each.reading.fact.moment
        or each.reading.is_windowed
        or (each.reading.fact.name == "count" and each.reading.argument in SIGNALS)
        for each in comparisons(condition)
    )


def compile_chance(condition: Condition, slots: Slots, site: Site, opposite: bool = False) -> ChanceOf:
    """Return a function that tells a condition's chance on a view; ``opposite``: that of its negation."""
    match condition:
        case Not(inner):
            return compile_chance(inner, slots, site, not opposite)
        case Comparison():
            return _comparison(condition, slots, site, opposite)
        case _:
            # the cheap ones first: most often one of them can never hold on this page
            ordered = sorted(condition.conditions, key=can_be_armed)
            chances = tuple(compile_chance(each, slots, site, opposite) for each in ordered)
            every = isinstance(condition, AllOf) is not opposite
            return _every(chances) if every else _some(chances)


def _every(chances: tuple[ChanceOf, ...]) -> ChanceOf:
    if len(chances) == 1:
        return chances[0]

    def chance(view: View) -> Chance:
        armed: list[tuple[Moment, ...]] = []
        until: list[Moment] = []
        is_open = False
        for each in chances:
            state, moments = each(view)
            if state is NEVER:
                return _NEVER
            if state is ARMED:
                armed.append(moments)
            else:
                is_open = is_open or state is OPEN
                until += moments
        if is_open:
            return OPEN, tuple(until)
        if not armed:
            return HOLDS, tuple(until)
        # a signal lasts for its moment only: it is of use when all measures have been reached
        measures = [moments for moments in armed if any(name in _MEASURES for name, _ in moments)]
        return ARMED, tuple(moment for moments in measures or armed for moment in moments) + tuple(until)

    return chance


def _some(chances: tuple[ChanceOf, ...]) -> ChanceOf:
    def chance(view: View) -> Chance:
        found = [each(view) for each in chances]
        for wanted in (HOLDS, ARMED, OPEN):
            if any(state is wanted for state, _ in found):
                return wanted, tuple(
                    moment for state, moments in found if state in (wanted, ARMED) for moment in moments
                )
        return _NEVER

    return chance


def _comparison(comparison: Comparison, slots: Slots, site: Site, opposite: bool) -> ChanceOf:
    fact = comparison.reading.fact
    if comparison.reading.is_windowed:
        return _windowed(comparison, slots, opposite)
    if fact.wall is not None:
        return _wall(comparison, slots, site, opposite)
    if fact.type is FactType.STAGE:
        return stage_chance(comparison, slots, site, opposite)
    if fact.moment in SIGNALS or fact.name == "idle":
        answer = signal_chance(comparison, opposite)
        return lambda _view: answer
    if fact.moment:
        return _measure(comparison, slots, site, opposite)
    test = compile_test(comparison, slots, site)
    failed = failed_chance(comparison, opposite)

    def chance(view: View) -> Chance:
        return _HOLDS if test(view) is not opposite else failed

    return chance


def _windowed(comparison: Comparison, slots: Slots, opposite: bool) -> ChanceOf:
    fact = comparison.reading.fact
    if fact.moment == "page_dwell":
        return dwell_chance(comparison, slots, opposite, _rises_on(fact.name, comparison.reading.argument))
    return count_chance(comparison, slots, opposite)


def failed_chance(comparison: Comparison, opposite: bool) -> Chance:
    """Return the chance of a condition without a measure once it is false."""
    fact, argument = comparison.reading.fact, comparison.reading.argument
    if comparison.reading.steps:
        # once all its steps were taken, it stays true for the session
        return _NEVER if opposite or comparison.reading.is_fixed else _OPEN
    if fact.fixed or (fact.name == "count" and comparison.operator.symbol in (_RISING if opposite else FALLING)):
        return _NEVER
    if fact.name == "count" and argument in SIGNALS:
        return ARMED, ((argument, 1),)
    return _OPEN


def _wall(comparison: Comparison, slots: Slots, site: Site, opposite: bool) -> ChanceOf:
    """A condition on the wall clock: it is judged by the moment itself, so only its coming true is of interest."""
    reading, test, expected = comparison.reading, comparison.operator.test, comparison.expected
    wall = reading.fact.wall
    assert wall is not None  # noqa: S101
    times = expected.times() if isinstance(expected, Schedule) else ()
    clock = wall_clock(reading.argument or site.timezone)
    moments = WallMoments(clock, lambda local: test(wall(local), expected), times)
    holds = compile_test(comparison, slots, site)

    def chance(view: View) -> Chance:
        if holds(view) is not opposite:
            return _HOLDS
        moment = moments.next_ms(view.now_ms)
        return _OPEN if moment is None else (ARMED, (("wake", moment),))

    return chance


def signal_chance(comparison: Comparison, opposite: bool) -> Chance:
    """A signal is over when its event is judged: what follows can only be its next one."""
    fact, symbol = comparison.reading.fact, comparison.operator.symbol
    if fact.name == "idle":
        wants = symbol not in FALLING
        moment = ("idle", floor(comparison.expected) + (symbol == ">"))
    else:
        wants, moment = True, (fact.moment, 1)
    return (ARMED, (moment,)) if wants is not opposite else _HOLDS


def flips_at(symbol: str, expected: Any) -> tuple[tuple[int, bool], ...]:
    """
    Return where a rising measure changes the truth of a comparison, and to what.

    Measures are whole (ms, percent): ``> n`` becomes true at n + 1, ``< n`` false at n.
    """
    here, after = -floor(-expected), floor(expected) + 1
    return {
        ">": ((after, True),),
        ">=": ((here, True),),
        "<": ((here, False),),
        "<=": ((after, False),),
        "=": ((here, True), (after, False)),
    }[symbol]


def _measure(comparison: Comparison, slots: Slots, site: Site, opposite: bool) -> ChanceOf:
    reading = comparison.reading
    name = reading.fact.moment
    get = getter(reading, slots, site)
    rises_on = _rises_on(reading.fact.name, reading.argument)
    moment_at = _moment_at(reading.fact, get, slots)
    before = not opposite if comparison.operator.symbol in FALLING else opposite
    flips = flips_at(comparison.operator.symbol, comparison.expected)
    unknown = unknown_chance(reading, opposite)

    def chance(view: View) -> Chance:
        value, holds = get(view), before
        if value is None:
            return unknown
        for at, becomes in flips:
            if value < at:
                if rises_on is not None and not rises_on(view):
                    break
                return (HOLDS if holds else ARMED), ((name, moment_at(view, at)),)
            holds = becomes is not opposite
        return _HOLDS if holds else _NEVER

    return chance


def unknown_chance(reading: Reading, opposite: bool) -> Chance:
    """Return the chance of a measure that has not begun: an event begins it."""
    if opposite:
        return _HOLDS
    return (ARMED, ((reading.argument, 1),)) if reading.argument in SIGNALS else _OPEN


def _moment_at(fact: Fact, get: Getter, slots: Slots) -> Callable[[View, int], int]:
    """Return what turns a value that a measure will reach into the moment at which the browser reports it."""
    if fact.moment == "wake":
        return lambda view, at: int(view.now_ms + at - get(view))
    if fact.moment != "page_dwell" or fact.name == "page.dwell":
        return lambda _view, at: at
    # the browser's clock counts from the page view on; this measure has more in it, or less
    page_dwell = slots.number(PAGE_DWELL)
    return lambda view, at: int(view.counts[page_dwell] + at - get(view))


def _rises_on(name: str, argument: str) -> Callable[[View], bool] | None:
    """Return what tells whether a measure of dwell can grow while the page is shown; None: it always can."""
    if name == "dwell":
        return lambda view: view.page.kind == argument
    if name == "product.dwell":
        return lambda view: view.page.product is not None
    if name == "category.dwell":
        return lambda view: bool(view.page.category_id)
    return None
