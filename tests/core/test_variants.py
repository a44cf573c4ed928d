"""Variants: a stable share of visitors for each, and how they are written; rules that come after others."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from engine.core.conditions import AllOf
from engine.core.rules import After, Rule, Show, Variant
from engine.core.variants import variant_of
from tests.core.cases import refused
from tests.core.reading import a_rule, problems, read, read_one

VISITORS = [f"visitor-{n}" for n in range(10_000)]
SHOW = Show("chat", {})


def rule_of(*, rule: str = "offer", **weights: float) -> Rule:
    variants = tuple(Variant(each, weight, SHOW) for each, weight in weights.items())
    return Rule(rule, AllOf(()), SHOW, variants=variants)


def drawn(rule: Rule) -> dict[str, str]:
    found = {each: variant_of(each, rule) for each in VISITORS}
    return {visitor: variant.name for visitor, variant in found.items() if variant}


def test_rule_without_variants_has_none_for_anybody() -> None:
    assert variant_of("v1", rule_of()) is None


@pytest.mark.parametrize(
    ("weights", "shares"),
    [
        ({"a": 50, "b": 50}, {"a": 0.5, "b": 0.5}),
        ({"a": 1, "b": 1, "c": 2}, {"a": 0.25, "b": 0.25, "c": 0.5}),
        ({"a": 99.5, "b": 0.5}, {"a": 0.995, "b": 0.005}),
        ({"a": 0, "b": 3}, {"b": 1.0}),
    ],
)
def test_variants_share_the_visitors_by_weight(weights: dict[str, float], shares: dict[str, float]) -> None:
    variants = tuple(Variant(each, weight, SHOW) for each, weight in weights.items())
    counted = Counter(drawn(replace(rule_of(), variants=variants)).values())
    assert counted.keys() == shares.keys()
    assert all(abs(counted[name] / 10_000 - share) < 0.015 for name, share in shares.items())


@pytest.mark.repeats
def test_visitor_keeps_a_variant_whatever_order_and_scale_the_weights_have() -> None:
    assert drawn(rule_of(a=50, b=50)) == drawn(rule_of(b=1, a=1))


@pytest.mark.repeats
def test_greater_weight_takes_visitors_and_gives_none_away() -> None:
    before, after = drawn(rule_of(a=1, b=1)), drawn(rule_of(a=3, b=1))
    moved = {(before[each], after[each]) for each in VISITORS if before[each] != after[each]}
    assert moved == {("b", "a")}


@pytest.mark.repeats
def test_new_variant_takes_its_share_and_leaves_the_others_alone() -> None:
    before, after = drawn(rule_of(a=1, b=1)), drawn(rule_of(a=1, b=1, c=1))
    assert {after[each] for each in VISITORS if before[each] != after[each]} == {"c"}


@pytest.mark.repeats
def test_variants_of_two_rules_are_independent() -> None:
    one, other = drawn(rule_of(rule="one", a=1, b=1)), drawn(rule_of(rule="other", a=1, b=1))
    both = sum(one[each] == other[each] for each in VISITORS)
    assert abs(both - 5_000) < 150


def test_variant_that_is_laid_down_is_the_one_where_a_rule_has_it() -> None:
    rule = rule_of(a=1, b=0)
    assert variant_of("v1", rule, "b") == rule.variants[1]
    assert variant_of("v1", rule, "c") == rule.variants[0]


def test_list_under_show_is_read_as_variants() -> None:
    rule = read_one(a_rule(show="[{variant: a, weight: 2.5, chat: {text: A}}, {variant: 7, chat: {text: B}}]"))
    assert [(each.name, each.weight, each.show.kind) for each in rule.variants] == [
        ("a", 2.5, "chat"),
        ("7", 1, "chat"),
    ]
    assert rule.show == rule.variants[0].show
    assert rule.shows == tuple(each.show for each in rule.variants)
    assert not rule.is_silent


def test_rule_shows_one_popup_several_or_none() -> None:
    rule = rule_of()
    assert rule.shows == (SHOW,)
    assert (replace(rule, show=None).shows, replace(rule, show=None).is_silent) == ((), True)


@pytest.mark.parametrize(
    ("written", "after"),
    [
        ("first", After("first")),
        ("{rule: first}", After("first")),
        ("{rule: first, wait: 2d}", After("first", 2 * 86_400_000)),
    ],
)
def test_rule_after_another_is_read(written: str, after: After) -> None:
    rules = read(a_rule(rule="first") + a_rule(rule="second", more=f"after: {written}\n"))
    assert rules.by_id["second"].rule.after == after


@pytest.mark.parametrize("case", refused("variants"), ids=lambda case: case["says"])
def test_what_cannot_be_read_is_refused_with_a_sentence(case: dict[str, Any]) -> None:
    parts = {"show": case["show"]} if "show" in case else {"more": f"after: {case['after']}\n"}
    assert case["says"] in problems(a_rule(rule="test-rule", **parts))[0]
