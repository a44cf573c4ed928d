"""
A plan told as plain tuples, for judging it in C: its sieve (:mod:`engine.core.sieve`), else its rules.

    a plan       (slots, number of all slots, number of windows, sieve or None, rules)
    a sieve      (switches, ladders, branches, orders alive, orders true)
    a switch     (page or who, number, closure, folds, {value: place}, sieves)
    a ladder     (slot, operator, steps, sieves)
    a branch     (test, sieve, orders that wait)
    a rule       (order, [(test, may arm)])
"""

from __future__ import annotations

from engine.core.plan import Plan
from engine.core.sieve import Junction, Ladder, Switch
from engine.core.usual_rules import OPERATORS, CannotTell, Teller, Told


def plan_told(plan: Plan, teller: Teller) -> Told:
    """Return a plan as C takes it."""
    sieve = _junction(plan.sieve, teller) if plan.sieve is not None else None
    rules = [] if plan.sieve is not None else [
        (each.order, [(teller.test(check), arms) for check, (_, arms) in zip(each.live_checks, each.live, strict=True)])
        for each in plan.rules
    ]  # fmt: skip
    return (plan.slots, teller.slots.size, teller.slots.windows, sieve, rules)


def _junction(junction: Junction, teller: Teller) -> Told:
    branches = [
        (teller.test(each.condition), _junction(each.passed, teller), [rule.order for rule in each.failed])
        for each in junction.branches
    ]
    return (
        [_switch(each, teller) for each in junction.switches],
        [_ladder(each, teller) for each in junction.ladders],
        branches,
        [each.order for each in junction.alive],
        [each.order for each in junction.true],
    )


def _switch(switch: Switch, teller: Teller) -> Told:
    source = teller.fact(switch.reading.fact, switch.reading, switch.get)
    if source is None:
        raise CannotTell  # it switches by something that is neither the page's nor the visitor's
    places = {value: n for n, value in enumerate(switch.cases)}
    return (*source, switch.folds, places, [_junction(each, teller) for each in switch.cases.values()])


def _ladder(ladder: Ladder, teller: Teller) -> Told:
    above = [_junction(each, teller) for each in ladder.above]
    return (ladder.slot, OPERATORS.index(ladder.symbol), [float(each) for each in ladder.steps], above)
