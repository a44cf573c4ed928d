"""The sieve finds the rules that a look at each of them finds, on any page and after any event of it."""

from __future__ import annotations

import json
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core import ruleset
from engine.core.compiled_rule import CompiledRule, is_fixed
from engine.core.events import PAGE_KINDS, Page, Product
from engine.core.judge import Watch
from engine.core.plan import Plan
from engine.core.ruleset import RuleSet, group_of
from engine.core.verdicts import Fires
from engine.core.view import View, Visitor
from tests.core.reading import a_rule, read

CONDITIONS = [
    "page is cart", "page is not home", "page in [product, category]",
    "page.path is /a", "page.path starts with /b", "page.title contains mug",
    "product.id is mug", "product.id in [mug, cup]", "product.id is not mug", "product.price > 100",
    "product.category is Tea", "category.id is tea",
    "views(cart) > 1", "views(cart) > 2", "views(cart) >= 2", "views(cart) < 3", "views(cart) = 1", "page.views > 1",
    "page.dwell > 10s", "page.dwell < 5s", "dwell(cart) > 3s", "product.dwell >= 2s", "session.dwell > 20s",
    "page.scroll > 50%", "cart.value > 100", "cart.value > 200", "cart.value >= 100", "cart.value = 0",
    "cart.missing_for_free_shipping < 50", "cart.quantity in [1, 2]", "cart.lines is not 0",
    "count(login) > 0", "count(login) = 0", "count(login) < 2", "count(copy) > 0",
    "visitor.device is phone", "visitor.returning", "visitor.language starts with zh", "traffic.source is ig",
    "session.age > 60s", "exit_intent", "idle > 30s",
    "any: [page is cart, count(login) > 0]", "any: [product.id is mug, page.dwell > 5s]",
    "all: [views(cart) > 1, cart.value > 100]", "not: visitor.returning", "not: page.dwell > 10s",
    "not: exit_intent", "any: [exit_intent, page.scroll > 50%]", "not: {any: [page is home, views(cart) > 2]}",
]  # fmt: skip

WHENS = st.lists(st.lists(st.sampled_from(CONDITIONS), min_size=1, max_size=4, unique=True), min_size=1, max_size=12)
PAGES = st.builds(
    lambda kind, path, product: Page(kind, path, path, "A mug", product),
    st.sampled_from(PAGE_KINDS),
    st.sampled_from(["/a", "/b/c"]),
    st.sampled_from([None, Product("mug", price=620, category="Tea"), Product("CUP"), Product("pot", price=99)]),
)
VISITORS = st.builds(
    Visitor,
    sessions=st.integers(1, 2),
    language=st.sampled_from(["zh-TW", "en"]),
    device=st.sampled_from(["phone", "desktop"]),
    source=st.sampled_from(["ig", ""]),
)
NUMBERS = st.sampled_from([0, 1, 2, 3, 50, 100, 150, 201, 2_000, 5_000, 10_000, 10_001, 25_000])
EVENTS = st.sampled_from(["page_dwell", "scroll", "cart", "login", "exit_intent", "idle", "wake", "copy", "other"])
AT = 1_000_000


def rules_of(whens: Iterable[Iterable[str]]) -> RuleSet:
    text = "".join(a_rule(*when, rule=f"r{n}", more=f"priority: {n % 3}\n") for n, when in enumerate(whens))
    return read(text, "free_shipping_from: 150\nholdout: 0%\n")


def counts_of(plan: Plan, values: dict[str, int], page: Page) -> dict[int, float]:
    names = (*plan.document, *plan.session_names(page))
    return plan.counts(json.dumps([values.get(name, 0) if name else 0 for name in names]).encode())


