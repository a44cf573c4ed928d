"""What can be true at once, told from the rules alone: sure of itself where it says never."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from engine.core.conditions import AllOf, AnyOf, Not
from engine.core.possible import implies, is_possible
from engine.core.rules import Site
from engine.core.ruleset import RuleSet
from tests.core.reading import a_rule, read
from tests.core.shoppers import Said, Shopper, rule_sets, visits
from tests.drawn import drawn

NEVER = [
    ("page is home", "page is cart"),
    ("page is home", "page not in [home, cart]"),
    ("page in [home, cart]", "page is not home", "not: page is cart"),
    ("views(cart) > 2", "views(cart) < 3"),
    ("views(cart) > 2", "views(cart) <= 2"),
    ("views(cart) = 2", "views(cart) is not 2"),
    ("views(cart) in [1, 2]", "views(cart) not in [1, 2, 3]"),
    ("views(cart) < 0",),
    ("visitor.sessions = 0",),
    ("visitor.sessions = 1", "visitor.returning"),
    ("visitor.sessions > 1", "visitor.returning is no"),
    ("page.dwell > 10s", "page.dwell < 10001ms"),
    ("page.dwell > 10s", "not: page.dwell >= 5s"),
    ("page.scroll > 50%", "page.scroll <= 50%"),
    ("cart.value > 1000", "cart.value < 1000"),
    ("cart.value >= 1500", "cart.missing_for_free_shipping > 0"),
    ("cart.value < 1500", "cart.missing_for_free_shipping = 0"),
    ("cart.value <= 900", "cart.missing_for_free_shipping < 600"),
    ("cart.missing_for_free_shipping < 0",),
    ("product.stock <= 5", "product.stock > 5"),
    ("product.id is cup", "product.id in [mug, pot]"),
    ("product.id is cup", "product.id starts with m"),
    ("product.id is cup", "not: product.id is cup"),
    ("page.path starts with /sale", "page.path starts with /new"),
    ("page.path contains sale", "not: page.path contains sale"),
    ("exit_intent", "copy"),
    ("exit_intent", "not: exit_intent"),
    ("exit_intent", "idle > 20s"),
    ("visitor.device is phone", "visitor.device not in [phone, tablet]"),
    ("any: [page is home, page is cart]", "page is product"),
    ("not: [page is home, page is cart]", "page in [home, cart]"),
    ("not: {all: [page is home, views(home) > 2]}", "page is home", "views(home) > 3"),
    ("any: [views(cart) > 2, page is home]", "page is cart", "views(cart) < 2"),
    ("clock.date < 2026-11-01", "clock.date >= 2026-11-01"),
    ("clock.date in [2026-12-24, 2026-12-25]", "clock.date > 2026-12-25"),
    ("visitor.field(plan) is gold", "visitor.field(plan) in [silver, none]"),
    ("visitor.field(age) > 20", "visitor.field(age) < 18"),
    ("product.price < 0",),
    ("cart.value < 0",),
]

SOMETIMES = [
    ("clock.date > 2026-10-31", "clock.date <= 2026-11-01", "clock.date is not 2026-11-02"),
    ("visitor.field(plan) is not gold", "not: visitor.field(plan) > 3", "not: visitor.field(plan) <= 3"),
    ("product.price = 0",),
    ("page is home",),
    ("views(cart) > 2", "views(cart) < 4"),
    ("views(cart) >= 2", "views(cart) <= 2"),
    ("cart.value > 1000", "cart.value < 1000.5"),
    ("cart.value < 1500", "cart.missing_for_free_shipping > 0"),
    ("cart.value >= 1500", "cart.missing_for_free_shipping = 0"),
    ("page is home", "views(home) = 0"),
    ("not: product.stock <= 5", "not: product.stock > 5"),
    ("product.id is not cup", "product.id is not mug"),
    ("product.id in [cup, mug]", "product.id starts with m"),
    ("page.path starts with /sale", "page.path starts with /sale/tea"),
    ("page.path contains sale", "page.path starts with /new"),
    ("not: page.path contains sale",),
    ("not: exit_intent", "not: copy"),
    ("exit_intent", "idle = 0s"),
    ("visitor.returning is no",),
    ("any: [page is home, page is cart]", "page is cart"),
    ("not: {all: [page is home, page is cart]}", "page is home"),
]


def whens(*rules: tuple[str, ...], site: str = "") -> tuple[list[AllOf], RuleSet]:
    """Read the conditions of rules."""
    text = "".join(a_rule(*rule, rule=f"r{n}") for n, rule in enumerate(rules))
    found = read(text, site)
    return [each.rule.when for each in found.rules], found


@pytest.mark.parametrize("conditions", NEVER, ids=" and ".join)
def test_contradiction_is_found(conditions: tuple[str, ...]) -> None:
    (when,), rules = whens(conditions)
    assert not is_possible(when.conditions, rules.site)


@pytest.mark.parametrize("conditions", SOMETIMES, ids=" and ".join)
def test_what_can_be_true_is_taken_as_possible(conditions: tuple[str, ...]) -> None:
    (when,), rules = whens(conditions)
    assert is_possible(when.conditions, rules.site)


@pytest.mark.parametrize(
    ("first", "second", "follows"),
    [
        (("page is cart",), ("page in [cart, home]",), True),
        (("page in [cart, home]",), ("page is cart",), False),
        (("views(cart) > 3", "page is cart"), ("views(cart) >= 3",), True),
        (("views(cart) >= 3",), ("views(cart) > 3",), False),
        (("product.id is cup",), ("any: [product.id is cup, product.stock <= 5]",), True),
        (("exit_intent",), ("not: copy",), True),
        (("product.id is cup",), ("not: product.id is mug",), True),
        (("visitor.returning",), ("visitor.sessions >= 2",), True),
        (("visitor.returning is not no",), ("visitor.sessions >= 2",), True),
        (("visitor.sessions = 1",), ("visitor.returning is not no",), False),
    ],
)
def test_whether_one_follows_from_another(first: tuple[str, ...], second: tuple[str, ...], follows: bool) -> None:
    (one, other), rules = whens(first, second)
    assert implies(one, other, rules.site) is follows


def test_what_has_too_many_alternatives_is_taken_as_possible() -> None:
    several = [f"any: [count(e{n}) = 1, count(f{n}) = 2, count(g{n}) = 3]" for n in range(8)]
    (when,), rules = whens((*several, "page is home", "page is cart"))
    assert is_possible(when.conditions, rules.site)
    assert is_possible((AnyOf((when, when)),), rules.site)


def test_condition_of_a_kind_that_nothing_is_known_of_contradicts_only_itself() -> None:
    unknown: Any = "one day there may be more kinds of conditions"
    assert is_possible((unknown, unknown), Site())
    assert not is_possible((unknown, Not(unknown)), Site())


@drawn(75)
@given(rule_sets(), visits())
def test_what_is_called_impossible_is_never_seen(rules: RuleSet, visit: tuple[Shopper, list[Said]]) -> None:
    shopper, events = visit
    whens = {each.rule.id: each.rule.when for each in rules.rules}
    never = {rule for rule, when in whens.items() if not is_possible(when.conditions, rules.site)}
    follows = {
        (one, other)
        for one in whens
        for other in whens
        if implies(whens[one], whens[other], rules.site) and one != other
    }
    for said in events:
        shopper.does(*said)
        true = shopper.makes_true(rules)
        assert not true & never
        assert not [pair for pair in follows if pair[0] in true and pair[1] not in true]
