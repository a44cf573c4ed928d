"""Holdouts: a stable share of visitors, another one for each rule."""

from __future__ import annotations

import pytest

from engine.core.conditions import AllOf
from engine.core.holdout import is_held_out
from engine.core.rules import Rule, Show, Site

VISITORS = [f"visitor-{n}" for n in range(10_000)]


SHOW = Show("chat", {})


def a_rule(name: str = "welcome", holdout: float | None = None, show: Show | None = SHOW) -> Rule:
    return Rule(name, AllOf(()), show, holdout=holdout)


def held_out(rule: Rule, site: Site | None = None) -> set[str]:
    return {each for each in VISITORS if is_held_out(each, rule, site or Site())}


@pytest.mark.repeats
@pytest.mark.parametrize(("share", "visitors"), [(0.01, 91), (0.1, 985), (0.5, 5_007), (0.9, 8_977)])
def test_share_of_visitors_is_held_out_and_always_the_same_ones(share: float, visitors: int) -> None:
    found = len(held_out(a_rule(holdout=share)))
    assert found == visitors
    assert abs(found - share * 10_000) < 150


@pytest.mark.parametrize("share", [0, -0.0])
def test_holdout_of_nothing_holds_nobody_out(share: float) -> None:
    assert held_out(a_rule(holdout=share)) == set()


def test_holdout_of_all_holds_everybody_out() -> None:
    assert held_out(a_rule(holdout=1)) == set(VISITORS)


@pytest.mark.repeats
def test_visitor_held_out_by_a_small_share_is_held_out_by_every_greater_one() -> None:
    assert held_out(a_rule(holdout=0.1)) < held_out(a_rule(holdout=0.2))


@pytest.mark.repeats
def test_holdouts_of_two_rules_are_independent() -> None:
    first, second = held_out(a_rule("first", 0.5)), held_out(a_rule("second", 0.5))
    assert len(first & second) == 2_557
    assert abs(len(first & second) - len(first) * len(second) / 10_000) < 150


def test_rule_without_a_holdout_of_its_own_has_that_of_the_site() -> None:
    site = Site(holdout=0.1)
    assert held_out(a_rule(), site) == held_out(a_rule(holdout=0.1))
    assert held_out(a_rule(holdout=0), site) == set()
    assert held_out(a_rule()) == held_out(a_rule(holdout=0.05))
    assert held_out(a_rule(show=None)) == set()