class OneByOne:
    """All rules, each looked at by itself."""

    def __init__(self, rules: RuleSet, values: dict[str, int], view: View) -> None:
        plan = rules.plan_of_all()
        self.view = View(**{name: getattr(view, name) for name in View.__slots__})
        self.view.counts = counts_of(plan, values, view.page)
        self.rules = rules

    def true(self, among: Iterable[CompiledRule]) -> list[str]:
        found = [each for each in among if isinstance(self.rules.explain(each.rule, self.view), Fires)]
        return [each.rule.id for each in sorted(found, key=lambda each: (-each.rule.priority, each.order))]

    def armed(self, among: Iterable[CompiledRule]) -> dict[int, object]:
        return {each.order: moments for each in among if self.may_live(each) and (moments := each.moments(self.view))}

    def may_live(self, compiled: CompiledRule) -> bool:
        fixed = (each for each in compiled.rule.when.conditions if is_fixed(each))
        return all(self.rules._test_of(each)(self.view) for each in fixed)


def view_of(page: Page, visitor: Visitor, event: str) -> View:
    signal = event if event in ("exit_intent", "copy") else ""
    return View(None, page, visitor, signal, 40_000 if event == "idle" else 0, AT)  # type: ignore[arg-type]


@settings(max_examples=300, deadline=None)
@given(whens=WHENS, page=PAGES, visitor=VISITORS, data=st.data(), events=st.lists(EVENTS, max_size=4))
def test_sieve_and_watch_find_what_a_look_at_each_rule_finds(
    whens: list[list[str]], page: Page, visitor: Visitor, data: st.DataObject, events: list[str]
) -> None:
    rules = rules_of(whens)
    watch = Watch(rules)
    everything = rules.plan_of_all()
    names = [name for name in (*everything.document, *everything.session_names(page)) if name]
    values: dict[str, int] = {name: data.draw(NUMBERS, name) for name in names}
    fixed_names = {name for name in values if name.startswith(("views:", "p:", "i:", "c:"))}
    for event in ("page_view", *events):
        if event != "page_view":
            values |= {name: data.draw(NUMBERS, name) for name in values if name not in fixed_names}
        view = view_of(page, visitor, event)
        plan = watch.plan(page.kind, event)
        view.counts = counts_of(plan, values, page)
        true = [each.rule.id for each in watch.judge(plan, view, frozenset())]
        each_alone = OneByOne(rules, values, view)
        group = group_of(event)
        concerned = [each for each in rules.rules if event in ("page_view", "wake") or group in each.groups]
        assert true == each_alone.true(concerned)
        armed = {order: moments for order, moments in watch.armed.items() if rules.rules[order] in concerned}
        assert armed == each_alone.armed(concerned)


def test_held_rules_are_neither_true_nor_armed() -> None:
    rules = rules_of([["page is cart"], ["page is cart", "page.dwell > 10s"]])
    watch = Watch(rules)
    plan = watch.plan("cart", "page_view")
    view = View(counts_of(plan, {}, Page("cart", "/", "/")), Page("cart", "/", "/"))
    assert watch.judge(plan, view, {"r0", "r1"}) == []
    assert watch.armed == {}
    assert [each.rule.id for each in watch.judge(plan, view, set())] == ["r0"]
    assert watch.armed == {1: (("page_dwell", 10_001),)}


def test_page_without_rules_asks_for_nothing() -> None:
    rules = rules_of([["page is cart", "page.dwell > 10s"]])
    watch = Watch(rules)
    plan = watch.plan("home", "page_view")
    assert (plan.document, plan.session_names(Page("home", "/", "/"))) == ((), [])
    assert watch.judge(plan, View(), ()) == []
    assert watch.plan("home", "page_dwell") is rules.nothing
    watch.turn(rules)
    assert watch.alive is None


def test_plans_of_events_are_made_once_and_do_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ruleset, "_MOST_PLANS", 3)
    rules = rules_of([[f"count(login) > {n}"] for n in range(4)])
    plan = rules.event_plan(rules.rules[:2], "event:login")
    assert plan.rules == rules.rules[:2]
    assert rules.event_plan(rules.rules[:2], "event:login") is plan
    assert rules.event_plan(rules.rules, "event:other") is rules.nothing
    for n in range(4):
        rules.event_plan(rules.rules[n:], "event:login")
    assert len(rules._event_plans) <= 3
