"""Which moments of a page could make a rule true: no other is asked for."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine.core.arm import flips_at
from engine.core.events import Page, Product
from engine.core.judge import Watch, arm_field
from engine.core.view import View, Visitor
from tests.core.reading import a_rule, read

MUG = Page("product", "/p/mug", "/p/mug", product=Product("mug", category="tea"))
AT = 1_000_000


def armed(*when: str, page: Page = MUG, **values: int) -> dict[str, Any]:
    """Judge one rule on a page and return what it arms; ``values`` are its counters, by name with _ for :."""
    rules = read(a_rule(*when), "holdout: 0%\n")
    watch = Watch(rules)
    plan = watch.plan(page.kind, "page_view")
    names = (*plan.document, *plan.session_names(page))
    counts = plan.counts(json.dumps([values.get(name.replace(":", "_"), 0) for name in names]).encode())
    watch.judge(plan, View(counts, page, Visitor(session_started_ms=AT - 10_000), now_ms=AT), ())
    return arm_field(watch.armed, AT)


@pytest.mark.parametrize(
    ("symbol", "expected", "flips"),
    [
        (">", 10, ((11, True),)),
        (">", 10.5, ((11, True),)),
        (">=", 10, ((10, True),)),
        (">=", 10.5, ((11, True),)),
        ("<", 10, ((10, False),)),
        ("<", 10.5, ((11, False),)),
        ("<=", 10, ((11, False),)),
        ("=", 10, ((10, True), (11, False))),
    ],
)
def test_rising_measure_flips_a_comparison(symbol: str, expected: float, flips: tuple[tuple[int, bool], ...]) -> None:
    assert flips_at(symbol, expected) == flips


def test_moment_is_asked_for_while_everything_else_holds() -> None:
    assert armed("page is product", "page.dwell > 10s") == {"page_dwell": [10_001]}
    assert armed("page is product", "page.dwell > 10s", d=4_000) == {"page_dwell": [10_001]}
    assert armed("page is product", "page.dwell > 10s", d=10_001) == {}
    assert armed("page is product", "page.dwell > 10s", "cart.value > 5") == {}
    assert armed("page is cart", "page.dwell > 10s") == {}


def test_dwell_of_more_than_the_page_view_is_asked_for_on_its_clock() -> None:
    assert armed("dwell(product) > 10s", d=1_000, dwell_product=7_000) == {"page_dwell": [4_001]}
    assert armed("product.dwell >= 10s", d=1_000, I_mug=7_000) == {"page_dwell": [4_000]}
    assert armed("dwell(cart) > 10s", dwell_cart=7_000) == {}
    assert armed("category.dwell > 10s", page=Page("home", "/", "/")) == {}


def test_signal_waits_for_the_measures() -> None:
    assert armed("exit_intent", "page.dwell > 10s") == {"page_dwell": [10_001]}
    assert armed("exit_intent", "page.dwell > 10s", d=10_001) == {"exit_intent": True}
    assert armed("idle > 30s", "page.scroll >= 50%", s=50) == {"idle": [30_001]}


def test_upper_bound_is_asked_for_too() -> None:
    assert armed("page.dwell > 5s", "page.dwell <= 20s") == {"page_dwell": [5_001, 20_001]}
    assert armed("page.dwell < 5s", "count(login) > 0") == {"page_dwell": [5_000]}
    assert armed("page.dwell < 5s", "count(login) > 0", d=5_000) == {}


def test_clock_is_waited_for() -> None:
    assert armed("session.age > 60s") == {"wake": [50_001]}
    assert armed("session.age > 5s") == {}


def test_any_of_several_asks_for_each_and_none_for_what_can_never_be() -> None:
    assert armed("any: [exit_intent, page.dwell > 10s]") == {"exit_intent": True, "page_dwell": [10_001]}
    never = "any: [count(login) < 1, {all: [count(search) = 0, dwell(cart) > 5s]}]"
    assert armed(never, "exit_intent", e_login=1, e_search=1) == {}
    assert armed("not: {any: [count(login) > 0, count(search) > 0]}", "exit_intent", e_login=1) == {}
    assert armed("any: [count(login) < 1, dwell(cart) > 5s]", "page.dwell > 1s", e_login=1) == {}


def test_count_of_a_signal_arms_the_signal() -> None:
    assert armed("count(exit_intent) > 1") == {"exit_intent": True}


def test_arm_says_each_moment_once_and_lists_in_rising_order() -> None:
    moments = {
        0: (("page_dwell", 500), ("wake", AT + 5)),
        1: (("page_dwell", 100), ("exit_intent", 1)),
        2: (("scroll", 50), ("idle", 9), ("page_dwell", 500), ("wake", AT - 5)),
    }
    assert arm_field(moments, AT) == {
        "exit_intent": True, "idle": [9], "page_dwell": [100, 500], "scroll": [50], "wake": [1, 5]
    }  # fmt: skip
