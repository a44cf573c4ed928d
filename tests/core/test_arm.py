"""Arming: the state of a condition on a view, and the moments that the browser is asked to report."""

from __future__ import annotations

from typing import Any

import pytest

from engine.core.arm import can_be_armed, compile_chance, flips_at
from engine.core.chances import Moment
from engine.core.judge import Watch
from engine.core.ruleset import RuleSet
from engine.core.spoken import read_spoken
from engine.core.view import Visitor
from tests.core.reading import a_rule, read
from tests.core.shoppers import Said, Shopper

HOME: Said = ("page_view", {"url": "/", "kind": "home"})
CART: Said = ("page_view", {"url": "/cart", "kind": "cart"})
CUP: Said = ("page_view", {"url": "/p/cup", "kind": "product", "product": {"id": "cup", "category": "Kitchen"}})
MUG: Said = ("page_view", {"url": "/p/mug", "kind": "product", "product": {"id": "mug", "category": "Kitchen"}})
LOGIN: Said = ("login", {})


def dwell(seconds: float) -> Said:
    return "page_dwell", {"ms": seconds * 1_000}


def scroll(percent: int) -> Said:
    return "scroll", {"percent": percent}


def moments(rules: RuleSet, *events: Said, session_started_ms: int = 0) -> set[Moment]:
    """Return what is armed after a visit, by a judge who follows it event by event."""
    watch, shopper = Watch(rules), Shopper(who=Visitor(session_started_ms=session_started_ms))
    for name, data in events:
        shopper.does(name, data)
        if name == "page_view":
            watch.turn(rules)
        plan = watch.plan(shopper.page.kind, name)
        watch.judge(plan, shopper.seen_by(plan), ())
    return {moment for armed in watch.armed.values() for moment in armed}


def chance(condition: str, *events: Said) -> tuple[str, tuple[Moment, ...]]:
    """Return the state of a condition after a visit, and its moments."""
    rules = read(a_rule(f"{{all: [{condition}]}}"))
    (compiled,) = rules.rules
    (when,) = compiled.rule.when.conditions
    of_view = compile_chance(when, rules.slots, rules.site)
    plan = rules.plan_of_all()
    return of_view(Shopper().after(*events).seen_by(plan))


