"""The sieve and the plans of events against a naive judge, over rule sets and visits of all kinds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.compiled_rule import stays_false
from engine.core.judge import Watch
from engine.core.ruleset import RuleSet
from tests.core.reading import a_rule, read
from tests.core.shoppers import DWELLS, Said, Shopper, rule_sets, visits
from tests.drawn import drawn

Visit = tuple[Shopper, list[Said]]


def judged_anew(rules: RuleSet, shopper: Shopper) -> Watch:
    watch = Watch(rules)
    plan = watch.plan(shopper.page.kind, "page_view")
    watch.judge(plan, shopper.seen_by(plan), ())
    return watch


def alive_by_hand(rules: RuleSet, shopper: Shopper) -> set[str]:
    """Return the rules whose conditions that cannot come true on this page view are all true."""
    view = shopper.seen_by(rules.plan_of_all())
    fixed = {each.rule.id: [one for one in each.rule.when.conditions if stays_false(one)] for each in rules.rules}
    return {name for name, conditions in fixed.items() if all(rules._test_of(each)(view) for each in conditions)}


@drawn(75)
@given(rule_sets(), visits())
def test_sieve_finds_the_rules_that_a_naive_judge_finds_each_once_and_best_first(rules: RuleSet, visit: Visit) -> None:
    shopper, events = visit
    for name, data in events:
        shopper.does(name, data)
        watch = Watch(rules)
        plan = rules.page_plan(shopper.page.kind)
        true = [each.rule.id for each in watch.judge(plan, shopper.seen_by(plan), ())]
        by_hand = shopper.makes_true(rules)
        best_first = sorted((each for each in rules.rules if each.rule.id in by_hand), key=lambda r: -r.rule.priority)
        assert true == [each.rule.id for each in best_first]
        assert sorted(each.rule.id for each in watch.alive or ()) == sorted(alive_by_hand(rules, shopper))


@drawn(75)
@given(rule_sets(), visits())
def test_events_after_a_page_view_find_what_judging_all_rules_anew_would(rules: RuleSet, visit: Visit) -> None:
    shopper, events = visit
    watch = Watch(rules)
    for name, data in events:
        quiet = shopper.after(("wake", {}))
        shopper.does(name, data)
        if name == "page_view":
            watch.turn(rules)
        plan = watch.plan(shopper.page.kind, name)
        true = {each.rule.id for each in watch.judge(plan, shopper.seen_by(plan), ())}
        by_hand = shopper.makes_true(rules)
        concerned = {each.rule.id for each in plan.rules}
        assert true == by_hand & concerned
        if name != "page_view":
            assert by_hand - concerned <= quiet.makes_true(rules), "a rule became true, and nobody looked"
        assert watch.armed == judged_anew(rules, shopper).armed


@drawn(75)
@given(rule_sets(), visits(), st.sampled_from(DWELLS))
def test_rule_that_time_on_the_page_makes_true_has_armed_a_moment_of_it(
    rules: RuleSet, visit: Visit, dwell: Said
) -> None:
    shopper, events = visit
    shopper = shopper.after(*events, ("wake", {}))
    armed = judged_anew(rules, shopper).armed
    later = shopper.after(dwell)
    for each in later.makes_true(rules) - shopper.makes_true(rules):
        moments = armed.get(rules.by_id[each].order, ())
        assert any(name == "page_dwell" and shopper.dwell_ms < at <= later.dwell_ms for name, at in moments)


@drawn(75)
@given(rule_sets(), visits(), st.sampled_from([25, 50, 75, 100]), st.sampled_from([500, 1_000, 4_000]))
def test_rule_that_scrolling_or_the_clock_makes_true_has_armed_a_moment_of_it(
    rules: RuleSet, visit: Visit, percent: int, ms: int
) -> None:
    shopper, events = visit
    shopper = shopper.after(*events, ("wake", {}))
    armed, true = judged_anew(rules, shopper).armed, shopper.makes_true(rules)
    for each in shopper.after(("scroll", {"percent": percent})).makes_true(rules) - true:
        if "count(scroll)" not in str(rules.by_id[each].rule.when):
            assert any(name == "scroll" and at <= percent for name, at in armed[rules.by_id[each].order])
    for each in shopper.after(("wake", {"after": ms})).makes_true(rules) - true:
        moments = armed[rules.by_id[each].order]
        assert any(name == "wake" and shopper.now_ms < at <= shopper.now_ms + ms for name, at in moments)


@drawn(75)
@given(rule_sets(), visits(), st.sampled_from(DWELLS), st.sampled_from(["login", "exit_intent", "cart"]))
def test_rule_never_fires_by_a_measure_that_was_reported_too_late(
    rules: RuleSet, visit: Visit, dwell: Said, name: str
) -> None:
    shopper, events = visit
    shopper = shopper.after(*events, ("wake", {}))
    armed = judged_anew(rules, shopper).armed
    later = shopper.after(dwell)
    too_late = shopper.after((name, {})).makes_true(rules) - later.after((name, {})).makes_true(rules)
    for each in too_late:
        moments = armed.get(rules.by_id[each].order, ())
        assert any(one == "page_dwell" and shopper.dwell_ms < at <= later.dwell_ms for one, at in moments)


CUP: Said = ("page_view", {"url": "/p/cup", "kind": "product", "product": {"id": "CUP", "price": 620}})


@pytest.mark.parametrize(
    ("when", "found"),
    [
        (["product.price in [620, 620, 620.0]"], True),
        (["product.id in [cup, CUP]", "views(product) >= 1"], True),
        (["product.id in [mug, cup]", "views(product) > 1"], False),
        (["product.name is cup"], False),
        (["views(product) >= 1", "views(product) >= 1"], True),
    ],
)
def test_rule_is_found_once_however_often_it_names_a_value(when: list[str], found: bool) -> None:
    rules = read(a_rule(*when))
    shopper = Shopper().after(CUP)
    plan = rules.page_plan("product")
    true = Watch(rules).judge(plan, shopper.seen_by(plan), ())
    assert [each.rule.id for each in true] == ["r"] * found
