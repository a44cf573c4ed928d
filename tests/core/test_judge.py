"""Judging: what is judged when, in which order, and what the browser is told to report."""

from __future__ import annotations

import pytest

from engine.core.chances import Moment
from engine.core.judge import Watch, arm_field
from engine.core.ruleset import RuleSet
from tests.core.reading import a_rule, read
from tests.core.shoppers import Shopper

CART = {"url": "/cart", "kind": "cart"}


def on_page(kind: str = "cart") -> Shopper:
    return Shopper().after(("page_view", {"url": "/" + kind, "kind": kind}))


def judged(watch: Watch, shopper: Shopper, event: str = "page_view", held: tuple[str, ...] = ()) -> list[str]:
    plan = watch.plan(shopper.page.kind, event)
    return [each.rule.id for each in watch.judge(plan, shopper.seen_by(plan), held)]


def some_rules(**rules: tuple[str, ...]) -> RuleSet:
    return read("".join(a_rule(*when, rule=name) for name, when in rules.items()))


def test_best_rule_is_that_of_the_highest_priority_and_then_the_first_written() -> None:
    priorities = {"a": 0, "b": 5, "c": 0, "d": 5, "e": -1}
    rules = read("".join(a_rule(rule=name, more=f"priority: {n}\n") for name, n in priorities.items()))
    assert judged(Watch(rules), on_page()) == ["b", "d", "a", "c", "e"]


def test_page_view_judges_every_rule_of_the_kind_and_a_later_event_those_that_it_concerns() -> None:
    rules = some_rules(
        cart=("page is cart",), home=("page is home",), dwell=("page is cart", "page.dwell > 5s"), copy=("copy",)
    )
    watch = Watch(rules)
    shopper = on_page()
    assert judged(watch, shopper) == ["cart"]
    shopper.does("page_dwell", {"ms": 6_000})
    assert judged(watch, shopper, "page_dwell") == ["dwell"]
    shopper.does("copy")
    assert judged(watch, shopper, "copy") == ["copy"]
    assert judged(watch, shopper, "login") == []


@pytest.mark.parametrize("event", ["wake", "popup_close"])
def test_wake_and_a_closed_popup_judge_every_rule_alive(event: str) -> None:
    watch = Watch(some_rules(cart=("page is cart",), home=("page is home",), cheap=("cart.value < 100",)))
    shopper = on_page()
    judged(watch, shopper)
    shopper.does(event, {"fire": "f_1"})
    assert judged(watch, shopper, event) == ["cart", "cheap"]


def test_page_without_a_rule_alive_reads_and_judges_nothing() -> None:
    rules = some_rules(home=("page is home", "page.dwell > 5s"))
    watch = Watch(rules)
    assert judged(watch, on_page()) == []
    assert watch.alive == ()
    assert watch.plan("cart", "page_dwell") is rules.nothing


def test_rule_that_is_held_neither_fires_nor_arms() -> None:
    watch = Watch(some_rules(now=("page is cart",), later=("page.dwell > 5s",), other=("page.dwell > 6s",)))
    shopper = on_page()
    assert judged(watch, shopper, held=("now", "later")) == []
    assert watch.armed == {2: (("page_dwell", 6_001),)}
    shopper.does("page_dwell", {"ms": 7_000})
    assert judged(watch, shopper, "page_dwell", held=("later",)) == ["other"]


def test_moment_is_disarmed_once_it_has_come() -> None:
    watch = Watch(some_rules(later=("page.dwell > 5s",)))
    shopper = on_page()
    judged(watch, shopper)
    assert watch.armed == {0: (("page_dwell", 5_001),)}
    shopper.does("page_dwell", {"ms": 5_001})
    assert judged(watch, shopper, "page_dwell") == ["later"]
    assert watch.armed == {}


def test_signal_stays_armed_after_it_was_true_as_the_rule_may_have_been_held_back() -> None:
    watch = Watch(some_rules(leaving=("exit_intent",)))
    shopper = on_page()
    judged(watch, shopper)
    shopper.does("exit_intent")
    assert judged(watch, shopper, "exit_intent") == ["leaving"]
    assert watch.armed == {0: (("exit_intent", 1),)}


def test_rule_that_is_true_has_the_moment_armed_at_which_it_stops_being_so() -> None:
    watch = Watch(some_rules(early=("page.dwell < 20s",)))
    shopper = on_page()
    assert judged(watch, shopper) == ["early"]
    assert watch.armed == {0: (("page_dwell", 20_000),)}
    shopper.does("page_dwell", {"ms": 20_000})
    assert judged(watch, shopper, "page_dwell") == []
    assert watch.armed == {}


def test_another_page_and_other_rules_make_void_what_was_armed() -> None:
    watch = Watch(some_rules(later=("page.dwell > 5s",)))
    judged(watch, on_page())
    other = some_rules(copy=("copy",))
    watch.turn(other)
    assert (watch.armed, watch.alive, watch.rules) == ({}, None, other)
    judged(watch, on_page("home"))
    assert watch.armed == {0: (("copy", 1),)}


@pytest.mark.parametrize(
    ("armed", "field"),
    [
        ({}, {}),
        ({3: ()}, {}),
        (
            {0: (("page_dwell", 9_000), ("scroll", 50)), 1: (("page_dwell", 500),), 2: (("page_dwell", 9_000),)},
            {"page_dwell": [500, 9_000], "scroll": [50]},
        ),
        ({0: (("idle", 60_000),), 1: (("idle", 5_000),)}, {"idle": [5_000, 60_000]}),
        ({0: (("copy", 1),), 1: (("exit_intent", 1), ("copy", 1))}, {"copy": True, "exit_intent": True}),
        ({0: (("wake", 1_500),), 1: (("wake", 1_200),)}, {"wake": [200, 500]}),
        ({0: (("wake", 1_000),), 1: (("wake", 1),)}, {"wake": [1]}),
    ],
)
def test_arm_is_written_as_the_protocol_says(armed: dict[int, tuple[Moment, ...]], field: dict[str, object]) -> None:
    assert arm_field(armed, now_ms=1_000) == field