@pytest.mark.parametrize(
    ("condition", "events", "state", "armed"),
    [
        # what only a page view can change
        ("page is home", [HOME], "holds", ()),
        ("page is home", [CART], "never", ()),
        ("{not: page is home}", [CART], "holds", ()),
        ("{not: page is home}", [HOME], "never", ()),
        ("views(home) > 1", [HOME], "never", ()),
        # what an event may change that nobody can foresee
        ("cart.value > 9", [HOME], "open", ()),
        ("{not: cart.value < 9}", [HOME], "open", ()),
        ("cart.value < 9", [HOME], "holds", ()),
        # counts of events only rise
        ("count(login) > 0", [HOME], "open", ()),
        ("count(login) > 0", [HOME, LOGIN], "holds", ()),
        ("count(login) < 1", [HOME, LOGIN], "never", ()),
        ("count(login) <= 1", [HOME, LOGIN, LOGIN], "never", ()),
        ("{not: count(login) > 0}", [HOME, LOGIN], "never", ()),
        ("{not: count(login) >= 1}", [HOME, LOGIN], "never", ()),
        ("{not: count(login) < 1}", [HOME], "open", ()),
        ("{not: count(login) = 1}", [HOME, LOGIN], "open", ()),
        ("{not: count(login) is not 1}", [HOME], "open", ()),
        ("count(copy) > 1", [HOME], "armed", (("copy", 1),)),
        ("count(copy) > 1", [HOME, ("copy", {}), ("copy", {})], "holds", ()),
        ("count(copy) < 1", [HOME, ("copy", {})], "never", ()),
        # signals
        ("exit_intent", [HOME], "armed", (("exit_intent", 1),)),
        ("exit_intent", [HOME, ("exit_intent", {})], "armed", (("exit_intent", 1),)),
        ("{not: exit_intent}", [HOME], "holds", ()),
        ("idle > 30s", [HOME], "armed", (("idle", 30_001),)),
        ("idle >= 30s", [HOME], "armed", (("idle", 30_000),)),
        ("idle < 30s", [HOME], "holds", ()),
        ("{not: idle > 30s}", [HOME], "holds", ()),
        ("{not: idle < 30s}", [HOME], "armed", (("idle", 30_000),)),
        # a measure that rises
        ("page.dwell > 10s", [HOME], "armed", (("page_dwell", 10_001),)),
        ("page.dwell >= 10s", [HOME, dwell(9)], "armed", (("page_dwell", 10_000),)),
        ("page.dwell > 10s", [HOME, dwell(10)], "armed", (("page_dwell", 10_001),)),
        ("page.dwell > 10s", [HOME, dwell(11)], "holds", ()),
        ("page.dwell > 10s", [HOME, dwell(11), HOME], "armed", (("page_dwell", 10_001),)),
        ("page.scroll >= 50%", [HOME, scroll(49)], "armed", (("scroll", 50),)),
        ("page.scroll > 50%", [HOME, scroll(50)], "armed", (("scroll", 51),)),
        ("page.scroll > 50%", [HOME, scroll(51)], "holds", ()),
        # a measure with an upper bound holds until a moment
        ("page.dwell < 10s", [HOME], "holds", (("page_dwell", 10_000),)),
        ("page.dwell <= 10s", [HOME], "holds", (("page_dwell", 10_001),)),
        ("page.dwell < 10s", [HOME, dwell(10)], "never", ()),
        ("{not: page.dwell > 10s}", [HOME], "holds", (("page_dwell", 10_001),)),
        ("{not: page.dwell > 10s}", [HOME, dwell(11)], "never", ()),
        ("{not: page.dwell < 10s}", [HOME], "armed", (("page_dwell", 10_000),)),
        ("{not: page.dwell < 10s}", [HOME, dwell(10)], "holds", ()),
        # exactly so much: it becomes true, and false again
        ("page.scroll = 50%", [HOME], "armed", (("scroll", 50),)),
        ("page.scroll = 50%", [HOME, scroll(50)], "holds", (("scroll", 51),)),
        ("page.scroll = 50%", [HOME, scroll(51)], "never", ()),
        ("{not: page.scroll = 50%}", [HOME], "holds", (("scroll", 50),)),
        ("{not: page.scroll = 50%}", [HOME, scroll(50)], "armed", (("scroll", 51),)),
        ("{not: page.scroll = 50%}", [HOME, scroll(51)], "holds", ()),
        # dwell of a kind, a product, a category and the session, in the browser's count of this page view
        ("dwell(home) > 10s", [HOME, dwell(4), CART], "never", ()),
        ("dwell(home) < 10s", [HOME, dwell(4), CART], "holds", ()),
        ("dwell(home) > 10s", [HOME, dwell(4), HOME], "armed", (("page_dwell", 6_001),)),
        ("dwell(home) > 10s", [HOME, dwell(4), HOME, dwell(3)], "armed", (("page_dwell", 6_001),)),
        ("product.dwell > 10s", [HOME], "never", ()),
        ("product.dwell > 10s", [CUP, dwell(4), MUG], "armed", (("page_dwell", 10_001),)),
        ("product.dwell > 10s", [CUP, dwell(4), MUG, CUP], "armed", (("page_dwell", 6_001),)),
        ("category.dwell > 10s", [HOME], "never", ()),
        ("category.dwell > 10s", [CUP, dwell(4), MUG, dwell(1)], "armed", (("page_dwell", 6_001),)),
        ("session.dwell > 10s", [HOME, dwell(4), CART, dwell(1)], "armed", (("page_dwell", 6_001),)),
        # the stage: attention to a product makes a shopper
        ("visitor.stage at least shopper", [CUP], "armed", (("page_dwell", 60_000),)),
        ("visitor.stage at least shopper", [CUP, dwell(2)], "armed", (("page_dwell", 60_000),)),
        ("visitor.stage at least shopper", [CUP, dwell(60)], "holds", ()),
        ("visitor.stage at least shopper", [HOME], "open", ()),
        ("visitor.stage at least buyer", [CUP], "open", ()),
        ("visitor.stage at most subscriber", [CUP], "holds", (("page_dwell", 60_000),)),
        ("visitor.stage at most subscriber", [CUP, dwell(60)], "never", ()),
        ("visitor.stage is visitor", [HOME, ("sign_up", {})], "never", ()),
        ("{not: visitor.stage is visitor}", [CUP], "armed", (("page_dwell", 60_000),)),
        # a window of dwell with nothing in it yet: only attention can make it full
        ("dwell(cart) in 1h = 10s", [HOME], "never", ()),
        ("dwell(cart) in 1h = 10s", [CART], "armed", (("page_dwell", 10_000),)),
        # what only keeps a window full is not told millisecond by millisecond
        ("dwell(cart) in 1h = 0s", [CART, dwell(2)], "armed", (("wake", 3_601_000), ("page_dwell", 12_000))),
        ("dwell(cart) in 1m < 1s", [CART, dwell(2)], "armed", (("wake", 61_000), ("page_dwell", 7_000))),
        ("dwell(cart) in 1m < 9s", [CART, dwell(9)], "armed", (("wake", 61_000), ("page_dwell", 18_000))),
        # the clock on the wall, in Taipei: eight in the morning of a Thursday
        ("clock.hour = 8", [HOME], "holds", ()),
        ("clock.hour = 9", [HOME], "armed", (("wake", 3_600_000),)),
        ("clock.hour = 7", [HOME], "armed", (("wake", 82_800_000),)),
        ("clock.weekday is fri", [HOME], "armed", (("wake", 57_600_000),)),
        ("clock.weekday is sat", [HOME], "open", ()),
        ("clock.date > 2000-01-01", [HOME], "open", ()),
        ("{not: clock.hour < 10}", [HOME], "armed", (("wake", 7_200_000),)),
        # the clock: when, not how long
        ("session.age >= 5m", [HOME], "armed", (("wake", 300_000),)),
        ("session.age >= 5m", [HOME, ("wake", {"after": 60_000})], "armed", (("wake", 300_000),)),
        ("session.age >= 5m", [HOME, ("wake", {"after": 299_000})], "holds", ()),
        ("session.age < 5m", [HOME], "holds", (("wake", 300_000),)),
    ],
)  # fmt: skip
def test_condition_holds_is_armed_is_open_or_can_never_hold_on_this_page(
    condition: str, events: list[Said], state: str, armed: tuple[Moment, ...]
) -> None:
    assert chance(condition, *events) == (state, armed)


