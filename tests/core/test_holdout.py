"""Who belongs to a holdout: a stable share of visitors, independent from rule to rule."""

from __future__ import annotations

import pytest

from engine.core.conditions import AllOf
from engine.core.holdout import is_held_out
from engine.core.rules import Rule, Show, Site

VISITORS = [f"visitor{n}" for n in range(4_000)]


def a_rule(name: str = "r", holdout: float | None = None) -> Rule:
    return Rule(name, AllOf(()), Show("chat", {}), holdout=holdout)


def share(rule: Rule, site: Site) -> float:
    return sum(is_held_out(visitor, rule, site) for visitor in VISITORS) / len(VISITORS)


@pytest.mark.parametrize("wanted", [0.0, 0.05, 0.5, 1.0])
def test_share_is_about_what_was_asked_for(wanted: float) -> None:
    assert share(a_rule(holdout=wanted), Site(holdout=0.2)) == pytest.approx(wanted, abs=0.03)
    assert share(a_rule(), Site(holdout=wanted)) == pytest.approx(wanted, abs=0.03)


def test_rule_of_its_own_share_is_not_the_site_s() -> None:
    assert share(a_rule(holdout=0.0), Site(holdout=1.0)) == 0
    assert share(a_rule(holdout=1.0), Site(holdout=0.0)) == 1


def test_visitor_stays_where_it_is_when_the_share_grows() -> None:
    for visitor in VISITORS[:500]:
        if is_held_out(visitor, a_rule(holdout=0.1), Site()):
            assert is_held_out(visitor, a_rule(holdout=0.2), Site())


def test_holdouts_of_two_rules_are_independent() -> None:
    one, other = a_rule("one", 0.5), a_rule("other", 0.5)
    both = sum(is_held_out(each, one, Site()) and is_held_out(each, other, Site()) for each in VISITORS)
    assert both / len(VISITORS) == pytest.approx(0.25, abs=0.03)
