"""What is read for facts alone, and what is said of a rule on any page."""

from __future__ import annotations

import pytest

from engine.core.conditions import Reading
from engine.core.events import Page, Product
from engine.core.facts import FACTS
from engine.core.ruleset import EVERYTHING, RuleSet, group_of
from engine.core.verdicts import Fires, Holds
from engine.core.view import View
from tests.core.reading import a_rule, read

CART = Page("cart", "/cart", "/cart")


def test_facts_alone_are_read_and_nothing_is_judged() -> None:
    rules = RuleSet()
    views, title = Reading(FACTS["views"], "cart"), Reading(FACTS["page.title"])
    plan = rules.plan_of([views, Reading(FACTS["page.dwell"]), title])
    assert (plan.document, plan.session_names(CART), plan.rules) == (("d",), ["views:cart"], ())
    view = View(plan.counts(b"[500,3]"), CART)
    assert rules.value(views, view) == 3
    assert rules.value(title, view) == ""
    assert rules.value(Reading(FACTS["product.name"]), view) is None


def test_counters_of_the_page_take_their_names_from_it() -> None:
    plan = RuleSet().plan_of([Reading(FACTS["product.views"]), Reading(FACTS["views"], "cart")])
    mug = Page("product", "/p", "/p", product=Product("mug"))
    assert plan.session_names(mug) == ["views:cart", "i:mug"]
    assert plan.session_names(CART) == ["views:cart", ""]


def test_rule_is_explained_by_its_first_condition_that_fails_as_written() -> None:
    rules = read(a_rule("page.dwell > 10s", "views(cart) > 2", "page is cart"))
    rule, plan = rules.rules[0].rule, rules.plan_of_all()

    def verdict(values: bytes, page: Page = CART) -> Fires | Holds:
        return rules.explain(rule, View(plan.counts(values), page))

    assert verdict(b"[10001,3]") == Fires(rule)
    held = [verdict(b"[10000,2]"), verdict(b"[10001,2]"), verdict(b"[10001,3]", Page("home", "/", "/"))]
    assert [str(each.because) for each in held if isinstance(each, Holds)] == [
        "page.dwell is more than 10s", "views(cart) is more than 2", "page is cart"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("event", "group"),
    [
        ("wake", EVERYTHING),
        ("popup_close", EVERYTHING),
        ("page_dwell", "dwell"),
        ("cart", "cart"),
        ("login", "event:login"),
        ("exit_intent", "event:exit_intent"),
    ],
)
def test_events_change_groups_of_facts(event: str, group: str) -> None:
    assert group_of(event) == group