DWELL, SCROLL, UNTIL = ("page_dwell", 10_001), ("scroll", 50), ("page_dwell", 20_000)
GROUPS: list[tuple[str, list[Said], str, tuple[Moment, ...]]] = [
    ("{all: [page.dwell > 10s, page.scroll >= 50%]}", [HOME], "armed", (DWELL, SCROLL)),
    ("{all: [page.dwell > 10s, page.scroll >= 50%]}", [HOME, dwell(11)], "armed", (SCROLL,)),
    ("{all: [page.dwell > 10s, page.scroll >= 50%]}", [HOME, dwell(11), scroll(50)], "holds", ()),
    ("{all: [page.dwell > 10s, page is cart]}", [HOME], "never", ()),
    ("{all: [page.dwell > 10s, count(login) > 0]}", [HOME], "open", ()),
    ("{all: [page.dwell > 10s, count(login) > 0]}", [HOME, LOGIN], "armed", (DWELL,)),
    ("{all: [page.dwell < 20s, count(login) > 0]}", [HOME], "open", (UNTIL,)),
    ("{all: [page.dwell > 10s, page.dwell < 20s]}", [HOME], "armed", (DWELL, UNTIL)),
    ("{all: [page.dwell > 10s, page.dwell < 20s]}", [HOME, dwell(11)], "holds", (UNTIL,)),
    ("{all: [page.dwell > 10s, page.dwell < 20s]}", [HOME, dwell(20)], "never", ()),
    ("{all: [page.dwell > 10s, exit_intent]}", [HOME], "armed", (DWELL,)),
    ("{all: [page.dwell > 10s, exit_intent]}", [HOME, dwell(11)], "armed", (("exit_intent", 1),)),
    ("{all: [session.age > 5m, copy]}", [HOME], "armed", (("wake", 300_001),)),
    ("{all: [idle > 9s, count(copy) > 0]}", [HOME], "armed", (("idle", 9_001), ("copy", 1))),
    ("{any: [page.dwell > 10s, page.scroll >= 50%]}", [HOME], "armed", (DWELL, SCROLL)),
    ("{any: [page.dwell > 10s, page is cart]}", [HOME], "armed", (DWELL,)),
    ("{any: [page.dwell > 10s, page is home]}", [HOME], "holds", (DWELL,)),
    ("{any: [page.dwell > 10s, count(login) > 0]}", [HOME], "armed", (DWELL,)),
    ("{any: [count(login) > 0, cart.value > 9]}", [HOME], "open", ()),
    ("{any: [page is cart, page is search]}", [HOME], "never", ()),
    ("{any: [page.dwell < 20s, count(login) > 0]}", [HOME], "holds", (UNTIL,)),
    ("{not: {any: [page.dwell < 20s, page is cart]}}", [HOME], "armed", (UNTIL,)),
    ("{not: {all: [page.dwell < 20s, page is home]}}", [HOME], "armed", (UNTIL,)),
    ("{not: {all: [page.dwell < 20s, page is cart]}}", [HOME], "holds", (UNTIL,)),
    ("{not: {not: page.dwell > 10s}}", [HOME], "armed", (DWELL,)),
]


