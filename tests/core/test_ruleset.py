"""The rules in force: which an event concerns, what is read for them, and how one is explained."""

from __future__ import annotations

import pytest

from engine.core import ruleset
from engine.core.conditions import Reading, comparisons
from engine.core.facts import FACTS
from engine.core.judge import Watch
from engine.core.plan import Plan
from engine.core.rules import Show
from engine.core.ruleset import EVERYTHING, RuleSet, group_of
from engine.core.verdicts import Fires, Holds
from tests.core.reading import a_rule, read
from tests.core.shoppers import Shopper

CUP = {"url": "/p/cup", "kind": "product", "product": {"id": "cup", "price": 620}}


def some_rules(**rules: tuple[str, ...]) -> RuleSet:
    return read("".join(a_rule(*when, rule=name) for name, when in rules.items()))


def names(plan: Plan) -> list[str]:
    return [each.rule.id for each in plan.rules]


@pytest.mark.parametrize(
    ("event", "group"),
    [
        ("page_dwell", "dwell"), ("scroll", "scroll"), ("cart", "cart"), ("login", "event:login"),
        ("idle", "event:idle"), ("dwell", "event:dwell"), ("wake", EVERYTHING), ("popup_close", EVERYTHING),
        ("popup_view", "event:popup_view"),
    ],
)  # fmt: skip
def test_event_changes_the_facts_of_its_group(event: str, group: str) -> None:
    assert group_of(event) == group


def test_page_plan_has_the_rules_that_could_hold_on_the_kind_and_is_made_once() -> None:
    rules = some_rules(cart=("page is cart",), sold=("page is not home",), anywhere=("copy",))
    assert names(rules.page_plan("cart")) == ["cart", "sold", "anywhere"]
    assert names(rules.page_plan("home")) == ["anywhere"]
    assert rules.page_plan("home") is rules.page_plan("home")


@pytest.mark.parametrize(
    ("group", "concerned"),
    [
        ("dwell", ["dwell"]), ("cart", ["worth", "carts"]), ("event:login", ["logins"]), ("event:cart", []),
        ("scroll", []),
        (EVERYTHING, ["dwell", "worth", "logins", "carts"]),
    ],
)  # fmt: skip
def test_event_plan_has_the_rules_that_read_what_the_event_changes(group: str, concerned: list[str]) -> None:
    rules = some_rules(
        dwell=("page.dwell > 5s",), worth=("cart.value > 9",), logins=("count(login) > 1",), carts=("count(cart) > 1",)
    )
    plan = rules.event_plan(rules.rules, group)
    assert names(plan) == concerned
    assert plan.sieve is None
    assert plan is rules.event_plan(rules.rules, group)


def test_event_plan_reads_what_can_change_and_not_what_stays() -> None:
    rules = some_rules(r=("views(product) > 1", "dwell(product) > 5s", "cart.value > 9"))
    shopper = Shopper().after(("page_view", CUP))
    words = rules.page_plan("product").words(shopper.page)
    assert words == ["1", "d", "3", "views:product", "dwell:product", "cart:v"]
    plan = rules.event_plan(rules.rules, "dwell")
    assert plan.words(shopper.page) == ["1", "d", "2", "dwell:product", "cart:v"]


def test_event_that_concerns_no_rule_reads_nothing() -> None:
    rules = some_rules(r=("page.dwell > 5s",))
    assert rules.event_plan(rules.rules, "event:login") is rules.nothing
    assert rules.event_plan((), EVERYTHING) is rules.nothing


def test_plans_are_forgotten_when_there_are_too_many_and_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ruleset, "_MOST_PLANS", 2)
    rules = some_rules(a=("page.dwell > 5s",), b=("page.dwell > 6s",), c=("page.dwell > 7s",))
    first, *_, last = (rules.event_plan((each,), "dwell") for each in rules.rules)
    assert rules.event_plan(rules.rules[2:], "dwell") is last
    again = rules.event_plan(rules.rules[:1], "dwell")
    assert again is not first
    assert names(again) == names(first) == ["a"]


