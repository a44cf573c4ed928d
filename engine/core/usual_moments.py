"""
A rule's chances told as plain tuples, for arming in C: what the closures of :mod:`engine.core.arm` do, which stay the
reference.

    (every, chances)  (some, chances)
    (always, state, moments)               a signal, idle
    (if, test, opposite, state, moments)   holds where the test is not ``opposite``, else that state
    (measure, source, ``before``, flips, name, rises on, ahead, page dwell's slot, unknown state, unknown moments)

``source`` is (slot, n), (since, n) or (age, 0); ``flips`` are (at, becomes); ``rises on`` is (always), (kind, name),
(product) or (category); ``ahead`` tells how a value becomes a moment: as it is, from now on, or on top of the page's.
A chance that has no tuple makes the whole rule one that Python arms.
"""

from __future__ import annotations

from typing import Any

from engine.core.arm import FALLING, can_be_armed, failed_chance, flips_at, signal_chance, unknown_chance
from engine.core.chances import ARMED, HOLDS, NEVER, OPEN
from engine.core.compile import PAGE_DWELL, slot_of
from engine.core.compiled_rule import CompiledRule
from engine.core.conditions import AllOf, Comparison, Condition, Not
from engine.core.events import SIGNALS
from engine.core.facts import FactType
from engine.core.usual_rules import CannotTell, Teller, Told

STATES = (HOLDS, ARMED, OPEN, NEVER)
MOST_PARTS = 16
_AS_IT_IS, _FROM_NOW, _ON_TOP = range(3)


def moments_of(rule: CompiledRule, teller: Teller) -> Told:
    """Return what tells the moments of a rule: its chance, (nothing) for a rule without any, or (python, closure)."""
    live = AllOf(rule.live_checks)
    if not any(can_be_armed(each) for each in live.conditions):
        return ("nothing",)
    try:
        return _chance(live, teller, False)
    except CannotTell:
        return ("python", rule.moments)


def _chance(condition: Condition, teller: Teller, opposite: bool) -> Told:
    match condition:
        case Not(inner):
            return _chance(inner, teller, not opposite)
        case Comparison():
            return _comparison(condition, teller, opposite)
        case _:
            parts = [_chance(each, teller, opposite) for each in sorted(condition.conditions, key=can_be_armed)]
            every = isinstance(condition, AllOf) is not opposite
            if len(parts) > MOST_PARTS:
                raise CannotTell
            if every and len(parts) == 1:
                return parts[0]
            return ("every" if every else "some", parts)


def _comparison(comparison: Comparison, teller: Teller, opposite: bool) -> Told:
    fact = comparison.reading.fact
    if comparison.reading.is_windowed or fact.wall is not None or fact.type is FactType.STAGE:
        raise CannotTell
    if fact.moment in SIGNALS or fact.name == "idle":
        return _signal(comparison, opposite)
    if fact.moment:
        return _measure(comparison, teller, opposite)
    state, moments = failed_chance(comparison, opposite)
    return ("if", teller.test(comparison), opposite, STATES.index(state), moments)


def _signal(comparison: Comparison, opposite: bool) -> Told:
    state, moments = signal_chance(comparison, opposite)
    return ("always", STATES.index(state), moments)


def _measure(comparison: Comparison, teller: Teller, opposite: bool) -> Told:
    reading, fact = comparison.reading, comparison.reading.fact
    before = not opposite if comparison.operator.symbol in FALLING else opposite
    flips = [(at, becomes is not opposite) for at, becomes in flips_at(comparison.operator.symbol, comparison.expected)]
    state, moments = unknown_chance(reading, opposite)
    return (
        "measure", _source(reading, teller), before, flips, fact.moment, _rises_on(fact.name, reading.argument),
        _ahead(fact), teller.slots.number(PAGE_DWELL), STATES.index(state), moments,
    )  # fmt: skip


def _source(reading: Any, teller: Teller) -> Told:
    if reading.is_since:
        return ("since", slot_of(reading, teller.slots))
    # the session's age is the one measure that no counter keeps
    return ("slot", slot_of(reading, teller.slots)) if reading.is_plain_counter else ("age", 0)


def _ahead(fact: Any) -> int:
    if fact.moment == "wake":
        return _FROM_NOW
    return _AS_IT_IS if fact.moment != "page_dwell" or fact.name == "page.dwell" else _ON_TOP


def _rises_on(name: str, argument: str) -> Told:
    match name:
        case "dwell":
            return ("kind", argument)
        case "product.dwell":
            return ("product",)
        case "category.dwell":
            return ("category",)
        case _:
            return ("always",)