@pytest.mark.parametrize(("condition", "events", "state", "armed"), GROUPS)
def test_state_of_a_group_follows_from_those_of_its_conditions(
    condition: str, events: list[Said], state: str, armed: tuple[Moment, ...]
) -> None:
    assert chance(condition, *events) == (state, armed)


@pytest.mark.parametrize(
    ("when", "timeline"),
    [
        (
            ["page is cart", "views(cart) > 1", "page.dwell > 10s", "exit_intent"],
            [
                (CART, set()),
                (CART, {("page_dwell", 10_001)}),
                (dwell(10), {("page_dwell", 10_001)}),
                (dwell(0.001), {("exit_intent", 1)}),
                (("exit_intent", {}), {("exit_intent", 1)}),
                (HOME, set()),
            ],
        ),
        (
            ["count(login) > 0", "page.dwell < 20s"],
            [
                (HOME, {("page_dwell", 20_000)}),
                (dwell(4), {("page_dwell", 20_000)}),
                (LOGIN, {("page_dwell", 20_000)}),
                (dwell(16), set()),
                (HOME, {("page_dwell", 20_000)}),
            ],
        ),
        (
            ["cart.value > 9", "dwell(cart) > 10s"],
            [
                (CART, set()),
                (dwell(3), set()),
                (("cart", {"value": 10}), {("page_dwell", 10_001)}),
                (("cart", {"value": 0}), set()),
                (CART, set()),
                (("cart", {"value": 10}), {("page_dwell", 7_001)}),
            ],
        ),
        (
            ["session.age > 1m", "page.scroll > 50%"],
            [
                (HOME, {("wake", 60_001), ("scroll", 51)}),
                (scroll(60), {("wake", 60_001)}),
                (("wake", {"after": 1_000}), {("wake", 60_001)}),
                (("wake", {"after": 60_000}), set()),
            ],
        ),
    ],
)
def test_timeline_of_a_rule_arms_what_could_make_it_true_next(
    when: list[str], timeline: list[tuple[Said, set[Moment]]]
) -> None:
    rules = read(a_rule(*when))
    events = [event for event, _ in timeline]
    assert [moments(rules, *events[: n + 1]) for n in range(len(events))] == [armed for _, armed in timeline]


def test_wake_counts_from_the_beginning_of_the_session() -> None:
    assert moments(read(a_rule("session.age > 1m")), HOME, session_started_ms=500) == {("wake", 60_501)}


@pytest.mark.parametrize(
    ("symbol", "expected", "flips"),
    [
        (">", 50, ((51, True),)),
        (">", 50.5, ((51, True),)),
        (">=", 50, ((50, True),)),
        (">=", 50.5, ((51, True),)),
        ("<", 50, ((50, False),)),
        ("<", 50.5, ((51, False),)),
        ("<=", 50, ((51, False),)),
        ("<=", 50.5, ((51, False),)),
        ("=", 50, ((50, True), (51, False))),
    ],
)
def test_whole_measure_changes_a_comparison_at_the_first_whole_number_beyond(
    symbol: str, expected: Any, flips: tuple[tuple[int, bool], ...]
) -> None:
    assert flips_at(symbol, expected) == flips


@pytest.mark.parametrize(
    ("condition", "armable"),
    [
        ("page.dwell > 5s", True), ("page.scroll > 50%", True), ("session.age > 5m", True), ("idle > 5s", True),
        ("exit_intent", True), ("count(copy) > 1", True), ("count(login) > 1", False), ("cart.value > 9", False),
        ("page is cart", False), ("any of (page is cart; copy)", True), ("not: page.dwell > 5s", True),
    ],
)  # fmt: skip
def test_browser_can_report_measures_and_signals_only(condition: str, armable: bool) -> None:
    assert can_be_armed(read_spoken(condition)) is armable