def test_facts_can_be_read_without_judging_anything() -> None:
    rules = some_rules(r=("page.dwell > 5s",))
    price, dwell, missing, name = (
        Reading(FACTS[each])
        for each in ("product.price", "session.dwell", "cart.missing_for_free_shipping", "product.name")
    )
    shopper = Shopper().after(("page_view", CUP), ("page_dwell", {"ms": 700}), ("cart", {"value": 1_200}))
    plan = rules.plan_of([price, dwell, missing])
    assert plan.rules == ()
    view = shopper.seen_by(plan)
    assert [rules.value(each, view) for each in (price, dwell, missing, name)] == [620, 700, 300, None]


def test_what_a_popup_reads_is_found_once() -> None:
    rules, asked = some_rules(r=("page.dwell > 5s",)), list[Show]()

    def readings_of(show: Show) -> list[Reading]:
        asked.append(show)
        return [Reading(FACTS["cart.value"])]

    one, other = Show("chat", {}), Show("chat", {})
    plans = [rules.plan_to_show(each, readings_of) for each in (one, other, one)]
    assert plans[0] is plans[2] is not plans[1]
    assert plans[0].fixed_words == ("0", "1", "cart:v")
    assert asked == [one, other]


def test_visitor_is_looked_at_by_all_that_any_rule_reads_and_more() -> None:
    rules = some_rules(a=("page.dwell > 5s",), b=("cart.value > 9", "views(home) > 1"))
    plan = rules.plan_of_all([Reading(FACTS["session.dwell"])])
    assert plan.fixed_words == ("1", "d", "3", "cart:v", "views:home", "dwell")


def test_rule_is_explained_by_the_first_condition_that_failed_as_it_was_written() -> None:
    rules = some_rules(r=("page.dwell > 5s", "page is cart", "views(product) > 0"))
    rule = rules.rules[0].rule
    shopper = Shopper().after(("page_view", CUP), ("page_dwell", {"ms": 6_000}))
    verdict = rules.explain(rule, shopper.seen_by(rules.plan_of_all()))
    assert isinstance(verdict, Holds)
    assert (str(verdict.because), verdict.rule) == ("page is cart", rule)
    shopper.does("page_view", {"url": "/cart", "kind": "cart"})
    verdict = rules.explain(rule, shopper.seen_by(rules.plan_of_all()))
    assert isinstance(verdict, Holds)
    assert str(verdict.because) == "page.dwell is more than 5s"
    shopper.does("page_dwell", {"ms": 6_000})
    assert rules.explain(rule, shopper.seen_by(rules.plan_of_all())) == Fires(rule)


def test_rules_are_found_by_their_id_and_a_site_without_any_is_quiet() -> None:
    rules = some_rules(a=("copy",), b=("copy",))
    assert rules.by_id["b"] is rules.rules[1]
    empty = RuleSet()
    assert (empty.rules, empty.warnings, Watch(empty).plan("home", "page_view").rules) == ((), (), ())


def test_value_of_a_window_is_told_as_of_now() -> None:
    rules = some_rules(r=("views(home) in 2s > 3", "dwell(home) in 2s > 9s"))
    readings = [each.reading for each in comparisons(rules.rules[0].rule.when)]
    home = ("page_view", {"url": "/", "kind": "home"})
    shopper = Shopper().after(home, home, ("page_dwell", {"ms": 700}))
    assert [rules.value(each, shopper.seen_by(rules.plan_of_all())) for each in readings] == [2, 700]
    later = shopper.after(("wake", {"after": 2_000}))
    assert [rules.value(each, later.seen_by(rules.plan_of_all())) for each in readings] == [0, 0]


def test_rule_of_a_sites_own_folder_is_told_from_another_sites_of_the_same_id() -> None:
    rules = some_rules(cup=("page is product",))
    assert rules.label_of("cup") == "cup"
    rules.folder = "mug-shop"
    assert rules.label_of("cup") == "mug-shop/cup"
