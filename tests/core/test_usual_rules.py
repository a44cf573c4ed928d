"""Rules are told as tuples that C judges by; what has none is told as the closure itself."""

from __future__ import annotations

from typing import Any

import pytest

from engine.core.ruleset import RuleSet
from engine.core.usual_moments import moments_of
from engine.core.usual_rules import CannotTell, Teller
from engine.core.usual_sieve import plan_told
from tests.edge.tabs import rules_of


def rules_with(*conditions: str) -> RuleSet:
    lines = "\n".join(f"    - {each}" for each in conditions)
    return rules_of(f"- rule: it\n  when:\n{lines}\n  show: {{chat: {{text: Hello}}}}\n")


def told(condition: str) -> Any:
    """Return how a condition is told, without its closures."""
    rules = rules_with(condition)
    return bare(Teller(rules.slots, rules.site).test(rules.rules[0].rule.when.conditions[0]))


def bare(part: Any) -> Any:
    if isinstance(part, tuple | list):
        return type(part)(bare(each) for each in part)
    return "closure" if callable(part) else part


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("views(cart) > 2", ("count", 0, 2, 2.0)),
        ("views(cart) is not 2", ("count", 0, 1, 2.0)),
        ("views(cart) in [1, 2]", ("python", "closure")),
        ("visitor.stage at least buyer", ("count", 0, 3, 3.0)),
        ("count(login) in 1h = 0", ("window", 0, 3_600_000, 0, 0, 0, 0.0)),
        ("dwell(cart) in 1h < 5s", ("window", 0, 3_600_000, 0, 1, 4, 5000.0)),
        ("since(login) > 5s", ("since", 0, 2, 5000.0)),
        ("session.age > 5s", ("age", 2, 5000.0)),
        ("idle > 5s", ("idle", 2, 5000.0)),
        ("exit_intent", ("signal", "exit_intent")),
        ("agents.online is no", ("python", "closure")),
        ("page.path starts with /a", ("page", 0, "closure")),
        ("product.stock < 3", ("page", 0, "closure")),
        ("visitor.returning", ("who", 0, "closure")),
        ("visitor.tags has vip", ("python", "closure")),
        ("visitor.field(size) > 3", ("python", "closure")),
        ("cart has cup", ("python", "closure")),
        ("clock.hour > 3", ("python", "closure")),
        ("cart.missing_for_free_shipping > 0", ("missing", 0, 1500.0, 2, 0.0)),
        ("any: [exit_intent, views(cart) > 2]", ("any", [("signal", "exit_intent"), ("count", 0, 2, 2.0)])),
        ("all: [exit_intent]", ("all", [("signal", "exit_intent")])),
        ("not: exit_intent", ("not", ("signal", "exit_intent"))),
        ("sequence: [login, search]", ("steps", 0)),
    ],
)
def test_condition_is_told(condition: str, expected: Any) -> None:
    assert told(condition) == expected


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        (["views(cart) > 2"], ("nothing",)),
        (["page.dwell > 10s"],
         ("measure", ("slot", 0), False, [(10_001, True)], "page_dwell", ("always",), 0, 0, 3, ())),
        (["not: page.dwell > 10s"],
         ("measure", ("slot", 0), True, [(10_001, False)], "page_dwell", ("always",), 0, 0, 0, ())),
        (["page.dwell < 10s"],
         ("measure", ("slot", 0), True, [(10_000, False)], "page_dwell", ("always",), 0, 0, 3, ())),
        (["exit_intent"], ("always", 1, (("exit_intent", 1),))),
        (["cart.value > 5", "scroll >= 50%"], ("every", [
            ("if", ("count", 0, 2, 5.0), False, 2, ()),
            ("measure", ("slot", 1), False, [(50, True)], "scroll", ("always",), 0, 2, 2, ()),
        ])),
        (["any: [idle > 5s, page.dwell > 1s]"], ("some", [
            ("always", 1, (("idle", 5001),)),
            ("measure", ("slot", 0), False, [(1001, True)], "page_dwell", ("always",), 0, 0, 2, ()),
        ])),
        (["clock.hour > 3"], ("python", "closure")),
        (["count(login) in 1h = 0"], ("python", "closure")),
        (["visitor.stage at least buyer"], ("python", "closure")),
        (["any: [" + ", ".join(f"page.dwell > {n}s" for n in range(1, 19)) + "]"], ("python", "closure")),
    ],
)  # fmt: skip
def test_what_a_rule_waits_for_is_told(conditions: list[str], expected: Any) -> None:
    rules = rules_with(*conditions)
    found = bare(moments_of(rules.rules[0], Teller(rules.slots, rules.site)))
    assert _without_slots(found) == _without_slots(expected)


def _without_slots(part: Any) -> Any:
    """Leave out the numbers of counters, and of unknown states: others tests hold these."""
    if isinstance(part, tuple) and part[:1] == ("measure",):
        return (part[0], part[1][0], *part[2:7])
    if isinstance(part, tuple | list):
        return [_without_slots(each) for each in part]
    return part


@pytest.mark.parametrize(
    ("condition", "source", "rises", "ahead"),
    [
        ("dwell(cart) > 5s", "slot", ("kind", "cart"), 2),
        ("product.dwell > 5s", "slot", ("product",), 2),
        ("category.dwell > 5s", "slot", ("category",), 2),
        ("session.dwell > 5s", "slot", ("always",), 2),
        ("session.age > 5s", "age", ("always",), 1),
        ("since(login) > 5s", "since", ("always",), 1),
    ],
)
def test_measure_is_told_with_where_it_rises(condition: str, source: str, rises: Any, ahead: int) -> None:
    rules = rules_with(condition)
    found = moments_of(rules.rules[0], Teller(rules.slots, rules.site))
    assert (found[1][0], found[5], found[6]) == (source, rises, ahead)


def test_sieve_of_a_page_is_told_with_all_its_ways() -> None:
    rules = rules_with("product.id is cup", "traffic.campaign in [a, b]", "views(cart) > 2", "page.dwell > 5s")
    teller = Teller(rules.slots, rules.site)
    slots, size, windows, sieve, none = bare(plan_told(rules.page_plan("product"), teller))
    assert (len(slots), windows, none) == (size, 0, [])
    (switch,), ladders, branches, alive, true = sieve
    assert (ladders, branches, alive, true) == ([], [], [], [])
    assert switch[0] in ("page", "who")
    assert (teller.page_facts, teller.who_facts) == (1, 1)


def test_rules_of_an_event_are_told_by_what_can_change() -> None:
    rules = rules_with("page is cart", "views(cart) > 2", "page.dwell > 5s")
    plan = rules.event_plan(rules.rules, "dwell")
    *_, sieve, told_rules = plan_told(plan, Teller(rules.slots, rules.site))
    assert sieve is None
    assert bare(told_rules) == [
        (0, [(("count", rules.slots.number(rules.rules[0].live_counters[0]), 2, 5000.0), True)])
    ]


def test_ladders_and_branches_are_told() -> None:
    rules = rules_with("views(cart) > 2", "page.path matches '/a*'", "scroll > 50%")
    *_, sieve, _ = plan_told(rules.page_plan("home"), Teller(rules.slots, rules.site))
    switches, ladders, branches, _, _ = bare(sieve)
    assert switches == []
    assert [each[1:3] for each in ladders] == [(2, [2.0])] or branches


def test_sieve_that_switches_by_what_is_neither_the_pages_nor_the_visitors_is_not_told() -> None:
    rules = rules_with("agents.online is no")
    with pytest.raises(CannotTell):
        plan_told(rules.page_plan("home"), Teller(rules.slots, rules.site))
