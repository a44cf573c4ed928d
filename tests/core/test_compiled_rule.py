"""One rule, compiled: where it can hold, what changes it, what it reads."""

from __future__ import annotations

import pytest

from engine.core.compiled_rule import CompiledRule, is_fixed, stays_false
from engine.core.events import PAGE_KINDS
from engine.core.spoken import read_spoken
from tests.core.reading import a_rule, read


def compiled(*when: str) -> CompiledRule:
    (rule,) = read(a_rule(*when)).rules
    return rule


@pytest.mark.parametrize(
    ("when", "kinds"),
    [
        (["page is cart"], {"cart"}),
        (["page in [cart, checkout]"], {"cart", "checkout"}),
        (["page is not cart"], set(PAGE_KINDS) - {"cart"}),
        (["page not in [cart, home]", "page is not search"], set(PAGE_KINDS) - {"cart", "home", "search"}),
        (["page is cart", "page is home"], set()),
        (["copy"], set(PAGE_KINDS)),
        (["{any: [page is cart, copy]}"], set(PAGE_KINDS)),
        (["{not: page is cart}"], set(PAGE_KINDS)),
    ],
)
def test_rule_is_looked_at_only_on_kinds_of_page_where_it_could_hold(when: list[str], kinds: set[str]) -> None:
    assert compiled(*when).kinds == kinds


def test_conditions_on_the_kind_are_not_checked_again() -> None:
    rule = compiled("page is cart", "views(cart) > 2", "page.dwell > 5s")
    assert [str(each) for each in rule.checks] == ["views(cart) is more than 2", "page.dwell is more than 5s"]


@pytest.mark.parametrize(
    ("condition", "fixed"),
    [
        ("views(cart) > 2", True), ("product.id is cup", True), ("visitor.returning", True), ("page.dwell > 5s", False),
        ("cart.value > 9", False), ("count(login) > 1", False), ("session.age > 5m", False), ("exit_intent", False),
        ("not: page is cart", True), ("any of (page is cart; views(cart) is more than 2)", True),
        ("any of (page is cart; exit_intent)", False), ("all of (page is cart; not: idle is more than 9s)", False),
    ],
)  # fmt: skip
def test_condition_is_fixed_if_only_a_page_view_changes_it(condition: str, fixed: bool) -> None:
    assert is_fixed(read_spoken(condition)) is fixed


@pytest.mark.parametrize(
    ("when", "groups"),
    [
        (["page is cart", "views(cart) > 2"], set()),
        (["page.dwell > 5s", "dwell(cart) > 5s"], {"dwell"}),
        (["cart.missing_for_free_shipping < 300", "page.scroll > 50%"], {"cart", "scroll"}),
        (["count(login) > 1", "exit_intent"], {"event:login", "event:exit_intent"}),
        (["count(cart) > 1"], {"cart"}),
        (["{not: {any: [idle > 9s, session.age > 5m]}}"], {"event:idle", "clock"}),
    ],
)
def test_rule_is_changed_by_events_of_the_groups_that_its_conditions_read(when: list[str], groups: set[str]) -> None:
    assert compiled(*when).groups == groups


@pytest.mark.parametrize(
    ("when", "bounded"),
    [
        (["page.dwell > 5s"], False),
        (["page.dwell >= 5s", "exit_intent"], False),
        (["page.dwell < 5s"], True),
        (["page.scroll = 50%"], True),
        (["{not: page.dwell > 5s}"], True),
        (["{any: [page.dwell > 5s, copy]}"], True),
        (["cart.value < 9"], False),
    ],
)
def test_rule_is_bounded_if_a_measure_may_stop_being_low_enough(when: list[str], bounded: bool) -> None:
    assert compiled(*when).is_bounded is bounded


def test_conditions_that_the_browser_can_wait_for_are_tested_last() -> None:
    rule = compiled("page.dwell > 5s", "cart.value > 9", "copy")
    assert [may_arm for _, may_arm in rule.live] == [False, True, True]


def test_live_counters_leave_out_what_only_a_page_view_changes() -> None:
    rule = compiled("views(cart) > 2", "dwell(cart) > 5s")
    assert [each.field for each in rule.counters] == ["views:cart", "dwell:cart", "d"]
    assert [each.field for each in rule.live_counters] == ["dwell:cart", "d"]


@pytest.mark.parametrize(
    ("line", "stays"),
    [
        ("views(cart) > 2", True), ("views(cart) in 7d > 2", True), ("views(cart) in 7d >= 2", True),
        ("views(cart) in 7d < 2", False), ("views(cart) in 7d = 2", False), ("views(cart) ever < 2", True),
        ("count(login) in 7d > 2", False), ("dwell(cart) in 7d > 2s", False), ("page.dwell > 2s", False),
        ("sequence: [page home, page cart]", True), ("sequence: [page home, login]", False),
        ("not: views(cart) in 7d > 2", False), ("page is cart", True),
    ],
)  # fmt: skip
def test_condition_that_is_false_on_a_page_may_stay_so(line: str, stays: bool) -> None:
    assert stays_false(read_spoken(line)) is stays
