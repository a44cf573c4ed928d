"""Rules written back as YAML and read again are the same."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from engine.core.conditions import AllOf, Condition
from engine.core.rule_printer import print_rules
from engine.core.rulefile import SITE_FILE, read_rules
from engine.core.rules import Limit, Rule, Show
from engine.core.ruleset import RuleSet
from tests.core.cases import Case, all_cases
from tests.core.reading import a_rule, read, read_one
from tests.core.test_reader_properties import CONDITIONS
from tests.drawn import drawn

PLAYBOOK = Path(__file__).parent.parent.parent / "rules" / "playbook"
SHOW = read_one(a_rule()).show

EVERY_KIND = [
    "{chat: {text: a, replies: [b, {text: c, follow_up: d}, {text: e, start: r}], follow_up: f, coupon: NAME}}",
    "{chat: {title: {en: a, zh-TW: b}, coupon: {code: A, value: 12.5, expires: 90s}, steps: "
    "{start: {say: [a, b], coupon: yes, options: [x, {text: y, go: end}, {text: z, url: /a}]}, "
    "end: {say: c, cards: [{title: t, text: u, image: /a.png, go: ask}, {title: v, url: 'https://a.b/c'}]}, "
    "ask: {say: d, ask: {name: size, type: number, placeholder: p, go: over}}, "
    "over: {say: e, handover: {text: f, away: g, go: last}}, last: {say: h}}}}",
    "{coupon: {title: 'a {{coupon.code}} {{views(cart)}}', text: b, pool: P, value: 10%, button: {text: c, url: /x}}}",
    "{coupon: {title: a, code: P, button: {text: c, start: r}}}",
    "{bar: {text: '{{cart.missing_for_free_shipping}} to go', done: here, position: top}}",
    "{bar: {text: '{{cart.missing_for_free_shipping}} to go'}}",
    "{bar: {text: a, coupon: {code: A}, button: {text: b, url: 'tel:+886'}}}",
    "{countdown: {title: a, text: b, coupon: {pool: A, value: 3, expires: 30m}, button: {text: c, url: /}}}",
    "{image: {src: /a.png, alt: {en: a}, width: 300, height: 200, url: /sale, title: b}}",
    "{products: {title: a, from: recently_viewed}}",
    "{survey: {question: a, scale: stars, low: b, high: c, comment: d, thanks: e, field: stars_given}}",
    "{survey: {question: a, options: [b, {en: c, zh-TW: d}]}}",
    "{wheel: {title: a, segments: [{text: b, code: B, value: 5}, {text: c, weight: 2.5}, {text: d}, {text: e}, "
    "{text: f, pool: F, value: 20%}, {text: g}], win: 'w {{coupon.code}}', lose: l, button: t}}",
    "{subscribe: {title: a, consent: b, channels: [line, messenger]}}",
    "{subscribe: {title: a, text: c, channels: {line: d, messenger: {en: e}}}}",
    "[{variant: small, weight: 50, chat: {text: a}}, {variant: big, bar: {text: b}}]",
]
UNWRITABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
"""What no YAML file may hold, or would be read as the end of a line."""
CHANNELS = "channels: {line: '@shop', messenger: shop}\n"


def alike(rule: Rule) -> Rule:
    """Return a rule without the places at which it and its parts were read."""
    shows = tuple(replace(each, show=without_places(each.show)) for each in rule.variants)
    show = None if rule.show is None else without_places(rule.show)
    return replace(rule, show=show, variants=shows, where="", references=())


def without_places(show: Show) -> Show:
    return replace(show, references=())


def again(rules: RuleSet, site: str = "") -> list[Rule]:
    """Print the rules, and read what was printed."""
    printed = print_rules(each.rule for each in rules.rules)
    return [alike(each.rule) for each in read_rules({"printed.yaml": printed, SITE_FILE: site}).rules]


def of(rules: RuleSet) -> list[Rule]:
    return [alike(each.rule) for each in rules.rules]


@pytest.mark.repeats
@pytest.mark.parametrize("case", [each for each in all_cases() if not each.refused], ids=lambda case: case.name)
def test_rule_of_a_case_printed_and_read_again_is_the_same(case: Case) -> None:
    rules = case.ruleset()
    assert again(rules) == of(rules)


@pytest.mark.parametrize("show", EVERY_KIND)
def test_popup_printed_and_read_again_is_the_same(show: str) -> None:
    rules = read(a_rule(show=show), CHANNELS)
    assert again(rules, CHANNELS) == of(rules)


@pytest.mark.parametrize(
    "more",
    [
        "name: {en: a, zh-TW: 乙}\n",
        "name: 'on: off'\n",
        "schedule: {days: mon-fri, hours: ['09:00-12:00', '22:00-06:00'], from: 2026-11-01, until: 2026-12-01}\n",
        "schedule: {from: 2026-12-01}\n",
        "schedule: {until: 2026-12-01 18:30, timezone: Europe/Berlin}\n",
        "after: other\n",
        "after: {rule: other, wait: 1d}\n",
        "limit: 2 per day\n",
        "priority: -2\n",
        "holdout: 2.5%\n",
    ],
)
def test_part_of_a_rule_printed_and_read_again_is_the_same(more: str) -> None:
    rules = read(a_rule(more=more) + a_rule(rule="other"))
    assert again(rules) == of(rules)


def test_groups_printed_and_read_again_are_the_same() -> None:
    rules = read(a_rule("not: page is home", "any: [page is cart, {all: [scroll > 50%, {not: views(cart) > 2}]}]"))
    assert again(rules) == of(rules)


def test_playbook_printed_and_read_again_is_the_same() -> None:
    files = {path.name: path.read_text("utf-8") for path in PLAYBOOK.glob("*.yaml") if ".session." not in path.name}
    rules = read_rules(files)
    assert again(rules, files[SITE_FILE]) == of(rules)


@drawn(50)
@given(
    st.lists(CONDITIONS, min_size=1, max_size=4),
    st.sampled_from([Limit(), Limit("session", 3), Limit("visitor"), Limit("days", 1, 1), Limit("days", 2, 30)]),
    st.integers(-1000, 1000) | st.sampled_from([2.5, -0.25]),
    st.none() | st.integers(0, 100).map(lambda percent: percent / 100),
    st.dictionaries(st.sampled_from(["en", "zh-TW"]), st.text(st.characters(categories=["L", "P", "N"]), min_size=1)),
)
def test_any_rule_printed_and_read_again_is_the_same(
    when: list[Condition], limit: Limit, priority: float, holdout: float | None, name: dict[str, str]
) -> None:
    assume(not any(map(UNWRITABLE.search, map(str, when))))
    rule = Rule("r", AllOf(tuple(when)), SHOW, name, limit, priority, holdout)
    assert again(RuleSet([rule])) == [rule]


def test_rule_that_another_one_starts_is_printed_without_conditions() -> None:
    assert "when" not in print_rules([Rule("r", AllOf(()), SHOW)])


def test_texts_of_several_lines_are_printed_as_such() -> None:
    printed = print_rules([read_one(a_rule("page is cart", show='{chat: {text: {en: "a\\nb: c", zh-TW: "好"}}}'))])
    assert printed.splitlines() == [
        "- rule: r",
        "  when:",
        "    - page is cart",
        "  show:",
        "    chat:",
        "      text:",
        "        en: |-",
        "          a",
        "          b: c",
        "        zh-TW: 好",
    ]
